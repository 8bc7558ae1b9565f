"""Sources of checks: whoever changes a source's index takes its turn, and is seen to have done so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from collector.store.check_log import ALWAYS
from collector.store.engine import insert_missing
from collector.store.schema import check_sources

if TYPE_CHECKING:
    from collector.store.records import Scope

_RAISED = (
    update(check_sources)
    .where(check_sources.c.organization_id == bindparam("own"), check_sources.c.source == bindparam("of"))
    .values(version=check_sources.c.version + 1)
    .returning(check_sources.c.version, check_sources.c.retired_before)
)


def take_turn(scope: Scope) -> tuple[int, int]:
    """Wait until nobody else changes this source's index, and raise its version.

    Answers the new version, and the moment (UTC seconds) before which the source's log was cleared.
    """
    mine = {"own": scope.organization_id, "of": scope.source}
    row = scope.connection.execute(_RAISED, mine).first()
    if row is None:
        values = {"organization_id": scope.organization_id, "source": scope.source, "version": 0}
        insert_missing(scope.connection, check_sources, **values)
        row = scope.connection.execute(_RAISED, mine).one()
    version, cleared = row
    return version, ALWAYS if cleared is None else cleared
