"""Redmine 5 (adapter ``redmine``): issues by REST, their life out of the journals.

A page is one answer of ``/issues.json`` (by ascending number, closed issues included, which the server leaves out
unless asked) with each issue and its journals, and the list of statuses: journals name statuses by number only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.http_client import Client, NotFoundError, Reply
from adapters.numbered import Walk, say_missing, walk_from
from adapters.redmine_config import RedmineConfig
from adapters.replies import Spool, bundled
from adapters.ticket_history import Change, moment_of
from adapters.ticket_system import Told, batches_of, previews_of, reread_of, told_of, unknown_statuses
from metrics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


class RedmineAdapter:
    """Issues of Redmine with their full history."""

    name: ClassVar[str] = "redmine"
    label: ClassVar[str] = "Redmine 5"
    config: ClassVar[type[BaseModel]] = RedmineConfig

    def discover(self, config: RedmineConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: RedmineConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Issues by ascending number that changed since, each with its journals."""
        walk = walk_from(config, context, ask)
        spool = Spool(ask.spool)
        with Client(config, context, ask) as client:
            statuses = _listed(client, "issue_statuses.json", {}, "issue_statuses")[0]
            if walk.until is None:
                walk.until = _newest(client, config)
            while True:
                reply, issues, total = _issues(client, config, walk, config.page_size)
                replies = [(one.address, one.body) for one in (statuses, reply)]
                replies += _with_journals(client, issues, ask)
                last = len(issues) >= total
                walk.after([issue["id"] for issue in issues], ended=last)
                blob = spool.bundle(reply.address, replies, reply.at) if issues else None
                yield Page(blob, walk.cursor())
                if last:
                    break
            say_missing(config, ask, walk)

    def greet(self, config: RedmineConfig, context: Context, ask: Fetch) -> Greeting:
        """The account, what it may read, statuses that are not spoken of, the first issues."""
        with Client(config, context, ask) as client:
            _, about = client.get_json("users/current.json")
            account = about.get("user", {}) if isinstance(about, dict) else {}
            _, projects, count = _listed(client, "projects.json", {"limit": "100"}, "projects")
            statuses, kinds, _ = _listed(client, "issue_statuses.json", {}, "issue_statuses")
            reply, issues, total = _issues(client, config, Walk(None), 10)
            names = "、".join(f"{item['name']}（{item.get('identifier')}）" for item in projects[:20])
            lines = [
                f"Redmine，账号 {account.get('login', '？')}"
                + ("，是管理员，应换成只读账号" if account.get("admin") else ""),
                f"可读的项目 {count} 个：{names or '没有'}",
                f"可读的工单：{total} 张",
                *unknown_statuses(config, [item["name"] for item in kinds]),
            ]
            if not issues:
                return Greeting(tuple(lines))
            replies = [(one.address, one.body) for one in (statuses, reply)]
            replies += _with_journals(client, issues, ask)
            return Greeting(tuple(lines), (Spool(ask.spool).bundle(reply.address, replies, reply.at),))

    def read(self, config: RedmineConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """Tickets, then their holds and cycles."""
        return batches_of(config, context, _told(config, blob))

    def reread(self, config: RedmineConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_of(config, rows, context)

    def preview(self, config: RedmineConfig, blob: Blob, context: Context) -> list[Preview]:
        return previews_of(config, context, blob, _told(config, blob))


def _issues(client: Client, config: RedmineConfig, walk: Walk, size: int) -> tuple[Reply, list[dict[str, Any]], int]:
    """A page of issues after the last number, and how many there are from there on."""
    params = {"sort": "id", "limit": str(size), "issue_id": f">={walk.last + 1}"}
    if walk.since is not None:
        params["updated_on"] = f">={datetime.fromtimestamp(walk.since, UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    return _listed(client, "issues.json", {**_all(config), **params}, "issues")


def _newest(client: Client, config: RedmineConfig) -> int:
    """The last change that the server knows as the load begins: by its own clock, which it tells nowhere else."""
    params = {**_all(config), "sort": "updated_on:desc", "limit": "1"}
    reply, issues, _ = _listed(client, "issues.json", params, "issues")
    return min([reply.at - abs(client.skew), *(_updated(reply, issue) for issue in issues)])


def _updated(reply: Reply, issue: dict[str, Any]) -> int:
    try:
        return moment_of(issue["updated_on"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{reply.address} 的回答中 updated_on 不是如 2026-03-05T01:00:00Z 的时间") from None


def _all(config: RedmineConfig) -> dict[str, str]:
    """Closed issues too; of one project where that is asked for."""
    return {"status_id": "*"} | ({"project_id": config.redmine_project} if config.redmine_project else {})


def _listed(client: Client, path: str, params: Mapping[str, str], key: str) -> tuple[Reply, list[dict[str, Any]], int]:
    reply, data = client.get_json(path, params)
    items = data.get(key) if isinstance(data, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) and "id" in item for item in items):
        raise InputError(f"{reply.address} 的回答中没有 {key} 列表，应为 Redmine 的 REST 接口；请核对 url")
    return reply, items, int(data.get("total_count", len(items)))


def _with_journals(client: Client, issues: list[dict[str, Any]], ask: Fetch) -> list[tuple[str, bytes]]:
    """Each issue with its journals; one that is deleted meanwhile is left out."""
    replies = []
    for issue in issues:
        try:
            reply = client.get_json(f"issues/{issue['id']}.json", {"include": "journals"})[0]
        except NotFoundError:
            ask.say(f"工单 {issue['id']} 在取数的时候被删除了，没有取到")
        else:
            replies.append((reply.address, reply.body))
    return replies


def _told(config: RedmineConfig, blob: Blob) -> Iterator[Told]:
    """The issues of a page, in its order."""
    replies = [data for _, data in bundled(blob)]
    try:
        names = {str(item["id"]): str(item["name"]) for item in replies[0]["issue_statuses"]}
        for data in replies[2:]:
            yield _ticket(config, data["issue"], names)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"不是 Redmine 的工单列表（{type(error).__name__}：{error}）") from None


def _ticket(config: RedmineConfig, issue: dict[str, Any], names: Mapping[str, str]) -> Told:
    changes = [
        Change(
            moment_of(journal["created_on"]),
            journal["id"],
            _name(names, one["old_value"]),
            _name(names, one["new_value"]),
        )
        for journal in issue.get("journals", ())
        for one in journal["details"]
        if one["property"] == "attr" and one["name"] == "status_id"
    ]
    status = issue["status"]["name"]
    fields = {
        "subject": issue.get("subject"),
        "description": issue.get("description"),
        "status": status,
        **{key: (issue.get(key) or {}).get("name") for key in ("project", "tracker", "priority", "category")},
        "owner": (issue.get("assigned_to") or {}).get("name"),
        "reporter": (issue.get("author") or {}).get("name"),
        "updated": issue.get("updated_on"),
        "custom": {one["name"]: one.get("value") for one in issue.get("custom_fields", ())},
    }
    return told_of(str(issue["id"]), issue["created_on"], fields, changes, config.statuses)


def _name(names: Mapping[str, str], number: str | None) -> str:
    """A status by its number; one that was deleted since keeps its number."""
    return names.get(str(number), f"#{number}")


ADAPTER = RedmineAdapter()
