"""Chinese words for the keys of models that live in ``metrics`` and say theirs in English docstrings.

Keys are field names, with their model where a name has several meanings; a test holds that every key of the schema
has its words, here or on its model.
"""

from __future__ import annotations

from collections.abc import Mapping

INDICATOR: Mapping[str, str] = {
    "id": "指标的短代码，小写字母开头；同一运维项目内不重复，启用后不要更改",
    "name": "指标名称（三级指标），印在各种结果上",
    "project": "指标所属运维项目的代码",
    "formula": "计算公式",
    "params": "公式的参数，随公式不同而不同",
    "where": "只统计符合条件的记录或设备；各列之间是“并且”，一列的多个值之间是“或者”",
    "target": "指标值（目标），按合同原文写，如 ≥95%、<2小时、5人、达标",
    "target_period": "目标约束的周期：every 每个周期、month 月、quarter 季、half 半年、year 年、contract 合同期；"
    "不写则由公式决定",
    "measure_unit": "计量单位；不写则由公式决定",
    "weight": "分值",
    "level_codes": "一级、二级指标（可带代码），如 [产出指标, 质量指标]",
    "rule": "口径：用文字写明这个数怎么算，印在公式自带的口径之前",
    "rounding": "打印时的进位：half_up 四舍五入，truncate 截去",
    "decimals": "打印几位小数",
    "empty": "没有发生时：no_data 无数据，met 视为达标（合同有约定时）",
    "empty_reason": "视为达标的依据，如合同原文",
    "min_coverage": "覆盖率低于它时，结论为“覆盖不足”",
    "breakdowns": "除合计外再按哪些维度分列：asset_class 设备类别、site 位置、vendor 运维服务商、kind 类别、"
    "asset 设备、channel 处理方式、priority 优先级",
    "version": "口径的版本；改了算法就改它，随每条结果保存",
}
WHERE: Mapping[str, str] = {
    "asset_no": "设备编号；可用 * 结尾表示以此开头",
    "asset_class": "设备类别；可用 * 结尾表示以此开头",
    "site": "位置；可用 * 结尾表示以此开头",
    "vendor": "运维服务商的代码或全称",
    "kind": "类别；可用 * 结尾表示以此开头",
    "channel": "处理方式：on_site 现场，remote 远程",
    "priority": "优先级",
    "category": "分类；可用 * 结尾表示以此开头",
    "source": "数据来源的代码",
}
PARAMS: Mapping[str, str] = {
    "window": "服务时间的名称，见 yunwei.yaml 的 service_windows",
    "basis": "time 按时间（秒）计，day 按设备天计",
    "down_from": "哪些来源算停机的依据：checks 拨测失败、tickets 报称不可用的工单、inspections 异常巡检、"
    "outages 故障中断记录",
    "exclusion": "豁免时间：leaves_denominator 不计入应运行时间，counts_as_up 计为正常",
    "unknown": "没有检测的时间：leaves_denominator 不计入，counts_as_down 计为停机，counts_as_up 计为正常",
    "fail_after": "连续几次检测失败才算停机（从第一次失败算起）",
    "before_contract": "true：与上一周期、上年同期比较时，可以用合同开始之前的数",
    "day_tolerance": "按天计时，一天内停机不超过多久仍算正常，如 30分钟",
    "clock": "elapsed 按自然时间计时，service 只计服务时间（须写 window）",
    "attribute_by": "工单归入哪个周期：reported_at 按报障时间，resolved_at 按解决时间",
    "reopen": "重新打开的工单：first 以首次解决为准，last 以末次解决为准，sum 各轮用时相加",
    "timed": "限时的是哪一段：response 响应、arrival 到场、resolution 解决",
    "limits": "优先级 → 时限；* 表示其余的和没有优先级的",
    "record": "统计哪一类记录",
    "at": "按哪个时间归入周期；不写为该类记录的常规时间",
    "late": "超过应检截止日期才做的巡检算什么：missed 未完成，done 已完成",
    "contract": "合同约定的数量：类别 → 数量；* 表示不分类别的总数",
    "satisfied": "哪些选项算满意",
    "valid": "哪些选项算有效；不写为所有非空白的选项",
    "RatioParams.numerator": "分子",
    "RatioParams.denominator": "分母",
    "SatisfactionParams.denominator": "分母：valid 有效答卷，all 全部答卷（含空白和无效）",
    "BudgetExecutionParams.denominator": "分母：budget 调整后预算，received 实际到位资金",
    "questions": "只统计这些题目；不写为全部",
    "since": "月、季、半年的数：year 从年初累计，period 只算本周期",
    "source_of_funds": "只统计这些资金来源；不写为全部",
    "budget": "预算数：initial 年初预算，adjusted 调整后预算",
    "kind": "填报项目的名称",
    "aggregate": "一个周期有几个填报值时：latest 最近一次、mean 平均、sum 合计、min 最小、max 最大",
    "measure": "sum 数量相加（没有数量的每条算 1），distinct 数不同的值",
    "column": "数哪一列的不同值（measure: distinct 时）",
    "where": "只统计符合条件的记录",
}
