"""What is wrong with a configuration: every problem with its file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from metrics.errors import ConfigError

#: One step of the way to a value: a key of a mapping or the index of a list item.
Step = str | int


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One mistake. ``line`` counts from 1; 0 where the whole file is meant."""

    file: str
    line: int
    key: str
    fact: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.fact}" if self.key else f"{place}: {self.fact}"


class ConfigErrors(ConfigError):  # noqa: N818  (several errors)
    """All problems of all files at once, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def key_text(path: Iterable[Step]) -> str:
    """A path as people read it: ``tables[1].columns.ticket_no``; list items count from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The right name most like ``word``, or None if none is like it."""
    names = list(right)
    by_lower = {name.lower(): name for name in reversed(names)}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[found[0]] if found else None


def unknown_name(what: str, word: str, right: Iterable[str]) -> str:
    """The sentence for a name that does not exist: the nearest right one and the list of all."""
    names = list(right)
    if not names:
        return f"没有名为“{word}”的{what}，配置中尚未定义任何{what}"
    near = nearest(word, names)
    hint = f"，是否想写“{near}”" if near else ""
    return f"没有名为“{word}”的{what}{hint}；可用：{'、'.join(names)}"
