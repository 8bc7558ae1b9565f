"""The form as LibreOffice prints it: the whole text is a golden, every character has a font, nothing overflows.

A golden is written anew by ``YUNWEI_GOLDEN=1``; look at the difference before it is kept.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from collector.cli import run
from collector.selfeval.model import SelfEvaluation
from collector.selfeval.write import write
from tests.office import fonts, pages, printed

pytestmark = [pytest.mark.live, pytest.mark.slow]
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module", params=["docx", "xlsx"])
def kind(request: pytest.FixtureRequest) -> str:
    asked: str = request.param
    return asked


@pytest.fixture(scope="module")
def pdf(final: SelfEvaluation, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"printed-{kind}")
    basis = ("2023 已封账，第 1 版",)  # moments and hashes are no matter of the form
    ((_, paths),) = write([replace(final, basis=basis)], folder)
    return printed(next(path for path in paths if path.suffix == f".{kind}"))


def test_its_text_is_the_golden(pdf: Path, kind: str) -> None:
    text = "\n\n".join(pages(pdf)) + "\n"
    golden = GOLDEN / f"form.{kind}.txt"
    if os.environ.get("YUNWEI_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_character_has_a_font_and_no_number_is_too_wide(pdf: Path) -> None:
    text = "\n".join(pages(pdf))
    assert "###" not in text
    assert "\ufffd" not in text
    assert "项目支出绩效自评表" in text
    used = fonts(pdf)
    assert used
    assert all(used.values())
    assert any("CJK" in name for name in used)


def test_our_own_check_reads_the_print_and_finds_no_fault(pdf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(pdf)]) == 0
    assert "得分合计写 80.00" in capsys.readouterr().out


def test_a_draft_says_so_on_every_page(draft: SelfEvaluation, kind: str, tmp_path: Path) -> None:
    """Enough rows for several pages; the heading of the indicators stands on each that has some."""
    rows = [replace(row, name=f"{row.name}{number}") for number in range(8) for row in draft.rows]
    ((_, paths),) = write([replace(draft, rows=rows)], tmp_path)
    found = pages(printed(next(path for path in paths if path.suffix == f".{kind}")))
    assert len(found) >= 4
    assert all(page.splitlines()[0] == "草稿，未定稿" for page in found)
    with_rows = [page for page in found if "效益指标" in page and "三级指标" in page]
    assert len(with_rows) >= 2
