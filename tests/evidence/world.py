"""Packs in tests: built from a court whose archive holds what was delivered, and tampered with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from collector.archive import Archive
from collector.evidence.build import BuildReport, build
from collector.evidence.pack import MANIFEST, SUMS
from metrics.period import parse_period
from tests.closing.world import Books
from tests.compute.court import INDICATORS, at

PROBED = INDICATORS.replace("down_from: [tickets]", "down_from: [checks, tickets]")


class Packed(Books):
    """A court that hands in evidence. A delivery's bytes are its name."""

    def begin(self) -> None:
        """As ``Books.start``, with a day of checks of the one device."""
        self.clock.now = 1_690_880_400
        self.configure(PROBED)
        self.start()
        checks = [{"asset_no": "A1", "checked_at": at("03-05 00:00") + 600 * n, "state": "up"} for n in range(144)]
        self.deliver("拨测.csv", uptime_check=checks, asset=[{"asset_no": "A1", "vendor": "甲公司", "probed": True}])
        self.compute("2023-03", "2023-04", "2023H1")

    def deliver(self, name: str, source: str = "s", /, **records: Any) -> None:
        """As always, and the archive keeps the bytes."""
        super().deliver(name, source, **records)
        digest = hashlib.sha256(name.encode()).hexdigest()
        kept = Archive(self.folder / "data" / "archive").path(digest)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(name.encode())

    def build(self, path: Path, label: str = "2023H1", **more: Any) -> BuildReport:
        """``yunwei evidence build``."""
        archive = Archive(self.settings.archive)
        return build(self.settings, self.store, archive, "ops", parse_period(label), path, **more)

    def pack(self, path: Path, label: str = "2023H1", **more: Any) -> Path:
        """The pack's path."""
        return self.build(path, label, **more).path


def contents(pack: Path) -> dict[str, bytes]:
    """Path → bytes, in the order of the pack."""
    with ZipFile(pack) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def repacked(pack: Path, change: Callable[[dict[str, bytes]], Mapping[str, bytes]], *, resealed: bool = False) -> Path:
    """A pack beside with changed contents; ``resealed``: with manifest and sums that fit them again."""
    files = dict(change(contents(pack)))
    if resealed:
        files = _resealed(files)
    out = pack.with_name(f"改_{pack.name}")
    with ZipFile(out, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return out


def _resealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """What a forger would do."""
    import json

    manifest = json.loads(files[MANIFEST])
    for one in manifest["files"]:
        one["sha256"], one["size"] = hashlib.sha256(files[one["path"]]).hexdigest(), len(files[one["path"]])
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False).encode()
    lines = [f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items() if name != SUMS]
    return {**files, SUMS: "".join(lines).encode()}
