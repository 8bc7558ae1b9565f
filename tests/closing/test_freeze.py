"""A period is closed only with what was seen; what is closed stands, and comes out again from what it cites."""

from __future__ import annotations

import pytest

from collector.closing.again import again
from metrics.errors import UsageError
from tests.closing.world import Books
from tests.compute.court import INDICATORS, ticket

CORRECTED = [ticket("T1", "03-01 09:00", "03-01 09:40")]  # 20 minutes become 40


def test_a_revision_cites_sequence_configuration_program_and_moment(books: Books) -> None:
    (revision,) = books.close("2023-03", closed_by="李书记员")
    assert (revision.project, revision.period, revision.revision_no) == ("ops", "2023-03", 1)
    assert (revision.sequence, revision.as_of, revision.closed_at) == (1, books.clock(), books.clock())
    assert revision.configuration_hash == books.settings.hash
    assert revision.inputs_hash == books.store.inputs_hash(1)
    assert revision.closed_by == "李书记员"
    assert books.store.cited_spans() == [(1_677_600_000, 1_680_278_400)]  # 1 March to 1 April, Shanghai


def test_closed_results_say_so_and_open_ones_do_not(books: Books) -> None:
    books.close("2023-03")
    shown = books.store.results()
    states = {(row.period, row.data_state, row.revision_no) for row in shown.fillna({"revision_no": 0}).itertuples()}
    assert states == {("2023-03", "closed", 1), ("2023-04", "open", 0), ("2023H1", "open", 0)}


def test_a_period_that_has_not_ended_is_not_closed(books: Books) -> None:
    with pytest.raises(UsageError, match="2023-08 到 2023-09-01 00:00 才结束，尚不能封账"):
        books.plans("2023-08")


def test_a_period_outside_the_contract_is_not_closed(books: Books) -> None:
    with pytest.raises(UsageError, match="2022-03 不在运维项目的合同期内"):
        books.plans("2022-03")


def test_a_period_that_was_never_computed_is_not_closed(books: Books) -> None:
    with pytest.raises(UsageError, match="“信息化运维”还没有 2023-05 的结果，请先运行 yunwei compute 2023-05"):
        books.plans("2023-05")


def test_figures_computed_before_the_end_of_the_period_are_not_closed(books: Books) -> None:
    books.clock.now = 1_685_000_000  # in May: the period runs
    books.compute("2023-05")
    books.clock.now = 1_690_880_400
    with pytest.raises(UsageError, match="2023-05 的结果算在周期结束之前"):
        books.plans("2023-05")


def test_figures_that_nobody_has_seen_are_not_closed(books: Books) -> None:
    books.deliver("更正.xlsx", ticket=CORRECTED)
    with pytest.raises(UsageError, match=r"请先运行 yunwei compute 2023-03.*平均到场时间 25\.50分钟 → 35\.50分钟"):
        books.plans("2023-03")
    books.compute("2023-03")
    books.close("2023-03")
    assert books.printed("2023-03")["arrival"] == "35.50分钟"


def test_another_rule_must_have_been_computed_with(books: Books) -> None:
    books.configure(INDICATORS.replace("<1小时", "<10分钟"))
    with pytest.raises(UsageError, match="不是按现有的数据、配置和程序算的"):
        books.plans("2023-03")


def test_a_delivery_that_changes_no_figure_is_no_obstacle(books: Books) -> None:
    books.deliver("五月.xlsx", ticket=[ticket("T9", "05-01 09:00", "05-01 09:40")])
    (revision,) = books.close("2023-03")
    assert revision.sequence == 2  # the revision knows all that was there when it was closed


def test_what_comes_later_leaves_the_closed_figures_alone(books: Books) -> None:
    books.close("2023-03")
    books.deliver("更正.xlsx", ticket=CORRECTED)
    books.compute("2023-03")
    assert books.printed("2023-03")["arrival"] == "25.50分钟"
    assert books.printed("2023-03", newest=True)["arrival"] == "35.50分钟"


def test_closing_again_corrects_and_keeps_the_first_revision(books: Books) -> None:
    books.close("2023-03")
    books.deliver("更正.xlsx", ticket=CORRECTED)
    books.compute("2023-03")
    (second,) = books.close("2023-03", reason="甲公司补报")
    assert (second.revision_no, second.reason) == (2, "甲公司补报")
    assert books.printed("2023-03")["arrival"] == "35.50分钟"
    first, _ = books.store.revisions("ops", "2023-03")
    kept = books.store.revision_results(first)
    assert kept[(kept["indicator"] == "arrival") & (kept["dimension"] == "total")]["printed"].tolist() == ["25.50分钟"]


def test_closing_again_without_a_change_does_nothing(books: Books) -> None:
    books.close("2023-03")
    books.deliver("五月.xlsx", ticket=[ticket("T9", "05-01 09:00", "05-01 09:40")])
    books.compute("2023-03")
    assert books.close("2023-03") == []


def test_computing_what_is_closed_is_marked_as_closed(books: Books) -> None:
    books.close("2023-03")
    books.compute("2023-03")
    newest = books.store.results(max(books.store.results(newest=True)["run_id"]), period="2023-03")
    assert set(newest["data_state"]) == {"closed"}
    books.deliver("更正.xlsx", ticket=CORRECTED)
    books.compute("2023-03")
    latest = books.store.results(period="2023-03", newest=True, dimension="total")
    assert dict(zip(latest["indicator"], latest["data_state"], strict=True)) == {
        "arrival": "open",  # the one figure that is not the closed one
        "uptime": "closed",
        "inspections": "closed",
    }


def test_a_closed_revision_comes_out_again_after_its_records_were_superseded(books: Books) -> None:
    """Also after the configuration changed, an asset was withdrawn from service, and a second revision was made."""
    books.close("2023-03", "2023-04")
    books.deliver("更正.xlsx", ticket=CORRECTED, asset=[{"asset_no": "A1", "vendor": "乙公司"}])
    books.configure(INDICATORS.replace("<1小时", "<10分钟").replace("≥95%", "≥90%"))
    books.compute("2023-03", "2023-04")
    books.close("2023-03", "2023-04", reason="更正")
    found = [again(books.settings, books.store, revision) for revision in books.store.revisions()]
    assert [(one.revision.period, one.revision.revision_no, one.holds) for one in found] == [
        ("2023-03", 1, True),
        ("2023-03", 2, True),
        ("2023-04", 1, True),
        ("2023-04", 2, True),
    ]


def test_a_longer_period_says_which_of_its_months_are_not_closed_or_changed_since(books: Books) -> None:
    books.compute(*(f"2023-{month:02d}" for month in range(1, 8)))
    books.close(*(f"2023-{month:02d}" for month in range(1, 6)))
    books.deliver("更正.xlsx", ticket=CORRECTED)
    books.compute("2023-03", "2023H1")
    (plan,) = books.plans("2023H1")
    assert plan.warnings == (
        "其中的 2023-06 没有封账",
        "2023-03 第 1 版 封账之后有变化，与本周期的数字对不上，应先更正（再次 yunwei close）",
    )


def test_months_closed_together_with_their_longer_period_are_no_warning(books: Books) -> None:
    months = [f"2023-{month:02d}" for month in range(1, 7)]
    books.compute(*months)
    assert [plan.warnings for plan in books.plans(*months, "2023H1")] == [()] * 7
