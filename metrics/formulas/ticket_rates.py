"""解决率 = resolved / reported, 及时率 = within its limit / those done or whose limit has run out (semantics 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from metrics.evidence import evidence, listed
from metrics.formulas.params import ResolutionRateParams, TimelyRateParams, params_of
from metrics.formulas.ticket_times import attached_evidence
from metrics.frames import FAR_FUTURE, Ints
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.quantities import parse_duration
from metrics.scope import Mask
from metrics.slicing import Slices, one_cell, sliced
from metrics.tickets import Tickets, clock, on_clock, provisional_spans, read_tickets, service_calendar
from metrics.wording import clock_words, period_words, reopen_words, sentence, where_words


@dataclass(frozen=True)
class Judged:
    """What a rate takes of the tickets.

    ``counted``: tickets in the denominator, ``good`` those of them in the numerator; ``of_which``: parts of the
    denominator worth naming; ``beside``: by the part's name those left out, each ticket in exactly one place.
    ``seconds``: what was timed, or None. ``attached``: the records that decided with the tickets.
    """

    counted: Mask
    good: Mask
    of_which: Mapping[str, Mask]
    beside: Mapping[str, Mask]
    attached: tuple[str, ...]
    provisional: Mask
    seconds: Ints | None = None


class _Rate:
    """What both rates share."""

    part_labels: ClassVar[Mapping[str, str]]
    beside: ClassVar[tuple[str, ...]]

    def measure(self, request: Request) -> list[Figure]:
        """Tickets: those that reach it, those that count, and what is left out beside."""
        tickets, moment, judged = self._judge(request)
        known = request.facts.has("ticket")
        figures: list[Figure] = []
        for cells in sliced(request, tickets.events, moment):
            figures += _figures(request, cells, judged, tickets.evidence_rows(judged.attached), known)
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every ticket of the cell: reached it, did not, or is beside and why."""
        tickets, moment, judged = self._judge(request)
        rows = one_cell(request, tickets.events, moment, dimension_value)
        good, bad = rows[judged.good[rows]], rows[(judged.counted & ~judged.good)[rows]]
        row_id, parts = tickets.events.row_id, []
        parts.append(listed("ticket", row_id[good], "both", self._good_word, _texts(judged.seconds, good)))
        parts.append(listed("ticket", row_id[bad], "denominator", self._bad_word, _texts(judged.seconds, bad)))
        for name, mask in judged.beside.items():
            left = rows[mask[rows]]
            parts.append(listed("ticket", row_id[left], "beside", f"{self.part_labels[name]}，不计入"))
        return evidence(*parts, *attached_evidence(tickets, rows, judged.attached))

    _good_word: ClassVar[str]
    _bad_word: ClassVar[str]

    def _judge(self, request: Request) -> tuple[Tickets, Ints, Judged]:
        raise NotImplementedError


class ResolutionRate(_Rate):
    """Resolved / reported, at ``as_of``."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "open_count": "尚未解决",
        "reopened_count": "曾重新打开",
        "cancelled_count": "作废",
    }
    beside: ClassVar[tuple[str, ...]] = ("cancelled_count",)
    _good_word = "已解决"
    _bad_word = "尚未解决"

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, ResolutionRateParams)
        return sentence(
            "解决率 = 截止时间前已解决的工单数 ÷ 报障的工单数",
            "按报障时间归属周期",
            reopen_words(params.reopen),
            where_words(definition.where),
            "作废工单不计，另列",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        return Side("已解决的工单", "count", "张"), Side("报障的工单", "count", "张")

    def _judge(self, request: Request) -> tuple[Tickets, Ints, Judged]:
        tickets = read_tickets(request, params_of(request.definition, ResolutionRateParams).reopen)
        counted = ~tickets.cancelled
        good = counted & tickets.is_resolved
        of_which = {"open_count": counted & ~good, "reopened_count": counted & tickets.reopened}
        nowhere = np.zeros(len(counted), np.bool_)
        left = {"cancelled_count": tickets.cancelled}
        judged = Judged(counted, good, of_which, left, ("ticket_cycle",), nowhere)
        return tickets, tickets.reported, judged


_TIMED = {"response": "响应", "arrival": "到场", "resolution": "解决"}


class TimelyRate(_Rate):
    """Within its limit (≤) / those done or whose limit has run out at ``as_of``; open and not due is neither."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "late_count": "超时完成",
        "overdue_count": "超时未完成",
        "not_due_count": "未完成且未到时限",
        "no_limit_count": "没有时限",
        "remote_count": "远程处理",
        "missing_count": "没有到场时间且处理方式不明",
        "cancelled_count": "作废",
    }
    beside: ClassVar[tuple[str, ...]] = (
        "not_due_count",
        "no_limit_count",
        "remote_count",
        "missing_count",
        "cancelled_count",
    )
    _good_word = "时限内完成（用时，秒）"
    _bad_word = "超过时限（用时，秒）"

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, TimelyRateParams)
        what = _TIMED[params.timed]
        resolution = params.timed == "resolution"
        return sentence(
            f"及时{what}率 = 时限内{what}的工单数 ÷ 已{what}或时限已过的工单数，未{what}且未到时限的不计入，另列",
            f"时限（含）：{_limits_words(params.limits)}",
            "解决用时扣除责任方为法院或第三方的挂起" if resolution else "",
            "只计现场工单" if params.timed == "arrival" else "",
            clock_words(params),
            period_words(params),
            reopen_words(params.reopen) if resolution or params.attribute_by == "resolved_at" else "",
            where_words(definition.where),
            "作废工单不计，另列",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        what = _TIMED[params_of(definition, TimelyRateParams).timed]
        return Side(f"时限内{what}的工单", "count", "张"), Side(f"已{what}或时限已过的工单", "count", "张")

    def _judge(self, request: Request) -> tuple[Tickets, Ints, Judged]:
        params = params_of(request.definition, TimelyRateParams)
        tickets = read_tickets(request, params.reopen)
        done, seconds, end = _timed(request, tickets, params)
        seconds_of = {name: parse_duration(text) for name, text in params.limits.items()}
        limit = tickets.events.attribute("priority").number(seconds_of, seconds_of.get("*", -1))
        left = _left_out(tickets, params, limit)
        counted = ~np.any(list(left.values()), axis=0)
        within = seconds <= limit
        left["not_due_count"] = counted & ~done & within
        counted = counted & ~left["not_due_count"]
        of_which = {"late_count": counted & done & ~within, "overdue_count": counted & ~done}
        unofficial = counted & provisional_spans(service_calendar(request, params), tickets.reported, end)
        attached = ("hold", "ticket_cycle") if params.timed == "resolution" else ()
        judged = Judged(counted, counted & done & within, of_which, left, attached, unofficial, seconds)
        return tickets, tickets.moment(params.attribute_by), judged


def _limits_words(limits: Mapping[str, str]) -> str:
    others = "其他" if len(limits) > 1 else "全部工单"
    return "、".join(f"{others if priority == '*' else priority} {limit}" for priority, limit in limits.items())


def _timed(request: Request, tickets: Tickets, params: TimelyRateParams) -> tuple[Mask, Ints, Ints]:
    """Whether each ticket is done, its seconds until then or until ``as_of``, and the moment they end."""
    measure = clock(request, params)
    if params.timed == "resolution":
        return tickets.is_resolved, tickets.active_seconds(measure), np.minimum(tickets.resolved, request.as_of)
    reached = tickets.responded if params.timed == "response" else tickets.arrived
    end = np.minimum(reached, request.as_of)
    return reached < FAR_FUTURE, on_clock(measure, tickets.reported, end, np.ones(len(end), np.bool_)), end


def _left_out(tickets: Tickets, params: TimelyRateParams, limit: Ints) -> dict[str, Mask]:
    """Tickets that the rate does not speak of, each for one reason."""
    left = {"cancelled_count": tickets.cancelled}
    free = ~tickets.cancelled
    if params.timed == "arrival":
        channel = tickets.events.attribute("channel")
        left["remote_count"] = free & channel.among(["remote"])
        left["missing_count"] = free & (channel.codes < 0) & (tickets.arrived == FAR_FUTURE)
        free = free & ~left["remote_count"] & ~left["missing_count"]
    left["no_limit_count"] = free & (limit < 0)
    return left


def _texts(seconds: Ints | None, rows: Ints) -> list[str] | None:
    return None if seconds is None else [str(value) for value in seconds[rows].tolist()]


def _figures(request: Request, cells: Slices, judged: Judged, lines: Ints, known: bool) -> list[Figure]:
    counted, good = cells.sum(judged.counted), cells.sum(judged.good)
    named = {name: cells.sum(mask) for name, mask in {**judged.of_which, **judged.beside}.items()}
    rows, unofficial = cells.sum(lines), cells.sum(judged.provisional)
    figures = []
    for cell in cells.cells():
        numerator, denominator = Fraction(int(good[cell])), Fraction(int(counted[cell]))
        figures.append(
            Figure(
                request.periods[cell[0]],
                cells.dimension,
                cells.values[cell[1]],
                numerator=numerator if known else None,
                denominator=denominator if known else None,
                actual=numerator / denominator if denominator else None,
                provisional=bool(unofficial[cell]),
                evidence_count=int(rows[cell]),
                parts={name: int(counts[cell]) for name, counts in named.items()},
            )
        )
    return figures
