"""What a source of adapter ``zabbix`` may configure."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.http_config import HttpConfig
from adapters.mapping import Name, Words
from adapters.monitoring_config import OwnRhythm
from metrics.indicators import Strict

Severity = Literal["not_classified", "information", "warning", "average", "high", "disaster"]
SEVERITIES: tuple[str, ...] = ("not_classified", "information", "warning", "average", "high", "disaster")


def _asset_from(text: str) -> str:
    kind, _, what = text.partition(":")
    if text in ("host", "name") or (kind in ("tag", "inventory") and what):
        return text
    raise ValueError(f"“{text}”应为 host（主机名）、name（可见名称）、tag:标签名 或 inventory:资产字段")


class ItemChecks(Strict):
    """Items whose values say whether the asset is up."""

    key: Name = Field(description="监控项的键值，如 icmpping")
    up: Words = Field(("1",), description="哪些值表示正常，其余为异常；如 [1]")


class ZabbixConfig(OwnRhythm, HttpConfig):
    """One Zabbix server, by its API."""

    start: date | None = Field(None, description="第一次从哪一天取起；不写则取保留的全部")
    groups: Words = Field((), description="只取这些主机组；不写为账号看得到的全部主机")
    asset: Annotated[str, AfterValidator(_asset_from)] = Field(
        "host", description="设备编号取自 host、name、tag:标签名 或 inventory:资产字段（如 inventory:asset_tag）"
    )
    assets: dict[Name, Name] = Field({}, description="个别主机：主机名 → 设备编号，优先于 asset")
    severity: Severity = Field("high", description="从哪一级起的问题算中断")
    tags: dict[Name, str] = Field({}, description="只有带这些标签的问题算中断，值为空表示任何值")
    hosts: bool = Field(False, description="true：主机也作为设备台账入库")
    services: dict[Name, Name] = Field({}, description="Zabbix 的服务名 → 设备编号；SLA 的数字和停机时段按它对应")
    maintenance: Literal["ignore", "unapproved", "approved"] = Field(
        "unapproved", description="维护期作为豁免入库：approved 视为已批准，unapproved 只登记，ignore 不取"
    )
    checks: ItemChecks | None = Field(None, description="把某个监控项的历史值当作拨测；不写为不取")
    sli: bool = Field(False, description="true：取 SLA 报告的数字作为第二意见，与本系统的比较；要写 services")

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"start", "groups"}

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        found = {"outage"}
        found |= {"asset"} if self.hosts else set()
        found |= {"exclusion"} if self.maintenance != "ignore" else set()
        found |= {"uptime_check"} if self.checks else set()
        return found | ({"measurement"} if self.sli else set())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.auth is None or self.auth.bearer is None:
            raise ValueError("Zabbix 用 API 令牌登录：auth 应写 {bearer: {env: 环境变量名}}")
        if self.sli and not self.services:
            raise ValueError("要取 SLA 的数字，须写 services（服务名 → 设备编号）")
        return self
