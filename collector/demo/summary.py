"""What the demo says at its end: the year's figures, the accounting, what was refused and why, what to open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from collector.contradictions import find_contradictions
from collector.demo.run import Outcome
from collector.demo.workspace import LIST
from collector.demo.world import AS_OF, AS_OF_AT, YEAR
from collector.publish.publication import Result
from collector.publish.table import print_results
from collector.text import wrap
from metrics.contradictions import CONTRADICTION_LABELS
from metrics.period import parse_period

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

_WIDEST = 110
_COUNTS = {
    "read": "读取",
    "accepted": "接收",
    "unchanged": "未变",
    "superseding": "更正",
    "rejected": "拒绝",
    "set_aside": "另计",
}


def tell(outcome: Outcome, console: Console) -> None:
    """Print everything that is worth a look."""
    settings = outcome.workspace.settings
    totals = [result for result in outcome.results if result.is_total]
    year = [r for r in totals if r["period"] == str(YEAR) and r["target_period"] != "contract"]
    _head(console, f"{settings.organization.name} {YEAR} 年绩效指标（截至 {AS_OF}）")
    print_results(console, year, rules=False, brief=True)
    _head(console, f"按整个合同期考核的指标（{settings.projects[0].name}）")
    bound = [r for r in totals if ".." in r["period"] and r["target_period"] == "contract"]
    print_results(console, bound, rules=False, brief=True)
    deliveries = outcome.workspace.store.deliveries()
    _head(console, "核对：读到的每一行都有去处")
    console.print(_accounting(deliveries, {source.id: source.name for source in settings.sources}))
    _say(console, f"另计：合计行、重复的表头、备注、空行、不适用的行。{_known(outcome, len(deliveries))}")
    _refused(outcome.workspace.store.rejections(open_only=False), console)
    _contradictions(outcome, console)
    _head(console, f"用时 {sum(outcome.seconds.values()):.0f} 秒。接下来")
    for line in _next_steps(outcome, year):
        console.print(line, soft_wrap=True)


def _head(console: Console, text: str) -> None:
    console.print()
    console.print(f"【{text}】", style="bold")


def _say(console: Console, text: str, indent: str = "") -> None:
    console.print(wrap(text, min(console.width, _WIDEST), indent), soft_wrap=True)


def _accounting(deliveries: pd.DataFrame, names: dict[str, str]) -> Table:
    """Read = accepted + unchanged + superseding + rejected + set aside, by source and in all."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, show_footer=True)
    table.add_column("数据来源", "合计")
    table.add_column("批次", f"{len(deliveries)}", justify="right")
    for count, label in _COUNTS.items():
        table.add_column(label, f"{int(deliveries[count].sum()):,}", justify="right")
    for source, rows in deliveries.groupby("source", sort=False):
        counts = (f"{int(rows[count].sum()):,}" for count in _COUNTS)
        table.add_row(names[str(source)], str(len(rows)), *counts)
    return table


def _known(outcome: Outcome, batches: int) -> str:
    files = len(outcome.post.deliveries)
    return f"投递文件夹里有 {files} 个文件，读入 {batches} 批，其余与读过的文件内容相同，没有再读。"


def _refused(rejections: pd.DataFrame, console: Console) -> None:
    """Rejected rows by the kind of fault, with their number and an example each."""
    settled = int(rejections["resolved_by"].notna().sum())
    _head(console, f"退回 {len(rejections):,} 行，其中 {settled} 行已由后来的更正了结")
    for count, example in _grouped(rejections):
        reason = str(example["reason"]).split("；")[0]
        _say(console, f"· {count} 行，例：{_place(example)}：{reason}", "  ")


def _grouped(rejections: pd.DataFrame) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Per code the number of rows and the first of them, the most frequent first."""
    groups = [group for _, group in rejections.groupby("code", sort=False)]
    for group in sorted(groups, key=len, reverse=True):
        yield len(group), group.iloc[0].to_dict()


def _place(row: dict[Any, Any]) -> str:
    name = Path(row["name"]).name
    sheet = row["sheet"] if isinstance(row["sheet"], str) and not name.startswith(row["sheet"]) else ""
    return f"{name} {sheet} 第 {row['row_no']} 行" if sheet else f"{name} 第 {row['row_no']} 行"


def _contradictions(outcome: Outcome, console: Console) -> None:
    """Where two sources cannot both be right: counted by kind, with the first of each."""
    workspace = outcome.workspace
    found = find_contradictions(
        workspace.settings, workspace.store, [parse_period(str(YEAR))], now=workspace.clock(), as_of=AS_OF_AT
    )
    _head(console, f"来源之间的矛盾 {len(found):,} 处（只列出，不改变指标）")
    for kind, rows in found.groupby("kind", sort=False):
        _say(console, f"· {len(rows)} 处{CONTRADICTION_LABELS[str(kind)]}，例：{rows['text'].iloc[0]}", "  ")


_OF_MONTHS = re.compile(r"\d{4}-\d{2}(\D.*)")


def _written(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """What was written; papers that differ in their month alone are named once, by the first and the last."""
    months: dict[str, list[Path]] = {}
    for path in paths:
        found = _OF_MONTHS.fullmatch(path.name)
        months.setdefault(found[1] if found else path.name, []).append(path)
    for same in months.values():
        first = same[0].relative_to(Path.cwd()) if same[0].is_relative_to(Path.cwd()) else same[0]
        yield first, f"至 {same[-1].name}，每月一份，共 {len(same)} 份" if len(same) > 1 else ""


def _next_steps(outcome: Outcome, year: Sequence[Result]) -> list[str]:
    folder, serve = outcome.workspace.path, outcome.workspace.settings.serve
    port = serve.port if serve else 0
    missed = next((result["indicator"] for result in year if result["outcome"] == "missed"), "mean_arrival")
    opened = [
        (folder / "inbox", f"三家服务商和法院交来的 {len(outcome.post.deliveries)} 个文件，全部是编造的"),
        (folder / LIST, "哪种乱象在哪个文件里"),
        *_written(outcome.written),
        (folder / "yunwei.yaml", "配置，连同 sources、indicators 文件夹，都有注释"),
    ]
    commands = (
        (f"yunwei explain {missed} {YEAR} -C {folder}", "这个数是怎么算出来的，依据哪些行"),
        (f"yunwei report {YEAR}-08 -C {folder}", "再写一次八月的工作簿和报告；--template 用自己的版头"),
        (f"yunwei results {YEAR}-08 -C {folder}", "八月的指标；--dimension vendor 按服务商看"),
        (f"yunwei rejections export 退回.xlsx -C {folder}", "把退回的行发给服务商改"),
        (f"yunwei contradictions {YEAR}-11 -C {folder}", "列出十一月的矛盾"),
        (f"yunwei close --list -C {folder}", "封了哪些账，每一版依据什么"),
        (f"yunwei run -C {folder}", f"值守：拨测、采集、计算、发布；状态页 http://127.0.0.1:{port}/，Ctrl-C 结束"),
        ("python3 -m http.server 8099 --bind 127.0.0.1", "值守时它是拨测的目标：启动它即恢复，停掉它即中断"),
    )
    return [
        "可以打开：",
        *(f"  {path}" + (f"  —— {what}" if what else "") for path, what in opened),
        "可以运行：",
        *(f"  {text}  —— {what}" for text, what in commands),
    ]
