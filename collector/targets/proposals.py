"""From what a paper says to what is proposed: target, unit, formula and id of every indicator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collector.targets.entries import Entry, Group, Stray
from collector.targets.joined import plain
from collector.targets.names import Ids
from collector.targets.suggest import Suggestion, likely, suggest
from metrics.targets import OPERATOR_WORDS, Target, parse_target

_SHORTER_IS_BETTER = ("mean_response", "mean_arrival", "mean_resolution", "mean_outage_duration", "outage_count")
_MORE_IS_BETTER = ("availability", "timely_rate", "resolution_rate", "satisfaction", "inspection_completion")
_PER_TICKET = ("mean_response", "mean_arrival", "mean_resolution")


@dataclass(frozen=True, slots=True)
class Existing:
    """An indicator that the workspace has already."""

    project: str
    id: str
    name: str
    target: str | None


@dataclass(frozen=True)
class Known:
    """What the workspace knows; nothing of it is needed. ``projects``: id → name."""

    projects: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[str, ...] = ()
    indicators: tuple[Existing, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """One indicator, proposed. ``target`` None: the paper gives none; ``of_term``: it binds the whole term."""

    entry: Entry
    id: str
    target: Target | None
    of_term: bool
    suggestion: Suggestion
    remarks: tuple[str, ...]

    @property
    def qualitative(self) -> bool:
        """Whether people have to judge it."""
        return self.target is not None and self.target.value is None

    @property
    def computed(self) -> bool:
        """Whether there is a formula for it."""
        return self.suggestion.formula is not None and not self.qualitative


@dataclass(frozen=True)
class Project:
    """A run of indicators with what may be known of its project."""

    group: Group
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class Import:
    """All that was made of one paper.

    ``furniture``: page numbers and repeated heads that were left out. ``guessed``: a table came without its lines.
    """

    file: str
    projects: tuple[Project, ...]
    strays: tuple[Stray, ...]
    furniture: int = 0
    guessed: bool = False

    def proposals(self) -> Iterator[Proposal]:
        """Every proposal of every project."""
        for project in self.projects:
            yield from project.proposals


def propose(groups: Sequence[Group], known: Known) -> tuple[tuple[Project, ...], list[Stray]]:
    """A project for every group that holds indicators; the names and amounts of the others are strays."""
    ids = Ids()
    strays: list[Stray] = []
    projects = []
    for group in groups:
        if not group.entries:
            claims = [*group.names, *group.amounts, *group.goals]
            strays.extend(Stray(claim.place, claim.text, "这个项目没有读到指标") for claim in claims)
            continue
        entries, repeated = _once(group.entries)
        strays.extend(repeated)
        projects.append(Project(group, tuple(_proposal(entry, ids, known) for entry in entries)))
    return tuple(projects), strays


def _once(entries: Sequence[Entry]) -> tuple[list[Entry], list[Stray]]:
    """Without what the same project says a second time, word for word."""
    seen: dict[tuple[object, ...], Entry] = {}
    repeated = []
    for entry in entries:
        first = seen.setdefault((entry.levels, entry.name, entry.year, entry.term), entry)
        if first is not entry:
            repeated.append(Stray(entry.place, entry.name, f"与{first.place}完全相同，只取一次"))
    return list(seen.values()), repeated


def _proposal(entry: Entry, ids: Ids, known: Known) -> Proposal:
    text, of_term = _chosen(entry)
    target = parse_target(text) if text else None
    suggestion = suggest(entry.name, target)
    if target is not None and suggestion.unit is not None:
        target = target.for_unit(suggestion.unit)
    name = ids.give(entry.name, suggestion.formula or likely(entry.name), suggestion.variant)
    remarks = (*entry.doubts, *_remarks(entry, target, of_term, suggestion), *_met_before(entry, name, known))
    return Proposal(entry, name, target, of_term, suggestion, remarks)


def _chosen(entry: Entry) -> tuple[str, bool]:
    """The value of the year; the term's where only that one can be compared."""
    comparable = [bool(text) and parse_target(text).value is not None for text in (entry.year, entry.term)]
    if comparable[0] or not (comparable[1] or (entry.term and not entry.year)):
        return entry.year, False
    return entry.term, True


def _remarks(entry: Entry, target: Target | None, of_term: bool, suggestion: Suggestion) -> Iterator[str]:
    if target is None:
        yield "原文没有指标值"
        return
    if of_term and entry.year:
        yield f"年度指标值“{entry.year}”不是数，取实施周期指标值，约束整个合同期"
    elif of_term:
        yield "原文只有实施周期指标值，约束整个合同期"
    elif entry.term and plain(entry.term) != plain(entry.year):
        yield f"实施周期指标值是“{entry.term}”，这里取年度指标值"
    if target.assumed:
        yield target.assumed
    more, word = target.operator in ("ge", "gt"), OPERATOR_WORDS[target.operator]
    if target.value is not None and suggestion.formula in _SHORTER_IS_BETTER and more:
        yield f"这一指标越小越好，指标值却是“{word}”，请对照合同"
    if target.value is not None and suggestion.formula in _PER_TICKET and "平均" not in entry.name:
        yield "这里取平均值；合同要的若是每一单都在时限之内，改用 timely_rate（及时率），时限写在 limits 里"
    if suggestion.formula in _MORE_IS_BETTER and target.operator in ("le", "lt"):
        yield f"这一指标越大越好，指标值却是“{word}”，请对照合同"


def _met_before(entry: Entry, name: str, known: Known) -> Iterator[str]:
    for other in known.indicators:
        if name == other.id or plain(entry.name) == plain(other.name):
            target = f"，目标 {other.target}" if other.target else ""
            yield f"工作区里项目 {other.project} 已有 {other.id}（{other.name}{target}）；属于同一项目时只留一处"
