"""From the rows behind a figure to the files they came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from metrics.indicators import Facts
from metrics.records import RECORDS, RecordType

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store

#: Where a row came from; empty where it came from no single row of a file (checks are a log).
LINEAGE = ("source", "name", "sheet", "row_no", "row_hash", "content_hash")
_STATE_LABELS = {"up": "正常", "down": "失败", "unknown": "未知"}


def trace(store: Store, facts: Facts, rows: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """``rows`` (with ``record`` and ``row_id``) and beside them LINEAGE, ``natural_key`` and ``content``.

    ``content``: the record for people, each filled column with its word and instants in ``zone``.
    """
    import pandas as pd

    found = [_of_record(store, facts, str(name), part, zone) for name, part in rows.groupby("record", sort=False)]
    if not found:
        return rows.reindex(columns=[*rows.columns, *LINEAGE, "natural_key", "content"])
    return pd.concat(found).sort_index()


def _of_record(store: Store, facts: Facts, name: str, rows: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    ids = rows["row_id"].astype("int64")
    if name == "uptime_check":
        return rows.assign(**{**dict.fromkeys(LINEAGE), **_states(facts, ids, zone)})
    lineage = store.lineage(name, ids.unique()).set_index("row_id")
    whole = facts.frames[name]
    frame = whole[whole["row_id"].isin(ids)].set_index("row_id")  # an index over all records costs more than looking
    taken = frame.loc[ids.unique()]
    texts = {row_id: content(RECORDS[name], row, zone) for row_id, row in zip(taken.index, dicts(taken), strict=True)}
    return rows.assign(
        **{column: ids.map(lineage[column]) for column in LINEAGE},
        natural_key=ids.map(frame["natural_key"]),
        content=ids.map(texts),
    )


def _states(facts: Facts, ids: pd.Series[int], zone: ZoneInfo) -> dict[str, Any]:
    """A state interval stands for its checks; which log partitions they lie in follows from asset and days."""
    states = facts.states.set_index("row_id").loc[ids]
    lines = [
        f"{_STATE_LABELS[row['state']]}；{_local(row['first_at'], zone)} 至 {_local(row['last_at'], zone)}；"
        f"{row['check_count']} 次检测"
        for row in dicts(states)
    ]
    return {"source": list(states["source"]), "natural_key": list(states["asset_no"]), "content": lines}


def dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame; what is missing as None, whole numbers as ``int``."""
    import pyarrow as pa

    rows: list[dict[str, Any]] = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    return rows


def place(row: Mapping[str, Any]) -> str:
    """``三月.xlsx/工单 第 7 行``; the source alone for what is no row of a file."""
    if not row["name"]:
        return row["source"] or ""
    sheet = f"/{row['sheet']}" if row["sheet"] else ""
    return f"{row['name']}{sheet} 第 {row['row_no']} 行"


def content(record: RecordType, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    """``工单号=A-1；报障时间=2023-03-05 14:05:00；…``: the columns of ``row`` that are not None, in their order."""
    return "；".join(f"{label}={text}" for label, text in _filled(record, row, zone))


def cells(name: str, row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """The filled columns of a record's row by their words; of ``uptime_check`` the row is a state interval."""
    if name != "uptime_check":
        return dict(_filled(RECORDS[name], row, zone))
    return {
        "状态": _STATE_LABELS[row["state"]],
        "自": _local(row["first_at"], zone),
        "至": _local(row["last_at"], zone),
        "检测次数": str(row["check_count"]),
    }


def _filled(record: RecordType, row: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for column in record.columns:
        value = row[column.name]
        if value is None:
            continue
        if column.kind == "instant":
            value = _local(int(value), zone)
        elif column.kind == "boolean":
            value = "是" if value else "否"
        yield column.label.partition("（")[0], str(value)


def _local(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")
