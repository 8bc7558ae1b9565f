"""The real recorder and the real pages, as ``yunwei run`` uses them; tests have others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.archive import Archive
    from collector.daemon.parts import Pages, Recorder
    from collector.settings import Settings
    from collector.store import Store


def make_recorder(settings: Settings, store: Store, archive: Archive, clock: Callable[[], int]) -> Recorder:
    """Keeps our own checks in ``store``."""
    from collector.live import Recorder as LiveRecorder

    return LiveRecorder(settings, store, archive, clock)


def make_pages(settings: Settings, store: Store, recorder: Recorder, clock: Callable[[], int]) -> Pages | None:
    """Serves the pages and takes what is pushed, where the configuration has ``serve``."""
    if settings.serve is None:
        return None
    from collector.serve import Server

    return Server(settings, store, recorder, clock)
