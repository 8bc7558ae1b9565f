"""Every series that ``/metrics`` can show: name, what it says, its labels. They are stable, as result columns are.

Base units throughout. A series whose value is not known is absent, never 0 and never NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Family:
    """One metric; a counter's ``name`` is written with its ``_total``."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "counter"] = "gauge"


_TARGET = ("source", "asset")
_ASSET = ("project", "indicator", "asset", "window")
_GROUP = ("project", "indicator", "group", "name", "window")
_INDICATOR = ("project", "indicator", "period")
_UNIT = (*_INDICATOR, "unit")
_SOURCE = ("source",)
_JOB = ("job_name",)  # Prometheus keeps "job" for its own

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family("yunwei_build_info", "Version of the program that serves this page.", ("version",)),
        Family("yunwei_as_of_timestamp_seconds", "Moment up to which everything on this page is counted."),
        Family(
            "yunwei_target_up",
            "Whether the newest check found the target up (1) or down (0); absent: unknown.",
            _TARGET,
        ),
        Family("yunwei_target_last_check_timestamp_seconds", "Start of the newest check of the target.", _TARGET),
        Family("yunwei_target_latency_seconds", "How long the newest check took until its answer was whole.", _TARGET),
        Family(
            "yunwei_target_certificate_expiry_timestamp_seconds",
            "End of the certificate that the target showed in its newest check.",
            _TARGET,
        ),
        Family(
            "yunwei_asset_uptime_ratio", "Availability of one asset by the rule of an indicator, in a window.", _ASSET
        ),
        Family("yunwei_asset_uptime_coverage_ratio", "Share of the required time of the asset that is known.", _ASSET),
        Family(
            "yunwei_group_uptime_ratio",
            "Availability pooled over a project, asset class, site or vendor by the rule of an indicator.",
            _GROUP,
        ),
        Family("yunwei_group_uptime_coverage_ratio", "Share of the required time of the group that is known.", _GROUP),
        Family(
            "yunwei_indicator_info",
            "What an indicator is: its name, formula and target as the contract has it.",
            ("project", "indicator", "name", "formula", "target"),
        ),
        Family("yunwei_indicator_value", "Figure of the current period as stored, in its base unit.", _UNIT),
        Family("yunwei_indicator_target", "Promised value that binds the period, in its base unit.", _UNIT),
        Family(
            "yunwei_indicator_target_distance",
            "How much better than its target the figure is, in its base unit; below 0 it misses.",
            _UNIT,
        ),
        Family(
            "yunwei_indicator_coverage_ratio", "Share of the required time behind the figure that is known.", _INDICATOR
        ),
        Family(
            "yunwei_indicator_outcome",
            "Outcome of the current period (met, missed, not_due, no_data, low_coverage), always 1.",
            (*_INDICATOR, "outcome"),
        ),
        Family(
            "yunwei_indicator_as_of_timestamp_seconds", "Moment up to which the stored figure was counted.", _INDICATOR
        ),
        Family("yunwei_indicator_period_end_timestamp_seconds", "When the current period ends.", _INDICATOR),
        Family(
            "yunwei_error_budget",
            "What the period may lose: (1 - target) x required time of the whole period as projected.",
            _UNIT,
        ),
        Family(
            "yunwei_error_budget_left",
            "What the period may still lose before its target is missed; below 0 it is missed.",
            _UNIT,
        ),
        Family("yunwei_tickets_open", "Tickets reported and not resolved.", ("project", "vendor")),
        Family(
            "yunwei_tickets_overdue",
            "Tickets not done although the limit of a timeliness indicator has run out.",
            ("project", "indicator"),
        ),
        Family("yunwei_source_info", "What a source is.", ("source", "name", "adapter", "vendor")),
        Family(
            "yunwei_source_last_success_timestamp_seconds",
            "When the source was last stored: a delivery that could be read, or a check.",
            _SOURCE,
        ),
        Family("yunwei_source_age_seconds", "Time from the last success of the source to the as-of moment.", _SOURCE),
        Family(
            "yunwei_source_silence_limit_seconds",
            "Age beyond which a source of checks is silent and its time unknown.",
            _SOURCE,
        ),
        Family(
            "yunwei_source_deliveries_total",
            "Deliveries of the source that were read, or refused as a whole.",
            (*_SOURCE, "outcome"),
            "counter",
        ),
        Family(
            "yunwei_source_rows_total",
            "Rows read: accepted, unchanged, superseding, rejected or set aside.",
            (*_SOURCE, "outcome"),
            "counter",
        ),
        Family("yunwei_source_open_rejections", "Rejected rows that nobody has dealt with.", _SOURCE),
        Family("yunwei_probing_checks_total", "Checks that the probing engine made since its start.", (), "counter"),
        Family(
            "yunwei_probing_missed_total",
            "Times at which a target was to be checked and was not; its time is unknown.",
            (),
            "counter",
        ),
        Family("yunwei_probing_kept", "Checks made and not stored yet; they are stored when that is possible again."),
        Family(
            "yunwei_probing_lost_total",
            "Checks given up because too many waited to be stored.",
            (),
            "counter",
        ),
        Family("yunwei_job_runs_total", "Runs of a job of the daemon that ended.", _JOB, "counter"),
        Family("yunwei_job_failures_total", "Runs of a job that failed.", _JOB, "counter"),
        Family("yunwei_job_run_seconds_total", "Time that the runs of a job took together.", _JOB, "counter"),
        Family("yunwei_job_last_run_timestamp_seconds", "Start of the newest run of a job.", _JOB),
        Family("yunwei_job_last_success_timestamp_seconds", "End of the newest run that went well.", _JOB),
        Family("yunwei_job_last_duration_seconds", "How long the newest finished run of a job took.", _JOB),
        Family(
            "yunwei_series_left_out",
            "Series of a metric that are not shown because there are more than serve.series_limit.",
            ("metric",),
        ),
    )
}


@dataclass
class Samples:
    """Values by family, in the order in which they were added; a family without any is not shown."""

    values: dict[str, list[tuple[tuple[str, ...], float]]] = field(default_factory=dict)

    def add(self, name: str, value: float, *labels: str) -> None:
        """One series of a family of FAMILIES, its labels in the family's order."""
        if len(labels) != len(FAMILIES[name].labels):
            raise ValueError(f"{name} has the labels {FAMILIES[name].labels}, not {labels}")
        self.values.setdefault(name, []).append((labels, value))

    def limited(self, most: int) -> Samples:
        """At most ``most`` series of each family, the first ones; what is left out is counted and said."""
        cut = Samples({name: found[:most] for name, found in self.values.items()})
        for name, found in self.values.items():
            if len(found) > most:
                cut.add("yunwei_series_left_out", len(found) - most, name)
        return cut
