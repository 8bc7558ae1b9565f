"""Two configuration snapshots held against each other, key by key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from metrics.indicators import IndicatorDefinition

#: Parts of a configuration that can move any figure; other indicators, sources' mappings and the like cannot.
_SHARED = ("organization", "service_windows", "calendar", "holidays", "projects")


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key, e.g. ``indicators.mean_arrival.target``; its values as JSON, None where it is not there."""

    key: str
    before: str | None
    after: str | None

    def decides(self, definition: IndicatorDefinition) -> bool:
        """Whether it may move the figures of an indicator."""
        part, _, rest = self.key.partition(".")
        own = (definition.id, f"{definition.project}/{definition.id}")
        return part in _SHARED or (part == "indicators" and rest.partition(".")[0] in own)


def configuration_changes(before: str, after: str) -> list[KeyChange]:
    """What differs between two snapshots, by key."""
    if before == after:
        return []
    one, other = dict(_flat(json.loads(before), "")), dict(_flat(json.loads(after), ""))
    keys = [*other, *(key for key in one if key not in other)]
    return [KeyChange(key, one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)]


def _flat(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Leaves with their path; items of a list that have an ``id`` are named by it."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value):
        count = Counter(item["id"] for item in value)
        for item in value:
            name = item["id"] if count[item["id"]] == 1 else f"{item.get('project', '')}/{item['id']}"
            yield from _flat(item, f"{key}.{name}")
    else:
        yield key, json.dumps(value, ensure_ascii=False)
