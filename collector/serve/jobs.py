"""Jobs of the daemon: how often they ran, how long they took, whether they fail."""

from __future__ import annotations

from collections.abc import Iterable

from collector.configuration.daemon import JOBS
from collector.publish.metrics_families import Samples
from collector.settings import Settings
from collector.store import JobState


def add_jobs(jobs: Iterable[JobState], samples: Samples) -> None:
    """Counts and times of every job that ever ran."""
    for job in jobs:
        samples.add("yunwei_job_runs_total", job.runs, job.job)
        samples.add("yunwei_job_failures_total", job.failures, job.job)
        samples.add("yunwei_job_run_seconds_total", job.seconds, job.job)
        samples.add("yunwei_job_last_run_timestamp_seconds", job.started_at, job.job)
        if job.done_at is not None:
            samples.add("yunwei_job_last_success_timestamp_seconds", job.done_at, job.job)
        if job.last_seconds is not None:
            samples.add("yunwei_job_last_duration_seconds", job.last_seconds, job.job)


def job_label(settings: Settings, name: str) -> str:
    """``采集：甲公司月报`` of ``ingest:a_monthly``."""
    kind, _, source = name.partition(":")
    word = JOBS[kind][0] if kind in JOBS else kind
    names = {known.id: known.name for known in settings.sources}
    return f"{word}：{names.get(source, source)}" if source else word
