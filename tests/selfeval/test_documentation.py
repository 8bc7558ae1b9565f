"""What docs/configuration.md shows of the self-evaluation is valid and computed as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.configuration.nodes import read_nodes
from collector.configuration.problems import Problem
from collector.configuration.self_evaluation import SelfEvaluationSettings
from collector.configuration.validate import Place, validated
from metrics.scoring.pack import RulePack
from tests.scoring.test_marks import HOUR, score
from tests.scoring.test_pack import FILES

TEXT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## 自评表") :]


def test_the_stanza_it_shows_is_valid() -> None:
    root, _ = read_nodes(SECTION.split("```yaml\n", 1)[1].split("```", 1)[0].encode(), "docs")
    problems: list[Problem] = []
    assert root is not None
    found = validated(SelfEvaluationSettings, Place("docs", root), problems)
    assert problems == []
    assert found is not None
    assert found.fiscal_year == 2025


def test_it_names_every_ready_made_rule_pack() -> None:
    assert [path.stem for path in FILES if f"`{path.stem}`" not in SECTION] == []


@pytest.mark.parametrize("rule", RulePack.model_fields["missed"].annotation.__args__)  # type: ignore[union-attr]
def test_its_worked_example_is_what_is_computed(rule: str) -> None:
    """2.5 h against at most 2 h, of 10."""
    line = next(line for line in SECTION.splitlines() if line.startswith(("| 按", "| 及格线")) and f"`{rule}`" in line)
    mark = score(5 * HOUR // 2, "≤2小时", "hours", rule=rule).mark
    assert line.rstrip(" |").endswith(f"= {float(mark):.2f}")
