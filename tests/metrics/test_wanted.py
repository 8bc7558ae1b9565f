"""How far back the records reach on which figures can depend (metrics/wanted.py)."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from metrics.formulas import FORMULAS
from metrics.indicators import Contract, IndicatorDefinition
from metrics.period import parse_period
from metrics.service_calendar import DayRules, ServiceCalendar, parse_window
from metrics.wanted import Demand, Wanted, wanted_by

DAY = 86_400
ZONE = ZoneInfo("Asia/Shanghai")
CONTRACT = Contract("ops", date(2023, 1, 1), date(2024, 12, 31), ZONE)
ALWAYS = ServiceCalendar(
    parse_window({"mon-sun": ["00:00-24:00"]}, follows_workdays=False),
    DayRules(),
    ZONE,
    CONTRACT.starts_on,
    CONTRACT.ends_on,
)
NEVER = ServiceCalendar(parse_window({}, False), DayRules(), ZONE, CONTRACT.starts_on, CONTRACT.ends_on)
AUGUST = parse_period("2024-08")
FIRST = AUGUST.bounds(ZONE)[0]


def _wanted(formula: str, calendar: ServiceCalendar = ALWAYS, staleness: int = 0, **params: Any) -> Wanted:
    settings = FORMULAS[formula].params.model_validate(params)
    definition = IndicatorDefinition(id="one", name="一", project="ops", formula=formula, params=settings)
    demand = Demand(definition, CONTRACT, [AUGUST])
    begun = parse_period("2023").bounds(ZONE)[0]
    return wanted_by([demand], {"always": calendar}, staleness, begun, FIRST + 10 * DAY)


def test_most_figures_need_what_lasts_into_their_period() -> None:
    assert _wanted("mean_arrival").since == FIRST
    assert _wanted("count", record="support_event").since == FIRST


def test_down_time_needs_some_service_time_before() -> None:
    assert _wanted("availability", window="always", down_from=("tickets",)).since == FIRST - 7 * DAY


def test_failed_checks_need_as_many_as_could_be_counted_in_a_row() -> None:
    """Each holds for ten days at most, and three in a row make a fault."""
    wanted = _wanted("availability", staleness=10 * DAY, window="always", down_from=("checks",), fail_after=3)

    assert wanted.since == FIRST - 40 * DAY - 7 * DAY


def test_outages_are_compared_with_the_month_and_the_year_before() -> None:
    wanted = _wanted("outage_count", window="always", down_from=("tickets",))

    assert wanted.since == parse_period("2023-08").bounds(ZONE)[0] - 7 * DAY


def test_where_there_is_no_service_time_before_everything_is_needed() -> None:
    assert _wanted("availability", NEVER, window="always", down_from=("tickets",)).since is None


def test_inspections_of_any_age_may_count_for_a_plan() -> None:
    assert _wanted("inspection_completion").whole == {"inspection", "inspection_plan"}


def test_words_are_needed_where_they_are_counted() -> None:
    engineers = {"record": "ticket", "measure": "distinct", "column": "engineer"}
    wanted = _wanted("ratio", numerator={"record": "ticket"}, denominator=engineers)

    assert wanted.columns is not None
    assert "engineer" in wanted.columns["ticket"]
    assert "title" not in wanted.columns["ticket"]


def test_what_is_read_is_enough_for_what_needs_no_more() -> None:
    read = Wanted(100, frozenset(("inspection",)), until_cleared=True)

    assert Wanted().covers(read)
    assert read.covers(Wanted(200))
    assert not read.covers(Wanted(50))
    assert not read.covers(Wanted())
    assert not read.covers(Wanted(200, frozenset(("ticket",))))
    assert not Wanted(100).covers(Wanted(100, until_cleared=True))


def test_what_tells_of_other_figures_is_read_too() -> None:
    assert Wanted(100).also(50, frozenset("甲")) == Wanted(50, tickets=frozenset("甲"))
    assert Wanted().also(50, frozenset("甲")) == Wanted()
