"""What one source has to offer in a run: contents to read again, rejected rows to try again, files that are new."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from adapters import ADAPTERS
from adapters.base import Batch, Blob, Fetching
from collector.ingest.arrivals import Arrival, arrive, keep, receive, size_of
from collector.ingest.corrections import correction_batches, read_corrections
from collector.ingest.delivery import Item, Session, deliver
from collector.ingest.pages import Load
from collector.ingest.register import UNKNOWN_ASSET
from collector.ingest.report import LeftFile
from collector.ingest.reread import reread
from collector.rejections.corrections import Corrections
from collector.rejections.marks import with_marks
from collector.settings import SourceSettings
from collector.store import Hour
from metrics.errors import InputError, PassingError


class Intake:
    """One source in one run."""

    def __init__(self, session: Session, source: SourceSettings) -> None:
        self.source = source
        self.mapping_hash = session.settings.source_hash(source)
        self._session = session
        self._adapter = ADAPTERS[source.adapter]
        self._context = session.settings.context(source)

    @property
    def records(self) -> set[str]:
        """The record types that this source may deliver."""
        records: set[str] = self.source.config.records
        return records

    def discover(self) -> list[Blob]:
        """What lies there now, by name: a later name supersedes an earlier one, whenever each was copied."""
        return sorted(self._adapter.discover(self.source.config, self._context), key=lambda blob: blob.name)

    def read_again(self) -> None:
        """Contents that were last read with another mapping, out of the archive, in the order of their first coming."""
        unkept = 0
        for content in self._contents():
            if content["mapping_hash"] == self.mapping_hash:
                continue
            columns = {name: content[name] for name in ("name", "content_hash", "size", "modified_at", "kind")}
            item = Item(self.source, mapping_hash=self.mapping_hash, again=True, **columns)
            if self._is_unkept(item):
                unkept += 1
                continue
            try:
                path = self._session.archive.verified(item.content_hash)
            except InputError as error:
                self._leave(LeftFile(self.source.id, item.name, str(error), trouble=True))
            else:
                self._read(item, path)
        if unkept:
            self._session.report.notes.append(
                f"{self.source.name}：读取规则已改，而 {unkept:,} 份回答没有存档（keep_replies: false），无法重读；"
                f"用 yunwei ingest --since 日期 --source {self.source.id} 向服务器重新取"
            )

    def fetch(self, since: int | None = None) -> None:
        """Ask the source's server, if it has one; ``since``: UTC seconds, a range that is read again."""
        if isinstance(self._adapter, Fetching):
            load = Load(self._session, self.source, self.mapping_hash, self._page)
            load.take(self._adapter, self._context, since)

    def take(self, blobs: Iterable[Blob]) -> None:
        """Read the files whose bytes are new; the others cost their hash."""
        contents = self._contents()
        known = {content["content_hash"]: content["mapping_hash"] for content in contents}
        sizes = {content["size"] for content in contents}
        for blob in blobs:
            seen = size_of(blob) in sizes
            arrival = arrive(self.source.id, blob) if seen else receive(self._session.archive, self.source.id, blob)
            if isinstance(arrival, LeftFile):
                self._leave(arrival)
                continue
            sizes.add(arrival.size)
            if known.get(arrival.content_hash) == self.mapping_hash:
                self._session.report.known += 1
                if arrival.content_hash in self._session.refused_before(self.source.id):
                    self._session.report.unreadable.append(blob.name)
                continue
            kept = self._kept(arrival) if seen else self._session.archive.path(arrival.content_hash)
            if isinstance(kept, LeftFile):
                self._leave(kept)
            else:
                self._read(self._item(arrival, again=arrival.content_hash in known), kept)
                known[arrival.content_hash] = self.mapping_hash

    def seal(self, blob: Blob, hour: Hour) -> None:
        """Read the bytes of an hour of live checks; with it in the log its rounds are let go."""
        arrival = arrive(self.source.id, blob)
        kept = arrival if isinstance(arrival, LeftFile) else self._kept(arrival)
        if isinstance(arrival, LeftFile) or isinstance(kept, LeftFile):
            raise PassingError(f"“{blob.name}”没有写完整，稍后再试")
        if self._is_read(arrival):
            self._session.store.live.forget_hour(hour)
        else:
            self._read(replace(self._item(arrival), seals=hour), kept)

    def retry(self) -> None:
        """Rows that were refused for an asset which the register knows by now, file by file."""
        waiting = self._session.open_rejections(self.source.id)
        waiting = waiting[waiting["code"] == UNKNOWN_ASSET]
        register = self._session.register()
        known = [value for value in waiting["value"].unique() if register.find(str(value)) is not None]
        ids = waiting.loc[waiting["value"].isin(known), "rejection_id"].tolist()
        if ids:
            self._retry(ids)

    def correct(self, arrival: Arrival, corrections: Corrections) -> None:
        """Take the rows of a corrected workbook that belong to this source, unless they were taken before."""
        if self._is_read(arrival):
            self._session.report.known += 1
        else:
            self._correct(self._item(arrival, kind="correction"), corrections)

    def _correct(self, item: Item, corrections: Corrections) -> None:
        self._session.progress.begin(self.source.name, item.name)
        batches = correction_batches(self.source, self._context, corrections)
        deliver(self._session, item, batches, corrections.settles)

    def _is_read(self, arrival: Arrival) -> bool:
        """Whether these bytes were last read with this mapping; asked of one content, however many there were."""
        return self._session.store.has_delivery(self.source.id, arrival.content_hash, self.mapping_hash)

    def _kept(self, arrival: Arrival) -> Path | LeftFile:
        return keep(self._session.archive, self.source.id, arrival)

    def _contents(self) -> list[dict[Any, Any]]:
        """Each content of the source once, with the mapping with which it was last read."""
        return self._session.store.contents(self.source.id).to_dict("records")

    def _retry(self, ids: Sequence[int]) -> None:
        """One delivery for each content that these rejections came from, citing its file and rows."""
        contents = {line["content_hash"]: line for line in self._contents()}
        marked = with_marks(self._session.store.rejections(source=self.source.id, open_only=False))
        for content_hash, rows in marked[marked["rejection_id"].isin(ids)].groupby("content_hash", sort=False):
            content = contents[str(content_hash)]
            item = Item(
                self.source,
                name=content["name"],
                content_hash=str(content_hash),
                mapping_hash=self.mapping_hash,
                size=content["size"],
                modified_at=content["modified_at"],
                kind="retry",
            )
            self._session.progress.begin(self.source.name, item.name)
            deliver(self._session, item, reread(self.source, self._context, rows), rows["rejection_id"].tolist())

    def _item(self, arrival: Arrival, kind: Literal["file", "correction"] = "file", again: bool = False) -> Item:
        return Item(
            self.source,
            name=arrival.blob.name,
            content_hash=arrival.content_hash,
            mapping_hash=self.mapping_hash,
            size=arrival.size,
            modified_at=arrival.blob.modified_at,
            kind=kind,
            again=again,
        )

    def _page(self, arrival: Arrival, path: Path, cursor: str | None) -> bool:
        kept = bool(getattr(self.source.config, "keep_replies", True))
        item = replace(self._item(arrival), repeats=True, archived=kept)
        return self._read(item, path, cursor, arrival.blob.parsed)

    def _is_unkept(self, item: Item) -> bool:
        """Whether it is a reply that the configuration said not to keep."""
        unkept = not getattr(self.source.config, "keep_replies", True)
        return unkept and not self._session.archive.holds(item.content_hash)

    def _read(self, item: Item, path: Path, cursor: str | None = None, parsed: Any = None) -> bool:
        """Deliver what lies at ``path``; what cannot be read at all is refused with one sentence, and False."""
        self._session.progress.begin(self.source.name, item.name)
        try:
            if item.kind == "correction":
                corrections = read_corrections(self._session.store, path)
                self._correct(item, corrections[self.source.id])
            else:
                deliver(self._session, item, self._batches(item, path, parsed), cursor=cursor)
        except InputError as error:
            columns = {name: value for name, value in item.columns.items() if name != "seals"}
            self._session.store.refuse(self._session.run, **columns, reason=str(error))
            self._session.taken(item.report(refused=str(error)))
            return False
        return True

    def _batches(self, item: Item, path: Path, parsed: Any) -> Iterator[Batch]:
        return self._adapter.read(self.source.config, Blob(item.name, path, item.modified_at, parsed), self._context)

    def _leave(self, file: LeftFile) -> None:
        self._session.report.left.append(file)
