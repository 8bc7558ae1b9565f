"""Backup, restore and the move to another database, as an operator does them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collector import cli
from collector.settings import load_settings
from collector.store import open_store
from tests.settings.workspace import GOOD, write

TICKETS = "工单号,报障时间\nT1,2023-03-01 09:00\nT2,2023-04-01 10:00\n"
CHECKS = "asset_no,checked_at,state\n" + "".join(f"S1,2023-03-01 {hour:02d}:00:00,up\n" for hour in range(24))
SOURCE = """\
id: dial
name: 拨测
adapter: table
files: "*.checks.csv"
tables:
  - record: uptime_check
    columns: {asset_no: asset_no, checked_at: checked_at, state: state}
"""


@pytest.fixture
def court(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace with tickets, checks and results."""
    folder = write(
        tmp_path / "court",
        **{
            "sources/tickets.yaml": GOOD["sources/tickets.yaml"].replace("工单/*.xlsx", "工单.csv"),
            "sources/dial.yaml": SOURCE,
            "inbox/工单.csv": TICKETS,
            "inbox/a.checks.csv": CHECKS,
            "secrets/password": "秘密",
        },
    )
    assert cli.run(["ingest", "-C", str(folder)]) == 0
    assert cli.run(["compute", "2023-03", "-C", str(folder)]) == 0
    capsys.readouterr()
    return folder


def told(folder: Path) -> str:
    """The fingerprint of a workspace's store."""
    settings = load_settings(folder)
    with open_store(settings.database_url(), "court", settings.checks, lambda: 0) as store:
        return store.fingerprint()


def test_a_backup_restores_to_the_same_and_work_goes_on(
    court: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 0
    assert cli.run(["restore", str(tmp_path / "saved"), "-C", str(tmp_path / "again")]) == 0
    assert "与备份一致" in capsys.readouterr().out
    assert told(tmp_path / "again") == told(court)
    shutil.copytree(court / "inbox", tmp_path / "again" / "inbox", dirs_exist_ok=True)
    assert cli.run(["ingest", "-C", str(tmp_path / "again")]) == 0
    assert "没有变化，未再读入" in capsys.readouterr().out
    assert told(tmp_path / "again") == told(court)


def test_no_secret_is_in_a_backup(court: Path, tmp_path: Path) -> None:
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 0
    kept = [path.name for path in (tmp_path / "saved" / "workspace").rglob("*") if path.is_file()]
    assert sorted(kept) == ["dial.yaml", "main.yaml", "tickets.yaml", "yunwei.yaml"]


@pytest.mark.live
def test_a_backup_of_sqlite_restores_into_postgresql_and_back(
    court: Path, tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURT_DB", postgres_url)
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 0
    shared = tmp_path / "shared"
    shutil.copytree(tmp_path / "saved" / "workspace", shared)
    with (shared / "yunwei.yaml").open("a", encoding="utf-8") as file:
        file.write("database: {url: {env: COURT_DB}}\n")
    assert cli.run(["restore", str(tmp_path / "saved"), "-C", str(shared)]) == 0
    assert told(shared) == told(court)
    assert cli.run(["backup", str(tmp_path / "from_postgresql"), "-C", str(shared)]) == 0
    alone = tmp_path / "alone"
    shutil.copytree(tmp_path / "saved" / "workspace", alone)
    assert cli.run(["restore", str(tmp_path / "from_postgresql"), "-C", str(alone)]) == 0
    assert told(alone) == told(court)


@pytest.mark.live
def test_a_workspace_moves_to_postgresql(
    court: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURT_DB", postgres_url)
    before = told(court)
    assert cli.run(["move", "env:COURT_DB", "-C", str(court)]) == 0
    shown = capsys.readouterr().out
    assert "两边一致" in shown
    assert "改成 {env: COURT_DB}" in shown
    with (court / "yunwei.yaml").open("a", encoding="utf-8") as file:
        file.write("database: {url: {env: COURT_DB}}\n")
    assert told(court) == before
    assert cli.run(["compute", "2023-04", "-C", str(court)]) == 0


def test_nothing_is_moved_while_the_daemon_runs(court: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = load_settings(court)
    with open_store(settings.database_url(), "court", settings.checks, lambda: 0) as store:
        claim = store.leadership()
        assert claim.acquire()
        assert cli.run(["move", "sqlite:///other.db", "-C", str(court)]) == 4
        claim.release()
    assert "请先停下再搬" in capsys.readouterr().err


def test_a_password_on_the_command_line_is_refused(court: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["move", "postgresql://a:secret@h/c", "-C", str(court)]) == 2
    assert "secret" not in capsys.readouterr().err


def test_a_damaged_original_is_named_and_the_rest_is_saved(
    court: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = next(path for path in (court / "data" / "archive").rglob("*") if path.is_file() and len(path.name) == 64)
    kept.write_bytes(b"not what it was")
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 3
    assert str(kept) in capsys.readouterr().err
    assert cli.run(["restore", str(tmp_path / "saved"), "-C", str(tmp_path / "again")]) == 0
    assert told(tmp_path / "again") == told(court)


def test_a_damaged_backup_is_not_taken_for_a_good_one(
    court: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 0
    part = next(path for path in (tmp_path / "saved" / "checks").rglob("*") if path.is_file())
    part.write_bytes(b"broken")
    assert cli.run(["restore", str(tmp_path / "saved"), "-C", str(tmp_path / "again")]) == 3
    assert "已损坏" in capsys.readouterr().err


def test_a_backup_never_overwrites_and_appears_whole(
    court: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "note").touch()
    assert cli.run(["backup", str(tmp_path / "saved"), "-C", str(court)]) == 2
    assert cli.run(["restore", str(tmp_path / "saved"), "-C", str(tmp_path / "again")]) == 2
    assert not list(tmp_path.glob("*.partial"))
