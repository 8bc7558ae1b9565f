"""One set of numbers over all outputs: each is read back and held against the store."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from collector.cli import run
from collector.publish.columns import RESULT_COLUMNS
from collector.publish.publication import as_number
from collector.store import RESULT_COLUMNS as STORED_COLUMNS
from tests.compute.court import Court

Key = tuple[str, str, str]


@pytest.fixture
def stored(computed: Court) -> dict[Key, dict[str, Any]]:
    """Indicator name, period, dimension value → the row in the store."""
    assert run(["export", "-C", str(computed.folder), "--format", "all"]) == 0
    found = computed.store.results()
    rows = found.astype(object).where(found.notna(), None).to_dict("records")
    return {(row["name"], row["period"], row["dimension_value"]): {str(k): v for k, v in row.items()} for row in rows}


def _output(court: Court, name: str) -> Path:
    return court.folder / "output" / name


def test_the_columns_are_those_of_the_table() -> None:
    published = {column.name for column in RESULT_COLUMNS}
    assert published - set(STORED_COLUMNS) == {"rule"}
    left = {name for name in set(STORED_COLUMNS) - published if not name.endswith("_value")}
    assert left == {"position"}


def test_the_json_says_what_the_store_says(computed: Court, stored: dict[Key, dict[str, Any]]) -> None:
    results = json.loads(_output(computed, "results.json").read_text(encoding="utf-8"))["results"]
    assert len(results) == len(stored)
    for one in results:
        row = stored[one["name"], one["period"], one["dimension_value"]]
        plain = [column.name for column in RESULT_COLUMNS if column.kind not in ("list", "parts")]
        assert {name: one[name] for name in plain if name not in ("rule", "outcome")} == {
            name: row[name] for name in plain if name not in ("rule", "outcome")
        }
        assert (one["outcome"] or "") == row["outcome"]
        assert "\n".join([f"口径：{one['rule']}", *one["notes"]]) == row["notes"]


def test_the_csv_says_what_the_store_says(computed: Court, stored: dict[Key, dict[str, Any]]) -> None:
    with _output(computed, "results.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(stored)
    for line in lines:
        row = stored[line["指标"], line["统计周期"], line["维度值"]]
        exact = {"分子": "numerator", "分母": "denominator", "未取整值": "actual", "完成值": "printed"}
        assert {label: line[label] for label in exact} == {label: row[name] or "" for label, name in exact.items()}


def test_the_workbook_says_what_the_store_says(computed: Court, stored: dict[Key, dict[str, Any]]) -> None:
    book, seen = load_workbook(_output(computed, "results.xlsx")), 0
    for title in ("指标结果", "分项"):
        head, *rows = book[title].iter_rows(values_only=True)
        for cells in rows:
            line = dict(zip(head, cells, strict=True))
            row = stored[str(line["指标"]), str(line["统计周期"]), str(line.get("维度值") or "")]
            assert line["分子"] == (None if row["numerator"] is None else float(Fraction(row["numerator"])))
            printed = None if row["actual"] is None else float(as_number(row["printed"]))
            assert line["完成值"] == printed
            seen += 1
    assert seen == len(stored)


def test_the_terminal_says_what_the_store_says(
    computed: Court, stored: dict[Key, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["results", "-C", str(computed.folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    for (name, period, value), row in stored.items():
        if not value:
            line = next(line for line in lines if line.startswith(f"{name} ") and period in line)
            assert row["printed"] in line.split()


def test_explain_says_what_the_store_says(
    computed: Court, stored: dict[Key, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    for (_, period, value), row in stored.items():
        capsys.readouterr()
        dimension = ["--dimension", f"{row['dimension']}={value}"] if value else []
        assert run(["explain", row["indicator"], period, "-C", str(computed.folder), *dimension]) == 0
        shown = capsys.readouterr().out
        assert row["actual"] is None or row["printed"] in shown
        assert "注意" not in shown
