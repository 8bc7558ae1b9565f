"""The demo from end to end: write the workspace, ingest, compute, export."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from collector.archive import Archive
from collector.compute import Asked, compute
from collector.demo.books import PACKED, close_year, object_once, pack
from collector.demo.generate import STEPS, generate
from collector.demo.post import Post
from collector.demo.stages import Stages
from collector.demo.workspace import LIST, write_configuration, write_list
from collector.demo.world import AS_OF_AT, SEED, YEAR
from collector.ingest import IngestReport, ingest
from collector.outputs import export, stored_results
from collector.publish.publication import Result
from metrics.errors import UsageError

if TYPE_CHECKING:
    from collector.cli.common import Workspace
    from collector.settings import Settings
    from collector.store import Store

MARK = ".yunwei-demo.json"
_CONFIGURED = ("sources", "indicators", "self_evaluation", "yunwei.yaml")
MADE = ("inbox", "data", "output", *_CONFIGURED, LIST, MARK)  # the mark goes last


@dataclass(frozen=True)
class Outcome:
    """What the demo did, for :mod:`collector.demo.summary` to tell."""

    workspace: Workspace
    post: Post
    ingest: IngestReport
    results: list[Result]
    written: list[Path]
    seconds: Mapping[str, float] = field(default_factory=dict)


def run(workspace: Workspace, scale: float, stages: Stages, *, replace: bool = False) -> Outcome:
    """Fill the folder of ``workspace`` and take its deliveries all the way to the outputs.

    A folder in which the same demo was made before is used again: its configuration stays as it is, and the same
    files delivered again change nothing. With ``replace`` that earlier demo is removed first.

    Raises:
        UsageError: the folder holds something else, or the writer of old workbooks is not installed.
    """
    _check_writers()
    if replace:
        _remove(workspace.path)
    _claim(workspace.path, scale)
    with stages.stage("生成", len(STEPS)) as step:
        write_configuration(workspace.path)
        _, post = generate(workspace.path / "inbox", scale, step=step.next)
        write_list(workspace.path, post)
        step.done(f"{len(post.deliveries)} 个文件，{sum(d.size for d in post.deliveries) / 1e6:.1f} MB")
    settings, store = workspace.settings, workspace.store
    with stages.stage("采集", len(post.deliveries)) as step:
        report = ingest(settings, store, Archive(settings.archive), progress=step)
        step.done(f"{report.read:,} 行，{len(report.deliveries)} 个文件")
    with stages.stage("计算", len(settings.indicators)) as step:
        computed = compute(
            settings, store, Asked(), now=workspace.clock(), as_of=AS_OF_AT, progress=lambda name, *_: step.next(name)
        )
        step.done(f"{len(settings.indicators)} 个指标，{len(computed.results):,} 个结果")
    with stages.stage("封账", 1) as step:
        step.next("各月和全年")
        closed = close_year(settings, store, workspace.clock())
        object_once(settings, store)
        step.done(f"{len(closed)} 个周期" if closed else "没有变化")
    with stages.stage("导出", len(settings.outputs)) as step:
        step.next("结果")
        results = stored_results(store)
        written = export(settings, store, results, (), None)
        step.done(f"{len(written)} 个文件，其中每月、全年的工作簿和报告 {sum(map(_is_paper, written))} 个")
    with stages.stage("自评表", len(settings.self_evaluations)) as step:
        forms = _self_evaluations(settings, store, step.next)
        written += forms
        step.done("、".join(path.name for path in forms))
    with stages.stage("佐证材料", len(PACKED)) as step:
        packed = pack(settings, store, step.next)
        written.append(packed.path)
        step.done(f"{packed.figures} 个指标、{packed.rows:,} 条依据；全部指标用 yunwei evidence build {YEAR}")
    return Outcome(workspace, post, report, results, written, stages.seconds)


def _self_evaluations(settings: Settings, store: Store, told: Callable[[str], None]) -> list[Path]:
    """The forms as final ones where nothing is missing (closing included), else as drafts."""
    from dataclasses import replace

    from collector.selfeval.build import build
    from collector.selfeval.write import write

    made = []
    for model in settings.self_evaluations:
        told(f"{model.fiscal_year} 年")
        evaluation = build(settings, store, model)
        made.append(evaluation if evaluation.missing else replace(evaluation, final=True))
    return [path for _, paths in write(made, settings.output) for path in paths]


def _is_paper(path: Path) -> bool:
    return path.suffix in (".xlsx", ".docx")


def _check_writers() -> None:
    """Say what is missing before anything is written."""
    if find_spec("xlwt") is None:
        raise UsageError("演示要写旧版 xls 文件，需要 xlwt：请运行 pip install 'yunwei[demo]' 后再试")


def _remove(folder: Path) -> None:
    """Remove what an earlier demo made, and nothing else."""
    if not (folder / MARK).is_file():
        return
    for name in MADE:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _claim(folder: Path, scale: float) -> None:
    """Make sure that the folder is ours to fill."""
    mark, made = folder / MARK, {"seed": SEED, "scale": scale}
    if mark.is_file():
        if json.loads(mark.read_text(encoding="utf-8")) != made:
            raise UsageError(f"“{folder}”中已有另一规模的演示，请换一个文件夹，或用 --replace 从头再来")
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"“{folder}”已经存在，而且不是空的文件夹，请换一个名字")
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(made), encoding="utf-8")
