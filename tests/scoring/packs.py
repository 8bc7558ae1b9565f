"""Rule packs for tests."""

from __future__ import annotations

from typing import Any

from metrics.scoring.pack import RulePack

SECTIONS = [
    {"levels": ("产出指标",), "weight": "50"},
    {"levels": ("效益指标",), "weight": "30"},
    {"levels": ("满意度指标",), "weight": "10"},
]


def pack(missed: str = "linear_to_twice", **changed: Any) -> RulePack:
    """10/50/30/10 with changes."""
    return RulePack.model_validate(
        {"id": "p", "name": "甲", "missed": missed, "sections": tuple(SECTIONS), **changed}, strict=False
    )
