"""The command ``yunwei demo``, as far as it can be seen without a whole run, and what its progress shows."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from collector.cli import run
from collector.demo.stages import Stages


def test_help_says_what_it_does_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--help"]) == 0
    assert "虚构法院一年的交付文件" in capsys.readouterr().out


def test_a_folder_with_other_files_is_refused_with_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine")

    assert run(["demo", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"错误：“{tmp_path}”已经存在，而且不是空的文件夹，请换一个名字\n"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")

    assert run(["demo", str(tmp_path / "demo")]) == 2


def test_a_missing_writer_is_said_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.demo.run.find_spec", lambda name: None)

    assert run(["demo", str(tmp_path / "demo")]) == 2
    assert "yunwei[demo]" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_stage_says_what_came_of_it_and_keeps_its_seconds() -> None:
    shown = StringIO()
    stages = Stages(Console(file=shown, width=80))

    with stages.stage("采集", 2) as step:
        step.begin("甲：工单", "一月.xlsx")
        step.rows(12)
        step.done("12 行")

    assert shown.getvalue().startswith("采集 ……\n采集完成：12 行（0.")
    assert stages.seconds.keys() == {"采集"}


def test_on_a_terminal_the_file_and_its_rows_are_shown() -> None:
    shown = StringIO()
    stages = Stages(Console(file=shown, width=110, force_terminal=True, _environ={}))

    with stages.stage("采集", 2) as step:
        step.begin("甲：工单", "示例甲科技/" + "很长的文件夹名" * 8 + "/一月.xlsx")
        step.rows(1200)
        step.progress.refresh()

    assert "名/一月.xlsx 1,200 行" in shown.getvalue()


def test_a_stage_that_fails_says_nothing_of_success() -> None:
    shown = StringIO()

    with pytest.raises(RuntimeError), Stages(Console(file=shown)).stage("采集", 1):
        raise RuntimeError

    assert "完成" not in shown.getvalue()
