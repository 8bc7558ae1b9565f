"""What is known of single checks: those in the log, and over them those of rounds that are not sealed yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from collector.store.check_joining import stretches
from collector.store.check_log import DAY, CheckLog, Part, coded_states, day_of
from collector.store.check_runs import Runs, concatenate, in_order, join, latest, overlapping_assets
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
        waiting, found = self._waiting(since, _EVER), []
        for day, files in groupby(stretches(self._log, parts, since), key=lambda item: item[0].day):
            listed = list(files)
            runs = [piece.coded(self._assets) for _, pieces in listed for piece in pieces]
            if day in waiting:
                runs.append(join(checks_as_runs([waiting[day]], self._assets)))
            joined = in_order(concatenate(runs))
            if overlapping_assets(joined, len(self._assets)).any():  # two files speak of one moment: check by check
                joined = self._day([part for part, _ in listed], waiting.get(day))
                joined = joined.take(joined.first >= since)
            waiting.pop(day, None)
            found.append(join(joined))
        rest = [checks_as_runs([table], self._assets) for table in waiting.values()]
        found += [join(checks.take(checks.first >= since)) for checks in rest]
        return in_order(concatenate(found))

    def _days(self, parts: list[Part], first: int, last: int) -> Iterator[Runs]:
        """Day by day its checks, so that no more than a day of them is in memory."""
        waiting = self._waiting(first, last)
        for day, files in groupby(parts, key=lambda part: part.day):
            yield self._day(files, waiting.pop(day, None))
        for table in waiting.values():
            yield checks_as_runs([table], self._assets)

    def _waiting(self, first: int, last: int) -> dict[str, pa.Table]:
        """The checks that are not sealed, by day."""
        scope = self._scope
        live = known_checks(read_rounds(scope.connection, scope.organization_id, scope.source, first, last))
        day_of_live = live["checked_at"].to_numpy() // DAY
        return {day_of(day * DAY): live.filter(pa.array(day_of_live == day)) for day in np.unique(day_of_live).tolist()}

    def _day(self, files: Iterable[Part], waiting: pa.Table | None) -> Runs:
        """The checks of a day as runs of one, in order."""
        tables = [self._log.read(part) for part in files]
        return checks_as_runs(tables if waiting is None else [*tables, waiting], self._assets)
