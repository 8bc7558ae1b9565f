"""What the papers show beside the results, by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.compute.court import Court, at
from tests.reporting.conftest import dossier_of


def test_outages_are_cut_at_the_period_and_name_what_opened_and_ended_them(reported: Court) -> None:
    """A1 is down from 03-30 00:00 to 04-03 00:00: two days in March, two in April."""
    [march] = dossier_of(reported, "2023-03").outages
    [april] = dossier_of(reported, "2023-04").outages
    assert (march.asset_no, march.asset, march.indicator) == ("A1", "=服务器一", "正常运行率")
    assert (march.start_at, march.end_at, march.service_seconds) == (at("03-30 00:00"), at("04-01 00:00"), 172_800)
    assert (april.start_at, april.service_seconds) == (at("04-01 00:00"), 172_800)
    assert "T3-10" in march.opened_by
    assert march.ended_by.startswith("期末仍在持续")
    assert april.opened_by.startswith("此前已开始")


def test_spreads_are_by_vendor_with_the_contracts_own_rule_where_it_has_one(reported: Court) -> None:
    """March arrivals: 20 min; 40 and 180 min, so 110 on average, p90 40 + 0.9 × 140 = 166 min."""
    found = {(one.measure, one.vendor): one for one in dossier_of(reported, "2023-03").spreads}
    other = found["平均到场时间", "乙公司"]
    assert other.own
    assert other.number == 2
    assert [other.mean, other.p90, other.longest] == [110 * 60, 166 * 60, 180 * 60]
    assert found["平均到场时间", "甲公司"].mean == 20 * 60
    assert found["平均到场时间", ""].number == 3
    assert not found["平均解决时间", ""].own
    assert ("平均响应时间", "") not in found  # neither asked for nor known


def test_staff_is_held_against_the_contract_day_by_day(reported: Court) -> None:
    june = dossier_of(reported, "2023-06")
    total = june.presences[0]
    assert [total.least, total.contract] == [1, 2]
    assert (total.kind, total.shortfall_days) == ("", "6")
    assert [(one.name, one.until_on) for one in june.entries] == [("张工", ""), ("李工", "2023-06-14"), ("+王工", "")]


def test_the_year_so_far_is_counted_not_added_up(reported: Court) -> None:
    """Arrivals of the year to March: 3 × 20 + 3 × 40 + 180 minutes over 7."""
    so_far = dossier_of(reported, "2023-03").so_far
    assert so_far["arrival"].figure.actual == Fraction(360 * 60, 7)
    assert so_far["inspections"].printed == "330次"
    assert dossier_of(reported, "2023H1").so_far == {}


def test_nothing_is_foretold_before_june(reported: Court) -> None:
    assert dossier_of(reported, "2023-05").forecasts == []
    assert dossier_of(reported, "2023H1").forecasts == []


def test_the_forecast_of_june_by_hand(reported: Court) -> None:
    """Inspections 100 + … + 150 = 750 of 1200, so 450 in six months. Paid 702,000 of 1,482,000. One person short.

    Uptime: two servers, 184 days to come are 8832 h, 181 days so far 8688 h of which 96 h were lost; 5% of 17,520 h
    are 876 h, so 780 h may still be lost and (8832 − 780) / 8832 = 91.168…% are needed.
    """
    words = {one.name: one.words for one in dossier_of(reported, "2023-06").forecasts}
    assert words["巡检次数"] == "还需 450次，平均每月 75.0次。"
    assert words["预算执行率"] == "还需 780,000元，平均每月 130,000.00元，余额 858,000元。"
    assert words["驻场人数"] == "全年已不可能达标：目前为 1人，不能再升到目标。"
    assert words["正常运行率"] == (
        "其余应运行 8,832.00 小时，正常运行率应在 91.17%以上，即累计停用不超过 780.00 小时。"
    )
    assert "满意度" not in words  # nothing was counted yet


def test_evidence_is_bounded_and_begins_with_what_decides(reported: Court) -> None:
    dossier = dossier_of(reported, "2023-03", shown_rows=1)
    results = {one["indicator"]: one for one in dossier.history if one["period"] == "2023-03"}
    arrival, timely = dossier.evidence(results["arrival"]), dossier.evidence(results["timely"])
    assert (arrival.number, len(arrival.rows)) == (4, 1)  # three arrivals, one remote beside
    assert (arrival.rows[0]["natural_key"], arrival.rows[0]["value"]) == ("T3-9", "10800")
    assert (arrival.rows[0]["name"], arrival.rows[0]["sheet"]) == ("七个月.xlsx", "一")
    assert timely.rows[0]["role"] == "denominator"  # what was late comes before what was in time
    assert timely.worst[0][0] == "工单 T3-10"


def test_the_worst_assets_are_those_that_were_down_longest(reported: Court) -> None:
    dossier = dossier_of(reported, "2023-03")
    uptime = next(one for one in dossier.history if (one["indicator"], one["period"]) == ("uptime", "2023-03"))
    assert dossier.evidence(uptime).worst == [("设备 A1", "停用 48.00 小时")]


@pytest.mark.parametrize(("label", "months"), [("2023-03", 3), ("2023H1", 6), ("2023", 12)])
def test_trends_run_over_the_year_so_far_or_the_period(reported: Court, label: str, months: int) -> None:
    assert len(dossier_of(reported, label).months) == months
