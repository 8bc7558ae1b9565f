"""Nagios 4, the real one: its archived logs read by us and by its own report, to the second."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from collector.preview import look
from tests.adapters.disturbed import replies_held
from tests.monitors import october
from tests.monitors.court import MonitoredCourt, monitored_court
from tests.monitors.nagios_server import Nagios, day_logs, nagios_server
from tests.servers import needed

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("nagios")]

DAY = 86_400


def october_lines() -> dict[int, list[str]]:
    """Outages and the maintenance, beside soft states, flapping and what else a log holds."""
    lines: dict[int, list[str]] = {}
    for down, up in october.OUTAGES:
        lines[down] = ["SERVICE ALERT: oa;web;CRITICAL;SOFT;1;x", "SERVICE ALERT: oa;web;CRITICAL;HARD;3;连不上"]
        lines[up] = ["SERVICE ALERT: oa;web;OK;HARD;3;又好了"]
    start, end = october.MAINTENANCE
    lines[start] = ["SERVICE DOWNTIME ALERT: oa;web;STARTED; Service has entered a period of scheduled downtime"]
    lines[end] = ["SERVICE DOWNTIME ALERT: oa;web;STOPPED; Service has exited from a period of scheduled downtime"]
    soft = october.at("10-15 09:00")
    lines[soft] = ["SERVICE ALERT: oa;web;CRITICAL;SOFT;1;x", "SERVICE FLAPPING ALERT: oa;web;STARTED; x"]
    lines[soft + 60] = ["SERVICE ALERT: oa;web;OK;SOFT;2;x", "EXTERNAL COMMAND: ADD_HOST_COMMENT;oa;1;a;b"]
    return lines


def logs(lines: dict[int, list[str]]) -> dict[str, str]:
    return day_logs(lines, october.FIRST - 2 * DAY, october.LAST + 2 * DAY)


@pytest.fixture(scope="module")
def nagios() -> Iterator[Nagios]:
    needed("nagios4")
    with nagios_server(logs(october_lines())) as server:
        yield server


@pytest.fixture
def court(tmp_path: Path) -> Iterator[MonitoredCourt]:
    with monitored_court(tmp_path) as court:
        court.register(("WEB-01", "OA 网站", ""), ("oa", "OA 主机", ""))
        court.indicator("checks")
        configure(court, "logs")
        (court.folder / "logs").mkdir()
        yield court


def configure(court: MonitoredCourt, folder: str, more: str = "") -> None:
    court.source(
        "nagios",
        f"{{id: nagios, name: Nagios, adapter: nagios, folder: '{folder}', assets: {{'oa;web': WEB-01}},\n"
        f" downtime: approved{more}}}",
    )


def lay(court: MonitoredCourt, files: dict[str, str]) -> None:
    for name, content in files.items():
        (court.folder / "logs" / name).write_text(content, encoding="utf-8")


def test_october_is_nagios_own_figure(court: MonitoredCourt, nagios: Nagios) -> None:
    own = nagios.availability(october.FIRST, october.LAST)
    assert (own["time_ok"], own["time_critical"]) == (october.UP_SECONDS, 6_000)
    assert own["scheduled_time_ok"] + own["scheduled_time_critical"] == 7_200
    configure(court, str(nagios.archives))
    report = court.load()
    assert (report.failures, report.rejected) == ([], 0)
    assert court.ratio("WEB-01") == Fraction(own["time_ok"], own["time_ok"] + own["time_critical"])
    assert court.ratio("oa") == 1


def test_names_sort_by_month_but_logs_are_read_in_time(court: MonitoredCourt) -> None:
    """A maintenance over New Year: the log of January has the name that sorts first."""
    new_year = 1_767_225_600  # 2026-01-01T00:00:00Z
    lines = {
        new_year - 600: ["SERVICE DOWNTIME ALERT: oa;web;STARTED; x"],
        new_year + 600: ["SERVICE DOWNTIME ALERT: oa;web;STOPPED; x"],
    }
    files = day_logs(lines, new_year - DAY, new_year)
    assert sorted(files) == ["nagios-01-01-2026-00.log", "nagios-01-02-2026-00.log"]
    lay(court, day_logs(lines, new_year - 2 * DAY, new_year))
    court.load()
    excluded = court.current("exclusion").iloc[0]
    assert (excluded["started_at"], excluded["ended_at"]) == (new_year - 600, new_year + 600)


def test_later_loads_read_what_is_new_and_carry_what_runs(court: MonitoredCourt) -> None:
    files = logs(october_lines())
    names = list(files)
    for name in names:
        lay(court, {name: files[name]})
        assert court.load().failures == []
    assert court.ratio("WEB-01") == Fraction(october.UP_SECONDS, october.REQUIRED_SECONDS)
    assert court.load().deliveries == []


def test_a_log_that_is_missing_is_unknown_time(court: MonitoredCourt) -> None:
    files = logs({})
    for day in ("10-13", "10-14"):  # rotated then: they hold the 12th and the 13th, in UTC
        del files[f"nagios-{day}-2026-00.log"]
    lay(court, files)
    court.load()
    assert court.ratio("WEB-01") == 1
    # the state logged on the 11th at 0:00Z holds for 26 hours; the next one comes on the 14th: 3 days - 26 hours
    assert court.coverage("WEB-01") == 1 - Fraction(46 * 3600, 31 * DAY)


def test_while_nagios_did_not_run_nothing_is_known(court: MonitoredCourt) -> None:
    stopped, started = october.at("10-20 10:00"), october.at("10-20 13:00")
    files = logs(
        {stopped: ["Caught SIGTERM, shutting down...", "Successfully shutdown... (PID=7)"],
         started: ["Nagios 4.4.6 starting... (PID=9)", "LOG VERSION: 2.0"]}
    )  # fmt: skip
    lay(court, files)
    court.load()
    assert court.ratio("WEB-01") == 1
    assert court.coverage("WEB-01") == 1 - Fraction(3 * 3600, 31 * DAY)


def test_nagios_counts_its_own_absence_the_same_way() -> None:
    needed("nagios4")
    stopped, started = october.at("10-20 10:00"), october.at("10-20 13:00")
    files = logs(
        {stopped: ["Caught SIGTERM, shutting down...", "Successfully shutdown... (PID=7)"],
         started: ["Nagios 4.4.6 starting... (PID=9)", "LOG VERSION: 2.0"]}
    )  # fmt: skip
    with nagios_server(files) as server:
        own = server.availability(october.FIRST, october.LAST, assume_while_stopped=False)
    assert own["time_indeterminate_notrunning"] == 3 * 3600


def test_soft_states_count_only_where_asked_for(court: MonitoredCourt, nagios: Nagios) -> None:
    lay(court, logs(october_lines()))
    configure(court, "logs", ", soft: true")
    court.load()
    own = nagios.availability(october.FIRST, october.LAST, soft=True)
    ratio = court.ratio("WEB-01")
    assert ratio == Fraction(own["time_ok"], own["time_ok"] + own["time_critical"])
    assert ratio == Fraction(october.UP_SECONDS - 60, october.REQUIRED_SECONDS)


def test_the_log_that_is_being_written(court: MonitoredCourt) -> None:
    start = october.at("11-19 08:00")
    current = court.folder / "logs/nagios.log"
    line = f"[{start}] CURRENT SERVICE STATE: oa;web;OK;HARD;1;x\n"
    current.write_text(f"{line}[{start + 60}] SERVICE ALERT: oa;web;CRIT", encoding="utf-8")
    configure(court, "logs", ", current: logs/nagios.log")
    assert court.load().rejected == 0
    states = court.store.facts().states
    assert states["state"].tolist() == ["up"]
    current.write_text(f"{line}[{start + 60}] SERVICE ALERT: oa;web;CRITICAL;HARD;3;x\n", encoding="utf-8")
    court.load()
    assert sorted(court.store.facts().states["state"]) == ["down", "up"]


def test_a_line_that_is_none_is_refused_and_nothing_else(court: MonitoredCourt) -> None:
    files = logs({})
    name = next(iter(files))
    lay(court, {name: f"{files[name]}garbage\n[1790000000] SERVICE ALERT: oa;web;BROKEN;HARD;1;x\n"})
    report = court.load()
    assert report.rejected == 2
    assert "不是 Nagios 的日志行" in court.store.rejections()["reason"].iloc[0]


def test_a_folder_that_is_gone_is_no_empty_one(court: MonitoredCourt) -> None:
    shutil.rmtree(court.folder / "logs")
    (failure,) = court.load().failures
    assert failure.exit_code == 4
    assert "不存在或打不开" in str(failure)


def test_since_reads_logs_again(court: MonitoredCourt) -> None:
    lay(court, logs(october_lines()))
    court.load()
    cursor = court.store.cursor("nagios")
    report = court.load(since=1)
    assert (report.failures, report.accepted, report.superseding) == ([], 0, 0)
    assert court.store.cursor("nagios") == cursor


@pytest.mark.parametrize("kept", [True, False])
def test_logs_are_kept_as_evidence_unless_the_source_says_no(court: MonitoredCourt, kept: bool) -> None:
    lay(court, logs(october_lines()))
    configure(court, "logs", f", keep_replies: {str(kept).lower()}")
    assert court.load().failures == []
    assert replies_held(court, "nagios") == {kept}


def test_check_shows_the_logs_there_are(court: MonitoredCourt) -> None:
    lay(court, logs(october_lines()))
    (source,) = look(court.settings, ["nagios"]).sources
    assert source.greeting == ("归档日志 36 个，nagios-09-29-2026-00.log 至 nagios-11-03-2026-00.log",)
    assert {row["asset_no"] for row in source.files[0].tables[0].rows} == {"oa", "WEB-01"}
