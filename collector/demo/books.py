"""The end of the demo's year: months and year are closed, a vendor objects, the evidence is packed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from collector.archive import Archive
from collector.closing.freeze import Planner, close
from collector.demo.world import YEAR
from collector.evidence.build import BuildReport, build, file_name
from collector.settings import Settings
from metrics.period import parse_period

if TYPE_CHECKING:
    from collector.store import Revision, Store

MONTHS = tuple(f"{YEAR}-{month:02d}" for month in range(1, 13))
#: A pack of every indicator takes half a minute; these show every kind of evidence.
PACKED = (
    "staff",
    "system_availability",
    "line_availability",
    "timely_resolution",
    "mean_arrival",
    "mean_outage",
    "staff_satisfaction",
    "budget_execution",
)
_OPEN = "演示：不合格行和矛盾留着给人看"


def close_year(settings: Settings, store: Store, now: int) -> list[Revision]:
    """Close the months and the year; what is closed already and unchanged stays as it is."""
    plans = Planner(settings, store, now).plan([parse_period(label) for label in (*MONTHS, str(YEAR))])
    return close(settings, store, plans, closed_by="演示", reason=_OPEN)


def object_once(settings: Settings, store: Store) -> None:
    """One vendor's objection, decided on; nothing when the demo is run again."""
    if store.objections():
        return
    number = store.add_objection(
        project=settings.projects[0].id,
        indicator="mean_arrival",
        period=f"{YEAR}-08",
        vendor=settings.vendors[1].name,
        statement="八月雷雨停电期间的报障不应计入到场时间",
        raised_on=f"{YEAR}-09-08",
        document_no="乙函〔2025〕31号",
    )
    store.decide_objection(
        number,
        decision="declined",
        reason="停电未登记为豁免，且合同未约定停电期间不计到场时间",
        decided_by="信息科",
        decided_on=f"{YEAR}-09-15",
    )


def pack(settings: Settings, store: Store, told: Callable[[str], None]) -> BuildReport:
    """The year's evidence of some indicators."""
    project, period = settings.projects[0].id, parse_period(str(YEAR))
    path = settings.output / file_name(settings, project, period)
    return build(
        settings,
        store,
        Archive(settings.archive),
        project,
        period,
        path,
        indicators=PACKED,
        progress=lambda name, *_: told(name),
    )
