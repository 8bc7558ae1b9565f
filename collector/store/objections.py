"""Vendors' objections to figures and what was decided on them; nothing is updated, a later decision comes after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update

from collector.store.schema import objection_decisions, objections, organizations
from metrics.errors import UsageError

Decided = Literal["accepted", "partly", "declined", "withdrawn"]

DECISION_LABELS: dict[Decided, str] = {
    "accepted": "采纳",
    "partly": "部分采纳",
    "declined": "不采纳",
    "withdrawn": "服务商撤回",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; dates as ISO text, ``recorded_at`` in UTC seconds."""

    decision: Decided
    reason: str
    decided_by: str
    decided_on: str
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Objection:
    """What a vendor holds against a figure, with all decisions on it, the one that stands last."""

    objection_no: int
    project: str
    indicator: str
    period: str
    vendor: str
    statement: str
    document_no: str | None
    raised_on: str
    recorded_at: int
    decisions: tuple[Decision, ...] = ()

    @property
    def decided(self) -> str:
        """采纳, 不采纳 …; 未处理 while nothing is decided."""
        return DECISION_LABELS[self.decisions[-1].decision] if self.decisions else "未处理"


_NAMES = tuple(name for name in Objection.__dataclass_fields__ if name != "decisions")


def add(connection: Connection, organization_id: str, now: int, values: dict[str, Any]) -> int:
    """Record an objection; its number."""
    _lock(connection, organization_id)
    table = objections.c
    last = connection.scalar(select(func.max(table.objection_no)).where(table.organization_id == organization_id))
    number = (last or 0) + 1
    connection.execute(
        insert(objections).values(organization_id=organization_id, objection_no=number, recorded_at=now, **values)
    )
    return number


def decide(connection: Connection, organization_id: str, objection_no: int, now: int, values: dict[str, Any]) -> None:
    """Record a decision beside those made before.

    Raises:
        UsageError: there is no such objection.
    """
    table = objections.c
    known = select(table.objection_no).where(
        table.organization_id == organization_id, table.objection_no == objection_no
    )
    if connection.scalar(known) is None:
        raise UsageError(f"没有第 {objection_no} 号异议；用 yunwei objections list 查看")
    connection.execute(
        insert(objection_decisions).values(
            organization_id=organization_id, objection_no=objection_no, recorded_at=now, **values
        )
    )


def listed(connection: Connection, organization_id: str) -> list[Objection]:
    """All objections by number, with their decisions in the order in which they were recorded."""
    row = objection_decisions.c
    query = select(row.objection_no, *(row[name] for name in Decision.__dataclass_fields__)).where(
        row.organization_id == organization_id
    )
    decisions: dict[int, list[Decision]] = {}
    for number, *values in connection.execute(query.order_by(row.decision_id)):
        decisions.setdefault(number, []).append(Decision(*values))
    table = objections.c
    found = select(*(table[name] for name in _NAMES)).where(table.organization_id == organization_id)
    rows = connection.execute(found.order_by(table.objection_no)).mappings()
    return [Objection(**row, decisions=tuple(decisions.get(row["objection_no"], ()))) for row in rows]


def _lock(connection: Connection, organization_id: str) -> None:
    """Numbers have no gaps and no doubles: one writer at a time."""
    mine = organizations.c.organization_id == organization_id
    connection.execute(update(organizations).where(mine).values(sequence=organizations.c.sequence))
