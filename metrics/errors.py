"""Errors that a person can act on.

An error gathers its place on the way out: the inner function states the short fact, each outer layer
adds column, row, sheet, file with :meth:`YunweiError.within`.
"""

from __future__ import annotations

import errno
from typing import Self

_FACTS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件不在了",
    errno.EIO: "磁盘读写出错",
    errno.EISDIR: "这是文件夹，不是文件",
}


class YunweiError(Exception):
    """A fact about the input or the surroundings, in Chinese; never a bug.

    Attributes:
        fact: the short sentence, without its place.
        places: from the outermost to the innermost, e.g. ``["文件“a.xlsx”", "第 7 行"]``.
    """

    exit_code = 3

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact
        self.places: list[str] = []

    def within(self, place: str) -> Self:
        """Put ``place`` before the places known so far and return the same error."""
        self.places.insert(0, place)
        return self

    def __str__(self) -> str:
        return f"{'，'.join(self.places)}：{self.fact}" if self.places else self.fact


class UsageError(YunweiError):
    """A command or its arguments are wrong."""

    exit_code = 2


class ConfigError(YunweiError):
    """The configuration is wrong; nothing was done."""

    exit_code = 2


class InputError(YunweiError):
    """A delivery cannot be read, or rows of it were refused."""

    exit_code = 3


class PassingError(YunweiError):
    """Something outside does not answer now; trying again later may help."""

    exit_code = 4


def os_fact(error: OSError) -> str:
    """What the operating system refused, in Chinese where it is one of the usual reasons."""
    return _FACTS.get(error.errno or 0, error.strerror or "操作系统拒绝")
