"""Facts: frames with the declared columns and types, read exactly as they were written."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collector.store import Store
from metrics.records import RECORDS
from tests.store.world import check, deliver, known, ticket

LINEAGE = ["row_id", "source", "natural_key", "flags"]
#: Texts that cells really hold, and the separators of every format on the way.
_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from('\n\r\t",;|\\%\x00\x1e\x1f　')))


def test_every_record_type_has_a_frame_with_its_columns_and_lineage(store: Store) -> None:
    facts = store.facts()
    assert set(facts.frames) == set(RECORDS)
    for name, record in RECORDS.items():
        frame = facts.frames[name]
        assert list(frame.columns) == [*record.names, *LINEAGE]
        assert {column: str(frame[column].dtype) for column in record.names} == {
            column: str(pd.Series([], dtype=dtype).dtype) for column, dtype in record.dtypes.items()
        }
    assert not facts.has_register


def test_frames_with_rows_have_the_same_types_as_empty_ones(store: Store) -> None:
    empty = store.facts()
    deliver(store, "ticket", ticket("A", asset_unusable=True, responded_at=5), ticket("B"), content="c1")
    deliver(store, "asset", {"asset_no": "S1", "probed": False}, content="c2")
    deliver(store, "uptime_check", check("S1", 0), content="c3")
    facts = store.facts()
    assert facts.has_register
    for name in ("ticket", "asset"):
        assert facts.frames[name].dtypes.equals(empty.frames[name].dtypes)
    assert facts.states.dtypes.equals(empty.states.dtypes)
    assert len(facts.frames["uptime_check"]) == 0  # their index answers


def test_every_kind_of_value_comes_back(store: Store) -> None:
    deliver(store, "ticket", ticket("00123", 2**40, asset_unusable=True, cancelled=False, title="NA"))
    assert known(store, "ticket", "ticket_no", "reported_at", "asset_unusable", "cancelled", "title", "site") == [
        ("00123", 2**40, True, False, "NA", None)
    ]
    paid = {"line_no": "1", "booked_on": "2023-02-28", "kind": "paid", "amount": "1234567890123456.07"}
    deliver(store, "budget_line", paid, content="c2")
    assert known(store, "budget_line", "booked_on", "amount") == [("2023-02-28", "1234567890123456.07")]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(_TEXT.filter(bool), min_size=1, max_size=5))
@example(titles=["两\n行", "\r\n", "\\N", "\\", "\t", '"', ",", "%s", "\x00\x1e", " "])
def test_any_text_comes_back_but_for_the_separators(store: Store, titles: list[str]) -> None:
    rows = [ticket(f"T{number}", title=title) for number, title in enumerate(titles)]
    deliver(store, "ticket", *rows, content=f"c{store.sequence_at()}")
    clean = str.maketrans(dict.fromkeys("\x00\x1c\x1d\x1e\x1f", "�"))
    written = {f"T{number}": title.translate(clean) for number, title in enumerate(titles)}
    read = dict(known(store, "ticket", "ticket_no", "title"))
    assert {number: read[number] for number in written} == written
    again = deliver(store, "ticket", *rows, content=f"c{store.sequence_at()}")
    assert again.unchanged == len(titles)


def test_rows_keep_the_order_of_their_arrival(store: Store) -> None:
    deliver(store, "hold", *({"ticket_no": "A", "hold_from": n, "side": "court"} for n in range(3)), content="c1")
    deliver(store, "hold", {"ticket_no": "A", "hold_from": 1, "side": "vendor"}, content="c2")
    assert store.facts().frames["hold"]["hold_from"].tolist() == [0, 2, 1]


def test_states_are_sorted_by_asset_source_and_time(store: Store) -> None:
    deliver(store, "uptime_check", check("S2", 0), check("S10", 0), content="c1", source="b")
    deliver(store, "uptime_check", check("S2", 900), check("S2", 0, "down"), content="c2", source="a")
    found = store.facts().states[["asset_no", "source", "first_at"]].values.tolist()
    assert found == [["S10", "b", 0], ["S2", "a", 0], ["S2", "a", 900], ["S2", "b", 0]]


@pytest.mark.parametrize("record", [name for name in RECORDS if name != "uptime_check"])
def test_every_record_type_can_be_stored(store: Store, record: str) -> None:
    samples = {"instant": 5, "integer": 2, "boolean": True, "date": "2023-01-01", "decimal": "1.5", "text": "甲"}
    columns = RECORDS[record].columns
    row = {c.name: c.choices[0] if c.choices else samples[c.kind] for c in columns}
    deliver(store, record, row)
    assert known(store, record, *row) == [tuple(row.values())]
