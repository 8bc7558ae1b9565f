"""E2's 自评表 by both of its splits: 29.42 + 10 + 37 + 15 = 91.42, not 92.42."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from collector.cli import run
from tests.published.forms import fill, judged, written
from tests.published.test_e2 import deliver
from tests.selfeval.reading import read_form, value

#: The second split with the paper's marks; names of rows and reasons are invented.
SECOND = f"""\
project: ops2022
fiscal_year: 2022
rule_pack: local_30_10_40_20
only_listed: true
goals:
  - {{expected: 系统稳定, achieved: 已完成}}
indicators:
  - {{indicator: hardware_availability, levels: [产出指标, 数量指标], weight: 7}}
  - {{indicator: system_availability, levels: [产出指标, 数量指标], weight: 7}}
  - {{indicator: service_quality, levels: [产出指标, 数量指标], weight: 6}}
  - {{name: 成本控制, levels: [产出指标, 经济指标], weight: 10, target: 不超预算, actual: 未超, {judged("10")}}}
  - {{name: 系统持续稳定运行, levels: [效益指标, 可持续影响指标], weight: 40, target: 稳定, actual: 基本稳定,
     {judged("37", reason="个别设备老化")}}}
  - {{name: 服务满意, levels: [满意度指标], weight: 20, target: "≥95%", actual: 93%,
     {judged("15", "partly", "响应不够及时")}}}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e2form") / "海珠"
    assert run(["init", str(folder), "--profile", "e2"]) == 0
    deliver(folder / "inbox")
    assert run(["ingest", "-C", str(folder)]) == 0
    assert run(["compute", "2022", "-C", str(folder), "--as-of", "2023-01-15"]) == 0
    return folder


def test_the_first_split_is_10_20_50_20(workspace: Path) -> None:
    """9.42 for the execution, all 20 of the output, 30 of the arrival and an invented 18, all 20 of the survey."""
    lines = {
        "# achieved: 全年实际完成情况，由人填写": "achieved: 已完成",
        "# grade: achieved #": "grade: achieved #",
        "# mark: 18": "mark: 18",
        "# marked_by": "marked_by",
        "# marked_on": "marked_on",
        "# reason:": "reason:",
    }
    fill(workspace, 2022, lines)
    for path in written(workspace, 2022, "--final").values():
        form = read_form(path)
        fund = form.funds["年度资金总额"]
        assert [value(fund[word]) for word in ("全年预算数", "全年执行数", "执行率", "得分")] == [
            41,
            Fraction("38.64"),
            Fraction("0.9424"),
            Fraction("9.42"),  # 10 × 38.64 ÷ 41 = 9.4243…
        ]
        assert form.mark("服务效率（平均到场时间）") == 30
        assert value(form.total) == Fraction("9.42") + 20 + 30 + 18 + 20
        assert form.band == "优"
        assert "local_10_20_50_20" in form.rule


def test_the_second_split_gives_29_42_and_91_42(workspace: Path) -> None:
    (workspace / "self_evaluation" / "2022.yaml").write_text(SECOND, encoding="utf-8")
    for path in written(workspace, 2022, "--final").values():
        form = read_form(path)
        quantity = sum(form.mark(name) for name, levels in form.levels.items() if levels[1] == "数量指标")
        execution = value(form.funds["年度资金总额"]["得分"])
        assert (quantity, execution, quantity + execution) == (20, Fraction("9.42"), Fraction("29.42"))
        others = [form.mark(name) for name in ("成本控制", "系统持续稳定运行", "服务满意")]
        assert others == [10, 37, 15]
        assert value(form.total) == Fraction("91.42")
        assert form.band == "优"
        assert any("数量指标得 29.42 分（其中预算执行 9.42 分）" in text for text in form.texts)
        assert run(["verify", str(path), "-C", str(workspace)]) == 0
