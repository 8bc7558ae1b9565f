"""The systemd unit: filled in for this machine, accepted by systemd, hardened."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collector import cli
from tests.servers import servers_required
from tests.settings.workspace import write


def unit(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.run(["unit", "-C", str(folder), "--user", "yunwei"]) == 0
    return capsys.readouterr().out


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``systemd-analyze``, where there is one."""
    if shutil.which("systemd-analyze") is None:
        if servers_required():
            pytest.fail("systemd-analyze is not installed, and YUNWEI_REQUIRE_SERVERS is set")
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def test_the_unit_names_program_workspace_and_user(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = unit(write(tmp_path / "court"), capsys)
    folder = (tmp_path / "court").resolve()
    assert f"ExecStart={Path(sys.executable).parent}/yunwei run -C {folder}\n" in text
    assert f"ReadWritePaths={folder}\n" in text
    assert "User=yunwei\n" in text
    assert "/srv/yunwei" not in text
    assert "/opt/yunwei" not in text


def test_systemd_finds_nothing_to_complain_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "yunwei.service"
    path.write_text(unit(write(tmp_path / "court"), capsys), encoding="utf-8")
    checked = analyze("verify", str(path))
    ours = [line for line in (checked.stdout + checked.stderr).splitlines() if "yunwei" in line]
    assert (checked.returncode, ours) == (0, [])


def test_systemd_calls_it_well_confined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "yunwei.service"
    path.write_text(unit(write(tmp_path / "court"), capsys), encoding="utf-8")
    told = analyze("security", "--offline=true", str(path)).stdout
    exposure = re.search(r"exposure level for yunwei.service: ([\d.]+)", told)
    assert exposure, told
    assert float(exposure[1]) <= 2.5  # of 10; an ordinary service has 9.6


def test_a_path_that_systemd_would_read_otherwise_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "my court")
    assert cli.run(["unit", "-C", str(folder)]) == 2
    assert "含有空格" in capsys.readouterr().err
