"""Rounds, seals, days made one, time cleared: what is kept, what is seen, and what survives trouble."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text

from adapters.probes.base import State
from collector.live.seal import seal_hours
from collector.probing.engine import Status
from collector.probing.plans import Check
from collector.store import Closing, Store
from collector.store.interval_rows import IntervalRows, Kept
from metrics.errors import PassingError
from tests.live.world import HOUR, MINUTE, START, Live, check, live, settings
from tests.store.test_results import _ROW
from tests.store.world import deliver


@pytest.fixture
def court(database_url: str, tmp_path: Path) -> Iterator[Live]:
    with live(database_url, tmp_path) as opened:
        yield opened


def minutes(first: int, end: int, state: State = "up", asset_no: str = "A") -> list[Check]:
    return [check(asset_no, minute * MINUTE, state) for minute in range(first, end)]


def seen(court: Live, **moment: int) -> list[tuple[str, int, int, int]]:
    """State, first and last minute, number of checks."""
    rows = court.index(**moment)
    return [(r[1], (r[2] - START) // MINUTE, (r[3] - START) // MINUTE, r[6]) for r in rows]


def count(court: Live, table: str, condition: str = "1 = 1") -> int:
    with court.store._engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0)


def test_figures_see_the_last_round_before_any_seal(court: Live) -> None:
    court.take(*minutes(0, 3))
    court.take(*minutes(3, 5, "down"))
    assert seen(court) == [("up", 0, 2, 3), ("down", 3, 4, 2)]


def test_a_hundred_rounds_make_no_version(court: Live) -> None:
    """Newer checks extend what is open without a revision, whatever was computed in between."""
    for minute in range(100):
        court.clock.now = START + minute * MINUTE + 5
        court.take(check("A", minute * MINUTE))
        with court.store.run("compute", "h", "{}", "0"):
            pass
    assert (count(court, "state_intervals"), count(court, "open_intervals")) == (0, 1)
    assert court.store.sequence_at() == 0
    assert court.seal() == 2
    assert (count(court, "state_intervals"), count(court, "open_intervals"), count(court, "live_rounds")) == (0, 1, 0)
    assert seen(court) == [("up", 0, 99, 100)]


def test_a_late_check_that_changes_judged_time_is_a_version(court: Live) -> None:
    court.take(*minutes(0, 10))
    court.clock.now = START + 10 * MINUTE
    with court.store.run("compute", "h", "{}", "0"):
        judged = court.store.sequence_at()
    court.take(check("A", 4 * MINUTE + 30, "down"))
    assert seen(court) == [("up", 0, 4, 5), ("down", 4, 4, 1), ("up", 5, 9, 5)]
    assert seen(court, sequence=judged) == [("up", 0, 9, 10)]
    assert court.store.sequence_at() == judged + 1


def test_a_late_check_that_says_the_same_is_none(court: Live) -> None:
    court.take(*minutes(0, 10))
    court.clock.now = START + 10 * MINUTE
    with court.store.run("compute", "h", "{}", "0"):
        pass
    court.take(check("A", 4 * MINUTE + 30))
    assert seen(court) == [("up", 0, 9, 11)]
    assert (court.store.sequence_at(), count(court, "state_intervals")) == (0, 0)


def test_a_clock_set_back_says_the_later_thing_of_the_same_moments(court: Live) -> None:
    court.take(*minutes(0, 10))
    court.take(*minutes(5, 8, "down"))
    assert seen(court) == [("up", 0, 4, 5), ("down", 5, 7, 3), ("up", 8, 9, 2)]


def test_being_cut_off_is_unknown_time(court: Live) -> None:
    court.take(*minutes(0, 3), *minutes(3, 6, "unknown"), *minutes(6, 8))
    assert [row[0] for row in seen(court)] == ["up", "unknown", "up"]
    court.seal()
    assert [row[0] for row in seen(court)] == ["up", "unknown", "up"]


def test_an_hour_is_sealed_once_it_has_settled(court: Live) -> None:
    court.take(*minutes(0, 70))
    assert court.recorder.seal(START + HOUR + 59) == 0
    assert court.recorder.seal(START + HOUR + 60) == 1
    assert court.recorder.seal(START + HOUR + 60) == 0
    (line,) = court.store.deliveries().to_dict("records")
    assert (line["name"], line["read"], line["accepted"]) == ("dial/2026-10-01T00Z.jsonl.gz", 60, 60)
    original = gzip.decompress(court.archive.path(line["content_hash"]).read_bytes()).decode().splitlines()
    assert len(original) == 60
    assert count(court, "live_rounds") == 1  # ten minutes of the next hour
    assert seen(court) == [("up", 0, 69, 70)]


def test_late_checks_of_a_sealed_hour_are_delivered_apart(court: Live) -> None:
    court.take(*minutes(0, 60))
    court.seal()
    court.take(check("A", 30 * MINUTE, "down"))
    assert court.seal() == 1
    late = court.store.deliveries().to_dict("records")[-1]
    assert (late["read"], late["superseding"]) == (1, 1)
    assert b"received_at" in gzip.decompress(court.archive.path(late["content_hash"]).read_bytes())
    assert seen(court) == [("up", 0, 29, 30), ("down", 30, 30, 1), ("up", 31, 59, 29)]


def test_the_same_round_twice_counts_once(court: Live) -> None:
    """As after a commit whose answer was lost."""
    for _ in range(2):
        court.take(*minutes(0, 60))
    court.seal()
    court.take(*minutes(0, 60))
    court.seal()
    assert seen(court) == [("up", 0, 59, 60)]
    assert court.store.live.rebuild() == []


@pytest.mark.parametrize("step", ["archived", "delivered"])
def test_a_seal_that_is_killed_is_made_good(court: Live, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    court.take(*minutes(0, 60))

    class KilledError(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    where = {"archived": "collector.store.Store.delivery", "delivered": "collector.store.Delivery.committed"}
    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(where[step], killed)
        court.seal()
    assert court.seal() == (1 if step == "archived" else 0)
    assert (seen(court), count(court, "live_rounds")) == ([("up", 0, 59, 60)], 0)
    assert len(court.store.deliveries()) == 1
    assert court.store.live.rebuild() == []


def test_a_round_that_cannot_be_stored_is_refused_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.store.engine.BUSY_SECONDS", 0)
    with live(f"sqlite:///{tmp_path}/yunwei.db", tmp_path) as court:
        court.take(*minutes(0, 3))
        holder = sqlite3.connect(tmp_path / "yunwei.db")
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(PassingError, match="正被另一个程序写入"):
            court.recorder.take(minutes(3, 6))
        holder.rollback()
        holder.close()
        assert seen(court) == [("up", 0, 2, 3)]
        court.take(*minutes(3, 6))
        assert seen(court) == [("up", 0, 5, 6)]


def test_another_program_may_change_the_index_between_rounds(court: Live) -> None:
    court.take(*minutes(0, 3))
    with live(str(court.store._engine.url.render_as_string(hide_password=False)), court.archive.root) as other:
        other.store.live._organization_id = other.store.organization_id = court.store.organization_id
        other.store.live._index._organization_id = court.store.organization_id
        other.take(*minutes(3, 5))
    court.take(*minutes(5, 8))
    assert seen(court) == [("up", 0, 7, 8)]


def test_checks_of_an_unknown_asset_wait_for_the_register(court: Live) -> None:
    deliver(court.store, "asset", {"asset_no": "A"}, content="r1", source="register")
    court.take(*minutes(0, 3), *minutes(0, 3, "down", "B"))
    assert seen(court) == [("up", 0, 2, 3)]
    court.seal()
    (refused,) = court.store.rejections()["code"].unique()
    assert (refused, seen(court)) == ("unknown_asset", [("up", 0, 2, 3)])
    court.take(*minutes(3, 4, "down", "B"))
    deliver(court.store, "asset", {"asset_no": "B"}, content="r2", source="register")
    court.take(*minutes(4, 6, "down", "B"))
    court.seal()
    assert seen(court) == [("up", 0, 2, 3), ("down", 3, 5, 3)]
    assert court.store.live.rebuild() == []


def test_a_name_of_the_register_is_its_number(court: Live) -> None:
    deliver(court.store, "asset", {"asset_no": "A", "name": "甲"}, content="r1", source="register")
    court.take(check("甲", 0), check("A", 60))
    assert seen(court) == [("up", 0, 1, 2)]


def test_an_hour_of_a_source_that_is_not_configured_stays(court: Live) -> None:
    court.take(check("A", 0, source="gone"))
    assert seal_hours(settings(), court.store, court.archive, START + 10 * HOUR) == 0
    assert seen(court) == [("up", 0, 0, 1)]


def _files(store: Store, folder: Path) -> int:
    return len(list((folder / "checks").rglob("*.parquet")))


def test_a_day_becomes_one_file_and_no_moment_changes(court: Live, tmp_path: Path) -> None:
    court.take(*minutes(0, 120))
    court.seal()
    court.take(check("A", 30 * MINUTE, "down"))
    court.seal()
    cited = court.store.checks_by_day("dial", ["A"], START, START + 2 * HOUR, court.store.sequence_at())
    before = court.store.checks_by_day("dial", ["A"], START, START + 2 * HOUR, 2)
    assert (len(cited), cited["check_count"].sum(), before["check_count"].sum()) == (3, 120, 120)
    assert court.recorder.compact(START + 20 * HOUR) == 0  # the day has not ended
    assert court.recorder.compact(START + 25 * HOUR) == 1
    assert court.recorder.compact(START + 25 * HOUR) == 0
    for sequence, told in ((court.store.sequence_at(), cited), (2, before)):
        again = court.store.checks_by_day("dial", ["A"], START, START + 2 * HOUR, sequence)
        columns = ["asset_no", "day", "check_count", "name", "content_hash"]
        assert sorted(again[columns].itertuples(index=False)) == sorted(told[columns].itertuples(index=False))
    assert seen(court) == [("up", 0, 29, 30), ("down", 30, 30, 1), ("up", 31, 119, 89)]
    assert court.store.live.rebuild() == []
    court.take(*minutes(120, 121))
    court.seal()  # the next writer removes what nobody cites
    assert _files(court.store, tmp_path) == 2


def test_time_is_cleared_but_not_what_a_closed_revision_cites(
    court: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    day = 24 * HOUR
    for number in range(3):
        court.take(*(check("A", number * day + minute * MINUTE) for minute in range(60)))
    court.seal()
    keep = settings().daemon.keep_checks

    class Closed:
        starts_at, ends_at = START, START + day

    monkeypatch.setattr(court.store, "revisions", lambda: [Closed])
    before = court.index()
    assert court.recorder.retire(START + keep + day) == 0
    assert court.recorder.retire(START + keep + 2 * day + HOUR) == 1  # the second day; the first is cited
    assert court.index() == before
    assert court.store.live.retired_before("dial") == START + 2 * day
    assert court.store.live.rebuild() == []
    court.take(check("A", day + 30, "down"), *(check("A", 2 * day + minute * MINUTE) for minute in range(60, 62)))
    assert [row[1] for row in court.index()] == ["up", "up", "up"]
    court.seal()
    (refused,) = court.store.rejections().to_dict("records")
    assert (refused["code"], "保留期" in refused["reason"]) == ("cleared", True)
    assert court.index()[-1][6] == 62
    assert _files(court.store, tmp_path) == 3


def test_a_day_that_a_closed_revision_cites_keeps_its_files(court: Live) -> None:
    """Their hashes stand in evidence that was handed in."""
    court.take(*minutes(0, 120))
    court.seal()
    before = court.store.checks_by_day("dial", ["A"], START, START + 2 * HOUR, court.store.sequence_at())
    rows = pd.DataFrame([{**_ROW, "data_state": "closed", "revision_no": 1}])
    closing = Closing("ops2023", "2023-01", 1, START - HOUR, START + HOUR, 3, 9, rows)
    with court.store.run("close", "config", "{}", "1") as run:
        court.store.close_periods(run, [closing], "1")
    court.take(check("A", 30 * MINUTE, "down"))
    court.seal()
    assert court.recorder.compact(START + 25 * HOUR) == 0
    again = court.store.checks_by_day("dial", ["A"], START, START + 2 * HOUR, 2)
    assert set(before["sha256"]) == set(again["sha256"])


def test_a_seal_asks_for_its_own_bytes_and_intervals_only(court: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many hours were sealed before, however often its targets went down."""
    settled = IntervalRows.settled

    def everything(store: Store, source: str) -> pd.DataFrame:
        raise AssertionError(f"all contents of {source}")

    def of_a_span(rows: IntervalRows, last_from: int | None = None, first_until: int | None = None) -> Kept:
        assert last_from is not None
        assert first_until is not None
        return settled(rows, last_from, first_until)

    monkeypatch.setattr(Store, "contents", everything)
    monkeypatch.setattr(IntervalRows, "settled", of_a_span)
    court.take(*minutes(0, 70))
    court.take(*minutes(70, 80, "down"))
    court.take(*minutes(80, 120))
    assert court.seal() == 2
    assert count(court, "live_rounds") == 0


def test_the_recorder_passes_on_how_the_engine_stands(court: Live) -> None:
    assert court.recorder.probing() is None
    counts = [Status(targets=1, running=0, checks=7, missed=0, kept=0, lost=0)]
    court.recorder.watch(lambda: counts[-1])
    counts.append(Status(targets=1, running=0, checks=8, missed=1, kept=0, lost=0))
    assert court.recorder.probing() == counts[-1]
