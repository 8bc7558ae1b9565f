"""What a source of adapter ``request_tracker`` may configure."""

from __future__ import annotations

from pydantic import Field

from adapters.mapping import Words
from adapters.ticket_history import Statuses
from adapters.ticket_system_config import TicketSystemConfig


class RequestTrackerConfig(TicketSystemConfig):
    """Request Tracker 5, by its REST 2 interface."""

    queues: Words = Field((), description="只取这些队列的工单；不写为账号看得到的全部")
    responded_by_reply: bool = Field(False, description="true：服务商给报障人的第一次回复也算响应")

    @property
    def meanings(self) -> Statuses:
        """What the statuses mean; a deleted ticket is withdrawn unless it is said what it is."""
        if "deleted" in self.statuses.named:
            return self.statuses
        return self.statuses.model_copy(update={"cancelled": (*self.statuses.cancelled, "deleted")})

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"queues"}
