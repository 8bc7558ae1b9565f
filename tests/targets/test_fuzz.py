"""Whatever a paper says, every indicator that was found is told, in YAML that can be read."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.configuration.nodes import read_nodes
from collector.targets import Known
from collector.targets.proposals import Import
from collector.targets.writing import write
from tests.targets.papers import FIRST, NAMES, paper, read, running

SHREDS = (
    *(
        "项目名称",
        "项目名称：",
        NAMES[0],
        "预算金额",
        "137.46",
        "万元",
        "总体目标：",
        "绩效指标",
        "一级指标",
        "二级指标",
    ),
    *(
        "三级指标",
        "指标值",
        "年度指标值",
        "实施周期指标值:",
        "年度指标值:",
        "产出指标",
        "1-产出指标；",
        "12-质量；",
        "质量指标",
    ),
    *(
        "系统可用率",
        "≥99%",
        "0",
        "达标",
        "7天",
        "1、",
        "；",
        "。",
        "（",
        "）",
        ":",
        "合计",
        "符号",
        "单位",
        "分值",
        "\n",
        " ",
        "-",
        "# ",
        '"',
    ),
)
LINES = st.lists(st.lists(st.sampled_from(SHREDS), max_size=12).map("".join), max_size=8)
TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([*SHREDS, ""]), min_size=width, max_size=width), min_size=1, max_size=8
    )
)


def _accounted(found: Import) -> bool:
    """Every indicator is in the written file, as a stanza or as a line of its own; no text breaks the YAML."""
    lines = write(found, Known()).splitlines()
    _, problems = read_nodes(
        "\n".join(line.removeprefix("#~ ") for line in lines if line[:1] != "[").encode(), "x.yaml"
    )
    assert problems == []
    stanzas = sum(line.removeprefix("#~ ").startswith("- id: ") for line in lines)
    words = sum(proposal.qualitative for proposal in found.proposals())
    return stanzas + words == len(list(found.proposals()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.lists(TABLES, max_size=2))
def test_shreds_of_papers_in_any_order(lines: list[str], tables: list[list[list[str]]]) -> None:
    assert _accounted(read(paper([*lines, f"。{running(FIRST[:1])}"], *tables)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5), st.text(max_size=30))
def test_any_characters_at_all(lines: list[str], value: str) -> None:
    text = f"1、1-产出指标；12-质量；名称；年度指标值:{value}。"
    assert _accounted(read(paper([*lines, text])))
