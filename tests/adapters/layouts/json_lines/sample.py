"""Four checks; the third says nothing of its latency, the last writes its moment in milliseconds."""

from __future__ import annotations

import json
from typing import Any

ROWS: tuple[dict[str, Any], ...] = (
    {"service": "oa", "when": "2023-05-25T15:33:20+08:00", "outcome": "success", "ms": 32, "probe": {"from": "bj"}},
    {"when": 1685000060, "service": "oa", "outcome": "fail", "ms": None},
    {"service": "oa", "outcome": "success", "when": "2023-05-25 15:35:20"},
    {"service": "mail", "when": 1685000000000, "outcome": "unknown", "ms": 7},
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"monitor/5月25日.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()}
