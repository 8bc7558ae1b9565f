"""The JSON Schema for editors says what the program itself would say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters import ADAPTERS
from collector.configuration.nodes import read_nodes
from collector.configuration.profiles import profiles, write_workspace
from collector.configuration.schema import json_schema
from collector.publish import PUBLISHERS
from metrics.formulas import FORMULAS
from metrics.records import RECORDS
from tests.settings.test_broken import CASES, files_of
from tests.settings.workspace import GOOD


@cache
def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def complaints(text: str) -> list[str]:
    root, _ = read_nodes(text.encode(), "a.yaml")
    assert root is not None
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(root.value())]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_passes(name: str) -> None:
    assert complaints(GOOD[name]) == []


@pytest.mark.parametrize("profile", profiles().values(), ids=profiles())
def test_every_file_of_every_profile_passes(profile: Any, tmp_path: Path) -> None:
    write_workspace(profile, tmp_path / "w")
    files = sorted((tmp_path / "w").rglob("*.yaml"))
    assert len(files) >= 4
    for file in files:
        assert complaints(file.read_text(encoding="utf-8")) == [], file


#: Mistakes of form, which an editor can see without knowing the other files.
OF_FORM = [
    case
    for case in CASES
    if case.stem.startswith(
        ("key_", "type_", "id_form", "date_", "adapter_", "formula_", "params_", "output_publisher")
    )
    or case.stem
    in {"source_key", "source_inner_key", "source_record", "source_encoding", "indicator_key", "where_key", "rounding"}
    or case.stem in {"decimals", "measure_unit", "target_period", "period_kind", "override_word", "secret_key"}
]


@pytest.mark.parametrize("case", OF_FORM, ids=lambda case: case.stem)
def test_a_mistake_of_form_fails(case: Path) -> None:
    assert any(complaints(text) for text in files_of(case).values())


def test_a_complaint_names_the_place() -> None:
    broken = GOOD["indicators/main.yaml"].replace("down_from: [tickets]", "down_from: [check]")
    assert complaints(broken) == [
        "$[0].params.down_from[0]: 'check' is not one of ['checks', 'tickets', 'inspections', 'outages']"
    ]


def test_names_of_maps_are_offered() -> None:
    defs = json_schema()["$defs"]
    assert defs["Source"]["properties"]["adapter"]["enum"] == list(ADAPTERS)
    assert defs["IndicatorDefinition"]["properties"]["formula"]["enum"] == list(FORMULAS)
    assert defs["Output"]["properties"]["publisher"]["enum"] == list(PUBLISHERS)
    assert defs["TableMapping"]["properties"]["record"]["enum"] == list(RECORDS)


def test_the_fields_of_a_record_are_offered_for_its_columns() -> None:
    for case in json_schema()["$defs"]["TableMapping"]["allOf"]:
        record = RECORDS[case["if"]["properties"]["record"]["const"]]
        assert list(case["then"]["properties"]["columns"]["properties"]) == list(record.names)


def keys(schema: Any, path: str = "$defs") -> Iterator[tuple[str, str, Any]]:
    """Every key that the schema declares: where, its name, what is said of it. Conditions declare none."""
    if isinstance(schema, dict):
        for name, below in schema.get("properties", {}).items() if "properties" in schema else ():
            if path.rpartition("/")[2] not in ("if", "then"):
                yield path, name, below
        for name, below in schema.items():
            yield from keys(below, f"{path}/{name}")
    elif isinstance(schema, list):
        for below in schema:
            yield from keys(below, path)


def test_every_key_is_described_in_chinese() -> None:
    declared = list(keys(json_schema()["$defs"]))
    assert len(declared) > 100
    for path, name, schema in declared:
        text = schema.get("description", "")
        assert any("\u4e00" <= character <= "\u9fff" for character in text), f"{path}/{name}"


def test_nothing_english_is_left_for_people_to_read() -> None:
    def texts(schema: Any) -> Iterator[str]:
        for name, below in schema.items() if isinstance(schema, dict) else ():
            if name in ("description", "title") and isinstance(below, str):
                yield below
            yield from texts(below)
        for below in schema if isinstance(schema, list) else ():
            yield from texts(below)

    for text in texts(json_schema()):
        assert any("\u4e00" <= character <= "\u9fff" for character in text), text
