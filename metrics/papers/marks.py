"""Tables of indicators with marks: sums, marks beside their limits, reasons that are not stated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.errors import ConfigError
from metrics.papers.facts import Facts, Mark, Said, stated_execution
from metrics.papers.figures import Figure, is_blank, read_figure, show
from metrics.papers.funds import place_of
from metrics.papers.headings import Block, Role, Row
from metrics.papers.rates import check_execution_mark
from metrics.papers.sums import check_sum, total_of
from metrics.quantities import NUMBER, normalise
from metrics.targets import Target, parse_target

#: From here on some places ask why a target was so far exceeded.
OVER = Fraction(13, 10)

_TOTAL = re.compile(r"(?:自评|评价|绩效|综合)?(?:总分|合计|总计|总得分|得分合计|总分合计|合计得分|总分值|总评分)")
_SUBTOTAL = re.compile(r"(.*?)(?:小计|得分小计)")
_LEVEL_WEIGHT = re.compile(rf"(.+?)\(({NUMBER})分?\)")
_LABELS: tuple[Role, ...] = ("level1", "level2", "name", "target", "adjusted", "actual")


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator's row with its texts as written."""

    row: Row
    mark: Mark
    target: str
    adjusted: str
    actual: str
    reason: str


def is_mark_block(block: Block) -> bool:
    """Whether its rows earn marks for indicators."""
    named = any(block.has(role) for role in ("name", "level1", "level2"))
    return block.column("mark") is not None and named and block.column("paid") is None


def check_marks(facts: Facts, block: Block, before: Sequence[Mark]) -> list[Mark]:
    """Check one block; ``before``: marks for execution that stand above it and belong to the same total.

    Returns the marks of the block that no total has taken up.
    """
    items: list[Item] = []
    waiting = list(before)
    since_subtotal = 0
    for item in _rows(facts, block):
        if isinstance(item, Item):
            items.append(item)
            _check_item(facts, block, item)
        elif item.mark.name == "total":
            parts = [*waiting, *(one.mark for one in items)]
            _check_total(facts, block, item, parts)
            waiting, items, since_subtotal = [], [], 0
        else:
            _check_subtotal(facts, block, item, [one.mark for one in items[since_subtotal:]])
            since_subtotal = len(items)
    facts.marks.extend(one.mark for one in items)
    return [*waiting, *(one.mark for one in items)]


@dataclass(frozen=True, slots=True)
class _Sum:
    """A row of a total or, with the level's name, of a subtotal."""

    row: Row
    mark: Mark


def _rows(facts: Facts, block: Block) -> Iterator[Item | _Sum]:
    level = ""
    for row in block.rows:
        level = block.cell(row, "level1") or level
        mark, weight = (_mark_cell(facts, block, row, role) for role in ("mark", "weight"))
        if mark is None:
            continue
        words = [normalise(row.cells.get(column, "")) for column, role in block.roles.items() if role in _LABELS]
        words.extend(normalise(text) for text in row.texts if normalise(text) not in words)
        if any(_TOTAL.fullmatch(word) for word in words):
            yield _Sum(row, Mark(place_of(block, row, "mark"), "total", "", mark, weight))
        elif subtotal := next((found for word in words if (found := _SUBTOTAL.fullmatch(word))), None):
            yield _Sum(row, Mark(place_of(block, row, "mark"), subtotal[1] or level, level, mark, weight))
        else:
            yield _item(block, row, level, mark, weight)


def _mark_cell(facts: Facts, block: Block, row: Row, role: Role) -> Figure | None:
    text = block.cell(row, role)
    found = read_figure(text)
    labelled = any(block.cell(row, label) for label in ("level1", "level2", "name"))
    if found is None and not is_blank(text) and labelled:
        facts.report.skip(place_of(block, row, role), f"“{text}”没有认出{'得分' if role == 'mark' else '分值'}，未核对")
    return found


def _item(block: Block, row: Row, level: str, mark: Figure, weight: Figure | None) -> Item:
    name = next((text for role in ("name", "level2", "level1") if (text := block.cell(row, role))), "")
    texts = [block.cell(row, role) for role in ("target", "adjusted", "actual", "reason")]
    return Item(row, Mark(place_of(block, row, "mark"), _tidy(name), _tidy(level), mark, weight), *texts)


def _tidy(text: str) -> str:
    """A name on one line and without the number before it."""
    return re.sub(r"^(?:指标)?\d+[.、:)]", "", normalise(text)) or normalise(text)


def _check_item(facts: Facts, block: Block, item: Item) -> None:
    mark, name = item.mark, item.mark.name
    value = read_figure(item.actual)
    if value is not None:
        facts.said.append(Said(place_of(block, item.row, "actual"), name, value))
    if value is not None and value.unit == "%" and name.endswith("执行率") and mark.weight is not None:
        execution = stated_execution(mark.place, value, mark.weight)
        facts.executions.append(execution)
        check_execution_mark(facts, mark.place, mark.mark, mark.weight, execution, "")
        return
    check_mark(facts, mark, reason=not is_blank(item.reason))
    _check_target(facts, item, place_of(block, item.row, "actual"))


def check_mark(facts: Facts, mark: Mark, reason: bool, formula: bool = False) -> None:
    """More than the weight is impossible; less wants a reason, but where a formula gives the mark."""
    if mark.weight is None:
        return
    facts.figures += 1
    printed, weight = mark.mark.number, mark.weight.number
    if mark.mark.value > mark.weight.value:
        text = f"“{mark.name}”得 {printed} 分，超过其分值 {weight} 分，不符"
        facts.report.add("error", "mark", mark.place, printed, f"至多 {weight}", text)
    elif mark.mark.value < mark.weight.value and not reason and not formula:
        off = f"{weight} − {printed} = {show(mark.weight.value - mark.mark.value)}"
        text = f"“{mark.name}”分值 {weight} 得 {printed}，扣 {off} 分，没有说明原因"
        facts.report.add("note", "reason", mark.place, f"{printed}/{weight}", off, text)


def _check_target(facts: Facts, item: Item, place: str) -> None:
    """Compare what was reached with the target as first set and as adjusted."""
    reason = not is_blank(item.reason)
    first, adjusted = (_number_target(text) for text in (item.target, item.adjusted))
    target = adjusted or first
    actual = _like(item.actual, target) if target else None
    if target is None or target.value is None or actual is None:
        return
    facts.figures += 1
    name, mark = item.mark.name, item.mark
    full = mark.weight is not None and mark.mark.value >= mark.weight.value and mark.mark.value > 0
    if not target.met(actual) and full:
        text = f"“{name}”指标值 {target.printed}，完成 {item.actual}，没有达到却得满分 {mark.mark.number}"
        if actual == target.value:  # a strict target missed by nothing loses no marks by any rule in use
            why = "按常用的计分办法仍得满分"
            facts.report.add("note", "impossible", place, item.actual, target.printed, f"{text}（{why}）")
        elif target.assumed:
            facts.report.add("note", "impossible", place, item.actual, target.printed, f"{text}（{target.assumed}）")
        else:
            facts.report.add("error", "impossible", place, item.actual, target.printed, f"{text}，不符")
    base = first if first is not None and first.value and _like(item.actual, first) is not None else target
    check_over(facts, place, name, base, item, actual, reason)


def check_over(facts: Facts, place: str, name: str, base: Target, item: Item, actual: Fraction, reason: bool) -> None:
    """From 130% of the target as first set a reason is asked for."""
    assert base.value is not None
    if reason or base.operator not in ("ge", "gt") or not base.value or actual / base.value < OVER:
        return
    arithmetic = f"{show(actual)} ÷ {show(base.value)} = {show(100 * actual / base.value, 2)}%"
    adjusted = f"，调整后指标值 {item.adjusted}" if not is_blank(item.adjusted) else ""
    text = (
        f"“{name}”年度指标值 {base.shown}{adjusted}，完成 {item.actual}（{base.shown}→{item.actual}），{arithmetic}，"
        f"达到 130% 以上，没有说明原因"
    )
    facts.report.add("note", "over", place, f"{base.shown}→{item.actual}", arithmetic, text)


def _number_target(text: str) -> Target | None:
    if is_blank(text):
        return None
    try:
        target = parse_target(text)
    except ConfigError:
        return None
    return target if target.value is not None else None


def _like(text: str, target: Target) -> Fraction | None:
    """The value reached in the target's base unit; None if it is no number or of another unit."""
    try:
        reached = parse_target(text)
        if reached.value is None:
            return None
        if target.unit is not None and reached.unit is None:
            reached = reached.for_unit(target.unit)
        elif target.unit is None and reached.unit not in (None, "count", "persons", "points", "number"):
            return None
        elif target.unit is not None and reached.unit != target.unit:
            reached = reached.for_unit(target.unit)
    except ConfigError:
        return None
    return reached.value


def _check_total(facts: Facts, block: Block, total: _Sum, parts: Sequence[Mark]) -> None:
    """The printed total of marks, with or without the marks for execution; the weights add up to theirs."""
    if not parts:
        return
    alone = [part for part in parts if part.level != "预算执行"]
    # some papers keep the execution out of this total; an empty list adds up to nothing
    chosen = alone if alone and total_of([part.mark for part in alone]) == total.mark.mark.value else parts
    check_sum(facts, "sum", total.mark.place, "得分合计", total.mark.mark, [part.mark for part in chosen])
    facts.summed = total_of([part.mark for part in chosen])
    facts.totals.append(total.mark)
    facts.marks.extend(part for part in parts if part not in facts.marks)
    _check_weights(facts, block, total, chosen)
    _check_levels(facts, parts)


def _check_weights(facts: Facts, block: Block, total: _Sum, parts: Sequence[Mark]) -> None:
    weights = [part.weight for part in parts if part.weight is not None]
    if len(weights) < len(parts) or not weights:
        return
    place = place_of(block, total.row, "weight")
    printed = total.mark.weight
    if printed is not None:
        check_sum(facts, "weights", place, "分值合计", printed, weights)
    elif total_of(weights) != 100:
        facts.figures += 1
        text = f"各项分值相加为 {show(total_of(weights))}，不是 100"
        facts.report.add("note", "weights", place, "100", show(total_of(weights)), text)


def _check_levels(facts: Facts, parts: Sequence[Mark]) -> None:
    """Where a first-level cell names its marks, e.g. 产出指标（50分）, the weights below it add up to them."""
    for level in dict.fromkeys(part.level for part in parts):
        found = _LEVEL_WEIGHT.fullmatch(level)
        below = [part for part in parts if part.level == level]
        weights = [part.weight for part in below if part.weight is not None]
        if found and len(weights) == len(below):
            printed = read_figure(found[2])
            assert printed is not None
            check_sum(facts, "weights", below[0].place, f"“{found[1]}”的分值", printed, weights)


def _check_subtotal(facts: Facts, block: Block, subtotal: _Sum, parts: Sequence[Mark]) -> None:
    if not parts:
        return
    name = subtotal.mark.name
    check_sum(facts, "sum", subtotal.mark.place, f"“{name}”得分小计", subtotal.mark.mark, [one.mark for one in parts])
    weights = [part.weight for part in parts if part.weight is not None]
    if subtotal.mark.weight is not None and len(weights) == len(parts):
        check_sum(
            facts,
            "weights",
            place_of(block, subtotal.row, "weight"),
            f"“{name}”分值小计",
            subtotal.mark.weight,
            weights,
        )
