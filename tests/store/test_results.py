"""Results: stored whole, in order, with stable columns and views."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from collector.store import RESULT_COLUMNS, Run, Store
from tests.conftest import Clock

_ROW: dict[str, Any] = {
    "project": "ops2023",
    "indicator": "arrival_mean",
    "name": "平均到场用时",
    "level_codes": "产出指标/时效指标",
    "period": "2023-01",
    "dimension": "total",
    "dimension_value": "",
    "numerator": "5400",
    "denominator": "7",
    "actual": "771.428571428571428571428571429",
    "printed": "12.86 分钟",
    "measure_unit": "minutes",
    "coverage": None,
    "lower": None,
    "upper": None,
    "target": "≤30分钟",
    "printed_target": "≤30 分钟",
    "target_period": "every",
    "outcome": "met",
    "evidence_count": 7,
    "definition_version": "1",
    "calendar_state": "official",
    "data_state": "open",
    "revision_no": None,
    "observed": "0.25",
    "presumed": "0.75",
    "parts": '{"median": "600"}',
    "notes": "口径：均值\n说明",
    "weight": "5",
    "as_of": "2023-12-31T16:00:00Z",
    "known_at": "2024-01-01T00:00:00Z",
    "known_sequence": 3,
}


def _compute(store: Store, *rows: dict[str, Any], times: int = 1) -> Run:
    with store.run("compute", "config-1", "{}", "0.1") as run:
        for _ in range(times):
            store.save_results(run, pd.DataFrame([{**_ROW, **row} for row in rows]))
    return run


def test_results_come_back_with_every_documented_column(store: Store, clock: Clock) -> None:
    clock.now = 1_700_000_000
    run = _compute(store, {})
    told = store.results().iloc[0]
    assert list(told.index) == list(RESULT_COLUMNS)
    assert {name: None if value is pd.NA else value for name, value in told.items() if name in _ROW} == _ROW
    assert (told["organization_id"], told["run_id"], told["configuration_hash"]) == ("court", run.run_id, "config-1")
    assert told["computed_at"] == "2023-11-14T22:13:20Z"


def test_exact_numbers_have_twins_for_tools_that_know_only_floats(store: Store) -> None:
    _compute(store, {})
    told = store.results().iloc[0]
    assert told["actual_value"] == pytest.approx(5400 / 7)
    assert (told["numerator_value"], told["observed_value"]) == (5400.0, 0.25)
    assert told[["coverage_value"]].isna().all()


def test_results_keep_the_order_in_which_they_were_computed(store: Store) -> None:
    with store.run("compute", "config-1", "{}", "0.1") as run:
        for names in (["丙", "甲"], ["乙"]):
            rows = [{**_ROW, "dimension": "site", "dimension_value": name} for name in names]
            store.save_results(run, pd.DataFrame(rows))
    assert store.results()["dimension_value"].tolist() == ["丙", "甲", "乙"]
    assert store.results()["position"].tolist() == [0, 1, 2]


def test_the_newest_run_of_a_figure_is_current_and_earlier_ones_stay(store: Store) -> None:
    first = _compute(store, {"printed": "旧"}, {"period": "2023-02", "printed": "二月"})
    _compute(store, {"printed": "新"})
    assert store.results()["printed"].tolist() == ["二月", "新"]
    assert store.results(first.run_id)["printed"].tolist() == ["旧", "二月"]


def test_a_breakdown_value_that_is_gone_is_not_current(store: Store) -> None:
    _compute(store, {"dimension": "site", "dimension_value": "旧楼"})
    _compute(store, {"dimension": "site", "dimension_value": "新楼"})
    assert store.results()["dimension_value"].tolist() == ["新楼"]


def test_results_can_be_asked_by_their_figure(store: Store) -> None:
    _compute(store, {}, {"indicator": "resolved_rate"}, {"dimension": "vendor", "dimension_value": "甲公司"})
    assert len(store.results(indicator="resolved_rate")) == 1
    assert len(store.results(indicator="arrival_mean", dimension="vendor", dimension_value="甲公司")) == 1
    assert len(store.results(project="other")) == 0
    assert len(store.results(period="2023-01", dimension="total", dimension_value="")) == 2


def test_the_views_show_current_total_and_missed_rows(store: Store) -> None:
    _compute(store, {"printed": "旧"}, {"period": "2022", "printed": "去年"})
    site = {"dimension": "site", "dimension_value": "一号楼"}
    _compute(store, {"printed": "新"}, {**site, "outcome": "missed", "printed": "差"})
    shown = {}
    with store._engine.connect() as connection:
        for view in ("v_results_current", "v_results_total", "v_results_missed"):
            query = text(f"SELECT printed FROM {view} ORDER BY run_id, position")
            shown[view] = list(connection.scalars(query))
    assert shown == {
        "v_results_current": ["去年", "新", "差"],
        "v_results_total": ["去年", "新"],
        "v_results_missed": ["差"],
    }


def test_an_unknown_column_is_a_bug_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(KeyError, match="colour"):
        _compute(store, {}, {"colour": "red"})
    assert len(store.results()) == 0


def test_a_run_without_results_stores_none(store: Store) -> None:
    with store.run("compute", "config-1", "{}", "0.1") as run:
        store.save_results(run, pd.DataFrame())
    assert len(store.results()) == 0
