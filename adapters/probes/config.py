"""What a source of adapter ``probe`` may configure: its rhythm, its targets, a probe of our own connectivity."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from adapters.mapping import Name, Seconds
from adapters.probes import PROBES
from adapters.probes.base import ProbeTarget
from metrics.indicators import Strict
from metrics.records import UPTIME_CHECK

if TYPE_CHECKING:
    AnyTarget = ProbeTarget
else:
    _EVERY = reduce(or_, (probe.config for probe in PROBES.values()))
    AnyTarget = Annotated[_EVERY, Field(discriminator="probe")]


class ProbeConfig(Strict):
    """Targets that we probe ourselves.

    ``self_contained``: a sealed hour is read without this configuration, so changing it changes no past hour.
    """

    self_contained: ClassVar[bool] = True

    interval: Seconds = Field(60, gt=0, description="每隔多久检测一次，如 1分钟")
    timeout: Seconds = Field(10, gt=0, description="一次检测最长多久，如 10秒")
    jitter: Seconds = Field(0, description="每次检测随机推迟至多多久，避免总在同一秒；各目标本来就错开")
    staleness: Seconds | None = Field(None, gt=0, description="一次检测最长代表多久；不写为各目标间隔的三倍")
    schedule: Name | None = Field(None, description="只在哪个服务时间内检测（service_windows 的名称）；不写为一直检测")
    connectivity: tuple[AnyTarget, ...] = Field(
        (), description="自身网络的探测：全部失败即自身断网，其间失败的检测记为未知；所列的间隔取最短的，默认 10 秒"
    )
    allow_commands: bool = Field(False, description="true：允许 command 探针运行本机程序")
    targets: tuple[AnyTarget, ...] = Field(min_length=1, description="检测的目标，每台设备一项")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_assets()
        for target in (*self.targets, *self.connectivity):
            place = _place(target)
            if target.probe == "command" and not self.allow_commands:
                raise ValueError(f"{place}要运行程序，须在本来源写明 allow_commands: true")
        for target in self.targets:
            longest = self.timeout_of(target) + self.jitter
            if longest > self.interval_of(target):
                raise ValueError(
                    f"{_place(target)}的 timeout 与 jitter 共 {longest} 秒，超过间隔 {self.interval_of(target)} 秒"
                )
        return self

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {UPTIME_CHECK.name}

    def interval_of(self, target: ProbeTarget) -> int:
        """Seconds between two checks of one target."""
        return target.interval or self.interval

    def timeout_of(self, target: ProbeTarget) -> int:
        """Seconds that one check of a target may take."""
        return target.timeout or self.timeout

    def staleness_of(self, target: ProbeTarget) -> int:
        """Seconds for which a check of one target holds (semantics 3)."""
        return self.staleness or 3 * self.interval_of(target)

    def _check_assets(self) -> None:
        if any(target.asset_no is not None for target in self.connectivity):
            raise ValueError("connectivity 检测的是自身网络，不写 asset_no")
        assets = [target.asset_no for target in self.targets]
        if None in assets:
            raise ValueError(f"targets 的第 {assets.index(None) + 1} 项没有写 asset_no（设备编号）")
        twice = _repeated(assets)
        if twice:
            raise ValueError(f"设备“{twice}”写了两次；同一设备的另一种检测应放在另一个来源")


def _place(target: ProbeTarget) -> str:
    return f"设备“{target.asset_no}”" if target.asset_no else "connectivity "


def _repeated(names: Iterable[str | None]) -> str | None:
    seen: set[str | None] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
