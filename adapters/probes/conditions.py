"""What an answer must say to count as up: its status, a text in its body, or values in its JSON."""

from __future__ import annotations

import codecs
import json
import re
from contextlib import suppress
from email.message import Message
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_STATUS = re.compile(r"([1-5])(?:(\d\d)|xx)(?:-([1-5]\d\d))?", re.IGNORECASE)
_SHOWN = 40
_NOTHING = object()

Scalar = str | int | bool | float | None


def _statuses(value: Any) -> Any:
    """One status or several, numbers or texts, as texts that can be read."""
    listed = tuple(str(item) for item in (value if isinstance(value, list | tuple) else [value]))
    for text in listed:
        _range(text)
    return listed


def _range(text: str) -> tuple[int, int]:
    """``200``, ``2xx``, ``200-204`` as first and last."""
    found = _STATUS.fullmatch(text.strip())
    if not found or (found[3] and not found[2]):
        raise ValueError(f"“{text}”不是状态码，应写作 200、2xx、200-204 或它们的列表")
    first, last = (int(found[1] + (found[2] or digits)) for digits in ("00", "99"))
    last = int(found[3]) if found[3] else last
    if last < first:
        raise ValueError(f"“{text}”的范围是反的")
    return first, last


_WRITTEN = {"anyOf": [{"type": ["string", "integer"]}, {"type": "array", "items": {"type": ["string", "integer"]}}]}
Statuses = Annotated[tuple[str, ...], BeforeValidator(_statuses), WithJsonSchema(_WRITTEN)]


def status_fault(status: int, expected: tuple[str, ...]) -> str:
    """What is wrong with a status; "" if nothing is."""
    if any(first <= status <= last for first, last in map(_range, expected)):
        return ""
    return f"状态码 {status}，应为 {'、'.join(expected)}"


def text_fault(body: str, wanted: str | None, unwanted: str | None, cut: str) -> str:
    """What is wrong with the text of a body; ``cut``: how much of it was read, where that is not all."""
    if wanted is not None and wanted not in body:
        return f"正文{cut}中没有“{_short(wanted)}”"
    if unwanted is not None and unwanted in body:
        return f"正文中有“{_short(unwanted)}”"
    return ""


def decoded(body: bytes, content_type: str) -> str:
    """A body as text: by the charset it declares, else UTF-8, else GB18030; a character cut at the end is dropped."""
    declared = Message()
    declared["Content-Type"] = content_type
    for encoding in (declared.get_content_charset(), "utf-8-sig", "gb18030"):
        with suppress(LookupError, UnicodeError):
            return codecs.getincrementaldecoder(encoding or "utf-8-sig")().decode(body)
    return body.decode("utf-8", errors="replace")


def json_fault(body: str, wanted: dict[str, Scalar], cut: str) -> str:
    """What is wrong with a JSON body: every dotted path must hold the value beside it; lists take numbers."""
    if cut:
        return f"正文只读了{cut}，无法按 JSON 判断"
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return "正文不是 JSON"
    for path, value in wanted.items():
        found = _at(data, path)
        if found is _NOTHING:
            return f"JSON 中没有 {path}"
        if type(found) is not type(value) and not (_number(found) and _number(value)):
            return f"JSON 的 {path} 是 {_json(found)}，应为 {_json(value)}"
        if found != value:
            return f"JSON 的 {path} 是 {_json(found)}，应为 {_json(value)}"
    return ""


def _at(data: Any, path: str) -> Any:
    """The value at ``a.b.0``; a key that holds dots itself may be written as it is."""
    if isinstance(data, dict) and path in data:
        return data[path]
    for step in path.split("."):
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return _NOTHING
    return data


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(value: Any) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
