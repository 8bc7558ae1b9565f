"""Original bytes, kept under the hash of their content before anybody reads them (semantics 7).

A file appears in the archive whole or not at all: it is written beside, synced, and renamed. What is read again
is first compared with its name.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from metrics.errors import InputError, PassingError, os_fact

_CHUNK = 1 << 20
_WRITING, _SPOOL = ".writing", ".spool"
_COMPRESSED = ".gz"
_LEVEL = 3  # replies are text with much repetition: higher levels cost three times the time for a tenth of the size


class ContentChangedError(Exception):
    """The file does not hold (any more) the bytes it was hashed by."""


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Archive:
    """A folder of blobs named by their SHA-256, in sub-folders of two digits."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, content_hash: str, compressed: bool = False) -> Path:
        """Where these bytes lie, or would lie; what is compressed ends in ``.gz`` and is named by its content."""
        return self.root / content_hash[:2] / f"{content_hash}{_COMPRESSED if compressed else ''}"

    def keep(self, file: Path, content_hash: str, compressed: bool = False) -> Path:
        """Bring ``file`` into the archive unless its bytes lie there intact already.

        Raises:
            ContentChangedError: the bytes of ``file`` are not those of ``content_hash``.
            PassingError: the archive cannot be written.
        """
        kept = self.path(content_hash, compressed)
        if kept.exists() and is_intact(kept, content_hash):
            return kept
        with self._explained():
            self._write(file, kept, content_hash)
        return kept

    def admit(self, file: Path) -> str:
        """Bring ``file`` into the archive and learn by the same reading which bytes it holds: their SHA-256.

        Raises:
            OSError: the file cannot be read.
            ContentChangedError: the file grew or changed meanwhile.
            PassingError: the archive cannot be written.
        """
        with file.open("rb") as reader:
            before = os.fstat(reader.fileno())
            beside = self.root / _WRITING / uuid4().hex
            content_hash = self._copied(reader, beside)
            after = os.stat(file)
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                beside.unlink()
                raise ContentChangedError(file)
            kept = self.path(content_hash)
            with self._explained():
                if kept.exists() and is_intact(kept, content_hash):
                    beside.unlink()
                else:
                    self._settle(beside, kept)
        return content_hash

    def verified(self, content_hash: str) -> Path:
        """The archived file, after comparing its bytes with its name.

        Raises:
            InputError: it is missing or damaged.
        """
        kept = self.place(content_hash)
        try:
            intact = is_intact(kept, content_hash)
        except OSError as error:
            raise InputError(f"存档文件“{kept}”读不出来：{os_fact(error)}") from error
        if not intact:
            raise InputError(f"存档文件“{kept}”已损坏：内容与文件名中的散列值不符，应从备份恢复")
        return kept

    def holds(self, content_hash: str) -> bool:
        """Whether something lies under this hash; :meth:`verified` says whether it is intact."""
        return any(path.exists() for path in self._places(content_hash))

    def place(self, content_hash: str) -> Path:
        """Where these bytes lie, compressed or not; where they would lie plain if they are not there."""
        return next((path for path in self._places(content_hash) if path.exists()), self.path(content_hash))

    @contextmanager
    def original(self, content_hash: str) -> Iterator[Path]:
        """The original bytes as a file, after comparing them with their name.

        Raises:
            InputError: they are missing or damaged.
        """
        kept = self.verified(content_hash)
        if kept.suffix != _COMPRESSED:
            yield kept
            return
        with tempfile.NamedTemporaryFile(prefix="yunwei-original-") as plain:
            with gzip.open(kept) as reader:
                shutil.copyfileobj(reader, plain, _CHUNK)
            plain.flush()
            yield Path(plain.name)

    @contextmanager
    def spool(self, name: str) -> Iterator[Path]:
        """An empty folder on the archive's disk for what a server answers; gone afterwards.

        No folder is given twice: whoever still writes into one that is gone disturbs nobody.

        Raises:
            PassingError: it cannot be made.
        """
        folder = self.root / _SPOOL / name
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            empty = Path(tempfile.mkdtemp(dir=folder))
        except OSError as error:
            raise PassingError(f"存档“{self.root}”写不进去：{os_fact(error)}") from error
        try:
            yield empty
        finally:
            shutil.rmtree(folder, ignore_errors=True)

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

    def _places(self, content_hash: str) -> tuple[Path, Path]:
        return self.path(content_hash), self.path(content_hash, compressed=True)

    def _write(self, file: Path, kept: Path, content_hash: str) -> None:
        beside = self.root / _WRITING / content_hash
        with file.open("rb") as reader:
            found = self._copied(reader, beside, compressed=kept.suffix == _COMPRESSED)
        if found != content_hash:
            beside.unlink()
            raise ContentChangedError(file)
        self._settle(beside, kept)

    def _copied(self, reader: BinaryIO, beside: Path, compressed: bool = False) -> str:
        """Write what ``reader`` gives to ``beside``, synced; its SHA-256. OSError is the reader's."""
        with self._explained():
            beside.parent.mkdir(parents=True, exist_ok=True)
            writer = beside.open("wb")
        digest = hashlib.sha256()
        with writer:
            with ThreadPoolExecutor(1) as hasher, _compressing(writer) if compressed else nullcontext(writer) as taker:
                hashed = hasher.submit(digest.update, b"")
                while chunk := reader.read(_CHUNK):
                    hashed.result()
                    hashed = hasher.submit(digest.update, chunk)  # beside the writing
                    with self._explained():
                        taker.write(chunk)
                hashed.result()
            with self._explained():
                writer.flush()
                os.fsync(writer.fileno())
        return digest.hexdigest()

    def _settle(self, beside: Path, kept: Path) -> None:
        kept.parent.mkdir(exist_ok=True)
        os.replace(beside, kept)
        _sync_folder(kept.parent)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PassingError(f"存档“{self.root}”写不进去：{os_fact(error)}") from error


def is_intact(kept: Path, content_hash: str) -> bool:
    """Whether an archived file, compressed or not, holds the bytes that its name says; OSError if it is not there."""
    if kept.suffix != _COMPRESSED:
        return hash_of(kept) == content_hash
    digest = hashlib.sha256()
    try:
        with gzip.open(kept) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return False
    return digest.hexdigest() == content_hash


def _compressing(writer: BinaryIO) -> gzip.GzipFile:
    """Compresses into ``writer``; without a moment or a name, so that the same bytes give the same file."""
    return gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=writer, mtime=0)


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
