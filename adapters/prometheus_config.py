"""What a source of adapter ``prometheus`` may configure; VictoriaMetrics speaks the same."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.http_config import HttpConfig
from adapters.mapping import Name, Seconds

_MATCHERS = r"""\{(?:[^{}"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\}"""
_SELECTOR = re.compile(rf"[a-zA-Z_:][a-zA-Z0-9_:]*(?:{_MATCHERS})?|{_MATCHERS}")


def is_selector(query: str) -> bool:
    """Whether it names series as they are stored (``probe_success{job="oa"}``) and computes nothing."""
    return _SELECTOR.fullmatch(query.strip()) is not None


def _answers_label(text: str) -> str:
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", text):
        raise ValueError(f"“{text}”不是标签名，应为如 instance")
    return text


class PrometheusConfig(HttpConfig):
    """Uptime checks out of Prometheus or VictoriaMetrics."""

    query: Name = Field(
        "probe_success", description="指标或表达式；值等于 up 的为正常。不要用 up 指标：它说的是探针还活着"
    )
    up: float = Field(1, description="哪个值表示正常，其余为异常")
    interval: Seconds = Field(gt=0, description="多久一个样本（抓取间隔），如 1分钟；表达式按它取点")
    staleness: Seconds | None = Field(None, description="一个样本最长代表多久；不写为间隔的三倍，更久为未知")
    asset: Annotated[Name, AfterValidator(_answers_label)] = Field("instance", description="设备编号取自哪个标签")
    assets: dict[Name, Name] = Field({}, description="标签值 → 设备编号；没有列出的就用标签值本身")
    others: Literal["take", "skip"] = Field("take", description="没有列在 assets 中的：take 照取，skip 不取（另计）")
    start: date | None = Field(None, description="第一次从哪一天取起；不写为 30 天前")
    overlap: Seconds = Field(600, description="每次多取上次结束之前多久的，如 10分钟")
    chunk: Seconds = Field(21_600, gt=0, description="一次请求取多长一段，如 6小时；太满时自动减半")

    @property
    def connection(self) -> frozenset[str]:
        """Keys that decide nothing of how a reply is read."""
        return super().connection | {"start", "overlap", "chunk"}

    @property
    def records(self) -> set[str]:
        """Record types that the source may deliver."""
        return {"uptime_check"}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if re.fullmatch(r"up(\{.*\})?", self.query.strip()):
            raise ValueError("query 不能是 up：目标坏了而探针活着时它仍是 1；请用 probe_success")
        if self.others == "skip" and not self.assets:
            raise ValueError("不取其余的（skip）时要写 assets（标签值 → 设备编号）")
        if self.chunk < 2 * self.interval:
            raise ValueError(f"chunk（{self.chunk} 秒）应至少为 interval（{self.interval} 秒）的两倍")
        return self
