"""The pages of the documentation about these systems: their configuration loads, and names every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters import config_model
from adapters.drop import DropConfig
from collector.settings import load_settings
from tests.settings.workspace import GOOD, write_files

PAGES = Path(__file__).parents[2] / "docs" / "systems"
SYSTEMS = ("mailbox", "sftp")


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SYSTEMS)
def test_its_configuration_loads(name: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", page(name), flags=re.DOTALL)
    files = {f"sources/page_{number}.yaml": text for number, text in enumerate(blocks)}
    settings = load_settings(write_files(tmp_path, {**GOOD, **files}))
    assert name in [source.adapter for source in settings.sources]


@pytest.mark.parametrize("name", SYSTEMS)
def test_it_explains_every_key(name: str) -> None:
    told = set(re.findall(r"`(\w+)`", page(name)))
    assert set(config_model(name).model_fields) - told == set()


def test_every_fetcher_has_a_page() -> None:
    from adapters import ADAPTERS

    fetchers = {name for name in ADAPTERS if issubclass(config_model(name), DropConfig)}
    assert fetchers <= {path.stem for path in PAGES.glob("*.md")}
