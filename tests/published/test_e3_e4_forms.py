"""E3 and E4 without data: the form stands with its rows, levels and weights, and asks for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.cli import run
from tests.published.forms import written
from tests.published.papers import write_sheet
from tests.selfeval.reading import Form, read_form, value


def workspace(folder: Path, profile: str, until: str) -> Path:
    """A workspace with one line of money and nothing else."""
    made = folder / profile
    assert run(["init", str(made), "--profile", profile]) == 0
    money = [["凭证号", "日期", "类别", "金额（万元）"], ["Y1", until[:4] + "-02-01", "预算", "137.46"]]
    write_sheet(made / "inbox" / "本单位" / "预算与支出.xlsx", "预算与支出", money)
    assert run(["ingest", "-C", str(made)]) == 0
    assert run(["compute", until[:4], "-C", str(made), "--as-of", until]) == 0
    return made


def weights(form: Form, level: str) -> object:
    return sum(value(form.rows[name]["分值"]) for name, levels in form.levels.items() if levels[0].endswith(level))


@pytest.fixture(scope="module")
def forms_of_e3(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Form]:
    made = workspace(tmp_path_factory.mktemp("e3form"), "e3", "2024-12-31")
    return {project: read_form(written(made, 2024, "--project", project)["docx"]) for project in ("ops2023", "ops2024")}


def test_the_level_belongs_to_the_project_and_not_to_the_indicator(forms_of_e3: dict[str, Form]) -> None:
    name = "应用系统正常运行率"
    assert forms_of_e3["ops2023"].levels[name] == ("1-产出指标", "12-质量")
    assert forms_of_e3["ops2024"].levels[name] == ("2-效益指标", "24-可持续影响")


@pytest.mark.parametrize("project", ["ops2023", "ops2024"])
def test_the_weights_of_e3_fill_the_parts_of_the_rule_pack(forms_of_e3: dict[str, Form], project: str) -> None:
    form = forms_of_e3[project]
    assert [weights(form, level) for level in ("产出指标", "效益指标", "满意度指标")] == [50, 30, 10]
    assert form.total == ""


def test_e4_asks_for_what_only_people_can_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = workspace(tmp_path, "e4", "2025-12-31")
    form = read_form(written(made, 2025)["xlsx"])
    said = capsys.readouterr().out
    assert [weights(form, level) for level in ("产出指标", "效益指标", "满意度指标")] == [50, 30, 10]
    assert form.rows["驻场工程师"]["年度指标值"] == "7人"
    assert "“驻场工程师”无数据，不能由系统计分" in said
    assert "“干警满意度”没有数据可算，由人评定，缺少人评定的得分" in said
    assert "分值合计" not in said
