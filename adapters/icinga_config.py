"""What a source of adapter ``icinga`` may configure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.http_config import HttpConfig
from adapters.mapping import Name, Seconds
from adapters.monitoring_config import OwnRhythm, each_once


def _asset_from(text: str) -> str:
    if text in ("none", "host") or (text.startswith("vars:") and len(text) > 5):
        return text
    raise ValueError(f"“{text}”应为 vars:变量名、host（主机以主机名为编号）或 none（只取 assets 所列的）")


class IcingaConfig(OwnRhythm, HttpConfig):
    """One Icinga 2, by its API."""

    asset: Annotated[str, AfterValidator(_asset_from)] = Field(
        "vars:asset_no", description="设备编号取自 vars:变量名；host 为主机以主机名为编号；none 为只取 assets 所列的"
    )
    assets: dict[Name, Name] = Field({}, description="主机名，或 “主机名!服务名” → 设备编号，优先于 asset")
    listen: Seconds = Field(
        50, le=3600, description="每次采集收听事件流多久，如 50秒；0 为只看当时的状态。没有收听的时间里漏掉的检测为未知"
    )
    downtime: Literal["ignore", "unapproved", "approved"] = Field(
        "unapproved", description="停机维护作为豁免入库：approved 视为已批准，unapproved 只登记，ignore 不取"
    )

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"listen"}

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {"uptime_check"} | ({"exclusion"} if self.downtime != "ignore" else set())

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.auth is None or self.auth.basic is None:
            raise ValueError("Icinga 的 ApiUser 用口令登录：auth 应写 {basic: {user: …, password: {env: …}}}")
        each_once(self.assets)
        return self
