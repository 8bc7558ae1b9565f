"""The group: lazy, Chinese, with exit codes that mean something."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from collector import cli
from collector.cli.chinese import ChineseCommand
from metrics.errors import ConfigError, InputError, PassingError, UsageError

HEAVY = ("pandas", "pyarrow", "sqlalchemy", "pydantic", "numpy", "rich", "yaml")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """A group whose only command raises what the test puts into the list."""
    raised: list[object] = []

    @click.command("boom", cls=ChineseCommand, help="爆。")
    @click.option("--size", type=click.IntRange(1), metavar="数", help="大小")
    @click.option("--form", type=click.Choice(["json", "csv"]))
    @click.option("--quiet", is_flag=True)
    @click.argument("name", metavar="名称", default="甲")
    def boom(**_: object) -> None:
        if raised:
            raise raised[0]  # type: ignore[misc]

    monkeypatch.setattr(cli, "COMMANDS", {"boom": (f"{__name__}:boom", "爆"), "results": ("x:y", "看")})
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda self, ctx, name: {"boom": boom}.get(name))
    return raised


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom collector.cli import run\n"
        "assert run(['--help']) == 0\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_help_names_every_command_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown and text in shown for name, (_, text) in cli.COMMANDS.items())
    assert "Usage" not in shown
    assert "Options" not in shown


def test_without_arguments_the_help_is_shown_and_the_usage_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 2
    assert "命令：" in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("yunwei ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["comptue"], "没有命令“comptue”（用法见 yunwei --help）"),
        (["result"], "没有命令“result”，是否想写“results”？（用法见 yunwei --help）"),
        (["boom", "--sise", "3"], "没有选项“--sise”，是否想写“--size”？（用法见 yunwei boom --help）"),
        (["boom", "--size"], "选项“--size”后面缺少值（用法见 yunwei boom --help）"),
        (["boom", "--quiet=3"], "选项“--quiet”不带值（用法见 yunwei boom --help）"),
        (["boom", "--size", "大"], "选项“--size”的值“大”不对，应为整数，不小于 1（用法见 yunwei boom --help）"),
        (["boom", "--size", "0"], "选项“--size”的值不对，应为整数，不小于 1（用法见 yunwei boom --help）"),
        (
            ["boom", "--form", "jsn"],
            "选项“--form”的值“jsn”不对，应为 json、csv 之一，是否想写“json”？（用法见 yunwei boom --help）",
        ),
        (["boom", "甲", "乙"], "多出了参数“乙”（用法见 yunwei boom --help）"),
    ],
)
def test_each_usage_error_is_one_chinese_sentence(
    only: list[object], capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err == f"错误：{said}\n"


@pytest.mark.parametrize(
    ("error", "code"), [(UsageError("甲"), 2), (ConfigError("甲"), 2), (InputError("甲"), 3), (PassingError("甲"), 4)]
)
def test_an_error_for_people_gives_its_sentence_and_its_code(
    only: list[object], capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    only.append(error)
    assert cli.run(["boom"]) == code
    assert capsys.readouterr().err == "错误：甲\n"


def test_several_problems_are_counted_and_listed(only: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    only.append(ConfigError("a.yaml:1: 甲\na.yaml:2: 乙"))
    assert cli.run(["boom"]) == 2
    assert capsys.readouterr().err == "错误：有 2 处需要改正\na.yaml:1: 甲\na.yaml:2: 乙\n"


def test_a_bug_keeps_its_traceback(only: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    only.append(ZeroDivisionError("1/0"))
    assert cli.run(["boom"]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: 1/0" in said
    assert said.splitlines()[-1] == "错误：程序内部出错；请把以上内容连同所用的命令报告给维护者"


def test_an_interrupt_is_one_line(only: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    only.append(KeyboardInterrupt())
    assert cli.run(["boom"]) == 130
    assert capsys.readouterr().err.strip() == "已中断，没有写完的部分不会生效；再次运行即可继续"


def test_a_reader_that_goes_away_is_quiet() -> None:
    script = "import sys\nfrom collector.cli import run\nwhile (code := run(['--help'])) == 0: pass\nsys.exit(code)"
    reading, writing = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 141


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_no_encoding_of_the_output_stops_a_command(encoding: str) -> None:
    script = "import sys; sys.argv = ['yunwei', 'results', '-C', '没有㐀']; from collector.cli import main; main()"
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
    said = ran.stderr.decode("utf-8" if encoding == "ascii" else encoding)
    assert (ran.returncode, "Traceback" in said, "yunwei.yaml" in said) == (2, False, True)
    assert "不是工作区" in said or encoding == "latin-1"
