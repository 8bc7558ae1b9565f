"""Rejected rows: kept whole, resolved by the delivery that reads them at last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import update

from adapters.base import REJECTION_COLUMNS
from collector.store.bulk import among, bulk_of
from collector.store.canonical import TEXT, arrow_column
from collector.store.schema import rejections

if TYPE_CHECKING:
    import pandas as pd

    from collector.store.records import Scope


class Rejecting:
    """The rejections of one open delivery."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.count = 0

    def keep(self, frame: pd.DataFrame) -> None:
        """Keep rows of ``REJECTION_COLUMNS`` in their order."""
        if not len(frame):
            return
        scope = self._scope
        columns = {
            name: arrow_column(frame[name], pa.int64() if name == "row_no" else TEXT) for name in REJECTION_COLUMNS
        }
        constants: dict[str, Any] = {
            "organization_id": scope.organization_id,
            "delivery_id": scope.delivery_id,
            "state": "open",
        }
        bulk_of(scope.connection).insert(rejections, constants, columns)
        self.count += len(frame)

    def resolve(self, ids: Iterable[int]) -> None:
        """Mark open rejections as resolved by this delivery."""
        connection = self._scope.connection
        connection.execute(
            update(rejections)
            .where(
                rejections.c.organization_id == self._scope.organization_id,
                among(connection, rejections.c.rejection_id, ids),
                rejections.c.state == "open",
            )
            .values(state="resolved", resolved_by=self._scope.delivery_id)
        )

    def replace(self, delivery_ids: list[int]) -> None:
        """Resolve what is open of deliveries whose bytes this one has read anew."""
        connection = self._scope.connection
        connection.execute(
            update(rejections)
            .where(among(connection, rejections.c.delivery_id, delivery_ids), rejections.c.state == "open")
            .values(state="resolved", resolved_by=self._scope.delivery_id)
        )
