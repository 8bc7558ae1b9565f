"""``yunwei --help`` from a cold start, beside bare Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.harness import Case, Goal, Measured, timed

STARTS = 10


def prepare(fixture: Path) -> None:
    """Nothing to prepare."""


def _start(command: list[str]) -> Measured:
    measured = Measured()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # once to fill the page cache
    with timed(measured):
        for _ in range(STARTS):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    measured.numbers["毫秒/次"] = measured.seconds / STARTS * 1000
    return measured


def ours(fixture: Path, scratch: Path) -> Measured:
    """Ten starts of our help."""
    return _start([sys.executable, "-m", "collector", "--help"])


def bare(fixture: Path, scratch: Path) -> Measured:
    """Ten starts of Python with nothing to do."""
    return _start([sys.executable, "-c", "pass"])


def allowed(fixture: Path, scratch: Path) -> Measured:
    """The goal as a role: ten times 150 ms."""
    return Measured(seconds=STARTS * 0.150)


CASE = Case(
    name="help_cold",
    title="yunwei --help 冷启动（各 10 次）",
    prepare=prepare,
    roles={"yunwei --help": ours, "python -c pass": bare, "150 ms": allowed},
    goals=(Goal("yunwei --help / 150 ms", "yunwei --help", "150 ms", 1.0),),
)
