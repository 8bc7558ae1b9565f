"""Which figure changed, from what to what, because of which rows."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from collector.closing.again import again
from collector.closing.configuration_changes import configuration_changes
from collector.closing.differences import Change
from collector.publish.difference_sheet import write
from metrics.errors import UsageError
from tests.closing.world import Books
from tests.compute.court import INDICATORS, at, ticket

GOLDEN = Path(__file__).parent / "golden"
CORRECTED = ticket("T1", "03-01 09:00", "03-01 09:40")
NEW = ticket("T8", "03-10 09:00", "03-10 09:09")


def _of(books: Books, indicator: str, label: str = "2023-03") -> Change:
    changes = books.differences(label).changes
    return next(c for c in changes if c.row["indicator"] == indicator and c.row["dimension"] == "total")


def test_nothing_changed_is_an_empty_sheet(books: Books) -> None:
    books.close("2023-03")
    assert books.differences("2023-03").changes == ()


def test_a_superseded_and_a_new_row_are_named(books: Books) -> None:
    books.close("2023-03")
    books.deliver("更正.xlsx", ticket=[CORRECTED, NEW])
    change = _of(books, "arrival")
    assert (change.before or {})["printed"] == "25.50分钟"
    assert (change.after or {})["printed"] == "26.67分钟"  # (40 + 31 + 9) / 3
    told = [(cause.kind, cause.key, cause.used_before, cause.used_after, cause.place) for cause in change.rows]
    assert told == [
        (
            "更正",
            "T1",
            "分子、分母 1200（到场用时（秒））",
            "分子、分母 2400（到场用时（秒））",
            "更正.xlsx/一 第 2 行",
        ),
        ("新增", "T8", "", "分子、分母 540（到场用时（秒））", "更正.xlsx/一 第 3 行"),
    ]
    assert change.rows[0].before == "到场时间=2023-03-01 09:20:00"
    assert change.rows[0].after == "到场时间=2023-03-01 09:40:00"


def test_a_row_that_moved_out_of_the_period_is_told_apart_from_one_withdrawn(books: Books) -> None:
    books.close("2023-03")
    books.deliver("更正.xlsx", ticket=[ticket("T2", "05-02 09:00", "05-02 09:31", "乙公司")])
    (cause,) = _of(books, "arrival").rows
    assert (cause.kind, cause.key, cause.used_after) == ("更正后不再计入", "T2", "")


def test_a_changed_rule_is_named_by_its_key_and_moves_no_row(books: Books) -> None:
    books.close("2023-03")
    books.configure(INDICATORS.replace("<1小时", "<10分钟"))
    change = _of(books, "arrival")
    assert change.rows == ()
    assert change.others == ('配置 indicators.arrival.target："<1小时" → "<10分钟"',)
    assert set(change.columns) >= {"target", "outcome"}
    assert {one.row["indicator"] for one in books.differences("2023-03").changes} == {"arrival"}


def test_an_indicator_that_came_or_went_is_a_change(books: Books) -> None:
    books.close("2023-03")
    lines = INDICATORS.replace("id: inspections, name: 巡检次数", "id: rounds, name: 巡检")
    books.configure(lines)
    changes = {c.row["indicator"]: (c.before is None, c.after is None) for c in books.differences("2023-03").changes}
    assert changes == {"rounds": (True, False), "inspections": (False, True)}


def test_a_late_check_that_changes_time_already_judged_is_a_difference(books: Books) -> None:
    """Ten-minute checks of one hour were all good; a late one in their midst says the device was down."""
    books.configure(INDICATORS.replace("down_from: [tickets]", "down_from: [checks]"))
    good = [{"asset_no": "A1", "checked_at": at("03-05 00:00") + 600 * n, "state": "up"} for n in range(6)]
    books.deliver("拨测.csv", uptime_check=good, asset=[{"asset_no": "A1", "vendor": "甲公司", "probed": True}])
    books.compute("2023-03")
    books.close("2023-03")
    newer = [{"asset_no": "A1", "checked_at": at("04-05 00:00"), "state": "up"}]
    books.deliver("四月.csv", uptime_check=newer)
    assert books.differences("2023-03").changes == ()  # extends what is open, changes nothing judged
    late = [{"asset_no": "A1", "checked_at": at("03-05 00:25"), "state": "down"}]
    books.deliver("补拨测.csv", uptime_check=late)
    change = _of(books, "uptime")
    assert (change.after or {})["actual"] < (change.before or {})["actual"]
    assert {cause.record for cause in change.rows} == {"拨测"}
    assert "新增" in {cause.kind for cause in change.rows}


def test_two_revisions_are_compared_as_they_were_closed(books: Books) -> None:
    books.close("2023-03")
    books.deliver("更正.xlsx", ticket=[CORRECTED])
    books.compute("2023-03")
    books.close("2023-03", reason="更正")
    books.deliver("再更正.xlsx", ticket=[ticket("T1", "03-01 09:00", "03-01 10:00")])
    found = books.differences("2023-03", before_no=1, after_no=2)
    assert (found.before.name, found.after.name) == ("第 1 版", "第 2 版")
    change = next(c for c in found.changes if c.row["dimension"] == "total")
    assert (change.after or {})["printed"] == "35.50分钟"
    assert [cause.place for cause in change.rows] == ["更正.xlsx/一 第 2 行"]


def test_a_revision_that_is_not_there_is_answered_with_those_that_are(books: Books) -> None:
    with pytest.raises(UsageError, match="2023-03 还没有封过账"):
        books.differences("2023-03")
    books.close("2023-03")
    with pytest.raises(UsageError, match="没有第 2 版；有：第 1 版"):
        books.differences("2023-03", after_no=2)


def test_the_difference_sheet_reads_as_it_should(books: Books, tmp_path: Path) -> None:
    """Compared with ``golden/差异.txt``: every cell of every sheet, hashes of configurations left out."""
    books.close("2023-03", closed_by="李书记员")
    books.deliver("更正.xlsx", ticket=[CORRECTED, NEW])
    books.configure(INDICATORS.replace("≥95%", "≥99%"))
    books.compute("2023-03")
    books.close("2023-03", reason="甲公司补报")
    found = books.differences("2023-03", before_no=1, after_no=2)
    write(found, tmp_path / "一.xlsx", "信息化运维", ZoneInfo("Asia/Shanghai"))
    write(found, tmp_path / "二.xlsx", "信息化运维", ZoneInfo("Asia/Shanghai"))
    assert (tmp_path / "一.xlsx").read_bytes() == (tmp_path / "二.xlsx").read_bytes()
    text = _text(tmp_path / "一.xlsx")
    for revision in books.store.revisions():
        text = text.replace(revision.configuration_hash[:12], "（配置）").replace(revision.program_version, "（程序）")
    assert text == (GOLDEN / "差异.txt").read_text(encoding="utf-8")


def _text(path: Path) -> str:
    lines = []
    for sheet in load_workbook(path):
        lines.append(f"[{sheet.title}]")
        lines += [" | ".join("" if cell is None else str(cell) for cell in row) for row in sheet.values]
    return "\n".join(lines) + "\n"


def test_keys_are_named_by_what_they_belong_to() -> None:
    before = '{"calendar":{"x":1},"indicators":[{"id":"a","target":"1"},{"id":"b","where":{"kind":["x"]}}]}'
    after = '{"calendar":{"x":1},"indicators":[{"id":"b","where":{"kind":["y"]}},{"id":"c","target":"2"}]}'
    told = [(change.key, change.before, change.after) for change in configuration_changes(before, after)]
    assert told == [
        ("indicators.b.where.kind", '["x"]', '["y"]'),
        ("indicators.c.id", None, '"c"'),
        ("indicators.c.target", None, '"2"'),
        ("indicators.a.id", '"a"', None),
        ("indicators.a.target", '"1"', None),
    ]


def test_checks_that_come_late_for_the_end_of_a_closed_month_leave_its_revision_as_it_was(books: Books) -> None:
    """Checks until 20:00 of 31 March were known when it was closed; those of the rest of the day come afterwards."""
    books.configure(INDICATORS.replace("down_from: [tickets]", "down_from: [checks]"))
    first = [{"asset_no": "A1", "checked_at": at("03-31 00:00") + 600 * n, "state": "up"} for n in range(120)]
    books.deliver("拨测.csv", uptime_check=first, asset=[{"asset_no": "A1", "vendor": "甲公司", "probed": True}])
    books.compute("2023-03")
    (revision,) = books.close("2023-03")
    rest = [{"asset_no": "A1", "checked_at": at("03-31 20:00") + 600 * n, "state": "up"} for n in range(60)]
    books.deliver("补.csv", uptime_check=rest)
    assert again(books.settings, books.store, revision).holds
    change = _of(books, "uptime")
    assert (change.before or {})["coverage"] < (change.after or {})["coverage"]
