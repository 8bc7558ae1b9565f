"""The pages on vendors' systems: what they show loads, what they explain exists, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from adapters import ADAPTERS, config_model
from adapters.http_config import HttpConfig
from collector.configuration.nodes import read_nodes
from collector.settings import load_settings
from tests.settings.workspace import GOOD, write, write_files

FOLDER = Path(__file__).parents[2] / "docs" / "systems"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
SYSTEMS = sorted(set(PAGES) - {"README"})


def blocks(page: str) -> list[str]:
    """Every YAML block of a page."""
    return re.findall(r"^```yaml\n(.*?)^```", PAGES[page], flags=re.MULTILINE | re.DOTALL)


def value_of(text: str) -> Any:
    root, problems = read_nodes(text.encode(), "a.yaml")
    assert root is not None, problems
    return root.value()


SOURCES = [(page, text) for page in SYSTEMS for text in blocks(page) if "adapter:" in text]


def test_every_page_is_of_an_adapter_and_the_overview_names_it() -> None:
    assert [page for page in SYSTEMS if page not in ADAPTERS] == []
    assert [page for page in SYSTEMS if f"[{page}.md]({page}.md)" not in PAGES["README"]] == []


@pytest.mark.parametrize(("page", "text"), SOURCES, ids=[page for page, _ in SOURCES])
def test_a_source_that_is_shown_loads(page: str, text: str, tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, **{"sources/shown.yaml": text}))
    assert {source.adapter for source in settings.sources} >= {page}


@pytest.mark.parametrize("page", SYSTEMS)
def test_every_page_shows_a_source(page: str) -> None:
    assert page in {page for page, _ in SOURCES}


LOGINS = [text for text in blocks("README") if "auth:" in text]


def test_the_project_that_is_shown_loads(tmp_path: Path) -> None:
    (text,) = (text for text in blocks("README") if "matching:" in text)
    sources = {
        f"sources/{name}.yaml": GOOD["sources/tickets.yaml"].replace("id: tickets", f"id: {name}")
        for name in ("court_redmine", "jia_rt")
    }
    head = "organization: {id: court, name: 示范法院}\nvendors:\n  - {id: a, name: 甲公司}\n" + text
    files = {"yunwei.yaml": head, "indicators/main.yaml": "[]\n", **sources}
    matching = load_settings(write_files(tmp_path, files)).contract("ops").matching
    assert matching is not None
    assert (matching.leads, matching.others, matching.tolerance) == ("court_redmine", ("jia_rt",), 1800)


@pytest.mark.parametrize("text", LOGINS, ids=range(len(LOGINS)))
def test_every_login_that_is_shown_loads(text: str) -> None:
    import json

    data = {"url": "https://itsm.example.cn", **value_of(text)}
    assert HttpConfig.model_validate_json(json.dumps(data)).auth is not None


@pytest.mark.parametrize("page", SYSTEMS)
def test_every_key_of_a_system_is_explained(page: str) -> None:
    document = PAGES["README"] + PAGES[page]
    model: type[BaseModel] = config_model(page)
    assert [name for name in model.model_fields if f"`{name}`" not in document] == []
