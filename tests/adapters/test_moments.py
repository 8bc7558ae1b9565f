"""One written time at a time: every spelling, and why others are refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.moments import Rules, read_moment

LOCAL = {
    "2023-03-05 14:05": "2023-03-05 14:05:00",
    "2023年3月5日 14:05": "2023-03-05 14:05:00",
    "2023 年 3 月 5 日 8 : 05": "2023-03-05 08:05:00",
    "2023年3月5日（星期日）14:05": "2023-03-05 14:05:00",
    "2023年3月5日14时5分30秒": "2023-03-05 14:05:30",
    "2023/3/5 14:5": "2023-03-05 14:05:00",
    "2023.3.5 14点半": "2023-03-05 14:30:00",
    "２０２３－０３－０５　１４：０５": "2023-03-05 14:05:00",
    "23年3月5日": "2023-03-05 00:00:00",
    "3月5日 9:00": "2022-03-05 09:00:00",
    "2023-03-05T14:05:09.250": "2023-03-05 14:05:09",
    "20230305": "2023-03-05 00:00:00",
    "202303051405": "2023-03-05 14:05:00",
    "20230305140509": "2023-03-05 14:05:09",
    "20230305T140509": "2023-03-05 14:05:09",
    "2023-03-05 24:00": "2023-03-06 00:00:00",
    "2023-12-31 24:00:00": "2024-01-01 00:00:00",
    "2024-02-29": "2024-02-29 00:00:00",
    "2023/3/5 下午 2:05": "2023-03-05 14:05:00",
    "2023/3/5 下午12:05": "2023-03-05 12:05:00",
    "2023/3/5 上午12:05": "2023-03-05 00:05:00",
    "2023/3/5 中午12:30": "2023-03-05 12:30:00",
    "2023/3/5 晚上8点": "2023-03-05 20:00:00",
    "3/13/2023 2:05 PM": "2023-03-13 14:05:00",
    "13-04-2023": "2023-04-13 00:00:00",
    "45000": "2023-03-15 00:00:00",
    "45000.5861111": "2023-03-15 14:04:00",
    "45000.99999999": "2023-03-16 00:00:00",
}


@pytest.mark.parametrize(("text", "local"), LOCAL.items())
def test_a_time_without_zone_is_local(text: str, local: str) -> None:
    seconds, in_utc = read_moment(text, Rules(year=2022))
    assert (str(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)), in_utc) == (local, False)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2023-03-05T14:05:00Z", "2023-03-05 14:05:00"),
        ("2023-03-05 14:05+08:00", "2023-03-05 06:05:00"),
        ("2023-03-05 14:05 -0330", "2023-03-05 17:35:00"),
        ("1678000000", "2023-03-05 07:06:40"),
        ("1678000000123", "2023-03-05 07:06:40"),
    ],
)
def test_a_time_with_its_zone_is_utc(text: str, utc: str) -> None:
    seconds, in_utc = read_moment(text, Rules())
    assert (str(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)), in_utc) == (utc, True)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("2023-02-29", "不存在：2023 年 2 月没有 29 日，应核对日期"),
        ("2023年2月30日 9:00", "不存在：2023 年 2 月没有 30 日，应核对日期"),
        ("2023-13-05", "中的月份 13 不存在，应为如 2023-03-05 14:05"),
        ("1899-12-31 09:00", "的年份 1899 不在 1990 到 2199 之间，应核对日期"),
        ("2200-01-01", "的年份 2200 不在 1990 到 2199 之间，应核对日期"),
        ("2023-03-05 25:00", "中的时刻 25:00:00 不存在，应在 00:00 到 24:00 之间"),
        ("2023-03-05 24:01", "中的时刻 24:01:00 不存在，应在 00:00 到 24:00 之间"),
        ("2023-03-05 上午 14:05", "中的“上午”与 14 点矛盾，应为如 2023-03-05 14:05"),
        ("2023-03-05 晚上12点", "的“晚上12点”可以是零点也可以是中午，应为如 00:00 或 24:00"),
        ("2023-03-05T14:05:00+25:00", "中的时区 +25:00 不存在，应在 -12:00 到 +14:00 之间"),
        ("14:05", "只有时刻，没有日期，应为如 2023-03-05 14:05"),
        ("2023-03", "只到月份，没有日，应为如 2023-03-05 14:05"),
        ("2023030514", "可以是时间戳，也可以是年月日时，应为如 2023-03-05 14:05"),
        ("9999999999", "作为时间戳在 2286 年，不在 1990 到 2199 年之间，应核对日期"),
        ("4500", "是数字，但不是 Excel 日期序号，也不是时间戳，应为如 2023-03-05 14:05"),
        ("20000", "作为 Excel 日期序号是 1954-10-03，不在 1990 到 2199 年之间，应核对日期"),
        ("2023-03/05", "不是可识别的时间，应为如 2023-03-05 14:05"),
        ("昨天", "不是可识别的时间，应为如 2023-03-05 14:05"),
    ],
)
def test_what_is_no_time_is_refused_with_a_reason(text: str, clause: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the whole text is compared)
        read_moment(text, Rules())
    assert str(caught.value) == clause


def test_a_day_without_year_needs_one() -> None:
    with pytest.raises(ValueError, match="没有年份"):
        read_moment("3月5日", Rules())


@pytest.mark.parametrize(("day_first", "local"), [(True, "2023-04-03"), (False, "2023-03-04")])
def test_which_number_is_the_day_is_for_the_source_to_say(day_first: bool, local: str) -> None:
    seconds, _ = read_moment("03/04/2023", Rules(day_first=day_first))
    assert str(datetime.fromtimestamp(seconds, UTC).date()) == local


def test_it_is_refused_where_the_source_does_not_say() -> None:
    with pytest.raises(ValueError, match="可以是 3 月 4 日，也可以是 4 月 3 日"):
        read_moment("03/04/2023", Rules())


def test_a_wrong_order_is_not_turned_round() -> None:
    with pytest.raises(ValueError, match="月份 13 不存在"):
        read_moment("13/04/2023", Rules(day_first=False))


def test_day_numbers_may_count_from_1904() -> None:
    assert read_moment("43538", Rules(serials_1904=True)) == read_moment("45000", Rules())
