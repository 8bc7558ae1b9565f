"""A zip whose bytes follow from its content: fixed moments, an order, a manifest and SHA-256 of everything.

``SHA256SUMS`` names every other file, in the form that ``sha256sum -c`` reads; ``manifest.json`` names every file
but the two, with what the figures say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from collector.publish.files import whole

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FORMAT, FORMAT_VERSION = "yunwei-evidence", 1
_TIME = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20
_PACKED = (".xlsx", ".docx", ".zip", ".gz", ".rar", ".7z", ".pdf", ".jpg", ".png")  # gain nothing
_UNIX_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the pack."""

    path: str
    size: int
    sha256: str


class Pack:
    """A pack that is being written; members in the order in which they are put."""

    def __init__(self, zipped: ZipFile) -> None:
        self._zip = zipped
        self.members: list[Member] = []

    @classmethod
    @contextmanager
    def made(cls, path: Path) -> Iterator[Pack]:
        """A pack that appears at ``path`` whole when the block ends well."""
        with whole(path) as beside, ZipFile(beside, "w") as zipped:
            yield cls(zipped)

    def put(self, file: Path, path: str) -> Member:
        """Copy a file in, streamed."""
        info = _info(path)
        digest, size = hashlib.sha256(), file.stat().st_size
        with file.open("rb") as source, self._zip.open(info, "w", force_zip64=size >= 1 << 31) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                target.write(chunk)
        return self._kept(Member(path, size, digest.hexdigest()))

    def put_text(self, text: str, path: str) -> Member:
        """Put a text in, UTF-8."""
        content = text.encode()
        self._zip.writestr(_info(path), content)
        return self._kept(Member(path, len(content), hashlib.sha256(content).hexdigest()))

    def _kept(self, member: Member) -> Member:
        self.members.append(member)
        return member

    def seal(self, manifest: Mapping[str, Any]) -> str:
        """Put manifest and sums in, the last thing; the SHA-256 of the sums stands for the whole pack."""
        files = [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in self.members]
        head = {"format": FORMAT, "format_version": FORMAT_VERSION}
        self.put_text(json.dumps({**head, **manifest, "files": files}, ensure_ascii=False, indent=1) + "\n", MANIFEST)
        sums = "".join(f"{one.sha256}  {one.path}\n" for one in self.members)
        return self.put_text(sums, SUMS).sha256


def _info(path: str) -> ZipInfo:
    info = ZipInfo(path, _TIME)
    info.compress_type = ZIP_STORED if path.lower().endswith(_PACKED) else ZIP_DEFLATED
    info.external_attr = _UNIX_FILE
    info.create_system = 3  # the same on every system
    return info
