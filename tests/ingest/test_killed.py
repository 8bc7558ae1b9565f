"""Ingest killed at any moment and run again gives the same store and the same archive as one clean run."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.ingest.workspace import CHECK_HEADER, TICKETS, Workspace, ticket

KILLS = 51  # of the first ingest and of the second each, on either database

Ingest = Callable[[Path, int | None], dict[str, Any]]


@pytest.fixture
def ingest_until() -> Iterator[Ingest]:
    """Runs ingest in a folder and kills it before its n-th step; None: to its end."""
    command = [sys.executable, "-m", "tests.ingest.kill_driver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        orders, answers = driver.stdin, driver.stdout

        def run(folder: Path, die_at: int | None) -> dict[str, Any]:
            print(json.dumps({"folder": str(folder), "die_at": die_at}), file=orders, flush=True)
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield run
        orders.close()


def first_deliveries(court: Workspace) -> None:
    """Assets, tickets with rejected rows, checks, a file nobody can read."""
    court.register(("A1", "门户网站", "官网"), ("A2", "打印机", ""))
    court.tickets("工单1.csv", ticket("T1", asset="官网"), ticket("T2", asset="电梯"), ticket("T3", reported="昨天"))
    court.tickets("工单2.csv", ticket("T1", title="蓝屏", asset="A1"), ticket("T4"), ("合计", "", "", "", "2"))
    court.write("inbox/工单3.csv", "无关\n内容\n")
    court.deliver("拨测.csv", CHECK_HEADER, *(("A1", f"2023-03-01 09:{minute:02}", "正常") for minute in range(9)))


def second_deliveries(court: Workspace) -> None:
    """The asset that was missing, corrected rows, later checks; and every ticket file is read with a new mapping."""
    court.register(("A1", "门户网站", "官网"), ("A3", "电梯", ""), name="台账2.csv")
    court.tickets("工单4.csv", ticket("T3"), ticket("T4", title="黑屏"))
    court.deliver("拨测2.csv", CHECK_HEADER, *(("A1", f"2023-03-01 09:{minute:02}", "异常") for minute in range(5, 15)))
    court.source("tickets", TICKETS + "    require: [title]\n")


def kept(folder: Path) -> dict[str, str]:
    """Every archived file and every file of the log of checks, with the hash of its content.

    Besides them there are a lock and the journal of a writer who had committed, which the next writer removes.
    """
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    files = [path for path in files if path.name != ".lock" and not path.name.startswith("unfinished-")]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


#: ``copy(folder, name)``: the workspace once more beside it, in place of an earlier copy of that name.
Copy = Callable[[Path, str], Path]


def copied(folder: Path, name: str) -> Path:
    """A copy of a workspace whose database is a file in its folder."""
    shutil.rmtree(folder.with_name(name), ignore_errors=True)
    return Path(shutil.copytree(folder, folder.with_name(name)))


def hold_against_kills(folder: Path, copy: Copy, ingest_until: Ingest) -> None:
    """Kill at moments spread over the run that ``folder`` is ready for; each time run again and compare."""
    clean = copy(folder, "clean")
    expected = ingest_until(clean, None)
    files = kept(clean)
    for number in range(KILLS):
        die_at = 1 + number * expected["steps"] // KILLS
        killed = copy(folder, "killed")
        assert ingest_until(killed, die_at)["steps"] is None, f"was not killed at step {die_at}"
        again = ingest_until(killed, None)
        assert again["fingerprint"] == expected["fingerprint"], f"killed at step {die_at} of {expected['steps']}"
        assert kept(killed) == files, f"killed at step {die_at} of {expected['steps']}"


@pytest.mark.slow
def test_killed_ingest_is_made_good_in_the_embedded_database(tmp_path: Path, ingest_until: Ingest) -> None:
    court = Workspace(tmp_path / "court", "sqlite:///yunwei.db")
    first_deliveries(court)
    hold_against_kills(court.folder, copied, ingest_until)
    ingest_until(court.folder, None)
    second_deliveries(court)
    hold_against_kills(court.folder, copied, ingest_until)


@pytest.mark.slow
@pytest.mark.live
def test_killed_ingest_is_made_good_in_postgresql(tmp_path: Path, postgres: str, ingest_until: Ingest) -> None:
    server = postgres.rsplit("/", 1)[0]

    def copy(folder: Path, name: str) -> Path:
        """The same with its database, which is called like the folder."""
        copy = copied(folder, name)
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {folder.name}")
        text = (copy / "yunwei.yaml").read_text(encoding="utf-8")
        (copy / "yunwei.yaml").write_text(text.replace(f"{server}/{folder.name}", f"{server}/{name}"), encoding="utf-8")
        return copy

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE court")
    court = Workspace(tmp_path / "court", f"{server}/court")
    first_deliveries(court)
    hold_against_kills(court.folder, copy, ingest_until)
    ingest_until(court.folder, None)
    second_deliveries(court)
    hold_against_kills(court.folder, copy, ingest_until)
