"""The register in time: dated assignments, and which time is required of which asset."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from metrics.assets import Register, chosen, contract_bounds, read_register, required_segments
from metrics.frames import FAR_FUTURE, FAR_PAST
from metrics.indicators import Contract, Facts, Where
from tests.metrics.assets_world import CONTRACT, ZONE, at, facts_of

LATE = at("2030-01-01")


def register(facts: Facts) -> Register:
    return read_register(facts, ZONE)


def names(*asset_nos: str | None) -> pd.Series[Any]:
    return pd.Series(asset_nos, dtype="string[pyarrow]")


def required(facts: Facts, where: Where | None = None, contract: Contract = CONTRACT, as_of: int = LATE) -> list[Any]:
    """asset_no, first and last moment of each required segment."""
    known = register(facts)
    found = required_segments(known, where or Where(), contract, as_of).intervals
    return [
        (known.asset_no[owner], start, end)
        for owner, start, end in zip(*(column.tolist() for column in found), strict=True)
    ]


def site_at(facts: Facts, asset_no: str | None, moment: str) -> str | None:
    found: str | None = register(facts).attributes_at(names(asset_no), np.array([at(moment)]))["site"][0]
    return found


MOVED = facts_of(
    asset=[{"asset_no": "A", "site": "一楼", "vendor": "甲公司"}],
    asset_assignment=[
        {"asset_no": "A", "from_on": "2024-03-01", "until_on": "2024-05-01", "site": "二楼"},
        {"asset_no": "A", "from_on": "2024-04-01", "site": "三楼", "vendor": "乙公司"},
    ],
)


def test_before_any_assignment_the_register_says_where() -> None:
    assert site_at(MOVED, "A", "2024-02-29 23:59") == "一楼"


def test_an_assignment_holds_from_its_first_day() -> None:
    assert site_at(MOVED, "A", "2024-03-01 00:00") == "二楼"


def test_of_two_assignments_the_later_beginning_wins() -> None:
    assert site_at(MOVED, "A", "2024-04-15") == "三楼"


def test_an_open_assignment_goes_on() -> None:
    assert site_at(MOVED, "A", "2029-01-01") == "三楼"


def test_after_an_inner_assignment_the_outer_one_holds_again() -> None:
    outer = {"asset_no": "A", "from_on": "2024-01-01", "site": "外"}
    inner = {"asset_no": "A", "from_on": "2024-02-01", "until_on": "2024-03-01", "site": "内"}
    facts = facts_of(asset=[{"asset_no": "A"}], asset_assignment=[outer, inner])
    assert [site_at(facts, "A", f"2024-0{month}-01") for month in (1, 2, 3)] == ["外", "内", "外"]


def test_what_an_assignment_leaves_empty_is_the_registers() -> None:
    found = register(MOVED).attributes_at(names("A", "A"), np.array([at("2024-03-15"), at("2024-04-15")]))
    assert found["vendor"].tolist() == ["甲公司", "乙公司"]


def test_an_unknown_or_unnamed_asset_has_no_attributes() -> None:
    assert site_at(MOVED, "Z", "2024-04-15") is None
    assert site_at(MOVED, None, "2024-04-15") is None


def test_without_a_register_nothing_is_known() -> None:
    assert site_at(facts_of(), "A", "2024-04-15") is None


def test_an_assignment_of_an_unknown_asset_changes_nothing() -> None:
    facts = facts_of(asset=[{"asset_no": "A"}], asset_assignment=[{"asset_no": "Z", "from_on": "2024-01-01"}])
    assert len(register(facts).segments.assignment) == 1


def test_of_two_sources_the_row_stored_last_counts() -> None:
    rows = [{"asset_no": "A", "site": "旧"}, {"asset_no": "A", "site": "新", "source": "vendor_b"}]
    assert site_at(facts_of(asset=rows), "A", "2024-01-01") == "新"


def test_service_begins_on_its_first_day_and_ends_before_the_scrapping_day() -> None:
    row = {"asset_no": "A", "in_service_from": "2024-02-29", "in_service_until": "2024-03-02"}
    assert required(facts_of(asset=[row])) == [("A", at("2024-02-29"), at("2024-03-02"))]


def test_the_contract_cuts_with_its_last_day_included() -> None:
    contract = Contract("ops", date(2024, 3, 1), date(2024, 3, 31), ZONE)
    assert required(facts_of(asset=[{"asset_no": "A"}]), contract=contract) == [
        ("A", at("2024-03-01"), at("2024-04-01"))
    ]
    assert contract_bounds(contract) == (at("2024-03-01"), at("2024-04-01"))


def test_nothing_is_required_from_as_of_on() -> None:
    facts = facts_of(asset=[{"asset_no": "A"}])
    assert required(facts, as_of=at("2024-01-01 12:00")) == [("A", at("2024-01-01"), at("2024-01-01 12:00"))]
    assert required(facts, as_of=at("2023-01-01")) == []


def test_assets_of_another_project_are_not_ours_and_those_of_none_are() -> None:
    rows = [{"asset_no": "A", "project": "ops"}, {"asset_no": "B", "project": "other"}, {"asset_no": "C"}]
    assert [asset_no for asset_no, _, _ in required(facts_of(asset=rows))] == ["A", "C"]


def test_time_is_required_only_while_the_asset_is_where_the_filter_says() -> None:
    found = required(MOVED, Where(site=("二楼",)))
    assert found == [("A", at("2024-03-01"), at("2024-04-01"))]


def test_a_filter_may_end_in_a_star() -> None:
    rows = [{"asset_no": "SRV-1"}, {"asset_no": "SRV-2"}, {"asset_no": "PC-1"}]
    assert [row[0] for row in required(facts_of(asset=rows), Where(asset_no=("SRV-*",)))] == ["SRV-1", "SRV-2"]


def test_an_empty_value_passes_no_filter() -> None:
    values = np.array(["服务器", None, "路由器"], object)
    assert chosen(values, ("服*", "路由器")).tolist() == [True, False, True]
    assert chosen(values, ()).tolist() == [True, True, True]


def test_probing_lasts_as_the_register_says() -> None:
    rows: list[dict[str, Any]] = [
        {"asset_no": "A", "probed": True, "probed_from": "2024-02-01", "probed_until": "2024-03-01"},
        {"asset_no": "B", "probed": True},
        {"asset_no": "C"},
    ]
    probed = register(facts_of(asset=rows)).probed
    assert probed.start.tolist()[:2] == [at("2024-02-01"), FAR_PAST]
    assert probed.end.tolist() == [at("2024-03-01"), FAR_FUTURE, FAR_PAST]  # the last one is empty
