"""``yunwei verify`` as it is typed: a paper by itself, and beside the results of a workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.cli import run
from tests.compute.court import Court
from tests.papers.writing import E2, E5, E5_TEXT, write_docx, write_xlsx

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder that happens to be a workspace."""
    monkeypatch.chdir(tmp_path)


def test_a_form_in_word_that_does_not_agree_ends_with_3(tmp_path: Path, capsys: Captured) -> None:
    assert run(["verify", str(write_docx(tmp_path / "e2.docx", E2))]) == 3
    shown = capsys.readouterr().out
    assert "不符 1" in shown.splitlines()[0]
    assert "得分合计写 92.42，各项相加 29.42 + 10 + 37 + 15 = 91.42，不符" in shown
    assert "没有与系统结果比较" in shown


def test_a_workbook_that_agrees_ends_with_0(tmp_path: Path, capsys: Captured) -> None:
    assert run(["verify", str(write_xlsx(tmp_path / "e5.xlsx", E5))]) == 0
    shown = capsys.readouterr().out
    assert "不符 0，提示 2" in shown.splitlines()[0]
    assert "执行率写 97.34%，8273.92 ÷ 8500 = 97.3402…%，相符" in shown
    assert "工作表“自评表”第 17 行“得分”栏" in shown


def test_json_names_every_finding_with_its_place(tmp_path: Path, capsys: Captured) -> None:
    assert run(["verify", "--json", str(write_docx(tmp_path / "e2.docx", E2))]) == 3
    shown = json.loads(capsys.readouterr().out)
    assert (shown["error_count"], shown["compared_with_results"]) == (1, False)
    (error,) = [finding for finding in shown["findings"] if finding["kind"] == "error"]
    assert (error["check"], error["place"]) == ("sum", "表 1第 12 行“得分”栏")
    assert (error["stated"], error["computed"]) == ("92.42", "29.42 + 10 + 37 + 15 = 91.42")


def test_running_text_copied_out_of_a_paper(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "e5.txt").write_text(E5_TEXT, encoding="gb18030")
    assert run(["verify", "e5.txt"]) == 0
    assert "8500 − 8273.92 = 226.08，相符" in capsys.readouterr().out


def test_what_holds_no_figure_is_said(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "a.txt").write_text("关于召开会议的通知", encoding="utf-8")
    assert run(["verify", "a.txt"]) == 0
    assert "没有认出可以核对的数" in capsys.readouterr().out


def test_a_word_file_that_is_none_is_refused_as_damaged(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "x.docx").write_text("没有认出来的内容 99%", encoding="utf-8")
    assert run(["verify", "x.docx"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("错误：文件“x.docx”：内容不是 Word 文档（docx），可能已损坏或没有传完；应为完整的原件")


def test_a_file_that_cannot_be_read_ends_with_3(capsys: Captured) -> None:
    assert run(["verify", "没有.docx"]) == 3
    assert capsys.readouterr().err == "错误：文件“没有.docx”：无法打开文件（文件不在了）\n"


def _compared(court: Court, text: str, capsys: Captured, *more: str) -> tuple[int, list[tuple[str, str]]]:
    (court.folder / "自评.txt").write_text(text, encoding="utf-8")
    code = run(["verify", "-C", str(court.folder), str(court.folder / "自评.txt"), "--json", *more])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, [(one["kind"], one["text"]) for one in findings if one["check"] == "ours"]


def test_figures_are_compared_with_our_results(computed: Court, capsys: Captured) -> None:
    """April: 720 h required, 72 h down."""
    text = "2023年4月正常运行率为90.00%，巡检次数12次。"
    assert _compared(computed, text, capsys, "--period", "2023-04") == (
        0,
        [("agrees", "“正常运行率”2023-04 写 90.00%，系统结果 90.00%，相符")],
    )


def test_a_figure_that_is_not_ours_does_not_agree(computed: Court, capsys: Captured) -> None:
    """March: 20 and 31 minutes to two tickets on site."""
    code, found = _compared(computed, "平均到场时间为20分钟。", capsys, "--period", "2023-03")
    assert code == 3
    assert found == [("error", "“平均到场时间”2023-03 写 20分钟，系统结果 25.50分钟，不符")]
    assert _compared(computed, "平均到场时间为0.425小时。", capsys, "--period", "2023-03")[0] == 0


def test_a_table_of_months_is_compared_month_by_month(computed: Court, capsys: Captured) -> None:
    path = write_docx(
        computed.folder / "a.docx", [["2023年", "", ""], ["指标", "3月", "4月"], ["正常运行率", "99%", "90%"]]
    )
    assert run(["verify", "-C", str(computed.folder), str(path)]) == 3
    shown = capsys.readouterr().out
    assert "“正常运行率”2023-03 写 99%，系统结果 100.00%，不符" in shown
    assert "“正常运行率”2023-04 写 90%，系统结果 90.00%，相符" in shown


def test_a_promised_value_is_not_compared(computed: Court, capsys: Captured) -> None:
    assert _compared(computed, "正常运行率不低于99%。", capsys, "--period", "2023-04") == (0, [])


def test_what_has_no_result_of_ours_is_said(computed: Court, capsys: Captured) -> None:
    (computed.folder / "自评.txt").write_text("2019年自评报告：正常运行率为99%。", encoding="utf-8")
    assert run(["verify", "-C", str(computed.folder), str(computed.folder / "自评.txt")]) == 0
    assert "系统中没有“正常运行率”2019 的结果，没有比较" in capsys.readouterr().out


def test_a_workspace_without_results_is_named(tmp_path: Path, capsys: Captured) -> None:
    assert run(["init", "我院", "--profile", "blank"]) == 0
    (tmp_path / "a.txt").write_text("自评得分90分，自评等级为优。", encoding="utf-8")
    assert run(["verify", "a.txt", "-C", "我院"]) == 2
    assert "请先运行 yunwei compute" in capsys.readouterr().err
