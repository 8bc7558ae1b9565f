"""What a record is: one declaration per type, from which tables, validation and documents follow.

A frame of records holds the columns of its type, in the order declared, with these physical types:

========  ============================  ==========================================================
kind      pandas dtype                  content
========  ============================  ==========================================================
text      ``string[pyarrow]`` (Arrow)   trimmed, never empty (empty is null)
code      as text                       one of ``Column.choices``
date      as text                       ``YYYY-MM-DD``
decimal   as text                       canonical decimal: no exponent, no ``+``, no trailing zeros
instant   ``int64[pyarrow]``            seconds since 1970-01-01T00:00:00Z
integer   ``int64[pyarrow]``            whole number
boolean   ``bool[pyarrow]``
========  ============================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # pandas takes half a second to import; naming a record type must not cost that
    import pandas as pd

Kind = Literal["text", "code", "date", "decimal", "instant", "integer", "boolean"]

ARROW_TYPES: Mapping[Kind, str] = {
    "text": "string[pyarrow]",
    "code": "string[pyarrow]",
    "date": "string[pyarrow]",
    "decimal": "string[pyarrow]",
    "instant": "int64[pyarrow]",
    "integer": "int64[pyarrow]",
    "boolean": "bool[pyarrow]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record: identifier, the word for people, kind, and the codes it may hold."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type.

    Attributes:
        key: columns that identify a row within its source; they are required.
        order: pairs ``(earlier, later)`` of instants that must not run backwards (semantics 4).
        asset: the column that names an asset of the register, or None.
        flagged_order: pairs that are flagged when they run backwards, never rejected.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    order: tuple[tuple[str, str], ...] = ()
    asset: str | None = None
    flagged_order: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in their declared order."""
        return tuple(column.name for column in self.columns)

    @property
    def dtypes(self) -> dict[str, str]:
        """Column name → pandas dtype."""
        return {column.name: ARROW_TYPES[column.kind] for column in self.columns}


def _text(name: str, label: str, **more: Any) -> Column:
    return Column(name, label, "text", **more)


def _instant(name: str, label: str, **more: Any) -> Column:
    return Column(name, label, "instant", **more)


def _date(name: str, label: str, **more: Any) -> Column:
    return Column(name, label, "date", **more)


def _code(name: str, label: str, choices: Iterable[str], **more: Any) -> Column:
    return Column(name, label, "code", choices=tuple(choices), **more)


def _quantity(label: str = "数量") -> Column:
    return Column("quantity", label, "integer", default=1)


_PLACE = (_text("vendor", "运维服务商"), _text("site", "位置"), _text("project", "运维项目"))

ASSET = RecordType(
    "asset",
    "设备台账",
    (
        _text("asset_no", "设备编号", required=True),
        _text("name", "设备名称"),
        _text("aliases", "别名", note="服务商的其他叫法，用分号隔开"),
        _text("asset_class", "设备类别"),
        *_PLACE,
        _date("in_service_from", "启用日期"),
        _date("in_service_until", "报废日期", note="当日起不再计入"),
        Column("probed", "是否拨测", "boolean"),
        _date("probed_from", "拨测开始日期"),
        _date("probed_until", "拨测截止日期", note="当日起不再拨测"),
    ),
    key=("asset_no",),
)
ASSET_ASSIGNMENT = RecordType(
    "asset_assignment",
    "资产归属",
    (
        _text("asset_no", "设备编号", required=True),
        _date("from_on", "开始日期", required=True),
        _date("until_on", "截止日期", note="当日起不再适用"),
        _text("asset_class", "设备类别"),
        *_PLACE,
    ),
    key=("asset_no", "from_on"),
    order=(("from_on", "until_on"),),
    asset="asset_no",
)
TICKET = RecordType(
    "ticket",
    "工单",
    (
        _text("ticket_no", "工单号", required=True),
        _code("kind", "类型", ("incident", "service_request"), default="incident"),
        _code("channel", "处理方式", ("on_site", "remote")),
        _text("title", "标题"),
        _text("category", "分类"),
        _text("asset_no", "设备编号"),
        _text("asset_class", "设备类别"),
        *_PLACE,
        _text("priority", "优先级"),
        _text("status", "状态"),
        _text("engineer", "工程师"),
        _text("reporter", "报障人"),
        _instant("reported_at", "报障时间", required=True),
        _instant("responded_at", "响应时间"),
        _instant("arrived_at", "到场时间"),
        _instant("restored_at", "恢复时间"),
        _instant("resolved_at", "解决时间"),
        _instant("closed_at", "关单时间"),
        Column("asset_unusable", "设备是否不可用", "boolean"),
        Column("cancelled", "是否作废", "boolean"),
    ),
    key=("ticket_no",),
    order=(
        ("reported_at", "responded_at"),
        ("responded_at", "arrived_at"),
        ("arrived_at", "resolved_at"),
        ("reported_at", "arrived_at"),
        ("responded_at", "resolved_at"),
        ("reported_at", "resolved_at"),
        ("reported_at", "restored_at"),
        ("resolved_at", "closed_at"),
    ),
    asset="asset_no",
    flagged_order=(("restored_at", "resolved_at"),),
)
HOLD = RecordType(
    "hold",
    "挂起",
    (
        _text("ticket_no", "工单号", required=True),
        _instant("hold_from", "挂起开始", required=True),
        _instant("hold_to", "挂起结束"),
        _code("side", "挂起责任方", ("court", "vendor", "third_party"), required=True),
        _text("reason", "挂起原因"),
    ),
    key=("ticket_no", "hold_from"),
    order=(("hold_from", "hold_to"),),
)
TICKET_CYCLE = RecordType(
    "ticket_cycle",
    "工单处理轮次",
    (
        _text("ticket_no", "工单号", required=True),
        _instant("opened_at", "本轮开始（首轮为报障，其后为重新打开）", required=True),
        _instant("restored_at", "本轮恢复时间"),
        _instant("resolved_at", "本轮解决时间"),
    ),
    key=("ticket_no", "opened_at"),
    order=(("opened_at", "restored_at"), ("opened_at", "resolved_at")),
)
INSPECTION = RecordType(
    "inspection",
    "巡检",
    (
        _text("inspection_no", "巡检编号", required=True),
        _text("kind", "巡检类别", required=True),
        _instant("inspected_at", "巡检时间", required=True),
        _text("asset_no", "设备编号"),
        _text("asset_class", "设备类别"),
        *_PLACE,
        _quantity("巡检次数"),
        _code("result", "巡检结果", ("normal", "abnormal")),
        _text("engineer", "巡检人"),
        _text("note", "备注"),
    ),
    key=("inspection_no",),
    asset="asset_no",
)
INSPECTION_PLAN = RecordType(
    "inspection_plan",
    "巡检计划",
    (
        _text("plan_no", "计划编号", required=True),
        _text("kind", "巡检类别", required=True),
        _date("due_from", "应检开始日期", required=True),
        _date("due_until", "应检截止日期（含当日）", required=True),
        _text("asset_no", "设备编号"),
        *_PLACE,
        _quantity("应检次数"),
    ),
    key=("plan_no",),
    order=(("due_from", "due_until"),),
    asset="asset_no",
)
SUPPORT_EVENT = RecordType(
    "support_event",
    "保障",
    (
        _text("event_no", "保障编号", required=True),
        _text("kind", "保障类别", required=True),
        _instant("started_at", "开始时间", required=True),
        _instant("ended_at", "结束时间"),
        _text("asset_no", "设备编号"),
        *_PLACE,
        _quantity("保障次数"),
        _text("engineer", "保障人"),
        _text("case_no", "案号"),
    ),
    key=("event_no",),
    order=(("started_at", "ended_at"),),
    asset="asset_no",
)
UPTIME_CHECK = RecordType(
    "uptime_check",
    "拨测",
    (
        _text("asset_no", "设备编号", required=True),
        _instant("checked_at", "检测时间", required=True),
        _code("state", "检测结果", ("up", "down", "unknown"), required=True),
        Column("latency_ms", "耗时（毫秒）", "integer"),
    ),
    key=("asset_no", "checked_at"),
    asset="asset_no",
)
OUTAGE = RecordType(
    "outage",
    "故障中断",
    (
        _text("outage_no", "中断编号", required=True),
        _text("asset_no", "设备编号", required=True),
        _instant("started_at", "开始时间", required=True),
        _instant("ended_at", "结束时间"),
        _text("reason", "原因"),
    ),
    key=("outage_no",),
    order=(("started_at", "ended_at"),),
    asset="asset_no",
)
EXCLUSION = RecordType(
    "exclusion",
    "豁免",
    (
        _text("exclusion_no", "豁免编号", required=True),
        _text("asset_no", "设备编号", note="空：适用于下列范围内的全部设备"),
        _text("asset_class", "设备类别"),
        *_PLACE,
        _instant("started_at", "开始时间", required=True),
        _instant("ended_at", "结束时间", required=True),
        _code("cause", "原因", ("planned_maintenance", "force_majeure", "court_side"), required=True),
        Column("approved", "是否批准", "boolean", default=True),
        _text("approver", "批准人"),
        _text("document_no", "批准文号"),
        _instant("registered_at", "登记时间"),
    ),
    key=("exclusion_no",),
    order=(("started_at", "ended_at"),),
    asset="asset_no",
)
ROSTER_ENTRY = RecordType(
    "roster_entry",
    "驻场人员与链路",
    (
        _text("entry_no", "编号", required=True),
        _text("kind", "类别", required=True),
        _text("name", "名称"),
        _text("bandwidth", "带宽"),
        *_PLACE,
        _date("from_on", "开始日期", required=True),
        _date("until_on", "截止日期（含当日）"),
        _quantity(),
    ),
    key=("entry_no",),
    order=(("from_on", "until_on"),),
)
SURVEY = RecordType(
    "survey",
    "满意度问卷",
    (
        _text("survey_no", "问卷编号", required=True),
        _date("answered_on", "填写日期", required=True),
        _text("question", "题目"),
        _text("answer", "选项", note="空白的答卷为无效"),
        _text("department", "部门"),
        *_PLACE,
        _quantity("份数"),
    ),
    key=("survey_no",),
)
MEASUREMENT = RecordType(
    "measurement",
    "填报值",
    (
        _text("measurement_no", "编号", required=True),
        _text("kind", "填报项目", required=True),
        _date("measured_on", "日期", required=True),
        Column("value", "数值", "decimal", required=True),
        _text("measure_unit", "计量单位"),
        _text("entered_by", "填报人", required=True),
        _instant("entered_at", "填报时间", required=True),
        _text("document", "佐证文件", required=True),
        *_PLACE,
        _text("asset_no", "设备编号"),
    ),
    key=("measurement_no",),
    asset="asset_no",
)
BUDGET_LINE = RecordType(
    "budget_line",
    "预算与支出",
    (
        _text("line_no", "编号", required=True),
        _text("project", "运维项目"),
        _date("booked_on", "日期", required=True),
        _code("kind", "类别", ("budget", "adjustment", "received", "paid"), required=True),
        Column("amount", "金额（元）", "decimal", required=True),
        _text("source_of_funds", "资金来源"),
        _text("document", "凭证"),
        _text("vendor", "收款方"),
    ),
    key=("line_no",),
)

#: What another system makes of an asset's availability in a month, in percent: a measurement of this kind.
SECOND_OPINION = "第二意见：正常运行率"

RECORDS: Mapping[str, RecordType] = {
    record.name: record
    for record in (
        ASSET,
        ASSET_ASSIGNMENT,
        TICKET,
        HOLD,
        TICKET_CYCLE,
        INSPECTION,
        INSPECTION_PLAN,
        SUPPORT_EVENT,
        UPTIME_CHECK,
        OUTAGE,
        EXCLUSION,
        ROSTER_ENTRY,
        SURVEY,
        MEASUREMENT,
        BUDGET_LINE,
    )
}


def empty_frame(record: RecordType) -> pd.DataFrame:
    """A frame of ``record`` without rows, every column with its dtype."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in record.dtypes.items()})


def frame_of(record: RecordType, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A typed frame from rows of plain values; absent columns are null. For tests and small inputs."""
    import pandas as pd

    listed = list(rows)
    unknown = {name for row in listed for name in row} - set(record.names)
    if unknown:
        raise KeyError(f"{record.name} has no column {sorted(unknown)}")
    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in listed], dtype=dtype) for name, dtype in record.dtypes.items()}
    )


def natural_key(record: RecordType, frame: pd.DataFrame) -> pd.Series[str]:
    """What identifies each row within its source: the values of ``record.key`` joined by ``|``; null where one is.

    At most one part is free text and it comes first, so two different keys never read alike.
    """
    key = frame[record.key[0]].astype("string[pyarrow]")
    for name in record.key[1:]:
        key = key + "|" + frame[name].astype("string[pyarrow]")
    return key
