"""The officer's page says what needs attention, and nothing on it can act."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from html.parser import HTMLParser

import pytest

from collector.serve.html import Html, table, text
from collector.serve.papers import list_papers
from collector.serve.snapshot import take
from collector.serve.status_page import status_page
from collector.serve.wording import duration, lost
from tests.compute.court import at
from tests.serve.world import HEAD, NOW, ServedCourt


class Reader(HTMLParser):
    """The page's text, its tags and where it points to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.words.append(data.strip())


def shown(court: ServedCourt, now: int = NOW, left_out: Mapping[str, int] | None = None) -> Reader:
    papers = list_papers(court.settings.output)
    listed = [((name,), float(count)) for name, count in (left_out or {}).items()]
    reader = Reader(status_page(take(court.settings, court.store, now), papers, listed))
    assert reader.open == []
    return reader


def test_it_says_what_needs_attention(court: ServedCourt) -> None:
    words = shown(court, left_out={"yunwei_target_up": 7}).words
    points = words[words.index("要处理的事") + 1 : words.index("绩效指标")]
    assert points == [
        "设备 MAIL 中断",
        "任务“发布”上次失败：无法写入“绩效指标.xlsx”：磁盘已满",
        "“应用系统正常运行率”覆盖不足：本季 99.45%，本半年 99.45%，本年 99.45%，合同期 99.45%",
        "“设备正常运作率”覆盖不足：本年 90.00%",
        "1 张工单已超过时限还没有完成（及时响应率）",
        "/metrics 略去了 yunwei_target_up 的 7 条序列，超过 serve.series_limit",
    ]


def test_silence_is_said(court: ServedCourt) -> None:
    words = shown(court, at("05-10 14:00")).words
    assert "数据来源“自有拨测”已沉默 2小时5分钟，其间的时间为未知" in words
    assert words[words.index("自有拨测") + 1 :][:5] == ["2023-05-10 11:55:00", "2小时5分钟", "5472", "0", "沉默"]


def test_sources_and_targets_are_listed(court: ServedCourt) -> None:
    words = shown(court).words
    assert "共 2 个：正常 1，中断 1，不明 0。" in words
    assert words[words.index("甲公司月报") + 1 :][:5] == ["2023-05-10 11:50:00", "10分钟", "5", "0", "正常"]
    assert words[words.index("乙公司巡检") + 1 :][:3] == ["—", "—", "从未收到"]


def test_figures_stand_with_their_outcome(court: ServedCourt) -> None:
    words = shown(court).words
    row = words[words.index("应用系统正常运行率") :][:6]
    assert row == ["应用系统正常运行率", "≥99%", "99.45%", "未到期", "99.45%", "覆盖不足"]


def test_what_may_still_be_lost_is_said(court: ServedCourt) -> None:
    """May: 53,568 s allowed, 9,000 s lost, 44,568 s left."""
    words = shown(court).words
    part = words[words.index("期末最好可达") + 1 :]
    assert part[:7] == ["应用系统正常运行率", "本月", "≥99%", "14小时52分钟", "2小时30分钟", "12小时22分钟", "99.83%"]


def test_jobs_are_listed(court: ServedCourt) -> None:
    words = shown(court).words
    assert words[words.index("采集：甲公司月报") + 1 :][:5] == ["2023-05-10 11:50:00", "完成", "12.5秒", "1", "0"]


def test_papers_are_linked(court: ServedCourt) -> None:
    page = shown(court)
    assert "papers/%E7%BB%A9%E6%95%88%E6%8C%87%E6%A0%87.csv" in page.links


def test_nothing_on_it_acts_or_comes_from_elsewhere(court: ServedCourt) -> None:
    page = shown(court)
    assert page.tags.isdisjoint({"script", "form", "input", "iframe", "img", "link", "object", "button"})
    assert [link for link in page.links if re.match(r"\w+:|//", link)] == []


def test_names_cannot_become_html(court: ServedCourt) -> None:
    head = HEAD.replace("甲法院", "<script>alert(1)</script>&法院")
    (court.folder / "yunwei.yaml").write_text(head, encoding="utf-8")
    (court.folder / "output" / "<b>.csv").write_text("", encoding="utf-8")
    page = shown(court)
    assert page.tags.isdisjoint({"script", "b"})
    assert "<script>alert(1)</script>&法院 运维绩效" in page.words
    assert "<b>.csv" in page.words


def test_a_workspace_without_anything_says_so(court: ServedCourt) -> None:
    """In 2024 no period has results."""
    words = shown(court, at("12-31 23:00") + 86_400).words
    assert any(word.startswith("当前周期还没有结果") for word in words)


def test_text_is_escaped_and_html_is_not() -> None:
    assert text('<a href="x">') == "&lt;a href=&quot;x&quot;&gt;"
    assert text(Html("<b>1</b>")) == "<b>1</b>"
    assert "<td>&lt;1</td>" in table(["a"], [["<1"]])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0秒"),
        (59, "59秒"),
        (60, "1分钟"),
        (3660, "1小时1分钟"),
        (7205, "2小时"),
        (86_400, "1天"),
        (90_061, "1天1小时"),
        (86_400 + 120, "1天"),
    ],
)
def test_spans_of_time(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_what_is_lost_in_its_unit() -> None:
    assert lost(Fraction(-3600), "seconds") == "-1小时"
    assert lost(Fraction(21, 10), "device_days") == "2.1 设备天"
    assert lost(Fraction(-1, 20), "device_days") == "0.0 设备天"
