"""A court whose source is a server: the small workspace of the ingest tests, with one source of an API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.adapters.api import NEW_YEAR
from tests.ingest.workspace import Workspace

#: The paging of each kind, as a source writes it.
PAGING = {
    "page": "{by: page, param: page, size: 20, size_param: size}",
    "offset": "{by: offset, param: offset, size: 20, size_param: size, total: meta.total}",
    "cursor": "{by: cursor, param: mark, next: meta.next, size: 20, size_param: size}",
    "link": "{by: link, size: 20, size_param: size}",
}

REST = """
id: api
name: 甲公司接口
adapter: rest
vendor: a
project: ops
url: {url}
timeout: 1秒
largest_reply: 512KB
{more}
request: {{path: tickets, params: {{status: all}}}}
paging: {paging}
incremental: {{param: updated_since, format: epoch, overlap: 10分钟}}
tables:
  - record: ticket
    records: data
    columns:
      ticket_no: no
      title: title
      reported_at: reported
      resolved_at: resolved
      asset_no: asset.name
      kind: type
    words: {{kind: {{fault: incident, request: service_request}}}}
"""


class ApiCourt(Workspace):
    """Its clock shows the same as the server's, unless a test sets either."""

    def __init__(self, folder: Path, url: str = "sqlite:///yunwei.db") -> None:
        super().__init__(folder, url)
        for name in ("assets", "tickets", "checks"):
            (folder / f"sources/{name}.yaml").unlink()
        self.now = NEW_YEAR

    def rest(self, url: str, paging: str = "page", more: str = "") -> None:
        """One source of adapter rest at ``url``."""
        self.source("api", REST.format(url=url, paging=PAGING[paging], more=more))


@contextmanager
def court_at(folder: Path, url: str = "sqlite:///yunwei.db") -> Iterator[ApiCourt]:
    """A court in ``folder``, closed afterwards."""
    with ApiCourt(folder, url) as court:
        yield court
