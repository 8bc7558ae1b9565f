"""An indicator that cannot be computed says why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from collector.needs import absent_evidence, missing_needs
from metrics.formulas import FORMULAS
from metrics.indicators import Facts, IndicatorDefinition
from metrics.records import RECORDS, empty_frame, frame_of


def _facts(**rows: list[dict[str, Any]]) -> Facts:
    frames = {
        name: frame_of(record, rows[name]) if name in rows else empty_frame(record) for name, record in RECORDS.items()
    }
    return Facts(frames, pd.DataFrame({"asset_no": []}))


def _definition(formula: str, **params: Any) -> IndicatorDefinition:
    return IndicatorDefinition(
        id="x", name="甲", project="ops", formula=formula, params=FORMULAS[formula].params(**params)
    )


AVAILABILITY = _definition("availability", window="7x24", down_from=("checks", "tickets"))
ASSET = [{"asset_no": "A1"}]
TICKET = [{"ticket_no": "T1", "reported_at": 0}]


@pytest.mark.parametrize(
    ("definition", "rows", "reason"),
    [
        (AVAILABILITY, {}, "没有设备台账，无法计算：请先交付设备台账"),
        (AVAILABILITY, {"asset": ASSET}, "从未收到“拨测”、“工单”数据，无从判断是否故障，无法计算"),
        (AVAILABILITY, {"asset": ASSET, "ticket": TICKET}, None),
        (_definition("mean_arrival"), {}, "从未收到“工单”数据，无法计算"),
        (_definition("mean_arrival"), {"ticket": TICKET}, None),
        (_definition("count", record="inspection"), {"ticket": TICKET}, "从未收到“巡检”数据，无法计算"),
        (
            _definition("ratio", numerator={"record": "ticket"}, denominator={"record": "roster_entry"}),
            {"ticket": TICKET},
            "从未收到“驻场人员与链路”数据，无法计算",
        ),
    ],
)
def test_the_reason_is_named(definition: IndicatorDefinition, rows: dict[str, Any], reason: str | None) -> None:
    assert missing_needs(definition, _facts(**rows)) == reason


def test_a_source_of_evidence_that_never_came_is_noted() -> None:
    facts = _facts(asset=ASSET, ticket=TICKET)
    assert absent_evidence(AVAILABILITY, facts) == "从未收到“拨测”数据，故障依据中实际没有它"
    assert absent_evidence(_definition("mean_arrival"), facts) is None
