"""A folder of an SFTP server (adapter ``sftp``): its files and those of the folders below; nothing is changed there."""

from __future__ import annotations

import hashlib
import logging
import posixpath
import socket
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters import patterns
from adapters.base import Context, Fetch, Greeting
from adapters.connections import connecting, connection_fact
from adapters.drop import Brought, DropAdapter, Watch, safe_name, save
from adapters.sftp_config import SftpConfig
from metrics.errors import ConfigError, PassingError

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, Transport

_CHUNK = 1 << 18
_DEEPEST = 12  # folders
_MOST_FILES = 200_000
_SHOWN = 5
_REPLACED = "对方说换了公钥的，用另一条路核对指纹之后再改 host_key"


@dataclass(frozen=True, slots=True)
class _File:
    """One file there; ``path`` for the server, ``name`` below the folder, ``modified_at`` UTC seconds."""

    path: str
    name: str
    size: int
    modified_at: int


class SftpAdapter(DropAdapter):
    """Files of an SFTP folder."""

    name: ClassVar[str] = "sftp"
    label: ClassVar[str] = "SFTP 文件"
    config: ClassVar[type[BaseModel]] = SftpConfig

    def bring(self, config: SftpConfig, context: Context, known: Collection[str], scratch: Path) -> Iterator[Brought]:
        """In the order in which they were written there."""
        with _opened(config, context) as (client, begin):
            for file in _wanted(client, config):
                key = f"{file.name}|{file.modified_at}|{file.size}"
                if key not in known:
                    begin()
                    yield _brought(client, config, file, key, scratch / "file")

    def greet(self, config: SftpConfig, context: Context, ask: Fetch) -> Greeting:
        """How many files fit, and the newest."""
        with _opened(config, context) as (client, _):
            files = _wanted(client, config)
        lines = [f"已登录 {config.host}，文件夹“{config.folder}”中有 {len(files):,} 个文件符合 names"]
        lines += [f"{file.name}（{file.size:,} 字节）" for file in files[-_SHOWN:]]
        return Greeting(tuple(lines))


def _brought(client: SFTPClient, config: SftpConfig, file: _File, key: str, path: Path) -> Brought:
    name = "/".join(safe_name(part) for part in file.name.split("/"))
    origin = f"sftp://{config.user}@{config.host}:{config.port}{posixpath.normpath(posixpath.join('/', file.path))}"
    seen = Brought(key, name, origin=origin, sender=config.user, arrived_at=file.modified_at)
    too_large = f"文件超过 {config.max_megabytes} 兆字节"
    if file.size > config.limit:
        return replace(seen, refused=too_large)
    try:
        with client.open(file.path, "rb") as remote:
            remote.prefetch(file.size)
            whole = save(iter(lambda: remote.read(_CHUNK), b""), path, config.limit)
            after = remote.stat()
    except (FileNotFoundError, PermissionError):
        return replace(seen, refused="打不开，可能没有权限或刚被移走")
    if not whole:
        return replace(seen, refused=too_large)
    if (after.st_size, after.st_mtime) != (file.size, file.modified_at) or path.stat().st_size != file.size:
        path.unlink()
        return replace(seen, refused="对方还在写入，留到下次")
    return replace(seen, path=path)


def _wanted(client: SFTPClient, config: SftpConfig) -> list[_File]:
    """Files that fit the names, by time and name."""
    try:
        found = list(_files(client, config.folder, ""))
    except FileNotFoundError:
        raise ConfigError(f"服务器上没有文件夹“{config.folder}”") from None
    except PermissionError:
        raise ConfigError(f"没有读取文件夹“{config.folder}”的权限") from None
    fitting = [file for file in found if _fits(file.name, config.names)]
    return sorted(fitting, key=lambda file: (file.modified_at, file.name))


def _fits(name: str, names: tuple[str, ...]) -> bool:
    """By the path below the folder, or by the bare name."""
    return not patterns.is_hidden(name) and patterns.matches(name, (*names, *(f"**/{pattern}" for pattern in names)))


def _files(client: SFTPClient, folder: str, below: str, depth: int = 0) -> Iterator[_File]:
    """Regular files only: a link may lead anywhere."""
    for entry in client.listdir_attr(folder):
        mode = entry.st_mode or 0
        path, name = posixpath.join(folder, entry.filename), posixpath.join(below, entry.filename)
        if entry.filename in (".", "..") or "/" in entry.filename:
            continue
        if stat.S_ISDIR(mode) and depth < _DEEPEST:
            yield from _files(client, path, name, depth + 1)
        elif stat.S_ISREG(mode):
            yield _File(path, name, entry.st_size or 0, int(entry.st_mtime or 0))


@contextmanager
def _opened(config: SftpConfig, context: Context) -> Iterator[tuple[SFTPClient, Callable[[], None]]]:
    """A session with the server whose key was configured, and what tells that its next step begins.

    Whatever goes wrong says where.
    """
    import paramiko

    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # it prints tracebacks of what is said below
    place = f"SFTP {config.user}@{config.host}:{config.port}"
    watch = Watch(config.longest)
    try:
        key = _private_key(config, context.workspace)
        password = config.password.read(context.workspace) if config.password else ""
        link = _connected(config)
        transport = paramiko.Transport(link)
        watch.arm(transport.close)
        try:
            client = _session(transport, config, key, password)
            yield client, lambda: watch.arm(transport.close)
        finally:
            with suppress(OSError, EOFError, paramiko.SSHException):
                transport.close()
    except paramiko.SSHException:
        raise PassingError(watch.fact("SSH 连接中断或应答不合协议")).within(place) from None
    except (OSError, EOFError) as error:
        raise PassingError(watch.fact(connection_fact(error))).within(place) from None
    except (ConfigError, PassingError) as error:
        raise error.within(place) from None
    finally:
        watch.disarm()


def _connected(config: SftpConfig) -> socket.socket:
    with connecting(config.connect_timeout):
        link = socket.create_connection((config.host, config.port), config.connect_timeout)
    link.settimeout(config.timeout)
    return link


def _session(transport: Transport, config: SftpConfig, key: PKey | None, password: str) -> SFTPClient:
    import paramiko
    from paramiko.ssh_exception import IncompatiblePeer

    kinds = tuple(dict.fromkeys(kind for text in config.host_key for kind in _algorithms(text.split()[0])))
    transport.get_security_options().key_types = kinds
    transport.banner_timeout = transport.auth_timeout = config.timeout
    try:
        transport.start_client(timeout=config.timeout)
    except IncompatiblePeer:
        named = "、".join(dict.fromkeys(text.split()[0] for text in config.host_key))
        raise ConfigError(f"服务器没有 {named} 类的公钥，或算法过旧，与配置的 host_key 对不上；{_REPLACED}") from None
    shown = transport.get_remote_server_key()
    if f"{shown.get_name()} {shown.get_base64()}" not in config.host_key:
        told = fingerprint(shown.asbytes())
        raise ConfigError(f"服务器的公钥（{told}）与配置的 host_key 不符，可能不是它本身，已断开；{_REPLACED}")
    try:
        if key is not None:
            transport.auth_publickey(config.user, key)
        else:
            transport.auth_password(config.user, password)
    except paramiko.AuthenticationException:
        raise ConfigError("登录被拒绝，应核对 user 和口令或私钥") from None
    client = paramiko.SFTPClient.from_transport(transport)
    if client is None:
        raise PassingError("服务器没有开放 SFTP")
    channel = client.get_channel()
    if channel is not None:
        channel.settimeout(config.timeout)
    return client


def _algorithms(kind: str) -> tuple[str, ...]:
    """How a key of this kind may sign."""
    return ("rsa-sha2-512", "rsa-sha2-256") if kind == "ssh-rsa" else (kind,)


def fingerprint(key: bytes) -> str:
    """``SHA256:…`` as every SSH program prints it."""
    import base64

    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _private_key(config: SftpConfig, workspace: Path) -> PKey | None:
    import paramiko

    if config.private_key is None:
        return None
    # paramiko takes bytes here; its stubs say text
    passphrase: Any = config.passphrase.read(workspace).encode() if config.passphrase else None
    try:
        return paramiko.PKey.from_path(workspace / config.private_key, passphrase)
    except (OSError, ValueError, TypeError, paramiko.SSHException):
        raise ConfigError(f"私钥文件 {config.private_key} 无法读取，或口令不对") from None


ADAPTER = SftpAdapter()
