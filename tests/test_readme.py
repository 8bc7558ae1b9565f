"""The README says what is there, and all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.mapping import TableConfig
from collector.cli import COMMANDS
from collector.store.result_columns import RESULT_COLUMNS, RESULT_VIEWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ENGLISH = (ROOT / "README.en.md").read_text(encoding="utf-8")


def _rows_after(heading: str) -> dict[str, str]:
    """The two-column table whose head is ``heading``."""
    body = README.split(f"| {heading} |\n|---|---|\n", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", body, flags=re.M))


def _commands(text: str) -> set[str]:
    return set(re.findall(r"(?:^|`) *yunwei ([a-z]+)\b", text, flags=re.M))


def test_the_results_contract_lists_every_column_in_its_words() -> None:
    assert _rows_after("列 | 含义") == dict(RESULT_COLUMNS)


def test_the_results_contract_lists_every_view() -> None:
    assert _rows_after("视图 | 内容") == dict(RESULT_VIEWS)


def test_the_table_of_commands_is_complete() -> None:
    assert {name.removeprefix("yunwei ") for name in _rows_after("命令 | 做什么")} == set(COMMANDS)


def test_the_english_page_names_the_same_commands() -> None:
    assert _commands(ENGLISH) == _commands(README) == set(COMMANDS)


@pytest.mark.parametrize("page", [README, ENGLISH], ids=["zh", "en"])
def test_every_file_it_names_exists(page: str) -> None:
    named = set(re.findall(r"`((?:collector|adapters|metrics|tests|benchmarks|config)/[\w./-]*)`", page))
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_vendor_it_shows_is_a_valid_source() -> None:
    import json

    import yaml

    stanza = yaml.safe_load(README.split("```yaml\n", 1)[1].split("```", 1)[0])
    config = {key: stanza[key] for key in ("files", "tables")}
    assert TableConfig.model_validate_json(json.dumps(config)).tables[0].record == "ticket"
