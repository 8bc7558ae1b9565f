"""Rows that are not data: totals, headers that come again, notes, blanks.

Only rows that lack something a record needs, or carry one of the words, are looked at one by one; a row with all it
needs is data whatever it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters.grid import UNCALCULATED, Block, may_contain
from adapters.headers import NUMBERING, Header, normal
from adapters.mapping import TableMapping

_TOTAL_WORDS = ("合计", "小计", "总计", "共计", "累计", "总和", "汇总")
_NOTE_WORDS = (
    *("注", "备注", "说明", "附注", "附", "制表", "制表人", "填表", "填表人", "填报", "填报人", "填报单位", "填表日期"),
    *("审核", "审核人", "复核", "复核人", "审批", "批准", "打印时间", "打印", "导出时间", "导出", "统计时间", "统计人"),
    *("数据来源", "单位负责人", "负责人", "经办人", "签字", "盖章", "联系电话", "联系人", "以上", "以下空白", "本表"),
)
_LISTED = re.compile(r"[(]?[0-9一二三四五六七八九十]{1,2}[)、.:](?!\d)")
_CANDIDATE_WORDS = (
    "[合小总共累汇][\\s　]*[计和总]|^[\\s　]*(注|备|说|附|制|填|审|复|批|打|导|统|数|单|负|经|签|盖|联|以|本)"
)


@dataclass
class Layout:
    """What rows are compared with.

    Attributes:
        needed: columns without which a row is no record.
        mapped: all columns that some field takes.
        idle: columns that only number the lines.
        titles: texts of the rows above the header, which come again on every printed page.
    """

    header: Header
    needed: list[int]
    mapped: list[int]
    idle: set[int]
    titles: frozenset[tuple[str, ...]]
    total_words: tuple[str, ...] = _TOTAL_WORDS
    note_words: tuple[str, ...] = _NOTE_WORDS
    noted_until: int = 0  # row number up to which a note below the table may go on

    @property
    def watched(self) -> list[int]:
        """Columns whose texts can make a row suspicious."""
        return sorted({*self.needed, *self.mapped[:1], 0})


def layout_of(header: Header, table: TableMapping, needed: list[int], above: Sequence[Sequence[str]]) -> Layout:
    """The layout of one table under ``header``; ``above``: the rows before it."""
    mapped = sorted(set(header.columns.values()))
    idle = {index for index, name in enumerate(header.names) if normal(name) in NUMBERING and index not in mapped}
    titles = frozenset(_filled(row) for row in above if any(row))
    return Layout(
        header,
        needed,
        mapped,
        idle,
        titles,
        (*_TOTAL_WORDS, *map(_squeezed, table.skip.total)),
        (*_NOTE_WORDS, *map(_squeezed, table.skip.note)),
    )


def set_aside(block: Block, layout: Layout) -> dict[int, str]:
    """Position in the block → kind (total, header, note, blank) of every row that is no data."""
    kinds: dict[int, str] = {}
    for position in _candidates(block, layout).tolist():
        row_no = int(block.row_no[position])
        kind = _kind(block.cells(position), layout, continued=layout.noted_until == row_no)
        if kind == "note" or (kind == "blank" and layout.noted_until == row_no):
            layout.noted_until = row_no + 1
        if kind:
            kinds[position] = kind
    return kinds


def _candidates(block: Block, layout: Layout) -> NDArray[np.int64]:
    suspicious = np.zeros(len(block), dtype=bool)
    for index in layout.needed or layout.mapped:
        suspicious |= _mask(pc.equal(pc.binary_length(block.column(index)), 0))
    for index in layout.watched:
        if may_contain(block.column(index), "", beyond_ascii=True):
            suspicious |= _mask(pc.match_substring_regex(block.column(index), _CANDIDATE_WORDS))
    for words in layout.header.written:
        for index in [column for column in layout.mapped if column < len(words) and words[column]][:1]:
            suspicious |= _mask(pc.equal(block.column(index), words[index]))
    for index in layout.watched:
        for word in (*layout.total_words[len(_TOTAL_WORDS) :], *layout.note_words[len(_NOTE_WORDS) :]):
            suspicious |= _mask(pc.match_substring(block.column(index), word))
    return np.flatnonzero(suspicious)


def _mask(array: Any) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return mask


def _kind(cells: list[str], layout: Layout, continued: bool) -> str:
    """total, header, note or blank; "" for data."""
    filled = {index: cell for index, cell in enumerate(cells) if cell and cell != UNCALCULATED}
    said = {index: cell for index, cell in filled.items() if not (index in layout.idle and cell.isdigit())}
    if not said:
        return "blank"
    if _is_header(cells, layout):
        return "header"
    first = _squeezed(next(iter(said.values())))
    lacks = [index for index in layout.needed if not (index < len(cells) and cells[index])]
    if _is_total(filled, first, lacks, layout):
        return "total"
    if _filled(cells) in layout.titles:
        return "note"
    return "note" if _is_note(filled, first, lacks, layout, continued) else ""


def _is_header(cells: list[str], layout: Layout) -> bool:
    """The header's own words stand in the mapped columns, and nothing else does.

    A word over both rows of a header may come again in either.
    """
    written = [[words[at] if at < len(words) else "" for at in layout.mapped] for words in layout.header.written]
    found = [cells[at] if at < len(cells) else "" for at in layout.mapped]
    same = 0
    for cell, *words in zip(found, *written, strict=True):
        if cell and normal(cell) not in {normal(word) for word in words if word}:
            return False
        same += bool(cell)
    return any(0 < sum(map(bool, words)) < 2 * same for words in written)


def _is_total(filled: dict[int, str], first: str, lacks: list[int], layout: Layout) -> bool:
    """A total's word begins the row, or stands where a key should, and the row is no record otherwise."""
    others = [cell for cell in filled.values() if _squeezed(cell) != first]
    if _says_total(first, layout.total_words) and (lacks or all(map(_is_number, others))):
        return True
    in_key = (_squeezed(filled[index]) for index in layout.needed if index in filled)
    return any(_says_total(cell, layout.total_words) for cell in in_key)


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[-¥]?[\d.,]+[%元次个台套条份人]*", _squeezed(cell)) is not None


def _says_total(cell: str, words: tuple[str, ...]) -> bool:
    """``合计``, ``本月小计``, ``总计：125``, ``合计（次）``, not ``合计报表打不开``."""
    for word in words:
        before, found, after = cell.partition(word)
        if found and len(before) <= 8 and re.fullmatch(r"(数|次数|金额|\([^)]*\))?:?[-\d.,%元次个场台]*", after):
            return True
    return False


def _is_note(filled: dict[int, str], first: str, lacks: list[int], layout: Layout, continued: bool) -> bool:
    """A line of words below the table: it begins like a note, or goes on one, or is one whole sentence."""
    if not lacks or len(filled) > 8:
        return False
    starts = any(re.match(rf"{re.escape(word)}([:\d(]|$)", first) for word in layout.note_words)
    if starts and (":" in first or len(filled) <= 2):
        return True
    if len(filled) > 1:
        return False
    sentence = len(first) >= 8 and first.endswith(("。", ";", "!"))
    return sentence or bool(continued and _LISTED.match(first))


def _squeezed(text: str) -> str:
    """Half-width and without blanks: ``合　计：`` → ``合计:``."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)) if text else ""


def _filled(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell for cell in cells if cell)
