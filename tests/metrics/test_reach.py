"""Which band can still be reached, by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from metrics.indicators import Figure, MeasureUnit
from metrics.outlook import Outlook, Rest, outlook
from metrics.period import Period
from metrics.scoring.pack import RulePack, Section
from metrics.scoring.reach import Weighted, most_mark, reach_words
from metrics.targets import parse_target

PACK = RulePack(
    id="x", name="示例规则", execution="10", sections=(Section(levels=("产出",), weight="90"),), missed="ratio"
)
JUNE = Period(date(2025, 1, 1), date(2025, 6, 30), "range")


def _seen(formula: str, target: str, unit: MeasureUnit, above: int, below: int | None, planned: int = 0) -> Outlook:
    so_far = Figure(JUNE, "total", "", Fraction(above), None if below is None else Fraction(below), Fraction(1))
    rest = Rest(Fraction(6), 181, 184, Fraction(planned))
    found = outlook(formula, parse_target(target).for_unit(unit), so_far, rest)
    assert found is not None
    return found


def test_a_lost_share_earns_what_its_best_figure_earns() -> None:
    """800 of 1000, 200 to come, ≥ 90%: at best 1000 of 1200 = 83.33%; 83.33 / 90 × 50 = 46.2963."""
    seen = _seen("availability", "≥90%", "percent", 800, 1000, 200)
    assert seen.need.state == "lost"
    assert str(most_mark(Weighted("运作率", Fraction(50), "percent", seen), PACK)) == "46.30"


def test_a_lost_roster_earns_what_its_least_day_earns() -> None:
    """4 of 5: 4 / 5 × 10 = 8."""
    assert str(most_mark(Weighted("人员", Fraction(10), "persons", _seen("roster", "5人", "persons", 4, 5)), PACK)) == (
        "8.00"
    )


def test_a_lost_limit_earns_what_no_further_case_leaves() -> None:
    """13 where at most 12: 12 / 13 × 10 = 9.2308."""
    seen = _seen("outage_count", "≤12次", "count", 13, None)
    assert str(most_mark(Weighted("中断", Fraction(10), "count", seen), PACK)) == "9.23"


def test_the_band_is_said_with_what_is_left_to_lose() -> None:
    rows = [
        Weighted("人员", Fraction(10), "persons", _seen("roster", "5人", "persons", 4, 5)),
        Weighted("巡检", Fraction(80), "count", _seen("count", "≥100次", "count", 20, None)),
        Weighted("等保", Fraction(10), "points", None),
    ]
    assert reach_words(rows, PACK) == (
        "按“示例规则”（≥90 优，≥80 良，≥60 中，其余差），如果其余时间都做到下表所列，全年自评最多可得 98.00 分，"
        "等级最高为“优”，其余还可再失 8.00 分仍为“优”。已不能得满分的：“人员”最多 8.00 分（满分 10）。"
    )


def test_marks_that_do_not_make_a_hundred_say_nothing() -> None:
    assert reach_words([Weighted("人员", Fraction(10), "persons", None)], PACK) == ""
