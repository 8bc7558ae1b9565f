"""From delivered files to records in the store: identify, archive, read, check, supersede, count (semantics 7).

Every delivery is one transaction and every step follows from what lies in the inbox, the archive and the store; so
a run that was killed at any moment is made good by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters import ADAPTERS
from adapters.base import Blob, Fetching
from collector.archive import Archive
from collector.ingest.arrivals import Arrival, arrive, keep, unclaimed
from collector.ingest.corrections import read_corrections
from collector.ingest.delivery import Session
from collector.ingest.fetching import fetch, is_fetcher
from collector.ingest.intake import Intake
from collector.ingest.report import DeliveryReport, IngestReport, LeftFile, NoProgress, Progress
from collector.settings import Settings
from collector.store import Store
from collector.version import program_version
from metrics.errors import InputError, UsageError

__all__ = ["DeliveryReport", "IngestReport", "LeftFile", "NoProgress", "Progress", "ingest", "replay"]


def ingest(
    settings: Settings,
    store: Store,
    archive: Archive,
    *,
    sources: Sequence[str] | None = None,
    since: int | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Take what the sources offer: all of them, or those whose ids are in ``sources``.

    Files are fetched from mailboxes and servers before anything is read. Sources that deliver assets go first, then
    those with assignments, then the others as configured. For each source: contents whose mapping changed, rejected
    rows whose asset is known by now, new pages of its server, new files by name. A server that fails is reported and
    holds up no other source.

    ``since`` (UTC seconds): servers are asked for everything from there on once more, and their cursors stay.

    Raises:
        UsageError: there is no such source; ``since`` is given and none of them has a server.
        PassingError: store or archive are locked, unreachable or full; complete deliveries stay, a later run goes on.
    """
    chosen = settings.sources if sources is None else [settings.source(name) for name in dict.fromkeys(sources)]
    if since is not None:
        chosen = [source for source in chosen if isinstance(ADAPTERS[source.adapter], Fetching)]
        if not chosen:
            raise UsageError("--since 只用于向服务器取数的来源，所选的来源中没有；文件来源改用更正后的文件重新交付")
    with session_of("ingest", settings, store, archive, progress) as session:
        for source in filter(is_fetcher, chosen):
            fetch(session, source)
        intakes = sorted((Intake(session, source) for source in chosen if not is_fetcher(source)), key=_rank)
        claimed: list[Path] = []
        for intake in intakes:
            intake.read_again()
            if "asset" not in intake.records:
                intake.retry()
            intake.fetch(since)
            blobs = intake.discover()
            claimed += [blob.path for blob in blobs]
            intake.take(blobs)
        for intake in intakes:  # assets may have come after what names them, in the same source
            intake.retry()
        if sources is None and since is None:
            session.report.unclaimed = unclaimed(settings.inbox, claimed)
        return session.report


def replay(
    settings: Settings, store: Store, archive: Archive, workbook: Path, *, progress: Progress | None = None
) -> IngestReport:
    """Take a corrected workbook of rejections back: a delivery to each source whose rows it holds.

    Raises:
        InputError: it is no workbook of ours, it is still being written, or its source is not configured any more.
    """
    with session_of("replay", settings, store, archive, progress) as session:
        arrival, kept = _kept(archive, workbook)
        try:
            by_source = read_corrections(store, kept)
        except InputError as error:
            error.within(f"工作簿“{workbook}”")
            raise
        for name in by_source:
            if name not in {source.id for source in settings.sources}:
                raise InputError(f"有数据来源“{name}”的行，而配置中已没有这个数据来源").within(f"工作簿“{workbook}”")
        for name, corrections in by_source.items():
            Intake(session, settings.source(name)).correct(arrival, corrections)
        return session.report


def _kept(archive: Archive, workbook: Path) -> tuple[Arrival, Path]:
    """The workbook's identity and its place in the archive."""
    modified_at = int(workbook.stat().st_mtime) if workbook.exists() else 0
    arrival = arrive("", Blob(workbook.name, workbook, modified_at))
    kept = arrival if isinstance(arrival, LeftFile) else keep(archive, "", arrival)
    if isinstance(arrival, LeftFile):
        raise InputError(arrival.reason).within(f"工作簿“{workbook}”")
    if isinstance(kept, LeftFile):
        raise InputError(kept.reason).within(f"工作簿“{workbook}”")
    return arrival, kept


@contextmanager
def session_of(
    kind: str,
    settings: Settings,
    store: Store,
    archive: Archive,
    progress: Progress | None,
) -> Iterator[Session]:
    """A run that takes deliveries; nobody else writes to the archive meanwhile."""
    with (
        archive.exclusive(),
        store.run(kind, settings.hash, settings.snapshot(), program_version()) as run,
    ):
        session = Session(settings, store, archive, run, progress or NoProgress())
        yield session
        session.report.open_rejections = sum(store.rejection_log().counts().values())


def _rank(intake: Intake) -> int:
    if not intake.records:
        return -1
    if "asset" in intake.records:
        return 0
    return 1 if "asset_assignment" in intake.records else 2
