"""Values entered by hand: which one a period shows, and who, when, which file stands behind it (semantics 5)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from metrics.errors import ConfigError
from metrics.indicators import MeasureUnit
from tests.metrics.event_facts import Row, ask, counts, facts, line, measure, roles, total


def value(on: str, number: str, **more: Any) -> Row:
    return {
        **{"kind": "等保得分", "measured_on": on, "value": number, "measure_unit": "分"},
        **{"entered_by": "张三", "entered_at": f"{on} 15:00", "document": "测评报告.pdf"},
        **more,
    }


SCORES = facts(
    measurement=[
        value("2023-09-01", "88.25", entered_by="李四"),
        value("2023-03-01", "75.5"),
        value("2023-03-01", "71", kind="其他"),
    ]
)


@pytest.mark.parametrize(
    ("aggregate", "number"),
    [("latest", "88.25"), ("mean", "81.875"), ("sum", "163.75"), ("min", "75.5"), ("max", "88.25")],
)
def test_a_year_with_several_values_shows_what_is_asked(aggregate: str, number: str) -> None:
    figure = total(ask("measurement", SCORES, "2023", params={"kind": "等保得分", "aggregate": aggregate}))

    assert figure.actual == Fraction(number)


def test_the_value_carries_who_when_and_the_file_that_shows_it() -> None:
    request = ask("measurement", SCORES, "2023", params={"kind": "等保得分"})

    assert counts(total(request), "value_count", "measured_on", "entered_by", "entered_at", "document") == (
        *(2, "2023-09-01", "李四"),
        *("2023-09-01 15:00", "测评报告.pdf"),
    )
    assert roles(request) == [("beside", "measurement", "75.5"), ("numerator", "measurement", "88.25")]


def test_of_two_values_of_one_day_the_one_entered_later_is_the_latest() -> None:
    world = facts(
        measurement=[
            value("2023-03-01", "72", entered_at="2023-03-05 10:00"),
            value("2023-03-01", "71", entered_at="2023-03-04 10:00"),
        ]
    )
    assert total(ask("measurement", world, "2023", params={"kind": "等保得分"})).actual == 72


def test_a_mean_keeps_its_parts() -> None:
    figure = total(ask("measurement", SCORES, "2023", params={"kind": "等保得分", "aggregate": "mean"}))

    assert line(figure) == (Fraction("163.75"), 2)


def test_a_period_without_a_value_has_no_figure() -> None:
    april = measure(ask("measurement", SCORES, "2023-04", params={"kind": "等保得分"}))[0]

    assert (april.actual, april.evidence_count) == (None, 0)


def test_what_is_measured_at_as_of_or_later_has_not_been_measured() -> None:
    request = ask("measurement", SCORES, "2023", params={"kind": "等保得分"}, as_of="2023-09-01")

    assert total(request).actual == Fraction("75.5")


@pytest.mark.parametrize(
    ("entered", "unit", "base"),
    [
        ("%", "percent", "0.9"),
        (None, "percent", "0.9"),
        ("分钟", "hours", "5400"),
        ("分", "minutes", "5400"),
        (None, "hours", "324000"),
        ("万元", "yuan", "900000"),
        ("级", "number", "90"),
        ("随便", "points", "90"),
    ],
)
def test_a_value_is_read_in_its_own_unit_else_in_the_indicator_s(
    entered: str | None, unit: MeasureUnit, base: str
) -> None:
    world = facts(measurement=[value("2023-03-01", "90", measure_unit=entered)])
    request = ask("measurement", world, "2023", params={"kind": "等保得分"}, measure_unit=unit)

    assert total(request).actual == Fraction(base)


def test_a_unit_of_another_nature_is_refused() -> None:
    world = facts(measurement=[value("2023-03-01", "90", measure_unit="小时")])

    with pytest.raises(ConfigError, match="填报项目“等保得分”的计量单位是“小时”，与指标的计量单位不同"):
        measure(ask("measurement", world, "2023", params={"kind": "等保得分"}, measure_unit="percent"))
