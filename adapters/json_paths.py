"""Expressions into the objects of a reply, and what they find as the texts of cells; column by column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jmespath
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jmespath.exceptions import JMESPathError

from metrics.errors import InputError

_TEXTS, _NUMBERS = {str, type(None)}, {int, type(None)}


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    """A compiled expression, kept: the same few are evaluated for every object."""
    return jmespath.compile(expression)


@lru_cache(maxsize=1024)
def _steps(expression: str) -> tuple[str, ...] | None:
    """The keys of a plain path (``asset.code``), which is walked much faster than it is interpreted; else None."""
    parsed = _compiled(expression).parsed
    nodes = parsed["children"] if parsed["type"] == "subexpression" else [parsed]
    return tuple(node["value"] for node in nodes) if all(node["type"] == "field" for node in nodes) else None


def search(expression: str, data: Any) -> Any:
    """The value of ``expression`` in ``data``; None where there is none.

    Raises:
        InputError: the expression calls a function with a value of the wrong kind.
    """
    steps = _steps(expression)
    if steps is not None:
        for step in steps:
            data = data.get(step) if isinstance(data, dict) else None
        return data
    try:
        return _compiled(expression).search(data)
    except JMESPathError as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"表达式“{expression}”无法用于这份回答（{reason}），请核对配置") from None


def texts_at(expressions: Sequence[str], objects: Sequence[Any]) -> Any:
    """The text of each object as an Arrow array: that of the first expression which gives one, else ``""``.

    Raises:
        InputError: as of :func:`search`.
    """
    texts = _texts(_values(expressions[0], objects))
    for expression in expressions[1:]:
        empty = pc.equal(texts, "")
        asked = [objects[place] for place in np.flatnonzero(empty.to_numpy(zero_copy_only=False)).tolist()]
        texts = pc.replace_with_mask(texts, empty, _texts(_values(expression, asked)))
    return texts


def text_of(value: Any) -> str:
    """A JSON value as the text of a cell: lists of plain values joined, other structures as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "、".join(text_of(item) for item in value if item is not None)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _values(expression: str, objects: Sequence[Any]) -> Sequence[Any]:
    """What :func:`search` finds in each object."""
    steps = _steps(expression)
    if steps is None:
        return [search(expression, item) for item in objects]
    for step in steps:
        objects = [item.get(step) if isinstance(item, dict) else None for item in objects]
    return objects


def _texts(values: Sequence[Any]) -> Any:
    """Texts and whole numbers, which most columns hold, without a call for each value."""
    kinds = set(map(type, values))
    if kinds <= _TEXTS:
        return pc.fill_null(pa.array(values, pa.string()), "")
    if kinds <= _NUMBERS:
        return pa.array(["" if value is None else str(value) for value in values], pa.string())
    return pa.array([text_of(value) for value in values], pa.string())
