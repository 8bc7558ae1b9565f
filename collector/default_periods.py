"""The periods that are computed unless others are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from collector.settings import Settings
from metrics.indicators import Contract
from metrics.period import Period, periods_between


def default_periods(settings: Settings, contract: Contract, as_of: int) -> list[Period]:
    """Every configured kind of period of the contract that has begun before ``as_of``, the contract's term last."""
    last_begun = datetime.fromtimestamp(as_of - 1, contract.zone).date()
    until = min(contract.ends_on, last_begun)
    return list(_periods(settings.compute.periods, contract, until)) if contract.starts_on <= until else []


def _periods(kinds: Sequence[str], contract: Contract, until: date) -> Iterator[Period]:
    for kind in kinds:
        if kind == "contract":
            yield Period(contract.starts_on, contract.ends_on, "range")
        else:
            yield from periods_between(contract.starts_on, until, kind)
