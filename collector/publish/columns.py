"""The columns of a result, once for every output: identifier, word for people, kind.

Kinds: ``text``, ``code`` (a code with a word for people), ``integer``, ``decimal`` (exact decimal text),
``ratio`` (exact decimal text, shown in percent), ``instant`` (ISO 8601, UTC), ``list`` (several texts), ``parts``
(names and values). The store keeps the same columns; there ``rule`` is the line of the notes that begins so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from metrics.indicators import DIMENSION_LABELS, OUTCOME_LABELS
from metrics.targets import UNIT_LABELS

Kind = Literal["text", "code", "integer", "decimal", "ratio", "instant", "list", "parts"]


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column of the results; ``width`` in characters of a workbook's column."""

    name: str
    label: str
    kind: Kind = "text"
    width: int = 12


_C = ResultColumn
RESULT_COLUMNS: tuple[ResultColumn, ...] = (
    _C("organization_id", "单位代码"),
    _C("project", "运维项目"),
    _C("indicator", "指标代码", width=20),
    _C("name", "指标", width=24),
    _C("level_codes", "指标级别", "list", 20),
    _C("period", "统计周期", width=12),
    _C("dimension", "维度", "code", 10),
    _C("dimension_value", "维度值", width=16),
    _C("numerator", "分子", "decimal", 14),
    _C("denominator", "分母", "decimal", 14),
    _C("actual", "未取整值", "decimal", 18),
    _C("printed", "完成值", width=14),
    _C("measure_unit", "计量单位", "code", 10),
    _C("coverage", "覆盖率", "ratio", 10),
    _C("lower", "下限", "decimal", 12),
    _C("upper", "上限", "decimal", 12),
    _C("target", "目标（原文）", width=14),
    _C("printed_target", "目标", width=12),
    _C("target_period", "目标周期", "code", 10),
    _C("outcome", "结论", "code", 10),
    _C("evidence_count", "依据条数", "integer", 10),
    _C("definition_version", "口径版本", width=10),
    _C("calendar_state", "日历状态", "code", 10),
    _C("data_state", "数据状态", "code", 10),
    _C("revision_no", "封账版次", "integer", 8),
    _C("observed", "有检测佐证占比", "ratio", 14),
    _C("presumed", "推定正常占比", "ratio", 14),
    _C("parts", "其他数值", "parts", 30),
    _C("notes", "说明", "list", 40),
    _C("weight", "分值", "decimal", 8),
    _C("rule", "口径", width=60),
    _C("as_of", "截止时间", "instant", 22),
    _C("known_at", "知悉时间", "instant", 22),
    _C("known_sequence", "知悉序号", "integer", 10),
    _C("configuration_hash", "配置哈希", width=20),
    _C("computed_at", "计算时间", "instant", 22),
    _C("run_id", "运行编号", "integer", 10),
)

TARGET_PERIOD_LABELS: Mapping[str, str] = {
    "every": "每个周期",
    "month": "月",
    "quarter": "季",
    "half": "半年",
    "year": "年",
    "contract": "合同期",
}
_UNITS: Mapping[str, str] = {str(unit): label for unit, label in UNIT_LABELS.items()}
#: The words for people of every column of kind ``code``.
CODE_LABELS: Mapping[str, Mapping[str, str]] = {
    "dimension": DIMENSION_LABELS,
    "measure_unit": _UNITS,
    "target_period": TARGET_PERIOD_LABELS,
    "outcome": OUTCOME_LABELS,
    "calendar_state": {"official": "正式", "provisional": "暂定"},
    "data_state": {"open": "未封账", "closed": "已封账"},
}
