"""The store: records with their history, rejections, checks, runs and results of one organisation.

The only package that speaks SQL. Everything a delivery brings appears with its commit and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import Engine, select

from collector.store import deliveries as _deliveries
from collector.store import facts as _facts
from collector.store import objections as _objections
from collector.store import results as _results
from collector.store import revisions as _revisions
from collector.store import runs as _runs
from collector.store.bulk import bulk_of
from collector.store.check_evidence import Cited, checks_by_day
from collector.store.check_log import CheckLog
from collector.store.cursors import move_cursor, read_cursor
from collector.store.deliveries import Delivery, Identity, Kind, Totals
from collector.store.engine import connect, insert_missing, reading, writing
from collector.store.fetches import Fetched, FetchLog
from collector.store.fingerprint import fingerprint
from collector.store.jobs import JobState, JobStore
from collector.store.leadership import Leadership, leadership_of, refuse_writes
from collector.store.live_rounds import Hour
from collector.store.live_store import LiveStore
from collector.store.objections import Decided, Objection
from collector.store.organization import register_changed
from collector.store.overview import Overview
from collector.store.records import Outcome
from collector.store.rejection_log import RejectionLog
from collector.store.result_columns import RESULT_COLUMNS, RESULT_VIEWS
from collector.store.revisions import Closing, Revision
from collector.store.runs import Run
from collector.store.schema import deliveries, organizations
from collector.store.touched import Touched, read_touched
from collector.store.upkeep import Upkeep
from collector.store.versions import bring_up_to_date
from metrics.indicators import Facts
from metrics.wanted import Wanted

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "RESULT_COLUMNS",
    "RESULT_VIEWS",
    "Closing",
    "Delivery",
    "FetchLog",
    "Fetched",
    "Hour",
    "JobState",
    "JobStore",
    "Leadership",
    "Objection",
    "Outcome",
    "RejectionLog",
    "Revision",
    "Run",
    "Store",
    "Totals",
    "open_store",
]


def open_store(url: str, organization_id: str, checks: Path, clock: Callable[[], int]) -> Store:
    """The store of one organisation; its database is created or migrated where needed.

    ``checks`` is the folder of the log of checks, ``clock`` tells UTC seconds.

    Raises:
        ConfigError: the address, the login or the database is wrong, or a newer program wrote it.
        PassingError: the database cannot be reached or is being written by another program.
    """
    engine = connect(url)
    try:
        bring_up_to_date(engine)
        store = Store(engine, organization_id, checks, clock)
        store._settle()
    except BaseException:
        engine.dispose()
        raise
    return store


class Store:
    """One organisation's part of a database; see :func:`open_store`."""

    def __init__(self, engine: Engine, organization_id: str, checks: Path, clock: Callable[[], int]) -> None:
        self._engine = engine
        self.organization_id = organization_id
        self._checks = checks
        self.clock = clock
        self.jobs = JobStore(engine, organization_id, clock)
        self.overview = Overview(engine, organization_id)
        self.upkeep = Upkeep(engine, organization_id)
        self.live = LiveStore(engine, organization_id, checks, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def leadership(self) -> Leadership:
        """This process's claim to be the one daemon of the organisation."""
        return leadership_of(self._engine, self.organization_id)

    def refuse_writes(self, reason: list[str]) -> None:
        """From now on every write first looks at ``reason``: PassingError with its first sentence, if it has one."""
        refuse_writes(self._engine, reason)

    def _settle(self) -> None:
        mine = select(organizations).where(organizations.c.organization_id == self.organization_id)
        with reading(self._engine) as connection:
            if connection.execute(mine).first() is not None:
                return
        with writing(self._engine) as connection:
            insert_missing(connection, organizations, organization_id=self.organization_id)

    def run(self, kind: str, settings_hash: str, snapshot: str, program_version: str) -> AbstractContextManager[Run]:
        """A run under the configuration ``snapshot``; ended as ``done``, or ``failed`` by an exception."""
        return _runs.run(
            self._engine,
            self.organization_id,
            self.clock,
            kind,
            (settings_hash, snapshot),
            program_version,
        )

    @contextmanager
    def delivery(
        self,
        run: Run,
        *,
        source: str,
        name: str,
        content_hash: str,
        mapping_hash: str,
        size: int,
        modified_at: int,
        kind: Kind = "file",
        repeats: bool = False,
        archived: bool = True,
        seals: Hour | None = None,
    ) -> Iterator[Delivery]:
        """One delivery in one transaction; it must end with ``finish``.

        ``kind`` ``retry``: rejected rows are read again, under the content hash and name of the file they came in.
        ``repeats``: bytes that were read before with this mapping are taken once more, as what holds now.
        ``archived``: whether the bytes are in the archive.
        ``seals``: the hour of live checks that it is made of; their rounds are forgotten with its commit.

        Raises:
            PassingError: another program has just stored the same delivery, or the database is locked.
        """
        what = Identity(source, name, content_hash, mapping_hash, size, modified_at, kind, repeats, archived, seals)
        with writing(self._engine) as connection:
            delivery = Delivery(connection, self.organization_id, run.run_id, what, self.clock(), self._checks)
            try:
                yield delivery
            finally:
                delivery.close()
            if delivery.totals is None:
                raise RuntimeError(f"{name}: a delivery must be finished")
        delivery.committed()

    def refuse(self, run: Run, *, reason: str, **what: Any) -> None:
        """Note a delivery whose bytes cannot be read at all with this mapping; ``reason`` is one sentence.

        ``what``: as of :meth:`delivery`.
        """
        with self.delivery(run, **what) as delivery:
            delivery.refuse(reason)

    def has_delivery(self, source: str, content_hash: str, mapping_hash: str) -> bool:
        """Whether these bytes were last read, or refused, with this mapping; again would change nothing."""
        what = Identity(source, "", content_hash, mapping_hash, 0, 0)
        with reading(self._engine) as connection:
            return _deliveries.has_delivery(connection, self.organization_id, what)

    def deliveries(self) -> pd.DataFrame:
        """All deliveries in their order: the columns of the table, the counts without ``_count``."""
        query = select(deliveries).where(deliveries.c.organization_id == self.organization_id)
        with reading(self._engine) as connection:
            frame = _facts.to_frame(bulk_of(connection).read(query.order_by(deliveries.c.sequence)))
        return frame.rename(columns=lambda name: str(name).removesuffix("_count"))

    def contents(self, source: str) -> pd.DataFrame:
        """What the source ever delivered, refused or not, in the order of first arrival, for reading again.

        Columns ``content_hash``, ``name``, ``kind`` (file, correction), ``size`` (bytes), ``modified_at``,
        ``sequence`` (of the first delivery), ``mapping_hash`` (of the newest).
        """
        with reading(self._engine) as connection:
            found = bulk_of(connection).read(_deliveries.contents_query(self.organization_id, source))
        frame = _facts.to_frame(found)
        newest = frame.drop_duplicates("content_hash", keep="last").set_index("content_hash")["mapping_hash"]
        first = frame.drop(columns="mapping_hash").drop_duplicates("content_hash", ignore_index=True)
        return first.assign(mapping_hash=first["content_hash"].map(newest).astype(newest.dtype))

    def fetches(self) -> FetchLog:
        """What was fetched from mailboxes and servers."""
        return FetchLog(self._engine, self.organization_id, self.clock)

    def readings(self, source: str) -> list[tuple[str, str, str, str, int, int]]:
        """Every reading of a file or page of the source, in order: ``name``, ``content_hash``, ``mapping_hash``,
        ``state``, ``run_id``, and how many rows it changed.
        """
        with reading(self._engine) as connection:
            rows = connection.execute(_deliveries.readings_query(self.organization_id, source)).all()
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]

    def cursor(self, source: str) -> str | None:
        """Where the last load of the source stood, in its adapter's words; None before the first."""
        with reading(self._engine) as connection:
            return read_cursor(connection, self.organization_id, source)

    def tickets_since(self, source: str, since: int) -> frozenset[str]:
        """The numbers of the source's tickets that were reported at ``since`` (UTC seconds) or later."""
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(_facts.tickets_query(self.organization_id, source, since)))

    def move_cursor(self, source: str, position: str) -> None:
        """The source was read up to ``position`` and nothing in it was new."""
        with writing(self._engine) as connection:
            move_cursor(connection, self.organization_id, source, position, self.clock())

    def register(self) -> pd.DataFrame:
        """The assets known now: ``asset_no``, ``name``, ``aliases``, each once per source, by ``asset_no``."""
        with reading(self._engine) as connection:
            return _facts.to_frame(bulk_of(connection).read(_facts.register_query(self.organization_id)))

    def register_version(self) -> int:
        """The sequence of the last change of the assets, 0 when there never was one."""
        with reading(self._engine) as connection:
            return register_changed(connection, self.organization_id)

    def rejections(self, open_only: bool = True, source: str | None = None, code: str | None = None) -> pd.DataFrame:
        """Rejected rows: ``rejection_id``, their delivery (``delivery_id``, ``source``, ``name``,
        ``content_hash``, ``mapping_hash``, ``sequence``, ``recorded_at``), ``REJECTION_COLUMNS``, ``state``,
        ``resolved_by`` (a delivery_id, null while open) and ``resolved_at``; in the order of their arrival.
        """
        return self.rejection_log().rows(open_only, source, code)

    def rejection_log(self) -> RejectionLog:
        """Rejected rows where there may be very many."""
        return RejectionLog(self._engine, self.organization_id)

    def sequence_at(self, known_at: int | None = None) -> int:
        """The sequence of the last delivery recorded at or before ``known_at`` (None: now)."""
        with reading(self._engine) as connection:
            return _facts.sequence_at(connection, self.organization_id, known_at)

    def newest_totals(self) -> list[dict[str, Any]]:
        """The total of every figure as last computed: ``project``, ``indicator``, ``period``, ``as_of`` (ISO),
        ``known_sequence``, ``configuration_hash``, ``parts`` (JSON), ``program_version``; in no order.
        """
        with reading(self._engine) as connection:
            return [dict(row) for row in connection.execute(_results.newest_totals(self.organization_id)).mappings()]

    def touched_since(self, sequence: int) -> Touched:
        """Which moments the records name that came or went after ``sequence``."""
        with reading(self._engine) as connection:
            return read_touched(connection, self.organization_id, sequence)

    def facts(self, known_at: int | None = None, *, sequence: int | None = None) -> Facts:
        """All that was known at ``known_at`` (UTC seconds; None: now), or at ``sequence``, in one consistent picture.

        The checks themselves stay in their log: ``frames["uptime_check"]`` is empty, ``states`` answers for them.
        """
        with reading(self._engine) as connection:
            if sequence is None:
                sequence = _facts.sequence_at(connection, self.organization_id, known_at)
            return _facts.read_facts(connection, self.organization_id, sequence)

    def facts_for(self, wanted: Wanted, sequence: int) -> Facts:
        """What of :meth:`facts` at ``sequence`` some figures can depend on."""
        with reading(self._engine) as connection:
            return _facts.read_facts(connection, self.organization_id, sequence, wanted)

    def configuration_at(self, known_at: int | None = None) -> str | None:
        """The configuration snapshot in force at ``known_at``, None before the first run."""
        with reading(self._engine) as connection:
            return _runs.configuration_at(connection, self.organization_id, known_at)

    def configuration_by_hash(self, configuration_hash: str) -> str | None:
        """The snapshot of that hash, None when no run used it."""
        with reading(self._engine) as connection:
            return _runs.configuration_by_hash(connection, self.organization_id, configuration_hash)

    def lineage(self, record: str, row_ids: Iterable[int]) -> pd.DataFrame:
        """Where rows came from, by ``row_id``: ``source``, ``name`` (file), ``content_hash``, ``sheet``,
        ``row_no``, ``row_hash`` (hexadecimal), ``known_from`` (sequence), ``recorded_at`` (UTC seconds).
        """
        with reading(self._engine) as connection:
            return _facts.read_lineage(connection, self.organization_id, record, row_ids)

    def save_results(self, run: Run, rows: pd.DataFrame) -> None:
        """Store results in the order of ``rows``, all or none; columns ``RESULT_COLUMNS``.

        The organisation, the run with its configuration, ``computed_at``, ``position`` and the ``…_value`` twins
        are filled in here.
        """
        with writing(self._engine) as connection:
            _results.save(connection, self.organization_id, run, rows, self.clock())

    def results(
        self,
        run_id: int | None = None,
        *,
        project: str | None = None,
        indicator: str | None = None,
        period: str | None = None,
        dimension: str | None = None,
        dimension_value: str | None = None,
        newest: bool = False,
    ) -> pd.DataFrame:
        """Results, columns ``RESULT_COLUMNS``, in the order in which they were computed.

        ``run_id`` None: of a closed period those of its newest revision, else of every indicator and period those
        of the newest run that computed it; with ``newest`` the latter of closed periods too. Other arguments: None
        means all.
        """
        wanted = {
            "project": project,
            "indicator": indicator,
            "period": period,
            "dimension": dimension,
            "dimension_value": dimension_value,
        }
        which = _results.of_run(run_id) if run_id is not None else _results.newest() if newest else _results.standing()
        query = _results.query_of(self.organization_id, which, wanted)
        with reading(self._engine) as connection:
            return _facts.to_frame(bulk_of(connection).read(query))

    def revisions(self, project: str | None = None, period: str | None = None) -> list[Revision]:
        """Closed revisions by project, period and number; None means all."""
        with reading(self._engine) as connection:
            return _revisions.listed(connection, self.organization_id, project, period)

    def revision_results(self, revision: Revision) -> pd.DataFrame:
        """The results of a revision, whatever came later; columns ``RESULT_COLUMNS``, in their order."""
        which = _results.of_revision(self.organization_id, revision.project, revision.period, revision.revision_no)
        with reading(self._engine) as connection:
            query = _results.query_of(self.organization_id, which, {})
            return _facts.to_frame(bulk_of(connection).read(query))

    def close_periods(self, run: Run, closings: Iterable[Closing], program_version: str) -> None:
        """Store revisions with their results, all of them or none.

        Raises:
            PassingError: another program closed one of these periods meanwhile, or the database is locked.
        """
        with writing(self._engine) as connection:
            _revisions.close(connection, self.organization_id, run, list(closings), program_version, self.clock())

    def inputs_hash(self, sequence: int) -> str:
        """SHA-256 over all deliveries up to ``sequence``, as :class:`Revision` has it."""
        with reading(self._engine) as connection:
            return _revisions.inputs_hash(connection, self.organization_id, sequence)

    def cited_spans(self) -> list[tuple[int, int]]:
        """The time that closed revisions cite: ``[start, end)`` in UTC seconds, merged and in order.

        Retention removes nothing that touches them.
        """
        with reading(self._engine) as connection:
            return _revisions.cited_spans(connection, self.organization_id)

    def cited_since(self) -> int | None:
        """The first moment that a closed revision cites, None while nothing is closed."""
        spans = self.cited_spans()
        return spans[0][0] if spans else None

    def add_objection(
        self,
        *,
        project: str,
        indicator: str,
        period: str,
        vendor: str,
        statement: str,
        raised_on: str,
        document_no: str | None = None,
    ) -> int:
        """Record what a vendor holds against a figure; the objection's number."""
        values = {
            "project": project,
            "indicator": indicator,
            "period": period,
            "vendor": vendor,
            "statement": statement,
            "raised_on": raised_on,
            "document_no": document_no,
        }
        with writing(self._engine) as connection:
            return _objections.add(connection, self.organization_id, self.clock(), values)

    def decide_objection(
        self, objection_no: int, *, decision: Decided, reason: str, decided_by: str, decided_on: str
    ) -> None:
        """Record a decision on an objection; earlier ones stay.

        Raises:
            UsageError: there is no objection of that number.
        """
        values = {"decision": decision, "reason": reason, "decided_by": decided_by, "decided_on": decided_on}
        with writing(self._engine) as connection:
            _objections.decide(connection, self.organization_id, objection_no, self.clock(), values)

    def objections(self) -> list[Objection]:
        """All objections by number, with every decision on them."""
        with reading(self._engine) as connection:
            return _objections.listed(connection, self.organization_id)

    def checks_by_day(
        self, source: str, assets: Iterable[str], first_at: int, last_at: int, sequence: int
    ) -> pd.DataFrame:
        """The checks of these assets in ``[first_at, last_at]`` that were known at ``sequence``, as evidence.

        Columns ``asset_no``, ``day`` (UTC), ``check_count``, and the file of the log that holds them: ``path``,
        ``sha256``, with the delivery's ``name`` and ``content_hash``; by asset and day.
        """
        cited = Cited(self.organization_id, source, assets, first_at, last_at, sequence)
        with reading(self._engine) as connection:
            log = CheckLog(connection, self.organization_id, self._checks)
            return _facts.to_frame(checks_by_day(connection, log, cited))

    def fingerprint(self) -> str:
        """A hash over all content: equal for stores that hold the same, on whichever database."""
        with reading(self._engine) as connection:
            return fingerprint(connection, self.organization_id)
