"""References to assets: number, else unique name, else unique alias."""

from __future__ import annotations

import pandas as pd
import pytest

from collector.ingest.register import AssetRegister
from metrics.records import ASSET, SURVEY, TICKET, frame_of

REGISTER = AssetRegister(
    [
        ("A1", "门户网站", "官网；门户"),
        ("A2", "打印机", "立案庭打印机"),
        ("A3", "打印机", "速录室打印机;门户"),
        ("A4", "A1", None),
    ]
)


def tickets(*references: str | None) -> pd.DataFrame:
    return frame_of(TICKET, [{"ticket_no": f"T{i}", "asset_no": name} for i, name in enumerate(references)])


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("A1", "A1"),  # a number goes before the name of another asset
        ("门户网站", "A1"),
        ("官网", "A1"),
        ("速录室打印机", "A3"),
        ("打印机", None),  # two of them
        ("门户", None),  # alias of two
        ("a1", None),
        ("电梯", None),
    ],
)
def test_a_reference_finds_one_asset_or_none(reference: str, number: str | None) -> None:
    assert REGISTER.find(reference) == number


def test_a_frame_gets_the_registers_numbers() -> None:
    resolved = REGISTER.resolve(TICKET, tickets("官网", "A2", None, "官网"))
    assert resolved.frame["asset_no"].tolist() == ["A1", "A2", pd.NA, "A1"]
    assert resolved.frame["asset_no"].dtype == "string[pyarrow]"
    assert resolved.unknown.tolist() == []


def test_what_no_asset_answers_to_is_named_and_left_as_it_was() -> None:
    resolved = REGISTER.resolve(TICKET, tickets("官网", "电梯", "打印机", "电梯"))
    assert resolved.unknown.tolist() == [1, 2, 3]
    assert resolved.frame["asset_no"].tolist() == ["A1", "电梯", "打印机", "电梯"]
    assert resolved.reasons == [
        "设备“电梯”不在设备台账中，应为台账里的设备编号、名称或别名；补进台账后会自动重试",
        "设备“打印机”在设备台账中对应 2 台（A2、A3），应写设备编号",
        "设备“电梯”不在设备台账中，应为台账里的设备编号、名称或别名；补进台账后会自动重试",
    ]


def test_an_index_other_than_0_1_2_is_kept() -> None:
    frame = tickets("电梯", "官网", "A2").set_axis([7, 7, 9])
    resolved = REGISTER.resolve(TICKET, frame)
    assert resolved.frame["asset_no"].to_list() == ["电梯", "A1", "A2"]
    assert resolved.frame.index.to_list() == [7, 7, 9]


def test_without_a_register_every_reference_is_taken_as_it_is() -> None:
    resolved = AssetRegister([]).resolve(TICKET, tickets("电梯"))
    assert (resolved.unknown.tolist(), resolved.frame["asset_no"].tolist()) == ([], ["电梯"])


def test_records_that_name_no_asset_pass() -> None:
    survey = frame_of(SURVEY, [{"survey_no": "S1", "answered_on": "2023-03-01"}])
    assert REGISTER.resolve(SURVEY, survey).frame is survey


def test_assets_delivered_now_count_at_once() -> None:
    assets = frame_of(ASSET, [{"asset_no": "A5", "name": "电梯"}, {"asset_no": "A3", "name": "扫描仪"}])
    extended = REGISTER.extended(assets)
    assert extended.find("电梯") == "A5"
    assert extended.find("打印机") == "A2"  # A3 is no printer any more
    assert len(extended) == 5
