"""Which formula an indicator's name and target speak for, and why; what has none is said to have none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.indicators import MeasureUnit
from metrics.targets import UNIT_LABELS, Target, same_family

_SHARE: tuple[MeasureUnit, ...] = ("percent",)
_DURATION: tuple[MeasureUnit, ...] = ("hours", "minutes", "seconds", "days")
_NUMBER: tuple[MeasureUnit, ...] = ("count", "persons", "number")
_POINTS: tuple[MeasureUnit, ...] = ("points",)


@dataclass(frozen=True, slots=True)
class Rule:
    """Names that match ``words`` and whose target is in one of ``units`` speak for ``formula``."""

    words: str
    units: tuple[MeasureUnit, ...]
    formula: str
    variant: str = ""  # which record, or which of several times


#: The first that fits is taken, so the narrower ones stand first.
_RULES: tuple[Rule, ...] = (
    Rule(r"得分|评分|测评|评级", (*_POINTS, *_NUMBER), "measurement", "score"),
    Rule(r"满意", (*_SHARE,), "satisfaction"),
    Rule(r"满意", (*_POINTS, *_NUMBER), "measurement", "score"),
    Rule(r"资金到位", _SHARE, "funds_in_place"),
    Rule(r"预算执行|资金执行|支出(?:执行|进度|完成)?率|资金支付率|支付率", _SHARE, "budget_execution"),
    Rule(r"资金结余|预算结余", ("yuan",), "balance"),
    Rule(r"(?:故障)?间隔(?:时间|时长)", _DURATION, "mean_time_between_failures"),
    Rule(r"响应.*及时|及时响应|响应.*率", _SHARE, "timely_rate", "response"),
    Rule(r"(?:到场|到达|上门).*(?:及时|率)|及时到场", _SHARE, "timely_rate", "arrival"),
    Rule(
        r"(?:解决|处理|处置|修复|维修|恢复|维护|办结|排除).*及时|及时.*率|时限内", _SHARE, "timely_rate", "resolution"
    ),
    Rule(r"响应", _DURATION, "mean_response"),
    Rule(r"到场|到达|上门", _DURATION, "mean_arrival"),
    Rule(
        r"平均(?:故障|中断|停机|宕机)(?:时间|时长)|(?:中断|停机|宕机)(?:时间|时长)", _DURATION, "mean_outage_duration"
    ),
    Rule(r"解决|处理|处置|修复|维修|恢复|维护|排除", _DURATION, "mean_resolution"),
    Rule(r"巡检.*率|巡检.*(?:完成|覆盖|执行)", _SHARE, "inspection_completion"),
    Rule(r"(?:解决|处理|处置|修复|维修|办结|排除)率|问题解决|服务质量", _SHARE, "resolution_rate"),
    Rule(
        r"正常(?:运行|运作|运转|使用)|(?:运行|运作|运转|可用|在线|完好|连通|畅通|通畅)率|可用性|稳定性|连通性",
        _SHARE,
        "availability",
    ),
    Rule(r"故障率", _NUMBER, "failure_rate"),
    Rule(r"(?:故障|中断|停机|宕机|事故)(?:发生)?(?:次数|数量|数|起数)?$", _NUMBER, "outage_count"),
    Rule(r"巡检|巡查|例行维护|主机维护", _NUMBER, "count", "inspection"),
    Rule(r"保障|直播|庭审|会议支持|视频会议", _NUMBER, "count", "support_event"),
    Rule(r"工单|报修|报障|事件数|请求数", _NUMBER, "count", "ticket"),
    Rule(r"人员|驻场|工程师|岗位|人数", _NUMBER, "roster", "staff"),
    Rule(r"链路|线路|专线|宽带|光纤|中继|电路", _NUMBER, "roster", "lines"),
)
_HOW: Mapping[str, str] = {
    "score": "由人填报，附测评报告等依据",
    "response": "时限内响应的比例",
    "arrival": "时限内到场的比例",
    "resolution": "时限内解决的比例",
    "inspection": "巡检记录的次数",
    "support_event": "保障记录的次数",
    "ticket": "工单的张数",
    "staff": "驻场名单上的人数，取周期内最少的一天",
    "lines": "链路台账上的条数，取周期内最少的一天",
}
_CLASSES = (
    "应用系统",
    "网络设备",
    "服务器",
    "硬件设备",
    "办公设备",
    "终端",
    "数据库",
    "机房",
    "存储",
    "安全设备",
    "网站",
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``formula`` None: there is none, ``reason`` says why. ``unit``: how the indicator is measured."""

    formula: str | None
    unit: MeasureUnit | None
    reason: str
    variant: str = ""


def suggest(name: str, target: Target | None) -> Suggestion:
    """The formula for an indicator of this name and target (None: the paper gives none)."""
    fitting = [(rule, found) for rule in _RULES if (found := re.search(rule.words, name))]
    for rule, found in fitting:
        unit = _unit(rule, target)
        if unit is not None:
            how = _HOW.get(rule.variant, "")
            reason = f"名称含“{found[0]}”{_nature(target)}{f'；{how}' if how else ''}"
            return Suggestion(rule.formula, unit, reason, rule.variant)
    unit = None if target is None else target.unit or "number"
    if fitting and target is not None and target.value is not None:
        rule, found = fitting[0]
        label = FORMULAS[rule.formula].label
        return Suggestion(
            None, unit, f"名称含“{found[0]}”，像{label}（{rule.formula}），但指标值“{target.text}”不是这一类数"
        )
    return Suggestion(None, unit, "没有算得出它的公式")


def likely(name: str) -> str | None:
    """The formula that a name alone speaks for; for what has words for a target."""
    return next((rule.formula for rule in _RULES if re.search(rule.words, name)), None)


def asset_classes(name: str) -> tuple[str, ...]:
    """The classes of assets that a name speaks of, in the order of the name."""
    found = [(name.find(word), word) for word in _CLASSES if word in name]
    return tuple(word for _, word in sorted(found))


def _nature(target: Target | None) -> str:
    if target is None:
        return "，原文没有指标值"
    return f"，指标值是{UNIT_LABELS[target.unit]}" if target.unit else "，指标值没有写单位"


def _unit(rule: Rule, target: Target | None) -> MeasureUnit | None:
    """The unit an indicator by this rule is measured in; None if its target is of another nature."""
    own = FORMULAS[rule.formula].unit
    if target is None:
        return rule.units[0] if own == "number" else own
    if target.value is None:
        return None
    wanted: Sequence[MeasureUnit] = rule.units
    unit = target.unit if target.unit is not None else wanted[0] if own == "number" else own
    if target.unit == "points" and own in _DURATION:
        unit = "minutes"  # 分 is a mark or a minute
    if unit not in wanted and not (own != "number" and same_family(unit, own) and unit != "points"):
        return None
    if own != "number" and not same_family(unit, own):
        return None
    try:
        target.for_unit(unit)
    except ConfigError:
        return None
    return unit
