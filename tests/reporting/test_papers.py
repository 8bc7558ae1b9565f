"""The papers of a small court, read as people read them: their whole text is a golden."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree

from collector.cli import run
from collector.cli.common import open_workspace
from collector.compute import Asked, compute
from collector.outputs import export, stored_results
from collector.publish.word import write_template
from tests.compute.court import Court
from tests.conftest import Clock
from tests.publish.word.reading import headers, texts
from tests.reporting.dumps import report_text, workbook_text
from tests.reporting.world import court_with_papers

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("period", ["2023-03", "2023-06", "2023-07", "2023H1"])
def test_the_whole_report_is_the_golden(papers: Path, period: str) -> None:
    """After a deliberate change: write what is found to the golden and read the difference."""
    assert report_text(papers / f"{period}报告.docx") == (GOLDEN / f"report-{period}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("period", ["2023-03", "2023-07"])
def test_the_whole_workbook_is_the_golden(papers: Path, period: str) -> None:
    found = workbook_text(papers / f"{period}工作簿.xlsx")
    assert found == (GOLDEN / f"workbook-{period}.txt").read_text(encoding="utf-8")


def test_a_draft_says_so_on_every_page_and_on_the_cover(papers: Path) -> None:
    path = papers / "2023-03报告.docx"
    assert set(headers(path)) == {"草稿　数字可能变动"}
    assert "草稿（未封账）" in texts(path)


def test_charts_are_native_with_their_numbers_in_a_workbook(papers: Path) -> None:
    with ZipFile(papers / "2023-06报告.docx") as parts:
        names = parts.namelist()
        charts = [name for name in names if re.fullmatch(r"word/charts/chart\d+\.xml", name)]
        books = [name for name in names if name.startswith("word/embeddings/")]
        drawn = [etree.fromstring(parts.read(name)) for name in charts]
        document = etree.fromstring(parts.read("word/document.xml"))
    assert len(charts) == len(books) == len(document.findall(".//{*}drawing")) > 3
    assert not any(name.startswith("word/media/") for name in names)  # nothing is a picture
    for chart in drawn:
        points = [len(series.findall(".//{*}cat//{*}pt")) for series in chart.iter("{*}ser")]
        assert points
        assert len(set(points)) == 1
        assert chart.find(".//{*}externalData") is not None


def test_the_same_state_gives_the_same_bytes(reported: Court, papers: Path, tmp_path: Path) -> None:
    assert run(["report", "2023-03", "-C", str(reported.folder), "--out", str(tmp_path)]) == 0
    for name in ("2023-03报告.docx", "2023-03工作簿.xlsx"):
        assert (tmp_path / name).read_bytes() == (papers / name).read_bytes()


def test_the_courts_template_is_used_and_refused_with_a_reason(
    reported: Court, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from docx import Document

    template = write_template(tmp_path / "模板.docx")
    document: Any = Document(str(template))
    document.add_paragraph("示范法院信息技术科印")
    document.save(str(template))
    typed = ["report", "2023-03", "-C", str(reported.folder), "--out", str(tmp_path), "--template", str(template)]
    assert run(typed) == 0
    assert texts(tmp_path / "2023-03报告.docx")[-1] == "示范法院信息技术科印"
    document.styles.element.remove(document.styles["注释"].element)
    document.save(str(template))
    assert run(typed) == 2
    assert f"模板“{template}”：缺少样式“注释”" in capsys.readouterr().err


def test_a_closed_month_says_which_revision_it_is_and_the_year_which_it_sums(tmp_path: Path) -> None:
    court = court_with_papers(Court(tmp_path / "court", Clock(1_690_880_400)))
    compute(court.settings, court.store, Asked(), now=court.clock())
    folder = str(court.folder)
    assert run(["close", "2023-03", "-C", folder]) == 0
    about = ["--indicator", "arrival", "--period", "2023-03", "--vendor", "乙公司", "--date", "2023-04-05"]
    assert run(["objections", "add", *about, "--text", "道路中断", "-C", folder]) == 0
    decided = ["--by", "信息科", "--date", "2023-04-10", "--reason", "有公告"]
    assert run(["objections", "decide", "1", "--decision", "采纳", *decided, "-C", folder]) == 0
    assert run(["report", "2023-03", "2023", "-C", folder, "--out", str(tmp_path)]) == 0
    for text in (report_text(tmp_path / "2023-03报告.docx"), workbook_text(tmp_path / "2023-03工作簿.xlsx")):
        assert "道路中断" in text
        assert "采纳（信息科 2023-04-10）：有公告" in text
    assert set(headers(tmp_path / "2023-03报告.docx")) == {"第 1 版"}
    assert "草稿" not in report_text(tmp_path / "2023-03报告.docx")
    assert "草稿" not in workbook_text(tmp_path / "2023-03工作簿.xlsx")
    year = report_text(tmp_path / "2023报告.docx")
    assert "汇总的各月：2023-03 第 1 版；2023-01、2023-02、2023-04" in year
    assert set(headers(tmp_path / "2023报告.docx")) == {"草稿　数字可能变动"}
    results = stored_results(court.store, ["2023-02", "2023-03"])
    again = export(court.settings, court.store, results, ["report"], tmp_path, keep_closed=True)
    assert [path.name for path in again] == ["2023-02报告.docx"]  # nothing in the closed one can have changed
    court.store.close()


def test_a_period_without_results_is_one_sentence(reported: Court, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "2031", "-C", str(reported.folder)]) == 2
    assert capsys.readouterr().err == "错误：还没有2031的结果，请先运行 yunwei compute\n"
    assert run(["report", "-C", str(reported.folder)]) == 2
    assert "请写明周期" in capsys.readouterr().err


def test_rows_of_evidence_may_be_asked_for(reported: Court, tmp_path: Path) -> None:
    assert run(["report", "2023-03", "-C", str(reported.folder), "--out", str(tmp_path), "--rows", "1"]) == 0
    assert "平均到场时间　80.00分钟　共 4 条，列出 1 条" in workbook_text(tmp_path / "2023-03工作簿.xlsx")


def test_export_leaves_papers_of_unfinished_periods_out_unless_they_are_asked_for(
    reported: Court, tmp_path: Path
) -> None:
    folder = str(reported.folder)
    assert run(["export", "-C", folder, "--format", "workbook", "--out", str(tmp_path / "all")]) == 0
    names = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert names == [f"2023-{month:02d}工作簿.xlsx" for month in range(1, 8)]  # neither August nor the year
    assert run(["export", "2023", "-C", folder, "--format", "report", "--out", str(tmp_path / "year")]) == 0
    assert [path.name for path in (tmp_path / "year").iterdir()] == ["2023报告.docx"]


def test_the_workspace_is_left_as_it_was(reported: Court, papers: Path) -> None:
    assert open_workspace(reported.folder).store.fingerprint() == reported.store.fingerprint()
