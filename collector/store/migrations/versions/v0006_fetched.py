"""What was fetched from mailboxes and servers, so that each file comes once, and who sent it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "fetched",
        sa.Column("fetched_id", _ID, nullable=False),
        *(sa.Column(name, _KEY, nullable=False) for name in ("organization_id", "source", "item_key")),
        sa.Column("state", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("name", "content_hash")),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('brought', 'duplicate', 'refused', 'seen')", name="ck_fetched_state"),
        sa.PrimaryKeyConstraint("fetched_id", name="pk_fetched"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name="fk_fetched_organization_id"
        ),
    )
    op.create_index("ix_fetched_item", "fetched", ["organization_id", "source", "item_key"], unique=True)
    op.create_index("ix_fetched_content", "fetched", ["organization_id", "content_hash"])


def downgrade() -> None:
    op.drop_table("fetched")
