"""Every command line that the documents show is one that the program takes, option by option."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from collector.cli import COMMANDS, cli

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.en.md", "docs/officer.md")


def _lines(page: str) -> list[str]:
    """Command lines in fenced blocks, each once."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, flags=re.M | re.S)
    found = [line.strip() for block in blocks for line in block.splitlines()]
    return list(dict.fromkeys(line for line in found if line.startswith("yunwei ")))


CASES = [(page, line) for page in PAGES for line in _lines(page)]


@pytest.mark.parametrize(("page", "line"), CASES, ids=[f"{page}: {line[:50]}" for page, line in CASES])
def test_the_program_takes_the_line(page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(re.split(r"\s(?:>|\||&&)\s", line)[0], comments=True)[1:]  # the rest is the shell's
    for word in arguments:
        if re.search(r"\.(docx|xlsx|zip|pdf)$", word):
            (tmp_path / word).touch()
    command: click.Command = cli
    context = click.Context(cli, info_name="yunwei")
    while isinstance(command, click.Group):
        name, *arguments = arguments
        found = command.get_command(context, name)
        assert found is not None, f"{page}: {line}"
        command = found
    try:
        command.make_context(command.name, arguments)  # refuses an unknown option or a value it does not take
    except click.BadParameter as error:
        if "does not exist" not in error.message:  # a folder of the reader's
            raise


def test_every_page_shows_commands() -> None:
    assert {page for page, _ in CASES} == set(PAGES)


def test_the_officers_guide_answers_its_four_questions() -> None:
    text = (ROOT / "docs/officer.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, flags=re.M) == ["开始使用", "每月怎么做", "年终怎么做", "数字被质疑时怎么办"]


def test_the_officers_guide_names_only_commands_that_exist() -> None:
    text = (ROOT / "docs/officer.md").read_text(encoding="utf-8")
    assert set(re.findall(r"yunwei ([a-z]+)", text)) <= set(COMMANDS)
