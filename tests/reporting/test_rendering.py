"""The papers as LibreOffice draws them: every character has a font, no number is too wide for its cell."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import servers_required

pytestmark = pytest.mark.live
_NEEDED = ("soffice", "pdftotext", "pdffonts", "pdfinfo")


@pytest.fixture(scope="module")
def drawn(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each paper's name without its ending → its PDF; one start of LibreOffice, with a profile of its own."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        assert not servers_required(), f"{missing} are not installed, and YUNWEI_REQUIRE_SERVERS is set"
        pytest.skip(f"{missing} are not installed")
    folder = tmp_path_factory.mktemp("drawn")
    files = [str(papers / f"2023-07{name}") for name in ("工作簿.xlsx", "报告.docx")]
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True, timeout=240)
    return {path.stem: path for path in folder.glob("*.pdf")}


def _said(command: str, *arguments: str | Path) -> str:
    return subprocess.run([command, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.mark.parametrize("name", ["2023-07工作簿", "2023-07报告"])
def test_every_font_is_embedded_and_one_of_them_is_chinese(drawn: dict[str, Path], name: str) -> None:
    lines = _said("pdffonts", drawn[name]).splitlines()[2:]
    fonts = [re.split(r"\s{2,}|\s(?=yes|no)", line) for line in lines]
    assert all(re.search(r"\byes\s+(yes|no)\s+(yes|no)\s+\d+", line) for line in lines), lines
    assert any(re.search(r"CJK|Song|Hei|Fang|Kai|Ming", font[0]) for font in fonts), fonts


@pytest.mark.parametrize("name", ["2023-07工作簿", "2023-07报告"])
def test_no_number_is_wider_than_its_cell_and_no_character_is_lost(drawn: dict[str, Path], name: str) -> None:
    text = _said("pdftotext", "-layout", drawn[name], "-")
    assert "###" not in text
    assert "\ufffd" not in text
    for words in ("平均到场时间", "正常运行率", "巡检次数", "驻场人数", "覆盖不足"):
        assert words in text


@pytest.mark.parametrize(("name", "across"), [("2023-07工作簿", True), ("2023-07报告", False)])
def test_pages_are_a4_and_carry_their_standing(drawn: dict[str, Path], name: str, across: bool) -> None:
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", _said("pdfinfo", drawn[name]))
    assert found is not None
    size = [float(found[1]), float(found[2])]
    assert size == pytest.approx([841.9, 595.3] if across else [595.3, 841.9], abs=1)
    pages = _said("pdftotext", "-layout", drawn[name], "-").split("\f")[:-1]
    assert len(pages) > 5
    assert all("草稿" in page for page in pages)


def test_the_charts_of_the_report_are_drawn(drawn: dict[str, Path]) -> None:
    """Their legends and axes are text of the page."""
    text = _said("pdftotext", "-layout", drawn["2023-07报告"], "-")
    assert re.search(r"目标\s*≥\s*90%", text)
    assert "7月" in text.replace(" ", "")
