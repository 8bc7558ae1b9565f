"""The tables. Those of records are generated from ``metrics/records.py``; every table carries the organisation.

A version of a row is visible at sequence ``s`` when ``known_from <= s < known_until`` (null: for ever). A version
that was superseded within its own delivery has ``known_from = known_until`` and is never visible.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

from collector.store.check_tables import check_partitions as check_partitions
from collector.store.check_tables import check_series as check_series
from collector.store.check_tables import check_sources as check_sources
from collector.store.check_tables import live_rounds as live_rounds
from collector.store.check_tables import open_intervals as open_intervals
from collector.store.check_tables import state_intervals as state_intervals
from collector.store.columns import KEY, ROW_ID
from collector.store.columns import delivery_column as _delivery
from collector.store.columns import id_column as _id
from collector.store.columns import key_column as _key
from collector.store.columns import metadata as metadata
from collector.store.columns import organization_column as _organization
from collector.store.columns import whole as _whole
from collector.store.columns import words as _text
from collector.store.result_columns import RESULT_COLUMNS, is_nullable, kind_of
from metrics.records import RECORDS, Kind, RecordType

#: The newest migration; a database beyond it was written by a newer program.
NEWEST = "0008"

_TYPES: dict[Kind, TypeEngine[Any]] = {
    "text": Text(),
    "code": Text(),
    "date": Text(),
    "decimal": Text(),
    "instant": BigInteger(),
    "integer": BigInteger(),
    "boolean": Boolean(),
}
CURRENT = text("known_until IS NULL")
SUPERSEDED = text("known_until IS NOT NULL")


def _history(name: str, *key: str) -> tuple[Index, Index]:
    """What finds the current version of a key, and the versions of a moment that were superseded since."""
    key_columns = ("organization_id", "source", *key)
    return (
        Index(f"ix_{name}_current", *key_columns, unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
        Index(
            f"ix_{name}_superseded",
            "organization_id",
            "known_until",
            sqlite_where=SUPERSEDED,
            postgresql_where=SUPERSEDED,
        ),
    )


organizations = Table(
    "organizations",
    metadata,
    Column("organization_id", KEY, primary_key=True),
    _whole("sequence", server_default="0", comment="最近一次交付的序号"),
)

configurations = Table(
    "configurations",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("configuration_hash", Text(), primary_key=True, nullable=False),
    _text("snapshot", comment="有效配置，JSON，不含密码"),
    _whole("recorded_at"),
)

runs = Table(
    "runs",
    metadata,
    _id("run_id"),
    _organization(),
    _text("kind", comment="ingest、compute…"),
    _text("configuration_hash"),
    _text("program_version"),
    _whole("started_at"),
    _whole("ended_at", nullable=True),
    _text("outcome", comment="running、done、failed；中途被终止的停在 running"),
    ForeignKeyConstraint(
        ["organization_id", "configuration_hash"],
        ["configurations.organization_id", "configurations.configuration_hash"],
    ),
    Index("ix_runs_kind", "organization_id", "kind", "started_at"),
)

contents = Table(
    "contents",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("content_hash", Text(), primary_key=True, nullable=False),
    _whole("size_bytes"),
    _whole("archived_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id("delivery_id"),
    _organization(),
    _key("source"),
    _text("name", comment="文件名（收件夹以下的路径）"),
    _text("content_hash"),
    _text("mapping_hash"),
    _whole("size_bytes"),
    _whole("modified_at"),
    Column("run_id", ROW_ID, ForeignKey("runs.run_id"), nullable=False),
    _whole("sequence"),
    _whole("recorded_at"),
    _text("kind", comment="file 文件，retry 台账变更后重试的不合格行，correction 更正后的不合格行"),
    _text("state", comment="read 已读，refused 整份无法读取"),
    _text("refusal", nullable=True, comment="无法读取的原因"),
    _whole("read_count"),
    _whole("accepted_count"),
    _whole("unchanged_count"),
    _whole("superseding_count"),
    _whole("rejected_count"),
    _whole("set_aside_count"),
    _text("set_aside_kinds", comment="另计的行按种类，JSON 对象"),
    _whole("withdrawn_count", comment="更正映射后不再读出、因而撤回的行"),
    CheckConstraint("kind IN ('file', 'retry', 'correction')", name="kind"),
    CheckConstraint("state IN ('read', 'refused')", name="state"),
    CheckConstraint(
        "read_count = accepted_count + unchanged_count + superseding_count + rejected_count + set_aside_count",
        name="accounting",
    ),
    ForeignKeyConstraint(["organization_id", "content_hash"], ["contents.organization_id", "contents.content_hash"]),
    Index("ix_deliveries_sequence", "organization_id", "sequence", unique=True),
    Index("ix_deliveries_content", "organization_id", "source", "content_hash"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("source", KEY, primary_key=True, nullable=False),
    _text("position", comment="读到哪里，由读取方式自己解释；与它所涵盖的数据同时写入"),
    _whole("moved_at"),
)

rejections = Table(
    "rejections",
    metadata,
    _id("rejection_id"),
    _organization(),
    _delivery(),
    *(
        _text(name, nullable=True) if name != "row_no" else _whole(name, nullable=True)
        for name in ("record", "sheet", "row_no", "header", "field", "value", "code", "reason", "raw", "key")
    ),
    _text("state", comment="open 待更正，resolved 已解决"),
    _delivery("resolved_by", nullable=True),
    CheckConstraint("state IN ('open', 'resolved')", name="state"),
    Index("ix_rejections_state", "organization_id", "state", "delivery_id"),
)

fetched = Table(
    "fetched",
    metadata,
    _id("fetched_id"),
    _organization(),
    _key("source"),
    _key("item_key"),
    _text("state", comment="brought 已取，duplicate 内容已有，refused 没有取，seen 没有文件"),
    _text("name", nullable=True, comment="投递文件夹以下的路径"),
    _text("content_hash", nullable=True),
    _text("origin", comment="原来在哪里：邮件或远程文件"),
    _text("sender", nullable=True),
    _whole("arrived_at", nullable=True, comment="到达对方邮箱或服务器的时间"),
    _text("reason", nullable=True),
    _whole("fetched_at"),
    CheckConstraint("state IN ('brought', 'duplicate', 'refused', 'seen')", name="state"),
    Index("ix_fetched_item", "organization_id", "source", "item_key", unique=True),
    Index("ix_fetched_content", "organization_id", "content_hash"),
)

register_changes = Table(
    "register_changes",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("sequence", BigInteger(), primary_key=True, nullable=False, autoincrement=False),
    _delivery(),
    _whole("changed_count", comment="新增、变更、撤回的设备条数"),
)


def _result_column(name: str) -> Column[Any]:
    kind: dict[str, TypeEngine[Any]] = {"integer": BigInteger(), "real": Float(), "text": Text()}
    nullable = is_nullable(name)
    if name == "organization_id":
        reference: tuple[Any, ...] = (KEY, ForeignKey("organizations.organization_id"))
    elif name == "run_id":
        reference = (ROW_ID, ForeignKey("runs.run_id"))
    else:
        reference = (kind[kind_of(name)],)
    return Column(name, *reference, nullable=nullable, comment=RESULT_COLUMNS[name])


results = Table(
    "results",
    metadata,
    _id("result_id"),
    *(_result_column(name) for name in RESULT_COLUMNS),
    Index("ix_results_run", "organization_id", "run_id", "position", unique=True),
    Index(
        "ix_results_figure", "organization_id", "project", "indicator", "period", "known_sequence", "as_of", "run_id"
    ),
)

revisions = Table(
    "revisions",
    metadata,
    _id("revision_id"),
    _organization(),
    _text("project"),
    _text("period"),
    _whole("revision_no"),
    _whole("starts_at", comment="周期的开始，UTC 秒"),
    _whole("ends_at", comment="周期的结束（不含），UTC 秒"),
    _whole("sequence", comment="封账时的入库序号"),
    _whole("as_of", comment="截止时间，UTC 秒"),
    _text("configuration_hash"),
    _text("program_version"),
    _text("inputs_hash", comment="到入库序号为止全部交付（内容哈希、映射哈希）的哈希"),
    Column("run_id", ROW_ID, ForeignKey("runs.run_id"), nullable=False, comment="封账结果的批次"),
    _whole("closed_at"),
    _text("closed_by", nullable=True, comment="封账人"),
    _text("reason", nullable=True, comment="更正或带病封账的理由"),
    _text("remarks", nullable=True, comment="封账时尚未处理的事项，每行一句"),
    ForeignKeyConstraint(
        ["organization_id", "configuration_hash"],
        ["configurations.organization_id", "configurations.configuration_hash"],
    ),
    Index("ix_revisions_period", "organization_id", "project", "period", "revision_no", unique=True),
)

job_runs = Table(
    "job_runs",
    metadata,
    _id("job_run_id"),
    _organization(),
    _key("job"),
    _whole("slot", comment="应当运行的时刻"),
    _whole("started_at"),
    _whole("ended_at", nullable=True),
    _whole("milliseconds", nullable=True, comment="用时"),
    _text("outcome", comment="running、done、failed；begun 为起点，interrupted 为中途被终止"),
    _text("error", nullable=True, comment="失败的原因"),
    _text("detail", nullable=True, comment="下次运行要知道的，JSON 对象"),
    CheckConstraint("outcome IN ('running', 'done', 'failed', 'begun', 'interrupted')", name="outcome"),
    Index("ix_job_runs_slot", "organization_id", "job", "outcome", "slot"),
)

job_counts = Table(
    "job_counts",
    metadata,
    Column("organization_id", KEY, ForeignKey("organizations.organization_id"), primary_key=True, nullable=False),
    Column("job", KEY, primary_key=True, nullable=False),
    _whole("runs_count"),
    _whole("failures_count"),
    _whole("milliseconds"),
)

objections = Table(
    "objections",
    metadata,
    _id("objection_id"),
    _organization(),
    _whole("objection_no", comment="本单位的异议编号，从 1 起"),
    _text("project"),
    _text("indicator"),
    _text("period"),
    _text("vendor", comment="提出异议的运维服务商全称"),
    _text("statement", comment="异议内容"),
    _text("document_no", nullable=True, comment="来文文号"),
    _text("raised_on", comment="提出日期"),
    _whole("recorded_at"),
    Index("ix_objections_no", "organization_id", "objection_no", unique=True),
)

objection_decisions = Table(
    "objection_decisions",
    metadata,
    _id("decision_id"),
    _organization(),
    _whole("objection_no"),
    _text("decision", comment="accepted 采纳，partly 部分采纳，declined 不采纳，withdrawn 撤回"),
    _text("reason", comment="处理理由"),
    _text("decided_by"),
    _text("decided_on"),
    _whole("recorded_at"),
    CheckConstraint("decision IN ('accepted', 'partly', 'declined', 'withdrawn')", name="decision"),
    ForeignKeyConstraint(
        ["organization_id", "objection_no"], ["objections.organization_id", "objections.objection_no"]
    ),
    Index("ix_objection_decisions_no", "organization_id", "objection_no"),
)


def _record_table(record: RecordType) -> Table:
    """No foreign keys here: on PostgreSQL a trigger per row would double the time of a load."""
    return Table(
        record.name,
        metadata,
        _id("row_id"),
        Column("organization_id", KEY, nullable=False),
        _key("source"),
        _key("natural_key"),
        _whole("delivery_id"),
        _text("sheet", nullable=True),
        _whole("row_no", nullable=True),
        Column("row_hash", LargeBinary(), nullable=False),
        _text("flags", nullable=True),
        _whole("known_from"),
        _whole("known_until", nullable=True),
        *(Column(c.name, _TYPES[c.kind], nullable=not c.required) for c in record.columns),
        *_history(record.name, "natural_key"),
    )


#: Record name → table. Checks have none: they are a log of Parquet files.
RECORD_TABLES: dict[str, Table] = {
    record.name: _record_table(record) for record in RECORDS.values() if record.name != "uptime_check"
}
