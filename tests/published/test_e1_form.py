"""E1's 自评表 as it should have come out: 90.12% of 10 marks are 9.01, so that at most 99.01 are possible, not 100."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from collector.cli import run
from tests.published.forms import fill, judged, written
from tests.published.test_e1 import COUNTS, deliver
from tests.selfeval.reading import read_form, value

#: Indicators without a target or data, judged in full by (invented) people.
BY_PEOPLE = {**dict.fromkeys(COUNTS, 3), "cost_per_asset": 5}
FULL = {"resource_utilisation": 15, "tickets_per_engineer": 15, "satisfaction": 10}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e1form") / "增城"
    assert run(["init", str(folder), "--profile", "e1"]) == 0
    deliver(folder / "inbox")
    assert run(["ingest", "-C", str(folder)]) == 0
    assert run(["compute", "2023", "-C", str(folder), "--as-of", "2024-01-31"]) == 0
    return folder


def test_untouched_it_is_a_draft_without_a_total(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forms = written(workspace, 2023)
    said = capsys.readouterr().out
    assert "“数字法庭设备巡检”没有年度指标值，由人评定，缺少人评定的得分" in said
    assert "“用户满意度”无数据，不能由系统计分，缺少人评定的得分" in said
    for path in forms.values():
        form = read_form(path)
        assert (form.total, form.rows["用户满意度"]["得分"]) == ("", "")
        assert any("草稿" in text for text in form.texts)


def test_it_cannot_be_final_until_people_have_judged(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["selfeval", "2023", "--final", "-C", str(workspace), "--out", str(workspace / "x")]) == 3
    said = capsys.readouterr().err
    assert "错误：“信息化运维项目”2023 年自评表还不能定稿，还缺 12 处：" in said
    assert not (workspace / "x").exists()


def test_everything_else_in_full_makes_99_01(workspace: Path) -> None:
    marks = {
        f"{{indicator: {name}, weight: {weight}}}": f"{{indicator: {name}, weight: {weight}, {judged(str(weight))}}}"
        for name, weight in (BY_PEOPLE | FULL).items()
    }
    fill(workspace, 2023, {**marks, "# achieved: 全年实际完成情况，由人填写": "achieved: 已完成"})
    for path in written(workspace, 2023, "--final").values():
        form = read_form(path)
        fund = form.funds["年度资金总额"]
        assert [value(fund[word]) for word in ("年初预算数", "全年预算数", "全年执行数")] == [
            156,
            156,
            Fraction("140.58"),
        ]
        assert value(fund["执行率"]) == Fraction("0.9011")  # the paper cut it off: 0.901153…
        assert [value(fund["分值"]), value(fund["得分"])] == [10, Fraction("9.01")]
        assert sum(form.mark(name) for name in form.rows) == 90
        assert (value(form.total), form.band) == (Fraction("99.01"), "优")
        assert value(form.weight) == 100
        assert {form.levels[name][0] for name in form.rows} == {"产出指标", "效益指标", "满意度指标"}


def test_our_own_check_finds_no_fault_with_it(workspace: Path) -> None:
    for path in written(workspace, 2023, "--final").values():
        assert run(["verify", str(path), "-C", str(workspace)]) == 0
