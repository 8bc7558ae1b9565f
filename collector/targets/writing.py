"""The proposal as YAML to be reviewed: a stanza for what can be computed, comments for everything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collector.targets.entries import Claim
from collector.targets.joined import plain, visible
from collector.targets.likeness import likeness
from collector.targets.proposals import Import, Known, Project, Proposal
from collector.targets.skeletons import CHECK, CHOOSE, lines_of, listed, scalar
from collector.targets.suggest import likely
from metrics.formulas import FORMULAS
from metrics.targets import OPERATOR_WORDS, Target

_LONGEST = 400


def write(found: Import, known: Known) -> str:
    """The whole file; strictly valid once everything marked ``【选】`` is chosen."""
    computed = [proposal for proposal in found.proposals() if proposal.computed]
    lines = [*_head(found), *_projects(found, known)]
    for number, project in enumerate(found.projects, start=1):
        for proposal in project.proposals:
            if proposal.computed:
                lines += ["", *_stanza(proposal, number, known)]
    if not computed:
        lines += ["", f"[] # {CHOOSE}写入指标之后删去这一行"]
    lines += [*_without_formula(found, known), *_qualitative(found), *_differing_levels(found), *_strays(found)]
    return "\n".join(visible(line).rstrip() for line in lines) + "\n"


def _head(found: Import) -> Iterator[str]:
    counts = summary(found)
    yield f"# 由“{_short(found.file)}”提出的指标，供审阅；审阅之前不要当作合同口径使用。"
    yield f"# {counts}。"
    yield f"# {CHOOSE}：必须选定，没有选定时 yunwei check 会指出；{CHECK}：已按通常做法填好，请对照合同。"
    yield "# 指标值照原文写。原文没有符号的：0 按等于，时长按不超过，其余按不低于，逐项注明。"
    if found.guessed:
        yield "# 原表的格线没有读到，名称、指标值和次序都是推断的，务必逐条对照；有 Word、Excel 原件时请改用原件。"
    if found.furniture:
        yield f"# 页码和重复的页眉 {found.furniture} 行没有读入。"


def summary(found: Import) -> str:
    """One sentence on what was found."""
    proposals = list(found.proposals())
    computed = sum(proposal.computed for proposal in proposals)
    qualitative = sum(proposal.qualitative for proposal in proposals)
    rest = len(proposals) - computed - qualitative
    return (
        f"读到 {len(found.projects)} 个项目的 {len(proposals)} 项指标：{computed} 项提出算法，"
        f"{rest} 项没有公式，{qualitative} 项定性；{len(found.strays)} 处文字没有归位"
    )


def _projects(found: Import, known: Known) -> Iterator[str]:
    yield "#"
    yield "# 项目：名称、金额、目标与指标的对应只是建议，把握写在括号里，以原文和合同为准。"
    for number, project in enumerate(found.projects, start=1):
        group = project.group
        yield f"#   项目{number}：{len(project.proposals)} 项指标（{group.place}）"
        for label, claims in (("名称", group.names), ("金额", group.amounts), ("目标", group.goals)):
            yield from _claims(label, claims)
        yield from _same_project(project, known)
        yield f"#     {CHOOSE}把本文件中的“{_placeholder(number)}”全部替换为这个项目的代码"


def _claims(label: str, claims: Sequence[Claim]) -> Iterator[str]:
    if not claims:
        yield f"#     {label}：没有读到"
    for claim in claims:
        yield f"#     {label}：{_short(claim.text)}（把握{claim.confidence}：{claim.reason}；{claim.place}）"


def _same_project(project: Project, known: Known) -> Iterator[str]:
    if not known.projects:
        return
    names = [claim.text for claim in project.group.names]
    near = [(likeness(text, name), code) for code, name in known.projects.items() for text in names]
    best = max(near, default=None)
    tied = best is not None and sum(score == best[0] for score, _ in near) > 1
    if best is not None and best[0] >= 0.5 and not tied:
        yield f"#     工作区中名称最像的项目：{best[1]}（{known.projects[best[1]]}）"
    else:
        yield f"#     工作区中的项目：{'、'.join(f'{code}（{name}）' for code, name in known.projects.items())}"


def _placeholder(number: int) -> str:
    return f"待选项目{number:02}"  # so that none begins another when it is replaced everywhere


def _stanza(proposal: Proposal, number: int, known: Known) -> list[str]:
    entry, formula = proposal.entry, proposal.suggestion.formula or "measurement"
    lines = [
        f"# 项目{number}{_numbered(proposal)}（{entry.place}）",
        *(f"# {CHECK}{text}" for text in proposal.remarks),
    ]
    body = [
        f"id: {proposal.id}",
        f"name: {scalar(entry.name)}",
        f"project: {_placeholder(number)} # {CHOOSE}",
        f"formula: {formula} # {CHECK}{FORMULAS[formula].label}：{proposal.suggestion.reason}",
        *lines_of(proposal, known),
        f"measure_unit: {proposal.suggestion.unit or 'number'}",
        *_target_lines(proposal),
        f"level_codes: {listed(entry.levels)}",
    ]
    if _is_mark(entry.weight):
        body.append(f"weight: {entry.weight}")
    return [*lines, f"- {body[0]}", *(f"  {line}" for line in body[1:])]


def _target_lines(proposal: Proposal) -> Iterator[str]:
    target = proposal.target
    if target is None:
        return
    read = "" if target.value is None else f" # 读作：{OPERATOR_WORDS[target.operator]} {target.shown}"
    yield f"target: {scalar(target.text)}{read}"
    if proposal.of_term:
        yield f"target_period: contract # {CHECK}"
    if target.empty_met:
        yield f"empty: met # {CHECK}没有发生时视为达标"
        yield f"empty_reason: {scalar(_note(target))}"


def _note(target: Target) -> str:
    """What stands behind the number, as written."""
    at = plain(target.text).lower().find(target.note)
    return (target.text[at:] if at >= 0 else target.note).strip("，,；;：:（）()。")


def _numbered(proposal: Proposal) -> str:
    return f"第 {proposal.entry.number} 项" if proposal.entry.number is not None else ""


def _is_mark(text: str) -> bool:
    whole, _, part = text.partition(".")
    return whole.isascii() and whole.isdecimal() and (not part or part.isdecimal())


def _without_formula(found: Import, known: Known) -> Iterator[str]:
    listed_ = [
        (number, proposal)
        for number, project in enumerate(found.projects, start=1)
        for proposal in project.proposals
        if not proposal.computed and not proposal.qualitative
    ]
    if listed_:
        yield from (
            "",
            "# ── 没有公式的指标 ──",
            "# 由人填报数值时，去掉所在段每行开头的“#~ ”即可用 measurement；不管的就留着。",
        )
    for number, proposal in listed_:
        yield from ("#", f"# {proposal.suggestion.reason}：")
        yield from (f"#~ {line}" for line in _stanza(proposal, number, known))


def _qualitative(found: Import) -> Iterator[str]:
    told = [
        (number, proposal)
        for number, project in enumerate(found.projects, start=1)
        for proposal in project.proposals
        if proposal.qualitative
    ]
    if told:
        yield from ("", "# ── 定性的指标：由人评定，不计算 ──")
    for number, proposal in told:
        entry = proposal.entry
        text = proposal.target.text if proposal.target else ""
        yield f"# 项目{number}{_numbered(proposal)}：{entry.name}：{text}（{'/'.join(entry.levels)}；{entry.place}）"
        formula = likely(entry.name)
        if formula:
            yield f"#   约定了数值之后可用公式 {formula}（{FORMULAS[formula].label}）"
        yield from (f"#   {CHECK}{remark}" for remark in proposal.remarks)


def _differing_levels(found: Import) -> Iterator[str]:
    """The same indicator under different levels: right as it is, because levels belong to the project."""
    by_name: dict[str, dict[int, str]] = {}
    for number, project in enumerate(found.projects, start=1):
        for proposal in project.proposals:
            by_name.setdefault(proposal.entry.name, {})[number] = "/".join(proposal.entry.levels)
    differing = {
        name: where for name, where in by_name.items() if len({_codes(levels) for levels in where.values()}) > 1
    }
    if differing:
        yield from ("", "# ── 同名指标在各项目中的级别不同（级别属于项目，各照原文）──")
    for name, where in differing.items():
        yield f"# {name}：{'；'.join(f'项目{number} {levels}' for number, levels in where.items())}"


def _codes(levels: str) -> str:
    """Levels without what may as well be left out of them: 12-质量 is 12-质量指标."""
    return plain(levels).replace("指标", "")


def _strays(found: Import) -> Iterator[str]:
    if found.strays:
        yield from ("", "# ── 没有归位的文字 ──")
    for stray in found.strays:
        why = f"（{stray.why}）" if stray.why else ""
        yield f"# {stray.place}：{_short(stray.text)}{why}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（共 {len(text)} 字）"
