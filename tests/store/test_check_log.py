"""The log of checks on disk: whole files, cited by the commit; what a killed run leaves is cleaned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from collector.store import Store
from metrics.errors import ConfigError
from tests.store.world import check, deliver, deliver_and_stop, states

DAY = 86_400


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """What lies in the log's folder, below it."""
    folder = tmp_path / "checks"
    return lambda: sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_each_day_of_a_delivery_is_one_file(store: Store, files: Callable[[], list[str]], tmp_path: Path) -> None:
    deliver(store, "uptime_check", check("S1", DAY), check("S2", 0), check("S1", 60, latency_ms=7), check("S1", 0))
    assert [path.rsplit("/", 1)[0] for path in files()] == ["court/a/1970/1970-01-01", "court/a/1970/1970-01-02"]
    first = pq.read_table(tmp_path / "checks" / files()[0])
    assert first["asset_no"].to_pylist() == ["S1", "S1", "S2"]
    assert first["checked_at"].to_pylist() == [0, 60, 0]
    assert first["latency_ms"].to_pylist() == [None, 7, None]


def test_the_evidence_cites_asset_day_file_and_number_of_checks(store: Store) -> None:
    rows = [check("S1", 60 * n) for n in range(3)] + [check("S2", 0), check("S1", DAY), check("S3", 0)]
    deliver(store, "uptime_check", *rows)
    found = store.checks_by_day("a", ["S1", "S2"], 0, DAY, 1)
    assert found[["asset_no", "day", "check_count"]].values.tolist() == [
        ["S1", "1970-01-01", 3],
        ["S1", "1970-01-02", 1],
        ["S2", "1970-01-01", 1],
    ]
    assert found["content_hash"].unique().tolist() == ["c1"]
    assert [len(digest) for digest in found["sha256"]] == [64, 64, 64]


def test_the_evidence_is_cut_to_the_seconds_asked_and_to_what_was_known(store: Store) -> None:
    deliver(store, "uptime_check", *(check("S1", 60 * n) for n in range(4)))
    assert store.checks_by_day("a", ["S1"], 60, 120, 1)["check_count"].tolist() == [2]
    assert len(store.checks_by_day("a", ["S1"], 0, DAY, 0)) == 0
    assert len(store.checks_by_day("b", ["S1"], 0, DAY, 1)) == 0


def test_a_corrected_check_is_counted_once_where_it_was_corrected(store: Store) -> None:
    deliver(store, "uptime_check", *(check("S1", 60 * n) for n in range(4)), content="c1")
    deliver(store, "uptime_check", check("S1", 120, "down"), content="c2")
    found = store.checks_by_day("a", ["S1"], 0, DAY, 2)
    assert sorted(found[["content_hash", "check_count"]].values.tolist()) == [["c1", 3], ["c2", 1]]
    assert store.checks_by_day("a", ["S1"], 0, DAY, 1)["check_count"].tolist() == [4]


def test_a_delivery_that_fails_leaves_files_that_the_next_one_removes(
    store: Store, files: Callable[[], list[str]]
) -> None:
    deliver_and_stop(store, "uptime_check", check("S1", 0), content="c1")
    assert states(store, "asset_no") == []
    assert len(files()) == 2  # the file and the journal that names it
    deliver(store, "uptime_check", check("S1", DAY), content="c2")
    assert [path.split("/")[3] for path in files()] == ["1970-01-02"]


def test_a_run_after_a_killed_one_uses_or_removes_its_files(store: Store, files: Callable[[], list[str]]) -> None:
    for _ in range(2):
        deliver_and_stop(store, "uptime_check", check("S1", 0), content="c1")
    deliver(store, "uptime_check", check("S1", 0), content="c1")
    assert [path.split("/")[3] for path in files()] == ["1970-01-01"]
    assert states(store, "asset_no", "check_count") == [("S1", 1)]
    assert store.live.rebuild() == []


def test_files_that_no_journal_names_are_nobodys_to_remove(
    store: Store, files: Callable[[], list[str]], tmp_path: Path
) -> None:
    stranger = tmp_path / "checks" / "court" / "a" / "1970" / "1970-01-01" / "other.parquet"
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"of another database")
    deliver(store, "uptime_check", check("S1", 0))
    assert len(files()) == 2


def test_a_journal_cut_short_is_read_as_far_as_it_goes(
    store: Store, files: Callable[[], list[str]], tmp_path: Path
) -> None:
    deliver_and_stop(store, "uptime_check", check("S1", 0), content="c1")
    (journal,) = (tmp_path / "checks" / "court").glob("unfinished-*")
    with journal.open("a") as file:
        file.write("court/a/1970/19")
    deliver(store, "uptime_check", check("S1", DAY), content="c2")
    assert [path.split("/")[3] for path in files()] == ["1970-01-02"]


def test_a_missing_file_is_told_by_name(store: Store, tmp_path: Path) -> None:
    deliver(store, "uptime_check", check("S1", 0), check("S1", 60))
    next((tmp_path / "checks").rglob("*.parquet")).unlink()
    with pytest.raises(ConfigError, match=r"拨测日志“.*1970-01-01.*”不见了，请从备份恢复"):
        store.live.rebuild()


def test_a_file_that_was_changed_is_told_by_name(store: Store, tmp_path: Path) -> None:
    deliver(store, "uptime_check", check("S1", 0), check("S1", 60))
    path = next((tmp_path / "checks").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ConfigError, match=r"拨测日志“.*”已被改动，请从备份恢复"):
        store.live.rebuild()


def test_names_of_sources_cannot_leave_the_folder(store: Store, files: Callable[[], list[str]]) -> None:
    deliver(store, "uptime_check", check("S1", 0), source="../../etc")
    assert files()[0].startswith("court/..%2F..%2Fetc/1970/")


def test_unchanged_checks_are_not_written_again(store: Store, files: Callable[[], list[str]]) -> None:
    deliver(store, "uptime_check", check("S1", 0), check("S1", 60), content="c1")
    deliver(store, "uptime_check", check("S1", 0), check("S1", 60), content="c2")
    assert len(files()) == 1


def test_a_wrong_index_is_put_right_from_the_log(store: Store, opened: Callable[..., Store]) -> None:
    deliver(store, "uptime_check", *(check("S1", 60 * n) for n in range(5)), content="c1")
    before = states(store, "state", "first_at", "last_at", "check_count")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE open_intervals SET state = 1, check_count = 7")
    (wrong, right) = opened().live.rebuild()
    assert (wrong.state, wrong.check_count, right.state, right.check_count, right.missing) == ("down", 7, "up", 5, True)
    assert states(store, "state", "first_at", "last_at", "check_count") == before
    assert store.live.rebuild() == []


def test_an_interval_goes_on_over_groups_of_rows_days_and_files(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.store.check_log._GROUP", 2)
    rows = [check(asset, DAY + 60 * n, "down" if n == 4 else "up") for asset in ("S2", "S1") for n in range(-5, 10)]
    deliver(store, "uptime_check", *rows[::2], *rows[-3:], content="c1")
    deliver(store, "uptime_check", *rows[1::2], content="c2")  # between those of the first: no run of a file holds
    expected = [
        (asset, *run)
        for asset in ("S1", "S2")
        for run in (("up", DAY - 300, 9), ("down", DAY + 240, 1), ("up", DAY + 300, 5))
    ]
    assert states(store, "asset_no", "state", "first_at", "check_count") == expected
    with store._engine.begin() as connection:
        for table in ("open_intervals", "state_intervals"):
            connection.exec_driver_sql(f"UPDATE {table} SET check_count = 99")
    assert len(store.live.rebuild()) == 2 * len(expected)
    assert states(store, "asset_no", "state", "first_at", "check_count") == expected


def test_what_a_later_file_corrects_holds_in_an_index_made_anew(store: Store) -> None:
    deliver(store, "uptime_check", *(check("S1", 60 * n) for n in range(4)), content="c1")
    deliver(store, "uptime_check", check("S1", 120, "down"), content="c2")
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM state_intervals")
    assert {one.missing for one in store.live.rebuild()} == {True}
    assert states(store, "state", "first_at", "check_count") == [("up", 0, 2), ("down", 120, 1), ("up", 180, 1)]
