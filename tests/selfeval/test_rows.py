"""Every kind of row: what the system scores, what it leaves to a person, what it says is missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from adapters.papers import read_paper
from collector.selfeval.write import write
from metrics.papers.verify import verify
from tests.compute.court import at
from tests.selfeval.conftest import ALL, EVALUATION, INDICATORS, PERSON, Evaluated
from tests.selfeval.reading import read_form, value


def test_a_missed_count_is_scored_in_proportion(evaluated: Evaluated) -> None:
    """8 of 10: (1 − (10 − 8) ÷ 10) × 10."""
    row = evaluated.row("巡检次数")
    assert (row.target, row.actual, row.mark, row.outcome) == ("≥10次", "8次", Decimal("8.00"), "missed")
    assert row.arithmetic == "(1 − (10 − 8) ÷ 10) × 10 = 8.00"


def test_a_strict_target_missed_by_nothing_earns_all_and_says_so(evaluated: Evaluated) -> None:
    row = evaluated.row("平均到场时间")
    assert (row.actual, row.mark, row.outcome) == ("2.00小时", Decimal("20.00"), "missed")
    assert "不含 2小时，完成值恰好相等，没有达到" in row.judged


def test_far_more_than_promised_wants_a_reason(evaluated: Evaluated) -> None:
    """13 of 10 is 130%."""
    assert evaluated.row("保障场次").over
    wanted = "“保障场次”超额完成（完成值为指标值的 130%，达到 130%，应说明原因），缺少原因（reason）"
    assert wanted in evaluated.form().missing
    evaluated.configure("indicators:\n  - {indicator: events, reason: 新设法庭}\n")
    assert wanted not in evaluated.form().missing


def test_words_no_data_and_low_coverage_are_left_to_a_person(evaluated: Evaluated) -> None:
    form = evaluated.form()
    open_rows = {row.name: row for row in form.rows if row.mark is None}
    assert set(open_rows) == {"问题解决率", "正常运行率", "满意度"}
    assert open_rows["满意度"].actual == "无数据"
    assert open_rows["正常运行率"].actual.startswith("100.00%（覆盖率 0.01%")
    assert form.total is None
    assert form.band == ""


def test_a_persons_mark_is_printed_with_who_and_when(evaluated: Evaluated) -> None:
    evaluated.configure(ALL)
    row = evaluated.row("问题解决率")
    assert (row.mark, row.outcome) == (Decimal("9.00"), "person")
    assert row.judged == "指标值不是数值，由人评定；信息科 2024-01-05 评定为达成，给 9.00 分"


def test_with_every_mark_the_total_is_their_sum(evaluated: Evaluated) -> None:
    """Execution 10 × 1260000 ÷ 1400000 = 9; 20 + 8 + 10 + 9 of the output, 24, 0."""
    evaluated.configure(ALL)
    form = evaluated.form()
    assert form.missing == ("2023 年的数字尚未封账，还可能变动，请先运行 yunwei close 2023",)
    assert form.execution.mark == Decimal("9.00")
    assert (form.total, form.band) == (Decimal("80.00"), "良")


def test_a_closed_year_can_be_final_and_says_which_revision(evaluated: Evaluated) -> None:
    evaluated.configure(ALL)
    evaluated.form()
    evaluated.close()
    form = evaluated.form(final=True)
    assert form.missing == ()
    assert form.basis[0].startswith("2023 已封账，第 1 版：")
    assert form.basis[1] == f"各月：{'、'.join(f'2023-{month:02d}' for month in range(1, 13))} 未封账"


def test_what_came_after_the_closing_does_not_change_the_form(evaluated: Evaluated) -> None:
    """Two more inspections arrive late: the closed form still says 8."""
    evaluated.configure(ALL)
    evaluated.form()
    evaluated.close()
    late = [{"inspection_no": f"L{n}", "kind": "巡检", "inspected_at": at(f"05-{n:02d} 09:00")} for n in (1, 2)]
    evaluated.court.deliver("late", inspection=late)
    form = evaluated.form(final=True)
    assert next(row for row in form.rows if row.name == "巡检次数").actual == "8次"
    assert form.missing == ()


def test_a_persons_mark_for_what_was_computed_is_refused(evaluated: Evaluated) -> None:
    evaluated.configure(f"indicators:\n  - {{indicator: inspections, mark: 10, {PERSON}}}\n")
    form = evaluated.form()
    assert "“巡检次数”由系统算得 8.00 分，配置中又写了得分 10（mark），请删去" in form.missing
    assert next(row for row in form.rows if row.name == "巡检次数").mark == Decimal("8.00")


def test_before_the_year_has_ended_nothing_is_scored(evaluated: Evaluated) -> None:
    form = evaluated.form(as_of=at("07-01 00:00"))
    assert {row.mark for row in form.rows} == {None}
    assert (form.execution.mark, form.total) == (None, None)
    assert form.rows[0].actual == "2.00小时"  # so far
    assert "“巡检次数”的考核年度尚未结束" in form.missing


def test_an_adjusted_target_is_what_counts(evaluated: Evaluated) -> None:
    evaluated.configure("indicators:\n  - {indicator: inspections, adjusted_target: ≥8次}\n")
    row = evaluated.row("巡检次数")
    assert (row.target, row.adjusted, row.mark, row.outcome) == ("≥10次", "≥8次", Decimal("10.00"), "met")


def test_a_target_that_binds_the_contract_alone_is_not_the_years(evaluated: Evaluated) -> None:
    evaluated.court.configure(INDICATORS.replace("target: ≥10次,", "target: ≥10次, target_period: contract,"))
    row = evaluated.row("巡检次数")
    assert (row.target, row.mark) == ("", None)
    assert (
        "“巡检次数”没有年度指标值，由人评定，缺少人评定的得分（mark、marked_by、marked_on）" in evaluated.form().missing
    )
    evaluated.configure("indicators:\n  - {indicator: inspections, target: ≥4次, reason: 甲}\n")
    assert evaluated.row("巡检次数").mark == Decimal("10.00")


def test_a_target_changed_since_the_results_is_said(evaluated: Evaluated) -> None:
    evaluated.form()
    evaluated.court.configure(INDICATORS.replace("target: ≥10次", "target: ≥8次"))
    from collector.selfeval.build import build, chosen

    settings = evaluated.court.settings
    form = build(settings, evaluated.court.store, chosen(settings, None, "ops")[0])
    assert "“巡检次数”的指标值改过，结果还是按“≥10次”算的，请重新运行 yunwei compute" in form.missing


def test_weights_that_do_not_add_up_leave_the_total_blank(evaluated: Evaluated) -> None:
    evaluated.configure(ALL.replace("{indicator: inspections,", "{indicator: inspections, weight: 12,"))
    form = evaluated.form()
    assert "产出指标的分值合计为 52，评分规则要求 50" in form.missing
    assert form.total is None


def test_a_row_outside_of_the_rule_pack_is_said(evaluated: Evaluated) -> None:
    evaluated.configure("indicators:\n  - {indicator: solved, levels: [管理指标]}\n")
    assert any("“问题解决率”的级别“管理指标”不在评分规则" in text for text in evaluated.form().missing)


def test_rows_stand_by_their_levels_and_those_listed_alone(evaluated: Evaluated) -> None:
    assert [row.name for row in evaluated.form().rows] == [
        "平均到场时间",
        "巡检次数",
        "保障场次",
        "问题解决率",
        "正常运行率",
        "满意度",
    ]
    more = "only_listed: true\nindicators:\n  - {indicator: events}\n  - {indicator: arrival}\n"
    evaluated.configure(more)
    assert [row.name for row in evaluated.form().rows] == ["保障场次", "平均到场时间"]


def test_the_money_of_every_source_stands_below_the_whole(evaluated: Evaluated) -> None:
    whole, *sources = evaluated.form().funds
    assert [whole.initial, whole.budget, whole.received, whole.paid] == [1_500_000, 1_400_000, 1_350_000, 1_260_000]
    assert [whole.rate, whole.in_place, whole.balance] == [Fraction(9, 10), Fraction(135, 140), 90_000]
    assert whole.rate_printed == "90.00%"
    assert [(line.name, int(line.initial), int(line.budget)) for line in sources] == [
        ("中央", 1_000_000, 1_000_000),
        ("省", 500_000, 500_000),
        ("未注明资金来源", 0, -100_000),
    ]


def test_the_rate_of_a_paper_that_divides_by_what_was_received(evaluated: Evaluated, tmp_path: Path) -> None:
    """1,260,000 ÷ 1,350,000 = 93.33%, 9.33 of 10; the form then has a column for what was received."""
    received = "formula: budget_execution, params: {denominator: received}"
    evaluated.court.configure(INDICATORS.replace("formula: budget_execution", received))
    form = evaluated.form()
    assert (form.funds[0].rate_printed, form.execution.mark) == ("93.33%", Decimal("9.33"))
    ((_, paths),) = write([form], tmp_path)
    for path in paths:
        whole = read_form(path).funds["年度资金总额"]
        assert [value(whole[word]) for word in ("全年到位数", "执行率", "得分")] == [
            135,
            Fraction("0.9333"),
            Fraction("9.33"),
        ]
        assert verify(read_paper(path)).report.count("error") == 0


def test_sources_are_put_together_as_the_form_has_them(evaluated: Evaluated) -> None:
    funds = "funds:\n  - {name: 上级资金, sources: [中央, 省]}\n  - {name: 上年结转}\n"
    evaluated.configure(funds)
    lines = {line.name: line.budget for line in evaluated.form().funds[1:]}
    assert lines == {"上级资金": 1_500_000, "上年结转": 0, "未注明资金来源": -100_000}


def test_goals_without_what_was_achieved_keep_it_a_draft(evaluated: Evaluated) -> None:
    evaluated.configure("", EVALUATION.replace(", achieved: 全年稳定", ""))
    assert "年度总体目标“系统稳定运行”缺少实际完成情况（achieved）" in evaluated.form().missing


def test_a_rule_pack_of_the_workspace_takes_the_place_of_ours(evaluated: Evaluated) -> None:
    folder = evaluated.court.folder / "rule_packs"
    folder.mkdir()
    pack = """
id: national
name: 本院办法
sections: [{levels: [产出指标], weight: 50}, {levels: [效益指标], weight: 30}, {levels: [满意度指标], weight: 10}]
missed: pass_line
"""
    before = evaluated.court.settings.hash
    (folder / "own.yaml").write_text(pack, encoding="utf-8")
    assert evaluated.court.settings.hash != before
    row = evaluated.row("巡检次数")
    assert row.arithmetic == "(8 ÷ 10 − 0.6) ÷ 0.4 × 10 = 5.00"
    assert evaluated.form().rule == "本院办法（national）"


def test_a_form_with_bands_of_its_own_is_checked_by_them(evaluated: Evaluated, tmp_path: Path) -> None:
    """80 marks are 良 by the usual bands and 优 by these; the form names them, and our check goes by that."""
    folder = evaluated.court.folder / "rule_packs"
    folder.mkdir()
    sections = (
        "[{levels: [产出指标], weight: 50}, {levels: [效益指标], weight: 30}, {levels: [满意度指标], weight: 10}]"
    )
    bands = "{excellent: 80, good: 70.5, fair: 60}"
    text = f"id: national\nname: 本院办法\nsections: {sections}\nmissed: linear_to_twice\nbands: {bands}\n"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    evaluated.configure(ALL)
    evaluated.form()
    evaluated.close()
    form = evaluated.form(final=True)
    assert (form.total, form.band) == (Decimal("80.00"), "优")
    ((_, paths),) = write([form], tmp_path)
    for path in paths:
        found = verify(read_paper(path)).report.findings
        assert [one.text for one in found if one.check == "band"] == [
            f"等级写“优”，80{'.00' if path.suffix == '.docx' else ''} 分（≥80 优，≥70.5 良，≥60 中，其余差），相符"
        ]
