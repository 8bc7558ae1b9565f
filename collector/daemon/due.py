"""What is due: a pure function of the jobs, their last successes and the time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from collector.daemon.jobs import Job

_MOST = 100  # slots of one job that are made up for; of more the newest


@dataclass(frozen=True, slots=True)
class Due:
    """The work of one slot (UTC seconds) of a job; ``missed``: older slots that it makes up for as well."""

    job: str
    slot: int
    missed: int = 0


def due(
    jobs: Sequence[Job],
    last_success: Mapping[str, int],
    now: int,
    *,
    failing: Collection[str] = (),
) -> list[Due]:
    """What should have been done by ``now`` and was not, in the order in which to do it.

    Args:
        last_success: the newest slot at or before ``now`` that a job has done. Slots later than ``now`` do not count:
            they were done by a clock that was wrong. A job without one is due with its newest slot; one that makes
            up for each slot waits for its next, for there is nothing to make up for.
        failing: jobs whose last attempt failed: others do not wait for them, unless they need them.
    """
    pending = {job.name: list(_pending(job, last_success.get(job.name), now)) for job in jobs if job.enabled}
    return [
        item
        for job in jobs
        for item in pending.get(job.name, ())
        if not any(other.slot <= item.slot for name in job.needs for other in pending.get(name, ()))
        and not any(pending.get(name) for name in job.after if name not in failing)
    ]


def _pending(job: Job, done: int | None, now: int) -> Iterator[Due]:
    newest = job.latest(now)
    if done is not None and newest <= done:
        return
    if not job.each:
        yield Due(job.name, newest, 0 if done is None else _count(job, done, newest))
        return
    if done is None:
        return
    slots = [newest]
    while len(slots) < _MOST and (earlier := job.schedule.latest(slots[-1] - 1)) > done:
        slots.append(earlier)
    yield from (Due(job.name, slot) for slot in reversed(slots))


def _count(job: Job, done: int, newest: int) -> int:
    """Slots between the last that was done and the newest, at most ``_MOST``."""
    count, slot = 0, job.schedule.following(done)
    while slot < newest and count < _MOST:
        count, slot = count + 1, job.schedule.following(slot)
    return count
