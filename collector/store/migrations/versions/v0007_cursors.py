"""How far each source was read from its server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("organization_id", _KEY, nullable=False),
        sa.Column("source", _KEY, nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "source", name="pk_cursors"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_cursors_organization_id"
        ),
    )


def downgrade() -> None:
    op.drop_table("cursors")
