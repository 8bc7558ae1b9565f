"""The status page in a real browser: its style is allowed, its Chinese is there, it prints on few pages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from collector.serve import Server
from tests.serve.prometheus import run_tool, tool

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def printed(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The page as pdf, and what the browser had to say about it."""
    folder = tmp_path_factory.mktemp("browser")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", f"--user-data-dir={folder}/p"]
    command = [tool("chromium"), *options, f"--print-to-pdf={folder}/page.pdf", server.address + "/"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "page.pdf", done.stderr


def test_the_browser_refuses_nothing(printed: tuple[Path, str]) -> None:
    complaints = [line for line in printed[1].splitlines() if "CONSOLE" in line or "Refused" in line]
    assert [line for line in complaints if "favicon" not in line] == []


def test_it_prints_in_chinese_on_few_pages(printed: tuple[Path, str]) -> None:
    text = run_tool("pdftotext", "-layout", str(printed[0]), "-")
    assert "应用系统正常运行率" in text
    assert "设备 MAIL 中断" in text
    assert text.count("\f") <= 2
