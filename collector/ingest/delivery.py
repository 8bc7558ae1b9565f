"""One delivery into the store: batches checked against the register, written, counted. One transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from adapters.base import REJECTION_COLUMNS, Batch
from adapters.faults import rejections
from collector.ingest.ahead import ahead
from collector.ingest.register import UNKNOWN_ASSET, AssetRegister, Resolved
from collector.ingest.report import DeliveryReport, IngestReport, Progress
from collector.ingest.settle import Settlement
from metrics.records import RECORDS, natural_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.archive import Archive
    from collector.settings import Settings, SourceSettings
    from collector.store import Delivery, Hour, Run, Store


@dataclass(frozen=True)
class Item:
    """What is about to be read: which bytes, under which name, for which source, with which mapping.

    ``kind`` is the store's: a file of the vendor, its rejected rows tried again, or a corrected workbook.
    ``again``: the same bytes were read with another mapping before. ``repeats``: a server's page, which may say once
    more what it said before and took back since. ``archived``: its bytes are kept. ``seals``: the hour of live checks
    it is.
    """

    source: SourceSettings
    name: str
    content_hash: str
    mapping_hash: str
    size: int
    modified_at: int
    kind: Literal["file", "retry", "correction"] = "file"
    again: bool = False
    repeats: bool = False
    archived: bool = True
    seals: Hour | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The item as the store takes it."""
        names = ("name", "content_hash", "mapping_hash", "size", "modified_at", "kind", "repeats", "archived", "seals")
        return {"source": self.source.id, **{name: getattr(self, name) for name in names}}

    def report(self, **counts: Any) -> DeliveryReport:
        """What became of it."""
        kind = "reread" if self.again and self.kind == "file" else self.kind
        return DeliveryReport(self.source.id, self.source.name, self.name, kind, self.content_hash, **counts)


@dataclass
class Session:
    """One run of ingest: what every step needs, and the report that grows."""

    settings: Settings
    store: Store
    archive: Archive
    run: Run
    progress: Progress
    report: IngestReport = field(default_factory=IngestReport)
    _register: AssetRegister | None = None
    _open: dict[str, pd.DataFrame] = field(default_factory=dict)
    _refused: dict[str, set[str]] | None = None

    def register(self) -> AssetRegister:
        """The asset register as it stands in the store."""
        if self._register is None:
            self._register = AssetRegister.of(self.store.register())
        return self._register

    def open_rejections(self, source: str) -> pd.DataFrame:
        """The open rejections of one source, as far as they are told again by it."""
        if source not in self._open:
            self._open[source] = self.store.rejection_log().waiting(source)
        return self._open[source]

    def refused_before(self, source: str) -> set[str]:
        """Contents of one source that could not be read when they were last tried, before this run."""
        if self._refused is None:
            tried = self.store.deliveries().query("kind == 'file'")
            last = tried.drop_duplicates(["source", "content_hash"], keep="last")
            refused = last[last["state"] == "refused"]
            self._refused = {str(name): set(of["content_hash"]) for name, of in refused.groupby("source")}
        return self._refused.get(source, set())

    def taken(self, report: DeliveryReport, *, assets: bool = False) -> None:
        """A delivery is in the store: what was read from the store before may be old now.

        ``assets``: it may have changed the register.
        """
        if assets:
            self._register = None
        if report.rejected or report.settled or report.kind != "file":
            self._open.pop(report.source, None)
        self.report.deliveries.append(report)
        self.progress.end(report)


def deliver(
    session: Session,
    item: Item,
    batches: Iterable[Batch],
    settles: Sequence[int] = (),
    cursor: str | None = None,
) -> DeliveryReport:
    """Store what ``batches`` hold, all or nothing; ``settles`` are rejections that this delivery decides anew.

    ``cursor``: the position that the source's load has reached with it, stored in the same transaction.

    Raises:
        InputError: the blob turned out to be unreadable; nothing of it is in the store.
        PassingError: the store is locked or unreachable; nothing of it is in the store.
    """
    settlement = Settlement(session.open_rejections(item.source.id), item.name)
    settlement.add(settles)
    with session.store.delivery(session.run, **item.columns) as delivery:
        writer = _Writer(session, item, delivery, settlement)
        for batch in ahead(batches):
            writer.take(batch)
            session.progress.rows(batch.read)
        withdrawn = delivery.withdraw_other_mappings() if item.kind != "retry" else 0
        delivery.resolve_rejections(settlement.ids)
        if cursor is not None:
            delivery.move_cursor(cursor)
        delivery.finish(read=writer.read, set_aside=writer.set_aside)
    report = item.report(
        read=writer.read,
        **writer.outcomes,
        set_aside=dict(writer.set_aside),
        withdrawn=withdrawn,
        settled=len(settlement.ids),
    )
    session.taken(report, assets=writer.assets or withdrawn > 0)
    return report


class _Writer:
    """Takes the batches of one delivery one after the other and adds up."""

    def __init__(self, session: Session, item: Item, delivery: Delivery, settlement: Settlement) -> None:
        self.read = 0
        self.assets = False  # whether some were written
        self.outcomes: Counter[str] = Counter(accepted=0, unchanged=0, superseding=0, rejected=0)
        self.set_aside: Counter[str] = Counter()
        self._config = item.source.config
        self._delivery = delivery
        self._settlement = settlement
        self._register = session.register()
        self._cleared = session.store.live.retired_before(item.source.id)  # checks of the time before come too late

    def take(self, batch: Batch) -> None:
        """Write the rows that pass, keep the others whole, count all of them."""
        resolved = self._register.resolve(RECORDS[batch.record], batch.frame)
        self._refuse(batch.rejections)
        frame = resolved.frame
        if len(resolved.unknown):
            self._refuse(_unknown_assets(batch, resolved))
            frame = frame.drop(frame.index[resolved.unknown])
        if batch.record == "uptime_check":
            frame = self._in_time(batch, frame)
        self._write(batch, frame)
        self.read += batch.read
        self.set_aside += batch.set_aside

    def _in_time(self, batch: Batch, frame: pd.DataFrame) -> pd.DataFrame:
        """The checks of time whose log is still there; the others are refused."""
        late = frame.index[(frame["checked_at"] < self._cleared).to_numpy(dtype=bool)]
        if not len(late):
            return frame
        reasons = ["检测时间早于拨测日志的保留期（daemon.keep_checks），当时的日志已清理，不能再并入"] * len(late)
        self._refuse(_refused(batch, batch.frame, late.to_numpy(), reasons, "checked_at", "cleared"))
        return frame.drop(late)

    def _write(self, batch: Batch, frame: pd.DataFrame) -> None:
        record = batch.record
        if frame.empty:
            return
        if record == "uptime_check":
            interval, staleness = batch.rhythm or (self._config.interval, self._config.staleness)
            outcome = self._delivery.write_checks(frame, staleness, interval)
        else:
            outcome = self._delivery.write(record, frame)
        self.outcomes["accepted"] += outcome.accepted
        self.outcomes["unchanged"] += outcome.unchanged
        self.outcomes["superseding"] += outcome.superseding
        self._settlement.accept(record, frame)
        if record == "asset":  # a register and what refers to it may come in one workbook
            self._register = self._register.extended(frame)
            self.assets = True

    def _refuse(self, rejections: pd.DataFrame) -> None:
        if rejections.empty:
            return
        self._delivery.reject(rejections)
        self._settlement.refuse(rejections)
        self.outcomes["rejected"] += len(rejections)


def _unknown_assets(batch: Batch, resolved: Resolved) -> pd.DataFrame:
    """The rejections of rows whose asset the register does not know."""
    record = RECORDS[batch.record]
    assert record.asset is not None
    return _refused(batch, batch.frame, resolved.unknown, resolved.reasons, record.asset, UNKNOWN_ASSET)


def _refused(
    batch: Batch, frame: pd.DataFrame, places: NDArray[np.int64], reasons: list[str], field: str, code: str
) -> pd.DataFrame:
    """The rejections of these rows of ``frame`` for what stands in ``field``."""
    record = RECORDS[batch.record]
    assert batch.originals is not None, f"rows of {batch.record} are refused but its adapter keeps no originals"
    rows = frame.take(places).reset_index(drop=True)
    originals = batch.originals(field, places.astype(np.int64)).reset_index(drop=True)
    refused = rows[["sheet", "row_no"]].assign(
        record=batch.record,
        header=originals["header"],
        field=field,
        value=rows[field].astype("string[pyarrow]"),
        code=code,
        reason=reasons,
        raw=originals["raw"],
        key=natural_key(record, rows),
    )
    return refused[list(REJECTION_COLUMNS)].astype(rejections().dtypes.to_dict())
