"""An hour that becomes a delivery: what its rounds said is in the index already and must not count twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from collector.store.check_keys import asset_of, key_of, time_of
from collector.store.check_log import coded_states
from collector.store.check_runs import Runs
from collector.store.live_rounds import Hour, forget, known_checks, latest, read_rounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints
    from collector.store.records import Scope
    from collector.store.targets import Assets


class Sealing:
    """The rounds of one hour beside the delivery that seals them."""

    def __init__(self, scope: Scope, hour: Hour, assets: Assets) -> None:
        self._scope = scope
        self._hour = hour
        rounds = read_rounds(
            scope.connection, scope.organization_id, scope.source, hour.hour, hour.hour, hour.last_round
        )
        checks = known_checks(latest(rounds))
        key = key_of(assets.codes(checks["asset_no"].combine_chunks()), checks["checked_at"].to_numpy())
        order = np.argsort(key)
        self._key = key[order]
        said = (coded_states(checks["state"].combine_chunks()), *(checks[name].to_numpy() for name in _RHYTHM))
        self._said = tuple(values[order] for values in said)
        self._delivered: list[Ints] = []

    def counted(self, key: Ints, checks: Runs) -> NDArray[np.bool_]:
        """Which of these checks the index has counted as they are."""
        if not len(self._key):
            return np.zeros(len(key), bool)
        places = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        same: NDArray[np.bool_] = self._key[places] == key
        for values, told in zip(self._said, (checks.state, checks.interval, checks.staleness), strict=True):
            same &= values[places] == told
        return same

    def delivered(self, key: Ints) -> None:
        """These checks are in the log."""
        self._delivered.append(key)

    def finish(self) -> tuple[Ints, Ints]:
        """Forget the rounds; asset code and time of what the index counted and the delivery did not bring."""
        forget(self._scope.connection, self._scope.organization_id, self._hour)
        brought = np.concatenate([np.empty(0, np.int64), *self._delivered])
        missing = self._key[~np.isin(self._key, brought)]
        return asset_of(missing), time_of(missing)


_RHYTHM = ("interval_seconds", "staleness_seconds")
