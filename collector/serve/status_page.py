"""The officer's page: what needs attention, how the indicators stand, what the sources delivered, what to download."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from collector.serve.attention import points
from collector.serve.html import Html, listing, marked, paragraph, section, table, text
from collector.serve.indicators import Current
from collector.serve.jobs import job_label
from collector.serve.papers import Paper
from collector.serve.snapshot import Snapshot
from collector.serve.sources import SourceState
from collector.serve.uptime import Budget
from collector.serve.wording import PERIODS, duration, lost
from collector.version import program_version
from metrics.indicators import IndicatorDefinition
from metrics.numbers import print_share
from metrics.targets import parse_target

_STYLE = """
:root { color: #1c2733; background: #fff; }
body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1.5rem 3rem;
  font: 16px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 2px solid #2f5d8a; padding-bottom: .2rem; }
p { margin: .3rem 0; }
ul { margin: .3rem 0; padding-left: 1.4rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d8dfe6; }
th:first-child, td:first-child { padding-left: 0; min-width: 8em; }
th { font-weight: 600; white-space: nowrap; color: #44566a; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
a { color: #1d5a96; }
.good { color: #1a6b34; }
.bad { color: #b3261e; font-weight: 600; }
.dim { color: #66788a; }
.scroll { overflow-x: auto; }
footer { margin-top: 2.5rem; color: #66788a; font-size: .85rem; }
@media print {
  html { font-size: 10px; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  .scroll { overflow: visible; }
  a { color: inherit; text-decoration: none; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
  thead { display: table-header-group; }
}
"""
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_KINDS = {"met": "good", "missed": "bad", "low_coverage": "bad"}


def status_page(
    snapshot: Snapshot, papers: Mapping[str, Paper], left_out: Iterable[tuple[tuple[str, ...], float]]
) -> str:
    """The whole page."""
    settings = snapshot.settings
    name, as_of = settings.organization.name, _moment(snapshot, snapshot.as_of)
    attention = points(snapshot, left_out)
    parts = [
        section("要处理的事", listing(attention) if attention else paragraph("没有。", "good")),
        section("绩效指标", *_indicators(snapshot)),
        *_budgets(snapshot.budgets),
        *_targets(snapshot),
        section("数据来源", _sources(snapshot)),
        *_jobs(snapshot),
        section("可下载的文件", _papers(snapshot, papers)),
    ]
    head = '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{head}<title>{text(name)} 运维绩效</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{text(name)} 运维绩效</h1>\n"
        f"{paragraph(f'截至 {as_of}', 'dim')}\n</header>\n"
        + "\n".join(parts)
        + f"\n<footer>yunwei {text(program_version())}。本页的数字在准备时算好，刷新浏览器即可看到最近一次。"
        '其他系统请取 <a href="results.json">results.json</a> 和 <a href="metrics">metrics</a>。</footer>\n'
        "</body>\n</html>\n"
    )


def _moment(snapshot: Snapshot, at: int | None) -> str:
    if at is None:
        return "—"
    return datetime.fromtimestamp(at, snapshot.settings.zone).strftime("%Y-%m-%d %H:%M:%S")


def _indicators(snapshot: Snapshot) -> list[Html]:
    found: dict[tuple[str, str], dict[str, Current]] = {}
    for current in snapshot.indicators:
        found.setdefault(current.result.key, {})[current.kind] = current
    if not found:
        return [
            paragraph("当前周期还没有结果，计算之后显示在这里（yunwei compute，或由 yunwei run 定时计算）。", "dim")
        ]
    several = len(snapshot.settings.projects) > 1
    kinds = [kind for kind in PERIODS if any(kind in by_kind for by_kind in found.values())]
    heads = [*(["运维项目"] if several else []), "指标", "指标值", *(PERIODS[kind] for kind in kinds)]
    rows = [
        [
            *([snapshot.settings.project(definition.project).name] if several else []),
            definition.name,
            _target(definition),
            *(_figure(found[definition.project, definition.id].get(kind)) for kind in kinds),
        ]
        for definition in snapshot.settings.indicators
        if (definition.project, definition.id) in found
    ]
    first = len(heads) - len(kinds)
    shown = table(heads, rows, frozenset(range(first, len(heads))))
    newest = max(current.result["as_of"] for current in snapshot.indicators)
    note = f"指标按最近一次计算列出，截止时间 {_iso(snapshot, newest)}；没有写结论的周期不受指标值约束。"
    return [shown, paragraph(note, "dim")]


def _iso(snapshot: Snapshot, stored: str) -> str:
    from collector.result_rows import from_iso

    return _moment(snapshot, from_iso(stored))


def _target(definition: IndicatorDefinition) -> str:
    return parse_target(definition.target).printed if definition.target else "—"


def _figure(current: Current | None) -> str:
    if current is None:
        return ""
    result = current.result
    if not result["outcome"]:
        return str(result["printed"])
    word = marked(result.outcome, _KINDS.get(result["outcome"], "dim"))
    return word if result["printed"] == "—" else Html(f"{text(result['printed'])} {word}")


def _budgets(budgets: Sequence[Budget]) -> list[Html]:
    if not budgets:
        return []
    rows = [
        [
            each.definition.name,
            PERIODS[each.kind],
            _target(each.definition),
            lost(each.budget.allowed, each.budget.unit),
            lost(each.budget.spent, each.budget.unit),
            marked(lost(each.budget.left, each.budget.unit), "bad" if each.budget.left < 0 else "good"),
            print_share(each.budget.best),
        ]
        for each in budgets
    ]
    heads = ["指标", "周期", "指标值", "全期可中断", "已中断", "还可中断", "期末最好可达"]
    note = "各设备合计；到期末为止的应运行时间按现有台账、服务日历和已批准的豁免推算。负数表示本期已不可能达标。"
    return [section("正常运行率的余量", table(heads, rows, frozenset(range(3, 7))), paragraph(note, "dim"))]


def _targets(snapshot: Snapshot) -> list[Html]:
    targets = snapshot.targets
    if not targets:
        return []
    states = [target.is_up(snapshot.as_of) for target in targets]
    down = [target for target, up in zip(targets, states, strict=True) if up is False]
    said = f"共 {len(targets)} 个：正常 {states.count(True)}，中断 {len(down)}，不明 {states.count(None)}。"
    rows = [
        [target.asset_no, _source_name(snapshot, target.source), _moment(snapshot, target.checked_at)]
        for target in down
    ]
    listed = [table(["中断的设备", "数据来源", "最近一次检测"], rows)] if down else []
    return [section("拨测", paragraph(said), *listed)]


def _source_name(snapshot: Snapshot, source: str) -> str:
    return next((known.name for known in snapshot.settings.sources if known.id == source), source)


def _sources(snapshot: Snapshot) -> Html:
    heads = ["数据来源", "上次收到", "距今", "已读行", "不合格待处理", "状态"]
    rows = [
        [
            state.source.name,
            _moment(snapshot, state.last_success),
            "—" if state.age is None else duration(state.age),
            "" if state.account is None else str(sum(state.account.rows.values())),
            _rejected(state),
            _state(state),
        ]
        for state in snapshot.sources
    ]
    return table(heads, rows, frozenset((2, 3, 4)))


def _rejected(state: SourceState) -> str:
    count = state.account.open_rejections if state.account else 0
    return marked(str(count), "bad") if count else "0" if state.account else ""


def _state(state: SourceState) -> Html:
    if state.last_success is None:
        return marked("从未收到", "dim")
    return marked("沉默", "bad") if state.is_silent else marked("正常", "good")


_OUTCOMES = {
    "running": marked("进行中", "dim"),
    "done": marked("完成", "good"),
    "failed": marked("失败", "bad"),
    "interrupted": marked("中断", "bad"),
}


def _jobs(snapshot: Snapshot) -> list[Html]:
    if not snapshot.jobs:
        return []
    rows = [
        [
            job_label(snapshot.settings, job.job),
            _moment(snapshot, job.started_at),
            _OUTCOMES.get(job.outcome, job.outcome),
            "" if job.last_seconds is None else f"{job.last_seconds:.1f}秒",
            str(job.runs),
            marked(str(job.failures), "bad") if job.failures else "0",
            job.error,
        ]
        for job in snapshot.jobs
    ]
    heads = ["任务", "上次开始", "结果", "用时", "次数", "失败", "说明"]
    return [section("定时任务", table(heads, rows, frozenset((3, 4, 5))))]


def _papers(snapshot: Snapshot, papers: Mapping[str, Paper]) -> Html:
    if not papers:
        return paragraph("还没有导出文件（yunwei export，或由 yunwei run 定时发布）。", "dim")
    rows = [
        [
            Html(f'<a href="papers/{quote(paper.name)}">{text(paper.name)}</a>'),
            f"{max(1, paper.size // 1024):,} KB",
            _moment(snapshot, paper.modified_at),
        ]
        for paper in papers.values()
    ]
    return table(["文件", "大小", "写出时间"], rows, frozenset((1,)))
