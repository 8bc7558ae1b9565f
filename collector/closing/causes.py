"""Which rows made a figure change: the evidence of two computations held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collector.explain import Basis, Question, definition_of, judged
from collector.publish.explanation import ROLE_LABELS
from collector.publish.publication import plain
from collector.trace import cells, place
from metrics.errors import UsageError
from metrics.evidence import evidence
from metrics.records import RECORDS

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store
    from metrics.indicators import Facts

#: Records that decide figures without being listed as their evidence.
_BEHIND = ("asset", "asset_assignment", "exclusion")
_CHECKS = "uptime_check"


@dataclass(frozen=True)
class Computation:
    """A figure's period under one basis, with everything that was known then."""

    basis: Basis
    facts: Facts


@dataclass(frozen=True, slots=True)
class Cause:
    """One row that is new, superseded, withdrawn, or counted otherwise; texts are for people, empty where none.

    ``before`` and ``after`` hold the columns that differ (all of them where one side is missing), ``used_before``
    and ``used_after`` what the row does in the figure, ``place`` and ``row_hash`` where the newer version (else the
    older one) came from, ``recorded_at`` when that version was taken in (UTC seconds).
    """

    kind: str
    record: str
    key: str
    before: str
    after: str
    used_before: str
    used_after: str
    place: str
    row_hash: str
    content_hash: str
    recorded_at: int | None


@dataclass(frozen=True)
class _Version:
    """A row as one side knows it: its id and columns."""

    row_id: int
    row: Mapping[str, Any]


def causes(store: Store, before: Computation, after: Computation, question: Question) -> list[Cause]:
    """The rows behind a figure that are not the same on both sides, by record and key.

    Where there are none, those of the register and the exclusions that changed between the two.
    """
    used = _uses(before, question), _uses(after, question)
    gone = {key: use for key, use in used[0].items() if used[1].get(key) != use}
    come = {key: use for key, use in used[1].items() if used[0].get(key) != use}
    ids = {
        record: ({i for r, i in gone if r == record}, {i for r, i in come if r == record})
        for record, _ in [*gone, *come]
    }
    found = [cause for record, sides in ids.items() for cause in _of_record(store, before, after, record, sides, used)]
    if not found:
        for record in _BEHIND:
            found += _of_record(store, before, after, record, _changed_ids(before, after, record), ({}, {}))
    return sorted(found, key=lambda cause: (cause.record, cause.key))


_Uses = Mapping[tuple[str, int], tuple[tuple[str, str, str], ...]]


def _uses(side: Computation, question: Question) -> _Uses:
    """Record and row_id → what the row does in the figure: role, value, note."""
    try:
        definition = definition_of(side.basis.settings, question)
        _, found = judged(side.basis, side.facts, definition, question)
    except UsageError:  # the indicator or the dimension's value is not there on this side
        found = evidence()
    uses: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    rows = found.rows
    names = ("record", "row_id", "role", "value", "note")
    for record, row_id, *use in zip(*(rows[name].tolist() for name in names), strict=True):
        uses.setdefault((record, int(row_id)), []).append(tuple(plain(one) or "" for one in use))  # type: ignore[arg-type]
    return {key: tuple(sorted(use)) for key, use in uses.items()}


def _changed_ids(before: Computation, after: Computation, record: str) -> tuple[set[int], set[int]]:
    one, other = (set(side.facts.frames[record]["row_id"].tolist()) for side in (before, after))
    return one - other, other - one


def _of_record(
    store: Store,
    before: Computation,
    after: Computation,
    record: str,
    ids: tuple[set[int], set[int]],
    used: tuple[_Uses, _Uses],
) -> list[Cause]:
    """The causes among rows of one record: ``ids`` are those whose use differs, on either side."""
    frames = _frame(before.facts, record), _frame(after.facts, record)
    keys = {key for frame, wanted in zip(frames, ids, strict=True) for key in _keys(frame, wanted)}
    sides = [_versions(frame, keys) for frame in frames]
    lineage = _lineage(store, record, {version.row_id for side in sides for version in side.values()})
    zone = after.basis.settings.zone
    found = []
    for key in keys:
        one, other = sides[0].get(key), sides[1].get(key)
        was, now = _use(record, one, used[0]), _use(record, other, used[1])
        newest = other or one
        assert newest is not None  # a key comes from one of the frames
        came_from = lineage.get(newest.row_id, {})
        texts = _differences(record, one, other, zone)
        found.append(
            Cause(
                _kind(one, other, was, now),
                RECORDS[record].label,
                str(key[1]),
                *texts,
                _words(was),
                _words(now),
                place({"source": key[0], "name": None, "sheet": None, "row_no": None, **came_from}),
                came_from.get("row_hash") or "",
                came_from.get("content_hash") or "",
                came_from.get("recorded_at"),
            )
        )
    return found


def _frame(facts: Facts, record: str) -> pd.DataFrame:
    """A record's rows; of checks the intervals of their index, named by asset and beginning."""
    if record != _CHECKS:
        return facts.frames[record]
    states = facts.states
    return states.assign(natural_key=states["asset_no"], began=states["first_at"])


def _keys(frame: pd.DataFrame, ids: set[int]) -> set[tuple[Any, ...]]:
    rows = frame[frame["row_id"].isin(ids)]
    return set(_key_of(rows))


def _key_of(rows: pd.DataFrame) -> list[tuple[Any, ...]]:
    names = ["source", "natural_key", *(["began"] if "began" in rows.columns else [])]
    return list(zip(*(rows[name].tolist() for name in names), strict=True))


def _versions(frame: pd.DataFrame, keys: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], _Version]:
    rows = frame[frame["natural_key"].isin({key[1] for key in keys})]
    found = {}
    for key, record in zip(_key_of(rows), rows.to_dict("records"), strict=True):
        if key in keys:
            row = {str(name): plain(value) for name, value in record.items()}
            found[key] = _Version(int(row["row_id"]), row)
    return found


def _lineage(store: Store, record: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    if record == _CHECKS:
        return {}
    rows = store.lineage(record, ids).to_dict("records")
    return {int(row["row_id"]): {str(name): plain(value) for name, value in row.items()} for row in rows}


def _use(record: str, version: _Version | None, uses: _Uses) -> tuple[tuple[str, str, str], ...]:
    return () if version is None else uses.get((record, version.row_id), ())


def _kind(one: _Version | None, other: _Version | None, was: Any, now: Any) -> str:
    if one is None:
        return "新增"
    if other is None:
        return "撤回"
    corrected = "更正" if one.row_id != other.row_id else ""
    if bool(was) == bool(now):
        return corrected or "计法改变"
    joined = "计入" if now else "不再计入"
    return f"更正后{joined}" if corrected else f"改为{joined}" if now else joined


def _words(uses: tuple[tuple[str, str, str], ...]) -> str:
    """``分子 1200（到场用时）``."""
    return "；".join(
        " ".join(filter(None, (ROLE_LABELS[role], value))) + (f"（{note}）" if note else "")
        for role, value, note in uses
    )


def _differences(record: str, one: _Version | None, other: _Version | None, zone: Any) -> tuple[str, str]:
    """The columns that differ, on both sides; all of a row that has no other version."""
    texts = [cells(record, version.row, zone) if version else {} for version in (one, other)]
    if one and other:
        shown = [name for name in {**texts[0], **texts[1]} if texts[0].get(name) != texts[1].get(name)]
        texts = [{name: text.get(name, "（空）") for name in shown} for text in texts]
    return tuple("；".join(f"{name}={value}" for name, value in text.items()) for text in texts)  # type: ignore[return-value]
