"""A sealed hour goes the way of every delivery: archived, accounted, unknown assets refused and tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from adapters.base import Blob
from adapters.sealed import sealed_bytes, sealed_name
from collector.archive import Archive
from collector.ingest import NoProgress
from collector.ingest.delivery import Session
from collector.ingest.intake import Intake
from collector.store import Run, Store
from metrics.records import ASSET, frame_of
from tests.probing.test_plans import settings
from tests.probing.world import START


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """A store whose register knows one asset."""
    store = opened()
    with store.run("ingest", "h", "{}", "0") as run:
        register(store, run, "OA")
    return store


def register(store: Store, run: Run, asset_no: str) -> None:
    """Let the register know one more asset."""
    with store.delivery(
        run, source="register", name=asset_no, content_hash=asset_no, mapping_hash="m", size=1, modified_at=1
    ) as delivery:
        frame = frame_of(ASSET, [{"asset_no": asset_no}]).assign(sheet="", row_no=[1], flags=None)
        delivery.write("asset", frame.astype({"sheet": "string[pyarrow]", "flags": "string[pyarrow]"}))
        delivery.finish(read=1, set_aside={})


def hour(folder: Path, *assets: str) -> Blob:
    """Three checks of each asset, one minute apart."""
    rows = [(name, START + 60 * number, "up", 5) for name in assets for number in range(3)]
    frame = pd.DataFrame(rows, columns=["asset_no", "checked_at", "state", "latency_ms"])
    path = folder / "hour.gz"
    path.write_bytes(sealed_bytes(frame.assign(interval_seconds=60, staleness_seconds=200)))
    return Blob(sealed_name("dial", START), path, START)


def test_a_sealed_hour_becomes_intervals_in_its_own_rhythm_once(store: Store, tmp_path: Path) -> None:
    made = settings(interval="5分钟")  # another rhythm by now
    with store.run("ingest", "h", "{}", "0") as run:
        session = Session(made, store, Archive(tmp_path / "archive"), run, NoProgress())
        for _ in range(2):
            Intake(session, made.sources[0]).take([hour(tmp_path, "OA", "stranger")])
    (report,) = session.report.deliveries
    assert (report.read, report.accepted, report.rejected, session.report.known) == (6, 3, 3, 1)
    intervals = store.facts().states
    assert intervals[["asset_no", "first_at", "last_at"]].to_numpy().tolist() == [["OA", START, START + 120]]
    assert intervals[["interval_seconds", "staleness_seconds"]].to_numpy().tolist() == [[60, 200]]


def test_an_hour_of_an_unknown_asset_is_tried_again_when_it_is_known(store: Store, tmp_path: Path) -> None:
    made = settings()
    with store.run("ingest", "h", "{}", "0") as run:
        session = Session(made, store, Archive(tmp_path / "archive"), run, NoProgress())
        Intake(session, made.sources[0]).take([hour(tmp_path, "stranger")])
        register(store, run, "stranger")
        again = Session(made, store, Archive(tmp_path / "archive"), run, NoProgress())
        Intake(again, made.sources[0]).retry()
    assert [(report.accepted, report.settled) for report in again.report.deliveries] == [(3, 3)]
    intervals = store.facts().states
    assert intervals[["interval_seconds", "staleness_seconds"]].to_numpy().tolist() == [[60, 200]]
