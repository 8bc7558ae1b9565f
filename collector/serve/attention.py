"""What a person should look at now, most pressing first, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from collector.serve.jobs import job_label
from collector.serve.snapshot import Snapshot
from collector.serve.wording import PERIODS, duration, lost

_MOST = 8  # of a kind; further ones are counted


def points(snapshot: Snapshot, left_out: Iterable[tuple[tuple[str, ...], float]]) -> list[str]:
    """All of them; empty when there is nothing to do."""
    kinds = (
        _down(snapshot),
        _silent(snapshot),
        _failing(snapshot),
        _overdrawn(snapshot),
        _outcomes(snapshot),
        _certificates(snapshot),
    )
    return [
        *chain.from_iterable(_some(list(kind)) for kind in kinds),
        *_tickets(snapshot),
        *_rejections(snapshot),
        *(f"/metrics 略去了 {labels[0]} 的 {int(count)} 条序列，超过 serve.series_limit" for labels, count in left_out),
    ]


def _some(found: list[str]) -> list[str]:
    return found if len(found) <= _MOST else [*found[:_MOST], f"……另有 {len(found) - _MOST} 项同类"]


def _down(snapshot: Snapshot) -> Iterator[str]:
    for target in snapshot.targets:
        if target.is_up(snapshot.as_of) is False:
            yield f"设备 {target.asset_no} 中断"


def _silent(snapshot: Snapshot) -> Iterator[str]:
    for state in snapshot.sources:
        if state.is_silent and state.age is not None:
            yield f"数据来源“{state.source.name}”已沉默 {duration(state.age)}，其间的时间为未知"


def _failing(snapshot: Snapshot) -> Iterator[str]:
    for job in snapshot.jobs:
        if job.outcome == "failed":
            yield f"任务“{job_label(snapshot.settings, job.job)}”上次失败：{job.error}"


def _overdrawn(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.budgets:
        if each.budget.left < 0:
            over = lost(-each.budget.left, each.budget.unit)
            yield f"“{each.definition.name}”{PERIODS[each.kind]}已不可能达标，中断超出 {over}"


def _outcomes(snapshot: Snapshot) -> Iterator[str]:
    """One sentence an indicator and outcome, with all the periods it holds for."""
    words = {"missed": "未达标", "low_coverage": "覆盖不足"}
    found: dict[tuple[str, str, str], list[str]] = {}
    for current in snapshot.indicators:
        result = current.result
        if result["outcome"] in words:
            figures = found.setdefault((*result.key, result["outcome"]), [])
            figures.append(f"{PERIODS[current.kind]} {result['printed']}")
    names = {(known.project, known.id): known.name for known in snapshot.settings.indicators}
    for (project, indicator, outcome), figures in found.items():
        yield f"“{names[project, indicator]}”{words[outcome]}：{'，'.join(figures)}"


def _certificates(snapshot: Snapshot) -> Iterator[str]:
    for target in snapshot.targets:
        if target.certificate_expires_at is not None:
            left = target.certificate_expires_at - snapshot.as_of
            if left <= 0:
                yield f"设备 {target.asset_no} 的证书已过期"
            elif left < 21 * 86_400:
                yield f"设备 {target.asset_no} 的证书还有 {duration(left)} 到期"


def _tickets(snapshot: Snapshot) -> Iterator[str]:
    overdue = snapshot.samples.values.get("yunwei_tickets_overdue", ())
    names = {(known.project, known.id): known.name for known in snapshot.settings.indicators}
    for (project, indicator), count in overdue:
        if count:
            yield f"{int(count)} 张工单已超过时限还没有完成（{names[project, indicator]}）"


def _rejections(snapshot: Snapshot) -> Iterator[str]:
    waiting = sum(state.account.open_rejections for state in snapshot.sources if state.account)
    if waiting:
        yield f"{waiting} 行数据不合格待处理，可用 yunwei rejections export 退给服务商更正"
