"""What a source of adapter ``push`` may configure: who may hand checks in, how many, and in which rhythm they come."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from adapters.mapping import Name, Seconds, Words
from adapters.secrets import Secret
from metrics.indicators import Strict
from metrics.records import UPTIME_CHECK

State = Literal["up", "down", "unknown"]


class PushConfig(Strict):
    """Checks that a vendor's own monitor hands in over HTTP.

    ``self_contained``: a sealed hour is read without this configuration, so changing it changes no past hour.
    """

    self_contained: ClassVar[bool] = True

    token: Secret = Field(description="推送方的令牌，写 env 或 file；请求头 Authorization: Bearer 令牌")
    interval: Seconds = Field(60, gt=0, description="推送方每隔多久检测一次，如 1分钟")
    staleness: Seconds | None = Field(None, gt=0, description="一次检测最长代表多久；不写为间隔的三倍，过后记为未知")
    assets: Words = Field((), description="只收这些设备的检测（设备编号）；不写为不限")
    rate_limit: int = Field(60, gt=0, description="每分钟最多推送几次，超过的请推送方稍后再送")
    max_body: int = Field(1_000_000, ge=1_000, le=50_000_000, description="一次推送最多多少字节")
    states: dict[Name, State] = Field({}, description="推送方的状态写法 → up、down、unknown，补充内置的写法")

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {UPTIME_CHECK.name}

    @property
    def held_for(self) -> int:
        """Seconds for which a check holds (semantics 3)."""
        return self.staleness or 3 * self.interval
