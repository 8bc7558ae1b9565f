"""One table per record type, with its lineage and its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CURRENT = sa.text("known_until IS NULL")
_SUPERSEDED = sa.text("known_until IS NOT NULL")
_KINDS: Mapping[str, Any] = {"": sa.Text(), "whole": sa.BigInteger(), "truth": sa.Boolean()}

#: Record → its columns: ``name[:kind][!]``, ``!`` for those that are never null.
_RECORDS: Mapping[str, str] = {
    "asset": (
        "asset_no! name aliases asset_class vendor site project in_service_from in_service_until probed:truth "
        "probed_from probed_until"
    ),
    "asset_assignment": "asset_no! from_on! until_on asset_class vendor site project",
    "ticket": (
        "ticket_no! kind channel title category asset_no asset_class vendor site project priority status "
        "engineer reporter reported_at:whole! responded_at:whole arrived_at:whole restored_at:whole "
        "resolved_at:whole closed_at:whole asset_unusable:truth cancelled:truth"
    ),
    "hold": "ticket_no! hold_from:whole! hold_to:whole side! reason",
    "ticket_cycle": "ticket_no! opened_at:whole! restored_at:whole resolved_at:whole",
    "inspection": (
        "inspection_no! kind! inspected_at:whole! asset_no asset_class vendor site project quantity:whole "
        "result engineer note"
    ),
    "inspection_plan": "plan_no! kind! due_from! due_until! asset_no vendor site project quantity:whole",
    "support_event": (
        "event_no! kind! started_at:whole! ended_at:whole asset_no vendor site project quantity:whole engineer case_no"
    ),
    "outage": "outage_no! asset_no! started_at:whole! ended_at:whole reason",
    "exclusion": (
        "exclusion_no! asset_no asset_class vendor site project started_at:whole! ended_at:whole! cause! "
        "approved:truth approver document_no registered_at:whole"
    ),
    "roster_entry": "entry_no! kind! name bandwidth vendor site project from_on! until_on quantity:whole",
    "survey": "survey_no! answered_on! question answer department vendor site project quantity:whole",
    "measurement": (
        "measurement_no! kind! measured_on! value! measure_unit entered_by! entered_at:whole! document! "
        "vendor site project asset_no"
    ),
    "budget_line": "line_no! project booked_on! kind! amount! source_of_funds document vendor",
}


def upgrade() -> None:
    for record, columns in _RECORDS.items():
        op.create_table(
            record,
            sa.Column("row_id", _ID, nullable=False),
            sa.Column("organization_id", _KEY, nullable=False),
            sa.Column("source", _KEY, nullable=False),
            sa.Column("natural_key", _KEY, nullable=False),
            sa.Column("delivery_id", sa.BigInteger(), nullable=False),
            sa.Column("sheet", sa.Text()),
            sa.Column("row_no", sa.BigInteger()),
            sa.Column("row_hash", sa.LargeBinary(), nullable=False),
            sa.Column("flags", sa.Text()),
            sa.Column("known_from", sa.BigInteger(), nullable=False),
            sa.Column("known_until", sa.BigInteger()),
            *(_column(word) for word in columns.split()),
            sa.PrimaryKeyConstraint("row_id", name=f"pk_{record}"),
        )
        op.create_index(
            f"ix_{record}_current",
            record,
            ["organization_id", "source", "natural_key"],
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        )
        op.create_index(
            f"ix_{record}_superseded",
            record,
            ["organization_id", "known_until"],
            sqlite_where=_SUPERSEDED,
            postgresql_where=_SUPERSEDED,
        )


def _column(word: str) -> sa.Column[Any]:
    name, _, kind = word.rstrip("!").partition(":")
    return sa.Column(name, _KINDS[kind], nullable=not word.endswith("!"))


def downgrade() -> None:
    for record in reversed(list(_RECORDS)):
        op.drop_table(record)
