"""Files from mailboxes and servers into the drop folder: whole, each content once, with who sent it and when.

A file is moved into place before it is noted; a run that was killed between the two finds it there by its content.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from adapters import ADAPTERS
from adapters.drop import Brought, DropAdapter
from collector.archive import hash_of
from collector.ingest.delivery import Session
from collector.ingest.report import FetchedFile, LeftFile
from collector.settings import SourceSettings
from collector.store import Fetched
from metrics.errors import PassingError, YunweiError, os_fact

_SCRATCH = ".fetching"  # hidden: nobody takes it for a delivery


def is_fetcher(source: SourceSettings) -> bool:
    """Whether the source brings files instead of records."""
    return isinstance(ADAPTERS[source.adapter], DropAdapter)


def fetch(session: Session, source: SourceSettings) -> None:
    """Bring what is new; a source that cannot be reached is reported, and keeps no other from being read."""
    adapter = ADAPTERS[source.adapter]
    assert isinstance(adapter, DropAdapter)
    context = session.settings.context(source)
    landing = _Landing(session, source)
    try:
        with _scratch(session.settings.inbox, source.id) as scratch:
            for item in adapter.bring(source.config, context, landing.known, scratch):
                landing.take(item)
    except YunweiError as error:
        session.report.failures.append(error.within(f"来源“{source.name}”（{source.id}）"))


class _Landing:
    """Where the files of one source land."""

    def __init__(self, session: Session, source: SourceSettings) -> None:
        self._log = session.store.fetches()
        self._session, self._source = session, source
        self._inbox = session.settings.inbox
        self.known, self._refused_before = self._log.keys(source.id)

    def take(self, item: Brought) -> None:
        """Move a file into place and note it, or note why there is none."""
        noted = Fetched(item.key, "seen", item.origin, sender=item.sender, arrived_at=item.arrived_at)
        if item.refused is not None:
            self._refuse(item, noted)
        elif item.path is None:
            self._log.note(self._source.id, noted)
        else:
            self._land(item, item.path, noted)

    def _refuse(self, item: Brought, noted: Fetched) -> None:
        name = self._below(item.name)
        told = item.key in self._refused_before
        self._session.report.left.append(LeftFile(self._source.id, name, str(item.refused), trouble=not told))
        values = {"state": "refused", "name": name, "reason": item.refused}
        self._log.note(self._source.id, _with(noted, values))

    def _land(self, item: Brought, path: Path, noted: Fetched) -> None:
        content_hash = hash_of(path)
        here = self._log.is_here(content_hash)
        try:
            name = self._below(item.name) if here else self._moved(item, path, content_hash)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise PassingError(f"投递文件夹“{self._inbox}”写不进去：{os_fact(error)}") from error
        state = "duplicate" if here else "brought"
        self._log.note(self._source.id, _with(noted, {"state": state, "name": name, "content_hash": content_hash}))
        arrived = FetchedFile(self._source.id, name, content_hash, item.origin, item.sender, item.arrived_at, here)
        self._session.report.fetched.append(arrived)

    def _moved(self, item: Brought, path: Path, content_hash: str) -> str:
        """Put the file under its own name, or beside another content of that name under one that sorts after it."""
        for name in _names(self._below(item.name)):
            place = self._inbox / name
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                if item.arrived_at is not None:
                    os.utime(path, (item.arrived_at, item.arrived_at))
                _synced(path)
                os.replace(path, place)
                return name
            if place.is_file() and hash_of(place) == content_hash:
                return name
        raise AssertionError("names do not end")

    def _below(self, name: str) -> str:
        into: str = self._source.config.into
        return f"{into.strip('/')}/{name}"


def _with(noted: Fetched, values: dict[str, str | None]) -> Fetched:
    return replace(noted, **values)  # type: ignore[arg-type]


def _names(name: str) -> Iterator[str]:
    """``工单.xlsx``, ``工单~002.xlsx``, …: each sorts after the one before, so that the later file is read later."""
    yield name
    folder, slash, base = name.rpartition("/")
    stem, dot, ending = base.partition(".")
    number = 2
    while True:
        yield f"{folder}{slash}{stem}~{number:03}{dot}{ending}"
        number += 1


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _scratch(inbox: Path, source: str) -> Iterator[Path]:
    """An empty folder beside the files, on the same file system; what an interrupted run left there goes."""
    folder = inbox / _SCRATCH / source
    try:
        if not inbox.is_dir():
            raise PassingError(f"文件夹“{inbox}”不存在，请新建、接好共享盘，或改正 yunwei.yaml 的 paths.inbox")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise PassingError(f"投递文件夹“{inbox}”写不进去：{os_fact(error)}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(inbox / _SCRATCH, ignore_errors=True)
