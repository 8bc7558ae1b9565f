"""Lines broken anywhere as one text that still knows where each part stood.

Blanks and line breaks are dropped altogether: a line may be broken inside a word, so neither says anything.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.papers import Line
from collector.targets.entries import span

#: Full-width and look-alike marks → the one we look for; one for one, so that positions stay.
_MARKS = str.maketrans(
    "；：（），．％０１２３４５６７８９－—–‑―〔〕［］≧≦⩾⩽＞＜＝", ";:(),.%0123456789-----()()≥≤≥≤><="
)
_INVISIBLE = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
_PAGE = re.compile(r"第\s*\d{1,4}\s*页(?:[,，/]?\s*共\s*\d{1,4}\s*页)?|[-—–－]+\s*\d{1,4}\s*[-—–－]+")
_ON_PAGE = re.compile(r"第 (\d+) 页")


def squeezed(text: str) -> str:
    """``text`` without blanks, line breaks and invisible characters."""
    return "".join(char for char in visible(text) if not char.isspace())


def visible(text: str) -> str:
    """``text`` in one line, without what nobody sees."""
    return "".join(char for char in text if unicodedata.category(char) not in _INVISIBLE)


def plain(text: str) -> str:
    """The same length, with half-width punctuation and digits."""
    return text.translate(_MARKS)


@dataclass(frozen=True)
class Joined:
    """``text`` as written without blanks; ``plain`` is its twin of the same length to search in."""

    text: str
    plain: str
    starts: tuple[int, ...]
    places: tuple[str, ...]

    def place(self, start: int, end: int) -> str:
        """Where the characters ``[start, end)`` stood."""
        first, last = (bisect_right(self.starts, at) - 1 for at in (start, max(start, end - 1)))
        return span(self.places[first], self.places[last])


def join(lines: Iterable[Line]) -> Joined:
    """All lines as one text."""
    parts, starts, places, length = [], [], [], 0
    for line in lines:
        text = squeezed(line.text)
        if text:
            parts.append(text)
            starts.append(length)
            places.append(line.place)
            length += len(text)
    whole = "".join(parts)
    return Joined(whole, plain(whole), tuple(starts), tuple(places))


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """The lines without page numbers and repeated heads of pages, and how many those were.

    A bare number is one only where it stands last on its page and counts on from the page before: elsewhere it may
    be half of a target that was broken.
    """
    dropped = {at for at, line in enumerate(lines) if _PAGE.fullmatch(line.text.strip())}
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        found = _ON_PAGE.match(line.place)
        if found and at not in dropped:
            pages.setdefault(int(found[1]), []).append(at)
    dropped |= _counting(lines, pages) | _repeated_heads(lines, pages)
    return [line for at, line in enumerate(lines) if at not in dropped], len(dropped)


def _counting(lines: Sequence[Line], pages: dict[int, list[int]]) -> set[int]:
    numbers = {page: lines[rows[-1]].text.strip() for page, rows in pages.items()}
    found: set[int] = set()
    for page, number in numbers.items():
        following = numbers.get(page + 1, "")
        if number.isdecimal() and following.isdecimal() and int(following) == int(number) + 1:
            found |= {pages[page][-1], pages[page + 1][-1]}
    return found


def _repeated_heads(lines: Sequence[Line], pages: dict[int, list[int]]) -> set[int]:
    """First lines of pages that say again what an earlier page began with."""
    seen: set[str] = set()
    found = set()
    for rows in pages.values():
        text = squeezed(lines[rows[0]].text)
        if len(text) >= 4 and text in seen and not re.search(r"[;；。\d]", text):
            found.add(rows[0])
        seen.add(text)
    return found
