"""Stored results to publish, built by hand."""

from __future__ import annotations

from typing import Any

from collector.publish.dossier import Dossier, Evidence
from collector.publish.publication import Accounting, Publication, Result
from metrics.period import parse_period

_ROW: dict[str, Any] = {
    "organization_id": "court",
    "project": "ops",
    "indicator": "availability",
    "name": "硬件设备正常运作率",
    "level_codes": "产出指标/质量指标",
    "period": "2023-03",
    "dimension": "total",
    "dimension_value": "",
    "numerator": "949960",
    "denominator": "1000000",
    "actual": "0.94996",
    "printed": "94.996%",
    "measure_unit": "percent",
    "coverage": "0.99999",
    "lower": "0.9499",
    "upper": "0.95",
    "target": "≥95%",
    "printed_target": "≥95%",
    "target_period": "every",
    "outcome": "missed",
    "evidence_count": 12,
    "definition_version": "1",
    "calendar_state": "official",
    "data_state": "open",
    "revision_no": None,
    "observed": "0.8",
    "presumed": "0.2",
    "parts": '{"median":"35"}',
    "notes": "口径：正常时间 ÷ 应计时间。\n有检测佐证 80.00%，推定正常 20.00%",
    "weight": "10",
    "as_of": "2023-12-31T16:00:00Z",
    "known_at": "2024-01-05T00:00:00Z",
    "known_sequence": 7,
    "configuration_hash": "ab" * 32,
    "computed_at": "2024-01-05T00:00:01Z",
    "run_id": 3,
}


def result(**changes: Any) -> Result:
    """A result of March 2023 with ``changes``."""
    return Result({**_ROW, **changes})


NO_DATA: dict[str, Any] = {
    **dict.fromkeys(("numerator", "denominator", "actual", "coverage", "lower", "upper", "observed", "presumed")),
    "printed": "—",
    "outcome": "no_data",
    "evidence_count": 0,
}


def dossier(**changes: Any) -> Dossier:
    """Of March 2023, with evidence of one row a figure."""
    row = {
        "role": "both",
        "record": "ticket",
        "natural_key": "T-1",
        "note": "@计入",
        "value": "1234",
        "source": "a",
        "name": "=三月.xlsx",
        "sheet": "工单",
        "row_no": 7,
        "row_hash": "ab" * 32,
        "content_hash": "cd" * 32,
        "content": "+工单号=T-1",
    }
    given: dict[str, Any] = {"evidence": lambda _: Evidence(3, [row], [("工单 T-1", "用时 2.00 小时")]), **changes}
    return Dossier("ops", parse_period("2023-03"), **given)


def publication(*results: Result) -> Publication:
    """These results (default: one missed, one of a vendor, one count, one without data) with two deliveries."""
    return Publication(
        "court",
        "甲法院",
        {"ops": "信息化运维"},
        results
        or (
            result(),
            result(dimension="vendor", dimension_value="=甲公司", outcome="met"),
            result(
                **{**NO_DATA, "numerator": "7549", "actual": "7549", "printed": "7549次"},
                indicator="inspections",
                name="设备巡检",
                measure_unit="count",
                parts="{}",
                target=None,
                printed_target="",
            ),
            result(**NO_DATA, indicator="nothing", notes="口径：甲。\n没有设备台账，无法计算：请先交付设备台账"),
        ),
        (
            Accounting("a_tickets", "三月.xlsx", 12, 10, 0, 0, 1, 1),
            Accounting("b", "坏.xlsx", 0, 0, 0, 0, 0, 0, "不是工作簿"),
        ),
        {"a_tickets": 1},
        "1.0",
        dossier=dossier(),
    )
