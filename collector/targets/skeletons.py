"""The settings a proposed formula needs, as lines of YAML: filled in where usual, marked where they must be chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from collector.targets.proposals import Known, Proposal
from collector.targets.suggest import asset_classes

#: What a reviewer must choose, and what is filled in but has to be looked at.
CHOOSE, CHECK = "【选】", "【核】"
WINDOW, LIMIT = "待选服务时间", "待选时限"

_DOWN_FROM = "停机的依据：checks 拨测、tickets 工单、inspections 巡检、outages 故障登记"
_ROSTER = "合同按岗位或种类写明时逐一列出；台账不止一份时另写 where: {source: [来源]}"
_NOT_A_KIND = re.compile(r"(?:的)?(?:总)?(?:次数|数量|场次|总数|数)$")


def scalar(text: str) -> str:
    """``text`` as a value of YAML, quoted unless it cannot be taken for anything else."""
    plain = re.fullmatch(r"[\w（）—./-]+", text) and re.search(r"[一-鿿]", text) and text[0] not in "-./"
    return text if plain or re.fullmatch(r"[a-z][a-z_]+", text) else json.dumps(text, ensure_ascii=False)


def listed(texts: Sequence[str]) -> str:
    """A list in one line."""
    return f"[{', '.join(scalar(text) for text in texts)}]"


def lines_of(proposal: Proposal, known: Known) -> list[str]:
    """``params`` and ``where`` of the proposed formula, without indentation; empty where it needs none."""
    formula, variant = proposal.suggestion.formula, proposal.suggestion.variant
    params = list(_params(formula or "measurement", variant, proposal, known))
    lines = ["params:", *(f"  {line}" for line in params)] if params else []
    return [*lines, *_where(formula, variant, proposal)]


def _params(formula: str, variant: str, proposal: Proposal, known: Known) -> Iterator[str]:
    name = proposal.entry.name
    if formula in (
        "availability",
        "mean_outage_duration",
        "mean_time_between_failures",
        "failure_rate",
        "outage_count",
    ):
        there = f"；工作区里有：{'、'.join(known.windows)}" if known.windows else ""
        yield f"window: {WINDOW} # {CHOOSE}服务时间的名称，如 5x8、7x24{there}"
        if formula == "availability":
            yield f"basis: time # {CHECK}time 按时间，day 按设备天数"
        yield f"down_from: [tickets] # {CHECK}{_DOWN_FROM}"
    elif formula == "timely_rate":
        yield f"timed: {variant}"
        yield f'limits: {{"*": {LIMIT}}} # {CHOOSE}时限，如 2小时；各优先级不同时逐一写明'
    elif formula == "measurement":
        yield f"kind: {scalar(name)} # {CHECK}填报表里的名称"
    elif formula == "satisfaction":
        yield f"satisfied: [非常满意, 满意] # {CHECK}哪些选项算满意，照问卷写"
    elif formula == "count":
        yield f"record: {variant}"
    elif formula == "roster" and proposal.target and proposal.target.value is not None:
        value = proposal.target.value
        if value.denominator == 1:
            yield f'contract: {{"*": {value}}} # {CHECK}{_ROSTER}'


def _where(formula: str | None, variant: str, proposal: Proposal) -> Iterator[str]:
    name = proposal.entry.name
    classes = asset_classes(name)
    if formula in ("availability", "mean_outage_duration", "failure_rate", "outage_count") and classes:
        yield f"where: {{asset_class: {listed(classes)}}} # {CHECK}只算这些类别，类别照设备台账写"
    elif formula == "count" and variant in ("inspection", "support_event"):
        kind = _NOT_A_KIND.sub("", name)
        yield f"where: {{kind: {listed([kind])}}} # {CHECK}只算这一类，类别照记录写"
