"""The configuration of the demo workspace: the files of ``config/demo``, as they are."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path


def write_configuration(folder: Path) -> list[str]:
    """Copy yunwei.yaml, sources/ and indicators/ into ``folder``; returns what was written."""
    written = []
    with as_file(files("config") / "demo") as kept:
        for path in sorted(kept.rglob("*.yaml")):
            name = path.relative_to(kept)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
            written.append(name.as_posix())
    return written
