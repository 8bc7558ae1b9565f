"""The map of formulas: names and settings without loading what computes, and what all of them promise."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from metrics.formulas import FORMULAS
from metrics.formulas.params import TicketTimeParams
from metrics.indicators import Dimension, Figure, Request
from tests.metrics.event_facts import ask, facts, measure

#: Settings of the formulas over event records, each with some.
SETTINGS: dict[str, dict[str, Any]] = {
    "mean_response": {},
    "mean_arrival": {},
    "mean_resolution": {"reopen": "sum"},
    "resolution_rate": {},
    "timely_rate": {"limits": {"*": "4小时"}},
    "count": {"record": "inspection"},
    "inspection_completion": {},
    "roster": {"contract": {"工程师": 3}},
    "satisfaction": {"satisfied": ("满意",)},
    "budget_execution": {},
    "funds_in_place": {},
    "balance": {},
    "measurement": {"kind": "得分"},
}
PLACES: tuple[dict[str, Any], ...] = ({"site": "A", "vendor": "甲"}, {"site": "B"}, {"vendor": "乙"}, {})
WORLD = facts(
    ticket=[
        {
            **{"ticket_no": f"T{n}", "reported_at": f"2023-0{1 + n % 3}-0{1 + n} 09:00", "channel": "on_site"},
            **{"responded_at": f"2023-0{1 + n % 3}-0{1 + n} 09:30", "arrived_at": f"2023-0{1 + n % 3}-0{1 + n} 11:00"},
            **{"resolved_at": None if n == 5 else f"2023-0{1 + n % 3}-0{1 + n} 15:00", "cancelled": n == 6},
            **PLACES[n % 4],
        }
        for n in range(8)
    ],
    hold=[
        {
            **{"ticket_no": f"T{n}", "side": "court"},
            **{"hold_from": f"2023-0{1 + n % 3}-0{1 + n} 10:00", "hold_to": f"2023-0{1 + n % 3}-0{1 + n} 12:00"},
        }
        for n in range(4)
    ],
    ticket_cycle=[
        {"ticket_no": "T0", "opened_at": "2023-01-01 09:00", "resolved_at": "2023-01-01 10:00"},
        {"ticket_no": "T0", "opened_at": "2023-01-01 11:00"},
    ],
    inspection=[
        {"kind": "月检", "inspected_at": f"2023-0{1 + n % 3}-1{n} 10:00", "quantity": n + 1, **PLACES[n % 4]}
        for n in range(6)
    ],
    inspection_plan=[
        {"kind": "月检", "due_from": f"2023-0{n}-01", "due_until": f"2023-0{n}-28", "quantity": 4} for n in (1, 2, 3)
    ],
    roster_entry=[
        {"kind": "工程师", "from_on": "2023-01-01", "quantity": 2, **PLACES[0]},
        {"kind": "工程师", "from_on": "2023-02-01", "until_on": "2023-03-15", **PLACES[1]},
        {"kind": "其他", "from_on": "2023-02-01"},
    ],
    survey=[
        {"answered_on": f"2023-0{1 + n % 3}-20", "answer": ("满意", "不满意", None)[n % 3], "quantity": n + 1}
        | PLACES[n % 4]
        for n in range(6)
    ],
    budget_line=[
        {"booked_on": f"2023-0{1 + n % 3}-20", "kind": kind, "amount": f"{n + 1}.5", "source_of_funds": "省级"}
        for n, kind in enumerate(("budget", "adjustment", "received", "paid", "paid"))
    ],
    measurement=[
        {
            **{"kind": "得分", "measured_on": f"2023-0{1 + n % 3}-20", "value": f"{80 + n}"},
            **{"entered_by": "张三", "entered_at": "2023-05-01", "document": "a.pdf", **PLACES[n % 4]},
        }
        for n in range(5)
    ],
)
DIMENSIONS: tuple[Dimension, ...] = ("site", "vendor", "kind")
ADDITIVE = ("both", "numerator")


def asked(formula: str, *periods: str, by: tuple[Dimension, ...] = DIMENSIONS) -> Request:
    return ask(formula, WORLD, *periods, params=SETTINGS[formula], by=by)


def test_naming_the_formulas_and_their_settings_loads_neither_numpy_nor_pandas() -> None:
    code = (
        "import sys; from metrics.formulas import FORMULAS;"
        "[(f.name, f.label, f.params.model_json_schema(), f.unit, f.needs) for f in FORMULAS.values()];"
        "print([m for m in ('numpy', 'pandas', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_of_the_map_is_there_and_says_the_same_of_itself(name: str) -> None:
    formula = FORMULAS[name]
    computation = formula.computation  # type: ignore[attr-defined]

    assert formula.name == name
    for said in ("name", "label", "params", "needs", "unit", "default_target_period"):
        assert getattr(computation, said, getattr(formula, said)) == getattr(formula, said)
    assert all(part in formula.part_labels for part in getattr(formula, "beside"))  # noqa: B009


def test_a_name_that_is_not_in_the_map_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        FORMULAS["平均到场时间"]


@pytest.mark.parametrize(
    "settings", [{"clock": "service"}, {"window": "5x8"}, {"clock": "elapsed", "window": "5x8"}, {"clok": "elapsed"}]
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        TicketTimeParams(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_figure_has_as_many_lines_of_evidence_as_it_says_for_every_cell(name: str) -> None:
    cells = 0
    for figure in measure(asked(name, "2023-01", "2023-02", "2023-03", "2023")):
        one = asked(name, figure.period.label, by=(figure.dimension,))
        lines = FORMULAS[name].evidence(one, figure.dimension_value).rows
        assert len(lines) == figure.evidence_count
        cells += len(lines) > 0
    assert cells


@pytest.mark.parametrize("name", ["mean_response", "mean_arrival", "mean_resolution", "count"])
def test_the_values_in_the_evidence_add_up_to_the_numerator(name: str) -> None:
    for figure in measure(asked(name, "2023-01", "2023-02", "2023")):
        one = asked(name, figure.period.label, by=(figure.dimension,))
        lines = FORMULAS[name].evidence(one, figure.dimension_value).rows
        above = lines[lines["role"].isin(ADDITIVE)]
        assert figure.numerator == sum(int(value) for value in above["value"])


@pytest.mark.parametrize("name", SETTINGS)
def test_asking_all_at_once_answers_what_asking_one_by_one_does(name: str) -> None:
    together = measure(asked(name, "2023-01", "2023-02", "2023Q1", "2023"))
    alone = [figure for label in ("2023-01", "2023-02", "2023Q1", "2023") for figure in measure(asked(name, label))]

    def key(figure: Figure) -> tuple[str, str, str]:
        return figure.period.label, figure.dimension, figure.dimension_value

    assert sorted(map(key, together)) == sorted(map(key, alone))
    assert {key(figure): figure for figure in together} == {key(figure): figure for figure in alone}


@pytest.mark.parametrize("name", ["mean_response", "mean_resolution", "resolution_rate", "count", "satisfaction"])
def test_the_parts_of_a_breakdown_add_up_to_the_total(name: str) -> None:
    figures = measure(asked(name, "2023"))
    (whole,) = (figure for figure in figures if figure.dimension == "total")
    for dimension in DIMENSIONS:
        parts = [figure for figure in figures if figure.dimension == dimension]
        assert sum(figure.numerator or 0 for figure in parts) == whole.numerator
        assert sum(figure.evidence_count for figure in parts) == whole.evidence_count


@pytest.mark.parametrize("name", SETTINGS)
def test_every_formula_says_what_stands_above_and_below_its_line(name: str) -> None:
    request = asked(name, "2023")
    above, below = FORMULAS[name].sides(request.definition)
    (whole,) = (figure for figure in measure(request) if figure.dimension == "total")

    assert above.label
    assert (below is None) == (whole.denominator is None)


@pytest.mark.parametrize("name", SETTINGS)
def test_parts_are_named_in_chinese(name: str) -> None:
    parts = {part for figure in measure(asked(name, "2023-01", "2023")) for part in figure.parts}

    assert parts <= set(FORMULAS[name].part_labels)
