"""What ``yunwei.yaml``, a holiday file and the outer keys of a source may hold.

Descriptions are what editors show for a key; they go into the JSON Schema.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from adapters.mapping import Seconds
from adapters.secrets import Secret
from collector.configuration.daemon import DaemonSettings
from collector.configuration.serving import ServeSettings
from collector.configuration.zones import Zone
from metrics.errors import ConfigError
from metrics.indicators import Dimension, Strict

if TYPE_CHECKING:
    from metrics.service_calendar import Hours, ServiceWindow

PeriodChoice = Literal["month", "quarter", "half", "year", "contract"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Name = Annotated[str, Field(min_length=1)]


class Organization(Strict):
    """The court or procuratorate whose figures these are."""

    id: Identifier = Field(description="单位的短代码，小写字母开头，写入每一条结果；启用后不要更改")
    name: Name = Field(description="单位全称，印在各种结果上")
    timezone: Zone = Field("Asia/Shanghai", description="单位所在时区；周期按此时区的零点划分")

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.timezone)


class Database(Strict):
    """Where records and results are kept."""

    url: str | Secret = Field(
        "sqlite:///data/yunwei.db",
        description="数据库地址：sqlite:///路径（相对于工作区），或 {env: 环境变量名}、{file: 路径}；口令不得写在此处",
    )


class Paths(Strict):
    """Folders, relative to the workspace unless absolute."""

    inbox: Name = Field("inbox", description="投递文件夹：服务商交来的文件放在这里")
    archive: Name = Field("data/archive", description="原件存档：每个文件按内容存一份，不得手工改动")
    checks: Name = Field("data/checks", description="拨测日志（Parquet）")
    output: Name = Field("output", description="导出的结果")


class Vendor(Strict):
    """A company that delivers."""

    id: Identifier = Field(description="运维服务商的短代码，供本配置引用")
    name: Name = Field(description="运维服务商的全称，写入记录的“运维服务商”一栏")


class ServiceWindowSettings(Strict):
    """A weekly pattern of service hours: ``days`` with ``hours``, or ``weekly`` with different hours."""

    days: str | None = Field(None, description="提供服务的星期，如 mon-fri、mon-sun、mon,wed,fri；与 hours 同用")
    hours: tuple[str, ...] | None = Field(None, description="每天的服务时段，如 08:30-12:00；全天为 00:00-24:00")
    weekly: dict[str, tuple[str, ...]] | None = Field(
        None, description="各天时段不同时用：星期（mon-fri、sat）→ 时段；没有写的星期不提供服务；不与 days、hours 同用"
    )
    follows_workdays: bool = Field(
        description="true：法定节假日不服务、调休上班日服务（如 5×8）；false：天天照常（如 7×24）"
    )

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.weekly is None and (self.days is None or self.hours is None):
            raise ValueError("应写 days 和 hours，或者只写 weekly")
        if self.weekly is not None and (self.days is not None or self.hours is not None):
            raise ValueError("weekly 不与 days、hours 同用")
        if not any(self.window().weekly):
            raise ValueError("至少要有一个服务时段")
        return self

    def window(self) -> ServiceWindow:
        """The pattern as service time is counted; ValueError in Chinese if it cannot be read."""
        from metrics.service_calendar import parse_window

        weekly = self.weekly if self.weekly is not None else {self.days or "": self.hours or ()}
        try:
            return parse_window(weekly, self.follows_workdays)
        except ConfigError as error:
            raise ValueError(error.fact) from None


def hours_of(texts: tuple[str, ...]) -> Hours:
    """Seconds of the day of ranges like ``09:00-12:00``; ValueError in Chinese if they cannot be read."""
    from metrics.service_calendar import parse_hours

    try:
        return parse_hours(texts)
    except ConfigError as error:
        raise ValueError(error.fact) from None


def _readable_hours(texts: tuple[str, ...]) -> tuple[str, ...]:
    hours_of(texts)
    return texts


DayHours = Literal["closed", "open"] | Annotated[tuple[str, ...], AfterValidator(_readable_hours)]


class CalendarSettings(Strict):
    """What differs from the national list of holidays."""

    holiday_files: tuple[Name, ...] = Field(
        (), description="节假日文件（相对于工作区），补充或取代程序自带的国务院办公厅放假安排"
    )
    overrides: dict[date, DayHours | dict[str, DayHours]] = Field(
        {},
        description="本单位单日的特殊安排：日期 → closed（停）、open（照常服务）或时段；也可按服务时间的名称分别写",
    )


def weekday_of(text: str) -> int:
    """Monday 0 … Sunday 6 of a date or of a weekday's name; ValueError in Chinese if it is neither."""
    from metrics.service_calendar import parse_days

    try:
        return date.fromisoformat(text).weekday()
    except ValueError:
        pass
    try:
        return parse_days(text)[0]
    except ConfigError:
        raise ValueError(f"“{text}”应为所补的放假日（如 2027-02-08）、星期（如 mon、周一）或留空") from None


def _replaced_day(text: str) -> str:
    weekday_of(text)
    return text


class HolidayFile(Strict):
    """The holidays and make-up workdays of one year, for networks that cannot wait for a package update."""

    year: int = Field(ge=2000, le=2100, description="年份")
    official: bool = Field(True, description="true：抄自正式公布的放假安排；false：暂定，用到它的数字都注明“暂定”")
    holidays: tuple[date, ...] = Field(description="放假的日期（周末可写可不写）")
    makeup_workdays: dict[date, Annotated[str, AfterValidator(_replaced_day)] | None] = Field(
        {}, description="调休上班日 → 它所补的那个放假日、星期，或留空（按星期一的时段）"
    )

    @model_validator(mode="after")
    def _one_year(self) -> Self:
        for day in (*self.holidays, *self.makeup_workdays):
            if day.year != self.year:
                raise ValueError(f"{day} 不在 {self.year} 年内")
        both = set(self.holidays) & set(self.makeup_workdays)
        if both:
            raise ValueError(f"{min(both)} 既是放假日又是调休上班日")
        return self


class ContractSettings(Strict):
    """The contract of a project."""

    no: str | None = Field(None, description="合同编号")
    starts_on: date = Field(description="合同开始日期（含当日）")
    ends_on: date = Field(description="合同截止日期；是否含当日见 end_date")
    end_date: Literal["inclusive", "exclusive"] = Field(
        "inclusive", description="截止日期是否计入：inclusive 含当日，exclusive 不含"
    )
    vendors: tuple[str, ...] = Field((), description="承担本合同的运维服务商的代码")


class MatchingSettings(Strict):
    """Which two systems hold the same tickets, and how they are told to be the same."""

    leads: Identifier = Field(description="以哪个数据来源的工单为准（代码），通常是院方自己的系统")
    others: tuple[Identifier, ...] = Field(min_length=1, description="哪些数据来源也记同样的工单（代码）")
    by: tuple[Literal["number", "asset"], ...] = Field(
        ("number", "asset"), min_length=1, description="怎样算同一工单：number 工单号相同，asset 同一设备且报障时间相近"
    )
    tolerance: Seconds = Field(
        1800, description="报障时间相差多少以内算相近，如 30分钟；所记的其他时间相差更多即列为矛盾"
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.leads in self.others:
            raise ValueError(f"“{self.leads}”既在 leads 又在 others 中，应只写一处")
        return self


class Project(Strict):
    """An operations project; indicators belong to it."""

    id: Identifier = Field(description="运维项目的短代码，供本配置引用，写入每一条结果")
    name: Name = Field(description="运维项目的名称")
    contract: ContractSettings = Field(description="合同")
    matching: MatchingSettings | None = Field(None, description="两个系统都记的工单怎样只计一次；不写为不核对")


class Compute(Strict):
    """What is computed in one run."""

    periods: tuple[PeriodChoice, ...] = Field(
        ("month", "quarter", "half", "year", "contract"),
        description="统计周期：month 月、quarter 季、half 半年、year 年、contract 整个合同期",
    )
    breakdowns: tuple[Dimension, ...] = Field(
        (), description="没有写 breakdowns 的指标默认再按哪些维度分列（公式不支持的维度自动略去）"
    )


class Output(Strict):
    """One thing written by ``yunwei export``."""

    publisher: str = Field(description="输出的种类")
    path: Name = Field(
        description="文件或文件夹的路径，相对于 paths.output；按周期写的输出须含 {period}，写出时换成周期，"
        "如 {period}月报.docx；多个运维项目时再含 {project}"
    )
    project: str | None = Field(None, description="只输出这个运维项目；不写为全部")
    periods: tuple[PeriodChoice, ...] = Field(
        (), description="按周期写的输出写哪些周期：month、quarter、half、year、contract；不写为月和年"
    )
    template: Name | None = Field(
        None, description="Word 模板（docx，相对于工作区），用本单位自己的版头；不写用程序自带的"
    )


class WorkspaceFile(Strict):
    """``yunwei.yaml``."""

    organization: Organization = Field(description="单位")
    database: Database = Field(Database(), description="数据库")
    paths: Paths = Field(Paths(), description="文件夹")
    vendors: tuple[Vendor, ...] = Field((), description="运维服务商")
    service_windows: dict[Name, ServiceWindowSettings] = Field({}, description="服务时间：名称 → 每周时段")
    calendar: CalendarSettings = Field(CalendarSettings(), description="节假日与本单位的特殊安排")
    projects: tuple[Project, ...] = Field(min_length=1, description="运维项目")
    compute: Compute = Field(Compute(), description="计算哪些周期和分列")
    outputs: tuple[Output, ...] = Field((), description="yunwei export 写出的文件")
    daemon: DaemonSettings = Field(DaemonSettings(), description="yunwei run 的各项任务和日志")
    serve: ServeSettings | None = Field(None, description="网页、/metrics 和推送接口；不写则 yunwei run 不提供")


class SourceSettings(Strict):
    """One configured input: outer keys, and the adapter's own in ``config``."""

    id: Identifier = Field(description="数据来源的短代码，写入每一条记录；启用后不要更改")
    name: Name = Field(description="数据来源的名称，供人阅读")
    adapter: str = Field(description="读取方式")
    vendor: str | None = Field(None, description="交付这些数据的运维服务商的代码；记录中没有服务商时用它")
    project: str | None = Field(None, description="这些数据所属运维项目的代码；记录中没有项目时用它")
    timezone: Zone | None = Field(None, description="文件中时间的时区；不写为单位所在时区")
    config: Any = None  # an instance of the adapter's own model
