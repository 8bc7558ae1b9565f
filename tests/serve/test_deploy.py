"""Ready-made files for Prometheus, Alertmanager and Grafana: valid, tested by their own tools, told in the guide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.publish.metrics_families import FAMILIES
from tests.serve.prometheus import run_tool

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "config" / "deploy" / "prometheus"
GUIDE = (ROOT / "docs" / "prometheus.md").read_text(encoding="utf-8")
GOLDEN = (Path(__file__).parent / "golden" / "metrics.txt").read_text(encoding="utf-8")


@cache
def rules() -> list[dict[str, Any]]:
    read = yaml.safe_load((PROMETHEUS / "rules" / "yunwei.yml").read_text(encoding="utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


@cache
def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "config/deploy/grafana/yunwei.json").read_text(encoding="utf-8"))
    return loaded


def expressions() -> Iterator[tuple[str, str]]:
    """Panel's title and expression, of every target of the dashboard."""
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def metrics_in(expression: str) -> set[str]:
    return set(re.findall(r"(?<!:)\byunwei_\w+(?!\w*:)", re.sub(r"\w+:yunwei_\w+:\w+", "", expression)))


@pytest.mark.live
@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-blackbox.yml"])
def test_promtool_accepts_the_configuration(name: str) -> None:
    assert "SUCCESS" in run_tool("promtool", "check", "config", name, cwd=PROMETHEUS)


@pytest.mark.live
def test_promtool_accepts_the_rules() -> None:
    said = run_tool("promtool", "check", "rules", "--lint=all", "--lint-fatal", "rules/yunwei.yml", cwd=PROMETHEUS)
    assert f"{len(rules())} rules found" in said


@pytest.mark.live
@pytest.mark.parametrize("path", sorted((PROMETHEUS / "tests").glob("*.yml")), ids=lambda path: path.stem)
def test_the_rules_do_what_their_tests_say(path: Path) -> None:
    assert "SUCCESS" in run_tool("promtool", "test", "rules", path.name, cwd=path.parent)


@pytest.mark.live
def test_alertmanager_accepts_its_configuration() -> None:
    assert "SUCCESS" in run_tool("amtool", "check-config", "alertmanager.yml", cwd=PROMETHEUS)


def test_every_alert_is_tested_both_ways() -> None:
    """Firing somewhere, and silent somewhere, so that neither always nor never passes."""
    cases = [
        case
        for path in (PROMETHEUS / "tests").glob("*.yml")
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
        for case in test["alert_rule_test"]
    ]
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == alerts
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == alerts


def test_rules_and_panels_ask_for_metrics_that_exist() -> None:
    asked = {name for rule in rules() for name in metrics_in(rule["expr"])}
    shown = {name for _, expression in expressions() for name in metrics_in(expression)}
    assert asked
    assert (asked | shown) - set(FAMILIES) == set()


def test_the_dashboard_shows_every_metric() -> None:
    shown = {name for _, expression in expressions() for name in metrics_in(expression)}
    by_alerts_alone = {"yunwei_series_left_out", "yunwei_source_silence_limit_seconds"}
    assert set(FAMILIES) - shown - by_alerts_alone == {
        "yunwei_indicator_coverage_ratio",  # the live coverage stands there
        "yunwei_indicator_as_of_timestamp_seconds",
        "yunwei_source_last_success_timestamp_seconds",  # its age does
    }


def test_recorded_names_are_what_alerts_use() -> None:
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    used = {name for rule in rules() for name in re.findall(r"\w+:yunwei_\w+:\w+", rule["expr"])}
    assert used <= recorded


def test_every_alert_says_in_chinese_what_it_is_and_what_follows() -> None:
    for rule in rules():
        if "alert" in rule:
            assert rule["labels"]["severity"] in ("critical", "warning", "info")
            for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
                assert re.search(r"[\u4e00-\u9fff]", text)


def test_panels_do_not_overlap_and_have_their_own_numbers() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def _tables(text: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines() if line[:1] == "|"]


def test_the_guide_tells_every_series_with_its_labels() -> None:
    told = {row[0].strip("`"): row[1] for row in _tables(GUIDE) if row[0].startswith("`yunwei_")}
    assert told == {name: "、".join(family.labels) for name, family in FAMILIES.items()}


def test_the_guide_tells_every_label() -> None:
    told = {name for row in _tables(GUIDE) if len(row) == 2 for name in re.findall(r"`(\w+)`", row[0])}
    everywhere = {label for family in FAMILIES.values() for label in family.labels}
    own = {"version", "formula", "target", "adapter", "vendor", "metric"}  # of one series each, or named as they are
    assert everywhere - own <= told
    assert told - everywhere == set()


def test_the_guide_tells_every_alert() -> None:
    told = {row[0].strip("`") for row in _tables(GUIDE) if row[0].startswith("`Yunwei")}
    assert told == {rule["alert"] for rule in rules() if "alert" in rule}


def test_every_series_is_in_the_golden_and_the_other_way_round() -> None:
    shown = set(re.findall(r"^# TYPE (\w+) ", GOLDEN, flags=re.M))
    assert shown == set(FAMILIES) - {"yunwei_series_left_out"}


def test_every_file_the_guide_names_exists() -> None:
    named = set(re.findall(r"config/deploy/[\w./-]+\w", GUIDE))
    assert len(named) >= 7
    assert {name for name in named if not (ROOT / name).exists()} == set()
