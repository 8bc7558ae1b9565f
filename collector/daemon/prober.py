"""The probing engine in a process of its own, so that nothing which this one computes can make a check late.

Measured with 2,000 targets: beside computing and publishing in one process, Python's threads wait for each other by
seconds. The engine's process only probes; what it finds comes here in rounds and is stored by the recorder, whose
answer goes back: a round that could not be stored comes again with the next.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Literal

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
        self._sink = sink
        context = multiprocessing.get_context("spawn")  # a fork would take locks of our threads along
        self._rounds, rounds = context.Pipe()
        self._orders, orders = context.Pipe()
        arguments = (settings, rounds, orders, settings.daemon.log)
        self._process = context.Process(target=_probe, args=arguments, name="probing", daemon=True)
        self._theirs = (rounds, orders)
        self._status = Status(_targets(settings), 0, 0, 0, 0, 0)
        self._threads = [
            threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True)
            for work in (self._take_rounds, self._hear)
        ]

    def start(self) -> None:
        """Begin to probe."""
        self._process.start()
        for end in self._theirs:
            end.close()  # so that we notice when the other side is gone
        for thread in self._threads:
            thread.start()

    def reload(self, settings: Settings) -> None:
        """Take a new configuration; a target that stays the same keeps its slots."""
        with suppress(*_GONE):
            self._orders.send(settings)

    def stop(self) -> None:
        """End within seconds; what was found until then is handed over."""
        with suppress(*_GONE):
            self._orders.send(None)
        if self._process.pid is None:
            return
        self._process.join(_STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_STOP_SECONDS)

    def status(self) -> Status:
        """How things stood a moment ago."""
        return self._status

    @property
    def alive(self) -> bool:
        """Whether anybody probes."""
        return self._process.is_alive()

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


def _probe(settings: Settings, rounds: Connection, orders: Connection, log: Literal["keyvalue", "json"]) -> None:
    """The other process: probe until told to stop, or until whoever listens is gone."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they go to the whole group; the daemon tells us what to do
    set_up(log)

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
