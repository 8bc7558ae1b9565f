"""compute, results, explain, export, contradictions as they are typed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest

from collector.cli import run
from collector.publish.json_file import schema
from tests.compute.court import Court, ticket

Captured = pytest.CaptureFixture[str]


def _typed(court: Court, *arguments: str) -> int:
    return run([arguments[0], "-C", str(court.folder), *arguments[1:]])


def test_compute_sums_up_and_names_what_it_could_not(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "compute", "2023-03", "--as-of", "2023-06-30") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "3 个指标、1 个周期，共 5 个结果；截止时间 2023-07-01 00:00:00，知悉序号 1" in lines[0]
    assert lines[1] == "结论：达标 4，无数据 1"
    assert lines[2] == "未能计算“巡检次数”：从未收到“巡检”数据，无法计算"


def test_a_period_that_is_none_is_a_usage_error(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "compute", "2023-13") == 2
    assert "“2023-13”不是周期" in capsys.readouterr().err


def test_results_of_one_period_are_a_table_with_rules_and_basis(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "results", "2023-04") == 0
    shown = capsys.readouterr().out
    row = next(line for line in shown.splitlines() if line.startswith("正常运行率"))
    assert row.split()[:8] == ["正常运行率", "2023-04", "≥95%", "90.00%", "2,332,800", "/", "2,592,000", "100.00%"]
    assert "未达标" in row
    assert "口径：" in shown
    assert "截止时间 2023-08-01 17:00:00" in shown


def test_results_can_be_narrowed_to_one_value_of_a_dimension(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "results", "2023-03", "--dimension", "运维服务商=乙公司") == 0
    shown = capsys.readouterr().out
    assert "平均到场时间（乙公司）" in shown
    assert "甲公司" not in shown


def test_an_unknown_dimension_is_answered_with_the_nearest(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "results", "--dimension", "vender") == 2
    assert "没有名为“vender”的维度，是否想写“vendor”" in capsys.readouterr().err


def test_results_as_json_keep_the_schema(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "results", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, schema())
    assert {one["period"] for one in printed["results"]} == {"2023-03", "2023-04", "2023H1"}


def test_without_results_one_is_told_to_compute(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "results", "2022") == 2
    assert capsys.readouterr().err == "错误：还没有2022的结果，请先运行 yunwei compute\n"


def test_explain_shows_the_arithmetic_and_writes_the_records(computed: Court, capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "依据.csv"
    assert _typed(computed, "explain", "arrival", "2023-03", "--csv", str(path)) == 0
    shown = capsys.readouterr().out
    assert "= 1,530 秒 = 25.50分钟" in shown
    assert f"已把全部 3 条记录写到 {path}" in shown
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line["记录编号"] for line in csv.DictReader(file)] == ["T1", "T2", "T3"]


def test_a_dimension_without_value_cannot_be_explained(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "explain", "arrival", "2023-03", "--dimension", "vendor") == 2
    assert "--dimension 应写出值，如 vendor=甲公司" in capsys.readouterr().err


def test_export_writes_every_kind_where_nothing_is_configured(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "export") == 0
    folder = computed.folder / "output"
    papers = [f"2023-{month}{what}" for month in ("03", "04") for what in ("工作簿.xlsx", "报告.docx")]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*papers, "results.csv", "results.json"])
    assert capsys.readouterr().out.count("已写出") == 6


def test_export_writes_what_is_configured(computed: Court) -> None:
    workspace = computed.folder / "yunwei.yaml"
    text = workspace.read_text(encoding="utf-8")
    workspace.write_text(text + "outputs: [{publisher: csv, path: 表/结果.csv, project: ops}]\n", encoding="utf-8")
    assert _typed(computed, "export", "2023-03") == 0
    assert [path.relative_to(computed.folder / "output").as_posix() for path in _files(computed.folder / "output")] == [
        "表/结果.csv"
    ]


def test_export_takes_one_kind_and_another_folder(computed: Court, tmp_path: Path) -> None:
    assert _typed(computed, "export", "--format", "json", "--out", str(tmp_path / "o")) == 0
    assert [path.name for path in _files(tmp_path / "o")] == ["results.json"]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_contradictions_are_counted_listed_and_written(computed: Court, capsys: Captured, tmp_path: Path) -> None:
    twice = [ticket("T1", "03-01 09:01", "03-01 09:20", "乙公司", asset_no="A1")]
    computed.deliver("乙.xlsx", ticket=[*twice, ticket("T1b", "03-01 09:01", None, "甲公司", asset_no="A1")])
    path = tmp_path / "c.csv"
    assert _typed(computed, "contradictions", "2023-03", "--csv", str(path)) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("共 1 条矛盾：同一工单出自两家服务商 1\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [line["矛盾"] for line in csv.DictReader(file)] == ["同一工单出自两家服务商"]


def test_a_year_without_contradictions_says_so(computed: Court, capsys: Captured) -> None:
    assert _typed(computed, "contradictions", "2023-05") == 0
    assert capsys.readouterr().out == "共 0 条矛盾\n"
