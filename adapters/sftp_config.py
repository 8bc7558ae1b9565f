"""What a source of adapter ``sftp`` may configure."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from adapters.drop import DropConfig
from adapters.mapping import Name
from adapters.secrets import Secret

_ONE_OR_MANY = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}


def _host_key(text: str) -> str:
    """``ssh-ed25519 AAAA…``, as ``ssh-keyscan`` prints it after the host's name."""
    words = text.split()
    if len(words) < 2:
        raise ValueError("应为“类型 公钥”，如 ssh-ed25519 AAAA…，由 ssh-keyscan 得到并与对方核对")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("公钥不是完整的 base64 文字") from None
    size = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + size] != words[0].encode():
        raise ValueError(f"公钥不是 {words[0]} 类型的")
    return f"{words[0]} {words[1]}"


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


HostKeys = Annotated[
    tuple[Annotated[str, AfterValidator(_host_key)], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    WithJsonSchema(_ONE_OR_MANY),
]


class SftpConfig(DropConfig):
    """One folder of an SFTP server, with the folders below it."""

    host: Name = Field(description="SFTP 服务器的主机名")
    port: int = Field(22, ge=1, le=65535, description="端口")
    host_key: HostKeys = Field(description="服务器的公钥，如 ssh-ed25519 AAAA…；不符即拒绝连接")
    user: Name = Field(description="登录名")
    password: Secret | None = Field(None, description="口令，写 {env: 环境变量名} 或 {file: 文件}")
    private_key: Name | None = Field(None, description="私钥文件（相对于工作区）")
    passphrase: Secret | None = Field(None, description="私钥的口令，写 {env: 环境变量名} 或 {file: 文件}")
    folder: Name = Field(".", description="服务器上的文件夹，连同其下各级")

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if (self.password is None) == (self.private_key is None):
            raise ValueError("应写 password（口令）或 private_key（私钥文件）其中之一")
        if self.passphrase is not None and self.private_key is None:
            raise ValueError("passphrase 是 private_key 的口令，须与它同写")
        return self
