"""Natural keys and row hashes of whole columns."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.store.canonical import columns_of, natural_keys, row_hashes
from metrics.records import HOLD, RECORDS, TICKET, natural_key
from tests.store.world import frame, ticket


def _hashes(*rows: dict[str, Any]) -> list[bytes]:
    return [bytes(digest) for digest in row_hashes(TICKET, columns_of(TICKET, frame("ticket", *rows)))]


def test_the_hash_is_blake2b_over_the_values_in_their_order() -> None:
    row = ticket("A", 5, kind="incident")
    values = ["", "A", "incident", *[""] * (TICKET.names.index("reported_at") - 2), "5"]
    expected = hashlib.blake2b("\x1e".join(values).encode(), digest_size=16).digest()
    assert _hashes(row) == [expected]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "甲"}, {"title": "乙"}),
        ({"title": "甲"}, {"category": "甲"}),
        ({"title": "甲乙"}, {"title": "甲", "category": "乙"}),
        ({"cancelled": True}, {"cancelled": False}),
        ({"cancelled": False}, {}),
        ({"responded_at": 0}, {}),
        ({"flags": "lifted"}, {}),
    ],
)
def test_any_other_value_is_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = _hashes(ticket("A", **one), ticket("A", **other))
    assert first != second


def test_sheet_and_row_are_no_part_of_the_hash() -> None:
    (here,) = row_hashes(TICKET, columns_of(TICKET, frame("ticket", ticket("A"), first_row=2)))
    (there,) = row_hashes(TICKET, columns_of(TICKET, frame("ticket", ticket("A"), first_row=99)))
    assert bytes(here) == bytes(there)


@given(st.lists(st.text("ab\x1e\x1f,|", max_size=3), min_size=2, max_size=2, unique=True))
def test_separators_inside_values_make_no_two_rows_alike(texts: list[str]) -> None:
    titles = [text.replace("\x1e", "�").replace("\x1f", "�") or None for text in texts]
    first, second = (_hashes(ticket("A", title=text or None))[0] for text in texts)
    assert (first == second) == (titles[0] == titles[1])


def test_a_hash_does_not_depend_on_the_rows_beside() -> None:
    alone = _hashes(ticket("A", title="甲"))[0]
    assert _hashes(ticket("B"), ticket("A", title="甲"), ticket("C", site="一楼", closed_at=7))[1] == alone


@pytest.mark.parametrize("name", [name for name in RECORDS if name != "uptime_check"])
def test_keys_are_those_of_the_records(name: str) -> None:
    record = RECORDS[name]
    samples = {"instant": 5, "integer": 2, "boolean": True, "date": "2023-01-01", "decimal": "1.5", "text": "甲|乙"}
    row = {c.name: c.choices[0] if c.choices else samples[c.kind] for c in record.columns}
    given_frame = frame(name, row)
    assert (
        natural_keys(record, columns_of(record, given_frame)).to_pylist() == natural_key(record, given_frame).tolist()
    )


def test_a_key_of_two_columns_joins_them() -> None:
    columns = columns_of(HOLD, frame("hold", {"ticket_no": "A", "hold_from": 5, "side": "court"}))
    assert natural_keys(HOLD, columns).to_pylist() == ["A|5"]
