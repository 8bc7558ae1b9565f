"""Chinese on a terminal."""

from __future__ import annotations

from collector.text import cells, pad, wrap


def test_a_chinese_character_takes_two_cells() -> None:
    assert cells("完成值 95%") == 3 * 2 + 4


def test_padding_counts_cells() -> None:
    assert pad("甲", 4) + "|" == "甲  |"


def test_chinese_breaks_anywhere_but_before_closing_punctuation() -> None:
    assert wrap("到场用时之和，除以次数。", 12) == "到场用时之\n和，除以次\n数。"


def test_latin_words_stay_whole() -> None:
    assert wrap("按 reported_at 归属周期", 14) == "按 reported_at\n归属周期"


def test_later_lines_are_indented() -> None:
    assert wrap("甲乙丙丁", 6, "  ") == "甲乙丙\n  丁"
