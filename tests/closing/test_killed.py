"""Closing killed at any moment leaves the period open or closed, never half closed, and can be run again."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tests.closing.kill_driver import NOW
from tests.closing.world import Books

STRIDE = 4  # between the steps at which it is killed


def test_killed_at_any_step_a_period_is_open_or_closed_whole(books: Books, database_url: str) -> None:
    books.clock.now = NOW
    command = [sys.executable, "-m", "tests.closing.kill_driver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None

        def ask(die_at: int | None) -> int | None:
            assert driver.stdin is not None
            assert driver.stdout is not None
            order: dict[str, Any] = {"folder": str(books.folder), "url": database_url, "die_at": die_at}
            driver.stdin.write(json.dumps(order) + "\n")
            driver.stdin.flush()
            steps: int | None = json.loads(driver.stdout.readline())["steps"]
            return steps

        die_at, closed = 1, False
        while not closed:
            finished = ask(die_at) is not None
            closed = _is_whole(books)
            assert closed or not finished, "a run that came to its end has closed"
            die_at += STRIDE
        assert die_at > 5 * STRIDE  # it was killed at several steps before one run got through
        driver.stdin.close()
    assert books.close("2023-03", "2023-04") == []  # nothing is left to be done


def _is_whole(books: Books) -> bool:
    """Whether both periods are closed with all their results; they are never so in part."""
    revisions = books.store.revisions()
    closed = books.store.results()
    rows = int((closed["data_state"] == "closed").sum())
    if not revisions:
        assert rows == 0
        return False
    assert [one.period for one in revisions] == ["2023-03", "2023-04"]
    kept = [len(books.store.revision_results(one)) for one in revisions]
    assert sum(kept) == rows == 9
    return True
