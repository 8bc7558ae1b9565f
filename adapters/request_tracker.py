"""Request Tracker 5 (adapter ``request_tracker``): tickets by REST 2, their life out of the transactions.

A page is one answer of ``/tickets`` (asked for by ascending number, which no change of a ticket can disturb) with the
transactions of its tickets. The ticket's own ``Resolved`` is overwritten when it is resolved again and is not used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.http_client import Client, Reply
from adapters.numbered import Walk, numbers_are_ours, say_missing, walk_from
from adapters.replies import Spool, bundled
from adapters.request_tracker_config import RequestTrackerConfig
from adapters.ticket_history import Change, moment_of
from adapters.ticket_system import Told, batches_of, previews_of, reread_of, told_of
from metrics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_FIELDS = (
    "Subject,Status,Queue,Type,Priority,Owner,Requestor,Created,LastUpdated,CustomFields,InitialPriority,FinalPriority"
)
_TRANSACTIONS = "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"
_MOST = 100  # objects that the server puts on a page, whatever is asked for


class RequestTrackerAdapter:
    """Tickets of RT with their full history."""

    name: ClassVar[str] = "request_tracker"
    label: ClassVar[str] = "Request Tracker 5"
    config: ClassVar[type[BaseModel]] = RequestTrackerConfig

    def discover(self, config: RequestTrackerConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: RequestTrackerConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Tickets by ascending number that changed since, with the transactions of each page; then deleted ones."""
        walk = walk_from(config, context, ask)
        spool = Spool(ask.spool)
        with Client(config, context, ask) as client:
            while True:
                reply, data = _tickets(client, config, walk, config.page_size)
                walk.begin(reply, client.skew)
                numbers = _numbers(reply, data)
                replies = [(reply.address, reply.body)]
                if numbers:
                    replies += _transactions(client, numbers)
                total = data.get("total")
                last = not numbers or (total is not None and len(numbers) >= int(total))
                if not numbers and total:
                    ask.say(f"有 {total} 张工单账号无权查看，没有取到；请对方给账号 ShowTicket 权限")
                walk.after(numbers, ended=last and walk.since is None)
                blob = spool.bundle(reply.address, replies, reply.at) if numbers else None
                yield Page(blob, walk.cursor())
                if last:
                    break
            if walk.since is not None:  # before the first load what was deleted is no affair of ours
                blob = _deleted(client, config, ask, walk, spool)
                walk.ended = True
                yield Page(blob, walk.cursor())
            say_missing(config, ask, walk)

    def greet(self, config: RequestTrackerConfig, context: Context, ask: Fetch) -> Greeting:
        """The version, the queues that can be seen, the first tickets."""
        with Client(config, context, ask) as client:
            _, about = client.get_json("rt")
            _, queues = client.get_json("queues/all", {"fields": "Name", "per_page": str(_MOST)})
            names = [str(item.get("Name")) for item in queues.get("items", ())]
            lines = [f"Request Tracker {about.get('Version')}", f"可读的队列：{'、'.join(names) or '没有'}"]
            absent = [name for name in config.queues if name not in names]
            if absent:
                lines.append(f"queues 中的 {'、'.join(absent)} 看不到，请核对名称和权限")
            reply, data = _tickets(client, config, Walk(None), 10)
            numbers = _numbers(reply, data)
            lines.append(f"可读的工单：{data.get('total', len(numbers))} 张")
            if not numbers:
                return Greeting(tuple(lines))
            replies = [(reply.address, reply.body), *_transactions(client, numbers)]
            return Greeting(tuple(lines), (Spool(ask.spool).bundle(reply.address, replies, reply.at),))

    def read(self, config: RequestTrackerConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """Tickets, then their holds and cycles."""
        return batches_of(config, context, _told(config, blob))

    def reread(self, config: RequestTrackerConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_of(config, rows, context)

    def preview(self, config: RequestTrackerConfig, blob: Blob, context: Context) -> list[Preview]:
        return previews_of(config, context, blob, _told(config, blob))


def _tickets(client: Client, config: RequestTrackerConfig, walk: Walk, size: int) -> tuple[Reply, dict[str, Any]]:
    """A page of tickets after the last number."""
    conditions = [f"id > {walk.last}"]
    if walk.since is not None:
        conditions.append(f"LastUpdated >= '{_moment(walk.since)}'")
    if config.queues:
        conditions.append(f"({' OR '.join(f'Queue = {_quoted(name)}' for name in config.queues)})")
    return _collection(
        client,
        "tickets",
        {
            "query": " AND ".join(conditions),
            "fields": _FIELDS,
            "fields[Queue]": "Name",
            "orderby": "id",
            "order": "ASC",
            "per_page": str(size),
        },
    )


def _moment(at: int) -> str:
    """UTC seconds as TicketSQL takes them; RT reads a moment without a zone in the account's own."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _transactions(client: Client, numbers: Sequence[int]) -> list[tuple[str, bytes]]:
    """Changes of status and replies of these tickets, by ascending number.

    Others are not asked for: what the account may not see of a page is left out of it silently, and a short page
    would look like the last one.
    """
    mine = " OR ".join(f"ObjectId = {number}" for number in numbers)
    found = _changes(client, f"({mine}) AND (Type = 'Status' OR Type = 'Correspond')")
    return [(reply.address, reply.body) for reply, _ in found]


def _changes(client: Client, condition: str) -> Iterator[tuple[Reply, dict[str, Any]]]:
    """The transactions of tickets for which a condition holds, by ascending number, page by page."""
    last = 0
    while True:
        query = f"ObjectType = 'RT::Ticket' AND {condition} AND id > {last}"
        params = {"query": query, "fields": _TRANSACTIONS, "orderby": "id", "order": "ASC", "per_page": str(_MOST)}
        reply, data = _collection(client, "transactions", params)
        yield reply, data
        if len(data["items"]) < _MOST:
            return
        last = max(_numbers(reply, data))


def _deleted(client: Client, config: RequestTrackerConfig, ask: Fetch, walk: Walk, spool: Spool) -> Blob | None:
    """Stored tickets that were deleted since: no list has them any more, but they and their histories are told.

    One that was brought back is in the list again.
    """
    assert walk.since is not None
    condition = f"Type = 'Status' AND NewValue = 'deleted' AND Created >= '{_moment(walk.since)}'"
    numbers = sorted({int(item["ObjectId"]) for _, data in _changes(client, condition) for item in data["items"]})
    if numbers and numbers_are_ours(config):
        stored = ask.stored(0)
        numbers = [number for number in numbers if str(number) in stored]
    found: dict[int, Reply] = {}
    for number in numbers:
        reply, ticket = client.get_json(f"ticket/{number}", {"fields[Queue]": "Name"})
        wanted = not config.queues or (ticket.get("Queue") or {}).get("Name") in config.queues
        if ticket.get("Status") == "deleted" and wanted:
            found[number] = reply
    if not found:
        return None
    walk.listed.update(found)
    replies = [(reply.address, reply.body) for reply in found.values()]
    first = next(iter(found.values()))
    return spool.bundle(first.address, [*replies, *_transactions(client, sorted(found))], first.at)


def _collection(client: Client, path: str, params: dict[str, str]) -> tuple[Reply, dict[str, Any]]:
    reply, data = client.get_json(path, params)
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise InputError(f"{reply.address} 的回答中没有 items 列表，应为 Request Tracker 的 REST 2 接口；请核对 url")
    return reply, data


def _numbers(reply: Reply, data: dict[str, Any]) -> list[int]:
    try:
        return sorted(int(item["id"]) for item in data["items"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{reply.address} 的回答中有没有编号的工单，应为 Request Tracker 的 REST 2 接口") from None


def _told(config: RequestTrackerConfig, blob: Blob) -> Iterator[Told]:
    """The tickets of a page, in its order: those of a list, or deleted ones, each told by itself."""
    replies = [data for _, data in bundled(blob)]
    try:
        alone = [data for data in replies if "items" not in data]
        told, histories = (alone, replies[len(alone) :]) if alone else (replies[0]["items"], replies[1:])
        changes, written = _histories(item for data in histories for item in data["items"])
        for item in told:
            number = str(item["id"])
            yield _ticket(config, item, changes[number], written[number])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"不是 Request Tracker 的工单列表（{type(error).__name__}：{error}）") from None


def _histories(
    items: Iterator[dict[str, Any]],
) -> tuple[dict[str, list[Change]], dict[str, list[tuple[int, str]]]]:
    """By ticket: the changes of status, and who wrote when."""
    changes: dict[str, list[Change]] = defaultdict(list)
    written: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for item in items:
        at = moment_of(item["Created"])
        if item["Type"] == "Status":
            change = Change(at, int(item["id"]), item["OldValue"] or "", item["NewValue"] or "")
            changes[item["ObjectId"]].append(change)
        elif item["Type"] == "Correspond":
            written[item["ObjectId"]].append((at, item["Creator"]["id"]))
    return changes, written


def _ticket(
    config: RequestTrackerConfig, item: dict[str, Any], changes: list[Change], written: list[tuple[int, str]]
) -> Told:
    requestors = [one["id"] for one in item.get("Requestor") or ()]
    replies = [at for at, writer in written if writer not in requestors] if config.responded_by_reply else []
    owner = (item.get("Owner") or {}).get("id")
    fields = {
        "subject": item.get("Subject"),
        "status": item["Status"],
        "queue": (item.get("Queue") or {}).get("Name"),
        "priority": item.get("Priority"),
        "owner": None if owner == "Nobody" else owner,
        "reporter": requestors,
        "updated": item.get("LastUpdated"),
        "custom": {field["name"]: field["values"] for field in item.get("CustomFields") or () if field["values"]},
    }
    return told_of(str(item["id"]), item["Created"], fields, changes, config.meanings, replies)


def _quoted(text: str) -> str:
    """A literal of TicketSQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


ADAPTER = RequestTrackerAdapter()
