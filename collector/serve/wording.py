"""Words of the status page: periods, spans of time, what was lost."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from metrics.error_budget import BudgetUnit

#: The periods that hold the as-of moment, as people call them.
PERIODS: Mapping[str, str] = {
    "month": "本月",
    "quarter": "本季",
    "half": "本半年",
    "year": "本年",
    "contract": "合同期",
}
_STEPS = ((86_400, "天"), (3600, "小时"), (60, "分钟"))


def duration(seconds: int) -> str:
    """``3天4小时``, ``2小时5分钟``, ``40秒``: the two largest units."""
    parts: list[str] = []
    rest = seconds
    for size, word in _STEPS:
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append(f"{count}{word}" if count else "")
        if len(parts) == 2:
            break
    return "".join(parts) or f"{seconds}秒"


def lost(amount: Fraction, unit: BudgetUnit) -> str:
    """Service seconds as a span of time, or device-days with one decimal; negative with its sign."""
    sign = "-" if amount < 0 else ""
    if unit == "device_days":
        tenths = int(abs(amount) * 10)
        return f"{sign if tenths else ''}{tenths // 10}.{tenths % 10} 设备天"
    return f"{sign}{duration(int(abs(amount)))}"
