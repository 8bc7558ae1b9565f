"""The commands ingest, deliveries and rejections as people use them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from collector.cli import run
from tests.ingest.workspace import Workspace, ticket

ADVICE = (
    "本次拒绝 1 行，待处理的不合格行共 1 行：用 yunwei rejections list 查看原因，"
    "用 yunwei rejections export 不合格行.xlsx 导出，改正后用 yunwei rejections replay 不合格行.xlsx 交回\n"
)


@pytest.fixture
def delivered(court: Workspace) -> list[str]:
    """One good ticket and one that is refused; the arguments that name the workspace."""
    court.tickets("工单.csv", ticket("T1"), ticket("T2", reported="昨天"))
    return ["-C", str(court.folder)]


def test_ingest_prints_the_accounting_and_what_to_do_next(
    delivered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ingest", *delivered]) == 3
    told = capsys.readouterr()
    assert told.out == (
        "工单.csv：读取 3 = 接收 1 + 未变 0 + 更正 0 + 拒绝 1 + 另计 1（表头 1）\n"
        "合计 1 批：读取 3 = 接收 1 + 未变 0 + 更正 0 + 拒绝 1 + 另计 1（表头 1）\n"
    )
    assert told.err == ADVICE


def test_a_second_ingest_is_fine_and_reminds_of_what_waits(
    delivered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["ingest", *delivered])
    capsys.readouterr()
    assert run(["ingest", *delivered]) == 0
    told = capsys.readouterr()
    assert told.out == "1 份文件或回答没有变化，未再读入\n"
    assert told.err == ADVICE.removeprefix("本次拒绝 1 行，")


def test_ingest_tells_everything_as_json(delivered: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", *delivered, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["totals"]["read"] == 3
    assert told["deliveries"][0]["name"] == "工单.csv"
    assert told["open_rejections"] == 1


def test_an_empty_inbox_is_said(court: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "-C", str(court.folder)]) == 0
    assert capsys.readouterr().out == f"收件文件夹“{court.inbox}”里没有要读的文件\n"


def test_files_that_nobody_reads_are_said(court: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    court.tickets("巡检.csv", ticket("T1"))
    assert run(["ingest", "-C", str(court.folder)]) == 0
    assert capsys.readouterr().out == "1 个文件没有数据来源要读：巡检.csv；若应读入，请检查数据来源的 files\n"


def test_a_file_that_cannot_be_read_is_said_with_the_next_step(
    court: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    court.write("inbox/工单.csv", "无关\n内容\n")
    assert run(["ingest", "-C", str(court.folder)]) == 3
    told = capsys.readouterr()
    assert told.out.startswith("工单.csv：无法读取，")
    advice = "应请服务商重新交付，或用 yunwei check 检查数据来源的设置\n"
    assert told.err == f"1 个文件无法读取：{advice}"
    assert run(["ingest", "-C", str(court.folder)]) == 0
    assert capsys.readouterr().err == f"1 个以前无法读取的文件仍在原处（工单.csv）：{advice}"
    court.tickets("工单.csv", ticket("T1"))
    assert run(["ingest", "-C", str(court.folder)]) == 0
    assert capsys.readouterr().err == ""


def test_an_unknown_source_is_a_wrong_usage(delivered: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["ingest"], ["deliveries"], ["rejections", "list"]):
        assert run([*arguments, *delivered, "--source", "ticket"]) == 2
        assert "没有名为“ticket”的数据来源，是否想写“tickets”" in capsys.readouterr().err


def test_an_ingest_beside_another_waits_for_later(
    court: Workspace, delivered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with court.archive.exclusive():
        assert run(["ingest", *delivered]) == 4
    assert capsys.readouterr().err == "错误：另一个采集正在进行，应等它结束后再试\n"
    assert run(["ingest", *delivered]) == 3


def test_deliveries_are_listed_with_their_rows_and_hash(
    court: Workspace, delivered: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    content_hash = court.ingest().deliveries[0].content_hash
    court.write("inbox/工单2.csv", "无关\n内容\n")
    court.ingest()
    assert run(["deliveries", *delivered]) == 0
    told = capsys.readouterr().out
    words = [line.split() for line in told.splitlines() if "工单" in line]
    counts = ["3", "1", "0", "0", "1", "1"]
    assert words[0] == ["1", "2024-01-01", "08:00:00", "tickets", "工单.csv", *counts, content_hash[:12]]
    assert "—" in words[1]
    assert "第 2 批 工单2.csv 无法读取：" in told


def test_only_the_newest_deliveries_are_listed(
    court: Workspace, delivered: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    court.ingest()
    court.tickets("工单2.csv", ticket("T3"))
    court.ingest()
    assert run(["deliveries", *delivered, "--limit", "1"]) == 0
    told = capsys.readouterr().out
    assert "工单2.csv" in told
    assert "工单.csv" not in told
    assert "共 2 批，只列出最近 1 批；--limit 可列出更多" in told


def test_rejections_go_out_and_come_back(
    court: Workspace,
    delivered: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    court.ingest()
    out = str(tmp_path / "改.xlsx")
    assert run(["rejections", "list", *delivered]) == 0
    assert "工单.csv" in capsys.readouterr().out
    assert run(["rejections", "export", out, *delivered]) == 0
    assert capsys.readouterr().out.startswith(f"已写出 1 行到“{out}”")
    book = openpyxl.load_workbook(out)
    book.worksheets[1]["B2"].value = "2023-03-01 09:00"
    book.save(out)
    assert run(["rejections", "replay", out, *delivered]) == 0
    assert "接收 1" in capsys.readouterr().out
    assert run(["rejections", "list", *delivered]) == 0
    assert capsys.readouterr().out == "没有待处理的不合格行\n"
    assert run(["rejections", "list", "--all", *delivered]) == 0
    assert "已了结" in capsys.readouterr().out
    assert run(["rejections", "replay", out, *delivered]) == 0
    assert capsys.readouterr().out == "这个工作簿已经交回过，没有再读入\n"


def test_without_rejections_no_workbook_is_written(
    court: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "改.xlsx"
    assert run(["rejections", "export", str(out), "-C", str(court.folder)]) == 0
    assert capsys.readouterr().out == "没有待处理的不合格行，没有写出工作簿\n"
    assert not out.exists()


def test_a_foreign_workbook_is_refused(
    delivered: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(other)
    assert run(["rejections", "replay", str(other), *delivered]) == 3
    assert capsys.readouterr().err.startswith(f"错误：工作簿“{other}”：这不是 yunwei rejections export 写出的工作簿")
