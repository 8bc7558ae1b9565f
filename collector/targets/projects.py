"""Which name, amount and goals may belong to which run of indicators: proposed with its confidence, never asserted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Literal

from collector.targets.entries import Claim, Confidence, Entry, Group, Stray
from collector.targets.form import leading_print, money_unit
from collector.targets.joined import Joined, plain

Kind = Literal["name", "amount", "goal", "text"]

_YEARS = r"\d{4}(?:[-至]\d{4})?(?:年度|年)?"
_NO_NAME = (
    r"(?!完成|保障|通过|确保|做好|实现|根据|按照|为|本|该|对|开展|加强|提升|推进|负责|用于|保证|维护|进一步|合计)"
)
_WORD = r"[A-Za-z一-鿿]{2,25}?(?:项目|经费|服务费|运维费|工程)"
_NAME = re.compile(rf"{_NO_NAME}(?:{_YEARS}{_WORD}|{_WORD}(?:\([^()。;]{{2,30}}\)|{_YEARS})?)")
_AMOUNT = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d+(?:\.\d+)?)[千百万亿]*元"
    r"|(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}(?=\D|$|(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2})"
)
_SHORTEST_GOAL = 12
_LONGEST_PRINT = 40
_FEW = 2
_LABELS: dict[Kind, str] = {"name": "项目名称", "amount": "预算金额", "goal": "绩效目标", "text": "文字"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text between indicators. ``labelled``: the form's own label stands before it."""

    kind: Kind
    text: str
    place: str
    start: int
    labelled: bool


def pieces_of(joined: Joined, rest: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text between indicators cut into names, amounts, goals and what is none of them."""
    unit = money_unit(joined.text)
    return [piece for start, end in rest for piece in _cut(joined, start, end, unit)]


def _cut(joined: Joined, at: int, end: int, unit: str) -> Iterator[Piece]:
    text = joined.plain
    waiting: Kind | None = None
    while at < end:
        size, label = leading_print(text[at : min(end, at + _LONGEST_PRINT)])
        if label == "other":
            stop = _until(text, at + size, end, lambda here: text[here] in ";。" or _label_at(text, here, end))
            yield Piece("text", joined.text[at:stop], joined.place(at, stop), at, False)
            at, waiting = stop, None
        elif size:
            at, waiting = at + size, None if label == "indicators" else label
        elif text[at] in ";:,.。":
            at += 1
        else:
            kind, stop = _next(text, at, end, waiting)
            for first, last in _several_names(text, at, stop) if kind == "name" else [(at, stop)]:
                shown = joined.text[first:last]
                if kind == "amount" and unit and not shown.endswith("元"):
                    shown += unit
                yield Piece(kind, shown, joined.place(first, last), first, waiting == kind)
            at = stop


def _several_names(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The names in a stretch that is nothing but names, one after the other; else the stretch."""
    names = [found.span() for found in _NAME.finditer(text, start, end)]
    whole = [*(first for first, _ in names), end] == [start, *(last for _, last in names)]
    return names if whole and names else [(start, end)]


def _next(text: str, at: int, end: int, waiting: Kind | None) -> tuple[Kind, int]:
    """What begins at ``at`` and where it ends."""
    if waiting == "goal":
        return "goal", _until(text, at, end, lambda here: _label_at(text, here, end))
    amount = _AMOUNT.match(text, at, end)
    if waiting == "name" and not amount:
        return "name", _until(text, at, end, lambda here: _ends_name(text, at, here, end))
    if amount:
        return "amount", amount.end()
    name = _NAME.match(text, at, end)
    if name:
        return "name", name.end()
    stop = _until(text, at, end, lambda here: text[here - 1] == "。" or _label_at(text, here, end))
    return ("goal" if stop - at >= _SHORTEST_GOAL and text[stop - 1] == "。" else "text"), stop


def _until(text: str, at: int, end: int, stops: Callable[[int], bool]) -> int:
    return next((here for here in range(at + 1, end) if stops(here)), end)


def _label_at(text: str, at: int, end: int) -> bool:
    size, label = leading_print(text[at : min(end, at + _LONGEST_PRINT)])
    return size > 0 and (label is None or text[at + size - 1] == ":" or label in ("name", "indicators"))


def _ends_name(text: str, start: int, at: int, end: int) -> bool:
    """Whether a name that began at ``start`` behind its label has ended at ``at``."""
    if text[at] in ";。":
        return True
    following = text[at : min(end, at + _LONGEST_PRINT)]
    if leading_print(following)[0]:
        own = following.startswith("项目") and leading_print(following[2:])[0]  # 物业管理项目|年度资金总额
        return not own or re.search(r"(?:项目|经费|服务|服务费|运维费|工程)$", text[start:at]) is not None
    return text[at - 1] not in "(-0123456789." and _AMOUNT.match(text, at, end) is not None


def runs(entries: Sequence[tuple[int, Entry]], pieces: Sequence[Piece]) -> list[tuple[int, Group]]:
    """The indicators by project: another one begins where numbers begin again or a project is named by its label."""
    named = [piece.start for piece in pieces if piece.kind == "name" and piece.labelled]
    groups: list[tuple[int, Group]] = []
    last_start, last_number = 0, 0
    for start, entry in entries:
        again = entry.number is not None and entry.number <= last_number
        if not groups or again or any(last_start < at < start for at in named):
            groups.append((start, Group()))
            last_number = 0
        groups[-1][1].entries.append(entry)
        last_start, last_number = start, entry.number or last_number
    return groups


def assign(groups: Sequence[tuple[int, Group]], pieces: Sequence[Piece]) -> list[Stray]:
    """Give every group the names, amounts and goals that may be its own; what is left over is handed back.

    ``groups``: each with where it starts in the same text as the pieces, -1 where it stands in a table.
    """
    strays = [Stray(piece.place, piece.text) for piece in pieces if piece.kind == "text"]
    for kind in ("name", "amount", "goal"):
        lacking = [(start, group) for start, group in groups if not _claims(group, kind)]
        found, others = _wanted(_distinct([piece for piece in pieces if piece.kind == kind]), kind, len(lacking))
        strays.extend(Stray(piece.place, piece.text) for piece in others)
        if not _attach(lacking, found, kind):
            strays.extend(_in_order([group for _, group in lacking], found, kind))
    return strays


def _wanted(found: list[Piece], kind: Kind, groups: int) -> tuple[list[Piece], list[Piece]]:
    """The pieces to give out, and those that only look alike.

    Where the form labels some, the others are something else. Without labels a whole paper is full of sentences and
    amounts: they are taken only where they are as many as the projects, names also where they are nearly as many.
    """
    labelled = [piece for piece in found if piece.labelled]
    taken, others = (labelled, [piece for piece in found if not piece.labelled]) if labelled else (found, [])
    if kind == "amount":
        total = _total(taken, groups)
        taken, others = [piece for piece in taken if piece is not total], [*others, *filter(None, [total])]
    few = groups + _FEW if kind == "name" else groups
    return (taken, others) if labelled or len(taken) <= few else ([], [*taken, *others])


def _claims(group: Group, kind: Kind) -> list[Claim]:
    return {"name": group.names, "amount": group.amounts, "goal": group.goals}[kind]


def _distinct(pieces: Sequence[Piece]) -> list[Piece]:
    """A name said again is the same name; equal amounts of two projects are two amounts."""
    seen: dict[str, Piece] = {}
    for piece in pieces:
        seen.setdefault(plain(piece.text) if piece.kind == "name" else f"{piece.start}", piece)
    return list(seen.values())


def _total(found: list[Piece], groups: int) -> Piece | None:
    """The one amount that is the sum of all others."""
    if len(found) != groups + 1 or groups < 2:
        return None
    values = [Decimal(re.sub(r"[^\d.]", "", plain(piece.text))) for piece in found]
    return next((piece for piece, value in zip(found, values, strict=True) if value * 2 == sum(values)), None)


def _attach(groups: Sequence[tuple[int, Group]], found: Sequence[Piece], kind: Kind) -> bool:
    """Whether the text itself keeps the pieces apart, at most one before each group; then they are given.

    A piece without a label may stand behind the indicators it belongs to, so then none of the groups may lack one.
    """
    starts = [start for start, _ in groups]
    owners = [next((at for at, start in enumerate(starts) if start > piece.start), -1) for piece in found]
    clear = -1 not in (*starts, *owners) and len(set(owners)) == len(owners)
    if not found or not clear or not (len(found) == len(groups) or all(piece.labelled for piece in found)):
        return False
    for owner, piece in zip(owners, found, strict=True):
        confidence: Confidence = "高" if piece.labelled else "中"
        _claims(groups[owner][1], kind).append(Claim(piece.text, piece.place, confidence, "写在这一段指标之前"))
    return True


def _in_order(groups: Sequence[Group], found: Sequence[Piece], kind: Kind) -> Iterator[Stray]:
    label = _LABELS[kind]
    alike = len(groups) == len(found)
    confidence: Confidence = "中" if alike and kind == "name" else "低"
    reason = (
        f"{label}与指标分在两处，数目相同，按先后次序对应"
        if alike
        else f"有 {len(found)} 个{label}、{len(groups)} 段指标，数目不同，按先后次序试配"
    )
    for group, piece in zip_longest(groups, found):
        if group is None:
            yield Stray(piece.place, piece.text, f"像{label}，没有与它对应的指标")
        elif piece is not None:
            _claims(group, kind).append(Claim(piece.text, piece.place, confidence, reason))
