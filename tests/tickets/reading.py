"""What a court holds of one ticket, as plain values."""

from __future__ import annotations

from datetime import datetime

from tests.adapters.apicourt import ApiCourt


def at(text: str) -> int:
    """UTC seconds of a time of day, ``01:10:00``, of the histories, which all lie on 5 March 2026 (UTC)."""
    return int(datetime.fromisoformat(f"2026-03-05T{text}+00:00").timestamp())


def moments(*texts: str) -> tuple[str, ...]:
    """The same as the databases write them."""
    return tuple(f"2026-03-05 {text}" for text in texts)


def ticket(court: ApiCourt, number: int) -> dict[str, object]:
    """The ticket's columns, None where empty."""
    frame = court.current()
    frame = frame[frame["ticket_no"] == str(number)].astype(object)
    (row,) = frame.where(frame.notna(), None).to_dict("records")
    return {str(name): value for name, value in row.items()}


def rows(court: ApiCourt, record: str, number: int, *names: str) -> list[tuple[object, ...]]:
    """The ticket's holds or cycles."""
    frame = court.current(record)
    frame = frame[frame["ticket_no"] == str(number)].astype(object)
    return list(frame.where(frame.notna(), None)[list(names)].itertuples(index=False, name=None))
