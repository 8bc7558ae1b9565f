"""What an indicator says against its formula, its records and the names of the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel

from collector.configuration.problems import Problem, unknown_name
from collector.configuration.validate import Place
from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.formulas.params import Term
from metrics.indicators import DIMENSION_LABELS, Dimension, IndicatorDefinition, Where
from metrics.records import RECORDS, RecordType
from metrics.targets import UNIT_LABELS, parse_share, parse_target, same_family

if TYPE_CHECKING:
    from collector.configuration.references import Names

Model = TypeVar("Model", bound=BaseModel)

_DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
#: What a record that names an asset takes from the asset's assignment.
_OF_THE_ASSET = ("asset_class", "site", "vendor")
#: Record types without a column ``kind`` that take another for it (question, asset class).
_KIND_IS_ANOTHER = ("survey", "asset")
_SIGNS = "≥≧⩾≤≦⩽<>=＞＜＝"


def indicator_problems(place: Place, definition: IndicatorDefinition, names: Names) -> Iterator[Problem]:
    """Everything about one well-formed indicator that only its surroundings can tell."""
    records = records_of(definition)
    yield from _numbers(place, definition)
    yield from _windows(place.below("params"), definition.params, names)
    for where_place, where, record in _filters(place, definition):
        yield from _where(where_place, where, (record,) if record else records, names, definition)
    possible = dimensions_of(records)
    for index, dimension in enumerate(definition.breakdowns):
        if dimension not in possible:
            label = DIMENSION_LABELS[dimension]
            listed = "、".join(possible) or "无"
            yield place.below("breakdowns", index).problem(
                f"这个公式所用的记录没有“{label}”，不能按 {dimension} 分列；可用：{listed}"
            )


def records_of(definition: IndicatorDefinition) -> tuple[RecordType, ...]:
    """The record types that an indicator is made of."""
    params = definition.params
    if hasattr(params, "record"):
        return (RECORDS[params.record],)
    if hasattr(params, "numerator"):
        return (RECORDS[params.numerator.record], RECORDS[params.denominator.record])
    return tuple(RECORDS[name] for name in FORMULAS[definition.formula].needs)


def dimensions_of(records: Iterable[RecordType]) -> tuple[Dimension, ...]:
    """The dimensions that every one of ``records`` knows, in their usual order."""
    listed = list(records)
    return tuple(
        dimension
        for dimension in _DIMENSIONS
        if dimension != "total" and all(_has(record, _column(dimension)) for record in listed)
    )


def _column(dimension: Dimension) -> str:
    return "asset_no" if dimension == "asset" else dimension


def _has(record: RecordType, column: str) -> bool:
    """Whether formulas can filter or break down records of this type so; ``metrics.scope`` decides, a test holds."""
    if column == "kind":
        return "kind" in record.names or record.name in _KIND_IS_ANOTHER
    return column in record.names or (record.asset is not None and column in _OF_THE_ASSET)


def _numbers(place: Place, definition: IndicatorDefinition) -> Iterator[Problem]:
    if definition.weight is not None and not is_mark(definition.weight):
        yield place.below("weight").problem(f"“{definition.weight}”不是分值，应为不小于 0 的数字，如 10 或 7.5")
    try:
        parse_share(definition.min_coverage)
    except ConfigError as error:
        yield place.below("min_coverage").problem(error.fact)
    unit, own = definition.measure_unit, FORMULAS[definition.formula].unit
    if unit is not None and own != "number" and not same_family(unit, own):
        fact = f"这个公式的结果是{UNIT_LABELS[own]}，计量单位不能是 {unit}（{UNIT_LABELS[unit]}）"
        yield place.below("measure_unit").problem(fact)
    elif definition.target is not None:
        yield from target_problems(place.below("target"), definition.target, definition)


def is_mark(text: str) -> bool:
    """Whether a text is a number of marks."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and value >= 0


def target_problems(place: Place, text: str, definition: IndicatorDefinition) -> Iterator[Problem]:
    """A target that begins like a number must be one; and one of the indicator's own nature."""
    target = parse_target(text)
    if target.value is None and (not text.strip() or text.strip()[0] in _SIGNS):
        yield place.problem(f"“{text}”不是看得懂的目标值，应写作 ≥95%、<2小时、5人 或文字（如 达标）")
    try:
        target.for_unit(definition.measure_unit or FORMULAS[definition.formula].unit)
    except ConfigError as error:
        yield place.problem(error.fact)


def _windows(place: Place, params: BaseModel, names: Names) -> Iterator[Problem]:
    window = getattr(params, "window", None)
    if window is not None and names.windows is not None and window not in names.windows:
        yield place.below("window").problem(unknown_name("服务时间", window, names.windows))


def _filters(place: Place, definition: IndicatorDefinition) -> Iterator[tuple[Place, Where, RecordType | None]]:
    """Every filter of the indicator with the record type it is meant for (None: all of the indicator)."""
    yield place.below("where"), definition.where, None
    for side in ("numerator", "denominator"):
        term = getattr(definition.params, side, None)
        if isinstance(term, Term):
            yield place.below("params", side, "where"), term.where, RECORDS[term.record]


def _where(
    place: Place, where: Where, records: tuple[RecordType, ...], names: Names, definition: IndicatorDefinition
) -> Iterator[Problem]:
    for column in where.model_fields_set:
        values: tuple[str, ...] = getattr(where, column)
        below = place.below(column)
        if not values:
            yield below.problem("没有列出任何值，请填写或删去这个键")
        lacking = [record.label for record in records if column != "source" and not _has(record, column)]
        if lacking:
            yield below.problem(f"这个公式所用的记录（{'、'.join(lacking)}）没有 {column} 这一列，不能用它筛选")
            continue
        money = column == "kind" and hasattr(definition.params, "source_of_funds")  # there kinds are sources of funds
        known = None if money else _known_values(column, records, names)
        for index, value in enumerate(values):
            if known is not None and not any(fnmatchcase(name, value) for name in known):
                yield below.below(index).problem(unknown_name(_WHAT.get(column, "代码"), value, known))


_WHAT: Mapping[str, str] = {"source": "数据来源", "vendor": "运维服务商"}


def _known_values(column: str, records: tuple[RecordType, ...], names: Names) -> tuple[str, ...] | None:
    """The values a column can hold, where configuration or the record type decides them; else None."""
    if column == "source":
        return names.sources
    if column == "vendor":
        return None if names.vendors is None else (*names.vendors, *names.vendors.values())
    choices = [record.column(column).choices for record in records if column in record.names]
    return choices[0] if choices and choices[0] else None


def with_names(model: Model, vendors: Mapping[str, str]) -> Model:
    """``model`` with vendors' ids in its filters replaced by their names, as records hold them."""
    changed: dict[str, object] = {}
    for field in type(model).model_fields:
        value = getattr(model, field)
        if isinstance(model, Where) and field == "vendor":
            changed[field] = tuple(vendors.get(name, name) for name in value)
        elif isinstance(value, BaseModel):
            changed[field] = with_names(value, vendors)
    return model.model_copy(update=changed)
