"""An error gathers its place on the way out, from the inner fact to the outer file."""

from __future__ import annotations

from metrics.errors import ConfigError, InputError, PassingError, UsageError, YunweiError


def test_places_stand_from_the_outermost_to_the_innermost() -> None:
    error = InputError("“13月1日”不是日期").within("“报障时间”列").within("第 7 行").within("文件“a.xlsx”")
    assert str(error) == "文件“a.xlsx”，第 7 行，“报障时间”列：“13月1日”不是日期"


def test_without_a_place_the_fact_stands_alone() -> None:
    assert str(YunweiError("没有设备台账")) == "没有设备台账"


def test_exit_codes_tell_the_kinds_apart_and_none_is_that_of_a_bug() -> None:
    codes = [UsageError.exit_code, ConfigError.exit_code, InputError.exit_code, PassingError.exit_code]
    assert codes == [2, 2, 3, 4]
