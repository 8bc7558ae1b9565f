"""The evidence of an availability figure: every stretch of time behind it and the records that claim it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from metrics.accounts import group
from metrics.assets import Segments, contract_bounds
from metrics.claims import Claims
from metrics.evidence import Role, evidence, listed
from metrics.frames import Ints, Texts, texts
from metrics.indicators import Evidence, Facts, Request
from metrics.intervals import Coverage, Intervals, intersect, merge
from metrics.ledger import Ledger, SpanKind, open_ledger
from metrics.outages import read_outages

if TYPE_CHECKING:
    import pandas as pd

KIND_LABELS: Mapping[str, str] = {"required": "应运行", "down": "故障", "unknown": "未知", "excluded": "豁免"}
CAUSE_LABELS: Mapping[str, str] = {
    "planned_maintenance": "计划维护",
    "force_majeure": "不可抗力",
    "court_side": "院方原因",
}
_SPAN_TYPES = {
    "asset_no": "string[pyarrow]",
    "kind": "string[pyarrow]",
    "start_at": "int64[pyarrow]",
    "end_at": "int64[pyarrow]",
    "service_seconds": "int64[pyarrow]",
    "opened_by": "string[pyarrow]",
    "ended_by": "string[pyarrow]",
    "record": "string[pyarrow]",
    "row_id": "int64[pyarrow]",
}


def availability_evidence(request: Request, dimension_value: str) -> Evidence:
    """The stretches and records behind one figure; ``request`` has one period and one dimension."""
    ledger = open_ledger(request)
    chosen = _chosen(ledger, request, dimension_value)
    leaves = request.definition.params.exclusion == "leaves_denominator"
    roles: dict[SpanKind | Literal["observed"], Role] = {
        "excluded": "denominator" if leaves else "numerator",
        "down": "numerator",
        "unknown": "denominator",
        "observed": "beside",
    }
    kinds: tuple[SpanKind, ...] = ("excluded", "down", "unknown")
    spans = [_piece_spans(ledger, chosen, kind, ledger.claims(kind)) for kind in kinds]
    rows = [
        _claim_rows(ledger, chosen, claim, kind, role) for kind, role in roles.items() for claim in ledger.claims(kind)
    ]
    rows.insert(0, _asset_rows(ledger, chosen, "denominator"))
    return Evidence(evidence(*rows).rows, _stack([_required_spans(ledger, request, chosen), *spans]))


def outage_evidence(request: Request, dimension_value: str, assets_role: Role) -> Evidence:
    """The outages behind one figure, whole, with the required time of the period and the records of both."""
    ledger = open_ledger(request)
    chosen = _chosen(ledger, request, dimension_value)
    outages = read_outages(ledger, request.as_of)
    _, began, _ = intersect(Intervals(outages.intervals.owner, outages.began, outages.began + 1), chosen.intervals)
    outages = outages.take(began)
    claims = ledger.claims("down")
    opener, closer, together = _opener_and_closer(claims, outages.intervals)
    down = _spans(
        ledger,
        "down",
        outages.intervals,
        together.opened[opener],
        together.ended[closer],
        together.record[opener],
        together.row_id[opener],
    )
    down["service_seconds"] = outages.seconds
    rows = [_asset_rows(ledger, chosen, assets_role)]
    for claim in claims:
        _, used, _ = intersect(claim.intervals, outages.intervals)
        mine = claim.take(used)
        seconds = ledger.calendar.service_seconds(mine.intervals.start, mine.intervals.end)
        rows.append(_claim_lines(ledger.facts, mine, KIND_LABELS["down"], "numerator", _text(seconds)))
    for claim in ledger.claims("excluded"):
        _, used, _ = intersect(claim.intervals, outages.intervals)
        rows.append(_claim_lines(ledger.facts, claim.take(np.unique(used)), KIND_LABELS["excluded"], "beside", None))
    return Evidence(evidence(*rows).rows, _stack([_required_spans(ledger, request, chosen), down]))


def _chosen(ledger: Ledger, request: Request, dimension_value: str) -> Segments:
    """The required segments of the one group asked for, cut to the one period."""
    [period], [dimension] = request.periods, request.dimensions
    groups = group(ledger.segments, ledger.register, dimension)
    if groups is None or dimension_value not in groups.values:
        return ledger.segments.take(np.zeros(len(ledger.segments.assignment), np.bool_))
    mine = ledger.segments.take(groups.code == groups.values.index(dimension_value))
    clipped = mine.intervals.clip(*period.bounds(request.contract.zone))
    return Segments(clipped, mine.attributes, mine.assignment).take(clipped.start < clipped.end)


def _required_spans(ledger: Ledger, request: Request, chosen: Segments) -> pd.DataFrame:
    owner, start, end = chosen.intervals
    first, last = request.periods[0].bounds(request.contract.zone)
    assigned = chosen.assignment >= 0
    in_service = ledger.register.in_service
    opened = np.select(
        [start == in_service.start[owner], start == first, start == contract_bounds(request.contract)[0]],
        ["启用", "统计周期开始", "合同开始"],
        "资产归属变更",
    )
    ended = np.select(
        [end == in_service.end[owner], end == request.as_of, end == last],
        ["报废", "截止时间", "统计周期结束"],
        "资产归属变更或合同结束",
    )
    record = np.where(assigned, "asset_assignment", "asset").astype(object)
    row_id = np.where(assigned, chosen.assignment, ledger.register.row_id[owner])
    return _spans(ledger, "required", chosen.intervals, opened.astype(object), ended.astype(object), record, row_id)


def _piece_spans(ledger: Ledger, chosen: Segments, kind: SpanKind, claims: Sequence[Claims]) -> pd.DataFrame:
    """The excluded, down or unknown pieces inside the chosen segments, with the claims that opened and ended them.

    A piece may be claimed by several records: the one that began first opened it, the one that lasted longest
    ended it.
    """
    pieces = ledger.pieces[kind].intervals
    parts, segment, piece = intersect(chosen.intervals, pieces)
    opener, closer, all_claims = _opener_and_closer(claims, pieces)
    opened = [
        _opened(words, int(claim), int(start), int(first))
        for words, claim, start, first in zip(
            all_claims.opened[opener[piece]],
            all_claims.intervals.start[opener[piece]],
            parts.start,
            chosen.intervals.start[segment],
            strict=True,
        )
    ]
    ended = [
        _ended(words, int(claim), int(end), int(last))
        for words, claim, end, last in zip(
            all_claims.ended[closer[piece]],
            all_claims.intervals.end[closer[piece]],
            parts.end,
            chosen.intervals.end[segment],
            strict=True,
        )
    ]
    record, row_id = all_claims.record[opener[piece]], all_claims.row_id[opener[piece]]
    return _spans(ledger, kind, parts, np.array(opened, object), np.array(ended, object), record, row_id)


def _opened(words: str, claimed: int, start: int, first: int) -> str:
    """What opened a part of a claim: the claim itself, the edge it is cut at, or the end of what wins over it."""
    if start == claimed:
        return words
    return f"此前已开始（{words}）" if start == first else f"豁免或故障结束，此前已开始（{words}）"


def _ended(words: str, claimed: int, end: int, last: int) -> str:
    if end == claimed:
        return words
    return f"期末仍在持续（其后：{words}）" if end == last else f"转入豁免或故障（原{words}）"


class _AllClaims(NamedTuple):
    """Claims of several record types in one set of columns, with their words."""

    intervals: Intervals
    record: Texts
    row_id: Ints
    opened: Texts
    ended: Texts


def _opener_and_closer(claims: Sequence[Claims], pieces: Intervals) -> tuple[Ints, Ints, _AllClaims]:
    """For each piece the claim that began first and the one that ended last of those that share time with it."""
    together = _AllClaims(
        Intervals(*(np.concatenate([claim.intervals[column] for claim in claims]) for column in range(3))),
        np.concatenate([np.full(len(claim.row), claim.record, object) for claim in claims]),
        np.concatenate([claim.row_id for claim in claims]),
        np.array([words for claim in claims for words in claim.opened_words()], object),
        np.array([words for claim in claims for words in claim.ended_words()], object),
    )
    _, claim, piece = intersect(together.intervals, pieces)
    found = []
    for rank in (together.intervals.start[claim], -together.intervals.end[claim]):
        order = np.lexsort((rank, piece))
        first = order[np.flatnonzero(np.diff(piece[order], prepend=-1))]
        of_piece = np.full(len(pieces.owner), -1)
        of_piece[piece[first]] = claim[first]
        found.append(of_piece)
    return found[0], found[1], together


def _asset_rows(ledger: Ledger, chosen: Segments, role: Role) -> pd.DataFrame:
    """The register's and the assignments' rows that make the required time, in service seconds."""
    owner, start, end = chosen.intervals
    seconds = ledger.calendar.service_seconds(start, end)
    assigned = chosen.assignment >= 0
    sources = (("asset", ~assigned, ledger.register.row_id[owner]), ("asset_assignment", assigned, chosen.assignment))
    parts = [
        listed(record, row_id[these], role, KIND_LABELS["required"], _text(seconds[these]))
        for record, these, row_id in sources
    ]
    return evidence(*parts).rows


def _claim_rows(ledger: Ledger, chosen: Segments, claim: Claims, kind: str, role: Role) -> pd.DataFrame:
    """The records that claim service time of the chosen segments, with how much of it (overlaps not removed)."""
    required = Coverage(merge(chosen.intervals), ledger.calendar.service_seconds_until)
    seconds = required.between(*claim.intervals)
    used = claim.take(seconds > 0)
    label = "有检测佐证" if kind == "observed" else KIND_LABELS[kind]
    return _claim_lines(ledger.facts, used, label, role, _text(seconds[seconds > 0]))


def _claim_lines(facts: Facts, claim: Claims, label: str, role: Role, value: Sequence[str] | None) -> pd.DataFrame:
    words = zip(claim.opened_words(), claim.ended_words(), strict=True)
    notes = [f"{opened}，{ended}" for opened, ended in words]
    if claim.record == "exclusion":
        causes = _exclusion_words(facts.frames["exclusion"].iloc[claim.row])
        notes = [f"{note}，{cause}" for note, cause in zip(notes, causes, strict=True)]
    else:
        notes = [f"{label}：{note}" for note in notes]
    return listed(claim.record, claim.row_id, role, notes, value)


def _text(seconds: Ints) -> list[str]:
    return [str(value) for value in seconds.tolist()]


def _exclusion_words(frame: pd.DataFrame) -> list[str]:
    """Cause, approver and document of exclusions."""
    columns = (texts(frame[name]).tolist() for name in ("cause", "approver", "document_no"))
    return [
        "，".join(
            [CAUSE_LABELS[cause]]
            + ([f"批准人 {approver}"] if approver else [])
            + ([f"批准文号 {document}"] if document else [])
        )
        for cause, approver, document in zip(*columns, strict=True)
    ]


def _spans(
    ledger: Ledger, kind: str, intervals: Intervals, opened: Texts, ended: Texts, record: Texts, row_id: Ints
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "asset_no": ledger.register.asset_no.to_numpy(dtype=object)[intervals.owner],
            "kind": kind,
            "start_at": intervals.start,
            "end_at": intervals.end,
            "service_seconds": ledger.calendar.service_seconds(intervals.start, intervals.end),
            "opened_by": opened,
            "ended_by": ended,
            "record": record,
            "row_id": row_id,
        }
    )


def _stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([frame.astype(_SPAN_TYPES) for frame in frames], ignore_index=True)
