"""A finished hour of checks becomes a delivery: its bytes into the archive, then through the ordinary ingest."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from adapters.base import Blob
from collector.store.live_rounds import HOUR, SETTLING, Hour

if TYPE_CHECKING:
    from collector.archive import Archive
    from collector.ingest.delivery import Session
    from collector.settings import Settings, SourceSettings
    from collector.store import Store

_LOG = logging.getLogger(__name__)


def seal_hours(settings: Settings, store: Store, archive: Archive, now: int) -> int:
    """Seal every hour that ended ``SETTLING`` seconds ago, the oldest first; how many."""
    hours = store.live.hours(now - SETTLING)
    if not hours:
        return 0
    from collector.ingest import session_of

    sources = {source.id: source for source in settings.sources}
    sealed = 0
    with session_of("seal", settings, store, archive, None) as session:
        for hour in hours:
            source = sources.get(hour.source)
            if source is None:
                _LOG.warning("数据来源“%s”已不在配置中，它未封存的拨测结果留在数据库里", hour.source)
                continue
            _seal(session, source, hour)
            sealed += 1
    return sealed


def _seal(session: Session, source: SourceSettings, hour: Hour) -> None:
    from adapters.sealed import sealed_bytes, sealed_name
    from collector.ingest.intake import Intake

    with TemporaryDirectory() as folder:
        path = Path(folder) / "hour"
        path.write_bytes(sealed_bytes(session.store.live.checks_of(hour)))
        Intake(session, source).seal(Blob(sealed_name(source.id, hour.hour), path, hour.hour + HOUR), hour)
