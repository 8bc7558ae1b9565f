"""What ticket systems have in common: tickets with their history become tickets, cycles and holds.

An adapter gives, for each ticket of a page, an object of its own fields and its life (:class:`Told`). Which field is
which column stands in the source's ``ticket.columns``; the moments come from the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.base import Batch, Blob, Context, Preview
from adapters.json_mapping import JsonMapping
from adapters.json_paths import search
from adapters.json_rows import ObjectReader, is_true, preview_objects, reread_objects
from adapters.ticket_history import UNKNOWN_LIFE, Change, Life, Statuses, fields_of, life_of, moment_of
from adapters.ticket_system_config import TicketSystemConfig

if TYPE_CHECKING:
    import pandas as pd

_HOLDS = JsonMapping(
    record="hold",
    columns={name: (name,) for name in ("ticket_no", "hold_from", "hold_to", "side")},
)
_CYCLES = JsonMapping(
    record="ticket_cycle",
    columns={name: (name,) for name in ("ticket_no", "opened_at", "restored_at", "resolved_at")},
)


@dataclass(frozen=True)
class Told:
    """One ticket as the system tells it: fields by the system's own names, and its life.

    ``reported_at``: UTC seconds, or the text that could not be read, for which the ticket will be refused.
    """

    number: str
    reported_at: int | str
    fields: Mapping[str, Any]
    life: Life


def told_of(
    number: str,
    created: str,
    fields: Mapping[str, Any],
    changes: Iterable[Change],
    statuses: Statuses,
    replies: Iterable[int] = (),
) -> Told:
    """A ticket whose life follows from its changes of status; ``created`` as the system writes it."""
    try:
        reported_at = moment_of(created)
    except (ValueError, TypeError):
        return Told(number, created, fields, UNKNOWN_LIFE)
    return Told(number, reported_at, fields, life_of(reported_at, fields["status"], changes, statuses, replies))


@dataclass
class _Objects:
    tickets: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    cycles: list[dict[str, Any]] = field(default_factory=list)


def batches_of(config: TicketSystemConfig, context: Context, told: Iterable[Told]) -> Iterator[Batch]:
    """The tickets of one page, then their holds and cycles; of tickets that ``where`` leaves out, neither."""
    objects = _objects(config, told)
    yield from ObjectReader(config.ticket, config, context).batches(objects.tickets)
    for table, listed in ((_HOLDS, objects.holds), (_CYCLES, objects.cycles)):
        if listed:
            yield from ObjectReader(table, config, context).batches(listed)


def reread_of(config: TicketSystemConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
    """Kept rows mapped again."""
    return reread_objects((config.ticket, _HOLDS, _CYCLES), config, rows, context)


def previews_of(config: TicketSystemConfig, context: Context, blob: Blob, told: Iterable[Told]) -> list[Preview]:
    """The first tickets, holds and cycles as they would be stored."""
    objects = _objects(config, told)
    tables = ((config.ticket, objects.tickets), (_HOLDS, objects.holds), (_CYCLES, objects.cycles))
    return [preview_objects(table, config, context, blob, listed) for table, listed in tables if listed]


def _objects(config: TicketSystemConfig, told: Iterable[Told]) -> _Objects:
    objects = _Objects()
    for one in told:
        ticket = {**one.fields, "number": one.number, "reported_at": one.reported_at, **fields_of(one.life)}
        objects.tickets.append(ticket)
        if config.ticket.where is not None and not is_true(search(config.ticket.where, ticket)):
            continue
        objects.holds += [
            {"ticket_no": one.number, "hold_from": since, "hold_to": until, "side": side}
            for since, until, side in one.life.holds
        ]
        objects.cycles += [
            {"ticket_no": one.number, "opened_at": opened, "restored_at": restored, "resolved_at": resolved}
            for opened, restored, resolved in one.life.cycles
        ]
    return objects


def unknown_statuses(config: TicketSystemConfig, known: Sequence[str]) -> list[str]:
    """Sentences about statuses that only one side knows, for ``yunwei check``."""
    wrong = sorted(config.statuses.named - set(known))
    others = [status for status in known if status not in config.statuses.named]
    lines = [f"statuses 中的 {'、'.join(wrong)} 对方没有，请核对"] if wrong else []
    return [*lines, f"按处理中看待的状态：{'、'.join(others)}"] if others else lines
