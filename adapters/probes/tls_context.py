"""How TLS is spoken to a target: whom we trust, who we are."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from pydantic import Field

from adapters.mapping import Name
from adapters.probes.base import ProbeTarget
from adapters.probes.bounded import BoundedTlsSocket
from metrics.errors import ConfigError

#: path and time of change: a file that was replaced is read again.
File = tuple[str, int] | None

_making = threading.Lock()  # without it, all who ask first would each make their own


class TlsTarget(ProbeTarget):
    """Keys of probes that speak TLS. Paths are relative to the workspace."""

    verify: bool = Field(True, description="是否校验证书（颁发者、有效期、主机名）；false 时仍然报告到期时间")
    ca: Name | None = Field(None, description="自建 CA 的证书文件（PEM）；不写为本机信任的 CA")
    client_certificate: Name | None = Field(None, description="客户端证书文件（PEM，可含私钥）")
    client_key: Name | None = Field(None, description="客户端证书的私钥文件（PEM，不加密码）；不写则与证书同在一个文件")
    legacy_tls: bool = Field(False, description="true：也接受旧版 TLS 和弱加密，用于无法升级的老系统")


class Trust(Protocol):
    """What decides how TLS is spoken; a :class:`TlsTarget` says it, and so does the configuration of an API."""

    @property
    def verify(self) -> bool: ...
    @property
    def ca(self) -> str | None: ...
    @property
    def client_certificate(self) -> str | None: ...
    @property
    def client_key(self) -> str | None: ...
    @property
    def legacy_tls(self) -> bool: ...


def tls_context(target: Trust, folder: Path) -> ssl.SSLContext:
    """The context of a target; targets that are alike share one, for reading the list of trusted CAs is slow.

    Raises:
        ConfigError: a file is not there or holds no certificate; the fact names it.
    """
    names = (target.ca, target.client_certificate, target.client_key)
    ca, certificate, key = (_file(folder, name) for name in names)
    with _making:
        return _context(target.verify, target.legacy_tls, ca, certificate, key)


def _file(folder: Path, name: str | None) -> File:
    if name is None:
        return None
    path = folder / name
    try:
        return str(path), os.stat(path).st_mtime_ns
    except OSError:
        raise ConfigError(f"证书文件 {name} 无法读取") from None


@lru_cache(maxsize=256)
def _context(verify: bool, legacy: bool, ca: File, certificate: File, key: File) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = BoundedTlsSocket
    if legacy:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca is None:
        context.load_default_certs()
    else:
        _load(ca, lambda: context.load_verify_locations(ca[0]))
    if certificate is not None:
        _load(certificate, lambda: context.load_cert_chain(certificate[0], key[0] if key else None, password=""))
    return context


def _load(file: tuple[str, int], load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ValueError):
        raise ConfigError(f"证书文件 {Path(file[0]).name} 不是可用的 PEM 证书或私钥") from None


def unverified() -> ssl.SSLContext:
    """A context that looks at any certificate and trusts none."""
    with _making:
        return _context(False, True, None, None, None)
