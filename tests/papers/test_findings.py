"""One small paper per kind of finding, and its twin without the fault."""

from __future__ import annotations

import pytest

from metrics.papers.verify import verify
from tests.papers.writing import agreeing, errors, form, notes, of_rows, of_text

ITEMS = [
    ["产出指标（50分）", "数量指标", "巡检次数", "≥100次", "", "110次", "30", "30", ""],
    ["", "质量指标", "设备正常运作率", "≥95%", "", "99.5%", "20", "20", ""],
    ["效益指标", "社会效益", "效益", "提升", "", "提升", "30", "30", ""],
    ["满意度指标", "满意度", "用户满意度", "≥90%", "", "96%", "10", "10", ""],
]
FUND = [["年度资金总额", "", "100", "100", "95", "", "10", "95%", "9.5"]]


def _with(row: int, **cells: str) -> list[list[str]]:
    """The items with cells of one row changed."""
    columns = {"target": 3, "adjusted": 4, "actual": 5, "weight": 6, "mark": 7, "reason": 8}
    changed = [list(item) for item in ITEMS]
    for name, text in cells.items():
        changed[row][columns[name]] = text
    return changed


def test_a_form_without_fault_has_no_error_and_no_note() -> None:
    report = verify(of_rows(form(FUND, ITEMS, ["100", "99.5"]))).report
    assert [finding.text for finding in report.findings if finding.kind != "agrees"] == []
    assert report.unrecognised == []
    assert report.count("agrees") == 5


def test_marks_that_do_not_add_up() -> None:
    (error,) = errors(of_rows(form(FUND, ITEMS, ["100", "98.5"])))
    assert error == "得分合计写 98.5，各项相加 9.5 + 30 + 20 + 30 + 10 = 99.5，不符"


def test_a_total_without_the_execution_is_a_total_too() -> None:
    assert "得分合计写 90，各项相加 30 + 20 + 30 + 10 = 90，相符" in agreeing(of_rows(form(FUND, ITEMS, ["90", "90"])))


def test_weights_that_do_not_add_up() -> None:
    (error,) = errors(of_rows(form(FUND, _with(2, weight="35", reason="略"), ["100", "99.5"])))
    assert error == "分值合计写 100，各项相加 10 + 30 + 20 + 35 + 10 = 105，不符"


def test_weights_of_a_level_that_do_not_add_up() -> None:
    items = [["产出指标（40分）", *ITEMS[0][1:]], *ITEMS[1:]]
    (error,) = errors(of_rows(form(FUND, items, ["100", "99.5"])))
    assert error == "“产出指标”的分值写 40，各项相加 30 + 20 = 50，不符"


def test_a_subtotal_that_does_not_add_up() -> None:
    subtotal = ["产出指标小计", "", "", "", "", "", "50", "48", ""]
    items = [*ITEMS[:2], subtotal, *ITEMS[2:]]
    (error,) = errors(of_rows(form(FUND, items, ["100", "99.5"])))
    assert error == "“产出指标”得分小计写 48，各项相加 30 + 20 = 50，不符"


def test_more_marks_than_there_are() -> None:
    (error,) = errors(of_rows(form([], _with(3, mark="11"))))
    assert error == "“用户满意度”得 11 分，超过其分值 10 分，不符"


def test_full_marks_for_a_target_that_was_missed() -> None:
    (error,) = errors(of_rows(form([], _with(1, actual="94.9%"))))
    assert error == "“设备正常运作率”指标值 ≥95%，完成 94.9%，没有达到却得满分 20，不符"


def test_a_strict_target_missed_by_nothing_may_keep_its_marks() -> None:
    paper = of_rows(form([], _with(1, target="<2小时", actual="2小时")))
    assert errors(paper) == []
    assert "没有达到却得满分 20（按常用的计分办法仍得满分）" in notes(paper)[0]


@pytest.mark.parametrize(
    "text",
    [
        "自评得分=29.42+10+37+15=92.42分。",
        "总得分92.42分（29.42+10+37+15）。",
        "自评总分92.42分，具体如下：产出指标29.42分、经济指标10分、效益指标37分、满意度指标15分。",
        "产出指标得29.42分，经济指标得10分，效益指标得37分，满意度指标得15分，合计92.42分。",
    ],
)
def test_a_sum_of_marks_in_any_wording(text: str) -> None:
    assert errors(of_text(text)) == ["得分合计写 92.42，各项相加 29.42 + 10 + 37 + 15 = 91.42，不符"]


def test_parts_that_stand_in_paragraphs_of_their_own_add_up_too() -> None:
    parts = ["（一）预算执行得9.42分。", "（二）产出指标得20分。", "（三）效益指标得47分。", "（四）满意度指标得15分。"]
    assert errors(of_text("\n".join(["综合得分92.42分", *parts]))) == [
        "得分合计写 92.42，各项相加 9.42 + 20 + 47 + 15 = 91.42，不符"
    ]


def test_full_marks_beside_a_target_without_a_sign_are_only_noted() -> None:
    (note,) = notes(of_rows(form([], _with(1, target="95%", actual="94.9%"))))
    assert "没有达到却得满分 20" in note
    assert "未写符号，按“不低于”理解" in note


@pytest.mark.parametrize(("reason", "count"), [("", 1), ("下半年改造停机", 0)])
def test_marks_taken_off_want_a_reason(reason: str, count: int) -> None:
    taken_off = notes(of_rows(form([], _with(1, mark="18", reason=reason))))
    assert len(taken_off) == count
    assert all("“设备正常运作率”分值 20 得 18，扣 20 − 18 = 2 分，没有说明原因" in note for note in taken_off)


@pytest.mark.parametrize(("actual", "reason", "count"), [("129次", "", 0), ("130次", "", 1), ("130次", "新增法庭", 0)])
def test_from_130_percent_on_a_reason_is_asked_for(actual: str, reason: str, count: int) -> None:
    exceeded = notes(of_rows(form([], _with(0, actual=actual, reason=reason))))
    assert len(exceeded) == count
    assert all("130 ÷ 100 = 130%，达到 130% 以上，没有说明原因" in note for note in exceeded)


@pytest.mark.parametrize(
    ("printed", "kind"), [("97.34%", "agrees"), ("97.3%", "agrees"), ("97.33%", "error"), ("97.35%", "error")]
)
def test_an_execution_rate_beside_its_amounts(printed: str, kind: str) -> None:
    paper = of_text(f"全年预算8500万元，实际支出8273.92万元，预算执行率为{printed}。")
    assert [finding.kind for finding in verify(paper).report.findings] == [kind]


def test_a_rate_within_the_rounding_of_its_amounts_is_no_error() -> None:
    """3.2 万元 may be 31,600 元: 3.16 ÷ 4.1 = 77.07%."""
    (note,) = notes(of_text("预算4.1万元，支出3.2万元，预算执行率77.07%。"))
    assert "3.2 ÷ 4.1 = 78.0487…%，只在所列金额本身的舍入误差之内相符" in note


def test_amounts_in_different_units_are_brought_to_one() -> None:
    assert errors(of_text("预算156万元，支出1405800元，预算执行率90.12%。")) == []


def test_a_mark_for_execution_is_the_rate_times_its_weight() -> None:
    fund = [["年度资金总额", "", "100", "100", "95", "", "20", "95%", "19.5"]]
    (error,) = errors(of_rows(form(fund, [])))
    assert error == "预算执行得分写 19.5，20 × 95% = 19，最多 19.00 分，不符"


def test_a_mark_for_execution_that_was_cut_off() -> None:
    fund = [["年度资金总额", "", "41", "41", "38.66", "", "10", "94.29%", "9.42"]]
    (note,) = notes(of_rows(form(fund, [])))
    assert note == "预算执行得分写 9.42，10 × 94.2926…% = 9.4292…，四舍五入应为 9.43，原文是截去尾数"


def test_a_balance_that_is_none() -> None:
    (error,) = errors(of_text("到位资金8500万元，支出8273.92万元，资金结余226.8万元。"))
    assert error == "结余写 226.8万元，8500 − 8273.92 = 226.08，不符"


def test_sources_that_do_not_add_up() -> None:
    fund = [
        *FUND,
        ["其中：财政拨款", "", "80", "80", "75", "", "", "", ""],
        ["其他资金", "", "20", "20", "25", "", "", "", ""],
    ]
    (error,) = errors(of_rows(form(fund, [])))
    assert error == "支出合计写 95，各项相加 75 + 25 = 100，不符"


def test_months_against_the_year() -> None:
    head = ["类别", *(f"{month}月" for month in range(1, 13)), "全年合计"]
    right, wrong = ["服务器巡检", *["150"] * 11, "149", "1799"], ["主机维护", *["150"] * 12, "1799"]
    (error,) = errors(of_rows([head, right, wrong]))
    assert error.startswith("“主机维护”合计写 1799，各项相加 150 + ")
    assert error.endswith(" = 1800，不符")


def test_eleven_months_are_not_enough_for_a_year() -> None:
    head = ["类别", *(f"{month}月" for month in range(1, 12)), "全年合计"]
    facts = verify(of_rows([head, ["服务器巡检", *["150"] * 11, "1799"]]))
    assert facts.report.findings == []
    assert "不够核对合计" in facts.report.unrecognised[0][1]


def test_the_row_of_totals_below_months() -> None:
    rows = [["月份", "保障次数"], ["1月", "600"], ["2月", "580"], ["合计", "1190"]]
    (error,) = errors(of_rows(rows))
    assert error == "“保障次数”栏合计写 1190，各项相加 600 + 580 = 1180，不符"


def test_twelve_months_in_a_sentence() -> None:
    months = "、".join(f"{month}月10次" for month in range(1, 13))
    assert errors(of_text(f"巡检{months}，全年合计120次。")) == []
    (error,) = errors(of_text(f"巡检{months}，全年合计121次。"))
    assert error.endswith("= 120，不符")


def test_a_percentage_of_two_numbers_beside_it() -> None:
    text = "全年受理工单1234件，及时解决1200件，及时解决率{}。"
    assert errors(of_text(text.format("97.24%"))) == []
    (error,) = errors(of_text(text.format("97.42%")))
    assert error == "及时解决率写 97.42%，而 1200 ÷ 1234 = 97.2447…%，四舍五入为 97.24%，不符"


def test_a_percentage_with_its_numbers_in_brackets() -> None:
    (error,) = errors(of_text("用户满意度回收问卷，满意率为96%（47/50）。"))
    assert "47 ÷ 50 = 94%" in error


def test_a_percentage_that_its_numbers_do_not_explain_is_said_and_not_judged() -> None:
    facts = verify(of_text("设备300台，故障12台，系统正常运行率99.2%。"))
    assert facts.report.findings == []
    assert "没有认出“系统正常运行率”99.2% 由哪两个数算出" in facts.report.unrecognised[0][1]


def test_a_written_quotient() -> None:
    (error,) = errors(of_text("完成率=1200/1234×100%=97.42%"))
    assert "1200 ÷ 1234 = 97.2447…%" in error


def test_a_column_of_rates_is_told_by_its_rows() -> None:
    head = ["处室", "工单总数", "及时解决数", "及时解决率"]
    rows = [["一庭", "40", "38", "95%"], ["二庭", "50", "49", "98%"], ["三庭", "30", "27", "91%"]]
    (error,) = errors(of_rows([head, *rows]))
    assert error == "及时解决率写 91%，而 及时解决数 ÷ 工单总数 27 ÷ 30 = 90%，四舍五入为 90%，不符"


@pytest.mark.parametrize(("total", "word", "right"), [("89.99", "优", "良"), ("90", "优", ""), ("59.9", "中", "差")])
def test_bands(total: str, word: str, right: str) -> None:
    found = errors(of_text(f"自评得分{total}分，自评等级为“{word}”。"))
    assert [f"应为“{right}”" in text for text in found] == [True] * bool(right)


def test_two_totals_in_one_paper() -> None:
    form_rows = of_rows(form(FUND, ITEMS, ["100", "99.5"]))
    text = of_text("自评总分98.5分。")
    (error,) = errors(type(text)(text.lines, form_rows.tables))
    assert error == "总分写 98.5，而表 1第 12 行“得分”栏写 99.5，前后不一致，不符"


def test_what_is_no_mark_is_said() -> None:
    facts = verify(of_rows(form([], _with(1, mark="约18"))))
    assert ("表 1第 7 行“得分”栏", "“约18”没有认出得分，未核对") in facts.report.unrecognised


def test_a_table_that_says_nothing_known_is_named() -> None:
    facts = verify(of_rows([["甲", "1"], ["乙", "2"]]))
    assert facts.report.unrecognised == [("表 1", "没有认出表中的数字可以怎样核对，未核对")]


def test_a_rate_without_its_amounts_limits_the_total_all_the_same() -> None:
    (error,) = errors(of_text("预算执行率为90.12%，自评总分100分。"))
    assert "预算执行率 90.12%，100 − 10 × (1 − 90.12%) = 99.01，至多 99.01 分" in error
    assert errors(of_text("预算执行率为90.12%，自评总分99.01分。")) == []


def test_an_execution_among_the_indicators_is_marked_by_its_rate() -> None:
    row = ["预算执行", "预算执行", "预算执行率", "100%", "", "90.12%", "10", "{}", ""]
    marks = {mark: errors(of_rows(form([], [[cell.format(mark) for cell in row]]))) for mark in ("10", "9.01")}
    assert marks["9.01"] == []
    assert marks["10"] == ["预算执行得分写 10，10 × 90.12% = 9.012，最多 9.01 分，不符"]


def test_a_fund_row_with_a_rate_and_no_amounts() -> None:
    fund = [["年度资金总额", "", "", "", "", "", "10", "90.12%", "10"]]
    assert errors(of_rows(form(fund, []))) == ["预算执行得分写 10，10 × 90.12% = 9.012，最多 9.01 分，不符"]


def test_what_is_promised_or_expected_is_no_statement() -> None:
    text = "预算160万元，支出80万元。满意度达到90%以上。预计执行率达到95%。问卷200份，满意180份，满意率不低于95%。"
    assert verify(of_text(text)).report.findings == []


def test_several_executions_are_not_guessed_between() -> None:
    text = "2022年预算100万元，支出90万元，执行率90%。2023年预算100万元，支出80万元，执行率80%。自评总分100分。"
    facts = verify(of_text(text))
    assert facts.report.count("error") == 0
    assert "有几个不同的预算执行率，没有核对总分的上限" in [text for _, text in facts.report.unrecognised]


def test_a_rate_said_again_without_its_amounts_is_the_same_rate() -> None:
    paper = of_text("预算156万元，支出140.58万元，预算执行率90.12%。\n一、结论\n预算执行率90.11%，自评总分100分。")
    assert any("140.58 ÷ 156" in error and "至多 99.01 分" in error for error in errors(paper))
