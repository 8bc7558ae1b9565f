"""A court with one indicator of every kind and the self-evaluation of its year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.closing.freeze import Planner, close
from collector.compute import Asked, compute
from collector.selfeval.build import build, chosen
from collector.selfeval.model import Row, SelfEvaluation
from metrics.period import parse_period
from tests.compute.court import Court, at, ticket
from tests.conftest import Clock

#: 2024-02-01 00:00 in Shanghai: the year has ended.
AFTER = 1_706_716_800

INDICATORS = """
- {id: arrival, name: 平均到场时间, project: ops, formula: mean_arrival, target: <2小时, measure_unit: hours,
   weight: "20", level_codes: [产出指标, 时效指标]}
- {id: inspections, name: 巡检次数, project: ops, formula: count, params: {record: inspection}, target: ≥10次,
   weight: "10", level_codes: [产出指标, 数量指标]}
- {id: events, name: 保障场次, project: ops, formula: count, params: {record: support_event}, target: ≥10场,
   weight: "10", level_codes: [产出指标, 数量指标]}
- {id: solved, name: 问题解决率, project: ops, formula: resolution_rate, target: 有所提高, weight: "10",
   level_codes: [产出指标, 质量指标]}
- {id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥95%", weight: "30",
   level_codes: [效益指标, 社会效益指标], min_coverage: 90%, params: {window: 7x24, down_from: [checks]}}
- {id: satisfaction, name: 满意度, project: ops, formula: satisfaction, params: {satisfied: [满意]}, target: "≥90%",
   weight: "10", level_codes: [满意度指标, 服务对象满意度指标]}
- {id: execution, name: 预算执行率, project: ops, formula: budget_execution, level_codes: [预算执行]}
"""

EVALUATION = """
project: ops
fiscal_year: 2023
goals:
  - {expected: 系统稳定运行, achieved: 全年稳定}
"""


PERSON = "marked_by: 信息科, marked_on: 2024-01-05"
#: Everything that only people can say.
ALL = f"""
indicators:
  - {{indicator: inspections, reason: 三月缺编}}
  - {{indicator: events, reason: 新设法庭}}
  - {{indicator: solved, grade: achieved, mark: 9, {PERSON}, reason: 略有提高}}
  - {{indicator: uptime, mark: 24, {PERSON}, reason: 只有一小时检测}}
  - {{indicator: satisfaction, mark: 0, {PERSON}, reason: 未开展}}
"""


class Evaluated:
    """The court's form, as its configuration says at the moment."""

    def __init__(self, court: Court) -> None:
        self.court = court
        (court.folder / "self_evaluation").mkdir()
        self.configure("")

    def configure(self, more: str, evaluation: str = EVALUATION) -> None:
        """Write the self-evaluation with ``more`` below it."""
        path = self.court.folder / "self_evaluation" / "2023.yaml"
        path.write_text(evaluation + more, encoding="utf-8")

    def form(self, as_of: int = AFTER, final: bool = False) -> SelfEvaluation:
        """Compute the year and build the form."""
        settings = self.court.settings
        compute(settings, self.court.store, Asked((parse_period("2023"),)), now=AFTER, as_of=as_of)
        return build(settings, self.court.store, chosen(settings, 2023, None)[0], final=final)

    def close(self) -> None:
        """Freeze the year, as ``yunwei close 2023`` does."""
        settings, store = self.court.settings, self.court.store
        close(settings, store, Planner(settings, store, AFTER).plan([parse_period("2023")]))

    def row(self, name: str, **asked: Any) -> Row:
        """One row of the form."""
        return next(row for row in self.form(**asked).rows if row.name == name)


def money(line_no: str, kind: str, amount: str, source: str | None = None) -> dict[str, Any]:
    """A line of the budget; ``amount`` in yuan."""
    named = {"line_no": line_no, "booked_on": "2023-06-30", "kind": kind}
    return {**named, "amount": amount, "source_of_funds": source}


def make(folder: Path) -> Evaluated:
    """Two arrivals of exactly two hours on average; 8 inspections; 13 events; a device checked one day only."""
    court = Court(folder / "court", Clock())
    court.configure(INDICATORS)
    tickets = [ticket("T1", "03-01 09:00", "03-01 10:00"), ticket("T2", "03-02 09:00", "03-02 12:00")]
    inspections = [
        {"inspection_no": f"I{n}", "kind": "巡检", "inspected_at": at(f"03-{n:02d} 09:00")} for n in range(1, 9)
    ]
    events = [{"event_no": f"E{n}", "kind": "庭审", "started_at": at(f"04-{n:02d} 09:00")} for n in range(1, 14)]
    checks = [
        {"asset_no": "A1", "checked_at": at("03-01 00:00") + 60 * n, "state": "up", "latency_ms": 5} for n in range(60)
    ]
    court.deliver(
        "all",
        asset=[{"asset_no": "A1", "name": "A1", "probed": True}],
        ticket=tickets,
        inspection=inspections,
        support_event=events,
        budget_line=[
            money("B1", "budget", "1000000", "中央"),
            money("B2", "budget", "500000", "省"),
            money("B3", "adjustment", "-100000"),
            money("R1", "received", "1350000", "中央"),
            money("P1", "paid", "1260000", "中央"),
        ],
    )
    court.deliver("checks", uptime_check=checks)
    return Evaluated(court)


@pytest.fixture
def evaluated(tmp_path: Path) -> Iterator[Evaluated]:
    """A court of its own for a test that changes something."""
    made = make(tmp_path)
    yield made
    made.court.store.close()


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluated]:
    """A court whose people have judged everything, for tests that only look at it."""
    made = make(tmp_path_factory.mktemp("judged"))
    made.configure(ALL)
    made.form()
    made.close()
    yield made
    made.court.store.close()


@pytest.fixture(scope="session")
def final(judged: Evaluated) -> SelfEvaluation:
    """The finished form."""
    return judged.form(final=True)


@pytest.fixture(scope="session")
def draft(tmp_path_factory: pytest.TempPathFactory) -> SelfEvaluation:
    """The form of a court in which nobody has judged anything."""
    made = make(tmp_path_factory.mktemp("draft"))
    form = made.form()
    made.court.store.close()
    return form
