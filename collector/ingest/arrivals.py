"""Files in the inbox: what lies there, which bytes they are, and whether they lie still."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from adapters.base import Blob
from adapters.patterns import is_hidden
from collector.archive import Archive, ContentChangedError, hash_of
from collector.ingest.report import LeftFile
from metrics.errors import os_fact

_NOTES = "README"


@dataclass(frozen=True)
class Arrival:
    """A blob whose bytes are known. ``size`` in bytes."""

    blob: Blob
    content_hash: str
    size: int


def arrive(source: str, blob: Blob) -> Arrival | LeftFile:
    """Hash a file that lies still; one that grows meanwhile is left for the next run."""
    return _arrived(source, blob, hash_of)


def receive(archive: Archive, source: str, blob: Blob) -> Arrival | LeftFile:
    """The same, and its bytes are archived by the one reading: for a file that is not known by its size already.

    Raises:
        PassingError: the archive cannot be written.
    """
    return _arrived(source, blob, archive.admit)


def size_of(blob: Blob) -> int:
    """In bytes; -1 where it cannot be told."""
    try:
        return blob.path.stat().st_size
    except OSError:
        return -1


def _arrived(source: str, blob: Blob, hashed: Callable[[Path], str]) -> Arrival | LeftFile:
    try:
        before = os.stat(blob.path)
        content_hash = hashed(blob.path)
        after = os.stat(blob.path)
    except ContentChangedError:
        return _growing(source, blob)
    except OSError as error:
        return LeftFile(source, blob.name, f"打不开，{os_fact(error)}", trouble=True)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return _growing(source, blob)
    return Arrival(blob, content_hash, after.st_size)


def keep(archive: Archive, source: str, arrival: Arrival, compressed: bool = False) -> Path | LeftFile:
    """Archive the bytes; the file is left for the next run if they are no longer those that were hashed."""
    try:
        return archive.keep(arrival.blob.path, arrival.content_hash, compressed)
    except ContentChangedError:
        return _growing(source, arrival.blob)


def _growing(source: str, blob: Blob) -> LeftFile:
    return LeftFile(source, blob.name, "还在写入，留到下次采集", trouble=False)


def unclaimed(inbox: Path, claimed: Iterable[Path]) -> list[str]:
    """Files below ``inbox`` that nobody asked for, by their path below it.

    Hidden and lock files do not count, nor what systems leave in folders, nor the note that ``yunwei init`` puts there.
    """
    taken = {path.resolve() for path in (*claimed, inbox / "README.md")}
    found = []
    for folder, folders, files in os.walk(inbox):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(folder) / name for name in files if not (is_hidden(name) or name.startswith(_NOTES))]
        found += [path.relative_to(inbox).as_posix() for path in paths if path.resolve() not in taken]
    return sorted(found)
