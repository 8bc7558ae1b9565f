"""What a source of adapter ``redmine`` may configure."""

from __future__ import annotations

from pydantic import Field

from adapters.mapping import Name
from adapters.ticket_system_config import TicketSystemConfig


class RedmineConfig(TicketSystemConfig):
    """Redmine 5, by its REST interface."""

    redmine_project: Name | None = Field(
        None, description="只取 Redmine 中这个项目（标识）及其子项目的工单；不写为账号看得到的全部"
    )

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"redmine_project"}
