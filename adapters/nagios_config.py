"""What a source of adapter ``nagios`` may configure."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from adapters.mapping import Name, Seconds
from adapters.monitoring_config import each_once
from metrics.indicators import Strict


class NagiosConfig(Strict):
    """Logs that Nagios has rotated away, and the one it writes."""

    #: Keys that decide nothing of how a log is read.
    connection: ClassVar[frozenset[str]] = frozenset(("folder", "current", "keep_replies", "max_megabytes"))

    folder: Name = Field(
        description="归档日志（nagios-月-日-年-时.log）所在的文件夹，相对于工作区或绝对路径，如 inbox/nagios"
    )
    current: Name | None = Field(None, description="正在写的 nagios.log；不写则只读归档的")
    assets: dict[Name, Name] = Field({}, description="主机名，或 “主机名;服务名” → 设备编号；服务只取列在这里的")
    hosts: Literal["take", "skip"] = Field(
        "take", description="没有列在 assets 中的主机：take 以主机名为编号，skip 不取"
    )
    soft: bool = Field(False, description="true：软状态（还在重试）也算；默认只看硬状态，与 Nagios 自己的报告一致")
    unreachable: Literal["down", "unknown"] = Field("down", description="主机 UNREACHABLE 算异常还是未知")
    staleness: Seconds = Field(
        93_600, gt=0, description="一条状态最长代表多久；Nagios 每次轮换日志时重记各状态，默认 26 小时"
    )
    downtime: Literal["ignore", "unapproved", "approved"] = Field(
        "unapproved", description="停机维护作为豁免入库：approved 视为已批准，unapproved 只登记，ignore 不取"
    )
    keep_replies: bool = Field(True, description="true：日志压缩存档，作为佐证；false：只记散列值")
    max_megabytes: int = Field(256, ge=1, le=4096, description="一个日志文件最大多少兆字节")

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {"uptime_check"} | ({"exclusion"} if self.downtime != "ignore" else set())

    @property
    def interval(self) -> None:
        """States are logged when they change: there is no interval."""
        return

    @model_validator(mode="after")
    def _each_asset_once(self) -> Self:
        each_once(self.assets)
        return self
