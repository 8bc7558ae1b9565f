"""Drafts say so, closed figures say of which revision, and a year says which months' revisions it sums."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import jsonschema

from collector.publish.json_file import document, schema
from collector.publish.publication import Publication
from collector.store import Objection, Revision
from collector.store.objections import Decision
from tests.publish.results import publication, result

CLOSED_AT = 1_704_850_200  # 2024-01-10 09:30 in Shanghai
REVISION = Revision("ops", "2023-03", 1, 0, 1, 57, 1, "ab" * 32, "1.0", "cd" * 32, 9, CLOSED_AT, closed_by="李书记员")


def _closed(period: str, number: int | None) -> Publication:
    return replace(
        publication(result(period=period, data_state="closed" if number else "open", revision_no=number)),
        revisions=[REVISION, replace(REVISION, revision_no=2, reason="补报两张工单")],
    )


def test_an_open_period_is_a_draft_on_every_page() -> None:
    whole = publication()
    standing = whole.standing("ops", "2023-03")
    assert (standing.is_draft, standing.mark, whole.mark) == (True, "草稿", "草稿")
    assert standing.sentence == "2023-03 尚未封账，本页数字为草稿，可能变动"


def test_a_closed_period_names_its_revision() -> None:
    whole = _closed("2023-03", 2)
    standing = whole.standing("ops", "2023-03")
    assert (standing.is_draft, standing.mark, whole.mark) == (False, "第 2 版", "")
    assert standing.sentence == (
        "2023-03 已封账，第 2 版：2024-01-10 09:30 由李书记员封账，数据截至知悉序号 57（输入 cdcdcdcdcdcd），"
        "配置 abababababab，程序 1.0；理由：补报两张工单"
    )


def test_an_earlier_revision_says_that_it_was_corrected() -> None:
    assert _closed("2023-03", 1).standing("ops", "2023-03").mark == "第 1 版（已被第 2 版更正）"


def test_a_newer_computation_of_a_closed_period_is_a_draft() -> None:
    standing = _closed("2023-03", None).standing("ops", "2023-03")
    assert standing.sentence == "2023-03 已封账到第 2 版，本页是此后的重算，尚未封账，为草稿，可能变动"


def test_a_quarter_says_which_revisions_it_sums() -> None:
    standing = _closed("2023Q1", None).standing("ops", "2023Q1")
    assert standing.summed_sentence() == "2023-03 第 2 版；2023-01、2023-02 未封账"


def test_a_period_without_results_is_a_draft() -> None:
    assert publication().standing("ops", "2031").is_draft
    assert publication().standing("ops", "2023-03").zone == ZoneInfo("Asia/Shanghai")


def test_the_json_says_what_is_closed_and_what_vendors_hold_against_it() -> None:
    decision = Decision("declined", "无断电记录", "王主任", "2023-04-20", 2)
    objection = Objection(1, "ops", "uptime", "2023-03", "甲公司", "断电所致", None, "2023-04-10", 1, (decision,))
    whole = document(replace(_closed("2023-03", 2), objections=[objection]))
    jsonschema.validate(whole, schema())
    assert [(one["period"], one["revision_no"], one["mark"]) for one in whole["standings"]] == [
        ("2023-03", 2, "第 2 版")
    ]
    (told,) = whole["objections"]
    assert (told["statement"], told["document_no"]) == ("断电所致", None)
    assert told["decisions"] == [
        {"decision": "declined", "reason": "无断电记录", "decided_by": "王主任", "decided_on": "2023-04-20"}
    ]
