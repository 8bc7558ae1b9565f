"""The source files of a pack: original bytes out of the archive, each content once, under names that are safe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from collector.publish.names import safe_name

if TYPE_CHECKING:
    from collector.store import Store

FOLDER = "来源文件"
_DIGITS = 12


def source_names(store: Store) -> Mapping[str, str]:
    """Content hash → the name under which it was first delivered (the path below the drop folder)."""
    deliveries = store.deliveries()
    first = deliveries.drop_duplicates("content_hash")
    return dict(zip(first["content_hash"], first["name"], strict=True))


def path_in_pack(content_hash: str, name: str) -> str:
    """``来源文件/0a1b2c3d4e5f_三月.xlsx``."""
    return f"{FOLDER}/{content_hash[:_DIGITS]}_{safe_name(PurePosixPath(name).name)}"
