"""The forecast: worked examples, and that exactly what is needed is enough while a bit less is not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formulas import FORMULAS
from metrics.indicators import Figure, IndicatorDefinition, MeasureUnit
from metrics.outlook import Outlook, Rest, need, outlook
from metrics.outlook_words import outlook_words
from metrics.period import Period
from metrics.targets import parse_target

JUNE = Period(date(2025, 1, 1), date(2025, 6, 30), "range")
HALF = Rest(Fraction(6), 181, 184)


def _so_far(numerator: int | str, denominator: int | None = None) -> Figure:
    above, below = Fraction(numerator), None if denominator is None else Fraction(denominator)
    actual = above if below is None else above / below if below else None
    return Figure(JUNE, "total", "", above, below, actual)


def _outlook(formula: str, target: str, so_far: Figure, unit: MeasureUnit, rest: Rest = HALF) -> Outlook | None:
    return outlook(formula, parse_target(target).for_unit(unit), so_far, rest)


PARAMS: dict[str, dict[str, Any]] = {
    "outage_count": {"window": "5x8", "down_from": ("tickets",)},
    "availability": {"window": "5x8", "down_from": ("tickets",)},
    "timely_rate": {"limits": {"*": "8小时"}},
    "count": {"record": "inspection"},
}


def _words(formula: str, target: str, so_far: Figure, rest: Rest = HALF, **params: str) -> str:
    made = FORMULAS[formula]
    given = {**PARAMS.get(formula, {}), **params}
    definition = IndicatorDefinition(
        id="x", name="指标", project="p", formula=formula, target=target, params=made.params(**given)
    )
    found = _outlook(formula, target, so_far, made.unit, rest)
    assert found is not None
    return outlook_words(found, made.unit, *made.sides(definition), "全年")


def test_a_count_needs_what_is_missing() -> None:
    """≥ 6000, 2400 so far: 3600 in six months are 600 a month."""
    assert _words("count", "≥6000次", _so_far(2400)) == "还需 3,600次，平均每月 600.0次。"
    assert _words("count", "≥6000次", _so_far(6000)) == "全年指标已经完成。"


def test_a_count_that_may_not_be_passed() -> None:
    assert _words("outage_count", "≤12次", _so_far(9)) == "其余时间最多再发生 3次。"
    assert _words("outage_count", "≤12次", _so_far(13)) == "全年已不可能达标：目前为 13，不能再降到目标。"
    assert _words("outage_count", "0", _so_far(0)) == "其余时间应正好 0次。"


def test_availability_needs_a_rate_over_the_rest() -> None:
    """980 of 1000 h, 1000 h to come, ≥ 99%: 1980 of 2000 are needed, so 1000 of 1000; with 985 so far 995."""
    rest = Rest(Fraction(6), 181, 184, planned=Fraction(3_600_000))
    assert _words("availability", "≥99%", _so_far(980 * 3600, 3_600_000), rest) == (
        "其余应运行 1,000.00 小时，正常运行率应在 100.00%以上，即累计停用不超过 0.00 小时。"
    )
    assert _words("availability", "≥99%", _so_far(985 * 3600, 3_600_000), rest) == (
        "其余应运行 1,000.00 小时，正常运行率应在 99.50%以上，即累计停用不超过 5.00 小时。"
    )
    assert _words("availability", "≥99%", _so_far(985 * 3600 - 1, 3_600_000), rest) == (
        "其余应运行 1,000.00 小时，正常运行率应在 99.51%以上，即累计停用不超过 4.99 小时。"
    )
    assert _words("availability", "≥99%", _so_far(979 * 3600, 3_600_000), rest) == (
        "全年已不可能达标：即使其余全部做到，也只有 98.95%。"
    )


def test_availability_by_days_speaks_of_days() -> None:
    """950 of 1000, ≥ 95% of 2000 are 1900: 950 more."""
    rest = Rest(Fraction(6), 181, 184, planned=Fraction(1000))
    assert _words("availability", "≥95%", _so_far(950, 1000), rest, basis="day") == (
        "其余 1,000 设备天，正常运作率应在 95.00%以上，即不正常不超过 50 设备天。"
    )


def test_tickets_to_come_are_taken_as_they_came() -> None:
    """181 in 181 days, so 184 to come; ≥ 90% of 365 are 328.5, so 329; 160 so far, 169 more."""
    assert _words("timely_rate", "≥90%", _so_far(160, 181)) == (
        "按目前的数量估计，其余已解决或时限已过的工单约 184张，其中时限内解决的工单应不少于 169张，"
        "即其余的不超过 15张。"
    )


def test_what_is_safe_is_said_with_how_sure_that_is() -> None:
    """Every one of 181 in time, ≥ 40% of 365 are 146; of a count what was reached stays reached."""
    assert _words("timely_rate", "≥40%", _so_far(181, 181)) == "按目前的数量估计，其余时间无论如何，全年都能达标。"
    rest = Rest(Fraction(6), 181, 184, planned=Fraction(10))
    assert _words("availability", "≥40%", _so_far(1000, 1000), rest) == "其余时间无论如何，全年都能达标。"


def test_a_mean_must_come_down() -> None:
    """100 tickets of 2.5 h in 181 days, 102 to come, ≤ 2 h: 2 × 202 − 250 = 154 h over 102 tickets = 1.5098 h."""
    assert _words("mean_arrival", "≤2小时", _so_far(250 * 3600, 100)) == (
        "按目前的数量估计，其余有到场时间的现场工单约 102张，平均应在 1.50小时以内。"
    )
    assert _words("mean_arrival", "≤2小时", _so_far(500 * 3600, 100)) == (
        "全年已不可能达标：目前为 5.00小时，不能再降到目标。"
    )


def test_money_needs_what_is_missing_of_the_budget() -> None:
    """95% of 1,560,000 are 1,482,000; 702,000 paid: 780,000 more, 130,000 a month, 858,000 left."""
    assert _words("budget_execution", "≥95%", _so_far(702_000, 1_560_000)) == (
        "还需 780,000元，平均每月 130,000.00元，余额 858,000元。"
    )


def test_a_roster_cannot_make_up_for_its_least_day() -> None:
    assert _words("roster", "5人", _so_far(5)) == "其余每天不得少于 5。"
    assert _words("roster", "5人", _so_far(4)) == "全年已不可能达标：目前为 4，不能再升到目标。"


def test_what_cannot_be_foretold_is_left_out() -> None:
    assert _outlook("mean_time_between_failures", "≥100小时", _so_far(3600, 1), "hours") is None
    assert _outlook("availability", "≥95%", _so_far(1, 2), "percent") is None  # without the rest's service time
    assert _outlook("count", "达标", _so_far(1), "count") is None
    nothing = Figure(JUNE, "total", "", None, None, None)
    assert _outlook("count", "≥5次", nothing, "count") is None


_amount = st.integers(0, 10_000)


@given(
    operator=st.sampled_from(["≥", ">", "≤", "<"]),
    percent=st.integers(1, 100),
    good=_amount,
    bad=_amount,
    rest=_amount,
)
def test_exactly_what_is_needed_is_enough_and_a_bit_less_is_not(
    operator: str, percent: int, good: int, bad: int, rest: int
) -> None:
    target = parse_target(f"{operator}{percent}%")
    so_far, whole = good + bad, good + bad + rest
    found = need(target, Fraction(good), Fraction(so_far), Fraction(rest), Fraction(1), Fraction(rest))

    def reached(more: int) -> bool:
        return target.met(Fraction(good + more, whole)) if whole else False

    possible = [more for more in range(rest + 1) if reached(more)] if rest <= 60 else None
    if possible is not None and whole:
        assert found.state == ("lost" if not possible else "kept" if len(possible) == rest + 1 else "open")
    if found.state == "open":
        exact = int(found.amount)
        worse = exact - 1 if found.bound == "at_least" else exact + 1
        assert reached(exact)
        assert not reached(worse)


@given(value=st.integers(1, 500), so_far=st.integers(0, 600), operator=st.sampled_from(["≥", ">", "≤", "<"]))
def test_counts_are_as_exact(value: int, so_far: int, operator: str) -> None:
    target = parse_target(f"{operator}{value}次")
    found = need(target, Fraction(so_far), None, None, Fraction(1), None)
    if found.state == "open":
        worse = -1 if found.bound == "at_least" else 1
        assert target.met(so_far + found.amount)
        assert not target.met(so_far + found.amount + worse)
    else:
        assert target.met(Fraction(so_far)) == (found.state == "kept")


@pytest.mark.parametrize(("paid", "state"), [("9499.99", "open"), ("9500.00", "kept")])
def test_money_is_counted_in_fen(paid: str, state: str) -> None:
    found = _outlook("budget_execution", "≥95%", _so_far(paid, 10_000), "percent")
    assert found is not None
    assert found.need.state == state
    assert state == "kept" or found.need.amount == Fraction(1, 100)
