"""Outputs appear whole: written beside, then renamed, so that a reader never sees half a file."""

from __future__ import annotations

import errno
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


_WHY = {
    errno.EACCES: "没有写权限，或文件正被别的程序打开",
    errno.EPERM: "没有写权限，或文件正被别的程序打开",
    errno.EROFS: "那里是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.ENOENT: "那里不能新建文件夹",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EEXIST: "上级不是文件夹",
    errno.EISDIR: "那里已有一个同名文件夹",
    errno.ENAMETOOLONG: "文件名太长",
}


def _why(error: OSError) -> str:
    return _WHY.get(error.errno or 0, "暂时不可用")
