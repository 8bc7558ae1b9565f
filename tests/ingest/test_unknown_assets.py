"""Rows that name an asset the register does not have: refused, kept whole, tried again when it has."""

from __future__ import annotations

import json

from tests.ingest.workspace import ASSETS, CHECK_HEADER, Workspace, accounting, ticket


def test_a_reference_is_stored_as_the_registers_number(court: Workspace) -> None:
    court.register(("A1", "门户网站", "官网；门户"))
    court.tickets("工单.csv", ticket("T1", asset="官网"), ticket("T2", asset="门户网站"), ticket("T3", asset="A1"))
    court.ingest()
    assert court.current()["asset_no"].tolist() == ["A1", "A1", "A1"]


def test_an_unknown_asset_is_refused_with_its_whole_row(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单.csv", ticket("T1", asset="A1"), ticket("T2", title="漏水", asset="电梯"))
    report = court.ingest()
    assert accounting(report)[1] == ("工单.csv", 3, 1, 0, 0, 1, 1)
    refused = court.store.rejections().iloc[0]
    assert (refused["row_no"], refused["header"], refused["field"], refused["value"]) == (3, "设备", "asset_no", "电梯")
    assert refused["reason"] == "设备“电梯”不在设备台账中，应为台账里的设备编号、名称或别名；补进台账后会自动重试"
    assert json.loads(refused["raw"])["标题"] == "漏水"
    assert refused["key"] == "T2"


def test_it_is_accepted_once_the_register_has_it_citing_its_file_and_row(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    file = court.tickets("工单.csv", ticket("T1", asset="A1"), ticket("T2", asset="电梯"))
    delivered = court.ingest().deliveries[1]
    file.unlink()
    court.register(("A1", "门户网站", ""), ("A2", "电梯", ""))
    report = court.ingest()
    assert [(d.name, d.kind, d.read, d.accepted) for d in report.deliveries] == [
        ("台账.csv", "file", 3, 1),
        ("工单.csv", "retry", 1, 1),
    ]
    assert court.open_rejections() == []
    late = court.current().to_dict("records")[1]
    assert (late["ticket_no"], late["asset_no"]) == ("T2", "A2")
    lineage = court.store.lineage("ticket", [late["row_id"]]).iloc[0]
    assert (lineage["name"], lineage["row_no"]) == ("工单.csv", 3)
    assert lineage["content_hash"] == delivered.content_hash


def test_nothing_is_tried_while_the_register_still_does_not_have_it(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单.csv", ticket("T1", asset="电梯"))
    court.ingest()
    court.register(("A1", "门户网站", ""), ("A2", "空调", ""))
    assert [delivery.name for delivery in court.ingest().deliveries] == ["台账.csv"]
    assert court.open_rejections() == [("工单.csv", 2, "unknown_asset")]


def test_an_ambiguous_name_is_refused_until_it_means_one_asset(court: Workspace) -> None:
    court.register(("A1", "打印机", ""), ("A2", "打印机", ""))
    court.tickets("工单.csv", ticket("T1", asset="打印机"))
    court.ingest()
    assert court.store.rejections()["reason"].tolist() == ["设备“打印机”在设备台账中对应 2 台（A1、A2），应写设备编号"]
    court.register(("A1", "打印机", ""), ("A2", "扫描仪", ""))
    court.ingest()
    assert court.current()["asset_no"].tolist() == ["A1"]


def test_a_newer_row_is_not_overwritten_by_an_older_one_tried_again(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单1.csv", ticket("T1", title="旧", asset="电梯"))
    court.ingest()
    court.tickets("工单2.csv", ticket("T1", title="新", asset="A1"))
    court.ingest()
    assert court.open_rejections() == []
    court.register(("A1", "门户网站", ""), ("A2", "电梯", ""))
    court.ingest()
    assert court.titles() == {"T1": "新"}


def test_a_register_and_its_tickets_may_share_a_workbook_in_any_order(court: Workspace) -> None:
    both = ASSETS.replace("台账*.csv", "合订*.csv").replace("id: assets", "id: both")
    tickets = "  - record: ticket\n    columns: {ticket_no: [工单号], reported_at: [报修], asset_no: [设备编号]}\n"
    tickets += "    require: [ticket_no]\n"
    court.source("both", both + "    require: [name]\n" + tickets)
    header = ("设备编号", "名称", "别名", "工单号", "报修")
    court.deliver("合订.csv", header, ("A2", "", "", "T1", "2023-03-01"), ("A2", "电梯", "", "", ""))
    court.register(("A1", "门户网站", ""))
    court.ingest()
    assert court.open_rejections() == []
    assert court.current()["asset_no"].tolist() == ["A2"]


def test_checks_of_an_unknown_target_wait_as_well(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.deliver(
        "拨测.csv",
        CHECK_HEADER,
        ("门户网站", "2023-03-01 09:00", "正常"),
        ("电梯", "2023-03-01 09:00", "异常"),
    )
    assert accounting(court.ingest())[1] == ("拨测.csv", 3, 1, 0, 0, 1, 1)
    court.register(("A1", "门户网站", ""), ("A2", "电梯", ""))
    court.ingest()
    states = court.store.facts().states
    assert states[["asset_no", "state"]].to_numpy().tolist() == [["A1", "up"], ["A2", "down"]]
