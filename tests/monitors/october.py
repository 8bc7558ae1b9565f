"""October 2026 (+08:00): three outages, two of them across the month's edges, and a maintenance window.

Outages 30 Sep 23:30-1 Oct 00:30, 10 Oct 01:00-03:00, 31 Oct 23:50-1 Nov 00:10; excluded 10 Oct 02:00-04:00.
Within October: down 30 + 60 (the hour that is not excluded) + 10 minutes = 6,000 s; required 31 days - 2 hours =
2,671,200 s; up 2,665,200 s; 2,665,200 / 2,671,200 = 99.77538185085355%.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    """UTC seconds of a local ``MM-DD HH:MM`` of 2026."""
    return int(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI).timestamp())


FIRST, LAST = at("10-01 00:00"), at("11-01 00:00")
OUTAGES = [
    (at("09-30 23:30"), at("10-01 00:30")),
    (at("10-10 01:00"), at("10-10 03:00")),
    (at("10-31 23:50"), at("11-01 00:10")),
]
MAINTENANCE = (at("10-10 02:00"), at("10-10 04:00"))
UP_SECONDS, REQUIRED_SECONDS = 2_665_200, 2_671_200
PERCENT = 99.77538185085355
