"""Columns of text → columns of values, with the reason for every text that is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.durations import parse_duration
from adapters.grid import UNCALCULATED, may_contain
from adapters.instants import dates_of, read_instants
from adapters.mapping_checks import Scalar
from adapters.moments import Rules
from adapters.numbers import MONEY_UNITS, read_decimal, read_integer
from adapters.words import MARKS, NOTHING, look_up, normal_word
from metrics.quantities import DURATION_UNITS
from metrics.records import Column

_ERROR_VALUE = r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|####*)"
_NO_VALUE = rf"({_ERROR_VALUE}|{UNCALCULATED})"
_LOST_DIGITS = r"[-+]?\d(\.\d+)?[eE]\+?\d{2,3}"
_SUSPICIOUS_TEXT = rf"^({_NO_VALUE}|{_LOST_DIGITS})$|\x00"
_EXAMPLES, _MOST_EXAMPLES = 2, 16  # known words that are worth listing, for each value and in all


class CellError(ValueError):
    """A text that is no value: a code for programs and a clause that follows the quoted text."""

    def __init__(self, code: str, clause: str) -> None:
        super().__init__(clause)
        self.code = code
        self.clause = clause


@dataclass
class Parsed:
    """One column: an Arrow array of the column's type, null where empty or faulty, and the faults by position."""

    values: Any
    faults: dict[int, CellError] = field(default_factory=dict)


@dataclass
class Spec:
    """All that decides how one column's texts are read.

    Attributes:
        known: word → value for codes, yes/no, or replacements in a text column.
        missing: further texts that mean an empty cell.
        unit: the unit of bare numbers, None if none was named.
        shift_days: added to a date, because the source counts last days in another way than the record.
    """

    column: Column
    zone: ZoneInfo
    rules: Rules = field(default_factory=Rules)
    known: Mapping[str, Scalar] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    unit: str | None = None
    shift_days: int = 0
    cache: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def blanks(self) -> Any:
        """Every way of writing that a cell is empty, as an Arrow array."""
        usual = MARKS if self.column.kind == "text" else NOTHING
        words = [word for word in (*_spellings(usual), *self.missing) if normal_word(word) not in self.known]
        return pa.array(words, pa.string())


def read_column(texts: Any, spec: Spec) -> Parsed:
    """Read trimmed texts (an Arrow string array; ``""`` is empty)."""
    kind = spec.column.kind
    texts = blanked(texts, spec)
    if kind == "text":
        return _read_text(texts, spec)
    if kind in ("instant", "date"):
        return _read_time(texts, spec)
    if kind in ("code", "boolean"):
        wanted = pa.bool_() if kind == "boolean" else pa.string()
        return by_unique(texts, lambda text: _known_word(text, spec), wanted)
    if kind == "integer":
        return _read_integers(texts, spec)
    scale = MONEY_UNITS.get(spec.unit or "", 1)
    return by_unique(texts, lambda text: read_decimal(text, scale), pa.string())


def read_durations(texts: Any, unit: str | None, missing: tuple[str, ...]) -> Parsed:
    """Whole seconds of trimmed texts; ``unit`` is that of bare numbers."""
    empty = pc.is_in(texts, pa.array([*_spellings(NOTHING), *missing]))
    return by_unique(pc.if_else(empty, "", texts), lambda text: parse_duration(text, unit), pa.int64())


def blanked(texts: Any, spec: Spec) -> Any:
    """``texts`` with ``""`` for every way of writing that a cell is empty."""
    empty = pc.is_in(texts, spec.blanks)
    return pc.if_else(empty, "", texts) if pc.any(empty).as_py() else texts


@cache
def _spellings(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spelling for word in words for spelling in (word, word.upper(), word.capitalize())))


def by_unique(texts: Any, read: Callable[[str], Any], wanted: Any) -> Parsed:
    """Call ``read`` once per different text; it raises CellError or ValueError for what it cannot read."""
    encoded = texts.dictionary_encode()
    values: list[Any] = []
    faults: dict[int, CellError] = {}
    for index, text in enumerate(encoded.dictionary.to_pylist()):
        values.append(None)
        if text:
            try:
                values[-1] = read(text)
            except ValueError as error:
                faults[index] = _fault(text, error)
    result = Parsed(pa.array(values, wanted).take(encoded.indices))
    if faults:
        indices = encoded.indices.to_numpy()
        for position in np.flatnonzero(np.isin(indices, list(faults))).tolist():
            result.faults[position] = faults[int(indices[position])]
    return result


def _fault(text: str, error: ValueError) -> CellError:
    if text == UNCALCULATED:
        return CellError("excel_error", "是没有算出结果的公式，应在 Excel 中打开并保存后重新提交")
    if re.fullmatch(_ERROR_VALUE, text):
        return CellError("excel_error", "是 Excel 的错误值，应改正公式或填入数值")
    return error if isinstance(error, CellError) else CellError("unreadable", str(error))


def _read_text(texts: Any, spec: Spec) -> Parsed:
    if spec.column.name.endswith("_no"):
        texts = _plain_numbers(texts)
    faults: dict[int, CellError] = {}
    empty = pc.equal(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
    if may_contain(texts, "#\x00Ee"):
        suspicious = pc.match_substring_regex(texts, _SUSPICIOUS_TEXT).to_numpy(zero_copy_only=False)
        for position in np.flatnonzero(suspicious).tolist():
            faults[position] = _text_fault(texts[position].as_py())
        empty = empty | suspicious
    values = pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), texts)
    if spec.known:
        values = by_unique(texts, lambda text: _replaced(text, spec.known), pa.string()).values
    return Parsed(values, faults)


def _text_fault(text: str) -> CellError:
    if "\x00" in text:
        return CellError("unreadable", "含有空字符，文件可能已损坏")
    if re.fullmatch(_NO_VALUE, text):
        return _fault(text, ValueError())
    return CellError("lost_digits", "是被 Excel 改写的长数字，已丢失位数，应把列设为“文本”格式后重新填写")


def _replaced(text: str, known: Mapping[str, Scalar]) -> str:
    value = look_up(text, known)
    return text if value is None else str(value)


def _plain_numbers(texts: Any) -> Any:
    """Numbers somebody gave (``…_no``): half-width, out of ``="00123"`` and ``'00123``."""
    if not may_contain(texts, "='", beyond_ascii=True):
        return texts
    odd = pc.match_substring_regex(texts, r"^=|^'|[^\x00-\x7f]").to_numpy(zero_copy_only=False)
    if not odd.any():
        return texts
    listed = texts.to_pylist()
    for position in np.flatnonzero(odd).tolist():
        text = re.sub(r'^="(.*)"$', r"\1", listed[position]).removeprefix("'")
        listed[position] = "".join(unicodedata.normalize("NFKC", c) if "！" <= c <= "～" else c for c in text)
    return pa.array(listed, pa.string())


def _known_word(text: str, spec: Spec) -> Scalar:
    value = look_up(text, spec.known)
    if value is not None:
        return value
    raise CellError("unknown_word", f"不认识，应为 {'、'.join(_examples(spec.known))} 之一，或在配置的 words 中补充")


def _examples(known: Mapping[str, Scalar]) -> list[str]:
    """Two words for each value; Chinese ones where there are any."""
    by_value: dict[Scalar, list[str]] = {}
    for word, value in known.items():
        by_value.setdefault(value, []).append(word)
    chosen: list[str] = []
    for words in by_value.values():
        chosen += sorted(words, key=str.isascii)[:_EXAMPLES]
    return chosen[:_MOST_EXAMPLES]


def _read_time(texts: Any, spec: Spec) -> Parsed:
    found = read_instants(texts, spec.rules, spec.zone, spec.cache)
    listed = texts.take(pa.array(list(found.faults), pa.int64())).to_pylist()
    faults = {
        position: _fault(text, ValueError(clause))
        for (position, clause), text in zip(found.faults.items(), listed, strict=True)
    }
    if spec.column.kind == "instant":
        return Parsed(pa.array(found.seconds, mask=~found.valid), faults)
    days = dates_of(found, spec.zone)
    if spec.shift_days:
        days = by_unique(pc.fill_null(days, ""), lambda text: _shifted(text, spec.shift_days), pa.string()).values
    return Parsed(days, faults)


def _shifted(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _read_integers(texts: Any, spec: Spec) -> Parsed:
    milliseconds = spec.column.name.endswith("_ms")
    scale = DURATION_UNITS[spec.unit or ""] * 1000 if milliseconds and spec.unit in DURATION_UNITS else 1
    if scale == 1 and pc.all(pc.match_substring_regex(texts, r"^\d{0,15}$")).as_py() in (True, None):
        return Parsed(pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts).cast(pa.int64()))
    return by_unique(texts, lambda text: read_integer(text, scale, rounded=milliseconds), pa.int64())
