"""Closes a month in a forked process that dies at a chosen step; see ``tests.ingest.kill_driver`` for what a step is.

One order per line on stdin, ``{"folder": …, "url": …, "die_at": n | null}``; the answer is ``{"steps": n}``, null
when the process was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from collector.closing.freeze import Planner, close
from collector.settings import load_settings
from collector.store import open_store
from metrics.period import parse_period
from tests.ingest.kill_driver import Steps

NOW = 1_690_880_400


def _close(folder: Path, url: str, die_at: int | None, answer: int) -> None:
    settings = load_settings(folder)
    store = open_store(url, "court", folder / "checks", lambda: NOW)
    plans = Planner(settings, store, NOW).plan([parse_period("2023-03"), parse_period("2023-04")])
    steps = Steps(die_at)
    steps.watch()
    store._engine.dispose()  # connections are made anew, and watched
    close(settings, store, plans)
    os.write(answer, json.dumps({"steps": steps.count}).encode())
    os._exit(0)


def _forked(order: dict[str, Any]) -> dict[str, Any]:
    reading, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _close(Path(order["folder"]), order["url"], order["die_at"], answer)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(answer)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
        raise RuntimeError(f"closing ended with {os.waitstatus_to_exitcode(status)}, not by the kill")
    return dict(json.loads(text)) if text else {"steps": None}


def main() -> None:
    """Obey the orders."""
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
