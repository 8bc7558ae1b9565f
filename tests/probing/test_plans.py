"""From configured sources to plans."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from adapters.probes.config import ProbeConfig
from collector.probing.plans import plans_of
from collector.settings import ContractSettings, Organization, Project, ServiceWindowSettings, Settings, SourceSettings

MONDAY_NINE = 1_790_557_200  # 2026-09-28T01:00:00Z, 09:00 in China


def settings(**config: Any) -> Settings:
    given = {"targets": [{"asset_no": "OA", "probe": "tcp", "host": "h", "port": 1}], **config}
    contract = ContractSettings(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    return Settings(
        workspace=Path("/court"),
        organization=Organization(id="court", name="法院"),
        projects=(Project(id="ops", name="运维", contract=contract),),
        service_windows={"5x8": ServiceWindowSettings(days="mon-fri", hours=("08:30-12:00",), follows_workdays=True)},
        sources=(
            SourceSettings(
                id="dial", name="拨测", adapter="probe", config=ProbeConfig.model_validate_json(json.dumps(given))
            ),
        ),
    )


def test_a_target_takes_the_rhythm_of_its_source_unless_it_has_its_own() -> None:
    own = {"asset_no": "B", "probe": "icmp", "host": "h", "interval": "30秒", "timeout": "5秒"}
    (plan,) = plans_of(settings(interval="2分钟", targets=[{**own, "asset_no": "A", "interval": None}, own]))
    assert [(t.interval, t.timeout, t.staleness) for t in plan.targets] == [(120, 5, 360), (30, 5, 90)]
    assert plan.targets[0].folder == Path("/court")


def test_the_link_has_the_shortest_interval_named_and_a_short_timeout() -> None:
    links = [{"probe": "tcp", "host": "a", "port": 53, "interval": "20秒"}, {"probe": "icmp", "host": "b"}]
    (plan,) = plans_of(settings(connectivity=links))
    assert [(link.asset_no, link.interval, link.timeout) for link in plan.links] == [("", 20, 5), ("", 20, 5)]


def test_a_schedule_opens_and_closes() -> None:
    (plan,) = plans_of(settings(schedule="5x8"))
    open_at = plan.targets[0].open_at
    assert open_at is not None
    assert [open_at(MONDAY_NINE + hours * 3600) for hours in (-1, 0, 2, 3)] == [False, True, True, False]


def test_another_list_of_targets_is_no_other_mapping_of_past_hours() -> None:
    one, other = settings(), settings(interval="5分钟")
    assert one.source_hash(one.sources[0]) == other.source_hash(other.sources[0])
    assert one.hash != other.hash


def test_a_snapshot_gives_the_same_plans() -> None:
    target = {"asset_no": "A", "probe": "http", "url": "https://h/", "status": [200, "3xx"], "json_values": {"a": 1}}
    made = settings(targets=[target])
    assert plans_of(Settings.from_snapshot(made.snapshot(), Path("/court"))) == plans_of(made)
