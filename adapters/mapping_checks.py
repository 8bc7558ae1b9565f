"""What a mapping may say about one field; a mistake is a ValueError with one Chinese sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from adapters.numbers import MONEY_UNITS
from metrics.quantities import DURATION_UNITS
from metrics.records import RECORDS, TICKET, Column

Scalar = str | bool | int


def _check_column(column: Column, words: tuple[str, ...]) -> None:
    repeated = {word for word in words if words.count(word) > 1}
    if repeated:
        raise ValueError(f"{column.name} 的表头“{min(repeated)}”写了两次")


def _check_derived_kind(column: Column, rule: Any) -> None:
    if column.kind != "instant":
        raise ValueError(f"{column.name}（{column.label}）不是时间")


def _check_constant(column: Column, value: Scalar) -> None:
    place = f"{column.name}（{column.label}）"
    if column.kind == "instant":
        raise ValueError(f"{place}是时间，每行不同，不能写成固定的值")
    whole = isinstance(value, int) and not isinstance(value, bool)
    worded = whole or (isinstance(value, str) and bool(value.strip()))
    fits = {"boolean": isinstance(value, bool), "integer": whole}.get(column.kind, worded)
    if not fits or (column.kind in _FORMS and not _FORMS[column.kind].fullmatch(str(value))):
        expected = {"boolean": "true 或 false", "integer": "整数", "date": "日期，写作 2023-03-05", "decimal": "数字"}
        raise ValueError(f"{place}应为{expected.get(column.kind, '文字')}，不能是“{_shown(value)}”")
    if column.choices and value not in column.choices:
        raise ValueError(unknown(f"{column.label}代码", str(value), column.choices))


def _check_place(column: Column, value: str) -> None:
    if column.kind != "text":
        raise ValueError(f"{column.name}（{column.label}）不是文字，不能取自文件名或工作表名")


def _check_words(column: Column, words: dict[str, Scalar]) -> None:
    if column.kind not in ("text", "code", "boolean"):
        raise ValueError(f"{column.name}（{column.label}）是时间或数，不能用 words 改写")
    for value in words.values():
        _check_constant(column, value)


def _check_unit(column: Column, unit: str) -> None:
    known = MONEY_UNITS if column.kind == "decimal" else DURATION_UNITS if column.name.endswith("_ms") else None
    if known is None:
        raise ValueError(f"{column.name}（{column.label}）不是金额、数值或耗时，不能写单位")
    if unit not in known:
        raise ValueError(unknown("单位", unit, known))


_FORMS: Mapping[str, re.Pattern[str]] = {
    "date": re.compile(r"(199\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "decimal": re.compile(r"0|-?[1-9]\d{0,19}|-?(0|[1-9]\d{0,19})\.\d{0,9}[1-9]"),
}
CHECKS: Mapping[str | None, Any] = {
    "columns": _check_column,
    "derived": _check_derived_kind,
    "constants": _check_constant,
    "place": _check_place,
    "words": _check_words,
    "units": _check_unit,
}


def field_of(record_name: str, name: str, beside: bool) -> Column | None:
    """The column called ``name`` of the record being configured; ValueError if there is none.

    ``beside``: it may also be one of the ticket's, to make a key of.
    """
    record = RECORDS.get(record_name)
    if record is None:
        return None  # the record itself is wrong and says so
    for kind in (record, TICKET) if beside and "ticket_no" in record.names else (record,):
        if name in kind.names:
            return kind.column(name)
    raise ValueError(unknown("字段", name, record.names))


def unknown(what: str, word: str, right: Iterable[str]) -> str:
    names = list(right)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f"，是否想写“{near[0]}”" if near else ""
    return f"没有名为“{word}”的{what}{hint}；可用：{'、'.join(names)}"


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
