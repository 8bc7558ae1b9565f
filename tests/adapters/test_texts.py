"""Text files: encodings, delimiters, quotes, rows of uneven length."""

from __future__ import annotations

import pytest

from adapters import textfiles
from tests.adapters.conftest import Tickets
from tests.adapters.writing import csv_file

ROWS = (("工单号", "标题", "报修时间"), ("T1", "无法开机", "2023-03-05 09:00"))
EXPECTED = "（应有 “工单号”、“标题”、“报修时间”、“到场时间” 等列）"
TEXT = "工单号,标题,报修时间\r\nT1,无法开机,2023-03-05 09:00\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tickets: Tickets, encoding: str, delimiter: str) -> None:
    read = tickets().read("a.csv", csv_file(ROWS, encoding, delimiter))
    assert read.rows("ticket", "ticket_no", "title", "reported_at") == [("T1", "无法开机", "2023-03-05 09:00")]


def test_a_declared_encoding_is_not_left(tickets: Tickets) -> None:
    reader = tickets(source="encoding: utf-8")
    assert reader.refused("a.csv", TEXT.encode("gb18030")) == "不是 UTF-8 编码，而配置中写明了 encoding: utf-8"


def test_bytes_of_no_encoding_are_refused(tickets: Tickets) -> None:
    broken = TEXT.encode("gb18030") + b"\xff\xff\n"
    assert (
        tickets().refused("a.csv", broken)
        == "既不是 UTF-8、UTF-16，也不是 GB18030 编码的文本，文件可能已损坏或不是表格"
    )


def test_a_damaged_file_with_a_mark_is_not_taken_for_gb18030(tickets: Tickets) -> None:
    broken = TEXT.encode("utf-8-sig").replace("机".encode(), b"\xe6\x9c")
    assert tickets().refused("a.csv", broken) == "不是完整的 UTF-8 编码，文件可能已损坏"


def test_half_a_character_at_the_end_of_utf16_is_refused(tickets: Tickets) -> None:
    assert tickets().refused("a.csv", TEXT.encode("utf-16")[:-1]) == "不是完整的 UTF-16 编码，文件可能已损坏"


def test_the_line_in_which_excel_names_the_delimiter_is_a_note(tickets: Tickets) -> None:
    read = tickets().read("a.csv", ("sep=;\r\n" + TEXT.replace(",", ";")).encode())
    assert read.rows("ticket", "ticket_no", "row_no") == [("T1", 3)]


def test_quotes_hold_delimiters_quotes_and_line_breaks(tickets: Tickets) -> None:
    text = '工单号,标题,报修时间\nT1,"一,""二""\n三",2023-03-05\nT2,四,2023-03-06\n'
    read = tickets().read("a.csv", text.encode())
    assert read.rows("ticket", "title", "row_no") == [('一,"二"\n三', 2), ("四", 3)]


def test_a_quote_that_never_closes_is_refused(tickets: Tickets) -> None:
    text = TEXT + 'T2,"显示器,2023-03-05 10:00\r\nT3,键盘,2023-03-05 11:00\r\n'
    assert tickets().refused("a.csv", text.encode()) == "第 3 行附近有引号没有闭合，其后的内容无法分列"


def test_an_inch_sign_inside_a_cell_is_no_quote(tickets: Tickets) -> None:
    read = tickets().read("a.csv", TEXT.replace("无法开机", '24"显示器').encode())
    assert read.rows("ticket", "title") == [('24"显示器',)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_one_not_at_all(tickets: Tickets, ending: str) -> None:
    read = tickets().read("a.csv", TEXT.replace("\r\n", ending).removesuffix(ending).encode())
    assert read.rows("ticket", "ticket_no") == [("T1",)]


def test_rows_of_another_length_are_rejected_whole(tickets: Tickets) -> None:
    text = TEXT + "T2,少一列\r\nT3,多一列,2023-03-05,x\r\n,,\r\nT4,空的不算,2023-03-05,,\r\n"
    read = tickets().read("a.csv", text.encode())
    assert [ticket_no for (ticket_no,) in read.rows("ticket", "ticket_no")] == ["T1", "T4"]
    assert read.reasons() == ["本行的列数与表头的 3 列不一致，可能缺了分隔符或引号"] * 2
    assert [(row["row_no"], row["code"], row["key"]) for row in read.rejections()] == [
        (3, "ragged", "T2"),
        (4, "ragged", "T3"),
    ]
    assert read.rejections()[1]["raw"] == '{"工单号": "T3", "标题": "多一列", "报修时间": "2023-03-05", "第4列": "x"}'
    assert dict(read.set_aside) == {"header": 1, "blank": 1}


def test_rows_keep_their_numbers_across_blocks(tickets: Tickets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfiles, "_BLOCK_BYTES", 300)
    lines = [f"T{n},,2023-03-05" if n % 7 else f"T{n},少一列" for n in range(2, 200)]
    read = tickets().read("a.csv", "\n".join(["工单号,标题,报修时间", *lines]).encode())
    assert len(read.batches) > 5
    assert all(ticket_no == f"T{row_no}" for ticket_no, row_no in read.rows("ticket", "ticket_no", "row_no"))
    assert [row["key"] for row in read.rejections()] == [f"T{n}" for n in range(7, 200, 7)]


def test_zero_bytes_are_a_rejection_and_never_stored(tickets: Tickets) -> None:
    read = tickets().read("a.csv", TEXT.replace("无法开机", "无法\x00开机").encode() + b"T\x002,,2023-03-05\n")
    assert read.rows("ticket", "ticket_no") == []
    assert read.reasons()[0] == "“标题”列的“无法␀开机”含有空字符，文件可能已损坏"
    assert "\x00" not in str(read.rejections())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"\xef\xbb\xbf\n", f"前 30 行中没有认出表头{EXPECTED}，可能不是这个来源的文件"),
        (b"<html><table><tr><td>", "是网页（HTML），不是工作簿，请在 Excel 中打开后另存为 xlsx"),
        (b"%PDF-1.7", "是 PDF 文档，不是表格"),
        (b"Rar!\x1a\x07", "是 rar 压缩包，请改用 zip 重新压缩"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_sentence(tickets: Tickets, content: bytes, sentence: str) -> None:
    assert tickets().refused("工单.xls", content) == sentence


def test_a_header_without_rows_is_an_empty_delivery(tickets: Tickets) -> None:
    read = tickets().read("a.csv", "工单号,标题,报修时间\n".encode())
    assert (read.read, dict(read.set_aside), read.rows("ticket", "ticket_no")) == (1, {"header": 1}, [])


def test_a_file_without_header_takes_its_names_from_the_mapping(tickets: Tickets) -> None:
    reader = tickets(table="header: {names: [工单号, 报修时间]}")
    read = reader.read("a.csv", b"T1,2023-03-05\nT2,2023-03-06\n")
    assert read.rows("ticket", "ticket_no", "row_no") == [("T1", 1), ("T2", 2)]
