"""Which files a source takes: patterns below the drop folder, whatever the case of their letters."""

from __future__ import annotations

import fnmatch
import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from metrics.errors import PassingError, os_fact

#: Endings of files that hold tables, for the members of an archive that no pattern speaks of.
TABLE_ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".jsonl", ".txt", ".gz")
ARCHIVE_ENDING = ".zip"
_LITTER = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"))


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a path (with ``/``) fits one of the patterns; ``**`` stands for any number of folders."""
    return any(_fits(_parts(name), _parts(pattern)) for pattern in patterns)


def _parts(path: str) -> list[str]:
    return unicodedata.normalize("NFC", path).casefold().split("/")


def _fits(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[start:], pattern[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def is_hidden(name: str) -> bool:
    """Lock files of Excel, hidden files, and what Windows and macOS leave in folders and archives."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "~$")) or part.casefold() in _LITTER for part in parts)


def files_below(folder: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """(path below ``folder``, file) of every file that fits, ordered by that path.

    Raises:
        PassingError: the folder, or one below it, is not there or cannot be listed: a share may be gone, and
            nothing must look as if nothing had been delivered.
    """
    found = []
    for directory, _, names in os.walk(folder, onerror=_unlisted):
        for name in names:
            path = Path(directory, name)
            below = path.relative_to(folder).as_posix()
            if not is_hidden(below) and matches(below, patterns) and path.is_file():
                found.append((below, path))
    yield from sorted(found)


def _unlisted(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        raise PassingError(f"文件夹“{error.filename}”不存在，请新建、接好共享盘，或改正 yunwei.yaml 的 paths.inbox")
    fact = os_fact(error)
    raise PassingError(f"文件夹“{error.filename}”打不开（{fact}），请检查权限和共享盘")


def member_fits(member: str, patterns: tuple[str, ...]) -> bool:
    """Whether a member of an archive is one of the source's tables: by its own name or its path.

    Patterns of archives say nothing of their members; if there are no others, every table fits.
    """
    wanted = [pattern for pattern in patterns if not pattern.casefold().endswith(ARCHIVE_ENDING)]
    if is_hidden(member) or member.endswith("/"):
        return False
    if not wanted:
        return member.casefold().endswith(TABLE_ENDINGS)
    name = PurePosixPath(member).name
    return matches(member, wanted) or matches(name, [PurePosixPath(pattern).name for pattern in wanted])


def stem(name: str) -> str:
    """A file's name without its folders and endings: ``甲公司/工单.csv.gz`` → ``工单``."""
    base = PurePosixPath(name).name
    while base.casefold().endswith((*TABLE_ENDINGS, ARCHIVE_ENDING)):
        base = base[: base.rindex(".")]
    return base or name
