"""How alike two projects' names are."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from collector.targets.joined import plain, squeezed


def likeness(one: str, other: str) -> float:
    """0–1; names with different years are not alike, whatever else they say."""
    years = [set(re.findall(r"20\d\d", text)) for text in (one, other)]
    if years[0] and years[1] and years[0] != years[1]:
        return 0.0
    return SequenceMatcher(None, plain(squeezed(one)), plain(squeezed(other)), autojunk=False).ratio()
