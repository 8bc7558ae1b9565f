"""As many threads as checks run at once: one that hangs is never waited for, and idle ones are used again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

_LOG = logging.getLogger(__name__)
_IDLE_SECONDS = 90.0  # longer than most intervals, so that threads are not made anew in every round

Task = Callable[[], None]


class Workers:
    """Threads that run one task each; daemons, so that one which hangs does not keep the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[Task | None]] = []
        self._stopped = False
        self.count = 0

    def run(self, task: Task) -> None:
        """Run ``task`` now, on the worker that has been idle for the shortest time, or on a new one."""
        with self._lock:
            if self._stopped:
                return
            if self._idle:
                self._idle.pop().put(task)
                return
            self.count += 1
            number = self.count
        threading.Thread(target=self._work, args=(task,), name=f"probe-{number}", daemon=True).start()

    def stop(self) -> None:
        """Take no more tasks; idle workers end now, the others after their task."""
        with self._lock:
            self._stopped = True
            for tasks in self._idle:
                tasks.put(None)
            self._idle.clear()

    def _work(self, task: Task | None) -> None:
        tasks: SimpleQueue[Task | None] = SimpleQueue()
        while task is not None:
            try:
                task()
            except Exception:
                _LOG.exception("a probing task failed")
            task = self._next(tasks)
        with self._lock:
            self.count -= 1

    def _next(self, tasks: SimpleQueue[Task | None]) -> Task | None:
        with self._lock:
            if self._stopped:
                return None
            self._idle.append(tasks)
        try:
            return tasks.get(timeout=_IDLE_SECONDS)
        except Empty:
            with self._lock:
                if tasks in self._idle:
                    self._idle.remove(tasks)
                    return None
            return tasks.get()  # a task was given in the very moment
