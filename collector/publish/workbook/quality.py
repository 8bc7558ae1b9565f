"""The sheet 数据质量: coverage, what was delivered and refused, contradictions, and on what the figures rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.publish.publication import Accounting, Publication
from collector.publish.workbook.book import Book, Printed, Sheet, Wide

_WIDTHS = (26, 44, 12, 12, 12, 12, 12, 12, 40)
_REST = 7  # columns beside the first two
_MOST_CONTRADICTIONS = 300


def quality(book: Book, sheet: Sheet) -> None:
    """Four tables, one below the other."""
    publication, dossier = book.publication, book.dossier
    sheet.page(_WIDTHS)
    sheet.title(f"{book.heading} 数据质量")
    covered = [result for result in book.totals if result["coverage"] is not None]
    sheet.title("覆盖率：应有证据的时间里有证据的部分")
    shares = ("coverage", "observed", "presumed")
    sheet.table(
        ["指标", "说明", "覆盖率", "有检测佐证", "推定正常"],
        [
            [result["name"], "；".join(result.notes), *(Printed(result.percent(name)) for name in shares)]
            for result in covered
        ],
    )
    sheet.gap()
    sheet.title("交付与核对：读取 = 接收 + 未变 + 更正 + 拒绝 + 另计")
    labels = ["数据来源", "交付文件", "读取", "接收", "未变", "更正", "拒绝", "另计", "未能读取的原因"]
    sheet.table(labels, [accounting_cells(one) for one in publication.deliveries])
    sheet.gap()
    open_rows = sum(publication.open_rejections.values())
    sheet.title(f"待处理的不合格行：{open_rows:,} 行")
    sheet.table(
        ["数据来源", "位置", "原因", *[""] * (_REST - 1)],
        [[source, where, Wide(reason, _REST)] for source, where, reason in dossier.rejected],
    )
    if open_rows > len(dossier.rejected):
        sheet.note(f"列出前 {len(dossier.rejected):,} 行；全部用 yunwei rejections export 写出。")
    sheet.gap()
    sheet.title(f"来源之间的矛盾：{len(dossier.contradictions):,} 处（只列出，不改变指标）")
    listed = dossier.contradictions[:_MOST_CONTRADICTIONS]
    sheet.table(
        ["矛盾", "位置", "内容", *[""] * (_REST - 1)],
        [[one.kind, one.place, Wide(one.text, _REST)] for one in listed],
    )
    if len(listed) < len(dossier.contradictions):
        sheet.note(f"列出前 {len(listed):,} 处；全部用 yunwei contradictions 列出。")
    sheet.gap()
    _objections(book, sheet)
    sheet.title("计算依据")
    sheet.table(
        ["项目", "内容", *[""] * (_REST - 1)], [[name, Wide(text, _REST)] for name, text in basis(publication).items()]
    )


def _objections(book: Book, sheet: Sheet) -> None:
    """What vendors held against figures of the period, and the decisions that stand; nothing where nobody did."""
    found = book.publication.objections_to(book.dossier.project, period=book.period)
    if not found:
        return
    names = {result["indicator"]: result["name"] for result in book.totals}
    sheet.title("服务商的异议及处理")
    lines = []
    for one in found:
        last = one.decisions[-1] if one.decisions else None
        decided = (
            one.decided if last is None else f"{one.decided}（{last.decided_by} {last.decided_on}）：{last.reason}"
        )
        lines.append([names.get(one.indicator, one.indicator), f"{one.vendor}：{one.statement}", Wide(decided, _REST)])
    sheet.table(["指标", "异议", "处理", *[""] * (_REST - 1)], lines)
    sheet.gap()


def accounting_cells(one: Accounting) -> list[Any]:
    """A delivery's account: read = accepted + unchanged + superseding + rejected + set aside."""
    counts = (one.read, one.accepted, one.unchanged, one.superseding, one.rejected, one.set_aside)
    return [one.source, one.name, *counts, one.refused]


def basis(publication: Publication) -> Mapping[str, str]:
    """What all the figures rest on; several values where results of several runs are shown together."""
    labels = {
        "as_of": "截止时间（UTC）",
        "known_at": "知悉时间（UTC）",
        "known_sequence": "知悉序号",
        "configuration_hash": "配置哈希",
        "computed_at": "计算时间（UTC）",
        "run_id": "运行编号",
    }
    found = {"单位": publication.organization, "程序版本": publication.version}
    for name, label in labels.items():
        found[label] = "、".join(dict.fromkeys(str(result[name]) for result in publication.results))
    return found
