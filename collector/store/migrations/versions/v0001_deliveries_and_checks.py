"""Organisations, runs, deliveries, rejections and the index over checks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CURRENT = sa.text("known_until IS NULL")
_SUPERSEDED = sa.text("known_until IS NOT NULL")


def _fk(table: str, columns: list[str], target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        columns, [f"{target}.{_target(column)}" for column in columns], name=f"fk_{table}_{columns[0]}"
    )


def _target(column: str) -> str:
    return "delivery_id" if column == "resolved_by" else column


def _organization(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id"], ["organizations.organization_id"], name=f"fk_{table}_organization_id"
    )


def _pk(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _columns(kind: Any, names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def upgrade() -> None:
    _create_organizations()
    _create_deliveries()
    _create_rejections()
    _create_checks()


def _create_organizations() -> None:
    op.create_table(
        "organizations",
        *_columns(_KEY, "organization_id"),
        sa.Column("sequence", sa.BigInteger(), nullable=False, server_default="0"),
        _pk("organizations", "organization_id"),
    )
    op.create_table(
        "configurations",
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), "configuration_hash snapshot"),
        *_columns(sa.BigInteger(), "recorded_at"),
        _pk("configurations", "organization_id", "configuration_hash"),
        _organization("configurations"),
    )
    op.create_table(
        "runs",
        *_columns(_ID, "run_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), "kind configuration_hash program_version outcome"),
        *_columns(sa.BigInteger(), "started_at"),
        *_columns(sa.BigInteger(), "ended_at", nullable=True),
        _pk("runs", "run_id"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.organization_id"], name="fk_runs_organization_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "configuration_hash"],
            ["configurations.organization_id", "configurations.configuration_hash"],
            name="fk_runs_configuration",
        ),
    )


def _create_deliveries() -> None:
    op.create_table(
        "contents",
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), "content_hash"),
        *_columns(sa.BigInteger(), "size_bytes archived_at"),
        _pk("contents", "organization_id", "content_hash"),
        _organization("contents"),
    )
    counts = "read_count accepted_count unchanged_count superseding_count rejected_count set_aside_count"
    op.create_table(
        "deliveries",
        *_columns(_ID, "delivery_id"),
        *_columns(_KEY, "organization_id source"),
        *_columns(sa.Text(), "name content_hash mapping_hash kind state set_aside_kinds"),
        *_columns(sa.Text(), "refusal", nullable=True),
        *_columns(_ID, "run_id"),
        *_columns(sa.BigInteger(), f"size_bytes modified_at sequence recorded_at {counts} withdrawn_count"),
        _pk("deliveries", "delivery_id"),
        _organization("deliveries"),
        _fk("deliveries", ["run_id"], "runs"),
        sa.ForeignKeyConstraint(
            ["organization_id", "content_hash"],
            ["contents.organization_id", "contents.content_hash"],
            name="fk_deliveries_content",
        ),
        sa.CheckConstraint("kind IN ('file', 'retry', 'correction')", name="ck_deliveries_kind"),
        sa.CheckConstraint("state IN ('read', 'refused')", name="ck_deliveries_state"),
        sa.CheckConstraint(
            "read_count = accepted_count + unchanged_count + superseding_count + rejected_count + set_aside_count",
            name="ck_deliveries_accounting",
        ),
    )
    op.create_index("ix_deliveries_sequence", "deliveries", ["organization_id", "sequence"], unique=True)
    op.create_index("ix_deliveries_content", "deliveries", ["organization_id", "source", "content_hash"])
    op.create_table(
        "register_changes",
        *_columns(_KEY, "organization_id"),
        *_columns(sa.BigInteger(), "sequence"),
        *_columns(_ID, "delivery_id"),
        *_columns(sa.BigInteger(), "changed_count"),
        _pk("register_changes", "organization_id", "sequence"),
        _organization("register_changes"),
        _fk("register_changes", ["delivery_id"], "deliveries"),
    )


def _create_rejections() -> None:
    op.create_table(
        "rejections",
        *_columns(_ID, "rejection_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(_ID, "delivery_id"),
        *_columns(sa.Text(), "record sheet header field value code reason raw key", nullable=True),
        *_columns(sa.BigInteger(), "row_no", nullable=True),
        *_columns(sa.Text(), "state"),
        *_columns(_ID, "resolved_by", nullable=True),
        _pk("rejections", "rejection_id"),
        _organization("rejections"),
        _fk("rejections", ["delivery_id"], "deliveries"),
        _fk("rejections", ["resolved_by"], "deliveries"),
        sa.CheckConstraint("state IN ('open', 'resolved')", name="ck_rejections_state"),
    )
    op.create_index("ix_rejections_state", "rejections", ["organization_id", "state", "delivery_id"])


def _create_checks() -> None:
    op.create_table(
        "check_partitions",
        *_columns(_ID, "partition_id"),
        *_columns(_KEY, "organization_id source"),
        *_columns(_ID, "delivery_id"),
        *_columns(sa.Text(), "day path sha256"),
        *_columns(sa.BigInteger(), "check_count first_at last_at known_from"),
        *_columns(sa.BigInteger(), "known_until", nullable=True),
        _pk("check_partitions", "partition_id"),
        _organization("check_partitions"),
        _fk("check_partitions", ["delivery_id"], "deliveries"),
    )
    op.create_index("ix_check_partitions_day", "check_partitions", ["organization_id", "source", "day"])
    op.create_table(
        "state_intervals",
        *_columns(_ID, "row_id"),
        *_columns(_KEY, "organization_id source asset_no"),
        *_columns(sa.Text(), "state"),
        *_columns(sa.BigInteger(), "first_at last_at interval_seconds staleness_seconds check_count known_from"),
        *_columns(sa.BigInteger(), "known_until", nullable=True),
        _pk("state_intervals", "row_id"),
    )
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


def downgrade() -> None:
    for table in (
        "state_intervals",
        "check_partitions",
        "rejections",
        "register_changes",
        "deliveries",
        "contents",
        "runs",
        "configurations",
        "organizations",
    ):
        op.drop_table(table)
