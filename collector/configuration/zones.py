"""The names of time zones."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from collector.configuration.problems import nearest


def _known_zone(name: str) -> str:
    zones = available_timezones()
    if name not in zones:
        near = nearest(name, sorted(zones)) or "Asia/Shanghai"
        raise ValueError(f"没有名为“{name}”的时区，是否想写“{near}”")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
