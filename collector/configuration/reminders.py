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
    """One sentence each: a secret that is not there, records that an indicator needs and no source delivers."""
    return [*_secret(settings), *_undelivered(settings)]


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


def needed(definition: IndicatorDefinition) -> set[str]:
    """The record types that an indicator is made of and those it takes as evidence."""
    evidence = {_EVIDENCE[word] for word in getattr(definition.params, "down_from", ())}
    return {record.name for record in records_of(definition)} | evidence
