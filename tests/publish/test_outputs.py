"""Files that are written: read back by independent readers, they hold what the store holds."""

from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import jsonschema
import pytest

from collector.publish import PUBLISHERS
from collector.publish.columns import RESULT_COLUMNS
from collector.publish.csv_file import safe
from collector.publish.files import whole
from collector.publish.json_file import document, schema
from metrics.errors import PassingError
from tests.publish.results import publication, result


def test_the_json_keeps_its_published_schema(tmp_path: Path) -> None:
    path = PUBLISHERS["json"].publish(publication(), tmp_path / "r.json")
    read = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(read, schema())
    assert read["results"][0]["actual"] == "0.94996"
    assert read["results"][0]["rule"] == "正常时间 ÷ 应计时间。"


def test_the_schema_refuses_what_no_result_can_be() -> None:
    broken = document(publication(result(outcome="great")))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())


def test_the_schema_describes_every_column_and_no_other() -> None:
    described = schema()["$defs"]["result"]
    assert list(described["properties"]) == described["required"] == [column.name for column in RESULT_COLUMNS]


def test_the_csv_begins_with_a_byte_order_mark_and_reads_back(tmp_path: Path) -> None:
    path = PUBLISHERS["csv"].publish(publication(), tmp_path / "r.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["完成值"] for row in rows] == ["94.996%", "94.996%", "7549次", "—"]
    assert rows[0]["结论"] == "未达标"
    assert rows[1]["维度值"] == "'=甲公司"  # a spreadsheet would run it


@pytest.mark.parametrize("text", ["=1+1", "+1", "-甲", "@cmd", "\tx", "\rx", "-1+1"])
def test_a_cell_that_could_run_is_escaped(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["-12.5", "-3%", "甲-乙", "", 5, None])
def test_a_harmless_cell_stays_as_it_is(cell: object) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize("name", PUBLISHERS)
def test_an_output_replaces_the_old_one_whole_and_leaves_nothing_beside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sub" / PUBLISHERS[name].file_name
    path.parent.mkdir()
    path.write_text("old")
    PUBLISHERS[name].publish(publication(), path)
    assert path.stat().st_size > 100
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["csv", "workbook"])
def test_an_output_that_fails_leaves_the_old_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / PUBLISHERS[name].file_name
    path.write_text("old")
    with pytest.raises(KeyError):
        PUBLISHERS[name].publish(publication(result(), result(outcome="great")), path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    with pytest.raises(PassingError, match=r"无法写入“.*r\.csv”：上级不是文件夹"):
        PUBLISHERS["csv"].publish(publication(), tmp_path / "out" / "r.csv")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有写权限"), (errno.EIO, "暂时不可用")]
)
def test_what_the_disk_says_is_said_in_chinese(tmp_path: Path, number: int, said: str) -> None:
    with pytest.raises(PassingError, match=said), whole(tmp_path / "x"):
        raise OSError(number, "says so")
    assert list(tmp_path.iterdir()) == []
