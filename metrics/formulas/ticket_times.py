"""Mean response, arrival and resolution of tickets (semantics 4): Σ seconds / number of tickets with that time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from metrics.evidence import evidence, listed
from metrics.formulas.params import TicketTimeParams, params_of
from metrics.frames import FAR_FUTURE, Ints
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.scope import Mask
from metrics.slicing import Slices, one_cell, sliced
from metrics.tickets import Tickets, clock, on_clock, provisional_spans, read_tickets, service_calendar
from metrics.wording import clock_words, period_words, reopen_words, sentence, where_words

if TYPE_CHECKING:
    import pandas as pd

_QUANTILES = {"median": Fraction(1, 2), "p90": Fraction(9, 10), "max": Fraction(1)}


@dataclass(frozen=True)
class Timed:
    """What a formula takes of the tickets.

    ``kept``: the tickets in the mean; ``seconds``: their time; ``end``: the moment it ends; ``beside``: by
    the part's name those left out, each ticket in exactly one place.
    """

    kept: Mask
    seconds: Ints
    end: Ints
    beside: Mapping[str, Mask]


class _MeanTime:
    """What the three means share; each says which tickets it takes and how long they took."""

    part_labels: ClassVar[Mapping[str, str]]
    beside: ClassVar[tuple[str, ...]]
    _arithmetic: ClassVar[str]
    _word: ClassVar[str]
    _counted: ClassVar[str]
    _attached: ClassVar[tuple[str, ...]] = ()

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, TicketTimeParams)
        follows = self._attached or params.attribute_by == "resolved_at"
        return sentence(
            self._arithmetic,
            "只扣除责任方为法院或第三方的挂起，重叠的合并后扣除" if self._attached else "",
            clock_words(params),
            period_words(params),
            reopen_words(params.reopen) if follows else "",
            where_words(definition.where),
            "作废工单不计，另列",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        return Side(f"{self._word}之和", "seconds"), Side(self._counted, "count", "张")

    def measure(self, request: Request) -> list[Figure]:
        """Seconds: Σ, number, mean, with median, p90 and maximum; what is left out is counted beside."""
        params = params_of(request.definition, TicketTimeParams)
        tickets = read_tickets(request, params.reopen)
        timed = self._timed(request, tickets, params)
        provisional = timed.kept & provisional_spans(
            service_calendar(request, params), tickets.reported, np.where(timed.kept, timed.end, tickets.reported)
        )
        known = request.facts.has("ticket")
        figures: list[Figure] = []
        for cells in sliced(request, tickets.events, tickets.moment(params.attribute_by)):
            figures += _figures(request, cells, timed, tickets.evidence_rows(self._attached), provisional, known)
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every ticket of the cell with its seconds, or why it is beside; holds and cycles behind them."""
        params = params_of(request.definition, TicketTimeParams)
        tickets = read_tickets(request, params.reopen)
        timed = self._timed(request, tickets, params)
        rows = one_cell(request, tickets.events, tickets.moment(params.attribute_by), dimension_value)
        kept = rows[timed.kept[rows]]
        seconds = [str(value) for value in timed.seconds[kept].tolist()]
        parts = [listed("ticket", tickets.events.row_id[kept], "both", f"{self._word}（秒）", seconds)]
        for name, mask in timed.beside.items():
            left = rows[mask[rows]]
            parts.append(listed("ticket", tickets.events.row_id[left], "beside", f"{self.part_labels[name]}，不计入"))
        return evidence(*parts, *attached_evidence(tickets, rows, self._attached))

    def _timed(self, request: Request, tickets: Tickets, params: TicketTimeParams) -> Timed:
        raise NotImplementedError


_SHARED_LABELS = {"median": "中位数", "p90": "第90百分位数", "max": "最大值", "cancelled_count": "作废"}


class MeanResponse(_MeanTime):
    """response = responded − reported."""

    part_labels: ClassVar[Mapping[str, str]] = {**_SHARED_LABELS, "missing_count": "没有响应时间"}
    beside: ClassVar[tuple[str, ...]] = ("missing_count", "cancelled_count")
    _arithmetic = "平均响应时间 = Σ（响应时间 − 报障时间）÷ 有响应时间的工单数"
    _word = "响应用时"
    _counted = "有响应时间的工单"

    def _timed(self, request: Request, tickets: Tickets, params: TicketTimeParams) -> Timed:
        happened = tickets.responded < FAR_FUTURE
        seconds = on_clock(clock(request, params), tickets.reported, tickets.responded, happened)
        left = {"missing_count": ~happened & ~tickets.cancelled, "cancelled_count": tickets.cancelled}
        return Timed(happened & ~tickets.cancelled, seconds, tickets.responded, left)


class MeanArrival(_MeanTime):
    """arrival = arrived − reported, of on-site tickets; remote fixes and missing arrivals leave the mean."""

    part_labels: ClassVar[Mapping[str, str]] = {
        **_SHARED_LABELS,
        "remote_count": "远程处理",
        "missing_count": "没有到场时间",
    }
    beside: ClassVar[tuple[str, ...]] = ("remote_count", "missing_count", "cancelled_count")
    _arithmetic = (
        "平均到场时间 = Σ（到场时间 − 报障时间）÷ 有到场时间的现场工单数，远程处理和没有到场时间的不计入，另列"
    )
    _word = "到场用时"
    _counted = "有到场时间的现场工单"

    def _timed(self, request: Request, tickets: Tickets, params: TicketTimeParams) -> Timed:
        remote = tickets.events.attribute("channel").among(["remote"]) & ~tickets.cancelled
        on_site = ~remote & ~tickets.cancelled
        happened = tickets.arrived < FAR_FUTURE
        seconds = on_clock(clock(request, params), tickets.reported, tickets.arrived, happened)
        left = {
            "remote_count": remote,
            "missing_count": on_site & ~happened,
            "cancelled_count": tickets.cancelled,
        }
        return Timed(on_site & happened, seconds, tickets.arrived, left)


class MeanResolution(_MeanTime):
    """resolution = resolved − reported − holds of the court's or a third party's side."""

    part_labels: ClassVar[Mapping[str, str]] = {**_SHARED_LABELS, "open_count": "尚未解决"}
    beside: ClassVar[tuple[str, ...]] = ("open_count", "cancelled_count")
    _arithmetic = "平均解决时间 = Σ（解决时间 − 报障时间 − 挂起时间）÷ 已解决的工单数"
    _word = "解决用时"
    _counted = "已解决的工单"
    _attached = ("hold", "ticket_cycle")

    def _timed(self, request: Request, tickets: Tickets, params: TicketTimeParams) -> Timed:
        kept = tickets.is_resolved & ~tickets.cancelled
        seconds = tickets.active_seconds(clock(request, params))
        left = {"open_count": ~tickets.is_resolved & ~tickets.cancelled, "cancelled_count": tickets.cancelled}
        return Timed(kept, seconds, tickets.resolved, left)


_ATTACHED_NOTES = {"hold": "挂起，落在计时之内的部分已扣除", "ticket_cycle": "工单处理轮次"}


def attached_evidence(tickets: Tickets, rows: Ints, attached: Sequence[str]) -> list[pd.DataFrame]:
    """The holds subtracted from the tickets in ``rows`` and the cycles they went through."""
    chosen = np.zeros(len(tickets.events), np.bool_)
    chosen[rows] = True
    found = {record: tickets.attached(record) for record in attached}
    return [
        listed(record, rows_of.row_id[chosen[rows_of.ticket]], "beside", _ATTACHED_NOTES[record])
        for record, rows_of in found.items()
    ]


def _figures(request: Request, cells: Slices, timed: Timed, rows: Ints, provisional: Mask, known: bool) -> list[Figure]:
    kept, total = cells.sum(timed.kept), cells.sum(np.where(timed.kept, timed.seconds, 0))
    left = {name: cells.sum(mask) for name, mask in timed.beside.items()}
    evidence_rows, unofficial = cells.sum(rows), cells.sum(provisional)
    ranked = cells.ranked(timed.kept, timed.seconds)
    figures = []
    for period, value in cells.cells():
        count = int(kept[period, value])
        parts: dict[str, Fraction | int | str] = {
            name: found
            for name, share in _QUANTILES.items()
            if (found := ranked.quantile(period, value, share)) is not None
        }
        parts |= {name: int(counts[period, value]) for name, counts in left.items()}
        seconds = Fraction(int(total[period, value]))
        figures.append(
            Figure(
                request.periods[period],
                cells.dimension,
                cells.values[value],
                numerator=seconds if known else None,
                denominator=Fraction(count) if known else None,
                actual=seconds / count if count else None,
                provisional=bool(unofficial[period, value]),
                evidence_count=int(evidence_rows[period, value]),
                parts=parts,
            )
        )
    return figures
