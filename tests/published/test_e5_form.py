"""E5's 自评表: 97.34% earns 9.73 of 10, the total is 94.73, 优; and the fund table by source."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from collector.cli import run
from tests.published.forms import fill, written
from tests.published.papers import write_sheet
from tests.selfeval.reading import read_form, value

#: Source → budget, received, paid in 万元; the paper prints their sums alone, the split is invented.
MONEY = {
    "中央": ("3000", "3000", "2900"),
    "省": ("4000", "4000", "3953.92"),
    "市": ("800", "800", "750"),
    "县": ("300", "300", "290"),
    "上年结转": ("400", "400", "380"),
}
MEASURED = [("完成项目数量", 17, "个"), ("符合标准的项目数量", 17, "个"), ("项目按时完成率", 100, "%")]
ANSWERS = {"满意": 90, "不满意": 10}


def deliver(inbox: Path) -> None:
    """Money by source, values entered by hand and a survey of 100."""
    own = inbox / "本单位"
    lines = [
        [f"{source}-{kind}", day, kind, amounts[number], source]
        for source, amounts in MONEY.items()
        for number, (kind, day) in enumerate((("预算", "2020-01-10"), ("到位", "2020-03-01"), ("支出", "2020-12-01")))
    ]
    write_sheet(own / "预算与支出.xlsx", "预算与支出", [["凭证号", "日期", "类别", "金额（万元）", "资金来源"], *lines])
    rows = [
        [f"T{number}", kind, "2020-12-20", amount, unit, "信息处", "2020-12-25", "验收材料.pdf"]
        for number, (kind, amount, unit) in enumerate(MEASURED, 1)
    ]
    head = ["填报编号", "填报项目", "数据日期", "数值", "计量单位", "填报人", "填报时间", "佐证文件"]
    write_sheet(own / "填报值.xlsx", "填报值", [head, *rows])
    answers = [answer for answer, count in ANSWERS.items() for _ in range(count)]
    survey = [[f"W{number}", "2020-12-01", answer] for number, answer in enumerate(answers, 1)]
    write_sheet(own / "满意度问卷.xlsx", "满意度问卷", [["问卷编号", "填写日期", "评价"], *survey])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e5form") / "山西"
    assert run(["init", str(folder), "--profile", "e5"]) == 0
    main = folder / "yunwei.yaml"
    text = main.read_text(encoding="utf-8").replace("{env: YUNWEI_DATABASE_URL}", "sqlite:///data/yunwei.db")
    main.write_text(text, encoding="utf-8")
    deliver(folder / "inbox")
    assert run(["ingest", "-C", str(folder)]) == 0
    assert run(["compute", "2020", "-C", str(folder), "--as-of", "2021-01-15"]) == 0
    return folder


def test_what_the_paper_did_not_explain_keeps_it_a_draft(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """6 → 17 without a reason; 成本 and 效益 are a person's to judge."""
    assert run(["selfeval", "2020", "--final", "-C", str(workspace)]) == 3
    said = capsys.readouterr().err
    assert "“完成项目数量”超额完成（完成值为年度指标值的 283.33…%，达到 130%，应说明原因），缺少原因" in said
    assert "“成本控制”没有数据可算，由人评定，缺少人评定的得分" in said
    assert "“信息化应用效益”没有数据可算，由人评定，缺少人评定的得分" in said


def _filled(workspace: Path) -> None:
    people = "marked_by: 信息处\n    marked_on: 2021-01-08\n    reason: "
    fill(
        workspace,
        2020,
        {
            "# achieved: 全年实际完成情况，由人填写": "achieved: 已完成",
            "# reason: 为什么从 6 个调整为 17 个": "reason: 年中追加 11 个项目",
            "# actual、mark、marked_by、marked_on、reason：由人填写": (
                f"actual: 基本控制\n    grade: achieved\n    mark: 8\n    {people}部分设备价格上涨"
            ),
            "    target: 提升\n    weight: 30\n": (
                f"    target: 提升\n    weight: 30\n    actual: 有所提升\n    mark: 27\n    {people}部分法院应用不足\n"
            ),
        },
    )


def test_the_form_that_should_have_come_out(workspace: Path) -> None:
    _filled(workspace)
    for path in written(workspace, 2020, "--final").values():
        form = read_form(path)
        whole = form.funds["年度资金总额"]
        figures = [value(whole[word]) for word in ("年初预算数", "全年预算数", "全年到位数", "全年执行数", "执行率")]
        assert figures == [8500, 8500, 8500, Fraction("8273.92"), Fraction("0.9734")]
        assert [value(whole["分值"]), value(whole["得分"])] == [10, Fraction("9.73")]
        assert list(form.funds)[1:] == ["中央资金", "省级资金", "市县资金", "上年结转", "其他资金"]
        assert value(form.funds["市县资金"]["全年执行数"]) == 1040
        row = form.rows["完成项目数量"]
        assert (row["年度指标值"], row["调整后指标值"]) == ("6个", "17个")
        assert value(row["实际完成值"]) == 17
        assert [form.mark(name) for name in form.rows] == [20, 10, 10, 8, 27, 10]
        assert (value(form.total), form.band) == (Fraction("94.73"), "优")
        assert value(form.weight) == 100
        assert run(["verify", str(path), "-C", str(workspace)]) == 0


def test_the_fund_table_by_source(workspace: Path) -> None:
    for path in written(workspace, 2020).values():
        whole = read_form(path).received["合计"]
        assert value(whole["资金到位率"]) == 1
        assert value(whole["预算执行率"]) == Fraction("0.9734")
        assert value(whole["资金结余"]) == Fraction("226.08")
        central = read_form(path).received["中央资金"]
        assert [value(central["预算执行率"]), value(central["资金结余"])] == [Fraction("0.9667"), 100]


def test_a_mark_changed_in_the_file_is_found(workspace: Path) -> None:
    """27 becomes 30 in the table: the total no longer adds up, and the band's text is not the matter."""
    import docx

    path = written(workspace, 2020, "--final")["docx"]
    document = docx.Document(str(path))
    cells = [cell for row in document.tables[1].rows for cell in row.cells if cell.text == "27.00"]
    assert cells
    cells[0].text = "30.00"
    document.save(str(path))
    assert run(["verify", str(path)]) == 3
