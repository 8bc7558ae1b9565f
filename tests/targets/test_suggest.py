"""A formula is suggested by name and target, with its reason; what fits none is said to fit none."""

from __future__ import annotations

import pytest

from collector.targets.names import Ids
from collector.targets.suggest import asset_classes, suggest
from metrics.formulas import FORMULAS
from metrics.indicators import MeasureUnit
from metrics.targets import parse_target


@pytest.mark.parametrize(
    ("name", "target", "formula", "unit"),
    [
        ("等级保护2.0测评得分", "≥70分", "measurement", "points"),
        ("系统故障平均响应时间", "≤1小时", "mean_response", "hours"),
        ("应用系统正常运行率", "≥99%", "availability", "percent"),
        ("硬件设备正常运作率", "≥95%", "availability", "percent"),
        ("运维系统稳定性", "≥95%", "availability", "percent"),
        ("故障响应时间", "2小时内", "mean_response", "hours"),
        ("故障响应时间", "30分", "mean_response", "minutes"),
        ("平均到场时间", "<2 小时", "mean_arrival", "hours"),
        ("维护及时间", "7天", "mean_resolution", "days"),
        ("平均故障时间", "≤4小时", "mean_outage_duration", "hours"),
        ("平均故障间隔时间", "≥720小时", "mean_time_between_failures", "hours"),
        ("事件问题及时解决率", "≥90%", "timely_rate", "percent"),
        ("故障响应及时率", "≥95%", "timely_rate", "percent"),
        ("服务质量", ">85%", "resolution_rate", "percent"),
        ("巡检完成率", "100%", "inspection_completion", "percent"),
        ("数字法庭设备巡检", "7549次", "count", "count"),
        ("庭审现场保障", "7239次/场", "count", "count"),
        ("运维人员配置数", "5人", "roster", "persons"),
        ("链路租赁数", "31条", "roster", "count"),
        ("用户满意度", "95或以上", "satisfaction", "percent"),
        ("用户满意度", "≥90分", "measurement", "points"),
        ("预算执行率", "100%", "budget_execution", "percent"),
        ("资金到位率", "100%", "funds_in_place", "percent"),
        ("系统故障次数", "0", "outage_count", "count"),
    ],
)
def test_names_and_targets_of_published_papers(name: str, target: str, formula: str, unit: MeasureUnit) -> None:
    suggestion = suggest(name, parse_target(target))
    assert (suggestion.formula, suggestion.unit) == (formula, unit)
    assert suggestion.reason.startswith("名称含“")


@pytest.mark.parametrize(
    ("name", "target", "reason"),
    [
        ("物业管理面积", "11733.38平方米", "没有算得出它的公式"),
        ("物业管理水平良好情况", "100%", "没有算得出它的公式"),
        (
            "故障响应时间",
            "≥95%",
            "名称含“响应”，像平均响应时间（mean_response），但指标值“≥95%”不是这一类数",
        ),
        (
            "应用系统正常运行率",
            "≥8小时",
            "名称含“正常运行”，像正常运行率（availability），但指标值“≥8小时”不是这一类数",
        ),
    ],
)
def test_what_fits_no_formula_is_not_forced_into_one(name: str, target: str, reason: str) -> None:
    suggestion = suggest(name, parse_target(target))
    assert (suggestion.formula, suggestion.reason) == (None, reason)


def test_without_a_target_the_name_alone_speaks() -> None:
    suggestion = suggest("平均到场时间", None)
    assert (suggestion.formula, suggestion.unit) == ("mean_arrival", "hours")
    assert suggestion.reason == "名称含“到场”，原文没有指标值"


def test_every_formula_that_is_suggested_exists() -> None:
    from collector.targets import suggest as module

    assert {rule.formula for rule in module._RULES} <= set(FORMULAS)


def test_the_classes_of_assets_come_in_the_order_of_the_name() -> None:
    assert asset_classes("网络设备及服务器正常运行率") == ("网络设备", "服务器")


def test_one_name_has_one_id_and_another_name_another() -> None:
    ids = Ids()
    first = ids.give("应用系统正常运行率", "availability", "")
    assert first == "system_availability" == ids.give("应用系统正常运行率", "availability", "")
    assert ids.give("信息系统可用率", "availability", "") == "system_availability_2"
    assert ids.give("物业管理面积", None, "") == "indicator_3"
