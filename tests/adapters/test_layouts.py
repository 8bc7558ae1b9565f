"""Sample in, expected out; every sample is recognised by its own source and by no other."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from metrics.errors import InputError
from metrics.records import RECORDS
from tests.adapters.reading import Reader

LAYOUTS = Path(__file__).parent / "layouts"
NAMES = sorted(folder.name for folder in LAYOUTS.iterdir() if (folder / "source.yaml").exists())


class _TextTimes(yaml.SafeLoader):
    """Times stay the text they are written as."""


_TextTimes.yaml_implicit_resolvers = {
    first: [item for item in items if item[0] != "tag:yaml.org,2002:timestamp"]
    for first, items in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def mapping(name: str) -> str:
    """The source of a layout."""
    return (LAYOUTS / name / "source.yaml").read_text(encoding="utf-8")


def sample(name: str) -> dict[str, bytes]:
    """The files of a layout."""
    files: dict[str, bytes] = importlib.import_module(f"tests.adapters.layouts.{name}.sample").sample()
    return files


def expected(name: str) -> dict[str, Any]:
    """Records and counts that must come out."""
    text = (LAYOUTS / name / "expected.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, _TextTimes)
    return found


def test_there_is_a_layout_for_every_kind_of_file() -> None:
    endings = {Path(file).suffix for name in NAMES for file in sample(name)}
    assert endings == {".xlsx", ".xls", ".csv", ".tsv", ".gz", ".zip", ".jsonl"}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_becomes_the_expected_records(tmp_path: Path, name: str) -> None:
    wanted = expected(name)
    ((file, content),) = sample(name).items()
    read = Reader(tmp_path, mapping(name)).read(file, content)
    assert read.reasons() == []
    assert dict(read.set_aside) == wanted.pop("set_aside")
    assert {batch.record for batch in read.batches} == wanted.keys()
    for record, rows in wanted.items():
        assert [_without_hash(record, row) for row in read.dicts(record)] == rows


def _without_hash(record: str, row: dict[str, Any]) -> dict[str, Any]:
    key = RECORDS[record].key[0]
    made = len(row[key]) == 16 and set(row[key]) <= set("0123456789abcdef")
    return {**row, key: "KEY"} if made else row


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_recognised_by_exactly_its_own_source(tmp_path: Path, name: str) -> None:
    ((file, content),) = sample(name).items()
    readers = {other: Reader(tmp_path, mapping(other)) for other in NAMES}
    assert [other for other, reader in readers.items() if _recognises(reader, file, content)] == [name]


def _recognises(reader: Reader, file: str, content: bytes) -> bool:
    try:
        return any(len(batch.frame) for batch in reader.batches(file, content))
    except InputError:
        return False


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_found_by_the_patterns_of_its_own_source_alone(tmp_path: Path, name: str) -> None:
    ((file, content),) = sample(name).items()
    Reader(tmp_path, mapping(name)).blob(file, content)
    readers = {other: Reader(tmp_path, mapping(other)) for other in NAMES}
    finders = [other for other, r in readers.items() if list(r.adapter.discover(r.config, r.context))]
    assert finders == [name]
