"""The table in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from collector.publish.publication import Result
from collector.publish.table import PIPED_WIDTH, grouped, print_results
from collector.text import cells
from tests.publish.results import NO_DATA, publication, result


def _printed(results: list[Result], width: int = PIPED_WIDTH, **more: bool) -> str:
    out = io.StringIO()
    print_results(Console(file=out, highlight=False, markup=False, width=width), results, **more)
    return out.getvalue()


LONG = result(
    period="2022-11-01..2025-10-31",
    numerator="787123456",
    denominator="788400000",
    name="信息化系统及办公设备正常运作率",
)


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_broken(width: int) -> None:
    shown = _printed([*publication().results, LONG], width)
    assert max(cells(line) for line in shown.splitlines()) <= width
    assert all(number in shown for number in ("94.996%", "787,123,456", "788,400,000", "99.999%", "94.99%", "95.00%"))


def test_piped_every_result_is_one_line() -> None:
    shown = _printed([LONG])
    row = next(line for line in shown.splitlines() if "2022-11-01..2025-10-31" in line)
    assert "信息化系统及办公设备正常运作率" in row
    assert "787,123,456 / 788,400,000" in row
    assert "未达标" in row


def test_notes_are_numbered_and_each_rule_is_said_once() -> None:
    shown = _printed([result(), result(period="2023-04")], 120)
    assert shown.count("1. 有检测佐证 80.00%，推定正常 20.00%") == 1
    assert shown.count("硬件设备正常运作率：正常时间 ÷ 应计时间。") == 1


def test_without_data_there_is_a_dash_and_never_a_zero() -> None:
    row = next(line for line in _printed([result(**NO_DATA)]).splitlines() if "2023-03" in line)
    assert row.split() == ["硬件设备正常运作率", "2023-03", "≥95%", "—", "—", "—", "—", "无数据", "1"]


def test_an_agreed_reading_of_no_case_breaks_into_lines() -> None:
    agreed = result(**{**NO_DATA, "outcome": "met", "printed": "—（未发生，按约定认定达标）"})
    shown = _printed([agreed], 80)
    assert max(cells(line) for line in shown.splitlines()) <= 80
    assert "—（未发生，按" in shown


def test_a_count_shows_its_numerator_alone() -> None:
    assert "7,549 " in _printed([publication().results[2]])


def test_brief_has_the_columns_of_the_demo() -> None:
    head = _printed([result()], rules=False, brief=True).splitlines()[0]
    assert head.split() == ["指标", "目标", "完成值", "分子/分母", "覆盖率", "结论"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1234560", "1,234,560"), ("12.5", "12.5"), ("1234.123456", "1,234.1234…"), ("-3", "-3"), ("2.0", "2")],
)
def test_thousands_are_separated(number: str, shown: str) -> None:
    assert grouped(number) == shown
