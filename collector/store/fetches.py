"""What was fetched from mailboxes and servers: each thing once, with where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Engine, delete, insert, select

from collector.store import facts as _facts
from collector.store.bulk import bulk_of
from collector.store.engine import reading, writing
from collector.store.schema import contents, fetched

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Fetched:
    """One thing that was looked at, as it is remembered.

    ``state``: the file was ``brought``; its content was here already (``duplicate``); it was ``refused`` for
    ``reason``; or it held no file (``seen``). ``name`` below the drop folder; ``arrived_at`` UTC seconds.
    """

    item_key: str
    state: Literal["brought", "duplicate", "refused", "seen"]
    origin: str
    name: str | None = None
    content_hash: str | None = None
    sender: str | None = None
    arrived_at: int | None = None
    reason: str | None = None


class FetchLog:
    """The memory of the fetchers of one organisation; made by :meth:`collector.store.Store.fetches`."""

    def __init__(self, engine: Engine, organization_id: str, clock: Callable[[], int]) -> None:
        self._engine = engine
        self._organization_id = organization_id
        self._clock = clock

    def keys(self, source: str) -> tuple[frozenset[str], frozenset[str]]:
        """The keys that are done with, and those that were refused and may be tried again."""
        row = fetched.c
        query = select(row.item_key, row.state).where(
            row.organization_id == self._organization_id, row.source == source
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        refused = frozenset(key for key, state in found if state == "refused")
        return frozenset(key for key, _ in found) - refused, refused

    def is_here(self, content_hash: str) -> bool:
        """Whether these bytes were fetched or delivered before, under whatever name and by whomever."""
        mine = fetched.c.organization_id == self._organization_id
        brought = select(fetched.c.name).where(mine, fetched.c.content_hash == content_hash).limit(1)
        delivered = select(contents.c.content_hash).where(
            contents.c.organization_id == self._organization_id, contents.c.content_hash == content_hash
        )
        with reading(self._engine) as connection:
            return any(connection.execute(query).first() is not None for query in (brought, delivered))

    def note(self, source: str, what: Fetched) -> None:
        """Remember one thing; what was known of its key is replaced."""
        row = fetched.c
        old = (
            row.organization_id == self._organization_id,
            row.source == source,
            row.item_key == what.item_key,
        )
        with writing(self._engine) as connection:
            connection.execute(delete(fetched).where(*old))
            connection.execute(
                insert(fetched).values(
                    organization_id=self._organization_id, source=source, fetched_at=self._clock(), **asdict(what)
                )
            )

    def provenance(self, hashes: Iterable[str] | None = None) -> pd.DataFrame:
        """Where contents came from: ``source``, ``content_hash``, ``name``, ``origin``, ``sender``, ``arrived_at``,
        ``fetched_at``, ``state``; every time the same content came, in that order. ``hashes`` None: all.
        """
        names = ("source", "content_hash", "name", "origin", "sender", "arrived_at", "fetched_at", "state")
        row = fetched.c
        query = select(*(row[name] for name in names)).where(
            row.organization_id == self._organization_id, row.content_hash.is_not(None)
        )
        with reading(self._engine) as connection:
            frame = _facts.to_frame(bulk_of(connection).read(query.order_by(row.fetched_id)))
        return frame if hashes is None else frame[frame["content_hash"].isin(list(hashes))].reset_index(drop=True)
