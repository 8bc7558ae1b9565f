"""The probing engine in a process of its own, so that nothing which this one computes can make a check late.

Measured with 2,000 targets: beside computing and publishing in one process, Python's threads wait for each other by
seconds. The engine's process only probes; what it finds comes here in rounds and is stored by the recorder, whose
answer goes back: a round that could not be stored comes again with the next.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import TYPE_CHECKING

from collector.daemon.logs import event, set_up
from collector.probing.engine import Engine, Status
from collector.probing.plans import Check, plans_of
from metrics.errors import PassingError, YunweiError

if TYPE_CHECKING:
    from collector.settings import Settings

_LOG = logging.getLogger("yunwei.daemon")
_REPORT_SECONDS = 2.0  # how often the engine says how it stands
_STOP_SECONDS = 3.0
_GONE = (EOFError, OSError)  # the other process has ended

Sink = Callable[[list[Check]], None]


class Prober:
    """Runs the engine of a configuration elsewhere; started once and stopped once."""

    def __init__(self, settings: Settings, sink: Sink) -> None:
        self._sink, self._settings = sink, settings
        self._rounds, rounds = Pipe()
        self._orders, orders = Pipe()
        self._theirs = (rounds, orders)
        self._process: subprocess.Popen[bytes] | None = None
        self._status = Status(_targets(settings), 0, 0, 0, 0, 0)
        self._threads = [
            threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True)
            for work in (self._take_rounds, self._hear)
        ]

    def start(self) -> None:
        """Begin to probe: a program of its own, for a fork would take the locks of our threads along."""
        numbers = [end.fileno() for end in self._theirs]
        command = [sys.executable, "-P", "-m", __name__, *map(str, numbers)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=numbers)
        for end in self._theirs:
            end.close()  # so that we notice when the other side is gone
        self._orders.send(self._settings)
        for thread in self._threads:
            thread.start()

    def reload(self, settings: Settings) -> None:
        """Take a new configuration; a target that stays the same keeps its slots."""
        with suppress(*_GONE):
            self._orders.send(settings)

    def stop(self) -> None:
        """End within seconds; what was found until then is handed over."""
        if self._process is None:
            return
        with suppress(*_GONE):
            self._orders.send(None)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_STOP_SECONDS)

    def status(self) -> Status:
        """How things stood a moment ago."""
        return self._status

    @property
    def alive(self) -> bool:
        """Whether anybody probes."""
        return self._process is not None and self._process.poll() is None

    def _take_rounds(self) -> None:
        """Store what comes, and answer why not where that fails; empty: it is stored."""
        with suppress(*_GONE):
            while True:
                checks = self._rounds.recv()
                self._rounds.send(self._taken(checks))

    def _taken(self, checks: list[Check]) -> str:
        try:
            self._sink(checks)
        except YunweiError as error:
            return str(error)
        except Exception as error:
            event(_LOG, logging.ERROR, "checks_not_stored", error, checks=len(checks), error=str(error))
            return f"程序出错，详见日志（{type(error).__name__}）"
        return ""

    def _hear(self) -> None:
        with suppress(*_GONE):
            while True:
                self._status = self._orders.recv()


def _targets(settings: Settings) -> int:
    return sum(len(plan.targets) for plan in plans_of(settings))


def _probe(settings: Settings, rounds: Connection, orders: Connection) -> None:
    """The other process: probe until told to stop, or until whoever listens is gone."""
    set_up(settings.daemon.log)

    def hand_over(checks: list[Check]) -> None:
        try:
            rounds.send(checks)
            refused = rounds.recv()
        except _GONE as error:
            raise PassingError("值守进程已经结束，这些结果没有入库") from error
        if refused:
            raise PassingError(refused)

    engine = Engine(plans_of(settings), hand_over)
    engine.start()
    with suppress(*_GONE):
        while engine.alive:
            orders.send(engine.status())
            if orders.poll(_REPORT_SECONDS):
                wanted = orders.recv()
                if wanted is None:
                    break
                engine.reload(plans_of(wanted))
    engine.stop()
    with suppress(*_GONE):
        orders.send(engine.status())


def main() -> None:
    """``python -m collector.daemon.prober``, started by :class:`Prober`: the numbers of its two pipes."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they go to the whole group; the daemon tells us what to do
    rounds, orders = (Connection(int(number)) for number in sys.argv[1:3])
    with suppress(*_GONE):
        _probe(orders.recv(), rounds, orders)


if __name__ == "__main__":
    main()
