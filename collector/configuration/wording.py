"""pydantic's findings as Chinese facts: one table from error type to sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collector.configuration.problems import Step, nearest

_TEXT = "应为文字"
_WHOLE = "应为整数"
_NUMBER = "应为数字"
_LIST = "应为列表，写作 [甲, 乙] 或逐行“- ”"
_MAPPING = "应为“键: 值”"
_BOOLEAN = "应为 true 或 false"
_DATE = "应为日期，写作 2023-03-05"
_TIME = "应为时刻，写作 08:30"
_DURATION = "应为时长"

#: pydantic error type → sentence; ``{name}`` is filled from the error's context.
WORDS: Mapping[str, str] = {
    "missing": "缺少这个键",
    "missing_argument": "缺少这个键",
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "至少要有 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "不符合写法 {pattern}",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "数字太大",
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "应为有限的数字",
    "multiple_of": "应为 {multiple_of} 的倍数",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不得小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不得大于 {le}",
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_whole_digits": "整数部分最多 {whole_digits} 位",
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "none_required": "不应填写",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "set_item_not_hashable": "列表中的每一项应为文字或数字",
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dataclass_type": _MAPPING,
    "invalid_key": "键应为文字",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": "应为日期，不带时刻",
    "datetime_type": "应为日期时间，写作 2023-03-05 14:05",
    "datetime_parsing": "应为日期时间，写作 2023-03-05 14:05",
    "datetime_from_date_parsing": "应为日期时间，写作 2023-03-05 14:05",
    "time_type": _TIME,
    "time_parsing": _TIME,
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "union_tag_not_found": "缺少决定种类的键 {discriminator}",
    "union_tag_invalid": "种类“{tag}”不存在，应为 {expected_tags} 之一",
}

#: Patterns of our models → what they ask for.
PATTERNS: Mapping[str, str] = {
    "^[a-z][a-z0-9_]*$": "应以小写字母开头，只含小写字母、数字和下划线，如 ops2026",
}


def fact_of(error: Mapping[str, Any], path: Sequence[Step], keys: Iterable[str]) -> str:
    """One pydantic error as a fact.

    Args:
        error: an item of ``ValidationError.errors()``.
        path: where it was found; its last step is the key meant.
        keys: the keys that the model around it knows, for an unknown key.
    """
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), list(keys))
    if kind in ("literal_error", "enum"):
        return _not_one_of(value, str(context.get("expected", "")))
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", "")) or "值不符合要求"
    if kind == "string_pattern_mismatch" and context.get("pattern") in PATTERNS:
        return f"“{value}”不能用，{PATTERNS[context['pattern']]}"
    if value is None and kind != "missing":
        return f"没有填写，{WORDS[kind]}" if kind in WORDS and "{" not in WORDS[kind] else "没有填写"
    sentence = WORDS.get(kind, "值不符合要求").format(**context)
    return f"“{value}”不是日期，应写作 2023-03-05" if sentence == _DATE and isinstance(value, str) else sentence


def _unknown_key(key: str, keys: list[str]) -> str:
    near = nearest(key, keys)
    hint = f"，是否想写“{near}”" if near else ""
    listed = f"；可用：{'、'.join(keys)}" if keys else ""
    return f"没有这个键{hint}{listed}"


def _not_one_of(value: Any, expected: str) -> str:
    right = [word.strip().strip("'") for word in expected.replace(" or ", ", ").split(", ") if word.strip()]
    listed = f"应为 {'、'.join(right)} 之一" if len(right) > 1 else f"应为 {''.join(right)}"
    if not isinstance(value, str):
        return listed
    near = nearest(value, right)
    return f"不认识“{value}”，{listed}" + (f"；是否想写“{near}”" if near else "")
