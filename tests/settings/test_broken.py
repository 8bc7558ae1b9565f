"""One broken configuration a mistake (``broken/*.yaml``), each with its exact message beside it (``*.txt``)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters import ADAPTERS
from collector.settings import ConfigErrors, load_settings
from tests.settings.workspace import GOOD, write_files

CASES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def files_of(case: Path) -> dict[str, str]:
    """A case holds whole files of a workspace, each after a line ``# ==> its/name``."""
    parts = re.split(r"^# ==> (.+)\n", case.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_mistake_is_answered_with_exactly_this_message(case: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {**GOOD, **files_of(case)})
    with pytest.raises(ConfigErrors) as caught:
        load_settings(tmp_path)
    expected = case.with_suffix(".txt").read_text(encoding="utf-8").replace("{adapters}", "、".join(ADAPTERS))
    assert str(caught.value) + "\n" == expected
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_message_is_chinese_and_names_its_place(case: Path) -> None:
    for line in case.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        assert re.match(r"[\w/]+\.\w+(:\d+)?: .*[\u4e00-\u9fff]", line)
        assert not re.search(r"Input should|Value error|Error|must be|None|mima", line)
