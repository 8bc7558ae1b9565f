"""``yunwei targets import``: from a published paper to indicators that load once what is marked was chosen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.papers import Line, Paper
from collector.cli import run
from collector.configuration.profiles import profile, write_workspace
from collector.settings import ConfigErrors, Settings, load_settings
from collector.targets import Known, import_targets
from collector.targets.proposals import Existing
from collector.targets.writing import write
from tests.targets.papers import AMOUNTS, FIRST, GOALS, NAMES, SECOND, Row, detached, paper, read, running, write_docx

GOLDEN = Path(__file__).parent / "imported.yaml"
BROKEN_EVERY = 37


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """Two projects in detached runs, a line every 37 characters."""
    whole = detached() + "备注：本表依申请公开。"
    path = tmp_path / "绩效目标表.txt"
    path.write_text("\n".join(re.findall(rf".{{1,{BROKEN_EVERY}}}", whole)), encoding="utf-8")
    return path


def _workspace(folder: Path, name: str) -> Path:
    write_workspace(profile(name), folder)
    return folder


def _reviewed(text: str, *projects: str) -> str:
    """What a reviewer does who follows the comments: choose, and take what has no formula by hand."""
    for number, project in enumerate(projects, start=1):
        text = text.replace(f"待选项目{number:02}", project)
    text = text.replace("待选服务时间", "7x24").replace("待选时限", "8小时")
    return re.sub(r"^#~ ", "", text, flags=re.M)


def _loaded(workspace: Path, text: str) -> Settings:
    (workspace / "indicators" / "imported.yaml").write_text(text, encoding="utf-8")
    return load_settings(workspace)


def test_one_whole_import(text_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = _workspace(tmp_path / "e3", "e3")
    assert run(["targets", "import", "-C", str(workspace), str(text_file)]) == 0
    told = capsys.readouterr()
    assert told.out == GOLDEN.read_text(encoding="utf-8")
    assert told.err == "读到 2 个项目的 13 项指标：10 项提出算法，1 项没有公式，2 项定性；2 处文字没有归位\n"


def test_reviewed_as_its_comments_say_it_loads_beside_the_projects_of_e3(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path / "e3", "e3")
    mine = {(item.project, item.id): item for item in load_settings(workspace).indicators}
    for file in (workspace / "indicators").glob("*.yaml"):
        file.unlink()  # the same indicators of the same projects: kept in one place only
    for file in (workspace / "self_evaluation").glob("*.yaml"):
        file.unlink()  # it names indicators that the paper calls otherwise
    settings = _loaded(workspace, _reviewed(write(read(paper([detached()])), Known()), "ops2023", "ops2024"))
    found = {(item.project, item.id): item for item in settings.indicators}
    assert len(found) == 11
    for key in (("ops2023", name) for name in ("mlps_score", "mean_response", "network_availability")):
        assert (found[key].formula, found[key].target, found[key].level_codes) == (
            mine[key].formula,
            mine[key].target,
            mine[key].level_codes,
        )
    assert found["ops2024", "system_availability"].level_codes == ("2-效益指标", "24-可持续影响")
    assert found["ops2023", "system_availability"].level_codes == ("1-产出指标", "12-质量")
    assert found["ops2024", "major_timely_rate"].empty_reason == "如未发生重大故障，以完成认定"


@pytest.mark.parametrize("rows", [FIRST, SECOND], ids=["first", "second"])
def test_reviewed_it_loads_in_a_blank_workspace(rows: tuple[Row, ...], tmp_path: Path) -> None:
    workspace = _workspace(tmp_path / "blank", "blank")
    before = len(load_settings(workspace).indicators)
    source = write_docx(tmp_path / "表.docx", [(NAMES[0], AMOUNTS[0], GOALS[0], rows)])
    out = workspace / "indicators" / "imported.yaml"
    assert run(["targets", "import", "-C", str(workspace), "--out", str(out), str(source)]) == 0
    settings = _loaded(workspace, _reviewed(out.read_text(encoding="utf-8"), "ops"))
    assert len(settings.indicators) == before + {FIRST: 6, SECOND: 5}[rows]


def test_unreviewed_it_is_refused_at_every_mark(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path / "blank", "blank")
    text = write(read(paper([detached()])), Known())
    with pytest.raises(ConfigErrors) as refused:
        _loaded(workspace, text)
    lines = {problem.line for problem in refused.value.problems}
    marked = {n for n, line in enumerate(text.splitlines(), 1) if "【选】" in line and not line.startswith("#")}
    assert lines == marked


def test_every_indicator_of_the_paper_is_in_the_file_once(text_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "imported.yaml"
    assert run(["targets", "import", "-C", str(tmp_path), "--out", str(out), str(text_file)]) == 0
    stanzas = re.findall(r"^(?:#~ )?  name: \"?(.+?)\"?$", out.read_text(encoding="utf-8"), flags=re.M)
    qualitative = ["工作效率", "等级保护测评"]
    assert sorted([*stanzas, *qualitative]) == sorted(row[2] for row in (*FIRST, *SECOND))


def test_a_reviewed_file_is_not_overwritten(
    text_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "imported.yaml"
    out.write_text("审阅过", encoding="utf-8")
    assert run(["targets", "import", "--out", str(out), str(text_file)]) == 2
    assert "已经存在，不覆盖审阅过的内容" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "审阅过"


def test_a_paper_without_targets_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "说明.txt"
    path.write_text("部门预算公开说明", encoding="utf-8")
    assert run(["targets", "import", str(path)]) == 3
    assert capsys.readouterr().err.startswith("错误：文件“说明.txt”：没有找到绩效指标")


def test_a_workspace_that_is_not_in_order_does_not_stop_it(
    text_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = _workspace(tmp_path / "blank", "blank")
    (workspace / "indicators" / "draft.yaml").write_text("- id: x\n", encoding="utf-8")
    assert run(["targets", "import", "-C", str(workspace), str(text_file)]) == 0
    assert "这次没有参照其中的项目和服务时间" in capsys.readouterr().err


def test_what_the_workspace_has_already_is_pointed_out() -> None:
    known = Known({"ops": "运维"}, ("7x24",), (Existing("ops", "up", "应用系统正常运行率", "≥98%"),))
    remarks = [remark for proposal in read(paper([detached()]), known).proposals() for remark in proposal.remarks]
    said = "工作区里项目 ops 已有 up（应用系统正常运行率，目标 ≥98%）；属于同一项目时只留一处"
    assert remarks.count(said) == 2


@pytest.mark.parametrize(
    "text", ['引"号', "a: b #c", "- 名称", "*别名", "‘单’", "%百分", "[方]", "true", "0123", "{a}", "\\n反斜杠", "🙂"]
)
def test_any_text_of_a_paper_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    workspace = _workspace(tmp_path / "blank", "blank")
    name = f"{text}响应时间"
    rows = (("1-产出指标", "13-时效", name, "", f"≤1小时（{text}）"),)
    written = write(
        read(paper([], [["一级指标", "二级指标", "三级指标", "指标值"], [*rows[0][:3], rows[0][4]]])), Known()
    )
    item = next(
        item for item in _loaded(workspace, _reviewed(written, "ops")).indicators if item.formula == "mean_response"
    )
    assert (item.name, item.target) == (name.replace(" ", ""), f"≤1小时（{text}）".replace(" ", ""))


def test_a_value_that_only_the_term_has_binds_the_contract(tmp_path: Path) -> None:
    text = write(read(paper([running((("1-产出指标", "13-时效", "系统维护时间", "7天", "当年预计值"),))])), Known())
    [item] = [
        i for i in _loaded(_workspace(tmp_path / "b", "blank"), _reviewed(text, "ops")).indicators if i.target == "7天"
    ]
    assert item.target_period == "contract"


def test_a_paper_of_words_alone_leaves_an_empty_list(tmp_path: Path) -> None:
    text = write(read(paper([running((FIRST[5],))])), Known())
    assert "\n[] # 【选】写入指标之后删去这一行\n" in text
    assert "工作效率：增强" in text
    workspace = _workspace(tmp_path / "blank", "blank")
    assert len(_loaded(workspace, text).indicators) == 4


def test_names_of_files_and_sheets_cannot_break_the_file(tmp_path: Path) -> None:
    source = paper([running(FIRST)])
    odd = Paper(tuple(Line("工作表“甲\n- id: 乙\x01”", line.text) for line in source.lines), ())
    text = write(import_targets(odd, "表\n- id: 丙\u2028.txt", Known()), Known())
    assert len(re.findall("^- id: ", text, flags=re.M)) == 6
    assert len(_loaded(_workspace(tmp_path / "b", "blank"), _reviewed(text, "ops")).indicators) == 4 + 6
