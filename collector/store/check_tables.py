"""The tables of checks: the files of their log, the index over it, and rounds that are not sealed yet."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, text

from collector.store.columns import (
    KEY,
    ROW_ID,
    delivery_column,
    id_column,
    key_column,
    metadata,
    organization_column,
    whole,
    words,
)

check_partitions = Table(
    "check_partitions",
    metadata,
    id_column("partition_id"),
    organization_column(),
    key_column("source"),
    delivery_column(),
    words("day", comment="UTC 日期"),
    words("path", comment="拨测日志文件夹以下的路径"),
    words("sha256"),
    whole("check_count"),
    whole("first_at"),
    whole("last_at"),
    whole("known_from"),
    whole("known_until", nullable=True),
    Index("ix_check_partitions_day", "organization_id", "source", "day"),
)

check_series = Table(
    "check_series",
    metadata,
    id_column("series_id"),
    organization_column(),
    key_column("source"),
    key_column("asset_no"),
    whole("interval_seconds"),
    whole("staleness_seconds"),
    Index(
        "ix_check_series_target",
        "organization_id",
        "source",
        "asset_no",
        "interval_seconds",
        "staleness_seconds",
        unique=True,
    ),
)

#: A row for every change of state of every target, so it is kept narrow: 28 bytes in SQLite, without any index, for
#: few organisations share a file there.
state_intervals = Table(
    "state_intervals",
    metadata,
    id_column("row_id"),
    whole("series_id", comment="目标与检测节奏，见 check_series"),
    Column("state", SmallInteger(), nullable=False, comment="0 正常，1 失败，2 未知"),
    whole("first_at"),
    whole("last_at"),
    whole("check_count"),
    whole("known_from"),
    whole("known_until", nullable=True),
    Index("ix_state_intervals_series", "series_id", sqlite_where=text("0")),
)

#: The newest interval of a target, which its next check extends in place.
open_intervals = Table(
    "open_intervals",
    metadata,
    Column("series_id", ROW_ID, primary_key=True, autoincrement=False),
    Column("state", SmallInteger(), nullable=False, comment="0 正常，1 失败，2 未知"),
    whole("first_at"),
    whole("last_at"),
    whole("check_count"),
    whole("known_from"),
)

check_sources = Table(
    "check_sources",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("source", KEY, primary_key=True, nullable=False),
    whole("version", comment="索引每次改动加一"),
    whole("retired_before", nullable=True, comment="此刻以前的拨测日志已到期清理"),
)

live_rounds = Table(
    "live_rounds",
    metadata,
    id_column("round_id"),
    organization_column(),
    key_column("source"),
    whole("hour", comment="检测所在小时的开始"),
    whole("check_count"),
    whole("received_at"),
    Column("checks", LargeBinary(), nullable=False, comment="尚未封存的检测，Arrow IPC"),
    Index("ix_live_rounds_hour", "organization_id", "source", "hour"),
)
