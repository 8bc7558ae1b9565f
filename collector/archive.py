"""Original bytes, kept under the hash of their content before anybody reads them (semantics 7).

A file appears in the archive whole or not at all: it is written beside, synced, and renamed. What is read again
is first compared with its name.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metrics.errors import InputError, PassingError

_CHUNK = 1 << 20
_WRITING = ".writing"
_FACTS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件不在了",
    errno.EIO: "磁盘读写出错",
    errno.EISDIR: "这是文件夹，不是文件",
}


class ContentChangedError(Exception):
    """The file does not hold (any more) the bytes it was hashed by."""


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def os_fact(error: OSError) -> str:
    """What the operating system refused, in Chinese where it is one of the usual reasons."""
    return _FACTS.get(error.errno or 0, error.strerror or "操作系统拒绝")


class Archive:
    """A folder of blobs named by their SHA-256, in sub-folders of two digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, content_hash: str) -> Path:
        """Where these bytes lie, or would lie."""
        return self.root / content_hash[:2] / content_hash

    def keep(self, file: Path, content_hash: str) -> Path:
        """Bring ``file`` into the archive unless its bytes lie there intact already.

        Raises:
            ContentChangedError: the bytes of ``file`` are not those of ``content_hash``.
            PassingError: the archive cannot be written.
        """
        kept = self.path(content_hash)
        if kept.exists() and hash_of(kept) == content_hash:
            return kept
        try:
            self._write(file, kept, content_hash)
        except OSError as error:
            raise PassingError(f"存档“{self.root}”写不进去：{os_fact(error)}") from error
        return kept

    def verified(self, content_hash: str) -> Path:
        """The archived file, after comparing its bytes with its name.

        Raises:
            InputError: it is missing or damaged.
        """
        kept = self.path(content_hash)
        try:
            found = hash_of(kept)
        except OSError as error:
            raise InputError(f"存档文件“{kept}”读不出来：{os_fact(error)}") from error
        if found != content_hash:
            raise InputError(f"存档文件“{kept}”已损坏：内容与文件名中的散列值不符，应从备份恢复")
        return kept

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One writer at a time; what an interrupted writer left half written is removed.

        Raises:
            PassingError: another process is writing, or the folder cannot be written.
        """
        try:
            (self.root / _WRITING).mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise PassingError(f"存档“{self.root}”写不进去：{os_fact(error)}") from error
        try:
            _lock(descriptor)
            for leftover in (self.root / _WRITING).iterdir():
                leftover.unlink()
            yield
        finally:
            os.close(descriptor)

    def _write(self, file: Path, kept: Path, content_hash: str) -> None:
        beside = self.root / _WRITING / content_hash
        beside.parent.mkdir(parents=True, exist_ok=True)
        kept.parent.mkdir(exist_ok=True)
        with file.open("rb") as reader, beside.open("wb") as writer:
            digest = hashlib.sha256()
            while chunk := reader.read(_CHUNK):
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        if digest.hexdigest() != content_hash:
            beside.unlink()
            raise ContentChangedError(file)
        os.replace(beside, kept)
        _sync_folder(kept.parent)


def _lock(descriptor: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise PassingError("另一个采集正在进行，应等它结束后再试") from error


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can sync a folder."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
