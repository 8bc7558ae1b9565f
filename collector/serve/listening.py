"""What the server needs from the machine: a port, a certificate with its key, the password."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from collector.settings import ServeSettings, Settings
from metrics.errors import ConfigError, PassingError


def bound(serve: ServeSettings) -> socket.socket:
    """A socket of the configured address.

    Raises:
        ConfigError: the address is not ours, or the port may not be used.
        PassingError: another program has the port.
    """
    place = f"yunwei.yaml 的 serve（{serve.host} 端口 {serve.port}）"
    try:
        [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
            serve.host, serve.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError:
        raise ConfigError("host 不是可用的地址，应为本机的 IP 地址，如 127.0.0.1").within(place) from None
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        listening.close()
        if isinstance(error, PermissionError):
            raise ConfigError("没有权限使用这个端口，应改用 1024 以上的端口").within(place) from None
        raise PassingError("不能监听：端口正被别的程序使用，或本机没有这个地址").within(place) from None
    return listening


def login(settings: Settings, serve: ServeSettings) -> tuple[str, str] | None:
    """User and password, None where everybody may read; ConfigError if the password cannot be read."""
    auth = serve.basic_auth
    if auth is None:
        return None
    try:
        return auth.user, auth.password.read(settings.workspace)
    except ConfigError as error:
        raise error.within("yunwei.yaml 的 serve.basic_auth.password") from None


def tls_files(settings: Settings, serve: ServeSettings) -> tuple[Path, Path] | tuple[None, None]:
    """The certificate and its key, known to fit; ConfigError if they do not, or need a password."""
    tls = serve.tls
    if tls is None:
        return None, None
    certificate, key = settings.workspace / tls.certificate, settings.workspace / tls.key
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError, ValueError):
        raise ConfigError(
            f"证书“{tls.certificate}”或私钥“{tls.key}”无法读取、带有口令，或两者不成对，应为成对的 PEM 文件"
        ).within("yunwei.yaml 的 serve.tls") from None
    return certificate, key
