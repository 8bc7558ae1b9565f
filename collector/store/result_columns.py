"""The columns of the results table, which people's tools read: name → what it says. They are stable."""

from __future__ import annotations

from collections.abc import Mapping

#: Exact numbers that have a twin ``…_value`` of floating point for tools that cannot read decimal text.
TWINNED = (
    "numerator",
    "denominator",
    "actual",
    "coverage",
    "lower",
    "upper",
    "observed",
    "presumed",
)

RESULT_COLUMNS: Mapping[str, str] = {
    "organization_id": "单位的代码",
    "project": "运维项目的代码",
    "indicator": "指标的代码",
    "name": "指标名称",
    "level_codes": "各级指标名称，从上级到下级，以“/”分隔",
    "period": "统计周期：2023-03、2023Q1、2023H1、2023 或 2022-11-01..2025-10-31",
    "dimension": "分组方式：total 为合计，其余为 asset_class、site、vendor、kind、asset、channel、priority",
    "dimension_value": "分组的值；合计为空文本",
    "numerator": "分子，精确的十进制数",
    "denominator": "分母，精确的十进制数",
    "actual": "完成值，未经修约；比率为 0–1，时长为秒；无数据时为空",
    "printed": "印出的完成值，带计量单位；无数据时为“—”",
    "measure_unit": "计量单位：percent、seconds、minutes、hours、days、count、persons、points、yuan、number",
    "coverage": "覆盖率（0–1）：有证据的时间占应计时间的比例",
    "lower": "下限：未知时间全部按中断计",
    "upper": "上限：未知时间全部按正常计",
    "target": "指标值，按合同原文",
    "printed_target": "印出的指标值",
    "target_period": "指标值所约束的周期：every、month、quarter、half、year、contract",
    "outcome": "结论：met 达标、missed 未达标、no_data 无数据、low_coverage 覆盖不足、not_due 未到期；空文本为不判定",
    "evidence_count": "所依据的记录条数",
    "definition_version": "指标口径的版本",
    "calendar_state": "服务日历：official 按公布的节假日，provisional 为暂定",
    "data_state": "数据：open 未封账，closed 已封账",
    "revision_no": "封账的版次，从 1 起；未封账为空",
    "observed": "正常时间中有检测佐证的比例（0–1）",
    "presumed": "正常时间中推定正常的比例（0–1）",
    "parts": "其他组成数，JSON 对象",
    "notes": "口径和说明，每行一句",
    "weight": "分值",
    "as_of": "截止时间，UTC，ISO 8601；此刻及以后的事不计",
    "known_at": "知悉时间，UTC，ISO 8601；只用此刻已入库的记录",
    "known_sequence": "知悉时间对应的入库序号",
    "configuration_hash": "所用配置的哈希",
    "computed_at": "计算时间，UTC，ISO 8601",
    "run_id": "计算批次的编号",
    "position": "在同一批次中的次序",
    **{f"{name}_value": f"{name} 的浮点数，供不能读十进制文本的工具使用" for name in TWINNED},
}

#: View → what it shows.
RESULT_VIEWS: Mapping[str, str] = {
    "v_results_current": "现行结果：已封账的周期取最新一版，其余取知悉序号最大、截止时间最晚的计算（相同取最近一次）",
    "v_results_closed": "各版封账结果：每个已封账周期的每一版，更正之前的也在内",
    "v_results_total": "现行结果中的合计行",
    "v_results_missed": "现行结果中结论为未达标或覆盖不足的行",
}

_INTEGERS = ("evidence_count", "known_sequence", "run_id", "position", "revision_no")
_NULLABLE = (
    *TWINNED,
    "target",
    "printed_target",
    "weight",
    "parts",
    "notes",
    "known_at",
    "revision_no",
    *(f"{name}_value" for name in TWINNED),
)


def kind_of(column: str) -> str:
    """``integer``, ``real`` or ``text``."""
    if column in _INTEGERS:
        return "integer"
    return "real" if column.endswith("_value") and column != "dimension_value" else "text"


def is_nullable(column: str) -> bool:
    """Whether the column may be empty."""
    return column in _NULLABLE
