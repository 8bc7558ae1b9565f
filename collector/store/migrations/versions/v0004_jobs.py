"""What the daemon did: the runs of its jobs, and their counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("job_run_id", _ID, nullable=False),
        sa.Column("organization_id", _KEY, nullable=False),
        sa.Column("job", _KEY, nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('running', 'done', 'failed', 'begun', 'interrupted')", name="ck_job_runs_outcome"
        ),
        sa.PrimaryKeyConstraint("job_run_id", name="pk_job_runs"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_job_runs_organization_id"
        ),
    )
    op.create_index("ix_job_runs_slot", "job_runs", ["organization_id", "job", "outcome", "slot"])
    op.create_table(
        "job_counts",
        sa.Column("organization_id", _KEY, nullable=False),
        sa.Column("job", _KEY, nullable=False),
        sa.Column("runs_count", sa.BigInteger(), nullable=False),
        sa.Column("failures_count", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "job", name="pk_job_counts"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_job_counts_organization_id"
        ),
    )


def downgrade() -> None:
    op.drop_table("job_counts")
    op.drop_table("job_runs")
