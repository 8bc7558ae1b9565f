"""The court's own probe: what a program writes, one line a check."""

from __future__ import annotations

from tests.adapters.writing import csv_file, gz_file

ROWS = (
    ("asset", "time", "state", "latency(s)"),
    ("oa", 1685000000, "up", 0.0315),
    ("oa", 1685000060, "fail", ""),
    ("oa", 1685000120123, "success", 1.2),
    ("mail", "2023-05-25T07:33:20Z", "unknown", ""),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"checks/5月25日.csv.gz": gz_file(csv_file(ROWS, "utf-8"))}
