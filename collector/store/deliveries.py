"""One delivery: its records, checks and rejections appear together, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, Select, insert, select, update

from collector.store.check_log import CheckLog
from collector.store.checks import CheckWriter
from collector.store.cursors import move_cursor
from collector.store.engine import insert_missing
from collector.store.organization import next_sequence
from collector.store.records import Outcome, RecordWriter, Scope
from collector.store.rejections import Rejecting
from collector.store.schema import contents, deliveries, register_changes
from metrics.errors import PassingError

if TYPE_CHECKING:
    import pandas as pd

    from collector.store.live_rounds import Hour

Kind = Literal["file", "retry", "correction"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a delivery is: its source, its bytes and the mapping they are read with.

    ``name`` is what people call it, ``size`` in bytes, ``modified_at`` in UTC seconds. ``kind``: a ``file``; a
    ``retry`` of its rejected rows, which cites the bytes they came in; a ``correction`` of rejected rows by people.
    ``seals``: the hour of live checks that it is made of.
    """

    source: str
    name: str
    content_hash: str
    mapping_hash: str
    size: int
    modified_at: int
    kind: Kind = "file"
    repeats: bool = False  # a server may say once more what it said before and then took back
    archived: bool = True
    seals: Hour | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The accounting of a delivery; ``read`` is the sum of the others but ``withdrawn``."""

    read: int
    accepted: int
    unchanged: int
    superseding: int
    rejected: int
    set_aside: int
    withdrawn: int


def has_delivery(connection: Connection, organization_id: str, what: Identity) -> bool:
    """Whether these bytes were last read (or refused) with this mapping."""
    row = deliveries.c
    query = select(row.mapping_hash).where(
        row.organization_id == organization_id,
        row.source == what.source,
        row.content_hash == what.content_hash,
        row.kind != "retry",
    )
    return connection.scalar(query.order_by(row.sequence.desc()).limit(1)) == what.mapping_hash


def contents_query(organization_id: str, source: str) -> Select[Any]:
    """Every reading of every content of the source, in order."""
    row = deliveries.c
    return (
        select(
            row.content_hash,
            row.name,
            row.kind,
            row.size_bytes.label("size"),
            row.modified_at,
            row.sequence,
            row.mapping_hash,
        )
        .where(row.organization_id == organization_id, row.source == source, row.kind != "retry")
        .order_by(row.sequence)
    )


def readings_query(organization_id: str, source: str) -> Select[Any]:
    """Every reading of files and pages of the source, in order, with what it changed."""
    row = deliveries.c
    changed = row.accepted_count + row.superseding_count + row.withdrawn_count
    return (
        select(row.name, row.content_hash, row.mapping_hash, row.state, row.run_id, changed.label("changed"))
        .where(row.organization_id == organization_id, row.source == source, row.kind == "file")
        .order_by(row.sequence)
    )


class Delivery:
    """An open delivery; made by :meth:`collector.store.Store.delivery`, which commits it."""

    def __init__(
        self, connection: Connection, organization_id: str, run_id: int, what: Identity, now: int, checks: Path
    ) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._what = what
        self.sequence = next_sequence(connection, organization_id)  # from here on, other writers wait
        if what.kind != "retry" and not what.repeats and has_delivery(connection, organization_id, what):
            raise PassingError(f"“{what.name}”刚刚已由另一个程序入库")
        insert_missing(
            connection,
            contents,
            organization_id=organization_id,
            content_hash=what.content_hash,
            size_bytes=what.size,
            archived_at=now if what.archived else 0,
        )
        if what.archived:
            self._note_archived(now)
        self.delivery_id = self._open(run_id, now)
        self._scope = Scope(connection, organization_id, what.source, self.delivery_id, self.sequence)
        self._earlier = self._earlier_readings()
        self._records = RecordWriter(self._scope, rereads=bool(self._earlier))
        self._log = CheckLog(connection, organization_id, checks)
        self._checks = CheckWriter(self._scope, self._log, bool(self._earlier), what.seals)
        self._rejecting = Rejecting(self._scope)
        self._outcome = Outcome()
        self._register_changes = 0
        self._withdrawn = 0
        self.totals: Totals | None = None
        self._now = now

    def move_cursor(self, position: str) -> None:
        """The source was read up to ``position``; it holds with this delivery's commit and not without it."""
        self._records.settle()
        move_cursor(self._connection, self._organization_id, self._what.source, position, self._now)

    def write(self, record: str, frame: pd.DataFrame) -> Outcome:
        """Store rows of a record type; may be called many times, later rows supersede earlier ones."""
        if record == "uptime_check":
            return self.write_checks(frame)
        outcome = self._records.write(record, frame)
        self._outcome += outcome
        if record == "asset":
            self._register_changes += outcome.changed
        return outcome

    def write_checks(
        self, frame: pd.DataFrame, staleness_seconds: int | None = None, interval_seconds: int | None = None
    ) -> Outcome:
        """Take checks (columns of ``uptime_check``) into the log and its index; may be called many times.

        ``interval_seconds`` None: the median spacing of the asset's delivered checks, of a single one that of the
        checks before it. ``staleness_seconds`` None: three intervals. Of equal moments the later row counts.
        """
        self._records.settle()
        outcome = self._checks.write(frame, staleness_seconds, interval_seconds)
        self._outcome += outcome
        return outcome

    def reject(self, frame: pd.DataFrame) -> None:
        """Keep rejected rows; columns ``adapters.base.REJECTION_COLUMNS``."""
        self._records.settle()
        self._rejecting.keep(frame)

    def withdraw_other_mappings(self) -> int:
        """Close what an earlier mapping read from the same bytes and this one did not; the number of rows.

        Call it after the last row. Where several contents hold the same row, read them all again in the order in
        which they first came (:meth:`Store.contents`): a later one restores what an earlier one withdrew.
        """
        if not self._earlier:
            return 0
        self._records.settle()
        withdrawn = self._records.withdraw(self._earlier)
        self._register_changes += withdrawn["asset"]
        self._withdrawn += sum(withdrawn.values()) + self._checks.withdraw(self._earlier)
        self._rejecting.replace(self._earlier)
        return self._withdrawn

    def resolve_rejections(self, ids: Iterable[int]) -> None:
        """These rejected rows were read by this delivery."""
        if listed := list(ids):
            self._records.settle()
            self._rejecting.resolve(listed)

    def refuse(self, sentence: str) -> None:
        """The bytes cannot be read at all; ``sentence`` says why."""
        self._close("refused", Totals(0, 0, 0, 0, 0, 0, 0), {}, sentence)

    def finish(self, read: int, set_aside: Mapping[str, int]) -> Totals:
        """Store the accounting: every row read has become something. Without it nothing is committed."""
        self._records.settle()
        self._checks.finish()
        totals = Totals(
            read,
            self._outcome.accepted,
            self._outcome.unchanged,
            self._outcome.superseding,
            self._rejecting.count,
            sum(set_aside.values()),
            self._withdrawn,
        )
        told = totals.accepted + totals.unchanged + totals.superseding + totals.rejected + totals.set_aside
        if told != read:
            raise RuntimeError(f"{self._what.name}: {read} rows read, {told} accounted for: {totals}")
        self._close("read", totals, set_aside, None)
        return totals

    def close(self) -> None:
        """Before the end of the transaction, good or bad: nothing works beside any more."""
        self._records.close()

    def committed(self) -> None:
        """After the commit."""
        self._log.settle()

    def _close(self, state: str, totals: Totals, set_aside: Mapping[str, int], refusal: str | None) -> None:
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.delivery_id == self.delivery_id)
            .values(**_counts(totals, set_aside), state=state, refusal=refusal)
        )
        if self._register_changes:
            self._connection.execute(
                insert(register_changes).values(
                    organization_id=self._organization_id,
                    sequence=self.sequence,
                    delivery_id=self.delivery_id,
                    changed_count=self._register_changes,
                )
            )
        self.totals = totals

    def _note_archived(self, now: int) -> None:
        """A reply that was not kept when it came first is kept now."""
        row = contents.c
        mine = (row.organization_id == self._organization_id) & (row.content_hash == self._what.content_hash)
        self._connection.execute(update(contents).where(mine, row.archived_at == 0).values(archived_at=now))

    def _open(self, run_id: int, now: int) -> int:
        what = self._what
        row = insert(deliveries).values(
            organization_id=self._organization_id,
            source=what.source,
            name=what.name,
            content_hash=what.content_hash,
            mapping_hash=what.mapping_hash,
            size_bytes=what.size,
            modified_at=what.modified_at,
            run_id=run_id,
            sequence=self.sequence,
            recorded_at=now,
            kind=what.kind,
            state="read",
            **_counts(Totals(0, 0, 0, 0, 0, 0, 0), {}),
        )
        delivery_id: int = self._connection.execute(row.returning(deliveries.c.delivery_id)).scalar_one()
        return delivery_id

    def _earlier_readings(self) -> list[int]:
        """The deliveries that read the same bytes before, with another mapping or a mapping left since."""
        if self._what.kind == "retry":  # it reads some rows only, and replaces nothing else
            return []
        row = deliveries.c
        query = select(row.delivery_id).where(
            row.organization_id == self._organization_id,
            row.source == self._what.source,
            row.content_hash == self._what.content_hash,
            row.delivery_id != self.delivery_id,
        )
        return list(self._connection.scalars(query))


def _counts(totals: Totals, set_aside: Mapping[str, int]) -> dict[str, Any]:
    return {
        "read_count": totals.read,
        "accepted_count": totals.accepted,
        "unchanged_count": totals.unchanged,
        "superseding_count": totals.superseding,
        "rejected_count": totals.rejected,
        "set_aside_count": totals.set_aside,
        "withdrawn_count": totals.withdrawn,
        "set_aside_kinds": json.dumps({kind: n for kind, n in sorted(set_aside.items()) if n}),
    }
