"""``command``: whether a program of the court's own ends with the right exit code.

It can run anything as the account of the service, so the source must say ``allow_commands: true``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from adapters.mapping import Names
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import bounded
from adapters.probes.faults import explained, overtime

#: What of our surroundings a program gets; the rest may hold passwords.
_KEPT = ("PATH", "HOME", "TZ")
_REAPED_WITHIN = 0.5  # seconds after the kill; one that the kernel cannot end must not hold the check


class CommandTarget(ProbeTarget):
    """A program that should end well."""

    probe: Literal["command"] = Field(description="command：运行程序，看退出码（须写 allow_commands: true）")
    command: Names = Field(description="程序及其参数，逐项列出；不经过 shell，在工作区文件夹中运行")
    exit_codes: tuple[int, ...] = Field((0,), min_length=1, description="表示正常的退出码")


class _CommandChecker:
    def __init__(self, target: CommandTarget, folder: Path) -> None:
        self._target, self._folder = target, folder
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._closed = False

    def check(self, timeout: float) -> ProbeResult:
        with bounded(timeout) as deadline:
            try:
                process = self._start()
            except (OSError, ValueError) as error:
                return ProbeResult("unknown", reason=f"程序“{self._target.command[0]}”无法运行（{_why(error)}）")
            try:
                deadline.phase = "运行"
                code = process.wait(deadline.left())
            except (subprocess.TimeoutExpired, TimeoutError):
                return ProbeResult("down", reason=overtime(deadline))
            except OSError as error:
                return explained(error, deadline)
            finally:
                self._end()
            return self._judged(code, deadline.elapsed_ms())

    def close(self) -> None:
        self._closed = True
        self._end()

    def _end(self) -> None:
        """Kill what still runs, with all the processes it started."""
        with self._lock:
            process, self._running = self._running, None
            if process is not None and process.poll() is None:
                with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(_REAPED_WITHIN)

    def _start(self) -> subprocess.Popen[bytes]:
        nothing = subprocess.DEVNULL
        surroundings = {name: os.environ[name] for name in _KEPT if name in os.environ}
        with self._lock:
            if self._closed:
                raise ValueError("正在停止")
            self._running = subprocess.Popen(
                self._target.command,
                cwd=self._folder,
                env={**surroundings, "LANG": "C.UTF-8"},
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,
            )
            return self._running

    def _judged(self, code: int, latency: int) -> ProbeResult:
        if code in self._target.exit_codes:
            return ProbeResult("up", latency)
        return ProbeResult("down", latency, f"退出码 {code}" if code >= 0 else f"被信号 {-code} 终止")


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "没有这个程序"
    if isinstance(error, PermissionError):
        return "没有执行权限"
    return str(getattr(error, "strerror", None) or error)


class CommandProbe:
    """Runs a program and looks at its exit code."""

    name: ClassVar[str] = "command"
    label: ClassVar[str] = "运行程序"
    config: ClassVar[type[ProbeTarget]] = CommandTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _CommandChecker(target, folder)


PROBE = CommandProbe()
