"""Ready-made profiles and what ``yunwei init`` makes of one.

A profile is a folder of ``config/profiles``: ``profile.yaml`` (title, note, which common files it takes), its own
``yunwei.yaml``, ``sources/`` and ``indicators/``. Common files lie in ``config/common``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from collector.configuration.data import data_folder
from collector.configuration.drop_notes import NOTES_FILE, drop_notes
from collector.configuration.nodes import read_nodes
from collector.configuration.problems import ConfigErrors, unknown_name
from collector.configuration.schema import json_schema
from collector.configuration.validate import Place, validated
from collector.settings import load_settings
from metrics.errors import PassingError, UsageError, os_fact
from metrics.indicators import Strict

SCHEMA_FILE = "yunwei.schema.json"
_ABOUT = "profile.yaml"
_GITIGNORE = "/data/\n/output/\n/inbox/*\n!/inbox/README.md\n/secrets/\n"


class ProfileFile(Strict):
    """``profile.yaml``."""

    title: str
    note: str
    common: tuple[str, ...] = Field(())


@dataclass(frozen=True)
class Profile:
    """One ready-made configuration. ``files`` maps a path in the workspace to the file that goes there."""

    name: str
    title: str
    note: str
    files: dict[str, Path]


def profiles() -> dict[str, Profile]:
    """All profiles by name, ``blank`` first."""
    folder = data_folder() / "profiles"
    names = sorted(item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith((".", "_")))
    return {name: _profile(name, folder / name) for name in sorted(names, key=lambda name: name != "blank")}


def _profile(name: str, folder: Path) -> Profile:
    file = f"{name}/{_ABOUT}"
    root, problems = read_nodes((folder / _ABOUT).read_bytes(), file)
    about = validated(ProfileFile, Place(file, root), problems) if root is not None else None
    if about is None or problems:
        raise ConfigErrors(problems)
    found = {path: data_folder() / "common" / path for path in about.common}
    found |= {path: item for path, item in _below(folder) if path != _ABOUT}
    return Profile(name, about.title, about.note, dict(sorted(found.items())))


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a profile by its path in the workspace."""
    for item in sorted(folder.rglob("*.yaml")):
        yield item.relative_to(folder).as_posix(), item


def profile(name: str) -> Profile:
    """The profile called so; UsageError in Chinese if there is none."""
    known = profiles()
    if name not in known:
        raise UsageError(unknown_name("方案", name, known))
    return known[name]


def write_workspace(chosen: Profile, folder: Path) -> None:
    """Write a workspace into ``folder``, which must be absent or empty.

    Raises:
        UsageError: the folder holds something.
        PassingError: it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"“{folder}”不是空文件夹，为免覆盖已有内容，没有写入；请换一个名称")
    try:
        for path, source in chosen.files.items():
            _write(folder / path, _with_modeline(path, source.read_text(encoding="utf-8")))
        _write(folder / SCHEMA_FILE, schema_text())
        _write(folder / ".gitignore", _GITIGNORE)
        settings = load_settings(folder)
        _write(settings.inbox / NOTES_FILE, drop_notes(settings))
    except OSError as error:
        raise PassingError(f"“{folder}”无法写入（{os_fact(error)}）") from None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _with_modeline(path: str, text: str) -> str:
    """A YAML file with the line that tells an editor its schema."""
    if not path.endswith(".yaml"):
        return text
    up = "../" * path.count("/")
    return f"# yaml-language-server: $schema={up}{SCHEMA_FILE}\n{text}"


def schema_text() -> str:
    """The JSON Schema as a file's content."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"
