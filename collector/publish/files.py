"""Outputs appear whole: written beside, then renamed, so that a reader never sees half a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from metrics.errors import PassingError


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; renamed over ``path`` when the block ends well, else removed.

    Raises:
        PassingError: the folder cannot be written, the disk is full, or the file is held by another program.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        os.replace(beside, path)
    except OSError as error:
        raise PassingError(f"无法写入“{path}”：{_why(error)}") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _why(error: OSError) -> str:
    known = {
        PermissionError: "没有写权限，或文件正被别的程序打开",
        NotADirectoryError: "上级不是文件夹",
        FileExistsError: "上级不是文件夹",
        IsADirectoryError: "那里已有一个同名文件夹",
    }
    return known.get(type(error), "磁盘已满或暂时不可用")
