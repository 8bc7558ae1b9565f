"""Files damaged at random: no traceback, and every delivery's rows add up in the store."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from tests.ingest.workspace import REGISTER_HEADER, TICKET_HEADER, TICKETS, Workspace, csv_text, ticket

ROWS = [ticket(f"T{number}", title=f"第{number}台", asset="A1" if number % 3 else "电梯") for number in range(12)]
ROWS += [("", "", "", "", ""), ("合计", "12", "", "", "")]

Mutation = Callable[[random.Random, bytes], bytes]


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def repeat(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    end = start + chance.randint(1, 200)
    return data[:end] + data[start:end] + data[end:]


def cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, 60) :]


def encode(chance: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8").encode(chance.choice(["gb18030", "utf-16", "utf-16-be", "utf-8-sig", "utf-32"]))


def rename(chance: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8")
    column = chance.choice(TICKET_HEADER)
    return text.replace(column, chance.choice(["", "工单号", "备注", column * 2, "合计"]), 1).encode()


def confuse(chance: random.Random, data: bytes) -> bytes:
    cells = [
        "",
        "\x00",
        "9" * 400,
        "=1+1",
        '"',
        "2023-02-30",
        "-1",
        "昨天",
        "１２",
        "T1",
        "\u2028",
        "合计",
        ",,,",
        "\n",
    ]
    rows = [list(row) for row in ROWS]
    for _ in range(chance.randint(1, 8)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(cells)
    return csv_text(TICKET_HEADER, rows).encode()


TEXT_MUTATIONS: list[Mutation] = [flip, truncate, repeat, cut, encode, rename, confuse]
BINARY_MUTATIONS: list[Mutation] = [flip, truncate, repeat, cut]


def workbook() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("工单")
        for number, row in enumerate([TICKET_HEADER, *ROWS]):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def inside(chance: random.Random, data: bytes) -> bytes:
    """Damage the sheet inside a workbook whose wrapping stays whole."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, chance.choice(BINARY_MUTATIONS)(chance, content) if "sheet1" in name else content)
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_every_row_is_accounted_for(court: Workspace, seed: int) -> None:
    chance = random.Random(seed)
    court.source("tickets", TICKETS.replace("工单*.xlsx", "*.xlsx"))
    court.deliver("台账.csv", REGISTER_HEADER, ("A1", "门户网站", ""))
    whole_csv, whole_xlsx = csv_text(TICKET_HEADER, ROWS).encode(), workbook()
    for number in range(90):
        text = chance.choice(TEXT_MUTATIONS)(chance, whole_csv)
        (court.inbox / f"工单{number}.csv").write_bytes(text)
    for number in range(30):
        damage = chance.choice([*BINARY_MUTATIONS, inside, inside])
        (court.inbox / f"{number}.xlsx").write_bytes(damage(chance, whole_xlsx))
    report = court.ingest()
    stored = court.store.deliveries()
    assert len(stored) == len(report.deliveries) == 121 - report.known
    counts = ["accepted", "unchanged", "superseding", "rejected", "set_aside"]
    assert (stored[counts].sum(axis=1) == stored["read"]).all()
    assert stored["rejected"].sum() == len(court.store.rejections(open_only=False))
    assert all(delivery.refused for delivery in report.deliveries if delivery.read == 0)
