"""What may still go wrong before an availability target is missed when its period ends (error budget)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from metrics.formulas.availability import Availability
from metrics.formulas.params import AvailabilityParams, params_of
from metrics.indicators import Figure, Request
from metrics.targets import Target

BudgetUnit = Literal["seconds", "device_days"]


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """Exact, in service seconds or device-days, pooled over the assets as the figure is.

    Attributes:
        required: the denominator that the whole period will have, if all time to come is known.
        allowed: (1 − target) × required: what the period may lose.
        spent: what it has lost so far (denominator − numerator).
        unit: of all of these.
        provisional: time to come lies in a year without an official list of holidays.
    """

    required: Fraction
    allowed: Fraction
    spent: Fraction
    unit: BudgetUnit
    provisional: bool = False

    @property
    def left(self) -> Fraction:
        """What may still be lost; below 0 the target is missed whatever comes."""
        return self.allowed - self.spent

    @property
    def best(self) -> Fraction:
        """The figure at the end of the period if nothing more goes wrong."""
        return 1 - self.spent / self.required


def error_budget(target: Target, params: AvailabilityParams, so_far: Figure, whole: Figure) -> ErrorBudget | None:
    """The budget of one period and group; None where the target is no least share, or nothing is required.

    Losing ``left`` more in the time to come ends the period exactly on the target.

    Args:
        so_far: the figure at ``as_of``.
        whole: the same with ``as_of`` at the end of the period (:func:`whole_periods`); of it only what is required
            and excluded counts, because what will go wrong is not known.
    """
    least = target.operator in ("ge", "gt") or (target.operator == "eq" and target.value == 1)
    if not least or target.value is None or not 0 <= target.value <= 1:
        return None
    to_come = _owed(params, whole) - _owed(params, so_far)
    required = (so_far.denominator or 0) + Fraction(to_come)
    if required <= 0:
        return None
    spent = (so_far.denominator or Fraction(0)) - (so_far.numerator or Fraction(0))
    unit: BudgetUnit = "device_days" if params.basis == "day" else "seconds"
    return ErrorBudget(required, (1 - target.value) * required, spent, unit, whole.provisional)


def whole_periods(request: Request) -> list[Figure]:
    """The request's figures as the register, calendar and approved exclusions have their periods to the end.

    Only what is required and excluded is meant: down evidence that is open now would run to the end.
    """
    ends = [period.bounds(request.contract.zone)[1] for period in request.periods]
    return Availability().measure(replace(request, as_of=max((request.as_of, *ends))))


def error_budgets(request: Request, target: Target) -> Iterator[tuple[Figure, ErrorBudget]]:
    """Every figure of an availability indicator (formula ``availability``) with its budget, where it has one."""
    params = params_of(request.definition, AvailabilityParams)
    whole = {(f.period, f.dimension, f.dimension_value): f for f in whole_periods(request)}
    for figure in Availability().measure(request):
        budget = error_budget(target, params, figure, whole[figure.period, figure.dimension, figure.dimension_value])
        if budget is not None:
            yield figure, budget


def _owed(params: AvailabilityParams, figure: Figure) -> int:
    """Seconds or device-days that are to be judged, whether or not they are known."""
    if params.basis == "day":
        return int(figure.parts["required_days"])
    kept = params.exclusion == "counts_as_up"
    return int(figure.parts["required_seconds"]) - (0 if kept else int(figure.parts["excluded_seconds"]))
