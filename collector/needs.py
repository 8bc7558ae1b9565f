"""Whether an indicator can be computed at all from what was ever delivered."""

from __future__ import annotations

from metrics.formulas import FORMULAS
from metrics.formulas import params as p
from metrics.indicators import Facts, IndicatorDefinition
from metrics.records import RECORDS

#: What an indicator names as evidence of being down → the record type that carries it.
_EVIDENCE = {"checks": "uptime_check", "tickets": "ticket", "inspections": "inspection", "outages": "outage"}


def missing_needs(definition: IndicatorDefinition, facts: Facts) -> str | None:
    """Why nothing can be said, in one Chinese sentence; None where something can."""
    needs = (*FORMULAS[definition.formula].needs, *_named_records(definition))
    missing = [name for name in dict.fromkeys(needs) if not facts.has(name)]
    if "asset" in missing:
        return "没有设备台账，无法计算：请先交付设备台账"
    if missing:
        return f"从未收到{_labels(missing)}数据，无法计算"
    sources = _down_records(definition)
    if sources and not any(facts.has(name) for name in sources):
        return f"从未收到{_labels(sources)}数据，无从判断是否故障，无法计算"
    return None


def absent_evidence(definition: IndicatorDefinition, facts: Facts) -> str | None:
    """A note on sources of down evidence that the indicator names and nobody ever delivered; None without such."""
    absent = [name for name in _down_records(definition) if not facts.has(name)]
    return f"从未收到{_labels(absent)}数据，故障依据中实际没有它" if absent else None


def _down_records(definition: IndicatorDefinition) -> list[str]:
    return [_EVIDENCE[source] for source in getattr(definition.params, "down_from", ())]


def _named_records(definition: IndicatorDefinition) -> tuple[str, ...]:
    match definition.params:
        case p.CountParams(record=record):
            return (record,)
        case p.RatioParams(numerator=numerator, denominator=denominator):
            return (numerator.record, denominator.record)
    return ()


def _labels(names: list[str]) -> str:
    return "、".join(f"“{RECORDS[name].label}”" for name in names)
