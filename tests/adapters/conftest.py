"""A reader of simple tickets, to which a test adds what it is about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.reading import Reader

TICKETS = """
{source}
tables:
  - record: ticket
    columns:
      ticket_no: [工单号, 编号]
      title: [标题]
      reported_at: [报修时间]
      arrived_at: [到场时间]
      resolved_at: [解决时间]
    {table}
"""

Tickets = Callable[..., Reader]


@pytest.fixture
def tickets(tmp_path: Path) -> Tickets:
    """``tickets(table="...", source="...")``: further keys of the table or of the source, as YAML."""

    def reader(table: str = "", source: str = "") -> Reader:
        return Reader(tmp_path, TICKETS.format(table=table, source=source))

    return reader
