"""Sources of checks: whoever changes a source's index takes its turn, and is seen to have done so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from collector.store.engine import insert_missing
from collector.store.schema import check_sources

if TYPE_CHECKING:
    from collector.store.records import Scope


def take_turn(scope: Scope) -> int:
    """Wait until nobody else changes this source's index, and raise its version; answers the new one."""
    table = check_sources.c
    own = (table.organization_id == scope.organization_id) & (table.source == scope.source)
    raised = update(check_sources).where(own).values(version=table.version + 1).returning(table.version)
    version = scope.connection.scalar(raised)
    if version is not None:
        return int(version)
    values = {"organization_id": scope.organization_id, "source": scope.source, "version": 0}
    insert_missing(scope.connection, check_sources, **values)
    return int(scope.connection.execute(raised).scalar_one())
