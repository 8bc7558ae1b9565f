"""Result rows held against each other, whatever run they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from collector.publish.publication import plain
from collector.store.result_columns import RESULT_COLUMNS, TWINNED

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store

#: Indicator, dimension, dimension value.
Key = tuple[str, str, str]

#: What says when and how a result was computed, not what it is.
_OF_THE_RUN = frozenset(
    (
        "organization_id",
        "project",
        "period",
        "as_of",
        "known_at",
        "known_sequence",
        "configuration_hash",
        "computed_at",
        "run_id",
        "position",
        "data_state",
        "revision_no",
        *(f"{name}_value" for name in TWINNED),
    )
)
COMPARED = tuple(name for name in RESULT_COLUMNS if name not in _OF_THE_RUN)


def figures(rows: pd.DataFrame) -> dict[Key, Mapping[str, Any]]:
    """The rows of one project and period by their key, in their order; missing values as None."""
    found: dict[Key, Mapping[str, Any]] = {}
    for record in rows.to_dict("records"):
        row = {str(name): plain(value) for name, value in record.items()}
        found[row["indicator"], row["dimension"], row["dimension_value"]] = row
    return found


def differing(before: Mapping[Key, Mapping[str, Any]], after: Mapping[Key, Mapping[str, Any]]) -> list[Key]:
    """The keys whose rows are not the same, or that only one side has; in the order of ``after``, then ``before``."""
    keys = [*after, *(key for key in before if key not in after)]
    return [key for key in keys if not _same(before.get(key), after.get(key))]


def _same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None or other is None:
        return False
    return all(one[name] == other[name] for name in COMPARED)


def changed_columns(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """The columns in which two rows of a figure differ; none where a side is missing."""
    if before is None or after is None:
        return []
    return [name for name in COMPARED if before[name] != after[name]]


def named(rows: Iterable[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]) -> list[str]:
    """``平均到场时间 25.50分钟 → 35.50分钟``, ``巡检次数（甲公司） 新增 7次`` …: what changed, for people."""
    return [_named(before, after) for before, after in rows]


def _named(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    row = after or before or {}
    name = f"{row['name']}（{row['dimension_value']}）" if row["dimension_value"] else row["name"]
    if before is None:
        return f"{name} 新增 {row['printed']}"
    if after is None:
        return f"{name} 不再有，原为 {row['printed']}"
    if before["printed"] != after["printed"]:
        return f"{name} {before['printed']} → {after['printed']}"
    return f"{name} {after['printed']}（完成值相同，其他各栏有变）"


def mark_closed(store: Store, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a run; an indicator whose figures are those of its period's newest revision is marked as closed so."""
    newest = {(one.project, one.period): one for one in store.revisions()}
    if not newest or not len(rows):
        return rows
    marked = rows.copy()
    for (project, period), part in rows.groupby(["project", "period"], sort=False):
        revision = newest.get((str(project), str(period)))
        if revision is None:
            continue
        kept = store.revision_results(revision)
        for indicator, present in part.groupby("indicator", sort=False):
            if not differing(figures(kept[kept["indicator"] == indicator]), figures(present)):
                marked.loc[present.index, "data_state"] = "closed"
                marked.loc[present.index, "revision_no"] = revision.revision_no
    return marked
