"""What the demo says at its end: the year's figures, the accounting, what was refused and why, what to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from collector.demo.run import Outcome
from collector.demo.workspace import LIST
from collector.demo.world import AS_OF, YEAR
from collector.ingest.report import DeliveryReport, accounting
from collector.publish.publication import Result
from collector.publish.table import print_results

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


def tell(outcome: Outcome, console: Console) -> None:
    """Print everything that is worth a look."""
    settings = outcome.workspace.settings
    totals = [result for result in outcome.results if result.is_total]
    year = [result for result in totals if result["period"] == str(YEAR)]
    _head(console, f"{settings.organization.name} {YEAR} 年绩效指标（截至 {AS_OF}）")
    print_results(console, year, rules=False, brief=True)
    _head(console, f"按整个合同期考核的指标（{settings.projects[0].name}）")
    bound = [result for result in totals if ".." in result["period"] and result["target_period"] == "contract"]
    print_results(console, bound, rules=False, brief=True)
    _head(console, "核对：每一行都有去处")
    console.print(_sources(outcome))
    console.print(f"合计：{accounting(outcome.ingest)}")
    if outcome.ingest.known:
        console.print(f"{outcome.ingest.known} 个文件与已读过的内容相同，没有再读")
    _refused(outcome, console)
    _head(console, "接下来")
    for line in _next_steps(outcome, year):
        console.print(line)


def _head(console: Console, text: str) -> None:
    console.print()
    console.print(f"【{text}】", style="bold")


def _sources(outcome: Outcome) -> Table:
    """Read = accepted + unchanged + superseding + rejected + set aside, by source."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("数据来源")
    for label in ("文件", "读取", "接收", "未变", "更正", "拒绝", "另计"):
        table.add_column(label, justify="right")
    by_source: dict[str, list[DeliveryReport]] = {}
    for delivery in outcome.ingest.deliveries:
        by_source.setdefault(delivery.source_name, []).append(delivery)
    for name, deliveries in by_source.items():
        counts = (
            len(deliveries),
            *(sum(getattr(d, kind) for d in deliveries) for kind in ("read", "accepted", "unchanged", "superseding")),
            sum(d.rejected for d in deliveries),
            sum(sum(d.set_aside.values()) for d in deliveries),
        )
        table.add_row(name, *(f"{count:,}" for count in counts))
    return table


def _refused(outcome: Outcome, console: Console) -> None:
    """Rejected rows by the kind of fault, with their number and an example each; files that cannot be read."""
    rejections = outcome.workspace.store.rejections(open_only=False)
    settled = int(rejections["resolved_by"].notna().sum())
    _head(console, f"退回的行：{len(rejections):,} 行，其中 {settled} 行已由更正的文件了结")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("行数", justify="right")
    table.add_column("为什么（举一例）")
    table.add_column("在哪里")
    for count, example in _grouped(rejections):
        table.add_row(f"{count:,}", example["reason"], _place(example))
    console.print(table)
    for delivery in outcome.ingest.refused:
        console.print(delivery.line())


def _grouped(rejections: pd.DataFrame) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Per code the number of rows and the first of them, the most frequent first."""
    groups = [group for _, group in rejections.groupby("code", sort=False)]
    for group in sorted(groups, key=len, reverse=True):
        yield len(group), group.iloc[0].to_dict()


def _place(row: dict[Any, Any]) -> str:
    sheet = "" if row["sheet"] != row["sheet"] or not row["sheet"] else f" {row['sheet']}"
    return f"{Path(row['name']).name}{sheet} 第 {row['row_no']} 行"


def _next_steps(outcome: Outcome, year: Sequence[Result]) -> list[str]:
    folder, made = outcome.workspace.path, outcome.post.deliveries
    missed = next((result["indicator"] for result in year if result["outcome"] == "missed"), "mean_arrival")
    total = sum(outcome.seconds.values())
    return [
        f"用时 {total:.0f} 秒："
        + "、".join(f"{name} {seconds:.1f}" for name, seconds in outcome.seconds.items())
        + "；数据全部是编造的。",
        f"{folder / 'inbox'}：三家服务商和法院的 {len(made)} 个文件；{folder / LIST} 说明每种乱象在哪个文件里",
        *(f"{path}：导出的结果" for path in outcome.written),
        f"{folder / 'yunwei.yaml'}、{folder / 'sources'}、{folder / 'indicators'}：配置，都有注释",
        f"一个指标是怎么算出来的：yunwei explain {missed} {YEAR} -C {folder}",
        f"其他周期和分项：yunwei results {YEAR}-08 -C {folder}",
        f"来源之间的矛盾：yunwei contradictions {YEAR} -C {folder}",
        f"退回的行导出给服务商改：yunwei rejections export 不合格行.xlsx -C {folder}",
    ]
