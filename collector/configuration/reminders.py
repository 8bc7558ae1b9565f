"""What is not wrong with a configuration, but will be missed later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from collector.configuration.indicator_checks import records_of
from metrics.errors import ConfigError
from metrics.indicators import IndicatorDefinition
from metrics.records import RECORDS

if TYPE_CHECKING:
    from collector.settings import Settings

#: What an indicator names as evidence of being down → the records that hold it.
_EVIDENCE: Mapping[str, str] = {
    "checks": "uptime_check",
    "tickets": "ticket",
    "inspections": "inspection",
    "outages": "outage",
}


def reminders(settings: Settings) -> list[str]:
    """One sentence each: a secret that is not there, records that no source delivers, marks that do not add up."""
    return [*_secret(settings), *_undelivered(settings), *_marks(settings)]


def _secret(settings: Settings) -> Iterator[str]:
    """Only a reminder: the configuration may be checked where the database is out of reach."""
    try:
        settings.database_url()
    except ConfigError as error:
        yield str(error)


def _undelivered(settings: Settings) -> Iterator[str]:
    delivered = {table.record for source in settings.sources for table in getattr(source.config, "tables", ())}
    indicators: dict[str, list[str]] = {}
    for definition in settings.indicators:
        for record in needed(definition) - delivered:
            indicators.setdefault(record, []).append(definition.name)
    for record in (name for name in RECORDS if name in indicators):
        names = "、".join(dict.fromkeys(f"“{name}”" for name in indicators[record]))
        yield f"没有数据来源提供{RECORDS[record].label}（{record}），指标{names}缺少依据"


def _marks(settings: Settings) -> Iterator[str]:
    """Weights of a self-evaluation against its rule pack; only a reminder until the form is to be final."""
    from collector.selfeval.rows import asked_rows, execution_of, weight_faults

    for model in settings.self_evaluations:
        own = {one.id: one for one in settings.indicators if one.project == model.project}
        execution = execution_of(model, own)
        rows = asked_rows(model, own, execution.id if execution else None, {}, ended=False)
        for fault in weight_faults(rows, settings.rule_pack(model.rule_pack)):
            yield f"{model.project} {model.fiscal_year} 年自评表：{fault}"


def needed(definition: IndicatorDefinition) -> set[str]:
    """The record types that an indicator is made of and those it takes as evidence."""
    evidence = {_EVIDENCE[word] for word in getattr(definition.params, "down_from", ())}
    return {record.name for record in records_of(definition)} | evidence
