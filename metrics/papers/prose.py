"""Running text put together again: lines that a PDF broke inside words become sentences with their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics.papers.paper import Line
from metrics.quantities import normalise

_ENDS = re.compile(r"[。:;!?,]$")
_STARTS = re.compile(
    r"(?:[一二三四五六七八九十]+[、.]|[(（][一二三四五六七八九十\d]+[)）]|\d{1,2}[、．]|\d{1,2}\.(?!\d)|第.{1,3}[章节条]|[-•●■])"
)
_HEADING = 24  # characters of a numbered heading on a line of its own, at most
_FULL = 0.75  # a line that ends earlier than this part of its neighbours ended by itself


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that run on, normalised, without blanks; ``offsets`` are where each line begins in ``text``."""

    text: str
    offsets: tuple[int, ...]
    places: tuple[str, ...]

    def place(self, position: int) -> str:
        """Where the character at ``position`` stands in the paper."""
        return self.places[bisect_right(self.offsets, position) - 1]

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Sentences with their positions; 。！？ end one, and nothing else does."""
        start = 0
        for found in re.finditer(r"[。!?]", self.text):
            yield start, self.text[start : found.end()]
            start = found.end()
        if start < len(self.text):
            yield start, self.text[start:]


def passages(lines: Sequence[Line]) -> Iterator[Passage]:
    """The lines joined where one runs on in the next."""
    # figures side by side, as in a table without ruled lines, must not become one
    texts = [normalise(re.sub(r"(?<=\d)\s+(?=\d)", "、", line.text)) for line in lines]
    group: list[int] = []
    for index, text in enumerate(texts):
        if group and _breaks(texts, group[-1], text):
            yield _joined(lines, texts, group)
            group = []
        group.append(index)
    if group:
        yield _joined(lines, texts, group)


def _breaks(texts: Sequence[str], last: int, following: str) -> bool:
    before = texts[last]
    if _STARTS.match(following):
        return not before.endswith((";", ":"))  # a list goes on behind them
    if _ENDS.search(before):
        return False  # the sentence ends there by itself
    if _STARTS.match(before) and len(before) <= _HEADING and not re.search(r"[,。;:]", before):
        return True
    around = max(len(text) for text in texts[max(0, last - 2) : last + 3])
    # two numbers must not become one: 得分10 | 2023年
    return len(before) < _FULL * around and before[-1:].isdigit() and following[:1].isdigit()


def _joined(lines: Sequence[Line], texts: Sequence[str], group: Sequence[int]) -> Passage:
    offsets, length = [], 0
    for index in group:
        offsets.append(length)
        length += len(texts[index])
    return Passage(
        "".join(texts[index] for index in group), tuple(offsets), tuple(lines[index].place for index in group)
    )
