"""What the configuration allows is what the formulas can do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from collector.configuration.indicator_checks import dimensions_of, records_of
from collector.settings import ConfigErrors, load_settings
from metrics.formulas.params import DEFAULT_MOMENTS
from metrics.indicators import DIMENSION_LABELS, Contract, Facts, Where
from metrics.records import RECORDS, empty_frame
from metrics.scope import scope
from tests.settings.workspace import GOOD, write

CONTRACT = Contract("ops", date(2023, 1, 1), date(2023, 12, 31), ZoneInfo("Asia/Shanghai"))
INDICATORS = "indicators/main.yaml"


def no_facts() -> Facts:
    lineage = {
        "row_id": "int64",
        "source": "string[pyarrow]",
        "natural_key": "string[pyarrow]",
        "flags": "string[pyarrow]",
    }
    frames = {
        name: empty_frame(record).assign(**{column: pd.Series([], dtype=kind) for column, kind in lineage.items()})
        for name, record in RECORDS.items()
    }
    return Facts(frames, pd.DataFrame())


@pytest.mark.parametrize("record", DEFAULT_MOMENTS)
def test_breakdowns_allowed_for_a_record_are_those_that_its_formulas_know(record: str) -> None:
    known = scope(no_facts(), CONTRACT, Where(), record).attributes
    assert dimensions_of([RECORDS[record]]) == tuple(name for name in DIMENSION_LABELS if name in known)


def indicator(folder: Path, text: str) -> None:
    write(folder, **{INDICATORS: GOOD[INDICATORS] + f"- {{id: n, name: 名, project: ops, {text}}}\n"})
    load_settings(folder)


@pytest.mark.parametrize(
    "text",
    [
        "formula: count, params: {record: ticket}, where: {channel: [on_site], kind: [inc*], category: [网络*]}",
        "formula: count, params: {record: outage}, where: {asset_class: [服务器]}, breakdowns: [asset_class, asset]",
        "formula: availability, params: {window: 7x24, down_from: [checks]}, where: {source: [tick*], asset_no: [S-*]}",
        "formula: budget_execution, where: {kind: [中央]}, breakdowns: [kind]",
        "formula: satisfaction, params: {satisfied: [满意]}, where: {kind: [总体评价]}, breakdowns: [kind]",
        "formula: ratio, "
        "params: {numerator: {record: budget_line, where: {kind: [paid]}}, denominator: {record: asset}}",
        "formula: roster, where: {kind: [万兆专网]}, measure_unit: persons, target: 5人, breakdowns: [kind, vendor]",
        "formula: measurement, params: {kind: 利用率}, measure_unit: percent, target: ≥60%",
        "formula: mean_arrival, measure_unit: minutes, target: <2小时, weight: 7.5, min_coverage: 0.9",
        "formula: mean_response, params: {clock: service, window: 5x8}, target: 达标",
    ],
)
def test_what_a_formula_can_do_is_allowed(tmp_path: Path, text: str) -> None:
    indicator(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "formula: count, params: {record: outage}, breakdowns: [channel]",
            "这个公式所用的记录没有“处理方式”，不能按 channel 分列；可用：asset_class、site、vendor、asset",
        ),
        (
            "formula: ratio, params: {numerator: {record: ticket}, denominator: {record: roster_entry}}, "
            "breakdowns: [vendor, asset]",
            "这个公式所用的记录没有“设备”，不能按 asset 分列；可用：site、vendor、kind",
        ),
        (
            "formula: ratio, "
            "params: {numerator: {record: budget_line, where: {kind: [pay]}}, denominator: {record: asset}}",
            "没有名为“pay”的代码，是否想写“paid”；可用：budget、adjustment、received、paid",
        ),
        (
            "formula: ratio, params: {numerator: {record: ticket}, denominator: {record: asset}}, "
            "where: {channel: [remote]}",
            "这个公式所用的记录（设备台账）没有 channel 这一列，不能用它筛选",
        ),
        ("formula: mean_arrival, target: ≥95%", "目标“≥95%”是百分比，而指标的计量单位是小时（measure_unit: hours）"),
    ],
)
def test_what_a_formula_cannot_do_is_refused(tmp_path: Path, text: str, fact: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        indicator(tmp_path, text)
    assert [problem.fact for problem in caught.value.problems] == [fact]


def test_a_ratio_speaks_of_the_records_of_both_its_sides(tmp_path: Path) -> None:
    indicator(tmp_path, "formula: ratio, params: {numerator: {record: ticket}, denominator: {record: asset}}")
    definition = load_settings(tmp_path).indicators[-1]
    assert [record.name for record in records_of(definition)] == ["ticket", "asset"]
