"""The log of checks: Parquet files by UTC day, named by their content, cited by ``check_partitions``.

A file is written beside and renamed before the commit that cites it. What a killed run leaves behind is listed in
its journal and is removed by the next writer; nothing else is ever removed.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, delete, func, insert, select

from collector.store.check_runs import STATES
from collector.store.faults import explained_files
from collector.store.schema import check_partitions, check_sources
from metrics.errors import ConfigError

if TYPE_CHECKING:
    from collector.store.records import Scope

DAY = 86_400
ALWAYS = -(2**40)  # before every moment
_TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("asset_no", _TEXT),
        ("checked_at", pa.int64()),
        ("state", _TEXT),
        ("latency_ms", pa.int64()),
        ("interval_seconds", pa.int64()),
        ("staleness_seconds", pa.int64()),
    ]
)
_DAY_FILE = "day-"
_GROUP = 1 << 20  # rows that are read together
_STATES = pa.array(STATES, pa.string())


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the log; ``path`` below the log's folder."""

    partition_id: int
    delivery_id: int
    source: str
    day: str
    path: str
    sha256: str
    check_count: int
    first_at: int
    last_at: int
    known_from: int

    @property
    def is_day(self) -> bool:
        """Whether it was made of a day's files; each of its checks says with which sequence it came."""
        return Path(self.path).name.startswith(_DAY_FILE)

    def touches(self, first_at: int, last_at: int) -> bool:
        """Whether it may hold checks of ``[first_at, last_at]``."""
        return self.last_at >= first_at and self.first_at <= last_at


def day_of(seconds: int) -> str:
    """The UTC day of a moment."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def coded_states(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """States as indexes into ``STATES``."""
    if not len(column):
        return np.empty(0, np.int64)
    coded = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
    places = np.array([STATES.index(word) for word in coded.dictionary.to_pylist()], np.int64)
    return np.asarray(places[coded.indices.to_numpy()], np.int64)


def state_words(states: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """The inverse of :func:`coded_states`."""
    return pa.DictionaryArray.from_arrays(pa.array(states, pa.int32()), _STATES)


def opened_file(content: bytes) -> pq.ParquetFile:
    """A file of the log, its texts as dictionaries."""
    return pq.ParquetFile(pa.BufferReader(content), read_dictionary=["asset_no", "state"])


class CheckLog:
    """The files below ``folder`` of one organisation, as one transaction sees and extends them."""

    def __init__(self, connection: Connection, organization_id: str, folder: Path) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self._folder = folder
        shown = connection.engine.url.render_as_string(hide_password=True)
        database = hashlib.sha256(shown.encode()).hexdigest()[:12]
        self._journal = folder / quote(organization_id, safe="") / f"unfinished-{database}"
        self._begun = False

    def append(self, scope: Scope, checks: pa.Table) -> int:
        """Write checks of ``SCHEMA``, asset after asset in order of time, into one file a day, and cite them.

        Answers the number of the last file before them, 0 if there is none.
        """
        before = self._connection.scalar(select(func.max(check_partitions.c.partition_id))) or 0
        days = checks["checked_at"].to_numpy() // DAY
        order = np.argsort(days, kind="stable")
        checks, days = checks.take(pa.array(order)), days[order]
        starts = np.flatnonzero(np.append(True, days[1:] != days[:-1])).tolist()
        rows = []
        with explained_files(f"拨测日志文件夹“{self._folder}”"):
            self._begin()
            for start, end in zip(starts, [*starts[1:], len(checks)], strict=True):
                rows.append(self._write(scope, checks.slice(start, end - start), scope.sequence))
        self._connection.execute(insert(check_partitions), rows)
        return before

    def replace(self, scope: Scope, parts: list[Part], checks: pa.Table) -> None:
        """Let one file with all their checks (and ``known_from`` of each) stand for those of a day."""
        self._begin()
        row = self._write(scope, checks, min(part.known_from for part in parts), _DAY_FILE)
        self._connection.execute(insert(check_partitions), [row])
        self.discard(parts)

    def discard(self, parts: list[Part]) -> None:
        """Cite these files no more; they are removed by the next writer, so that nobody who reads now misses them."""
        self._begin()
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.writelines(part.path + "\n" for part in parts)
            _flush(journal)
        numbers = [part.partition_id for part in parts]
        self._connection.execute(delete(check_partitions).where(check_partitions.c.partition_id.in_(numbers)))

    def _write(self, scope: Scope, checks: pa.Table, known_from: int, prefix: str = "") -> dict[str, Any]:
        first, last = int(checks["checked_at"].to_numpy().min()), int(checks["checked_at"].to_numpy().max())
        content, day = _encoded(checks), day_of(first)
        digest = hashlib.sha256(content).hexdigest()
        source = quote(scope.source, safe="")
        path = f"{self._journal.parent.name}/{source}/{day[:4]}/{day}/{prefix}{digest[:32]}.parquet"
        self._place(path, content)
        return {
            "organization_id": self._organization_id,
            "source": scope.source,
            "delivery_id": scope.delivery_id,
            "day": day,
            "path": path,
            "sha256": digest,
            "check_count": len(checks),
            "first_at": first,
            "last_at": last,
            "known_from": known_from,
        }

    def _place(self, path: str, content: bytes) -> None:
        """Put a file where nothing else is; what lies there under this name has this content."""
        target = self._folder / path
        if target.exists() and target.stat().st_size == len(content):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(path + "\n")
            _flush(journal)
        beside = _beside(target)
        with beside.open("wb") as file:
            file.write(content)
            _flush(file)
        beside.replace(target)

    def parts(
        self, source: str, days: Iterable[str] | None = None, deliveries: Iterable[int] = (), before: int | None = None
    ) -> list[Part]:
        """The present files of a source, the later ones last; of these days or these deliveries only.

        ``before``: the number of the last file that counts.
        """
        table = check_partitions.c
        query = select(*(table[name] for name in Part.__dataclass_fields__)).where(
            table.organization_id == self._organization_id,
            table.source == source,
            table.known_until.is_(None),
        )
        if days is not None:
            listed = sorted(days)
            if not listed:
                return []
            query = query.where(table.day.between(listed[0], listed[-1]))
        if before is not None:
            query = query.where(table.partition_id <= before)
        if deliveries:
            query = query.where(table.delivery_id.in_(list(deliveries)))
        rows = self._connection.execute(query.order_by(table.day, table.known_from, table.partition_id))
        parts = [Part(*row) for row in rows]
        return parts if days is None else [part for part in parts if part.day in set(listed)]

    def everything(self, source: str) -> list[Part]:
        """All files of a source, also those that are not read any more."""
        table = check_partitions.c
        query = select(*(table[name] for name in Part.__dataclass_fields__)).where(
            table.organization_id == self._organization_id, table.source == source
        )
        return [Part(*row) for row in self._connection.execute(query.order_by(table.partition_id))]

    def dated(self, part: Part) -> pa.Table:
        """The checks of one file with ``known_from`` of each."""
        table = self.read(part)
        if part.is_day:
            return table
        return table.append_column("known_from", pa.repeat(pa.scalar(part.known_from, pa.int64()), len(table)))

    def retired_before(self, source: str) -> int:
        """The moment (UTC seconds) before which the log of a source was cleared; far in the past if it never was."""
        table = check_sources.c
        query = select(table.retired_before).where(
            table.organization_id == self._organization_id, table.source == source
        )
        found = self._connection.scalar(query)
        return ALWAYS if found is None else found

    def read(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        """The checks of one file, or these columns of them.

        Raises:
            ConfigError: the file is missing or is not what was written.
        """
        return opened_file(self.content(part)).read(columns)

    def content(self, part: Part) -> bytes:
        """The bytes of one file.

        Raises:
            ConfigError: the file is missing or is not what was written.
        """
        path = self._folder / part.path
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ConfigError(f"拨测日志“{path}”不见了，请从备份恢复") from error
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise ConfigError(f"拨测日志“{path}”已被改动，请从备份恢复")
        return content

    def settle(self) -> None:
        """After the commit: the files are cited now. Not called after a failure: the next writer looks what was."""
        if self._begun:
            self._journal.unlink(missing_ok=True)

    def _begin(self) -> None:
        """Remove what a killed writer left; the organisation's lock is held, so none is at work."""
        if self._begun:
            return
        self._begun = True
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        listed = self._listed()
        query = select(check_partitions.c.path).where(check_partitions.c.path.in_(listed))
        cited = set(self._connection.scalars(query)) if listed else set()
        for path in listed:
            if path not in cited:
                self._remove(path)
        self._journal.unlink(missing_ok=True)

    def _listed(self) -> list[str]:
        if not self._journal.exists():
            return []
        text = self._journal.read_text(encoding="utf-8")
        return [line for line in text.split("\n")[:-1] if line]  # the last line may be cut short: nothing followed it

    def _remove(self, path: str) -> None:
        target = self._folder / path
        for file in (_beside(target), target):
            file.unlink(missing_ok=True)


def sources_of(connection: Connection, organization_id: str) -> list[str]:
    """The sources that have files in the log, by name."""
    table = check_partitions.c
    query = select(table.source).where(table.organization_id == organization_id).distinct().order_by(table.source)
    return list(connection.scalars(query))


def visible_checks(log: CheckLog, parts: Iterable[Part]) -> Iterator[tuple[str, list[pa.Table]]]:
    """Day by day the tables of its files, the later ones last."""
    tables: list[pa.Table] = []
    day = ""
    for part in parts:
        if part.day != day and tables:
            yield day, tables
            tables = []
        day = part.day
        tables.append(log.read(part))
    if tables:
        yield day, tables


def _encoded(checks: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        checks,
        sink,
        compression="zstd",
        row_group_size=_GROUP,
        use_dictionary=["asset_no", "state", "interval_seconds", "staleness_seconds", "known_from"],
        column_encoding={"checked_at": "DELTA_BINARY_PACKED", "latency_ms": "DELTA_BINARY_PACKED"},
        store_schema=False,
        write_statistics=False,
    )
    return sink.getvalue()


def _flush(file: io.IOBase) -> None:
    file.flush()
    os.fsync(file.fileno())


def _beside(target: Path) -> Path:
    return target.with_name(target.name + ".part")
