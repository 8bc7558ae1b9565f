"""What every adapter promises, held by one suite: each adapter of ADAPTERS has a case here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from adapters import ADAPTERS, config_model
from adapters.base import REJECTION_COLUMNS, SET_ASIDE, Batch, Blob
from adapters.drop import DropAdapter
from metrics.errors import InputError
from metrics.records import RECORDS, natural_key
from tests.adapters.monitoring import MONITORING
from tests.adapters.reading import SHANGHAI, config_of, context_at
from tests.adapters.writing import gz_file, xlsx_file

#: 01:00 and 01:30 UTC of 5 March 2023: the two good rows of every case.
INSTANTS = [1_677_978_000, 1_677_979_800]


@dataclass(frozen=True)
class Case:
    """An adapter with something to read.

    ``sample``: a file's name and content with two good rows, at ``INSTANTS``, and two broken ones, and whatever else
    the adapter sets aside; ``garbled``: content that cannot be read at all.
    """

    config: Any
    sample: tuple[str, bytes]
    garbled: bytes
    instant: str


_TABLE = config_of(
    """
    files: ["*.xlsx"]
    tables:
      - record: inspection
        columns: {kind: 项目, inspected_at: 巡检时间, quantity: 次数, result: 结论}
        derived_key: [kind, inspected_at]
    """
)
_ROWS = (
    ("项目", "巡检时间", "次数", "结论"),
    ("机房", "2023-03-05 09:00", "1", "正常"),
    ("法庭", "2023/3/5 9:30", "2", "异常"),
    ("机房", "3月35日", "1", "正常"),
    ("机房", "2023-03-07", "一", "也许"),
    ("合计", "", "3", ""),
)
_TARGET = {"asset_no": "oa", "probe": "tcp", "host": "h", "port": 1}
_LINES = (
    '{"asset_no":"oa","checked_at":"2023-03-05T01:00:00Z","state":"up"}',
    '{"asset_no":"oa","checked_at":"2023-03-05T01:30:00Z","state":"down"}',
    '{"asset_no":"oa","checked_at":"2023-03-05T02:00:00Z","state":"gone"}',
    '{"checked_at":"2023-03-05T02:30:00Z","state":"up"}',
    "",
)
_REST = config_model("rest").model_validate_json(
    json.dumps(
        {
            "url": "https://itsm.test/api",
            "request": {"path": "rounds"},
            "tables": [
                {
                    "record": "inspection",
                    "records": "items",
                    "columns": {"kind": "what.name", "inspected_at": "at", "quantity": "n", "result": "outcome"},
                    "derived_key": ["kind", "inspected_at"],
                }
            ],
        }
    )
)
_STATUSES = {"waiting": "new", "resolved": "resolved"}
_SYSTEM = {
    "url": "https://itsm.test",
    "statuses": _STATUSES,
    "ticket": {"columns": {"kind": "queue || tracker"}, "words": {"kind": {"运维": "incident"}}},
}


def _ticket_system(name: str) -> Any:
    return config_model(name).model_validate_json(json.dumps(_SYSTEM))


#: number, created, queue or tracker
_TICKETS = (
    ("1", "2023-03-05T01:00:00Z", "运维"),
    ("2", "2023-03-05T01:30:00Z", "运维"),
    ("3", "1970-01-01T00:00:00Z", "运维"),
    ("4", "2023-03-05T02:00:00Z", "也许"),
)


def _bundle(*replies: Any) -> bytes:
    bodies = [json.dumps(reply).encode() for reply in replies]
    return b"".join(b'{"address": "a", "bytes": %d}\n%b\n' % (len(body), body) for body in bodies)


_RT_PAGE = _bundle(
    {
        "items": [
            {"id": number, "Status": "new", "Created": created, "Queue": {"Name": queue}}
            for number, created, queue in _TICKETS
        ]
    },
    {"items": []},
)
_REDMINE_PAGE = _bundle(
    {"issue_statuses": [{"id": 1, "name": "new"}]},
    {"issues": []},
    *(
        {"issue": {"id": number, "created_on": created, "status": {"name": "new"}, "tracker": {"name": tracker}}}
        for number, created, tracker in _TICKETS
    ),
)
_ITEMS: list[dict[str, Any]] = [
    {"what": {"name": "机房"}, "at": "2023-03-05T01:00:00Z", "n": 1, "outcome": "正常"},
    {"what": {"name": "法庭"}, "at": 1677979800, "n": 2, "outcome": "异常"},
    {"what": {"name": "机房"}, "at": "3月35日", "n": 1, "outcome": "正常"},
    {"what": {"name": "机房"}, "at": "2023-03-07", "n": 1.5, "outcome": None},
]
_HOUR = ("probe/2023-03-05T01Z.jsonl.gz", gz_file("\n".join(_LINES).encode()))
_SQL = config_model("sql").model_validate_json(
    json.dumps(
        {
            "url": "sqlite:///vendor.db",
            "table": "rounds",
            "key": "id",
            "tables": [
                {
                    "record": "inspection",
                    "columns": {"kind": "项目", "inspected_at": "at", "quantity": "n", "result": "outcome"},
                    "derived_key": ["kind", "inspected_at"],
                }
            ],
        }
    )
)
_SQL_ROWS = {
    "columns": ["项目", "at", "n", "outcome"],
    "rows": [[i["what"]["name"], *list(i.values())[1:]] for i in _ITEMS],
}
CASES = {
    "sql": Case(_SQL, ("rounds", json.dumps(_SQL_ROWS).encode()), b'{"columns": 1}', "inspected_at"),
    "push": Case(
        config_model("push").model_validate_json(json.dumps({"token": {"env": "T"}})), _HOUR, b"no gzip", "checked_at"
    ),
    "request_tracker": Case(_ticket_system("request_tracker"), ("tickets", _RT_PAGE), b"<html>", "reported_at"),
    "redmine": Case(_ticket_system("redmine"), ("issues", _REDMINE_PAGE), b'{"address": "a"}\n{}', "reported_at"),
    "rest": Case(_REST, ("1.json", json.dumps({"items": _ITEMS}).encode()), b'{"items": [', "inspected_at"),
    "table": Case(_TABLE, ("巡检.xlsx", xlsx_file({"巡检": _ROWS})), b"PK\x03\x04 and nothing more", "inspected_at"),
    "probe": Case(
        config_model("probe").model_validate_json(json.dumps({"targets": [_TARGET]})),
        _HOUR,
        b"no gzip",
        "checked_at",
    ),
}
CASES |= {name: Case(*parts) for name, parts in MONITORING.items()}


@pytest.fixture(params=sorted(name for name in ADAPTERS if not isinstance(ADAPTERS[name], DropAdapter)))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def blob_in(folder: Path, name: str, content: bytes | None = None) -> Blob:
    """The case's file, or another content under its name."""
    file, sample = CASES[name].sample
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sample if content is None else content)
    return Blob(file, path, 0)


def everything(name: str, folder: Path, content: bytes | None = None) -> list[Batch]:
    """All batches of the case's file."""
    blob = blob_in(folder, name, content)
    return list(ADAPTERS[name].read(CASES[name].config, blob, context_at(folder, SHANGHAI)))


def joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)


def test_every_adapter_has_a_case_and_a_name(name: str) -> None:
    assert (ADAPTERS[name].name, ADAPTERS[name].config) == (name, config_model(name))
    assert isinstance(CASES[name].config, config_model(name))


def test_batches_have_the_declared_columns_and_types(name: str, tmp_path: Path) -> None:
    for batch in everything(name, tmp_path):
        record = RECORDS[batch.record]
        assert list(batch.frame.columns) == [*record.names, "sheet", "row_no", "flags"]
        dtypes = {
            column: str(batch.frame[column].dtype).replace("string", "string[pyarrow]") for column in record.names
        }
        assert dtypes == record.dtypes
        assert tuple(batch.rejections.columns) == REJECTION_COLUMNS
        assert set(batch.set_aside) <= set(SET_ASIDE)


def test_every_row_read_becomes_something(name: str, tmp_path: Path) -> None:
    batches = everything(name, tmp_path)
    for batch in batches:
        assert batch.read == len(batch.frame) + len(batch.rejections) + batch.set_aside.total()
    assert sum(len(batch.frame) for batch in batches) == 2
    assert sum(len(batch.rejections) for batch in batches) == 2


def test_instants_are_utc_seconds(name: str, tmp_path: Path) -> None:
    column = joined([batch.frame for batch in everything(name, tmp_path)])[CASES[name].instant]
    assert column.tolist() == INSTANTS
    assert all(isinstance(value, int) for value in column)


def test_keys_are_there_and_unique(name: str, tmp_path: Path) -> None:
    for batch in everything(name, tmp_path):
        keys = natural_key(RECORDS[batch.record], batch.frame)
        assert keys.notna().all()
        assert keys.is_unique


def test_reading_twice_gives_the_same(name: str, tmp_path: Path) -> None:
    first, second = (everything(name, tmp_path) for _ in range(2))
    for one, two in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one.frame, two.frame)
        pd.testing.assert_frame_equal(one.rejections, two.rejections)
        assert (one.read, one.set_aside) == (two.read, two.set_aside)


def test_a_broken_row_is_a_rejection_with_its_place_and_reason(name: str, tmp_path: Path) -> None:
    rejections = joined([batch.rejections for batch in everything(name, tmp_path)])
    for row in rejections.to_dict("records"):
        assert row["reason"]
        assert isinstance(row["row_no"], int)
        assert json.loads(row["raw"])


def test_what_cannot_be_read_at_all_is_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        everything(name, tmp_path, CASES[name].garbled)
    assert len(str(caught.value).splitlines()) == 1


def test_what_lies_there_is_found_in_a_stable_order(name: str, tmp_path: Path) -> None:
    blob_in(tmp_path, name)
    adapter, config, context = ADAPTERS[name], CASES[name].config, context_at(tmp_path)
    found = list(adapter.discover(config, context))
    assert found == list(adapter.discover(config, context))
    assert [blob.name for blob in found] == sorted(blob.name for blob in found)


def test_refused_rows_can_be_mapped_again(name: str, tmp_path: Path) -> None:
    rejections = joined([batch.rejections for batch in everything(name, tmp_path)]).assign(name="again")
    again = list(ADAPTERS[name].reread(CASES[name].config, rejections, context_at(tmp_path)))
    assert sum(batch.read for batch in again) == len(rejections)
    assert sorted(joined([batch.rejections for batch in again])["reason"]) == sorted(rejections["reason"])
