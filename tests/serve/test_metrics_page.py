"""/metrics: the whole page of a small court is a golden, and its figures are worked out here by hand."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collector.probing.engine import Status
from collector.publish.metrics_families import FAMILIES, Samples
from collector.publish.metrics_page import page
from collector.serve.snapshot import Snapshot, take
from collector.serve.targets import TargetState, with_newest
from collector.version import program_version
from tests.compute.court import at
from tests.serve.world import INDICATORS, NOW, Remembered, ServedCourt
from tests.servers import servers_required

GOLDEN = Path(__file__).parent / "golden" / "metrics.txt"


def shown(court: ServedCourt, now: int = NOW) -> str:
    return page(take(court.settings, court.store, now, Remembered()).samples).decode()


def values(snapshot: Snapshot, name: str) -> dict[tuple[str, ...], float]:
    return dict(snapshot.samples.values.get(name, ()))


def test_the_whole_page_is_the_golden(court: ServedCourt) -> None:
    """After a deliberate change: write the page to the golden and read the difference."""
    found = shown(court).replace(f'version="{program_version()}"', 'version="…"')
    assert found == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.live
def test_promtool_finds_nothing_to_say(court: ServedCourt) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        assert not servers_required(), "promtool is not installed, and YUNWEI_REQUIRE_SERVERS is set"
        pytest.skip("promtool is not installed")
    done = subprocess.run([promtool, "check", "metrics"], input=shown(court), capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_another_reader_of_the_format_understands_it(court: ServedCourt) -> None:
    families = list(text_string_to_metric_families(shown(court)))
    assert all(family.documentation for family in families)
    assert {family.type for family in families} == {"gauge", "counter"}


def test_ratios_of_oa_and_mail_by_hand(court: ServedCourt) -> None:
    """Checks every five minutes hold until the next, at most 15 minutes: the last of 11:55 holds to 12:00."""
    ratio = values(take(court.settings, court.store, NOW), "yunwei_asset_uptime_ratio")
    month = 9 * 86_400 + 12 * 3600  # from the 1st 00:00 to the 10th 12:00
    assert ratio["ops", "uptime", "OA", "month"] == float(Fraction(month - 7200, month))
    assert ratio["ops", "uptime", "MAIL", "month"] == float(Fraction(month - 1800, month))
    assert ratio["ops", "uptime", "MAIL", "today"] == 41_400 / 43_200
    assert ratio["ops", "uptime", "OA", "7d"] == float(Fraction(168 * 3600 - 7200, 168 * 3600))
    assert ratio["ops", "device_days", "OA", "month"] == 0.9  # nine of ten days


def test_time_before_the_first_check_is_unknown(court: ServedCourt) -> None:
    """Thirty days reach back to 10 April; checks began on 1 May: 228 of 720 hours are known."""
    covered = values(take(court.settings, court.store, NOW), "yunwei_group_uptime_coverage_ratio")
    assert covered["ops", "uptime", "project", "信息化运维", "30d"] == float(Fraction(228, 720))


def test_a_group_is_pooled(court: ServedCourt) -> None:
    ratio = values(take(court.settings, court.store, NOW), "yunwei_group_uptime_ratio")
    assert ratio["ops", "uptime", "site", "机房", "today"] == float(Fraction(2 * 43_200 - 1800, 2 * 43_200))


def test_a_ratio_equals_the_stored_result(court: ServedCourt) -> None:
    snapshot = take(court.settings, court.store, NOW)
    [stored] = court.store.results(indicator="uptime", period="2023-05", dimension="total").to_dict("records")
    live = values(snapshot, "yunwei_group_uptime_ratio")["ops", "uptime", "project", "信息化运维", "month"]
    assert (
        live == stored["actual_value"] == values(snapshot, "yunwei_indicator_value")["ops", "uptime", "month", "ratio"]
    )


def test_the_error_budget_by_hand(court: ServedCourt) -> None:
    """Two devices, all of May: 2 × 31 × 86,400 s; 1% of it less 2 h of OA and half an hour of MAIL."""
    left = values(take(court.settings, court.store, NOW), "yunwei_error_budget_left")
    assert left["ops", "uptime", "month", "seconds"] == 2 * 31 * 864 - 7200 - 1800


def test_nothing_is_shown_where_nothing_is_required(court: ServedCourt) -> None:
    """At the midnight on which the contract begins, and after its end, no window of today has a denominator."""
    for moment in (at("01-01 00:00"), at("12-31 23:59") + 86_400):
        snapshot = take(court.settings, court.store, moment)
        windows = {labels[-1] for labels in values(snapshot, "yunwei_asset_uptime_ratio")}
        assert "today" not in windows
        assert values(snapshot, "yunwei_error_budget_left").keys() <= {("ops", "uptime", "year", "seconds")} | {
            ("ops", indicator, period, unit)
            for indicator, unit in (("uptime", "seconds"), ("device_days", "device_days"))
            for period in ("month", "quarter", "half", "year", "contract")
        }


def test_an_old_check_says_nothing_of_now(court: ServedCourt) -> None:
    """Fifteen minutes after the last check, 11:55, up and down are unknown; when it was stays known."""
    snapshot = take(court.settings, court.store, at("05-10 12:11"))
    assert values(snapshot, "yunwei_target_up") == {}
    assert len(values(snapshot, "yunwei_target_last_check_timestamp_seconds")) == 2


def test_a_distance_below_zero_misses(court: ServedCourt) -> None:
    distance = values(take(court.settings, court.store, NOW), "yunwei_indicator_target_distance")
    assert distance["ops", "device_days", "year", "ratio"] == float(Fraction(18, 20) - Fraction(95, 100))
    assert distance["ops", "response", "month", "seconds"] == 300  # (20 + 90) / 2 = 55 minutes against 60
    assert ("ops", "device_days", "month", "ratio") not in distance  # its target binds years


def test_tickets_open_and_overdue(court: ServedCourt) -> None:
    """T2 was answered late and is open; T3 has waited three hours for an answer due in one."""
    snapshot = take(court.settings, court.store, NOW)
    assert values(snapshot, "yunwei_tickets_open") == {("ops", "甲公司"): 1, ("ops", "乙公司"): 1}
    assert values(snapshot, "yunwei_tickets_overdue") == {("ops", "timely"): 1}


def test_overdue_tickets_are_counted_also_where_tickets_belong_to_their_resolution(court: ServedCourt) -> None:
    text = 'params: {timed: response, limits: {"*": 1小时}}'
    court.configure(INDICATORS.replace(text, text.replace("timed", "attribute_by: resolved_at, timed")))
    assert values(take(court.settings, court.store, NOW), "yunwei_tickets_overdue") == {("ops", "timely"): 1}


def test_series_beyond_the_limit_are_counted_and_said() -> None:
    samples = Samples()
    for number in range(5):
        samples.add("yunwei_target_up", 1, "dial", f"A{number}")
    cut = samples.limited(3)
    assert [labels[1] for labels, _ in cut.values["yunwei_target_up"]] == ["A0", "A1", "A2"]
    assert cut.values["yunwei_series_left_out"] == [(("yunwei_target_up",), 2)]
    assert "yunwei_series_left_out" not in samples.limited(5).values


def test_labels_are_those_of_the_family() -> None:
    with pytest.raises(ValueError, match="has the labels"):
        Samples().add("yunwei_target_up", 1, "dial")


def test_names_keep_to_the_rules_of_prometheus() -> None:
    for name, family in FAMILIES.items():
        assert name.startswith("yunwei_")
        assert name.endswith("_total") == (family.kind == "counter")
        assert family.help.isascii()
        assert family.help.endswith(".")


def test_a_source_that_never_delivered_has_no_age(court: ServedCourt) -> None:
    snapshot = take(court.settings, court.store, NOW)
    assert values(snapshot, "yunwei_source_age_seconds") == {("s",): 600, ("dial",): 300}
    assert ("never",) not in values(snapshot, "yunwei_source_last_success_timestamp_seconds")


def test_a_window_of_hours_ends_at_the_as_of_moment(court: ServedCourt) -> None:
    """An hour later without any check: 15 minutes of the last ones are known, the other 50 minutes are not."""
    covered = values(take(court.settings, court.store, at("05-10 13:00")), "yunwei_asset_uptime_coverage_ratio")
    known = 168 * 3600 - 50 * 60
    assert covered["ops", "uptime", "OA", "7d"] == float(Fraction(known, 168 * 3600))


def test_jobs_are_counted_and_timed(court: ServedCourt) -> None:
    snapshot = take(court.settings, court.store, NOW)
    assert values(snapshot, "yunwei_job_runs_total") == {("ingest:s",): 1, ("publish",): 2}
    assert values(snapshot, "yunwei_job_failures_total") == {("ingest:s",): 0, ("publish",): 1}
    assert values(snapshot, "yunwei_job_run_seconds_total") == {("ingest:s",): 12.5, ("publish",): 3.5}
    assert values(snapshot, "yunwei_job_last_duration_seconds")["publish",] == 0.5
    assert values(snapshot, "yunwei_job_last_run_timestamp_seconds")["publish",] == NOW - 300
    assert values(snapshot, "yunwei_job_last_success_timestamp_seconds")["publish",] == NOW - 86_400 + 3


def test_latency_and_certificate_are_of_the_newest_check(court: ServedCourt) -> None:
    snapshot = take(court.settings, court.store, NOW, Remembered())
    assert values(snapshot, "yunwei_target_latency_seconds") == {("dial", "OA"): 0.125}
    ends = values(snapshot, "yunwei_target_certificate_expiry_timestamp_seconds")
    assert ends == {("dial", "OA"): NOW - 300 + 30 * 86_400}


def test_what_is_remembered_of_an_earlier_check_is_not_shown(court: ServedCourt) -> None:
    """Somebody else stored a later one."""
    target = TargetState("dial", "OA", "up", NOW, 900)
    assert with_newest([target], Remembered().newest()) == [target]


def test_nothing_is_counted_where_no_engine_probes(court: ServedCourt) -> None:
    class Idle(Remembered):
        def probing(self) -> Status | None:
            return Status(targets=0, running=0, checks=0, missed=0, kept=0, lost=0)

    for recorder in (None, Idle()):
        shown_names = take(court.settings, court.store, NOW, recorder).samples.values
        assert not [name for name in shown_names if name.startswith("yunwei_probing")]
