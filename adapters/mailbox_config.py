"""What a source of adapter ``mailbox`` may configure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from adapters.drop import DropConfig
from adapters.mapping import Name, Words
from adapters.secrets import Secret


class MailboxConfig(DropConfig):
    """One folder of an IMAP mailbox."""

    host: Name = Field(description="邮件服务器的主机名")
    port: int = Field(993, ge=1, le=65535, description="IMAP 端口；starttls 通常为 143")
    security: Literal["tls", "starttls"] = Field("tls", description="加密方式；不支持明文")
    ca: Name | None = Field(None, description="自建 CA 的证书文件（PEM，相对于工作区）；不写为本机信任的 CA")
    user: Name = Field(description="登录名")
    password: Secret = Field(description="口令，写 {env: 环境变量名} 或 {file: 文件}")
    folder: Name = Field("INBOX", description="邮箱中的文件夹，可为中文；只读打开，不改动邮件的已读状态")
    since: date | None = Field(None, description="只看这一天及以后收到的邮件")
    senders: Words = Field((), description="只取这些发件地址的附件，可用 *，如 “*@jia.example”；不写为全部")
