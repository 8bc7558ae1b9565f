"""Histories of random deliveries against a twin that goes row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.store import open_store
from collector.store.records import Outcome
from tests.store.world import delivery, frame, known, ticket

_numbers = count(1)  # every example has an organisation of its own
_ROW = st.tuples(st.sampled_from(["A", "B", "C", "甲|乙"]), st.integers(0, 2))
_DELIVERIES = st.lists(st.lists(st.lists(_ROW, max_size=4), max_size=3), min_size=1, max_size=4)


@dataclass
class Twin:
    """What should be: one row after the other, no columns, no blocks."""

    now: dict[str, int] = field(default_factory=dict)
    then: list[dict[str, int]] = field(default_factory=list)

    def take(self, rows: list[tuple[str, int]]) -> Outcome:
        outcome = Outcome()
        for key, value in rows:
            if key not in self.now:
                outcome += Outcome(accepted=1)
            elif self.now[key] == value:
                outcome += Outcome(unchanged=1)
            else:
                outcome += Outcome(superseding=1)
            self.now[key] = value
        self.then.append(dict(self.now))
        return outcome


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=_DELIVERIES)
def test_the_history_is_that_of_going_row_by_row(
    database_url: str, tmp_path: Path, deliveries: list[list[list[tuple[str, int]]]]
) -> None:
    twin = Twin()
    with open_store(database_url, f"court{next(_numbers)}", tmp_path, lambda: 0) as store:
        for number, blocks in enumerate(deliveries):
            told = Outcome()
            rows = [row for block in blocks for row in block]
            with delivery(store, content=f"c{number}") as opened:
                for block in blocks:
                    told += opened.write("ticket", frame("ticket", *(ticket(no, at) for no, at in block)))
                opened.finish(len(rows), {})
            assert told == twin.take(rows)
        for sequence, then in enumerate(twin.then, 1):
            assert known(store, "ticket", "ticket_no", "reported_at", sequence=sequence) == sorted(then.items())
