"""The commands around closing: what they say, what they refuse, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.cli import run
from tests.compute.court import INDICATORS, Court, ticket

Capture = pytest.CaptureFixture[str]


def _run(court: Court, *arguments: str) -> int:
    return run([*arguments, "-C", str(court.folder)])


def _correct(court: Court) -> None:
    court.deliver("更正.xlsx", ticket=[ticket("T1", "03-01 09:00", "03-01 09:40")])
    assert _run(court, "compute", "2023-03") == 0


def test_a_closed_month_is_listed_and_checked(computed: Court, capsys: Capture) -> None:
    assert _run(computed, "close", "2023-03", "--by", "李书记员") == 0
    assert "“信息化运维”2023-03 已封账，第 1 版" in capsys.readouterr().out
    assert _run(computed, "close", "--list") == 0
    shown = capsys.readouterr().out
    assert "2023-03  第 1 版" in shown
    assert "李书记员" in shown
    assert _run(computed, "close", "--check") == 0
    assert capsys.readouterr().out == "ops 2023-03 第 1 版：重算相同\n共 1 版，全部分毫不差\n"


def test_a_correction_needs_its_reason(computed: Court, capsys: Capture) -> None:
    assert _run(computed, "close", "2023-03") == 0
    _correct(computed)
    capsys.readouterr()
    assert _run(computed, "close", "2023-03") == 2
    assert "更正须用 --reason 写明理由；有变化的是：平均到场时间 25.50分钟 → 35.50分钟" in capsys.readouterr().err
    assert _run(computed, "close", "2023-03", "--reason", "补报") == 0
    assert "已更正，第 2 版" in capsys.readouterr().out
    assert _run(computed, "close", "2023-03") == 0
    assert "与第 2 版相同，不需要更正" in capsys.readouterr().out


def test_what_is_open_needs_a_persons_word(computed: Court, capsys: Capture) -> None:
    computed.deliver("重号.xlsx", "b", ticket=[ticket("T1", "03-01 09:00", "03-01 08:00", "乙公司")])
    assert _run(computed, "compute", "2023-03") == 0
    capsys.readouterr()
    assert _run(computed, "close", "2023-03") == 2
    error = capsys.readouterr().err
    assert "条矛盾（yunwei contradictions 2023-03）。确认仍要封账，加 --yes 或 --reason 理由" in error
    assert computed.store.revisions() == []
    assert _run(computed, "close", "2023-03", "--yes") == 0
    (revision,) = computed.store.revisions()
    assert "条矛盾" in (revision.remarks or "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["close"], "应写明要封账的周期"),
        (["close", "2023-13"], "“2023-13”不是周期"),
        (["close", "2023-03", "--project", "opps"], "ops"),
        (["differences", "2023-03"], "2023-03 还没有封过账"),
        (["results", "2023-03", "--revision", "3"], "2023-03 没有第 3 版封账；有：无，还没有封过账"),
        (["results", "--revision", "1"], "--revision 要与周期同用"),
        (["explain", "arrival", "2023-03", "--revision", "1", "--as-of", "2023-05-01"], "--revision 不与"),
    ],
)
def test_a_wrong_question_is_answered_with_code_2(
    computed: Court, capsys: Capture, arguments: list[str], said: str
) -> None:
    assert _run(computed, *arguments) == 2
    assert said in capsys.readouterr().err


def test_each_revision_can_be_seen_and_explained(computed: Court, capsys: Capture) -> None:
    _run(computed, "close", "2023-03")
    _correct(computed)
    _run(computed, "close", "2023-03", "--reason", "补报")
    for revision, printed in (("1", "25.50分钟"), ("2", "35.50分钟")):
        capsys.readouterr()
        assert _run(computed, "results", "2023-03", "--revision", revision) == 0
        shown = capsys.readouterr().out
        assert printed in shown
        assert f"2023-03 已封账，第 {revision} 版" in shown
        assert _run(computed, "explain", "arrival", "2023-03", "--revision", revision) == 0
        assert f"= {printed}" in capsys.readouterr().out


def test_a_run_that_looked_back_can_be_seen(computed: Court, capsys: Capture) -> None:
    assert _run(computed, "compute", "2023-03", "--as-of", "2023-03-01") == 0
    number = capsys.readouterr().out.split("第 ", 1)[1].split(" 次运行", 1)[0]
    assert _run(computed, "results", "2023-03", "--run", number, "--indicator", "arrival") == 0
    assert "20.00分钟" in capsys.readouterr().out
    assert _run(computed, "results", "2023-03", "--indicator", "arrival") == 0
    assert "25.50分钟" in capsys.readouterr().out


def test_the_differences_name_figures_rows_and_keys(computed: Court, capsys: Capture, tmp_path: Path) -> None:
    _run(computed, "close", "2023-03")
    _correct(computed)
    computed.configure(INDICATORS.replace("≥95%", "≥99%"))
    capsys.readouterr()
    assert _run(computed, "differences", "2023-03", "--out", str(tmp_path / "差异.xlsx")) == 0
    shown = capsys.readouterr().out
    assert "第 1 版 与 现在 相比" in shown
    assert "平均到场时间：25.50分钟 → 35.50分钟" in shown
    assert "更正 工单 T1：到场时间=2023-03-01 09:20:00 → 到场时间=2023-03-01 09:40:00" in shown
    assert "更正.xlsx/一 第 2 行" in shown
    assert '配置 indicators.uptime.target："≥95%" → "≥99%"' in shown
    assert (tmp_path / "差异.xlsx").exists()


def test_objections_are_recorded_decided_and_listed(computed: Court, capsys: Capture) -> None:
    about = ["--vendor", "a", "--indicator", "uptime", "--period", "2023-03", "--date", "2023-04-10"]
    assert _run(computed, "objections", "add", *about, "--text", "停机是断电所致", "--document", "甲函〔2023〕7号") == 0
    decided = ["--by", "王主任", "--date", "2023-04-20"]
    assert _run(computed, "objections", "decide", "1", "--decision", "不采纳", "--reason", "无断电记录", *decided) == 0
    assert _run(computed, "objections", "decide", "1", "--decision", "采纳", "--reason", "补交了记录", *decided) == 0
    capsys.readouterr()
    assert _run(computed, "objections", "list") == 0
    assert capsys.readouterr().out == (
        "第 1 号 2023-03 正常运行率：甲公司 2023-04-10 提出（甲函〔2023〕7号）：停机是断电所致\n"
        "  2023-04-20 王主任：不采纳，无断电记录\n"
        "  2023-04-20 王主任：采纳，补交了记录\n"
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--vendor": "甲"}, "没有名为“甲”的运维服务商；可用：a、b"),
        ({"--indicator": "up"}, "uptime"),
        ({"--period": "三月"}, "“三月”不是周期"),
        ({"--date": "4月10日"}, "“4月10日”不是日期"),
        ({"--text": " "}, "--text 不能是空的"),
    ],
)
def test_an_objection_must_name_what_exists(
    computed: Court, capsys: Capture, changed: dict[str, str], said: str
) -> None:
    about = {"--vendor": "a", "--indicator": "uptime", "--period": "2023-03", "--date": "2023-04-10", "--text": "x"}
    given = [part for pair in {**about, **changed}.items() for part in pair]
    assert _run(computed, "objections", "add", *given) == 2
    assert said in capsys.readouterr().err
    assert computed.store.objections() == []
