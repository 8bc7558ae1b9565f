"""Against a real Prometheus: it scrapes the pages, holds what the store holds, and draws the whole dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.serve import Server
from tests.conftest import Clock
from tests.serve.prometheus import Prometheus, prometheus
from tests.serve.test_deploy import PROMETHEUS, expressions
from tests.serve.world import NOW, ServedCourt

pytestmark = pytest.mark.live
_VARIABLES = {"$project": ".*", "$indicator": ".*", "$window": "month", "$__rate_interval": "10s"}


@pytest.fixture(scope="module")
def scraping(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that scrapes the small court once a second and applies our rules, after two scrapes."""
    host = server.address.removeprefix("http://")
    config = f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{PROMETHEUS}/rules/yunwei.yml]
scrape_configs: [{{job_name: yunwei, static_configs: [{{targets: ["{host}"]}}]}}]
"""
    with prometheus(tmp_path_factory.mktemp("prometheus"), config) as running:
        running.until("count_over_time(up[1m])", lambda count: count is not None and count >= 3)
        yield running


def test_it_is_scraped_without_complaint(scraping: Prometheus) -> None:
    assert scraping.value('up{job="yunwei"}') == 1
    assert (scraping.value('scrape_samples_scraped{job="yunwei"}') or 0) > 200


@pytest.mark.parametrize(("title", "expression"), list(expressions()))
def test_every_panel_has_data(scraping: Prometheus, title: str, expression: str) -> None:
    for name, value in _VARIABLES.items():
        expression = expression.replace(name, value)
    assert "$" not in expression
    assert scraping.ask(expression), title


def test_its_ratios_are_those_of_the_store(scraping: Prometheus, built: Path) -> None:
    """Bit for bit: every stored availability of a current period, also of the parts."""
    court = ServedCourt(built, Clock(NOW))
    stored = court.store.results(dimension="total").to_dict("records")
    court.store.close()
    kinds = {"2023-05": "month", "2023Q2": "quarter", "2023": "year"}
    compared = 0
    for row in stored:
        window = kinds.get(row["period"])
        if window is None or row["indicator"] not in ("uptime", "device_days"):
            continue
        labels = f'project="ops",indicator="{row["indicator"]}",window="{window}"'
        assert scraping.value(f'yunwei_group_uptime_ratio{{group="project",{labels}}}') == row["actual_value"]
        assert (
            scraping.value(f'yunwei_group_uptime_coverage_ratio{{group="project",{labels}}}') == row["coverage_value"]
        )
        compared += 1
    assert compared == 6


def test_its_figures_are_those_of_the_store(scraping: Prometheus, built: Path) -> None:
    court = ServedCourt(built, Clock(NOW))
    stored = court.store.results(period="2023-05", dimension="total").to_dict("records")
    court.store.close()
    shown = {
        (found["metric"]["indicator"], float(found["value"][1]))
        for found in scraping.ask('yunwei_indicator_value{period="month"}')
    }
    assert shown == {(row["indicator"], row["actual_value"]) for row in stored if row["actual"] is not None}
    assert len(shown) == 4


def test_our_alerts_are_loaded_and_fire(scraping: Prometheus) -> None:
    """MAIL is down: pending for its five minutes. The page stands in 2023: stale, pending as well."""
    for name in ("YunweiTargetDown", "YunweiStale"):
        found = scraping.until(f'count(ALERTS{{alertname="{name}"}})', lambda count: count is not None)
        assert found == 1
