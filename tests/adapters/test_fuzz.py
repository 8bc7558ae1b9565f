"""2,000 files damaged at random: batches whose rows add up, or one sentence; nothing else, ever."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.base import REJECTION_COLUMNS, SET_ASIDE, Batch
from metrics.errors import InputError
from metrics.records import RECORDS
from tests.adapters.reading import Reader
from tests.adapters.writing import csv_file, gz_file, xls_file, xlsx_file, zip_file

MAPPING = """
skew_tolerance: 5分钟
tables:
  - record: ticket
    columns:
      ticket_no: [工单号]
      title: [标题]
      channel: [方式]
      asset_no: [设备]
      reported_at: [报修时间]
      arrived_at: [到场时间]
      asset_unusable: [停用]
    derived: {resolved_at: {after: reported_at, duration: [用时], unit: 分钟}}
  - record: hold
    columns: {ticket_no: [工单号], hold_from: [挂起], hold_to: [恢复], side: [责任]}
    require: [hold_from]
  - record: support_event
    columns: {kind: [保障项目]}
    cross: {rows: kind, columns: month, value: quantity, at: started_at}
  - record: inspection
    columns: {inspected_at: [巡检时间], kind: [巡检项目], quantity: [次数]}
    derived_key: [inspected_at, kind]
"""
HEADER = ["序号", "工单号", "标题", "方式", "设备", "报修时间", "到场时间", "用时", "停用", "挂起", "恢复", "责任"]
TICKETS: list[list[Any]] = [
    ["2023年工单"],
    HEADER,
    *(
        [n, f"T{n:04d}", "无法开机", "现场", "A1", datetime(2023, 3, n, 9), "2023/3/9 9:30", "90", "是", "", "", ""]
        for n in range(1, 9)
    ),
    [9, 20230305000123, "", "远程", "", "3月5日", "", "1小时", "否", "2023-03-05 01:00", "2023-03-05 02:00", "法院"],
    ["合计", "9"],
    ["注：以上为北京时间。"],
]
CROSS: list[list[Any]] = [
    ["保障项目", "2023年1月", "2023年2月", "合计"],
    ["庭审", 5, 6, 11],
    ["远程", "1,200次", "-", 1200],
    ["合计", 1205, 6, 1211],
]
INSPECTIONS: list[list[Any]] = [
    ["巡检时间", "巡检项目", "次数"],
    [date(2023, 3, 1), "机房", 1],
    [45000.25, "机房", "2"],
    ["1678000000", "服务器", ""],
]
CELLS: list[Any] = [
    *("", " ", "\x00", "'", '"', '""', "=1+1", '="007"', "#N/A", "#REF!", "########", "-", "无", "\u2028", "\ufeff"),
    *("2023-02-30", "2023-13-01", "1899-12-31", "2200-01-01", "03/04/2023", "24:00", "2023-03-05 24:00", "３月５日"),
    *("2023年3月5日 下午2:05", "1678000000", "1678000000000", "45000.5", "99999", "2023-03-05T10:00:00+25:00"),
    *("1小时", "-5", "1e400", "1.2E+17", "NaN", "inf", "9" * 400, "１２３", "½", "一百", "٣", "²", "1.5h", "PT1H"),
    *("合计", "小计", "注：", "工单号", "真", "😀" * 50, "x" * 70_000, ",", ";", "\t", "\n", "\r\n", "a\nb", "\\"),
    *(True, 0, -1, 2**60, 1e-300, 1e300, 123456789012345678, 0.1, datetime(1901, 1, 1), datetime(2999, 1, 1)),
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5", "latin-1", "utf-32"]

Rows = list[list[Any]]


def tables(chance: random.Random) -> dict[str, Rows]:
    """One to three of the tables, each row a list of its own."""
    chosen = chance.sample([("工单", TICKETS), ("保障", CROSS), ("巡检", INSPECTIONS)], chance.choice([1, 1, 2, 3]))
    return {name: [list(row) for row in rows] for name, rows in chosen}


def replace_cells(chance: random.Random, rows: Rows) -> None:
    for _ in range(chance.randint(1, 12)):
        row = chance.choice(rows)
        if row:
            row[chance.randrange(len(row))] = chance.choice(CELLS)


def rename_column(chance: random.Random, rows: Rows) -> None:
    row = chance.choice(rows[:2])
    row[chance.randrange(len(row))] = chance.choice(
        [*HEADER, "备注", "", "报修 时间", "用时（小时）", "工单号（必填）"]
    )


def drop_column(chance: random.Random, rows: Rows) -> None:
    column = chance.randrange(12)
    for row in rows:
        del row[column : column + 1]


def shuffle_columns(chance: random.Random, rows: Rows) -> None:
    width = max(map(len, rows))
    order = chance.sample(range(width), width)
    for row in rows:
        row[:] = [row[at] if at < len(row) else "" for at in order]


def shuffle_rows(chance: random.Random, rows: Rows) -> None:
    chance.shuffle(rows)


def repeat_rows(chance: random.Random, rows: Rows) -> None:
    at = chance.randrange(len(rows))
    rows[at:at] = [list(row) for row in rows[: chance.randint(1, 4)]]


def make_ragged(chance: random.Random, rows: Rows) -> None:
    for row in chance.sample(rows, min(3, len(rows))):
        row[:] = row[: chance.randrange(len(row) + 1)] if chance.random() < 0.5 else [*row, "多", ""]


ROW_MUTATIONS: list[Callable[[random.Random, Rows], None]] = [
    *(replace_cells, replace_cells, replace_cells, rename_column, drop_column),
    *(shuffle_columns, shuffle_rows, repeat_rows, make_ragged),
]


def as_csv(chance: random.Random, rows: Rows) -> bytes:
    text = csv_file(rows, "utf-8", chance.choice([",", ",", ";", "\t", "|"])).decode()
    return text.encode(chance.choice(ENCODINGS), "replace")


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, 80) :]


def truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def double(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[max(0, start - 100) :]


BYTE_MUTATIONS: list[Callable[[random.Random, bytes], bytes]] = [flip, flip, cut, truncate, double]


def damage(chance: random.Random, data: bytes) -> bytes:
    return chance.choice(BYTE_MUTATIONS)(chance, data) if data else data


def damage_inside(chance: random.Random, data: bytes) -> bytes:
    """Damage one part of a zip (or workbook) whose wrapping stays whole."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        hit = chance.choice([name for name in before.namelist() if not name.endswith("theme1.xml")])
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, damage(chance, content) if name == hit else content)
    return file.getvalue()


def mutated(chance: random.Random) -> tuple[str, bytes]:
    """A file name and its damaged content."""
    sheets = tables(chance)
    for rows in sheets.values():
        for _ in range(chance.choice([0, 1, 1, 2])):
            if any(rows):
                chance.choice(ROW_MUTATIONS)(chance, rows)
    kind = chance.choice(["csv", "csv", "csv", "csv.gz", "xlsx", "xlsx", "xls", "zip"])
    first = next(iter(sheets.values()))
    if kind == "xlsx":
        content = xlsx_file(sheets)
    elif kind == "xls":
        content = xls_file(_for_xls(sheets))
    elif kind == "zip":
        content = zip_file({"甲/工单.csv": as_csv(chance, first), "表.xlsx": xlsx_file(sheets)})
    else:
        content = as_csv(chance, first)
        content = damage(chance, content) if chance.random() < 0.4 else content
        content = gz_file(content) if kind == "csv.gz" else content
    if kind in ("xlsx", "zip") and chance.random() < 0.5:
        content = damage_inside(chance, content)
    if kind != "csv" and chance.random() < 0.25:
        content = damage(chance, content)
    return f"文件.{kind}", content


def _for_xls(sheets: dict[str, Rows]) -> dict[str, Rows]:
    """xlwt refuses what an xls cannot hold."""
    return {name: [[cell if _fits(cell) else "长" for cell in row] for row in rows] for name, rows in sheets.items()}


def _fits(cell: Any) -> bool:
    return not (isinstance(cell, str) and len(cell) > 30_000) and cell != datetime(1901, 1, 1)


def check(batch: Batch) -> None:
    """One batch keeps every promise of ``adapters.base``."""
    record = RECORDS[batch.record]
    assert batch.read == len(batch.frame) + len(batch.rejections) + batch.set_aside.total()
    assert set(batch.set_aside) <= set(SET_ASIDE)
    assert list(batch.frame.columns) == [*record.names, "sheet", "row_no", "flags"]
    assert {name: str(batch.frame[name].dtype) for name in record.names} == _dtypes(record.dtypes)
    assert tuple(batch.rejections.columns) == REJECTION_COLUMNS
    assert not batch.frame[[c.name for c in record.columns if c.required]].isna().any().any()
    assert batch.rejections["reason"].notna().all()
    for raw in batch.rejections["raw"]:
        assert isinstance(json.loads(raw), dict)
    texts = [*batch.rejections["value"].dropna(), *batch.frame[record.key[0]].dropna().astype(str)]
    assert not any("\x00" in text for text in texts)


def _dtypes(declared: dict[str, str]) -> dict[str, str]:
    return {name: "string" if dtype == "string[pyarrow]" else dtype for name, dtype in declared.items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_delivered_there_are_batches_or_a_sentence(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    reader = Reader(tmp_path, MAPPING)
    outcomes: Counter[str] = Counter()
    for _ in range(100):
        name, content = mutated(chance)
        batches: list[Batch] = []
        try:
            batches = reader.batches(name, content)
            outcomes["read"] += 1
        except InputError as error:
            outcomes["refused"] += 1
            outcomes["in several lines"] += len(str(error).splitlines()) > 1
        for batch in batches:
            check(batch)
            again = reader.again(batch.rejections.assign(sheet=batch.rejections["sheet"].fillna("")), name)
            assert again.read == len(batch.rejections)
    assert outcomes["read"] >= 30
    assert outcomes["refused"] >= 5
    assert not outcomes["in several lines"]
