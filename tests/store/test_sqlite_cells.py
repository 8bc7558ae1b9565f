"""Rows that go into SQLite as whole columns are the same as those that go in value by value."""

from __future__ import annotations

import sqlite3
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.store import sqlite_cells
from collector.store.sqlite_cells import can_be_cut, cell_statements, run_cells
from collector.store.sqlite_values import insert_values

_TEXTS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1e\x1f"), max_size=9)
_INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1)
_ROWS = st.tuples(_TEXTS, _INTEGERS, st.none() | st.booleans(), st.binary(min_size=16, max_size=16))
_TYPES = {"text": pa.large_string(), "number": pa.int64(), "yes": pa.bool_(), "hash": pa.binary(16)}

Row = tuple[Any, ...]


def insert_cells(
    driver: sqlite3.Connection, table: str, shared: dict[str, Any], columns: dict[str, pa.Array], length: int
) -> None:
    run_cells(driver, cell_statements(table, shared, columns, length))


def _columns(rows: list[Row]) -> dict[str, pa.Array]:
    columns = zip(*rows, strict=True)
    return {name: pa.array(column, kind) for (name, kind), column in zip(_TYPES.items(), columns, strict=True)}


def _stored(way: Any, rows: list[Row]) -> list[Row]:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE kept (source TEXT, text TEXT, number INTEGER, yes BOOLEAN, hash BLOB)")
        way(database, "kept", {"source": "s"}, _columns(rows), len(rows))
        return database.execute(
            "SELECT *, typeof(text), typeof(number), typeof(yes), typeof(hash) FROM kept"
        ).fetchall()


@given(st.lists(_ROWS, min_size=1, max_size=20))
@example([(" 前后有空格 ", 0, False, bytes(16)), ("", -1, True, b" " * 16)])
@example([("", None, None, bytes(16)), (None, 7, True, b"\x1f" * 16)])
@example([("同长", 10, True, bytes(16)), ("一样", 20, True, bytes(16))])
@example(
    [(text, 1, True, bytes(16)) for text in ["一", None, "二二", "", "一", "三 ", *"四五六七八九甲乙丙丁戊"]]
)  # 16
@example(
    [(text, 1, True, bytes(16)) for text in ["一", None, "二二", "", "一", "三 ", *"四五六七八九甲乙丙丁戊己"]]
)  # 17
@example([(None, 1, True, bytes(16)), (None, 2, True, bytes(16))])
@example([("甲", number, True, bytes(16)) for number in (-(2**63), 1 - 2**63, 2 - 2**63)])
@example([("甲", number, True, bytes(16)) for number in (2**63 - 2, 2**63 - 1)])
@example([("甲", number, True, bytes(16)) for number in (2**63 - 1, -(2**63))])
@example([("甲", number, True, bytes(16)) for number in (7, 8, 10)])
def test_every_value_arrives_as_it_would_alone(rows: list[Row]) -> None:
    assert _stored(insert_cells, rows) == _stored(insert_values, rows)


def test_a_slice_of_longer_columns_is_no_more_than_itself() -> None:
    rows = [(f"第{number}行", number, number % 2 == 0, number.to_bytes(16)) for number in range(30)]
    cut = {name: column[10:25] for name, column in _columns(rows).items()}
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE kept (text TEXT, number INTEGER, yes BOOLEAN, hash BLOB)")
        insert_cells(database, "kept", {}, cut, 15)
        assert database.execute("SELECT * FROM kept").fetchall() == rows[10:25]


def test_rows_are_bound_in_smaller_pieces_around_a_long_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_cells, "_BYTES_A_COLUMN", 100)
    monkeypatch.setattr(sqlite_cells, "_ROWS_A_STATEMENT", 16)
    monkeypatch.setattr(sqlite_cells, "_MOST_WORDS", 0)
    rows = [("长" * (1000 if number == 21 else 2), number, True, bytes(16)) for number in range(40)]
    statements: list[str] = []
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE kept (text TEXT, number INTEGER, yes BOOLEAN, hash BLOB)")
        database.set_trace_callback(statements.append)
        insert_cells(database, "kept", {}, _columns(rows), 40)
        assert database.execute("SELECT * FROM kept").fetchall() == rows
    ends = [line.split(" <= ")[1].split(" ")[0] for line in statements if line.startswith("INSERT INTO kept")]
    sizes = [int(end) for end in ends if end != "NULL"]
    assert sum(sizes) == 40
    assert min(sizes) == 1
    assert max(sizes) * 16 <= 100  # of hashes


@pytest.mark.parametrize("text", ["有\x1e的", "有\x1f的"])
def test_a_text_that_holds_a_mark_is_not_cut(text: str) -> None:
    columns = {"text": pa.array(["好"] * 999 + [text], pa.large_string())}
    assert not can_be_cut(columns, 1000)


def test_few_rows_and_other_types_are_not_cut() -> None:
    numbers = pa.array(range(1000), pa.int64())
    assert can_be_cut({"a": numbers}, 1000)
    assert not can_be_cut({"a": numbers[:999]}, 999)
    assert not can_be_cut({"a": numbers.cast(pa.float64())}, 1000)
    assert not can_be_cut({}, 1000)
