"""Rule packs: the ready-made ones, their parts, bands and what they refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from collector.configuration.data import data_folder
from collector.configuration.nodes import read_nodes
from collector.configuration.problems import Problem
from collector.configuration.validate import Place, validated
from metrics.scoring.pack import RulePack
from tests.scoring.packs import SECTIONS, pack

FILES = sorted((data_folder() / "common" / "rule_packs").glob("*.yaml"))


def read(name: str) -> RulePack:
    path = data_folder() / "common" / "rule_packs" / f"{name}.yaml"
    root, _ = read_nodes(path.read_bytes(), name)
    problems: list[Problem] = []
    assert root is not None
    found = validated(RulePack, Place(name, root), problems)
    assert found is not None, problems
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_ready_made_pack_is_valid_and_named_as_its_file(path: object) -> None:
    assert read(path.stem).id == path.stem  # type: ignore[attr-defined]


def test_the_national_one_is_10_50_30_10() -> None:
    national = read("national")
    assert [national.execution, *(section.weight for section in national.sections)] == ["10", "50", "30", "10"]
    assert (national.missed, national.rounding, national.decimals) == ("linear_to_twice", "half_up", 2)


def test_the_second_split_of_e2_has_the_execution_within_its_30() -> None:
    split = read("local_30_10_40_20")
    section = split.section(("产出指标", "数量指标"))
    assert section is not None
    assert (section.weight, split.for_indicators(section)) == ("30", Fraction(20))
    found = split.section(("效益指标", "24-可持续影响"))
    assert found is not None
    assert found.weight == "40"


def test_a_level_is_known_with_and_without_its_code() -> None:
    for levels in (("1-产出指标",), ("产出",), ("产出指标", "12-质量")):
        found = pack().section(levels)
        assert found is not None
        assert found.weight == "50"
    assert pack().section(("其他指标",)) is None


def test_the_nearer_level_decides_where_two_parts_take_an_indicator() -> None:
    parts = (*SECTIONS[1:], {"levels": ("产出指标",), "weight": "20"}, {"levels": ("时效指标",), "weight": "30"})
    split = pack(sections=parts)
    for second, weight in (("时效指标", "30"), ("质量指标", "20")):
        found = split.section(("产出指标", second))
        assert found is not None
        assert found.weight == weight


@pytest.mark.parametrize(
    ("grade", "mark", "fits"),
    [
        ("achieved", "10", True),
        ("achieved", "8", True),
        ("achieved", "7.99", False),
        ("partly", "8", False),
        ("partly", "7.99", True),
        ("partly", "6", True),
        ("partly", "5.99", False),
        ("not", "6", False),
        ("not", "5.99", True),
        ("not", "0", True),
    ],
)
def test_a_grade_has_a_band_of_marks(grade: str, mark: str, fits: bool) -> None:
    assert pack().within(Fraction(10), grade, Fraction(mark)) is fits  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "word"),
    [("100", "优"), ("90", "优"), ("89.99", "良"), ("80", "良"), ("79.99", "中"), ("60", "中"), ("59.99", "差")],
)
def test_a_total_has_a_word(total: str, word: str) -> None:
    assert pack().bands.word(Fraction(total)) == word


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"execution": "20"}, "sections 与 execution 的分值相加为 110，应为 100"),
        ({"sections": ({**SECTIONS[0], "weight": "十"},)}, "“十”不是分值"),
        ({"achieved_from": "50%"}, "partly_from 不能高于 achieved_from"),
        ({"over": {"explain_from": "90%"}}, "“90%”应为大于 100% 的比例，如 130%"),
        ({"achieved_from": "八成"}, "“八成”不是比例"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, object], fact: str) -> None:
    with pytest.raises(ValidationError, match=fact):
        pack(**changed)  # type: ignore[arg-type]
