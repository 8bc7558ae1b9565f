"""Checks that a vendor's own monitor hands in (adapter ``push``): what one request says, and sealed hours read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Context
from adapters.push_config import PushConfig
from adapters.sealed import SealedAdapter, read_checks
from metrics.errors import InputError

_EXAMPLE = '{"asset_no": "OA", "checked_at": "2026-10-01T09:00:00+08:00", "state": "up"}'


@dataclass(frozen=True)
class Broken:
    """A row that is no check at all."""

    row_no: int
    reason: str


class PushAdapter(SealedAdapter):
    """Checks from elsewhere, as they come."""

    name: ClassVar[str] = "push"
    label: ClassVar[str] = "推送"
    config: ClassVar[type[BaseModel]] = PushConfig


def read_push(body: bytes, config: PushConfig, context: Context) -> tuple[Batch, list[Broken]]:
    """The checks of one request: a JSON array, an object with ``checks``, one check, or one a line.

    Raises:
        InputError: the body is none of these.
    """
    rows = _rows(body)
    broken = [Broken(number, f"不是一条检测，应为如 {_EXAMPLE}") for number, row in rows if not isinstance(row, dict)]
    checks = [(number, row) for number, row in rows if isinstance(row, dict)]
    batch = read_checks([row for _, row in checks], [number for number, _ in checks], "", context, config.states)
    return batch, broken


def _rows(body: bytes) -> list[tuple[int, Any]]:
    """What the body holds, numbered from 1."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("正文不是 UTF-8 文本") from None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return _lines(text)
    if isinstance(whole, dict):
        whole = whole.get("checks", [whole])
    if not isinstance(whole, list):
        raise InputError(f"正文应为检测的数组，或每行一条的 JSON，如 {_EXAMPLE}")
    return list(enumerate(whole, start=1))


def _lines(text: str) -> list[tuple[int, Any]]:
    found: list[tuple[int, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append((number, json.loads(line)))
        except (ValueError, RecursionError):
            found.append((number, None))
    if not any(isinstance(row, dict) for _, row in found):
        raise InputError(f"正文不是 JSON，应为检测的数组，或每行一条，如 {_EXAMPLE}")
    return found


ADAPTER = PushAdapter()
