"""The configuration of the demo workspace: the files of ``config/demo``, as they are."""

from __future__ import annotations

from pathlib import Path

from collector.configuration.data import data_folder
from collector.demo.messes import MESSES
from collector.demo.post import Post

LIST = "乱象清单.md"


def write_configuration(folder: Path) -> list[str]:
    """Copy yunwei.yaml, sources/ and indicators/ into ``folder``; what is there already stays. Returns what is new."""
    written = []
    kept = data_folder() / "demo"
    for path in sorted(kept.rglob("*.yaml")):
        name = path.relative_to(kept)
        if not (folder / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(path.read_bytes())
            written.append(name.as_posix())
    return written


def write_list(folder: Path, post: Post) -> None:
    """Write which mess is to be seen in which files of the drop folder."""
    lines = [
        "# 演示数据里的乱象",
        "",
        "真实的交付里常见的每一种都至少出现一次；后面是能看到它的文件（在 inbox 文件夹中）。",
        "",
    ]
    for mess, label in MESSES.items():
        found = post.showing(mess)
        more = f" 等 {len(found)} 个文件" if len(found) > 3 else ""
        lines.append(f"- {label}：{'、'.join(found[:3])}{more}")
    (folder / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
