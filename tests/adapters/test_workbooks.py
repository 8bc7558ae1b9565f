"""xlsx and xls: typed cells, merged cells, hidden sheets, passwords, stray cells, damage."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest

from tests.adapters.conftest import Tickets
from tests.adapters.writing import xls_file, xlsx_file

HEADER = ("工单号", "标题", "报修时间")
DAY = "2023-03-05 09:00"


def patched(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, change(data) if name.endswith(part) else data)
    return file.getvalue()


def test_dates_numbers_and_texts_stand_in_one_column(tickets: Tickets) -> None:
    times = [datetime(2023, 3, 5, 9), date(2023, 3, 5), 44990.375, "44990.375", "2023年3月5日 9:00", "1677978000"]
    rows = [HEADER, *((f"T{at}", "", time) for at, time in enumerate(times))]
    read = tickets().read("a.xlsx", xlsx_file({"工单": rows}))
    local = [time for (time,) in read.rows("ticket", "reported_at")]
    assert local == [DAY, "2023-03-05 00:00", DAY, DAY, DAY, DAY]


def test_numbers_stay_the_text_they_are(tickets: Tickets) -> None:
    numbers = ["00123", 20230305000123, 123.0, "１２３", "'0045", '="007"']
    rows = [HEADER, *((number, 5.50, DAY) for number in numbers)]
    read = tickets().read("a.xlsx", xlsx_file({"工单": rows}, strings_to_formulas=False))
    assert [number for (number,) in read.rows("ticket", "ticket_no")] == [
        *("00123", "20230305000123", "123", "123", "0045", "007")
    ]
    assert read.rows("ticket", "title")[0] == ("5.5",)


@pytest.mark.parametrize("number", [2**53 + 2, 123456789012345678, "1.23457E+17"])
def test_a_number_that_lost_digits_is_rejected(tickets: Tickets, number: object) -> None:
    read = tickets().read("a.xlsx", xlsx_file({"工单": [HEADER, (number, "", DAY)]}))
    assert [row["code"] for row in read.rejections()] == ["lost_digits"]
    assert read.reasons()[0].endswith("是被 Excel 改写的长数字，已丢失位数，应把列设为“文本”格式后重新填写")


def uncalculated(rows: list[tuple[object, ...]]) -> bytes:
    """A workbook with formulas for the numbers in column C, which no program has calculated yet."""
    content = xlsx_file({"工单": rows})
    formula = rb'<c r="(C\d+)"[^>]*><v>4[0-9.]+</v></c>'
    return patched(content, "sheet1.xml", lambda part: re.sub(formula, rb'<c r="\1"><f>A1+B1</f><v></v></c>', part))


def test_a_formula_without_a_result_is_no_empty_cell(tickets: Tickets) -> None:
    rows: list[tuple[object, ...]] = [HEADER, ("T1", "", 44990.375), ("", "", 44990.375), ("T2", "", DAY)]
    read = tickets().read("a.xlsx", uncalculated(rows))
    assert read.reasons() == ["“报修时间”列的“#公式没有结果”是没有算出结果的公式，应在 Excel 中打开并保存后重新提交"]
    assert read.rows("ticket", "ticket_no") == [("T2",)]
    assert read.set_aside == {"header": 1, "blank": 1}  # formulas drawn down over empty rows are nothing


def test_a_formula_whose_result_is_the_empty_text_is_empty(tickets: Tickets) -> None:
    rows = [(*HEADER, "解决时间"), ("T1", "", DAY, 44990.375)]
    cell = rb'<c r="D2" t="str"><f>IF(1,"")</f><v></v></c>'
    content = patched(
        xlsx_file({"工单": rows}), "sheet1.xml", lambda part: re.sub(rb'<c r="D2"[^>]*><v>4[0-9.]+</v></c>', cell, part)
    )
    assert tickets().read("a.xlsx", content).rows("ticket", "ticket_no", "resolved_at") == [("T1", None)]


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!"])
def test_an_error_value_is_rejected_and_not_read_as_empty(tickets: Tickets, value: str) -> None:
    read = tickets().read("a.xlsx", xlsx_file({"工单": [HEADER, ("T1", value, DAY), ("T2", "", DAY)]}))
    assert read.rows("ticket", "ticket_no") == [("T2",)]
    assert read.reasons() == [f"“标题”列的“{value}”是 Excel 的错误值，应改正公式或填入数值"]


def test_error_values_of_old_workbooks_are_seen_too(tickets: Tickets) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("工单")
    for column, word in enumerate(HEADER):
        sheet.write(0, column, word)
    for column, text in ((0, "T1"), (2, DAY)):
        sheet.write(1, column, text)
    sheet.row(1).set_cell_error(1, "#DIV/0!")
    file = io.BytesIO()
    book.save(file)
    assert tickets().read("a.xls", file.getvalue()).reasons() == [
        "“标题”列的“#DIV/0!”是 Excel 的错误值，应改正公式或填入数值"
    ]


def test_day_numbers_count_from_1904_where_the_workbook_says_so(tickets: Tickets) -> None:
    rows = [HEADER, ("T1", "", datetime(2023, 3, 5, 9)), ("T2", "", 43528.375)]
    read = tickets().read("a.xlsx", xlsx_file({"工单": rows}, date_1904=True))
    assert read.rows("ticket", "reported_at") == [(DAY,), (DAY,)]


def test_rows_and_columns_are_those_of_the_sheet(tickets: Tickets) -> None:
    rows = [(), (), ("", "", *HEADER), ("", "", "T1", "", DAY), (), ("", "", "T2", "", DAY)]
    read = tickets().read("a.xlsx", xlsx_file({"工单": rows}))
    assert read.rows("ticket", "ticket_no", "row_no") == [("T1", 4), ("T2", 6)]
    assert dict(read.set_aside) == {"blank": 3, "header": 1}


def test_a_merged_cell_holds_for_every_row_of_it(tickets: Tickets) -> None:
    rows = [HEADER, ("T1", "停电", DAY), ("T2", "", DAY), ("T3", "", DAY), ("T4", "", DAY)]
    for content in (
        xlsx_file({"工单": rows}, {"工单": [(1, 1, 3, 1)]}),
        xls_file({"工单": rows}, {"工单": [(1, 1, 3, 1)]}),
    ):
        assert tickets().read("a", content).rows("ticket", "title") == [("停电",)] * 3 + [(None,)]


def test_a_merged_number_cannot_be_divided_among_its_rows(tickets: Tickets) -> None:
    table = """
  - record: support_event
    columns: {event_no: [保障单], kind: [类别], started_at: [开始], quantity: [次数]}"""
    rows = [("保障单", "类别", "开始", "次数"), ("B1", "庭审", DAY, 3), ("B2", "庭审", DAY, ""), ("B3", "庭审", DAY, 1)]
    read = tickets(table=table).read("a.xlsx", xlsx_file({"保障": rows}, {"保障": [(1, 3, 2, 3)]}))
    assert read.rows("support_event", "event_no", "quantity") == [("B3", 1)]
    assert read.reasons() == ["“次数”列的“3”在合并的单元格中，无法分到各行，应拆分后逐行填写"] * 2


def test_hidden_sheets_are_read_only_if_named(tickets: Tickets) -> None:
    sheets = {"工单": [HEADER, ("T1", "", DAY)], "旧表": [HEADER, ("T0", "", DAY)]}
    content = xlsx_file(sheets, hidden=["旧表"])
    assert tickets().read("a.xlsx", content).rows("ticket", "ticket_no") == [("T1",)]
    assert tickets(table="sheet: 旧表").read("a.xlsx", content).rows("ticket", "ticket_no") == [("T0",)]


def test_sheets_are_chosen_by_name_or_pattern(tickets: Tickets) -> None:
    content = xlsx_file({name: [HEADER, (name, "", DAY)] for name in ("1月工单", "2月工单", "作废")})
    assert tickets(table="sheet: '*工单'").read("a.xlsx", content).rows("ticket", "sheet") == [
        ("1月工单",),
        ("2月工单",),
    ]
    assert (
        tickets(table="sheet: 三月").refused("a.xlsx", content)
        == "没有名为“三月”的工作表，文件中有 1月工单、2月工单、作废"
    )


def test_a_password_is_said_plainly(tickets: Tickets) -> None:
    sentence = "工作簿有密码保护，请去除密码后重新提交"
    old = xls_file({"工单": [HEADER]})
    name = "Workbook".encode("utf-16-le")
    assert (
        tickets().refused("a.xlsx", old.replace(name, "EncryptedPackage".encode("utf-16-le")[: len(name)])) != sentence
    )
    at = old.index(name) - 0
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + (34).to_bytes(2, "little")
    assert tickets().refused("a.xlsx", old[:at] + entry + old[at + 66 :]) == sentence
    locked = old.replace(b"\x42\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\x01\x00", 1)
    assert tickets().refused("a.xls", locked) == sentence


@pytest.mark.parametrize(
    "reference", [b'r="XFD1048576"', b"r='XFD900000'", b'r = "ZZ1000000"', b'r="A99999999"', b'r="AAAAA90000"']
)
def test_one_stray_cell_does_not_take_all_memory(tickets: Tickets, reference: bytes) -> None:
    content = xlsx_file({"工单": [HEADER, ("T1", "", DAY), ("T2", "", DAY)]})
    far = patched(content, "sheet1.xml", lambda xml: xml.replace(b'r="C3"', reference))
    assert re.fullmatch(
        r"工作表的范围达到 \d+ 行 × \d+ 列，超过可读取的大小，请删除远处的多余单元格", tickets().refused("a.xlsx", far)
    )


def test_a_column_beyond_z_is_nothing_unusual(tickets: Tickets) -> None:
    rows = [(*HEADER, *(f"附{at}" for at in range(40))), ("T1", "", DAY, *range(40))]
    assert tickets().read("a.xlsx", xlsx_file({"工单": rows})).rows("ticket", "ticket_no") == [("T1",)]


def test_a_number_too_large_for_its_date_format_is_named(tickets: Tickets) -> None:
    content = xlsx_file({"工单": [HEADER, ("T1", "", datetime(2023, 3, 5))]})
    broken = patched(content, "sheet1.xml", lambda xml: xml.replace(b"<v>44990</v>", b"<v>-1e300</v>"))
    assert tickets().refused("a.xlsx", broken) == (
        "工作表“工单”：第 2 行附近有设为日期格式的单元格，数值却大得不是日期，请改为文本格式"
    )


def test_a_truncated_workbook_is_refused(tickets: Tickets) -> None:
    content = xlsx_file({"工单": [HEADER]})
    assert tickets().refused("a.xlsx", content[: len(content) // 2]) == "压缩包或工作簿不完整，可能没有传完或已损坏"
    old = xls_file({"工单": [HEADER]})
    assert tickets().refused("a.xls", old[: len(old) // 2]) == "不是完整的 xls 工作簿，文件可能没有传完或已损坏"


def test_a_chain_of_sectors_that_bites_its_tail_is_refused(tickets: Tickets) -> None:
    old = bytearray(xls_file({"工单": [HEADER]}))
    table = 512 * (1 + int.from_bytes(old[76:80], "little"))
    old[table + 4 : table + 8] = (0).to_bytes(4, "little")  # the second sector is followed by the first
    assert tickets().refused("a.xls", bytes(old)) == "不是完整的 xls 工作簿，文件可能没有传完或已损坏"


def test_workbooks_of_other_kinds_are_told_apart(tickets: Tickets) -> None:
    content = xlsx_file({"工单": [HEADER]})
    binary = patched(content, "nothing", bytes)
    file = io.BytesIO(binary)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/workbook.bin", b"")
    assert tickets().refused("a.xlsb", file.getvalue()) == "是 xlsb 工作簿，请在 Excel 中另存为 xlsx 后重新提交"
