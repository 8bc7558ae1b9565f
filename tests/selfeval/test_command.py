"""``yunwei selfeval`` as it is typed."""

from __future__ import annotations

from pathlib import Path

import docx
import openpyxl
import pytest

from collector.cli import run
from collector.selfeval.model import SelfEvaluation
from tests.selfeval.conftest import ALL, Evaluated

Captured = pytest.CaptureFixture[str]


def _run(evaluated: Evaluated, *arguments: str) -> int:
    return run(["selfeval", *arguments, "-C", str(evaluated.court.folder)])


@pytest.fixture
def computed(evaluated: Evaluated) -> Evaluated:
    evaluated.form()
    return evaluated


def test_a_draft_says_what_is_missing_and_where_it_was_written(computed: Evaluated, capsys: Captured) -> None:
    assert _run(computed, "2023") == 0
    said = capsys.readouterr().out
    output = computed.court.folder.resolve() / "output"
    for kind in ("docx", "xlsx"):
        assert f"已写出 {output}/2023年度项目支出绩效自评表-信息化运维（草稿）.{kind}\n" in said
    assert "“信息化运维”2023 年自评表是草稿，定稿前还缺 6 处：\n  1. “问题解决率”指标值不是数值" in said
    assert "还可以在 self_evaluation/ 中填写：主管部门（department）" in said
    assert "总分" not in said


def test_a_final_one_is_refused_while_something_is_missing(computed: Evaluated, capsys: Captured) -> None:
    assert _run(computed, "--final") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("错误：“信息化运维”2023 年自评表还不能定稿，还缺 6 处：\n  1. ")
    assert said.err.endswith("没有写出任何文件；不写 --final 可以先写出草稿\n")
    assert not (computed.court.folder / "output").exists()


def test_a_final_one_is_written_once_nothing_is_missing(computed: Evaluated, tmp_path: Path, capsys: Captured) -> None:
    computed.configure(ALL)
    computed.close()
    assert _run(computed, "2023", "--final", "--out", str(tmp_path / "出")) == 0
    assert "“信息化运维”2023 年自评表：总分 80.00，良；评分规则：通行办法" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "出").iterdir()) == [
        "2023年度项目支出绩效自评表-信息化运维.docx",
        "2023年度项目支出绩效自评表-信息化运维.xlsx",
    ]


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (
            ["2022"],
            "没有这样的自评配置，请在 self_evaluation/ 中写一份（见 docs/configuration.md）；已配置的年度：2023",
        ),
        (["23"], "“23”不是年度，应写作 2025"),
        (["--project", "opps"], "没有名为“opps”的运维项目，是否想写“ops”；可用：ops"),
    ],
)
def test_what_is_not_there_is_said(computed: Evaluated, capsys: Captured, arguments: list[str], fact: str) -> None:
    assert _run(computed, *arguments) == 2
    assert fact in capsys.readouterr().err


def test_without_results_it_says_so(evaluated: Evaluated, capsys: Captured) -> None:
    assert _run(evaluated) == 2
    assert "还没有2023的结果，请先运行 yunwei compute" in capsys.readouterr().err


@pytest.fixture(scope="module")
def written(judged: Evaluated, final: SelfEvaluation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the final form."""
    folder = tmp_path_factory.mktemp("final")
    assert _run(judged, "--final", "--out", str(folder)) == 0
    return folder


def test_our_own_check_finds_no_fault(written: Path, judged: Evaluated, capsys: Captured) -> None:
    for path in written.iterdir():
        capsys.readouterr()
        assert run(["verify", str(path), "-C", str(judged.court.folder)]) == 0
        said = capsys.readouterr().out
        assert "得分合计写 80.00" in said or "得分合计写 80，" in said
        assert "“巡检次数”2023 写 8" in said  # compared with the results


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("80.00", "81.00", "得分合计写 81.00，各项相加"),
        ("8次", "9次", "“巡检次数”2023 写 9次，系统结果 8次，不符"),
        ("90.00%", "92.00%", "执行率写 92.00%，而"),
        ("良", "优", "等级写“优”，80.00 分应为“良”"),
    ],
)
def test_a_tampered_word_document_is_found(
    written: Path, judged: Evaluated, tmp_path: Path, capsys: Captured, old: str, new: str, fault: str
) -> None:
    path = next(written.glob("*.docx"))
    document = docx.Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells if cell.text == old]
    cells[0].paragraphs[0].runs[0].text = new
    path = tmp_path / "改过.docx"
    document.save(str(path))
    assert run(["verify", str(path), "-C", str(judged.court.folder)]) == 3
    assert fault in capsys.readouterr().out


def test_a_tampered_workbook_is_found(written: Path, judged: Evaluated, tmp_path: Path, capsys: Captured) -> None:
    path = next(written.glob("*.xlsx"))
    book = openpyxl.load_workbook(path)
    cell = next(cell for row in book["自评表"].iter_rows() for cell in row if cell.value == 24)
    cell.value = 30
    path = tmp_path / "改过.xlsx"
    book.save(path)
    assert run(["verify", str(path), "-C", str(judged.court.folder)]) == 3
    assert "得分合计写 80，各项相加 9 + 20 + 8 + 10 + 9 + 30 + 0 = 86，不符" in capsys.readouterr().out


def test_the_courts_own_template_carries_the_form(judged: Evaluated, tmp_path: Path, capsys: Captured) -> None:
    template = tmp_path / "模板.docx"
    assert run(["report", "--write-template", str(template)]) == 0
    document = docx.Document(str(template))
    document.sections[-1].header.is_linked_to_previous = False
    document.sections[-1].header.paragraphs[0].text = "甲法院文件"
    document.save(str(template))
    assert _run(judged, "--final", "--out", str(tmp_path), "--template", str(template)) == 0
    made = docx.Document(str(next(tmp_path.glob("*自评表*.docx"))))
    assert "甲法院文件" in "".join(paragraph.text for paragraph in made.sections[-1].header.paragraphs)
    assert [table.rows[-1].cells[0].text for table in made.tables[:2]][1] == "自评等级"


def test_a_template_that_is_none_is_refused(judged: Evaluated, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "模板.docx").write_text("不是 Word")
    assert _run(judged, "--out", str(tmp_path), "--template", str(tmp_path / "模板.docx")) == 2
    assert "不是能读的 Word 文档（docx）" in capsys.readouterr().err


def test_check_reminds_of_weights_that_do_not_add_up(evaluated: Evaluated, capsys: Captured) -> None:
    evaluated.configure("indicators:\n  - {indicator: events, weight: 6}\n")
    assert run(["check", "-C", str(evaluated.court.folder)]) == 0
    assert "ops 2023 年自评表：产出指标的分值合计为 46，评分规则要求 50" in capsys.readouterr().out
