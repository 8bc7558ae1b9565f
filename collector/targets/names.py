"""Ids for indicators: by what they are called, so that the same name has the same id in every project."""

from __future__ import annotations

import re
from collections.abc import Mapping

from collector.targets.joined import plain

_SUBJECTS: tuple[tuple[str, str], ...] = (
    ("应用系统|业务系统|信息系统|运维系统", "system"),
    ("网络", "network"),
    ("服务器", "server"),
    ("硬件", "hardware"),
    ("办公设备|终端|桌面|电脑", "office"),
    ("法庭", "courtroom"),
    ("庭审", "hearing"),
    ("网站|门户", "website"),
    ("链路|线路|专线|宽带", "line"),
    ("数据库", "database"),
    ("机房", "machine_room"),
    ("等级保护|等保", "mlps"),
    ("重大", "major"),
    ("紧急", "urgent"),
    ("直播", "broadcast"),
    ("会议", "conference"),
    ("干警|内部", "staff"),
    ("当事人|公众|群众", "public"),
)
_TAILS: Mapping[str, str] = {
    "availability": "availability",
    "outage_count": "outages",
    "mean_outage_duration": "mean_outage",
    "mean_time_between_failures": "mtbf",
    "score": "score",
    "response": "timely_response",
    "arrival": "timely_arrival",
    "resolution": "timely_rate",
    "inspection": "inspections",
    "support_event": "support",
    "ticket": "tickets",
}


class Ids:
    """Gives ids; asked twice for one name it gives the same one."""

    def __init__(self) -> None:
        self._by_name: dict[str, str] = {}

    def give(self, name: str, formula: str | None, variant: str) -> str:
        """The id for an indicator called ``name``: its subject and formula in English, else its number."""
        key = plain(name)
        if key not in self._by_name:
            self._by_name[key] = self._free(_wanted(key, formula, variant))
        return self._by_name[key]

    def _free(self, wanted: str | None) -> str:
        taken = set(self._by_name.values())
        if wanted is None:
            return f"indicator_{len(taken) + 1}"
        number, free = 2, wanted
        while free in taken:
            free, number = f"{wanted}_{number}", number + 1
        return free


def _wanted(name: str, formula: str | None, variant: str) -> str | None:
    if formula is None:
        return None
    tail = _TAILS.get(variant) or _TAILS.get(formula, formula)
    if formula in ("satisfaction", "roster"):
        tail = variant or formula
    subject = next((word for pattern, word in _SUBJECTS if re.search(pattern, name)), None)
    if subject is None or subject in tail.split("_"):
        return tail
    return f"{subject}_{tail}"
