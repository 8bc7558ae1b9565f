"""One set of numbers over all outputs: each is read back and held against the store."""

from __future__ import annotations

import csv
import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from collector.cli import run
from collector.publish.columns import RESULT_COLUMNS
from collector.publish.publication import as_number
from collector.serve.snapshot import take
from collector.store import RESULT_COLUMNS as STORED_COLUMNS
from metrics.indicators import OUTCOME_LABELS
from tests.compute.court import Court, at

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


@pytest.fixture
def papers(computed: Court, stored: dict[Key, dict[str, Any]]) -> Path:
    """The folder with workbook and report of every period."""
    periods = sorted({period for _, period, _ in stored})
    assert run(["report", *periods, "-C", str(computed.folder)]) == 0
    return computed.folder / "output"


def _lines(path: Path, title: str, first: str) -> list[dict[str, Any]]:
    """The table of a sheet whose header begins with ``first``."""
    rows = [list(row) for row in load_workbook(path)[title].iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if row[0] == first)
    body = itertools.takewhile(lambda row: any(cell is not None for cell in row), rows[at + 1 :])
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in body]


def test_the_workbooks_say_what_the_store_says(papers: Path, stored: dict[Key, dict[str, Any]]) -> None:
    seen = set()
    for period in {period for _, period, _ in stored}:
        for title, first in (("指标总览", "指标级别"), ("分项", "指标")):
            for line in _lines(papers / f"{period}工作簿.xlsx", title, first):
                if line["指标"] == "（无）":
                    continue
                key = str(line["指标"]), period, str(line.get("维度值") or "")
                row = stored[key]
                for label, name in (("分子", "numerator"), ("分母", "denominator")):
                    assert line[label] == (None if row[name] is None else float(Fraction(row[name])))
                assert line["完成值"] == ("—" if row["actual"] is None else float(as_number(row["printed"])))
                assert line["结论"] == OUTCOME_LABELS[row["outcome"]]
                assert line["依据条数"] == row["evidence_count"]
                seen.add(key)
    assert seen == set(stored)


def test_the_trend_and_the_month_before_are_those_of_their_months(
    papers: Path, stored: dict[Key, dict[str, Any]]
) -> None:
    path = papers / "2023-04工作簿.xlsx"
    before = {line["指标"]: line["上月"] for line in _lines(path, "指标总览", "指标级别")}
    for line in _lines(path, "月度趋势", "指标"):
        march, april = (stored[str(line["指标"]), month, ""] for month in ("2023-03", "2023-04"))
        for month, row in (("2023-03", march), ("2023-04", april)):
            assert line[month] == ("—" if row["actual"] is None else float(as_number(row["printed"])))
        assert before[line["指标"]] == line["2023-03"]


def test_the_reports_say_what_the_store_says(papers: Path, stored: dict[Key, dict[str, Any]]) -> None:
    for period in {period for _, period, _ in stored}:
        [head, *rows] = _report_table(papers / f"{period}报告.docx", "指标", "目标", "完成值")
        seen = set()
        for cells in rows:
            line = dict(zip(head, cells, strict=True))
            row = stored[line["指标"], period, ""]
            assert (line["完成值"], line["目标"]) == (row["printed"], row["printed_target"] or "—")
            assert line["结论"] == OUTCOME_LABELS[row["outcome"]]
            seen.add(line["指标"])
        assert seen == {name for name, of, value in stored if of == period and not value}


def test_the_sentences_of_a_report_name_the_same_figures(papers: Path, stored: dict[Key, dict[str, Any]]) -> None:
    for period in {period for _, period, _ in stored}:
        text = "".join(paragraph.text for paragraph in Document(str(papers / f"{period}报告.docx")).paragraphs)
        missed = [row for (_, of, value), row in stored.items() if of == period and not value]
        for row in missed:
            said = f"“{row['name']}”完成值 {row['printed']}，目标 {row['printed_target']}"
            assert (said in text) == (row["outcome"] == "missed")


def _report_table(path: Path, *first: str) -> list[list[str]]:
    for table in Document(str(path)).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if tuple(rows[0][: len(first)]) == first:
            return rows
    raise AssertionError(f"no table begins with {first}")


def test_the_page_for_prometheus_says_what_the_store_says(computed: Court, stored: dict[Key, dict[str, Any]]) -> None:
    """At the last second of April the current month is 2023-04 and the current half 2023H1."""
    shown = take(computed.settings, computed.store, at("04-30 23:59")).samples.values["yunwei_indicator_value"]
    found = {(labels[1], labels[2]): value for labels, value in shown}
    periods = {"month": "2023-04", "half": "2023H1"}
    expected = {
        (row["indicator"], kind): float(Fraction(row["actual"]))
        for kind, label in periods.items()
        for (_, period, value), row in stored.items()
        if period == label and not value and row["actual"] is not None
    }
    assert found == expected
    assert expected


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
