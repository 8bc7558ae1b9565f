"""Connections to the vendors' servers: whom TLS trusts, and what went wrong, in words that hold no secret."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metrics.errors import ConfigError

_FACTS = {
    errno.ECONNREFUSED: "拒绝连接，服务可能没有运行",
    errno.EHOSTUNREACH: "主机不可达",
    errno.ENETUNREACH: "网络不可达",
    errno.ECONNRESET: "连接被对方中断",
    errno.EPIPE: "连接被对方中断",
    errno.ETIMEDOUT: "没有应答，已超时",
}


class NotConnectedError(TimeoutError):
    """No connection stood within the time for it."""


@contextmanager
def connecting(seconds: int) -> Iterator[None]:
    """A connection is made within the block; who waited longer than ``seconds`` for it is told of them."""
    try:
        yield
    except TimeoutError:
        raise NotConnectedError(f"连接超过 {seconds} 秒，没有应答") from None


def trusting(ca: str | None, workspace: Path) -> ssl.SSLContext:
    """A context that verifies: by the CA in file ``ca``, else by those the machine trusts.

    Raises:
        ConfigError: the file is not there or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca is None:
        return context
    try:
        context = ssl.create_default_context(cafile=str(workspace / ca))
    except (OSError, ssl.SSLError):
        raise ConfigError(f"证书文件 {ca} 无法读取，或不是 PEM 证书") from None
    return context


def connection_fact(error: Exception) -> str:
    """Why a connection failed or broke, one Chinese clause."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"服务器证书不可信：{_CERTIFICATE.get(error.verify_code, error.verify_message)}"
    if isinstance(error, ssl.SSLError):
        return "TLS 握手失败，或加密连接中断"
    if isinstance(error, socket.gaierror):
        return "主机名解析不了"
    if isinstance(error, NotConnectedError):
        return str(error)
    if isinstance(error, TimeoutError):
        return _FACTS[errno.ETIMEDOUT]
    if isinstance(error, OSError) and error.errno in _FACTS:
        return _FACTS[error.errno]
    return "连接中断"


_CERTIFICATE = {
    10: "已过期",
    9: "还没有到生效时间，应核对两边的时钟",
    18: "自签名，本机不信任；若确为对方证书，应在 ca 中写明",
    19: "证书链中有本机不信任的自签名 CA，应在 ca 中写明",
    20: "颁发者不受信任，应在 ca 中写明其 CA",
    62: "与主机名不符",
    64: "与 IP 地址不符",
}
