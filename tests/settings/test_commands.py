"""``yunwei init``, ``check`` and ``schema`` as somebody at a terminal meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Blob, Context, Preview
from collector.cli import run
from metrics.errors import InputError
from tests.settings.workspace import GOOD, edited, write, write_files

SECOND = 1_678_000_000  # 2023-03-05 15:06:40 in Shanghai


class FakeTable:
    """Takes every csv file; the file's name says what becomes of it."""

    def discover(self, config: Any, context: Context) -> Iterator[Blob]:
        for path in sorted(context.inbox.rglob("*.csv")):
            yield Blob(path.relative_to(context.inbox).as_posix(), path, 0)

    def preview(self, config: Any, blob: Blob, context: Context) -> list[Preview]:
        if "坏" in blob.name:
            raise InputError("不是表格文件").within(f"文件“{blob.name}”")
        missing = ("reported_at",) if "缺" in blob.name else ()
        row = {"ticket_no": "T1", "reported_at": SECOND, "vendor": "甲公司", "cancelled": False, "site": None}
        recognised = {"工单号": "ticket_no", "报障时间": "reported_at"}
        refused = ("第 3 行：“报障时间”列为空",) if "空" in blob.name else ()
        sheet = Preview(blob.name, "Sheet1", "ticket", recognised, ("备注",), missing, [row], refused)
        return [sheet, Preview(blob.name, "二月", "", {}, (), (), [], unread="没有认出表头")]


@pytest.fixture
def fake_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.preview.ADAPTERS", {"table": FakeTable()})
    monkeypatch.setenv("COLUMNS", "140")


def test_init_writes_a_workspace_and_says_the_next_three_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "我院"), "--profile", "e2"]) == 0
    said = capsys.readouterr().out
    assert "方案 e2" in said
    assert [line.strip()[:2] for line in said.splitlines()[1:]] == ["1.", "2.", "3."]
    assert (tmp_path / "我院" / "yunwei.yaml").is_file()


def test_init_lists_the_profiles(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("blank", "e1", "e5", "海珠"))


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        ([], "请写明新工作区放在哪个文件夹，如 yunwei init 我的法院"),
        (["w", "--profile", "e6"], "没有名为“e6”的方案，是否想写“e5”；可用：blank、e1、e2、e3、e4、e5"),
        (["."], "“.”不是空文件夹，为免覆盖已有内容，没有写入；请换一个名称"),
    ],
)
def test_init_refuses_in_one_sentence(
    arguments: list[str], fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    assert run(["init", *arguments]) == 2
    assert capsys.readouterr().err == f"错误：{fact}\n"


def test_schema_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["title"] == "yunwei 配置"
    assert run(["schema", "--out", str(tmp_path / "a" / "s.json")]) == 0
    assert (tmp_path / "a" / "s.json").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("name", ["blank", "e1", "e2", "e3", "e4", "e5"])
def test_every_profile_passes_check(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "w"), "--profile", name]) == 0
    assert run(["check", "-C", str(tmp_path / "w")]) == 0
    said = capsys.readouterr().out
    assert "配置没有错误" in said
    assert "还没有文件的数据来源" in said
    assert "没有数据来源认领的文件" not in said  # the README of the drop folder is ours


def test_check_answers_a_wrong_configuration_with_every_mistake_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, **edited("sources/tickets.yaml", "vendor: a", "vendor: d"))
    assert run(["check", "-C", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "错误：sources/tickets.yaml:4: vendor: 没有名为“d”的运维服务商；可用：a、b\n"


def test_check_gives_the_mistakes_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, **edited("sources/tickets.yaml", "vendor: a", "vendor: d"))
    assert run(["check", "-C", str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "errors": [
            {
                "file": "sources/tickets.yaml",
                "line": 4,
                "key": "vendor",
                "fact": "没有名为“d”的运维服务商；可用：a、b",
            }
        ],
    }


@pytest.mark.usefixtures("fake_table")
def test_check_shows_what_a_source_would_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, **{"inbox/一月.csv": "", "inbox/二月.csv": "", "inbox/别的.doc": "", "inbox/README.md": ""})
    assert run(["check", "-C", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "2 家运维服务商，1 个运维项目，1 个数据来源，2 个指标" in said
    assert "■ 工单（tickets）：2 个文件" in said
    assert "一月.csv 等 2 个文件，工作表“Sheet1”→ 工单" in said
    assert "没有用到的表头：备注" in said
    assert "2023-03-05 15:06:40" in said
    cells = [[cell.strip() for cell in line.split("│")[1:4]] for line in said.splitlines() if "ticket_no" in line]
    assert cells == [["工单号", "ticket_no 工单号", "T1"]]
    assert "还没有文件的数据来源" not in said
    assert "没有数据来源认领的文件（核对 sources 中的 files）：\n  - 别的.doc\n" in said
    assert "没有读的工作表：\n  - 一月.csv，工作表“二月”：没有认出表头\n" in said


@pytest.mark.usefixtures("fake_table")
def test_check_says_which_of_the_first_rows_would_be_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, **{"inbox/有空.csv": ""})
    assert run(["check", "-C", str(tmp_path)]) == 0
    assert "  将被退回：第 3 行：“报障时间”列为空\n" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_table")
def test_check_exits_3_when_a_file_cannot_be_read_or_lacks_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, **{"inbox/坏的.csv": "", "inbox/缺列.csv": "", "inbox/好的.csv": ""})
    assert run(["check", "-C", str(tmp_path)]) == 3
    said = capsys.readouterr().out
    assert "缺少必填的列：报障时间（reported_at）" in said
    assert "  - 坏的.csv：文件“坏的.csv”：不是表格文件" in said
    assert "  - 缺列.csv：工作表“Sheet1”缺少必填的列：报障时间（reported_at）" in said


@pytest.mark.usefixtures("fake_table")
def test_check_as_json_carries_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, **{"inbox/一月.csv": "", "inbox/坏的.csv": "", "inbox/别的.doc": ""})
    assert run(["check", "-C", str(tmp_path), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["unclaimed"]) == (False, ["别的.doc"])
    good, bad = found["sources"][0]["files"]
    assert good["tables"][0] == {
        "sheet": "Sheet1",
        "record": "ticket",
        "recognised": {"工单号": "ticket_no", "报障时间": "reported_at"},
        "unmatched": ["备注"],
        "missing": [],
        "rows": [
            {"ticket_no": "T1", "reported_at": "2023-03-05 15:06:40", "vendor": "甲公司", "cancelled": "否", "site": ""}
        ],
        "refused": [],
    }
    assert good["unread"] == [{"sheet": "二月", "reason": "没有认出表头"}]
    assert bad == {"name": "坏的.csv", "fault": "文件“坏的.csv”：不是表格文件", "tables": [], "unread": []}


@pytest.mark.usefixtures("fake_table")
def test_check_looks_at_one_source_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = GOOD["sources/tickets.yaml"].replace("id: tickets", "id: others").replace("name: 工单", "name: 其他")
    write(tmp_path, **{"sources/others.yaml": other, "inbox/一月.csv": "", "inbox/别的.doc": ""})
    assert run(["check", "-C", str(tmp_path), "--source", "others"]) == 0
    said = capsys.readouterr().out
    assert "■ 其他（others）" in said
    assert "tickets" not in said
    assert "别的.doc" not in said  # what no source takes can only be said of all
    assert run(["check", "-C", str(tmp_path), "--source", "other"]) == 2
    assert "是否想写“others”" in capsys.readouterr().err


def test_check_reminds_of_a_secret_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("YUNWEI_TEST_URL", raising=False)
    url = "database: {url: {env: YUNWEI_TEST_URL}}\n"
    write(tmp_path, **{"yunwei.yaml": GOOD["yunwei.yaml"] + url, "inbox/README.md": ""})
    assert run(["check", "-C", str(tmp_path)]) == 0
    assert "yunwei.yaml 的 database.url：环境变量 YUNWEI_TEST_URL 没有设置" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_table")
def test_check_reminds_of_indicators_for_which_no_source_delivers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    indicators = edited("indicators/main.yaml", "down_from: [tickets]", "down_from: [tickets, checks]")
    write(tmp_path, **indicators)
    assert run(["check", "-C", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reminders"] == [
        "没有数据来源提供设备台账（asset），指标“正常运行率”缺少依据",
        "没有数据来源提供拨测（uptime_check），指标“正常运行率”缺少依据",
    ]


def test_check_outside_a_workspace_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"readme.txt": ""})
    assert run(["check", "-C", str(tmp_path)]) == 2
    assert "不是工作区，其中没有 yunwei.yaml；可用 yunwei init 新建一个" in capsys.readouterr().err
