"""Tables of a PDF page by their ruled lines: a PDF knows no tables, only lines and texts at positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_NEAR = 2.5  # points within which two lines meet or are one
_THIN = 2.5  # a filled rectangle no wider than this is a line, as Word draws its borders
_MOST_PAIRS = 4_000_000  # a page with more lines than a table has is a drawing
_STROKES = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
_FILLS = frozenset((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"))

Matrix = Sequence[float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line along one axis at ``at``, from ``start`` to ``end`` on the other."""

    at: float
    start: float
    end: float

    def covers(self, position: float) -> bool:
        """Whether the line passes ``position``."""
        return self.start - _NEAR <= position <= self.end + _NEAR


@dataclass(slots=True)
class Rules:
    """Ruled lines gathered from a page's drawing operators; y grows upwards."""

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    _path: list[tuple[float, float, float, float]] = field(default_factory=list)
    _boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    _pen: tuple[float, float] = (0.0, 0.0)

    def draw(self, operator: bytes, operands: Sequence[object], matrix: Matrix) -> None:
        """Take one operator; only what is painted counts, a clipping path is not."""
        if operator in (b"m", b"l"):
            point = _moved(matrix, *_floats(operands))
            if operator == b"l":
                self._path.append((*self._pen, *point))
            self._pen = point
        elif operator == b"re":
            x, y, width, height = _floats(operands)
            self._boxes.append((*_moved(matrix, x, y), *_moved(matrix, x + width, y + height)))
        elif operator in _STROKES or operator in _FILLS:
            self._paint(operator)
        if operator in _STROKES or operator in _FILLS or operator == b"n":
            self._path, self._boxes = [], []

    def _paint(self, operator: bytes) -> None:
        for x0, y0, x1, y1 in self._path if operator in _STROKES else ():
            self._line(x0, y0, x1, y1)
        for x0, y0, x1, y1 in self._boxes:
            if min(abs(x1 - x0), abs(y1 - y0)) <= _THIN:
                self._line(x0, y0, x1, y1)
            elif operator in _STROKES:
                for edge in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                    self._line(*edge)

    def _line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if abs(y1 - y0) <= _THIN < abs(x1 - x0):
            self.across.append(Rule((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _THIN < abs(y1 - y0):
            self.down.append(Rule((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _floats(operands: Sequence[object]) -> list[float]:
    return [float(str(operand)) for operand in operands]


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = (float(value) for value in matrix)
    return a * x + c * y + e, b * x + d * y + f


@dataclass(slots=True)
class Grid:
    """One table: ``xs`` from left to right, ``ys`` from top to bottom, and which cells are merged."""

    xs: list[float]
    ys: list[float]
    anchors: dict[tuple[int, int], tuple[int, int]]
    texts: dict[tuple[int, int], list[tuple[float, float, str]]] = field(default_factory=dict)

    def take(self, x: float, y: float, text: str) -> bool:
        """Put a text at its place; False if it is outside."""
        row = next((i for i in range(len(self.ys) - 1) if self.ys[i] >= y > self.ys[i + 1]), None)
        column = next((j for j in range(len(self.xs) - 1) if self.xs[j] <= x + _NEAR < self.xs[j + 1]), None)
        if row is None or column is None:
            return False
        self.texts.setdefault(self.anchors[row, column], []).append((-round(y / 3), x, text))
        return True

    def rows(self) -> list[list[str]]:
        """Texts by row and column; a merged cell has its text in its first field."""
        return [
            ["".join(text for _, _, text in sorted(self.texts.get((i, j), []))) for j in range(len(self.xs) - 1)]
            for i in range(len(self.ys) - 1)
        ]


def grids(rules: Rules) -> list[Grid]:
    """The tables of a page, from top to bottom: lines that meet, with at least two cells between them."""
    if len(rules.across) * len(rules.down) > _MOST_PAIRS:
        return []
    found = [_grid(across, down) for across, down in _connected(rules)]
    tables = [grid for grid in found if len(set(grid.anchors.values())) >= 2]
    return sorted(tables, key=lambda grid: -grid.ys[0])


def _connected(rules: Rules) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Groups of lines that touch each other."""
    left = set(range(len(rules.down)))
    waiting = set(range(len(rules.across)))
    while waiting:
        across, down, new = set[int](), set[int](), {waiting.pop()}
        while new:
            across |= new
            touched = {v for v in left if any(_meet(rules.across[h], rules.down[v]) for h in new)}
            left -= touched
            down |= touched
            new = {h for h in waiting if any(_meet(rules.across[h], rules.down[v]) for v in touched)}
            waiting -= new
        yield [rules.across[h] for h in across], [rules.down[v] for v in down]


def _meet(across: Rule, down: Rule) -> bool:
    return across.covers(down.at) and down.covers(across.at)


def _grid(across: Sequence[Rule], down: Sequence[Rule]) -> Grid:
    xs, ys = _positions(rule.at for rule in down), _positions(rule.at for rule in across)[::-1]
    anchors: dict[tuple[int, int], tuple[int, int]] = {}
    for i in range(len(ys) - 1):
        for j in range(len(xs) - 1):
            middle_x, middle_y = (xs[j] + xs[j + 1]) / 2, (ys[i] + ys[i + 1]) / 2
            anchors[i, j] = (i, j)
            if j and not _walled(down, xs[j], middle_y):
                anchors[i, j] = anchors[i, j - 1]
            elif i and not _walled(across, ys[i], middle_x):
                anchors[i, j] = anchors[i - 1, j]
    return Grid(xs, ys, anchors)


def _walled(rules: Sequence[Rule], at: float, position: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start <= position <= rule.end for rule in rules)


def _positions(values: Iterable[float]) -> list[float]:
    """Sorted, with what lies closely together as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found
