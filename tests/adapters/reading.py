"""Reading in tests: a mapping as YAML and a file's bytes in, batches and readable rows out."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import yaml

from adapters import ADAPTERS
from adapters.base import Batch, Blob, Context, Preview
from adapters.mapping import TableConfig
from metrics.errors import InputError
from metrics.records import RECORDS

SHANGHAI = ZoneInfo("Asia/Shanghai")


def config_of(mapping: str) -> TableConfig:
    """A source's mapping from YAML; ``files`` may be left out."""
    return TableConfig.model_validate_json(json.dumps({"files": "*", **yaml.safe_load(mapping)}))


def context_at(inbox: Path, zone: ZoneInfo = SHANGHAI, **constants: str) -> Context:
    return Context("source", zone, inbox, constants)


class Reader:
    """Reads files of one mapping out of one folder."""

    def __init__(self, inbox: Path, mapping: str, zone: ZoneInfo = SHANGHAI, **constants: str) -> None:
        self.inbox, self.config = inbox, config_of(mapping)
        self.context = context_at(inbox, zone, **constants)
        self.adapter = ADAPTERS["table"]

    def blob(self, name: str, content: bytes) -> Blob:
        """Put a file into the folder."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return Blob(name, path, 0)

    def batches(self, name: str, content: bytes) -> list[Batch]:
        """Everything read from one file; the accounting must add up."""
        batches = list(self.adapter.read(self.config, self.blob(name, content), self.context))
        for batch in batches:
            assert batch.read == len(batch.frame) + len(batch.rejections) + batch.set_aside.total()
        return batches

    def read(self, name: str, content: bytes) -> Read:
        """The batches of one file, added up."""
        return Read(self.batches(name, content))

    def again(self, rejections: pd.DataFrame, name: str) -> Read:
        """Kept rows mapped once more."""
        rows = rejections.assign(name=name)
        return Read(list(self.adapter.reread(self.config, rows, self.context)))

    def preview(self, name: str, content: bytes) -> list[Preview]:
        """What ``yunwei check`` would show."""
        return self.adapter.preview(self.config, self.blob(name, content), self.context)

    def refused(self, name: str, content: bytes) -> str:
        """The one sentence for which a file cannot be read."""
        try:
            self.read(name, content)
        except InputError as error:
            return str(error)
        raise AssertionError(f"{name} was read")


class Read:
    """What came out of one file."""

    def __init__(self, batches: list[Batch]) -> None:
        self.batches = batches
        self.set_aside: Counter[str] = Counter()
        for batch in batches:
            self.set_aside += batch.set_aside
        self.read = sum(batch.read for batch in batches)

    def rows(self, record: str, *fields: str) -> list[tuple[Any, ...]]:
        """Accepted rows as plain values, instants as local text; all fields that are not empty if none is named."""
        return [tuple(self._plain(record, row, name) for name in fields) for row in self._frame(record)]

    def dicts(self, record: str) -> list[dict[str, Any]]:
        """Accepted rows without their empty fields."""
        names = [*RECORDS[record].names, "sheet", "row_no", "flags"]
        rows = [{name: self._plain(record, row, name) for name in names} for row in self._frame(record)]
        return [{name: value for name, value in row.items() if value is not None} for row in rows]

    def reasons(self, record: str | None = None) -> list[str]:
        """Why rows were refused, in the order of the sheet."""
        return [row["reason"] for row in self.rejections(record)]

    def rejections(self, record: str | None = None) -> list[dict[str, Any]]:
        """Refused rows as plain values."""
        frame = self.rejected()
        listed = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return [{str(key): value for key, value in row.items()} for row in listed if record in (None, row["record"])]

    def rejected(self) -> pd.DataFrame:
        """All rejections as one frame."""
        return pd.concat([batch.rejections for batch in self.batches], ignore_index=True)

    def _frame(self, record: str) -> list[dict[str, Any]]:
        frames = [batch.frame for batch in self.batches if batch.record == record]
        if not frames:
            return []
        frame = pd.concat(frames, ignore_index=True).astype(object)
        listed = frame.where(frame.notna(), None).to_dict("records")
        return [{str(key): value for key, value in row.items()} for row in listed]

    @staticmethod
    def _plain(record: str, row: dict[str, Any], name: str) -> Any:
        value = row[name]
        kinds = {column.name: column.kind for column in RECORDS[record].columns}
        if value is None or kinds.get(name) != "instant":
            return value
        return datetime.fromtimestamp(value, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
