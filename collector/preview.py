"""What every source would read from the files that lie there now; nothing is stored."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from adapters import ADAPTERS
from adapters.base import Blob, Fetch, Fetching, Preview
from adapters.drop import DropAdapter
from collector.ingest.arrivals import unclaimed
from collector.settings import Settings, SourceSettings
from metrics.errors import ConfigError, InputError, PassingError, YunweiError
from metrics.records import RECORDS


@dataclass(frozen=True)
class FilePreview:
    """One file of a source: its tables and the sheets that hold none, or the fault for which it cannot be read."""

    name: str
    tables: tuple[Preview, ...] = ()
    fault: str | None = None
    unread: tuple[Preview, ...] = ()


@dataclass(frozen=True)
class SourcePreview:
    """One source and its files in the order in which they would be read.

    ``greeting``: what its server told of itself, None where it was not asked; ``failure``: why it did not answer.
    """

    source: SourceSettings
    files: tuple[FilePreview, ...]
    greeting: tuple[str, ...] | None = None
    failure: YunweiError | None = None

    @property
    def has_server(self) -> bool:
        """Whether a server is asked, and not the drop folder."""
        return isinstance(ADAPTERS[self.source.adapter], Fetching | DropAdapter)


@dataclass
class DropFolder:
    """What lies in the drop folder: by source, and files that no source takes."""

    sources: list[SourcePreview] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)

    @property
    def unread(self) -> list[tuple[str, Preview]]:
        """(file, sheet) of every sheet that no source reads, once for each reason."""
        files = [file for source in self.sources for file in source.files]
        read = {(file.name, table.sheet) for file in files for table in file.tables}
        found = {
            (file.name, sheet.sheet, sheet.unread): (file.name, sheet)
            for file in files
            for sheet in file.unread
            if (file.name, sheet.sheet) not in read
        }
        return list(found.values())

    @property
    def faults(self) -> list[FilePreview]:
        """Files that cannot be read, or lack a column that is required."""
        files = [file for source in self.sources for file in source.files]
        return [file for file in files if file.fault or any(table.missing for table in file.tables)]

    @property
    def failures(self) -> list[YunweiError]:
        """Servers that did not answer."""
        return [source.failure for source in self.sources if source.failure is not None]


def look(settings: Settings, only: Sequence[str] = ()) -> DropFolder:
    """Look at every file in the drop folder, and ask the servers of the sources that are named.

    Args:
        only: ids of the sources to look at (UsageError if one does not exist); none named: all, and then what no
            source takes is listed too, but no server is asked.
    """
    chosen = [settings.source(name) for name in only] or list(settings.sources)
    found = DropFolder()
    claimed = []
    for source in chosen:
        blobs = list(ADAPTERS[source.adapter].discover(source.config, settings.context(source)))
        claimed += [blob.path for blob in blobs]
        preview = SourcePreview(source, tuple(_file(settings, source, blob) for blob in blobs))
        found.sources.append(_asked(settings, preview) if only and preview.has_server else preview)
    if not only:
        found.unclaimed = unclaimed(settings.inbox, claimed)
    return found


def _asked(settings: Settings, preview: SourcePreview) -> SourcePreview:
    """What the server says, and its first records; nothing is kept."""
    source, adapter = preview.source, ADAPTERS[preview.source.adapter]
    assert isinstance(adapter, Fetching | DropAdapter)
    notes: list[str] = []
    with TemporaryDirectory(prefix="yunwei-check-") as folder:
        ask = Fetch(Path(folder), None, None, lambda: int(time.time()), notes.append)
        try:
            greeting = adapter.greet(source.config, settings.context(source), ask)
        except (PassingError, InputError, ConfigError) as error:
            failure = error.within(f"来源“{source.name}”（{source.id}）")
            return replace(preview, greeting=tuple(notes), failure=failure)
        files = tuple(_file(settings, source, blob) for blob in greeting.blobs)
    return replace(preview, files=(*preview.files, *files), greeting=(*greeting.lines, *notes))


def _file(settings: Settings, source: SourceSettings, blob: Blob) -> FilePreview:
    try:
        tables = ADAPTERS[source.adapter].preview(source.config, blob, settings.context(source))
    except InputError as error:
        return FilePreview(blob.name, fault=str(error))
    unread = tuple(table for table in tables if table.unread)
    return FilePreview(blob.name, tuple(table for table in tables if not table.unread), unread=unread)


def shown(record: str, field_name: str, value: Any, zone: ZoneInfo) -> str:
    """One stored value as people read it: local times, 是/否, empty for none."""
    kinds: Mapping[str, str] = {column.name: column.kind for column in RECORDS[record].columns}
    if value is None or value != value:  # NaN stands for nothing too
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if kinds.get(field_name) == "instant" and isinstance(value, int):
        return datetime.fromtimestamp(value, zone).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
