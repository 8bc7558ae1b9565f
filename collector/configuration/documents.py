"""The files of a workspace: which there are, read and validated stanza by stanza."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from collector.configuration.data import data_folder
from collector.configuration.models import HolidayFile, SourceSettings, WorkspaceFile
from collector.configuration.nodes import Node, read_nodes
from collector.configuration.problems import Problem
from collector.configuration.self_evaluation import SelfEvaluationSettings
from collector.configuration.stanzas import read_indicator, read_source
from collector.configuration.validate import Place, validated
from metrics.errors import ConfigError
from metrics.indicators import IndicatorDefinition
from metrics.scoring.pack import RulePack

MAIN_FILE = "yunwei.yaml"
SOURCES_FOLDER = "sources"
INDICATORS_FOLDER = "indicators"
SELF_EVALUATION_FOLDER = "self_evaluation"
RULE_PACKS_FOLDER = "rule_packs"

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Stanza(Generic[Kind]):
    """One stanza: where it stands, and what it is, if it is valid."""

    place: Place
    model: Kind | None


@dataclass
class Workspace:
    """Everything read, valid or not, in the order of files and lines."""

    folder: Path
    head: Stanza[WorkspaceFile]
    holidays: list[Stanza[HolidayFile]] = field(default_factory=list)
    sources: list[Stanza[SourceSettings]] = field(default_factory=list)
    indicators: list[Stanza[IndicatorDefinition]] = field(default_factory=list)
    self_evaluations: list[Stanza[SelfEvaluationSettings]] = field(default_factory=list)
    rule_packs: list[Stanza[RulePack]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_documents(folder: Path) -> Workspace:
    """Read ``yunwei.yaml``, the holiday files it names, ``sources/``, ``indicators/`` and what scores them.

    Raises:
        ConfigError: the folder is no workspace at all.
    """
    if not (folder / MAIN_FILE).is_file():
        raise ConfigError(f"“{folder}”不是工作区，其中没有 {MAIN_FILE}；可用 yunwei init 新建一个")
    problems: list[Problem] = []
    root = _root(folder, MAIN_FILE, problems)
    place = Place(MAIN_FILE, root or Node(1, entries={}))
    head = validated(WorkspaceFile, place, problems) if root is not None else None
    workspace = Workspace(folder, Stanza(place, head), problems=problems)
    workspace.holidays = [_holidays(folder, file, problems) for file in _holiday_files(place)]
    for stanza in _stanzas(folder, SOURCES_FOLDER, problems):
        workspace.sources.append(Stanza(stanza, read_source(stanza, problems)))
    for stanza in _stanzas(folder, INDICATORS_FOLDER, problems):
        workspace.indicators.append(Stanza(stanza, read_indicator(stanza, problems)))
    for stanza in _stanzas(folder, SELF_EVALUATION_FOLDER, problems):
        workspace.self_evaluations.append(Stanza(stanza, validated(SelfEvaluationSettings, stanza, problems)))
    for stanza in _stanzas(folder, RULE_PACKS_FOLDER, problems):
        workspace.rule_packs.append(Stanza(stanza, validated(RulePack, stanza, problems)))
    if workspace.self_evaluations:
        workspace.rule_packs += _own_rule_packs(
            problems, {pack.model.id for pack in workspace.rule_packs if pack.model}
        )
    return workspace


def _own_rule_packs(problems: list[Problem], known: set[str]) -> Iterator[Stanza[RulePack]]:
    """The program's own rule packs; one of the workspace with the same id takes its place."""
    for stanza in _stanzas(data_folder() / "common", RULE_PACKS_FOLDER, problems):
        pack = validated(RulePack, stanza, problems)
        if pack is not None and pack.id not in known:
            yield Stanza(stanza, pack)


def _root(folder: Path, file: str, problems: list[Problem]) -> Node | None:
    """The file's content; None after a problem that leaves nothing to look at."""
    try:
        content = (folder / file).read_bytes()
    except OSError:
        problems.append(Problem(file, 0, "", "文件不存在或无法读取"))
        return None
    root, met = read_nodes(content, file)
    problems.extend(met)
    if root is None and not met:
        problems.append(Problem(file, 0, "", "文件是空的"))
    return root


def _holiday_files(head: Place) -> Iterator[Place]:
    """The places that name a holiday file; only well-formed ones, the rest is a problem of its own."""
    listed = head.below("calendar", "holiday_files")
    for index, node in enumerate((listed.node.items if listed.node else None) or ()):
        if node.text:
            yield listed.below(index)


def _holidays(folder: Path, named_at: Place, problems: list[Problem]) -> Stanza[HolidayFile]:
    file = str(named_at.node.text) if named_at.node else ""
    if not (folder / file).is_file():
        problems.append(named_at.problem(f"文件“{file}”不存在，应为相对于工作区的路径"))
        return Stanza(named_at, None)
    root = _root(folder, file, problems)
    place = Place(file, root or Node(1, entries={}))
    return Stanza(place, validated(HolidayFile, place, problems) if root is not None else None)


def _stanzas(folder: Path, below: str, problems: list[Problem]) -> Iterator[Place]:
    """Every stanza of every file in a folder and those below it; a file holds one stanza or a list of them."""
    for path in sorted((folder / below).rglob("*")):
        name = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in name.parts):
            continue
        file = name.as_posix()
        if path.suffix not in (".yaml", ".yml"):
            problems.append(Problem(file, 0, "", "这个文件夹中只放 .yaml 文件"))
            continue
        root = _root(folder, file, problems)
        if root is None:
            continue
        if root.items is None:
            yield Place(file, root)
            continue
        for index in range(len(root.items)):
            yield Place(file, root, (index,))
