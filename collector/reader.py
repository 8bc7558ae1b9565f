"""Reading the facts that figures can depend on, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from metrics.assets import contract_bounds
from metrics.indicators import Facts
from metrics.wanted import Demand, Wanted, wanted_by

if TYPE_CHECKING:
    from collector.settings import Settings
    from collector.store import Store
    from metrics.service_calendar import ServiceCalendar


@dataclass(frozen=True)
class Reader:
    """Reads what was known at ``sequence`` for figures as of ``as_of``; ``begun``: when the first contract began.

    Moments in UTC seconds.
    """

    store: Store
    sequence: int
    calendars: Mapping[str, ServiceCalendar]
    begun: int
    as_of: int

    @classmethod
    def of(cls, settings: Settings, store: Store, sequence: int, as_of: int) -> Self:
        """With the calendars and contracts of the settings."""
        contracts = (settings.contract(project.id) for project in settings.projects)
        begun = min(contract_bounds(contract)[0] for contract in contracts)
        return cls(store, sequence, settings.calendars(), begun, as_of)

    @cached_property
    def staleness(self) -> int:
        """The longest time that a check holds, in seconds."""
        return self.store.overview.longest_staleness()

    @cached_property
    def first_check(self) -> int | None:
        """When the first check known was made; None where none is known."""
        return self.store.overview.first_check(self.sequence)

    def needed(self, demands: Sequence[Demand]) -> Wanted:
        """What the figures can depend on."""
        return wanted_by(demands, self.calendars, self.staleness, self.begun, self.as_of)

    def read(self, wanted: Wanted) -> Facts:
        """The facts."""
        return self.store.facts_for(wanted, self.sequence)
