"""``yunwei run`` as a process: it works without configuration, heeds signals, and lets one lead at a time."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest

from tests.daemon.running import Daemon, running
from tests.settings.workspace import GOOD, write

CSV = "工单号,报障时间\nT1,2023-03-01 09:00\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh workspace without a ``daemon`` key, with one delivery waiting."""
    return write(
        tmp_path / "court",
        **{
            "sources/tickets.yaml": GOOD["sources/tickets.yaml"].replace("工单/*.xlsx", "*.csv"),
            "inbox/工单.csv": CSV,
        },
    )


def test_a_fresh_workspace_is_worked_on_and_the_end_comes_within_seconds(folder: Path, tmp_path: Path) -> None:
    with running(folder, tmp_path / "log") as daemon:
        assert "accepted=1" in daemon.wait_for("event=job_done", "job=ingest:tickets")
        daemon.wait_for("event=job_done", "job=compute")
        code, seconds = daemon.end()
    assert code == 0
    assert seconds < 6
    assert "event=stopped" in daemon.text()
    assert "Traceback" not in daemon.text()


def test_a_second_daemon_on_the_same_file_says_that_one_runs(folder: Path, tmp_path: Path) -> None:
    with running(folder, tmp_path / "log") as first:
        first.wait_for("event=leading")
        with running(folder, tmp_path / "other") as second:
            assert second.process.wait(30) == 4
        assert f"进程号 {first.process.pid}）" in second.text()
        assert "已有一个 yunwei run 在运行" in second.text()
        assert first.end(signal.SIGINT)[0] == 0


def test_a_broken_configuration_is_refused_at_a_reload_and_a_mended_one_taken(folder: Path, tmp_path: Path) -> None:
    main = folder / "yunwei.yaml"
    good = main.read_text(encoding="utf-8")
    with running(folder, tmp_path / "log") as daemon:
        daemon.wait_for("event=leading")
        main.write_text(good + "daemon: {jobs: {publsh: {}}}\n", encoding="utf-8")
        daemon.tell(signal.SIGHUP)
        assert "yunwei.yaml:12: daemon.jobs.publsh: 没有这个键" in daemon.wait_for("event=reload_refused")
        main.write_text(good + "database: {url: sqlite:///other.db}\n", encoding="utf-8")
        daemon.tell(signal.SIGHUP)
        daemon.wait_for("event=reload_refused", "database.url")
        main.write_text(good + "daemon: {log: json}\n", encoding="utf-8")
        daemon.tell(signal.SIGHUP)
        daemon.wait_for('"event": "reloaded"')
        assert daemon.end()[0] == 0


def test_a_broken_configuration_at_the_start_ends_with_2(folder: Path, tmp_path: Path) -> None:
    (folder / "yunwei.yaml").write_text("organisation: {}\n", encoding="utf-8")
    with running(folder, tmp_path / "log") as daemon:
        assert daemon.process.wait(30) == 2
    assert "organisation" in daemon.text()


def test_systemd_is_told_that_it_is_ready_lives_and_stops(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(30)

        def until(word: str) -> None:
            deadline = time.monotonic() + 30
            while not any(word in text for text in told):
                assert time.monotonic() < deadline, told
                told.append(listener.recv(4096).decode())

        with running(folder, tmp_path / "log", NOTIFY_SOCKET=address, WATCHDOG_USEC="1000000") as daemon:
            until("READY=1")
            until("WATCHDOG=1")
            daemon.wait_for("event=leading")
            daemon.tell(signal.SIGHUP)
            until("RELOADING=1\nMONOTONIC_USEC=")
            daemon.tell(signal.SIGTERM)
            until("STOPPING=1")
            assert daemon.process.wait(30) == 0


@pytest.mark.live
def test_of_two_on_one_postgresql_one_leads_and_the_other_takes_over(
    folder: Path, tmp_path: Path, postgres_url: str
) -> None:
    main = folder / "yunwei.yaml"
    main.write_text(main.read_text(encoding="utf-8") + "database: {url: {env: COURT_DB}}\n", encoding="utf-8")

    def start(name: str) -> Daemon:
        return Daemon(folder, tmp_path / name, COURT_DB=postgres_url)

    first = start("first")
    second = None
    try:
        first.wait_for("event=leading")
        second = start("second")
        second.wait_for("event=standby")
        assert not second.line("event=leading")
        first.process.kill()
        first.process.wait(30)
        killed = time.monotonic()
        second.wait_for("event=leading")
        assert time.monotonic() - killed < 60
        assert second.end()[0] == 0
    finally:
        for daemon in (first, second):
            if daemon is not None and daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait(30)


@pytest.mark.live
def test_a_leader_whose_connection_ends_stops_acting_and_leads_again(
    folder: Path, tmp_path: Path, postgres_url: str
) -> None:
    import psycopg

    main = folder / "yunwei.yaml"
    main.write_text(main.read_text(encoding="utf-8") + "database: {url: {env: COURT_DB}}\n", encoding="utf-8")
    with running(folder, tmp_path / "log", COURT_DB=postgres_url) as daemon:
        daemon.wait_for("event=leading")
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'yunwei%'"
            )
        daemon.wait_for("event=leadership_lost")
        daemon.wait_until(lambda: "x" if daemon.text().count("event=leading") == 2 else "", "leading again")
        assert daemon.end()[0] == 0
