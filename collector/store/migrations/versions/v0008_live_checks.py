"""Checks as they come: rounds not yet sealed, the newest interval of each target apart, and a narrow index."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CURRENT, _SUPERSEDED = sa.text("known_until IS NULL"), sa.text("known_until IS NOT NULL")
_SERIES = "organization_id, source, asset_no, interval_seconds, staleness_seconds"
_STATE = "CASE state WHEN 'up' THEN 0 WHEN 'down' THEN 1 ELSE 2 END"
_WORD = "CASE state WHEN 0 THEN 'up' WHEN 1 THEN 'down' ELSE 'unknown' END"
_NEWEST = """
    known_until IS NULL AND NOT EXISTS (
        SELECT 1 FROM old_intervals x
        WHERE x.organization_id = o.organization_id AND x.source = o.source AND x.asset_no = o.asset_no
          AND x.known_until IS NULL AND x.first_at > o.first_at
    )"""


def _columns(kind: Any, names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id"], ["organizations.organization_id"], name=f"fk_{table}_organization_id"
    )


def upgrade() -> None:
    op.create_index("ix_runs_kind", "runs", ["organization_id", "kind", "started_at"])
    _rename("state_intervals", "old_intervals")
    _create_index()
    _create_live()
    op.execute(f"INSERT INTO check_series ({_SERIES}) SELECT DISTINCT {_SERIES} FROM old_intervals")
    joined = f"old_intervals o JOIN check_series s USING ({_SERIES})"
    op.execute(
        "INSERT INTO state_intervals (series_id, state, first_at, last_at, check_count, known_from, known_until)"
        f" SELECT series_id, {_STATE}, first_at, last_at, check_count, known_from, known_until"
        f" FROM {joined} WHERE NOT ({_NEWEST}) ORDER BY row_id"
    )
    op.execute(
        "INSERT INTO open_intervals (series_id, state, first_at, last_at, check_count, known_from)"
        f" SELECT series_id, {_STATE}, first_at, last_at, check_count, known_from FROM {joined} WHERE {_NEWEST}"
    )
    op.execute(
        "INSERT INTO check_sources (organization_id, source, version)"
        " SELECT DISTINCT organization_id, source, 1 FROM check_series"
    )
    op.drop_table("old_intervals")


def _rename(table: str, name: str) -> None:
    op.rename_table(table, name)
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT pk_{table} TO pk_{name}")


def _create_index() -> None:
    op.create_table(
        "check_series",
        *_columns(_ID, "series_id"),
        *_columns(_KEY, "organization_id source asset_no"),
        *_columns(sa.BigInteger(), "interval_seconds staleness_seconds"),
        sa.PrimaryKeyConstraint("series_id", name="pk_check_series"),
        _organization("check_series"),
    )
    op.create_index("ix_check_series_target", "check_series", _SERIES.split(", "), unique=True)
    op.create_table(
        "state_intervals",
        *_columns(_ID, "row_id"),
        *_columns(sa.BigInteger(), "series_id"),
        *_columns(sa.SmallInteger(), "state"),
        *_columns(sa.BigInteger(), "first_at last_at check_count known_from"),
        *_columns(sa.BigInteger(), "known_until", nullable=True),
        sa.PrimaryKeyConstraint("row_id", name="pk_state_intervals"),
    )
    op.create_index("ix_state_intervals_series", "state_intervals", ["series_id"], sqlite_where=sa.text("0"))
    op.create_table(
        "open_intervals",
        sa.Column("series_id", _ID, nullable=False, autoincrement=False),
        *_columns(sa.SmallInteger(), "state"),
        *_columns(sa.BigInteger(), "first_at last_at check_count known_from"),
        sa.PrimaryKeyConstraint("series_id", name="pk_open_intervals"),
    )


def _create_live() -> None:
    op.create_table(
        "check_sources",
        *_columns(_KEY, "organization_id source"),
        *_columns(sa.BigInteger(), "version"),
        *_columns(sa.BigInteger(), "retired_before", nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "source", name="pk_check_sources"),
        _organization("check_sources"),
    )
    op.create_table(
        "live_rounds",
        *_columns(_ID, "round_id"),
        *_columns(_KEY, "organization_id source"),
        *_columns(sa.BigInteger(), "hour check_count received_at"),
        *_columns(sa.LargeBinary(), "checks"),
        sa.PrimaryKeyConstraint("round_id", name="pk_live_rounds"),
        _organization("live_rounds"),
    )
    op.create_index("ix_live_rounds_hour", "live_rounds", ["organization_id", "source", "hour"])


def downgrade() -> None:
    _rename("state_intervals", "new_intervals")
    op.create_table(
        "state_intervals",
        *_columns(_ID, "row_id"),
        *_columns(_KEY, "organization_id source asset_no"),
        *_columns(sa.Text(), "state"),
        *_columns(sa.BigInteger(), "first_at last_at interval_seconds staleness_seconds check_count known_from"),
        *_columns(sa.BigInteger(), "known_until", nullable=True),
        sa.PrimaryKeyConstraint("row_id", name="pk_state_intervals"),
    )
    columns = f"{_SERIES}, state, first_at, last_at, check_count, known_from, known_until"
    for table, until in (("new_intervals", "known_until"), ("open_intervals", "CAST(NULL AS BIGINT)")):
        op.execute(
            f"INSERT INTO state_intervals ({columns}) SELECT {_SERIES}, {_WORD}, first_at, last_at, check_count,"
            f" known_from, {until} FROM {table} JOIN check_series USING (series_id)"
        )
    for table in ("new_intervals", "open_intervals", "check_series", "check_sources", "live_rounds"):
        op.drop_table(table)
    op.create_index(
        "ix_state_intervals_current",
        "state_intervals",
        ["organization_id", "source", "asset_no", "first_at"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_index(
        "ix_state_intervals_superseded",
        "state_intervals",
        ["organization_id", "known_until"],
        sqlite_where=_SUPERSEDED,
        postgresql_where=_SUPERSEDED,
    )
    op.drop_index("ix_runs_kind", "runs")
