"""Sources of checks: whoever changes a source's index takes its turn, and is seen to have done so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from collector.store.check_log import ALWAYS
from collector.store.engine import insert_missing
from collector.store.schema import check_sources

if TYPE_CHECKING:
    from collector.store.records import Scope


def take_turn(scope: Scope) -> tuple[int, int]:
    """Wait until nobody else changes this source's index, and raise its version.

    Answers the new version, and the moment (UTC seconds) before which the source's log was cleared.
    """
    table = check_sources.c
    own = (table.organization_id == scope.organization_id) & (table.source == scope.source)
    raised = update(check_sources).where(own).values(version=table.version + 1)
    raised = raised.returning(table.version, table.retired_before)
    row = scope.connection.execute(raised).first()
    if row is None:
        values = {"organization_id": scope.organization_id, "source": scope.source, "version": 0}
        insert_missing(scope.connection, check_sources, **values)
        row = scope.connection.execute(raised).one()
    version, cleared = row
    return version, ALWAYS if cleared is None else cleared
