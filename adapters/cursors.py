"""Positions as adapters keep them: a JSON object of their own; another adapter's, or a broken one, is none at all."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any


def position_of(cursor: str | None, needed: Collection[str]) -> dict[str, Any] | None:
    """The object in ``cursor``; None where there is none, or it lacks a key of ``needed``.

    A source that is given another adapter keeps its id and its cursor: the load begins anew then.
    """
    try:
        told = json.loads(cursor) if cursor else None
    except ValueError:
        return None
    return told if isinstance(told, dict) and all(name in told for name in needed) else None
