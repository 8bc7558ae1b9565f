"""Closed periods stand: revisions say as of when and from what, results say of which revision; vendors' objections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_NEWEST_RUN = """
    SELECT x.run_id FROM results x
    WHERE x.organization_id = r.organization_id
      AND x.project = r.project AND x.indicator = r.indicator AND x.period = r.period
    ORDER BY x.known_sequence DESC, x.as_of DESC, x.run_id DESC
    LIMIT 1"""
_CLOSED_RUN = """
    SELECT v.run_id FROM revisions v
    WHERE v.organization_id = r.organization_id AND v.project = r.project AND v.period = r.period
    ORDER BY v.revision_no DESC
    LIMIT 1"""


def _views(run: str) -> dict[str, str]:
    current = f"SELECT * FROM results r WHERE run_id = {run}"
    return {
        "v_results_current": current,
        "v_results_total": f"{current} AND dimension = 'total'",
        "v_results_missed": f"{current} AND outcome IN ('missed', 'low_coverage')",
    }


_CLOSED = """
SELECT r.* FROM results r JOIN revisions v
  ON v.organization_id = r.organization_id AND v.project = r.project AND v.period = r.period AND v.run_id = r.run_id"""
_BEFORE = _views(f"({_NEWEST_RUN})")
_AFTER = {**_views(f"COALESCE(({_CLOSED_RUN}), ({_NEWEST_RUN}))"), "v_results_closed": _CLOSED}
#: Of table revisions before and after; nothing wrote it before.
_TEXTS_BEFORE, _WHOLE_BEFORE = "project period configuration_hash program_version", "revision_no sequence closed_at"
_TEXTS = f"{_TEXTS_BEFORE} inputs_hash"
_WHOLE = f"{_WHOLE_BEFORE} starts_at ends_at as_of"


def _columns(kind: Any, names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _replace_views(old: dict[str, str], new: dict[str, str], change: Any) -> None:
    for name in reversed(old):
        op.execute(f"DROP VIEW {name}")
    change()
    for name, query in new.items():
        op.execute(f"CREATE VIEW {name} AS {query}")


def upgrade() -> None:
    _create_objections()
    _replace_views(_BEFORE, _AFTER, _extend)


def _extend() -> None:
    op.add_column("results", sa.Column("revision_no", sa.BigInteger(), nullable=True))
    op.drop_table("revisions")
    _create_revisions(_TEXTS, _WHOLE, "closed_by reason remarks")


def _shrink() -> None:
    op.drop_table("revisions")
    _create_revisions(_TEXTS_BEFORE, _WHOLE_BEFORE, "")
    op.drop_column("results", "revision_no")


def downgrade() -> None:
    _replace_views(_AFTER, _BEFORE, _shrink)
    op.drop_table("objection_decisions")
    op.drop_table("objections")


def _create_revisions(texts: str, whole: str, optional: str) -> None:
    op.create_table(
        "revisions",
        *_columns(_ID, "revision_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.Text(), texts),
        *_columns(sa.BigInteger(), whole),
        *_columns(_ID, "run_id"),
        *_columns(sa.Text(), optional, nullable=True),
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
        "ix_revisions_period", "revisions", ["organization_id", "project", "period", "revision_no"], unique=True
    )


def _create_objections() -> None:
    op.create_table(
        "objections",
        *_columns(_ID, "objection_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.BigInteger(), "objection_no recorded_at"),
        *_columns(sa.Text(), "project indicator period vendor statement raised_on"),
        *_columns(sa.Text(), "document_no", nullable=True),
        sa.PrimaryKeyConstraint("objection_id", name="pk_objections"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_objections_organization_id"
        ),
    )
    op.create_index("ix_objections_no", "objections", ["organization_id", "objection_no"], unique=True)
    op.create_table(
        "objection_decisions",
        *_columns(_ID, "decision_id"),
        *_columns(_KEY, "organization_id"),
        *_columns(sa.BigInteger(), "objection_no recorded_at"),
        *_columns(sa.Text(), "decision reason decided_by decided_on"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_objection_decisions"),
        sa.CheckConstraint(
            "decision IN ('accepted', 'partly', 'declined', 'withdrawn')", name="ck_objection_decisions_decision"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_objection_decisions_organization_id"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "objection_no"],
            ["objections.organization_id", "objections.objection_no"],
            name="fk_objection_decisions_objection",
        ),
    )
    op.create_index("ix_objection_decisions_no", "objection_decisions", ["organization_id", "objection_no"])
