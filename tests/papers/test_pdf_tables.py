"""Tables of a PDF page from its drawing operators."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.pdf_tables import Grid, Rules, grids

PLAIN = (1, 0, 0, 1, 0, 0)


def _line(rules: Rules, x0: float, y0: float, x1: float, y1: float, matrix: Sequence[float] = PLAIN) -> None:
    rules.draw(b"m", [x0, y0], matrix)
    rules.draw(b"l", [x1, y1], matrix)
    rules.draw(b"S", [], matrix)


def _frame(rules: Rules, matrix: Sequence[float] = PLAIN) -> None:
    """100 wide, 40 high; one line across in the middle."""
    for y in (0, 20, 40):
        _line(rules, 0, y, 100, y, matrix)
    for x in (0, 100):
        _line(rules, x, 0, x, 40, matrix)


def _filled(grid: Grid, *texts: tuple[float, float, str]) -> list[list[str]]:
    assert all(grid.take(*text) for text in texts)
    return grid.rows()


def test_texts_go_to_the_cell_they_stand_in() -> None:
    rules = Rules()
    _frame(rules)
    _line(rules, 50, 0, 50, 40)
    (grid,) = grids(rules)
    assert _filled(grid, (5, 30, "甲"), (55, 30, "乙"), (5, 10, "丙"), (55, 10, "丁")) == [["甲", "乙"], ["丙", "丁"]]


def test_a_word_broken_in_its_cell_is_whole_again() -> None:
    rules = Rules()
    _frame(rules)
    _line(rules, 50, 0, 50, 40)
    (grid,) = grids(rules)
    assert _filled(grid, (5, 24, "作率"), (5, 33, "正常运"))[0] == ["正常运作率", ""]


def test_cells_without_a_line_between_them_are_one() -> None:
    rules = Rules()
    _frame(rules)
    _line(rules, 50, 0, 50, 20)
    (grid,) = grids(rules)
    assert _filled(grid, (60, 30, "标题"), (55, 10, "丁")) == [["标题", ""], ["", "丁"]]


def test_thin_filled_rectangles_are_lines_and_large_ones_are_background() -> None:
    rules = Rules()
    boxes = (
        (0, 0, 100, 0.5),
        (0, 20, 100, 0.5),
        (0, 40, 100, 0.5),
        (0, 0, 0.5, 40),
        (100, 0, 0.5, 40),
        (10, 5, 30, 30),
    )
    for box in boxes:
        rules.draw(b"re", box, PLAIN)
        rules.draw(b"f", [], PLAIN)
    (grid,) = grids(rules)
    assert (len(grid.xs), len(grid.ys)) == (2, 3)


def test_a_clipping_path_is_not_drawn() -> None:
    rules = Rules()
    rules.draw(b"re", [0, 0, 100, 40], PLAIN)
    rules.draw(b"n", [], PLAIN)
    rules.draw(b"S", [], PLAIN)
    assert grids(rules) == []


def test_positions_follow_the_matrix() -> None:
    rules = Rules()
    _frame(rules, (2, 0, 0, 2, 10, 100))
    (grid,) = grids(rules)
    assert (grid.xs, grid.ys) == ([10, 210], [180, 140, 100])


def test_lines_that_do_not_meet_are_two_tables_from_top_to_bottom() -> None:
    rules = Rules()
    _frame(rules)
    _frame(rules, (1, 0, 0, 1, 0, 200))
    upper, lower = grids(rules)
    assert (upper.ys[0], lower.ys[0]) == (240, 40)


def test_a_frame_around_one_text_is_no_table() -> None:
    rules = Rules()
    rules.draw(b"re", [0, 0, 100, 40], PLAIN)
    rules.draw(b"S", [], PLAIN)
    assert grids(rules) == []
