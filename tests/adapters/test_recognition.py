"""How much of a header must be known: small tables are read, chance likenesses are not."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.errors import PassingError
from tests.adapters.reading import Reader
from tests.adapters.writing import Rows, csv_file, xlsx_file

#: As the profiles have it: far more fields than any one court's register has columns.
REGISTER = """
tables:
  - record: asset
    columns:
      asset_no: [设备编号, 资产编号]
      name: [设备名称]
      aliases: [别名]
      asset_class: [设备类别]
      site: [位置]
      vendor: [服务商]
      in_service_from: [启用日期]
      in_service_until: [报废日期]
      probed: [是否拨测]
"""
TICKETS = """
tables:
  - record: ticket
    columns:
      ticket_no: [工单号]
      title: [标题]
      asset_no: [设备]
      site: [位置]
      priority: [优先级]
      engineer: [工程师]
      reported_at: [报修时间]
      arrived_at: [到场时间]
      resolved_at: [解决时间]
"""
DAY = "2023-03-05 09:00"


def test_a_register_of_three_columns_is_read(tmp_path: Path) -> None:
    rows = [
        ("2026年台账",),
        ("序号", "设备编号", "设备名称", "类型"),
        (1, "SB-1", "服务器", "硬件"),
        (2, "SB-2", "", ""),
    ]
    read = Reader(tmp_path, REGISTER).read("台账.xlsx", xlsx_file({"Sheet1": rows}))
    assert read.rows("asset", "asset_no", "name") == [("SB-1", "服务器"), ("SB-2", None)]


def test_a_list_of_nothing_but_the_needed_columns_is_read(tmp_path: Path) -> None:
    read = Reader(tmp_path, TICKETS).read("工单.csv", csv_file([("工单号", "报修时间"), ("T1", DAY)]))
    assert read.rows("ticket", "ticket_no", "reported_at") == [("T1", DAY)]


def test_two_known_words_among_many_unknown_ones_are_doubted(tmp_path: Path) -> None:
    header = ("工单号", "报修时间", "物料", "单价", "数量")
    refused = Reader(tmp_path, TICKETS).refused("领料.xlsx", xlsx_file({"领料": [header, ("T1", DAY, "网线", 3, 2)]}))
    assert refused == (
        "工作表“领料”：第 1 行只认出 “工单号”、“报修时间”，还有 3 列不认识，可能不是这个来源的文件；"
        "若是，请在配置的 columns 中补上其余各列的叫法"
    )


def test_one_known_word_is_none(tmp_path: Path) -> None:
    refused = Reader(tmp_path, TICKETS).refused("a.csv", csv_file([("报修时间", "摘要"), (DAY, "x")]))
    assert refused.startswith("前 30 行中没有认出表头")


def test_marks_in_a_header_do_not_matter(tmp_path: Path) -> None:
    read = Reader(tmp_path, TICKETS).read("a.csv", csv_file([("* 工 单 号：", "报修时间？"), ("T1", DAY)]))
    assert read.rows("ticket", "ticket_no", "reported_at") == [("T1", DAY)]


def test_sheets_that_are_not_read_are_counted_and_named(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "1月": [("工单号", "报修时间"), ("T1", DAY)],
        "2月": [("流水号", "报修日期时间"), ("T2", DAY), (), ("T3", DAY)],
        "旧": [("工单号", "报修时间"), ("T0", DAY)],
        "空": [],
    }
    reader, content = Reader(tmp_path, TICKETS), xlsx_file(sheets, hidden=["旧"])
    read = reader.read("a.xlsx", content)
    assert read.rows("ticket", "ticket_no") == [("T1",)]
    assert (read.read, read.set_aside) == (7, {"header": 1, "other_sheet": 3 + 2})
    unread = {look.sheet: look.unread for look in reader.preview("a.xlsx", content) if look.unread}
    assert unread == {"2月": "没有认出表头", "旧": "是隐藏的工作表"}


def test_a_sheet_that_the_mapping_does_not_name_says_so(tmp_path: Path) -> None:
    mapping = TICKETS.replace("record: ticket", 'record: ticket\n    sheet: "工单*"')
    rows = [("工单号", "报修时间"), ("T1", DAY)]
    looks = Reader(tmp_path, mapping).preview("a.xlsx", xlsx_file({"工单": rows, "旧单": rows}))
    assert [(look.sheet, look.unread) for look in looks] == [("工单", ""), ("旧单", "名称不在配置的 sheet 之中")]


def test_a_look_tells_which_rows_would_be_refused(tmp_path: Path) -> None:
    content = csv_file([("工单号", "报修时间"), ("T1", "昨天"), ("T2", DAY)])
    (look,) = Reader(tmp_path, TICKETS).preview("a.csv", content)
    assert look.refused == ("第 2 行：“报修时间”列的“昨天”不是可识别的时间，应为如 2023-03-05 14:05",)


def test_tables_side_by_side_are_refused_in_words(tmp_path: Path) -> None:
    content = csv_file([("工单号", "报修时间", "", "工单号", "报修时间"), ("T1", DAY, "", "T2", DAY)])
    refused = Reader(tmp_path, TICKETS).refused("a.csv", content)
    assert refused == "有 2 列的表头都是“工单号”，分不清哪一列是工单号，请只留一列或改写其他列的表头"


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "~$工单.xlsx", ".DS_Store", "__MACOSX/工单.xlsx"])
def test_what_systems_leave_in_folders_is_no_delivery(tmp_path: Path, name: str) -> None:
    reader = Reader(tmp_path, TICKETS)
    reader.blob(name, b"\xd0\xcf\x11\xe0")
    assert list(reader.adapter.discover(reader.config, reader.context)) == []


def test_a_drop_folder_that_is_gone_is_not_an_empty_one(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "共享盘", TICKETS)
    with pytest.raises(PassingError, match=r"文件夹“.*共享盘”不存在，请新建、接好共享盘"):
        list(reader.adapter.discover(reader.config, reader.context))


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path, TICKETS)
    reader.blob("甲公司/工单.csv", b"")
    listed = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if path.endswith("甲公司"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PassingError, match=r"文件夹“.*甲公司”打不开（没有权限）"):
        list(reader.adapter.discover(reader.config, reader.context))
