"""What ``daemon:`` in ``yunwei.yaml`` may hold: when each job of ``yunwei run`` is due, and how it logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from adapters.mapping import Seconds
from collector.configuration.schedules import parse_schedule
from collector.configuration.zones import Zone
from metrics.errors import ConfigError
from metrics.indicators import Strict

#: Job → what it is called and when it is due unless configured; in the order in which they belong.
JOBS: Mapping[str, tuple[str, str]] = {
    "ingest": ("采集", "10分钟"),
    "seal": ("封存拨测", "2 * * * *"),
    "compute": ("计算", "5 * * * *"),
    "day_end": ("日终计算", "每天 00:20"),
    "publish": ("发布", "每天 06:30"),
    "month_end": ("月末导出", "每月1日 07:00"),
    "housekeeping": ("日常维护", "每天 03:40"),
}


def _readable(text: str) -> str:
    try:
        parse_schedule(text, ZoneInfo("UTC"))
    except ConfigError as error:
        raise ValueError(error.fact) from None
    return text


class JobSettings(Strict):
    """When one job is due."""

    schedule: Annotated[str, AfterValidator(_readable)] | None = Field(
        None,
        description="何时运行：间隔（10分钟）、每天 06:30、每周一 08:00、每月1日 07:00，"
        "或五段的 cron 写法（分 时 日 月 星期）；不写为默认",
    )
    timezone: Zone | None = Field(None, description="按哪个时区；不写为 daemon.timezone")
    jitter: Seconds = Field(0, description="每次随机推迟至多多久，如 2分钟，避免多台服务器同时动作")
    enabled: bool = Field(True, description="false：不运行")


class Jobs(Strict):
    """One entry a job; the keys are those of ``JOBS``."""

    ingest: JobSettings = Field(JobSettings(), description="采集：各来源都用它，除非在 sources 中另写；默认每 10分钟")
    seal: JobSettings = Field(JobSettings(), description="封存拨测：把过去的整小时封存为一次交付；默认每小时第 2 分")
    compute: JobSettings = Field(JobSettings(), description="计算未结束的周期，有新交付时全部重算；默认每小时第 5 分")
    day_end: JobSettings = Field(JobSettings(), description="日终计算：一天结束后再算一次当天的周期；默认每天 00:20")
    publish: JobSettings = Field(JobSettings(), description="发布：写出 outputs 中的各项；默认每天 06:30")
    month_end: JobSettings = Field(
        JobSettings(), description="月末导出：上个月的 outputs 另存到输出文件夹下以月份命名的文件夹；默认每月1日 07:00"
    )
    housekeeping: JobSettings = Field(
        JobSettings(), description="日常维护：合并与清理拨测日志、抽查原件存档、清理旧的中间结果；默认每天 03:40"
    )


class DaemonSettings(Strict):
    """How ``yunwei run`` works."""

    timezone: Zone | None = Field(None, description="各项任务按哪个时区；不写为单位所在时区")
    log: Literal["keyvalue", "json"] = Field("keyvalue", description="日志写法：keyvalue 键=值，json 每行一个 JSON")
    jobs: Jobs = Field(Jobs(), description="各项任务何时运行")
    sources: dict[str, JobSettings] = Field({}, description="个别来源的采集：数据来源的代码 → 何时运行")
    keep_checks: Seconds = Field(
        800 * 86_400,
        description="拨测日志保留多久，如 800天；更早的清理，封账引用的一直保留；状态区间不清理",
    )
    keep_results: Seconds = Field(
        31 * 86_400, ge=86_400, description="中间结果保留多久，如 31天；更早的每天只留最后一次，封账引用的一直保留"
    )

    @field_validator("keep_checks")
    @classmethod
    def _longer_than_a_month(cls, seconds: int) -> int:
        if seconds < 35 * 86_400:
            raise ValueError("至少 35天，否则上月的检测还没有封账就清理了")
        return seconds
