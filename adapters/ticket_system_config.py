"""What a source of a ticket system may configure, beside the system's own keys."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from adapters.http_config import HttpConfig
from adapters.json_mapping import JsonMapping
from adapters.mapping import Reading, Seconds
from adapters.ticket_history import Statuses

#: Column of the ticket record → expression into the ticket as its adapter tells it.
USUAL = {
    "ticket_no": "number",
    "title": "subject",
    "status": "status",
    "priority": "priority",
    "engineer": "owner",
    "reporter": "reporter",
    **{name: name for name in ("reported_at", "responded_at", "arrived_at", "restored_at", "resolved_at", "closed_at")},
    "cancelled": "cancelled",
}


class TicketFields(JsonMapping):
    """Which field of the system is which column; what is not named is taken as usual."""

    record: Literal["ticket"] = Field("ticket", description="记录类型：工单")

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("columns", {}), dict):
            return given
        own, fixed = given.get("columns", {}), given.get("constants") or {}
        usual = {name: [text] for name, text in USUAL.items() if name not in own and name not in fixed}
        return {**given, "columns": {**usual, **own}}


class TicketSystemConfig(HttpConfig, Reading):
    """A ticket system that keeps the history of its tickets."""

    statuses: Statuses = Field(description="各状态的含义")
    ticket: TicketFields = Field(
        default_factory=TicketFields, description="工单的字段：columns 写表达式，words、constants 等与其他来源相同"
    )
    overlap: Seconds = Field(600, description="每次多取上次结束之前多久的，如 10分钟")
    start: date | None = Field(None, description="第一次只取这一天起更新过的工单；不写为全部")
    page_size: int = Field(50, ge=1, le=100, description="一次取多少张工单")

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"overlap", "start", "page_size"}

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {"ticket", "hold", "ticket_cycle"}
