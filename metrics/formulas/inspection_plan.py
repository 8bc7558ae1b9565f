"""Inspections against their plan: due, done, missed, late (semantics 5)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple

import numpy as np

from metrics.allotment import Allotment, Plans, allot
from metrics.evidence import evidence, listed
from metrics.formulas.params import InspectionPlanParams, params_of
from metrics.frames import Ints, midnights
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side, Where
from metrics.scope import Events, Mask, before, filtered, scope
from metrics.slicing import one_cell, sliced
from metrics.wording import sentence, where_words

_DAY = 86_400


class _Judged(NamedTuple):
    """Planned inspections of each plan in scope and what became of them; ``at`` is the plan's last day."""

    plans: Events
    at: Ints
    due: Ints
    done: Ints
    late: Ints
    missed: Ints
    open: Ints
    allotment: Allotment  # its plans are positions in ``plans``, -1 out of scope
    inspections: Events


class InspectionCompletion:
    """Done in time / due; inspections not yet due are neither."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "due_count": "计划应检",
        "done_count": "按期完成",
        "late_count": "逾期完成",
        "missed_count": "未检",
        "not_due_count": "未到期",
    }
    beside: ClassVar[tuple[str, ...]] = ("not_due_count",)

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        late = params_of(definition, InspectionPlanParams).late == "done"
        return sentence(
            f"巡检完成率 = {'完成（含逾期完成）' if late else '按期完成'}的应检次数 ÷ 已完成或已到期的应检次数",
            "同类别、同设备（计划未写设备的，同位置、同服务商）在应检期内的巡检算按期完成，每次巡检只算一次",
            "应检期过后、下一期到期前补做的算逾期完成",
            "按应检截止日期归属周期",
            where_words(definition.where),
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        return Side("完成的应检次数", "count", "次"), Side("已完成或已到期的应检次数", "count", "次")

    def measure(self, request: Request) -> list[Figure]:
        """Planned inspections done and due."""
        judged = _judge(request)
        counts_late = params_of(request.definition, InspectionPlanParams).late == "done"
        known = request.facts.has("inspection_plan")
        lines = np.ones(len(judged.plans), np.int64)
        np.add.at(lines, judged.allotment.plan[judged.allotment.plan >= 0], 1)
        figures = []
        for cells in sliced(request, judged.plans, judged.at):
            due, done, late, missed, waiting, rows = (
                cells.sum(part) for part in (judged.due, judged.done, judged.late, judged.missed, judged.open, lines)
            )
            for cell in cells.cells():
                numerator = Fraction(int(done[cell] + (late[cell] if counts_late else 0)))
                denominator = Fraction(int(done[cell] + late[cell] + missed[cell]))
                figures.append(
                    Figure(
                        request.periods[cell[0]],
                        cells.dimension,
                        cells.values[cell[1]],
                        numerator=numerator if known else None,
                        denominator=denominator if known else None,
                        actual=numerator / denominator if denominator else None,
                        evidence_count=int(rows[cell]),
                        parts={
                            "due_count": int(due[cell]),
                            "done_count": int(done[cell]),
                            "late_count": int(late[cell]),
                            "missed_count": int(missed[cell]),
                            "not_due_count": int(waiting[cell]),
                        },
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every plan of the cell with what became of it, then the inspections that were counted for it."""
        judged = _judge(request)
        counts_late = params_of(request.definition, InspectionPlanParams).late == "done"
        rows = one_cell(request, judged.plans, judged.at, dimension_value)
        decided = (judged.due - judged.open)[rows]
        notes = [
            f"应检 {judged.due[row]}，按期 {judged.done[row]}，逾期 {judged.late[row]}，未检 {judged.missed[row]}，"
            f"未到期 {judged.open[row]}"
            for row in rows.tolist()
        ]
        roles = ["denominator" if count else "beside" for count in decided.tolist()]
        plans = listed("inspection_plan", judged.plans.row_id[rows], roles, notes, [str(n) for n in decided.tolist()])
        used = judged.allotment.take(np.isin(judged.allotment.plan, rows))
        late = used.late.tolist()
        made = listed(
            "inspection",
            judged.inspections.row_id[used.inspection],
            ["numerator" if not after or counts_late else "beside" for after in late],
            ["逾期完成" if after else "按期完成" for after in late],
            [str(number) for number in used.quantity.tolist()],
        )
        return evidence(plans, made)


def _judge(request: Request) -> _Judged:
    """All plans of the project compete for its inspections; those that pass the filter are judged."""
    zone, as_of = request.contract.zone, request.as_of
    all_plans = scope(request.facts, request.contract, Where(), "inspection_plan")
    inspections = scope(request.facts, request.contract, Where(), "inspection")
    at = before(inspections.moments("inspected_at", zone), as_of)
    inspections, at = inspections.take(at < as_of), at[at < as_of]
    plans = Plans(
        all_plans,
        midnights(all_plans.column("due_from"), zone, 0),
        midnights(all_plans.column("due_until"), zone, 0) + _DAY,
        all_plans.integers("quantity", 1),
    )
    found = allot(plans, inspections, at, inspections.integers("quantity", 1))
    done, late = (_per_plan(found, len(all_plans), found.late == after) for after in (False, True))
    rest = plans.quantity - done - late
    ended = plans.end <= as_of
    kept = filtered(all_plans, request.definition.where)
    position = np.where(kept, np.cumsum(kept) - 1, -1)
    return _Judged(
        all_plans.take(kept),
        plans.end[kept] - _DAY,
        plans.quantity[kept],
        done[kept],
        late[kept],
        np.where(ended, rest, 0)[kept],
        np.where(ended, 0, rest)[kept],
        found._replace(plan=position[found.plan]),
        inspections,
    )


def _per_plan(found: Allotment, plans: int, chosen: Mask) -> Ints:
    total = np.zeros(plans, np.int64)
    np.add.at(total, found.plan[chosen], found.quantity[chosen])
    return total
