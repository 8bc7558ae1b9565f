"""``yunwei serve`` as its user starts and ends it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
import requests

from tests.serve.world import ServedCourt


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(court: ServedCourt, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "collector", "serve", "-C", str(court.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        assert requests.get(found[0] + "/healthz", timeout=10).text == "ok\n"
        process.send_signal(how)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (0, "")
    finally:
        process.kill()
        process.wait()


def test_a_wrong_folder_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "collector", "serve", "-C", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "错误：“/nowhere”不是工作区，其中没有 yunwei.yaml；可用 yunwei init 新建一个\n"
