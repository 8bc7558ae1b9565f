"""What figures were computed from so far, and which late checks change it (semantics 7).

Newer checks extend what is open without a revision; a check that changes time already judged makes one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from collector.store.check_runs import STATES, Runs, differences
from collector.store.schema import runs as runs_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DOWN = STATES.index("down")
NEVER = -(2**62)
_COMPUTED = select(func.max(runs_table.c.started_at)).where(
    runs_table.c.organization_id == bindparam("own"), runs_table.c.kind == "compute"
)


@dataclass(frozen=True)
class Judged:
    """Time before ``until`` (UTC seconds) has been judged; ``revise`` takes the sequence of a new version."""

    until: int
    revise: Callable[[], int]


def judged_until(connection: Connection, organization_id: str) -> int:
    """When the last computing began: it saw nothing later."""
    return connection.scalar(_COMPUTED, {"own": organization_id}) or NEVER


def revised_assets(old: Runs, new: Runs, until: int, assets: int) -> NDArray[np.bool_]:
    """Per asset code, whether ``old`` and ``new`` say different things of the time before ``until``."""
    before, after = _said(old, until), _said(new, until)
    gone, come = differences(before, after)
    found = np.zeros(assets, bool)
    found[before.asset[gone]] = True
    found[after.asset[come]] = True
    return found


def _said(runs: Runs, until: int) -> Runs:
    """Stretches of one state, cut at ``until``: what a figure is made of. The failures count, other checks do not."""
    same = np.zeros(len(runs), bool)
    same[:-1] = runs.asset[1:] == runs.asset[:-1]
    following = np.where(same, np.append(runs.first[1:], 0)[: len(runs)], 2**62)
    held = np.minimum(np.minimum(runs.last + runs.staleness, following), until)
    made = np.where(
        runs.last < until,
        runs.count,
        np.minimum(runs.count, 1 + (until - 1 - runs.first) // np.maximum(runs.interval, 1)),
    )
    said = held > runs.first
    zero = np.zeros(int(said.sum()), np.int64)
    asset, state, first, held = runs.asset[said], runs.state[said], runs.first[said], held[said]
    if not len(asset):
        return Runs(asset, state, first, held, zero, zero, zero)
    starts = np.ones(len(asset), bool)
    starts[1:] = (asset[1:] != asset[:-1]) | (state[1:] != state[:-1]) | (first[1:] > held[:-1])
    places = np.flatnonzero(starts)
    failures = np.add.reduceat(np.where(state == _DOWN, made[said], 0), places)
    ends = np.append(places[1:] - 1, len(asset) - 1)
    zero = zero[: len(places)]
    return Runs(asset[places], state[places], first[places], held[ends], zero, zero, failures)
