"""What is known of single checks: those in the log, and over them those of rounds that are not sealed yet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from collector.store.check_log import DAY, CheckLog, Part, coded_states, day_of
from collector.store.check_runs import Runs, concatenate, in_order, join, latest
from collector.store.live_rounds import known_checks, read_rounds

if TYPE_CHECKING:
    from collector.store.check_runs import Ints
    from collector.store.records import Scope
    from collector.store.targets import Assets

_EVER = 2**39 - 1  # seconds before and after 1970
_MOST_DAYS = 400  # named one by one in a query


def checks_as_runs(tables: list[pa.Table], assets: Assets) -> Runs:
    """The checks of some tables as runs of one, in order; of equal times the later table's check."""
    parts = []
    for table in tables:
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        at = columns["checked_at"].to_numpy()
        parts.append(
            Runs(
                assets.codes(columns["asset_no"]),
                coded_states(columns["state"]),
                at,
                at,
                columns["interval_seconds"].to_numpy(),
                columns["staleness_seconds"].to_numpy(),
                np.ones(len(at), np.int64),
            )
        )
    return latest(in_order(concatenate(parts)))


class CheckHistory:
    """The checks of one source, as one transaction sees them."""

    def __init__(self, scope: Scope, log: CheckLog, assets: Assets) -> None:
        self._scope = scope
        self._log = log
        self._assets = assets

    def singles(self, low: Ints, high: Ints, before: int | None) -> Runs:
        """Runs of one, in order: of each asset code the checks from ``low`` to ``high``.

        ``before``: the number of the last file of the log that counts.
        """
        asked = low <= high
        if not asked.any():
            return concatenate([])
        first, last = int(low[asked].min()), int(high[asked].max())
        days = None
        if last - first < _MOST_DAYS * DAY:
            days = {day_of(day * DAY) for day in range(first // DAY, last // DAY + 1)}
        found = []
        for checks in self._days(self._log.parts(self._scope.source, days, before=before), first, last):
            more = len(self._assets) - len(low)  # those that got their code since have no span
            low, high = np.append(low, np.full(more, _EVER)), np.append(high, np.full(more, -_EVER))
            found.append(checks.take((checks.first >= low[checks.asset]) & (checks.first <= high[checks.asset])))
        return in_order(concatenate(found))

    def joined(self, since: int) -> Runs:
        """Runs of all checks from ``since`` on, in order; those of different days are not joined yet."""
        parts = [part for part in self._log.parts(self._scope.source) if part.last_at >= since]
        found = []
        for checks in self._days(parts, since, _EVER):
            wanted = checks.first >= since
            found.append(join(checks if wanted.all() else checks.take(wanted)))
        return in_order(concatenate(found))

    def _days(self, parts: list[Part], first: int, last: int) -> Iterator[Runs]:
        """Day by day its checks, so that no more than a day of them is in memory."""
        scope = self._scope
        live = known_checks(read_rounds(scope.connection, scope.organization_id, scope.source, first, last))
        day_of_live = live["checked_at"].to_numpy() // DAY
        waiting = {
            day_of(day * DAY): live.filter(pa.array(day_of_live == day)) for day in np.unique(day_of_live).tolist()
        }
        for day, files in groupby(parts, key=lambda part: part.day):
            tables = [self._log.read(part) for part in files]
            if day in waiting:
                tables.append(waiting.pop(day))
            yield checks_as_runs(tables, self._assets)
        for table in waiting.values():
            yield checks_as_runs([table], self._assets)
