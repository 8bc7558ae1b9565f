"""A small court for its papers: seven months of 2023 with every kind of thing that a paper shows.

Every instant is local. By month there are one arrival late in March, an outage over the end of March, a person short
in June, and inspections that grow by ten.
"""

from __future__ import annotations

from typing import Any

from tests.compute.court import Court, at, ticket

INDICATORS = """
- {id: arrival, name: 平均到场时间, project: ops, formula: mean_arrival, target: <1小时, measure_unit: minutes,
   breakdowns: [vendor], weight: "20"}
- {id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥95%", weight: "30",
   params: {window: 7x24, down_from: [tickets]}, where: {asset_class: [服务器]}}
- {id: line, name: 专线可用率, project: ops, formula: availability, target: "≥99%",
   params: {window: 7x24, down_from: [checks]}, where: {asset_class: [专线]}}
- {id: timely, name: 及时解决率, project: ops, formula: timely_rate, target: "≥90%", breakdowns: [vendor],
   params: {limits: {"*": 24小时}}}
- {id: inspections, name: 巡检次数, project: ops, formula: count, params: {record: inspection}, target: ≥1200次,
   weight: "30"}
- {id: support, name: 庭审保障, project: ops, formula: count, params: {record: support_event}}
- {id: staff, name: 驻场人数, project: ops, formula: roster, params: {contract: {驻场: 2}}, target: 2人,
   target_period: year, measure_unit: persons, weight: "10"}
- {id: paid, name: 预算执行率, project: ops, formula: budget_execution, target: "≥95%", weight: "10"}
- {id: survey, name: 满意度, project: ops, formula: satisfaction, params: {satisfied: [满意]}, target: "≥90%"}
- {id: score, name: 等保得分, project: ops, formula: measurement, params: {kind: 等保}, measure_unit: points,
   target: 达标}
"""
MONTHS = range(1, 8)


def court_with_papers(court: Court) -> Court:
    """Deliver everything to a court whose clock stands at 2023-08-01 17:00."""
    court.configure(INDICATORS)
    court.deliver(
        "七个月.xlsx",
        asset=[
            {"asset_no": "A1", "name": "=服务器一", "asset_class": "服务器", "vendor": "甲公司"},
            {"asset_no": "A2", "name": "服务器二", "asset_class": "服务器", "vendor": "乙公司"},
            {"asset_no": "L1", "name": "专线", "asset_class": "专线", "vendor": "乙公司", "probed": True},
        ],
        ticket=_tickets(),
        inspection=[
            {
                "inspection_no": f"X{month}",
                "kind": "服务器",
                "inspected_at": at(f"{month:02d}-10 10:00"),
                "quantity": number,
            }
            for month, number in zip(MONTHS, range(100, 170, 10), strict=True)
        ],
        support_event=[
            {"event_no": f"S{month}", "kind": "庭审", "started_at": at(f"{month:02d}-11 09:00"), "quantity": month}
            for month in MONTHS
        ],
        roster_entry=[
            {"entry_no": "R1", "kind": "驻场", "name": "张工", "from_on": "2023-01-01", "vendor": "甲公司"},
            {
                "entry_no": "R2",
                "kind": "驻场",
                "name": "李工",
                "from_on": "2023-01-01",
                "until_on": "2023-06-14",
                "vendor": "甲公司",
            },
            {"entry_no": "R3", "kind": "驻场", "name": "+王工", "from_on": "2023-06-21", "vendor": "甲公司"},
        ],
        budget_line=[
            {"line_no": "B1", "booked_on": "2023-01-05", "kind": "budget", "amount": "1560000"},
            {"line_no": "B2", "booked_on": "2023-06-30", "kind": "paid", "amount": "702000"},
        ],
        uptime_check=[
            {"asset_no": "L1", "checked_at": at("07-01 00:00") + 300 * number, "state": "up"} for number in range(576)
        ],
    )
    return court


def _tickets() -> list[dict[str, Any]]:
    """Two a month that arrive after 20 and 40 minutes and are resolved in 4 hours; March has a late one."""
    found = []
    for month in MONTHS:
        for number, (vendor, minutes) in enumerate((("甲公司", 20), ("乙公司", 40)), 1):
            day = f"{month:02d}-{number + 1:02d}"
            more = {"resolved_at": at(f"{day} 13:00"), "channel": "on_site"}
            found.append(ticket(f"T{month}-{number}", f"{day} 09:00", f"{day} 09:{minutes}", vendor, **more))
    found.append(
        ticket("T3-9", "03-20 09:00", "03-20 12:00", "乙公司", resolved_at=at("03-22 09:00"), channel="on_site")
    )
    outage = {"asset_no": "A1", "asset_unusable": True, "resolved_at": at("04-03 00:00"), "channel": "remote"}
    found.append(ticket("T3-10", "03-30 00:00", None, "甲公司", **outage))
    return found
