"""What a source of adapter ``request_tracker`` may configure."""

from __future__ import annotations

from pydantic import Field

from adapters.mapping import Words
from adapters.ticket_system_config import TicketSystemConfig


class RequestTrackerConfig(TicketSystemConfig):
    """Request Tracker 5, by its REST 2 interface."""

    queues: Words = Field((), description="只取这些队列的工单；不写为账号看得到的全部")
    responded_by_reply: bool = Field(False, description="true：服务商给报障人的第一次回复也算响应")

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"queues"}
