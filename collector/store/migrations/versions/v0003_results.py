"""Results with the views that people's tools read, and closed revisions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TWINNED = "numerator denominator actual coverage lower upper observed presumed"
_TEXTS = (
    "project indicator name level_codes period dimension dimension_value printed measure_unit target_period outcome "
    "definition_version calendar_state data_state as_of configuration_hash computed_at"
)
_CURRENT = """
SELECT * FROM results r
WHERE run_id = (
    SELECT x.run_id FROM results x
    WHERE x.organization_id = r.organization_id
      AND x.project = r.project AND x.indicator = r.indicator AND x.period = r.period
    ORDER BY x.known_sequence DESC, x.as_of DESC, x.run_id DESC
    LIMIT 1
)"""
_VIEWS = {
    "v_results_current": _CURRENT,
    "v_results_total": f"{_CURRENT} AND dimension = 'total'",
    "v_results_missed": f"{_CURRENT} AND outcome IN ('missed', 'low_coverage')",
}


def _columns(kind: Any, names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def upgrade() -> None:
    _create_results()
    _create_revisions()
    for name, query in _VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def _create_results() -> None:
    op.create_table(
        "results",
        *_columns(_ID, "result_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), _TEXTS),
        *_columns(sa.Text(), f"{_TWINNED} target printed_target parts notes weight known_at", nullable=True),
        *_columns(sa.BigInteger(), "evidence_count known_sequence position"),
        *_columns(_ID, "run_id"),
        *_columns(sa.Float(), " ".join(f"{name}_value" for name in _TWINNED.split()), nullable=True),
        sa.PrimaryKeyConstraint("result_id", name="pk_results"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_results_organization_id"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_results_run_id"),
    )
    op.create_index("ix_results_run", "results", ["organization_id", "run_id", "position"], unique=True)
    op.create_index(
        "ix_results_figure",
        "results",
        ["organization_id", "project", "indicator", "period", "known_sequence", "as_of", "run_id"],
    )


def _create_revisions() -> None:
    op.create_table(
        "revisions",
        *_columns(_ID, "revision_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), "project period configuration_hash program_version"),
        *_columns(sa.BigInteger(), "revision_no sequence closed_at"),
        *_columns(_ID, "run_id"),
        sa.PrimaryKeyConstraint("revision_id", name="pk_revisions"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_revisions_organization_id"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_revisions_run_id"),
        sa.ForeignKeyConstraint(
            ["organization_id", "configuration_hash"],
            ["configurations.organization_id", "configurations.configuration_hash"],
            name="fk_revisions_configuration",
        ),
    )
    op.create_index(
        "ix_revisions_period",
        "revisions",
        ["organization_id", "project", "period", "revision_no"],
        unique=True,
    )


def downgrade() -> None:
    for name in reversed(_VIEWS):
        op.execute(f"DROP VIEW {name}")
    op.drop_table("revisions")
    op.drop_table("results")
