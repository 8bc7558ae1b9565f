"""示例丙网络, tickets: an archive a quarter with a member for each month, one of holds and one of reopenings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from collector.demo import spelling, writers
from collector.demo.post import Post
from collector.demo.spelling import Cell, Spelling
from collector.demo.ticket_life import Ticket
from collector.demo.world import DAY, HANDOVER, MINUTE, VENDORS, YEAR, last_day, local

FOLDER = VENDORS["c"]
KINDS = {"incident": "INC", "service_request": "REQ"}
CHANNELS = {"on_site": "onsite", "remote": "remote"}
LEVELS = {"紧急": "P1", "一般": "P2", "低": "P3"}
SIDES = {"court": "customer", "third_party": "3rd", "vendor": "us"}
HEAD = (
    "number",
    "type",
    "priority",
    "state",
    "ci",
    "location",
    "mode",
    "assignee",
    "caller",
    "opened_at",
    "work_start",
    "onsite_at",
    "restored_at",
    "resolved_at",
    "closed_at",
    "service_down",
    "void",
    "short_description",
)
SPELLINGS: tuple[tuple[Spelling, str], ...] = (
    (spelling.iso_offset, "iso_date"),
    (spelling.iso_offset, "iso_date"),
    (spelling.iso, "iso_date"),
    (spelling.epoch, "epoch"),
)


def deliver(tickets: list[Ticket], post: Post) -> None:
    """Four archives."""
    for quarter in range(1, 5):
        own = [ticket for ticket in tickets if (local(ticket.reported).month + 2) // 3 == quarter]
        _put_quarter(own, quarter, post)


def _put_quarter(tickets: list[Ticket], quarter: int, post: Post) -> None:
    spell, messes = SPELLINGS[quarter - 1]
    members: dict[str, bytes] = {}
    for month in range(quarter * 3 - 2, quarter * 3 + 1):
        own = [ticket for ticket in tickets if local(ticket.reported).month == month]
        rows = [_row(ticket, spell) for ticket in own]
        rows += _bad(month, rows, own, spell, post)
        members[f"tickets_{YEAR}-{month:02d}.csv"] = _file(HEAD, rows)
    members[f"holds_{YEAR}Q{quarter}.csv"] = _file(
        ("number", "hold_start", "hold_end", "on_account_of", "why"), _holds(tickets, spell)
    )
    members[f"reopened_{YEAR}Q{quarter}.csv"] = _file(("number", "cycle_start", "cycle_end"), _cycles(tickets, spell))
    messes += " zip csv comma utf8_bom unmatched yes_no status_words"
    if any(ticket.skew for ticket in tickets):
        messes += " within_skew"
    messes += {2: " resolved_before_reported told_by_two", 3: " impossible_date"}.get(quarter, "")
    if quarter == 4:
        messes += " unknown_word closed_while_failing"
    sent = last_day(quarter * 3) + timedelta(days=5)
    post.put(f"{FOLDER}/工单/INC_{YEAR}Q{quarter}.zip", writers.zipped(members), sent, messes)


def _file(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return writers.delimited([head, *rows], ",", "utf-8-sig")


def _row(ticket: Ticket, spell: Spelling) -> list[Cell]:
    return [
        ticket.no,
        KINDS[ticket.kind],
        LEVELS[ticket.priority],
        {"done": "closed", "open": "in progress", "cancelled": "void"}[ticket.status],
        _asset(ticket),
        ticket.site,
        CHANNELS[ticket.channel],
        ticket.engineer,
        ticket.reporter,
        spell(ticket.reported),
        spell(ticket.responded - ticket.skew * MINUTE),
        spell(ticket.arrived),
        spell(ticket.restored),
        spell(ticket.resolved),
        spell(ticket.closed),
        "Y" if ticket.unusable else "N",
        "Y" if ticket.cancelled else None,
        ticket.title,
    ]


def _asset(ticket: Ticket) -> str | None:
    """By its other name until July, by its number afterwards."""
    if ticket.asset is None:
        return None
    early = local(ticket.reported).date() < HANDOVER and ticket.asset.vendor == "c"
    return ticket.asset.alias if early else ticket.asset.no


def _bad(month: int, rows: list[list[Cell]], tickets: list[Ticket], spell: Spelling, post: Post) -> list[list[Cell]]:
    """Rows that must be refused: like a true one but for the number and one cell."""
    place = {name: number for number, name in enumerate(HEAD)}
    if month not in (4, 8, 11):
        return []
    number = next(n for n, t in enumerate(tickets) if t.resolved and not t.holds and not t.cycles and not t.cancelled)
    bad = [*rows[number]]
    bad[place["number"]] = f"INC90000{month:02d}"
    if month == 4:
        bad[place["resolved_at"]] = spell(tickets[number].reported - DAY)
        bad[place["closed_at"]] = bad[place["restored_at"]] = None
        post.refuse("order")
    elif month == 8:
        bad[place["opened_at"]] = f"{YEAR}-08-32 09:15:00"
        post.refuse("unreadable")
    else:
        bad[place["service_down"]] = "maybe"
        post.refuse("unknown_word")
    return [bad]


def _holds(tickets: list[Ticket], spell: Spelling) -> list[list[Cell]]:
    return [
        [ticket.no, spell(hold.start), spell(hold.end), SIDES[hold.side], None]
        for ticket in tickets
        for hold in ticket.holds
    ]


def _cycles(tickets: list[Ticket], spell: Spelling) -> list[list[Cell]]:
    return [[ticket.no, spell(cycle.opened), spell(cycle.resolved)] for ticket in tickets for cycle in ticket.cycles]
