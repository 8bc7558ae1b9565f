"""What every adapter promises: blobs out of a source, records or rejections out of a blob."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from pydantic import BaseModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

#: Columns of a rejection frame (all text but ``row_no``): what was refused, where, why, and the whole row.
#: ``key`` is the row's natural key (``metrics.records.natural_key``), null where a part of it cannot be read:
#: by it a rejected row that comes again corrected is recognised.
REJECTION_COLUMNS = ("record", "sheet", "row_no", "header", "field", "value", "code", "reason", "raw", "key")

#: Lineage columns that a reader adds after a record type's own columns.
PLACE_COLUMNS = ("sheet", "row_no", "flags")

#: Kinds of rows that are recognised and counted apart (semantics 7).
#: ``other_sheet``: filled rows of worksheets that the source takes nothing from.
SET_ASIDE = ("total", "header", "note", "blank", "not_applicable", "other_sheet")


@dataclass(frozen=True, slots=True)
class Blob:
    """One delivery before it is read: original bytes on disk under a name a person knows.

    ``name`` is the path below the drop folder (or the address of an API page); ``modified_at`` UTC seconds.
    ``parsed``: what the bytes say, where whoever fetched them has parsed them already.
    """

    name: str
    path: Path
    modified_at: int
    parsed: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter may know of its surroundings."""

    source: str
    zone: ZoneInfo
    inbox: Path
    constants: Mapping[str, str] = field(default_factory=dict)  # vendor, project: for every record of the source
    workspace: Path = Path()  # where relative paths of secrets and certificates begin


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a server, to be taken as a delivery; or only how far the load has come.

    Attributes:
        blob: the reply's bytes, a file in the spool that is removed once it has been taken. Its name is what people
            cite: the address without secrets. None: there is nothing to read, only the position moves.
        cursor: the position reached once this page and those before it are in the store, in the adapter's own words
            (``collector`` only keeps it). It is stored in the transaction that stores the page. None: it stays.
    """

    blob: Blob | None
    cursor: str | None = None


@dataclass(frozen=True)
class Fetch:
    """What an adapter that asks a server is given for one load.

    Attributes:
        spool: an empty folder on the archive's disk for replies; it is removed after the load.
        cursor: where the last load stood, as a page of it said; None before the first one: everything is asked for.
        since: UTC seconds from which on everything is to be asked for once more; the cursor is to be left aside
            then, and those of the pages are not kept. None: an ordinary load, from the cursor on with an overlap.
        clock: UTC seconds now.
        say: takes a sentence for the operator (the server's clock is wrong, …); the load goes on.
        given_up: whether nobody waits for the load any more, so that nothing more is to be asked.
        stored: numbers of the source's tickets in the store that were reported at a moment (UTC seconds) or later.
    """

    spool: Path
    cursor: str | None
    since: int | None
    clock: Callable[[], int]
    say: Callable[[str], None]
    given_up: Callable[[], bool] = lambda: False
    stored: Callable[[int], frozenset[str]] = lambda since: frozenset()


@dataclass(frozen=True)
class Greeting:
    """What a server told of itself, for ``yunwei check``.

    ``lines``: Chinese, one fact each: the version, what the account may read. ``blobs``: the first replies, in the
    spool; ``preview`` shows what their records would be.
    """

    lines: tuple[str, ...]
    blobs: tuple[Blob, ...] = ()


@dataclass
class Batch:
    """Rows of one record type read from one blob.

    Attributes:
        frame: the record type's columns, then ``sheet`` (text), ``row_no`` (int64, 1-based as the sheet shows
            it) and ``flags`` (text, comma separated or null). Keys are present; within a batch a key may recur.
        rejections: frame of ``REJECTION_COLUMNS``, one line per refused row: header, field and value are of its
            first fault, ``reason`` names all; ``raw`` is a JSON object header → text of the whole row.
        read: rows read; equals ``len(frame) + len(rejections) + set_aside.total()``.
        set_aside: counts by kind, keys from ``SET_ASIDE``.
        rhythm: of a batch of checks that says so itself: (interval, staleness) in seconds, None where not known;
            without it they are the source's.
        originals: ``originals(field, positions)`` gives ``header`` (the column that holds ``field``) and ``raw`` of
            those rows of ``frame``, in that order: a row that only the register can refuse is kept whole as well.
    """

    record: str
    frame: pd.DataFrame
    rejections: pd.DataFrame
    read: int
    set_aside: Counter[str] = field(default_factory=Counter)
    originals: Callable[[str, NDArray[np.int64]], pd.DataFrame] | None = None
    rhythm: tuple[int | None, int | None] | None = None


@dataclass(frozen=True)
class Preview:
    """What a source would read from one sheet of a blob, for ``yunwei check``; ``unread``: why nothing at all."""

    blob: str
    sheet: str
    record: str  # "" where the sheet is not read
    recognised: Mapping[str, str]  # header → field
    unmatched: tuple[str, ...]  # headers no field takes
    missing: tuple[str, ...]  # required fields without a header
    rows: list[dict[str, Any]]  # the first records as they would be stored
    refused: tuple[str, ...] = ()  # why rows before and among them would be refused
    unread: str = ""


class Adapter(Protocol):
    """One kind of source; one file in ``adapters``, one line in ADAPTERS."""

    name: ClassVar[str]
    label: ClassVar[str]
    config: ClassVar[type[BaseModel]]

    def discover(self, config: Any, context: Context) -> Iterator[Blob]:
        """Everything that lies there now, in a stable order; nothing is parsed."""
        ...

    def read(self, config: Any, blob: Blob, context: Context) -> Iterator[Batch]:
        """Translate one blob; streamed, in the order of its rows.

        Raises:
            InputError: the blob cannot be read at all (no such sheet, not a workbook, unknown encoding).
        """
        ...

    def reread(self, config: Any, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        """Map rejected rows again: ``rows`` has ``record``, ``sheet``, ``row_no``, ``raw``, ``name``."""
        ...

    def preview(self, config: Any, blob: Blob, context: Context) -> list[Preview]:
        """The first rows of each table as they would be read."""
        ...


@runtime_checkable
class Fetching(Protocol):
    """An adapter that asks a server: beside the methods of :class:`Adapter`, these two.

    Its ``discover`` finds nothing. ``fetch`` asks and spools, page by page; ``read`` translates the bytes of one page
    without asking anybody, so that an archived page can be read again when the mapping was corrected. Keys of its
    configuration that decide nothing of how a page is read (address, login, limits) are named by ``config.connection``
    (a set): changing them reads nothing again. ``config.keep_replies`` says whether the replies are archived
    (compressed) as evidence.
    """

    def fetch(self, config: Any, context: Context, ask: Fetch) -> Iterator[Page]:
        """Ask for everything after the cursor, less an overlap; lazily: a page while the one before it is stored.

        All of it runs in one thread, which is not the one that stores.

        Raises:
            PassingError: the server does not answer now; the pages before stand and the next run goes on after them.
            InputError, ConfigError: it will not answer so either next time; the fact says what is wrong and expected.
        """
        ...

    def greet(self, config: Any, context: Context, ask: Fetch) -> Greeting:
        """Try the connection and ask for the first records; nothing is stored. Errors as of ``fetch``."""
        ...
