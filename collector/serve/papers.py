"""What lies in the output folder, for downloading; only files that were listed can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: More files than these are not listed: the folder is meant for papers.
MOST = 500


@dataclass(frozen=True, slots=True)
class Paper:
    """One file; ``name`` is its path below the output folder, with ``/``; ``size`` in bytes."""

    name: str
    path: Path
    size: int
    modified_at: int


def list_papers(folder: Path) -> Mapping[str, Paper]:
    """The files of the folder and those below it by name, the newest first.

    Hidden and half-written files, and what a symbolic link leads out of the folder, are left out.
    """
    root = folder.resolve()
    found = []
    for path in root.rglob("*") if root.is_dir() else ():
        name = path.relative_to(root)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            if not path.is_file() or not path.resolve().is_relative_to(root):
                continue
            about = path.stat()
        except OSError:  # gone meanwhile
            continue
        found.append(Paper(name.as_posix(), path, about.st_size, int(about.st_mtime)))
    found.sort(key=lambda paper: (-paper.modified_at, paper.name))
    return {paper.name: paper for paper in found[:MOST]}
