"""From records in the store to results in the store."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from collector.compute import Asked, ComputeReport, compute, default_periods
from metrics.errors import UsageError
from metrics.period import parse_period
from tests.compute.court import INDICATORS, TICKETS, Court, at, ticket

MARCH = parse_period("2023-03")


def _compute(court: Court, *periods: str, **more: Any) -> ComputeReport:
    asked = Asked(tuple(parse_period(period) for period in periods))
    return compute(court.settings, court.store, asked, now=court.clock(), **more)


def _stored(court: Court, indicator: str, period: str, value: str = "") -> dict[str, Any]:
    found = court.store.results(indicator=indicator, period=period, dimension_value=value)
    assert len(found) == 1
    return {str(name): None if pd.isna(cell) else cell for name, cell in found.iloc[0].items()}


def test_a_mean_is_stored_with_its_parts(court: Court) -> None:
    """(20 + 31) min / 2 = 25.5 min; the remote one stands beside."""
    _compute(court, "2023-03")
    row = _stored(court, "arrival", "2023-03")
    assert (row["numerator"], row["denominator"], row["actual"]) == (str(51 * 60), "2", str(51 * 30))
    assert (row["printed"], row["outcome"], row["measure_unit"]) == ("25.50分钟", "met", "minutes")
    assert '"remote_count":"1"' in row["parts"]


def test_breakdowns_follow_their_total(court: Court) -> None:
    _compute(court, "2023-03")
    found = court.store.results(indicator="arrival", period="2023-03")
    assert list(found["dimension_value"]) == ["", "甲公司", "乙公司"]
    assert list(found["printed"]) == ["25.50分钟", "20.00分钟", "31.00分钟"]


def test_the_rule_is_the_first_of_the_notes(court: Court) -> None:
    _compute(court, "2023-03")
    assert _stored(court, "arrival", "2023-03")["notes"].startswith("口径：平均到场时间 = Σ")


def test_what_was_never_delivered_is_reported_and_stored_as_no_data(court: Court) -> None:
    report = _compute(court, "2023-03")
    assert [(one.definition.id, one.reason) for one in report.not_computed] == [
        ("inspections", "从未收到“巡检”数据，无法计算")
    ]
    row = _stored(court, "inspections", "2023-03")
    assert (row["outcome"], row["printed"], row["numerator"]) == ("no_data", "—", None)
    assert row["notes"].splitlines()[1] == "从未收到“巡检”数据，无法计算"


def test_by_default_every_period_that_has_begun_is_computed(court: Court) -> None:
    contract = court.settings.contract("ops")
    labels = [period.label for period in default_periods(court.settings, contract, as_of=at("04-15 00:00"))]
    months = ["2023-01", "2023-02", "2023-03", "2023-04"]
    assert labels == [*months, "2023Q1", "2023Q2", "2023H1", "2023", "2023-01-01..2023-12-31"]


def test_a_period_that_begins_at_as_of_has_not_begun(court: Court) -> None:
    contract = court.settings.contract("ops")
    labels = [period.label for period in default_periods(court.settings, contract, as_of=at("04-01 00:00"))]
    assert "2023-04" not in labels
    assert default_periods(court.settings, contract, as_of=at("01-01 00:00")) == []


def test_nothing_after_as_of_has_happened(court: Court) -> None:
    """T2 was reported at 09:00 of 2 March and reached at 09:31."""
    _compute(court, "2023-03", as_of=at("03-02 09:30"))
    assert _stored(court, "arrival", "2023-03")["numerator"] == str(20 * 60)


def test_the_same_question_has_the_same_answer(court: Court) -> None:
    first = _compute(court, as_of=at("04-15 00:00"))
    court.clock.forward(86_400)
    second = _compute(court, as_of=at("04-15 00:00"))
    of_the_run = ["run_id", "computed_at", "known_at"]
    left, right = (court.store.results(run.run_id).drop(columns=of_the_run) for run in (first, second))
    assert left.equals(right)
    assert first.run_id != second.run_id


def test_an_earlier_moment_is_computed_with_what_was_known_then(court: Court) -> None:
    then = court.clock()
    court.clock.forward(3600)
    court.deliver("更正.xlsx", ticket=[ticket("T1", "03-01 09:00", "03-01 09:40")])
    _compute(court, "2023-03", known_at=then)
    assert _stored(court, "arrival", "2023-03")["numerator"] == str((20 + 31) * 60)
    _compute(court, "2023-03")
    assert _stored(court, "arrival", "2023-03")["numerator"] == str((40 + 31) * 60)


def test_an_earlier_moment_is_computed_with_the_configuration_of_then(court: Court) -> None:
    then = court.clock()
    court.clock.forward(3600)
    court.configure(INDICATORS.replace("<1小时", "<10分钟"))
    assert _compute(court, "2023-03").configuration_hash == court.settings.hash
    assert _stored(court, "arrival", "2023-03")["outcome"] == "missed"
    _compute(court, "2023-03", known_at=then)
    assert _stored(court, "arrival", "2023-03")["outcome"] == "met"


def test_before_the_first_run_nothing_was_known(court: Court) -> None:
    with pytest.raises(UsageError, match="早于第一次采集"):
        _compute(court, known_at=at("01-01 00:00"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(indicators=("arival",)), "没有名为“arival”的指标，是否想写“arrival”"),
        (Asked(projects=("opz",)), "没有名为“opz”的运维项目，是否想写“ops”"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(court: Court, asked: Asked, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        compute(court.settings, court.store, asked, now=court.clock())


def test_only_what_is_asked_for_is_computed(court: Court) -> None:
    report = compute(court.settings, court.store, Asked((MARCH,), ("ops",), ("uptime",)), now=court.clock())
    assert [(result.indicator, result.figure.period) for result in report.results] == [("uptime", MARCH)]


def test_progress_names_each_indicator_before_it_is_computed(court: Court) -> None:
    told: list[tuple[str, int, int]] = []
    asked = Asked((MARCH,))
    compute(court.settings, court.store, asked, now=court.clock(), progress=lambda *step: told.append(step))
    assert told == [("平均到场时间", 0, 3), ("正常运行率", 1, 3), ("巡检次数", 2, 3)]


def test_availability_of_april_loses_three_of_thirty_days(court: Court) -> None:
    _compute(court, "2023-04")
    row = _stored(court, "uptime", "2023-04")
    assert (row["numerator"], row["denominator"]) == (str(27 * 86_400), str(30 * 86_400))
    assert (row["printed"], row["outcome"], row["coverage"]) == ("90.00%", "missed", "1")


def test_the_contract_of_these_tests_is_2023(court: Court) -> None:
    contract = court.settings.contract("ops")
    assert (contract.starts_on, contract.ends_on, len(TICKETS)) == (date(2023, 1, 1), date(2023, 12, 31), 4)
