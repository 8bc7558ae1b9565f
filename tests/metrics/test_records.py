"""One declaration per record type: what follows from it is consistent."""

from __future__ import annotations

import pytest

from metrics.records import RECORDS, TICKET, RecordType, empty_frame, frame_of

TYPES = list(RECORDS.values())


@pytest.mark.parametrize("record", TYPES, ids=lambda record: record.name)
def test_keys_are_required_columns(record: RecordType) -> None:
    assert record.key
    assert all(record.column(name).required for name in record.key)


@pytest.mark.parametrize("record", TYPES, ids=lambda record: record.name)
def test_ordered_pairs_are_columns_of_the_same_kind(record: RecordType) -> None:
    for earlier, later in (*record.order, *record.flagged_order):
        assert record.column(earlier).kind == record.column(later).kind
        assert record.column(earlier).kind in {"instant", "date"}


@pytest.mark.parametrize("record", TYPES, ids=lambda record: record.name)
def test_an_empty_frame_has_every_column_with_its_dtype(record: RecordType) -> None:
    frame = empty_frame(record)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: dtype.replace("string[pyarrow]", "string") for name, dtype in record.dtypes.items()
    }


@pytest.mark.parametrize("record", TYPES, ids=lambda record: record.name)
def test_only_codes_have_choices_and_every_code_has_some(record: RecordType) -> None:
    assert all(bool(column.choices) == (column.kind == "code") for column in record.columns)


def test_an_instant_keeps_its_null_and_its_integer() -> None:
    frame = frame_of(TICKET, [{"ticket_no": "1", "reported_at": 2**40 + 1}, {"ticket_no": "2"}])
    assert frame["reported_at"].to_list()[0] == 2**40 + 1
    assert frame["reported_at"].isna().to_list() == [False, True]


def test_a_column_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError, match="reportd_at"):
        frame_of(TICKET, [{"reportd_at": 1}])
