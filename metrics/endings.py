"""How a stretch of time that a record claims comes to its end."""

from __future__ import annotations

from enum import IntEnum


class Ending(IntEnum):
    """Kept as a number in columns; ``words`` says it to people."""

    OPEN = 0
    RESTORED = 1
    RESOLVED = 2
    REOPENED = 3
    ENDED = 4
    TICKET_ENDED = 5
    NORMAL_INSPECTION = 6
    DAY_ENDED = 7
    NEXT_CHECK = 8
    STALE = 9
    CHECKED_AGAIN = 10

    def words(self, own: str, by: str | None) -> str:
        """In Chinese; ``own`` names the record itself, ``by`` the record that ends it."""
        return _WORDS[self].format(own=own, by=by)


_WORDS = {
    Ending.OPEN: "截止时仍未结束",
    Ending.RESTORED: "{own} 恢复",
    Ending.RESOLVED: "{own} 解决",
    Ending.REOPENED: "{own} 再次打开",
    Ending.ENDED: "{own} 结束",
    Ending.TICKET_ENDED: "工单 {by} 结束",
    Ending.NORMAL_INSPECTION: "巡检 {by} 正常",
    Ending.DAY_ENDED: "当日结束",
    Ending.NEXT_CHECK: "下一次检测结果不同",
    Ending.STALE: "检测超过时效，其后无检测",
    Ending.CHECKED_AGAIN: "恢复检测",
}
