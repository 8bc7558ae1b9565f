"""gzip and zip: members one after another, nothing outside, nothing endless; and what lies in the drop folder."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from adapters import workbook_scan
from adapters.patterns import matches, stem
from tests.adapters.conftest import Tickets
from tests.adapters.reading import Reader
from tests.adapters.writing import csv_file, gz_file, xlsx_file, zip_file

HEADER = ("工单号", "标题", "报修时间")


def csv_of(*numbers: str) -> bytes:
    return csv_file([HEADER, *((number, "", "2023-03-05") for number in numbers)])


def xlsx_of(*numbers: str) -> bytes:
    return xlsx_file({"工单": [HEADER, *((number, "", "2023-03-05") for number in numbers)]})


def test_members_are_read_in_the_order_of_their_names(tickets: Tickets) -> None:
    content = zip_file({"2月.xlsx": xlsx_of("T2"), "1月.csv": csv_of("T1"), "3月.csv.gz": gz_file(csv_of("T3"))})
    read = tickets().read("a.zip", content)
    assert read.rows("ticket", "ticket_no", "sheet", "row_no") == [
        ("T1", "1月.csv", 2),
        ("T2", "2月.xlsx!工单", 2),
        ("T3", "3月.csv.gz", 2),
    ]


def test_only_members_that_fit_the_patterns_are_read(tickets: Tickets) -> None:
    reader = tickets(source="files: ['甲/*.zip', '甲/工单*.csv']")
    content = zip_file({"工单1.csv": csv_of("T1"), "说明.csv": csv_of("T2"), "深/工单2.csv": csv_of("T3")})
    assert reader.read("甲/a.zip", content).rows("ticket", "ticket_no") == [("T1",), ("T3",)]


def test_an_archive_without_a_fitting_member_says_what_is_in_it(tickets: Tickets) -> None:
    reader = tickets(source="files: ['*.zip', '工单*.csv']")
    sentence = "压缩包中没有与 files 匹配的文件，其中是：说明.docx、巡检.csv"
    assert reader.refused("a.zip", zip_file({"说明.docx": b"", "巡检.csv": b""})) == sentence


class OldName(zipfile.ZipInfo):
    """A member as an old program on Chinese Windows names it: bytes of GBK, and nothing that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (a name of the standard library)
        return self.filename.encode("gbk"), self.flag_bits


def test_names_packed_on_chinese_windows_are_understood(tickets: Tickets) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(OldName("工单\\一月.csv"), csv_of("T1"))
    assert tickets().read("a.zip", file.getvalue()).rows("ticket", "sheet") == [("工单/一月.csv",)]


@pytest.mark.parametrize("name", ["../工单.csv", "/etc/工单.csv", "a/../../工单.csv", "C:/工单.csv", "..\\工单.csv"])
def test_a_member_that_points_outside_is_refused(tickets: Tickets, name: str) -> None:
    shown = name.replace("\\", "/")
    assert tickets().refused("a.zip", zip_file({name: csv_of("T1")})) == f"压缩包中的“{shown}”指向压缩包之外，没有解开"


def test_an_archive_inside_an_archive_is_refused(tickets: Tickets) -> None:
    inner = zip_file({"工单.csv": csv_of("T1")})
    reader = tickets(source="files: ['*']")
    assert reader.refused("a.zip", zip_file({"b.zip": inner})) == "压缩包中的“b.zip”：压缩包中还有压缩包，请只压缩一层"
    assert reader.refused("a.gz", gz_file(gz_file(csv_of("T1")))) == "压缩了不止一层，请只压缩一层"


def test_a_damaged_or_locked_member_is_named(tickets: Tickets) -> None:
    whole = bytearray(zip_file({"工单.csv": csv_of(*map(str, range(100)))}))
    whole[60] ^= 0xFF
    sentence = "压缩包中的“工单.csv”：无法解开，压缩包可能没有传完或已损坏"
    assert tickets().refused("a.zip", bytes(whole)) == sentence
    locked = zip_file({"工单.csv": csv_of("T1")})
    at = locked.index(b"PK\x01\x02") + 8
    assert tickets().refused("a.zip", locked[:at] + b"\x01" + locked[at + 1 :]) == (
        "压缩包中的“工单.csv”：有密码保护，请去除密码后重新提交"
    )


def test_what_unpacks_without_end_is_refused(tickets: Tickets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_scan, "_RATIO_FROM", 1 << 20)
    bomb = csv_of("T1") + b"\n" * (4 << 20)
    sentence = "压缩比超过 200 倍，不像正常的文件，没有解开"
    assert tickets().refused("a.csv.gz", gzip.compress(bomb)) == sentence
    assert tickets().refused("a.zip", zip_file({"工单.csv": bomb})) == sentence
    monkeypatch.setattr(workbook_scan, "MOST_BYTES", 1 << 20)
    assert tickets().refused("a.csv.gz", gzip.compress(bomb)) == "解开后超过 1 MiB 的上限"


def test_truncated_gzip_is_refused(tickets: Tickets) -> None:
    assert tickets().refused("a.csv.gz", gz_file(csv_of("T1"))[:-9]) == "gzip 压缩文件不完整，可能没有传完或已损坏"


def test_the_kind_is_told_by_the_content_and_not_by_the_name(tickets: Tickets, tmp_path: Path) -> None:
    for name in ("0a1b2c", "工单.csv", "工单.xls"):
        assert tickets().read(name, xlsx_of("T1")).rows("ticket", "ticket_no") == [("T1",)]


def test_files_are_found_in_a_stable_order_without_lock_files(tickets: Tickets, tmp_path: Path) -> None:
    reader: Reader = tickets(source="files: ['甲/**/*.XLSX', '乙?.csv']")
    for name in ("甲/b.xlsx", "甲/x/A.xlsx", "甲/~$b.xlsx", "甲/.a.xlsx", "乙1.csv", "乙10.csv", "丙/甲/c.xlsx"):
        reader.blob(name, b"x")
    found = [blob.name for blob in reader.adapter.discover(reader.config, reader.context)]
    assert found == ["乙1.csv", "甲/b.xlsx", "甲/x/A.xlsx"]


def test_patterns_know_folders_and_do_not_mind_case() -> None:
    assert matches("甲/2023/工单.XLSX", ["甲/**/工单*.xlsx"])
    assert matches("甲/工单.xlsx", ["甲/**/工单*.xlsx"])
    assert not matches("甲/2023/工单.xlsx", ["甲/*.xlsx"])


def test_a_files_own_name_is_without_folders_and_endings() -> None:
    assert [stem(name) for name in ("甲/工单.csv.gz", "a.b.XLSX", "工单")] == ["工单", "a.b", "工单"]
