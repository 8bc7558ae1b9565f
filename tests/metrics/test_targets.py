"""Targets, durations and shares in every spelling that contracts and published tables use (semantics 6, E3)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from metrics.errors import ConfigError
from metrics.indicators import MeasureUnit
from metrics.targets import parse_duration, parse_share, parse_target

HOUR, MINUTE, DAY = 3600, 60, 86_400


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit", "printed"),
    [
        ("≥95%", "ge", "0.95", "percent", "≥95%"),
        ("≧95%", "ge", "0.95", "percent", "≥95%"),
        (">=95%", "ge", "0.95", "percent", "≥95%"),
        ("≥９５％", "ge", "0.95", "percent", "≥95%"),
        ("＞85%", "gt", "0.85", "percent", ">85%"),
        ("> 85 %", "gt", "0.85", "percent", ">85%"),
        ("<2 小时", "lt", 2 * HOUR, "hours", "<2小时"),
        ("＜2小时", "lt", 2 * HOUR, "hours", "<2小时"),
        ("2小时内", "le", 2 * HOUR, "hours", "≤2小时"),
        ("2小时以内", "le", 2 * HOUR, "hours", "≤2小时"),
        ("两小时之内", "le", 2 * HOUR, "hours", "≤两小时"),
        ("半小时内", "le", HOUR // 2, "hours", "≤半小时"),
        ("≤1小时", "le", HOUR, "hours", "≤1小时"),
        ("≦1h", "le", HOUR, "hours", "≤1h"),
        ("不超过30分钟", "le", 30 * MINUTE, "minutes", "≤30分钟"),
        ("不超过1小时30分", "le", 90 * MINUTE, "minutes", "≤1小时30分"),
        ("不低于95%", "ge", "0.95", "percent", "≥95%"),
        ("不少于5人", "ge", 5, "persons", "≥5人"),
        ("90%或以上", "ge", "0.9", "percent", "≥90%"),
        ("90%以上", "ge", "0.9", "percent", "≥90%"),
        ("90%(含)以上", "ge", "0.9", "percent", "≥90%"),
        ("90%以上（不含）", "gt", "0.9", "percent", ">90%"),
        ("95或以上", "ge", 95, None, "≥95"),
        ("百分之九十以上", "ge", "0.9", "percent", "≥90%"),
        ("控制在5%以内", "le", "0.05", "percent", "≤5%"),
        ("5%以下", "le", "0.05", "percent", "≤5%"),
        ("≥70分", "ge", 70, "points", "≥70分"),
        ("≥8小时", "ge", 8 * HOUR, "hours", "≥8小时"),
        ("≤156万元", "le", 1_560_000, "yuan", "≤156万元"),
        ("≥11733.38平方米", "ge", "11733.38", "number", "≥11733.38平方米"),
        ("≥100,000次", "ge", 100_000, "count", "≥100,000次"),
        ("≥1.5万人次", "ge", 15_000, "count", "≥1.5万人次"),
        ("系统正常运行率≥99%", "ge", "0.99", "percent", "≥99%"),
        ("响应时间2小时内", "le", 2 * HOUR, "hours", "≤2小时"),
        ("正常率：≥95%。", "ge", "0.95", "percent", "≥95%"),
        ("≥95%，按月考核", "ge", "0.95", "percent", "≥95%"),
        ("=100%", "eq", 1, "percent", "=100%"),
        ("至少12个", "ge", 12, "count", "≥12个"),
        ("≤3‰", "le", "0.003", "percent", "≤3‰"),
    ],
)
def test_a_target_with_its_sign_is_read_and_strictness_is_kept(
    text: str, operator: str, value: str | int, unit: str | None, printed: str
) -> None:
    target = parse_target(text)

    assert (target.operator, target.value, target.unit) == (operator, Fraction(value), unit)
    assert target.printed == printed
    assert target.assumed is None


@pytest.mark.parametrize(
    ("text", "operator", "value", "said"),
    [
        ("100%", "ge", 1, "不低于"),
        ("100%（公式：正常运行时间/应运行时间×100%）", "ge", 1, "不低于"),
        ("物业管理水平良好情况100%", "ge", 1, "不低于"),
        ("5人", "ge", 5, "不低于"),
        ("12个", "ge", 12, "不低于"),
        ("7549次", "ge", 7549, "不低于"),
        ("11733.38平方米", "ge", "11733.38", "不低于"),
        ("7天", "le", 7 * DAY, "不超过"),
        ("5分钟", "le", 5 * MINUTE, "不超过"),
        ("24h", "le", DAY, "不超过"),
        ("0", "eq", 0, "等于"),
        ("0次", "eq", 0, "等于"),
        ("0%", "eq", 0, "等于"),
        ("50M", "ge", 50, "不低于"),
    ],
)
def test_without_a_sign_the_assumed_one_is_said(text: str, operator: str, value: str | int, said: str) -> None:
    target = parse_target(text)

    assert (target.operator, target.value) == (operator, Fraction(value))
    assert target.assumed == f"目标“{text}”未写符号，按“{said}”理解"


@pytest.mark.parametrize(
    "text",
    [
        *("达标", "达标（等级保护测评2级）", "增强", "维持", "提升", "及时", "待单位补充...", "当年预计值"),
        *("降低10%", "6→17", "90%-95%", "2023年12月31日前", "12月底前", "等保2级", "3个工作日内", "≥95%且≤99%", "%"),
    ],
)
def test_what_is_no_number_stays_text_and_is_qualitative(text: str) -> None:
    target = parse_target(text)

    assert (target.operator, target.value, target.printed) == ("qualitative", None, text)
    with pytest.raises(ValueError, match="judged by people"):
        target.met(Fraction(1))


def test_nothing_happened_counts_as_reached_where_the_target_says_so() -> None:
    target = parse_target("100%，如未发生网络安全事件，以完成认定")

    assert (target.operator, target.value, target.empty_met) == ("ge", Fraction(1), True)
    assert not parse_target("100%，按季度考核").empty_met


@pytest.mark.parametrize(
    ("text", "reached", "not_reached"),
    [
        ("≥95%", "0.95", "0.9499999"),
        (">85%", "0.8500001", "0.85"),
        ("≤1小时", "3600", "3601"),
        ("<2小时", "7199", "7200"),
        ("0", "0", "1"),
    ],
)
def test_the_exact_value_is_compared(text: str, reached: str, not_reached: str) -> None:
    target = parse_target(text)

    assert target.met(Fraction(reached))
    assert not target.met(Fraction(not_reached))


@pytest.mark.parametrize(
    ("text", "unit", "value", "printed"),
    [
        ("95或以上", "percent", "0.95", "≥95%"),
        ("95或以上", "points", "95", "≥95"),
        ("≥0.95", "percent", "0.95", "≥0.95"),
        ("≤2", "hours", "7200", "≤2小时"),
        ("≤30分", "minutes", "1800", "≤30分"),
        ("≥70分", "number", "70", "≥70分"),
        ("≤1小时", "minutes", "3600", "≤1小时"),
    ],
)
def test_a_number_takes_the_unit_of_its_indicator(text: str, unit: MeasureUnit, value: str, printed: str) -> None:
    target = parse_target(text).for_unit(unit)

    assert (target.value, target.printed) == (Fraction(value), printed)


def test_the_unit_that_was_assumed_is_said() -> None:
    assert parse_target("95或以上").for_unit("percent").assumed == "目标“95或以上”未写单位，按 95% 理解"


def test_a_target_of_another_nature_than_its_indicator_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"目标“≥95%”是百分比，而指标的计量单位是小时（measure_unit: hours）"):
        parse_target("≥95%").for_unit("hours")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30秒", 30),
        ("5分钟", 300),
        ("5分", 300),
        ("1小时20分", 4800),
        ("1小时20分30秒", 4830),
        ("1.5h", 5400),
        ("1.5 小时", 5400),
        ("２小时", 7200),
        ("2个小时", 7200),
        ("1个半小时", 5400),
        ("半小时", 1800),
        ("两小时", 7200),
        ("二十四小时", 86_400),
        ("7天", 7 * DAY),
        ("1周", 7 * DAY),
        ("90min", 5400),
        ("5m", 300),
        ("0", 0),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "小时", "20分1小时", "-5分钟", "5人", "1小时20", "3个工作日"])
def test_what_is_no_duration_is_refused_with_the_spellings_that_are(text: str) -> None:
    with pytest.raises(ConfigError, match=f"“{text}”不是时长，应写作 30秒、5分钟、1小时20分、1.5小时 或 7天"):
        parse_duration(text)


def test_a_duration_of_split_seconds_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"时长“0\.5秒”不是整秒"):
        parse_duration("0.5秒")


@pytest.mark.parametrize(
    ("text", "share"), [("50%", "1/2"), ("0.5", "1/2"), ("１００％", "1"), ("0", "0"), ("2.5%", "1/40")]
)
def test_shares_are_read_in_percent_or_as_a_part_of_one(text: str, share: str) -> None:
    assert parse_share(text) == Fraction(share)


@pytest.mark.parametrize("text", ["50", "120%", "半", "", "-1%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"“{text}”不是比例，应写作 50% 或 0.5，在 0 与 100% 之间"):
        parse_share(text)


@pytest.mark.parametrize(
    ("target", "actual", "distance"),
    [
        ("≥95%", Fraction(96, 100), Fraction(1, 100)),
        (">95%", Fraction(94, 100), Fraction(-1, 100)),
        ("≤1小时", Fraction(3300), Fraction(300)),
        ("<1小时", Fraction(3900), Fraction(-300)),
        ("0", Fraction(2), Fraction(-2)),
        ("=5", Fraction(3), Fraction(-2)),
        ("≥95%", Fraction(95, 100), Fraction(0)),
    ],
)
def test_the_distance_is_below_zero_where_the_target_is_missed(
    target: str, actual: Fraction, distance: Fraction
) -> None:
    assert parse_target(target).distance(actual) == distance


def test_a_qualitative_target_has_no_distance() -> None:
    with pytest.raises(ValueError, match="qualitative"):
        parse_target("达标").distance(Fraction(1))
