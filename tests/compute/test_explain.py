"""Every figure can be taken apart to the rows it came from."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collector.compute import Asked, compute
from collector.explain import Explanation, Question, explain
from collector.publish.explanation import print_explanation, write_csv
from metrics.errors import UsageError
from metrics.period import parse_period
from tests.compute.court import INDICATORS, Court, at, ticket

MARCH = parse_period("2023-03")
ARRIVAL = Question("arrival", MARCH)


def _explain(court: Court, question: Question = ARRIVAL, **more: Any) -> Explanation:
    return explain(court.settings, court.store, question, now=court.clock(), **more)


def _compute(court: Court, **more: Any) -> None:
    compute(court.settings, court.store, Asked((MARCH,)), now=court.clock(), **more)


def _shown(explained: Explanation, limit: int = 20) -> str:
    out = io.StringIO()
    print_explanation(Console(file=out, width=200, highlight=False, markup=False), explained, limit)
    return out.getvalue()


def test_the_arithmetic_has_the_real_numbers(court: Court) -> None:
    shown = _shown(_explain(court))
    assert "3,060 秒 ÷" in shown  # (20 + 31) min
    assert "= 1,530 秒 = 25.50分钟" in shown
    assert "目标：<1小时；结论：达标" in shown
    assert "远程处理 1" in shown


def test_every_record_names_its_file_sheet_row_and_hash(court: Court) -> None:
    rows = _explain(court).rows
    counted = rows[rows["role"] != "beside"]
    assert list(counted["natural_key"]) == ["T1", "T2"]
    assert list(counted["value"]) == ["1200", "1860"]
    assert set(counted["name"]) == {"三月.xlsx"}
    assert list(counted["row_no"]) == [2, 3]
    assert all(len(digest) == 32 for digest in counted["row_hash"])
    assert all(len(digest) == 64 for digest in counted["content_hash"])


def test_what_does_not_count_is_listed_beside(court: Court) -> None:
    rows = _explain(court).rows
    beside = rows[rows["role"] == "beside"]
    assert list(zip(beside["natural_key"], beside["note"], strict=True)) == [("T3", "远程处理，不计入")]


def test_one_vendor_can_be_asked_for(court: Court) -> None:
    explained = _explain(court, Question("arrival", MARCH, "vendor", "乙公司"))
    assert list(explained.rows["natural_key"]) == ["T2"]
    assert "平均到场时间（运维服务商：乙公司），2023-03" in _shown(explained)


def test_a_value_that_does_not_occur_is_answered_with_those_that_do(court: Court) -> None:
    with pytest.raises(UsageError, match="2023-03 的“平均到场时间”没有运维服务商“丙公司”；有：甲公司、乙公司"):
        _explain(court, Question("arrival", MARCH, "vendor", "丙公司"))


def test_the_stored_result_is_explained_with_what_was_known_then(court: Court) -> None:
    _compute(court)
    court.deliver("更正.xlsx", ticket=[ticket("T1", "03-01 09:00", "03-01 09:40")])
    explained = _explain(court)
    assert (explained.result.printed, explained.basis.sequence) == ("25.50分钟", 1)
    assert explained.remarks == (
        "此后数据或配置已有变化，同一截止时间现在为 35.50分钟；运行 yunwei compute 可更新结果",
    )
    assert list(explained.rows["name"].unique()) == ["三月.xlsx"]


def test_the_stored_result_is_explained_with_its_own_configuration(court: Court) -> None:
    _compute(court)
    court.configure(INDICATORS.replace("<1小时", "<10分钟"))
    explained = _explain(court)
    assert (explained.result.printed_target, explained.result.outcome) == ("<1小时", "met")
    assert explained.remarks == ()  # the number itself is the same


def test_a_newer_delivery_that_changes_nothing_is_no_difference(court: Court) -> None:
    _compute(court)
    court.deliver("四月.xlsx", ticket=[ticket("T9", "05-01 09:00", "05-01 09:40")])
    assert _explain(court).remarks == ()


def test_with_a_moment_of_its_own_nothing_stored_is_looked_for(court: Court) -> None:
    _compute(court)
    explained = _explain(court, as_of=at("03-02 00:00"))
    assert (explained.stored_run, explained.result.printed) == (None, "20.00分钟")
    assert "没有保存过，现在计算；截止时间 2023-03-02 00:00:00" in _shown(explained)


def test_availability_lists_its_spans_with_what_opened_and_ended_them(court: Court) -> None:
    explained = _explain(court, Question("uptime", parse_period("2023-04")))
    assert explained.spans is not None
    down = explained.spans[explained.spans["kind"] == "down"].iloc[0]
    assert (down["asset_no"], down["service_seconds"]) == ("A1", 3 * 86_400)
    assert (down["name"], down["row_no"]) == ("三月.xlsx", 5)
    shown = _shown(explained)
    assert "故障" in shown
    assert "2023-04-01 00:00:00" in shown


def test_the_time_that_was_lost_is_listed_before_the_time_that_was_required(court: Court) -> None:
    lines = _shown(_explain(court, Question("uptime", parse_period("2023-04")))).splitlines()
    kinds = [line.split()[1] for line in lines if line.startswith("A1 ")]
    assert kinds == ["故障", "应运行"]


def test_checks_are_cited_by_target_and_day_with_the_hash_of_their_file(court: Court, tmp_path: Path) -> None:
    """Every ten minutes from 00:00 of 5 March local = 16:00 UTC of the day before: 48 checks, then 96."""
    court.configure(INDICATORS.replace("down_from: [tickets]", "down_from: [checks]"))
    moments = [at("03-05 00:00") + 600 * number for number in range(144)]
    checks = [{"asset_no": "A1", "checked_at": moment, "state": "up"} for moment in moments]
    checks[10]["state"] = "down"
    court.deliver("拨测.csv", uptime_check=checks, asset=[{"asset_no": "A1", "vendor": "甲公司", "probed": True}])
    explained = _explain(court, Question("uptime", MARCH))
    assert explained.log is not None
    days = explained.log[["asset_no", "day", "check_count", "name"]].values.tolist()
    assert days == [["A1", "2023-03-04", 48, "拨测.csv"], ["A1", "2023-03-05", 96, "拨测.csv"]]
    assert "拨测日志：144 次检测，在 2 个日志文件中" in _shown(explained)
    write_csv(tmp_path / "e.csv", explained)
    text = (tmp_path / "e.csv").read_text(encoding="utf-8-sig")
    assert all(f"哈希 {digest}" in text for digest in explained.log["sha256"])


def test_checks_that_came_later_are_not_cited(court: Court) -> None:
    court.configure(INDICATORS.replace("down_from: [tickets]", "down_from: [checks, tickets]"))
    first = {"asset_no": "A1", "checked_at": at("03-05 00:00"), "state": "down"}
    second = {**first, "checked_at": at("03-05 00:05")}
    court.deliver(
        "一.csv", uptime_check=[first, second], asset=[{"asset_no": "A1", "vendor": "甲公司", "probed": True}]
    )
    _compute(court)
    court.deliver("二.csv", uptime_check=[{**first, "checked_at": at("03-05 00:10")}])
    explained = _explain(court, Question("uptime", MARCH))
    assert explained.log is not None
    assert list(explained.log["name"]) == ["一.csv"]


def test_an_indicator_without_records_says_why_and_lists_nothing(court: Court) -> None:
    explained = _explain(court, Question("inspections", MARCH))
    assert explained.result.notes == ("从未收到“巡检”数据，无法计算",)
    assert "依据的记录：0 条" in _shown(explained)


def test_only_so_many_records_are_shown(court: Court) -> None:
    shown = _shown(_explain(court), limit=1)
    assert "T2" not in shown
    assert "…其余 2 条没有列出" in shown


def test_the_csv_has_every_record_with_its_full_hashes(court: Court, tmp_path: Path) -> None:
    explained = _explain(court, Question("uptime", parse_period("2023-04")))
    write_csv(tmp_path / "e.csv", explained)
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert explained.spans is not None
    assert len(lines) == len(explained.rows) + len(explained.spans)
    down = next(line for line in lines if line["时段类型"] == "故障")
    assert (down["文件"], down["工作表"], down["行号"], down["服务秒数"]) == ("三月.xlsx", "一", "5", str(3 * 86_400))
    assert len(down["文件哈希"]) == 64
    assert "工单号=T4；" in down["记录内容"]


def test_an_indicator_of_two_projects_needs_its_project_named(court: Court) -> None:
    workspace = court.folder / "yunwei.yaml"
    text = workspace.read_text(encoding="utf-8")
    second = "  - {id: more, name: 二期, contract: {starts_on: 2023-01-01, ends_on: 2023-12-31}}\n"
    workspace.write_text(text + second, encoding="utf-8")
    court.configure(INDICATORS + "- {id: arrival, name: 到场, project: more, formula: mean_arrival}\n")
    with pytest.raises(UsageError, match="多个运维项目都有指标“arrival”，请用 --project 指明其一：ops、more"):
        _explain(court)
    assert _explain(court, Question("arrival", MARCH, project="more")).result.name == "到场"
