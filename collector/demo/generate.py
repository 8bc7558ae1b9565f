"""From a seed to a drop folder: every vendor delivers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from collector.demo import a_rounds, a_tickets, b_rounds, b_tickets, c_probe, c_tickets, court
from collector.demo.post import Post
from collector.demo.truth import Truth, build_truth
from collector.demo.world import HANDOVER, SEED, local

STEPS = (
    "法院自有台账",
    "甲：工单",
    "甲：巡检、庭审保障",
    "乙：工单",
    "乙：巡检",
    "丙：工单",
    "丙：拨测、巡检、维护",
)


def generate(
    inbox: Path, scale: float = 1.0, seed: int = SEED, step: Callable[[str], None] = print
) -> tuple[Truth, Post]:
    """Fill ``inbox``; the same scale and seed give the same bytes. ``step`` is told what is being written."""
    truth, post = build_truth(scale, seed), Post(inbox)
    by_vendor = {vendor: [t for t in truth.tickets if t.vendor == vendor] for vendor in "abc"}
    early = [item for item in truth.inspections if local(item.inspected).date() < HANDOVER or item.asset is None]
    deliveries: tuple[Callable[[], None], ...] = (
        lambda: court.deliver(truth, post),
        lambda: a_tickets.deliver(by_vendor["a"], post),
        lambda: a_rounds.deliver(truth, post),
        lambda: b_tickets.deliver(by_vendor["b"], truth.hotline, post),
        lambda: b_rounds.deliver(early, post),
        lambda: c_tickets.deliver(by_vendor["c"], post),
        lambda: c_probe.deliver(truth, post),
    )
    for name, deliver in zip(STEPS, deliveries, strict=True):
        step(name)
        deliver()
    return truth, post
