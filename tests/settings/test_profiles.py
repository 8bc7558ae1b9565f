"""Ready-made profiles: complete, valid, commented, and found when installed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.configuration.nodes import read_nodes
from collector.configuration.profiles import profile, profiles, write_workspace
from collector.configuration.schema import json_schema
from collector.settings import Settings, load_settings
from metrics.errors import PassingError, UsageError
from metrics.formulas import FORMULAS
from metrics.records import RECORDS, RecordType
from tests.settings.test_schema import keys

NAMES = tuple(profiles())
DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"
SYSTEMS = sorted((DOCUMENT.parent / "systems").glob("*.md"))


def made(folder: Path, name: str) -> Settings:
    write_workspace(profile(name), folder)
    return load_settings(folder)


def test_there_is_a_profile_for_each_published_evaluation_and_a_small_one() -> None:
    assert NAMES == ("blank", "e1", "e2", "e3", "e4", "e5")


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_makes_a_workspace_that_passes(name: str, tmp_path: Path) -> None:
    settings = made(tmp_path / name, name)
    assert settings.sources
    assert settings.indicators
    assert Settings.from_snapshot(settings.snapshot(), settings.workspace).hash == settings.hash
    assert set(settings.calendars()) == set(settings.service_windows)


@pytest.mark.parametrize("name", NAMES)
def test_a_workspace_has_all_that_is_needed_to_go_on(name: str, tmp_path: Path) -> None:
    made(tmp_path, name)
    for file in ("yunwei.yaml", "yunwei.schema.json", ".gitignore", "inbox/README.md", "calendars/example.yaml"):
        assert (tmp_path / file).is_file(), file
    for path in tmp_path.rglob("*.yaml"):
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        schema = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert schema
        assert (path.parent / schema[1]).resolve() == (tmp_path / "yunwei.schema.json").resolve()
        assert any("#" in line and re.search("[\u4e00-\u9fff]", line) for line in rest), f"{path} has no comment"


@pytest.mark.parametrize("name", NAMES)
def test_the_drop_folder_says_what_goes_where(name: str, tmp_path: Path) -> None:
    settings = made(tmp_path, name)
    notes = (tmp_path / "inbox" / "README.md").read_text(encoding="utf-8")
    for source in settings.sources:
        assert f"## {source.name}\n" in notes
        assert all(f"`{pattern}`" in notes for pattern in source.config.files)


def test_the_drop_folder_names_required_columns_derived_ones_and_cross_tables(tmp_path: Path) -> None:
    write_workspace(profile("e2"), tmp_path / "e2")
    notes = (tmp_path / "e2" / "inbox" / "README.md").read_text(encoding="utf-8")
    assert "必须有 报障日期（或 日期）和报障时刻（或 时间）" in notes
    write_workspace(profile("e5"), tmp_path / "e5")
    notes = (tmp_path / "e5" / "inbox" / "README.md").read_text(encoding="utf-8")
    assert "保障：交叉表，行为保障类别，列为月份" in notes


def indicators(name: str, tmp_path: Path) -> dict[str, Any]:
    return {definition.id: definition for definition in made(tmp_path, name).indicators}


def test_e1_carries_the_published_figures(tmp_path: Path) -> None:
    found = indicators("e1", tmp_path)
    assert len(found) == 17
    kinds = [found[name].where.kind[0] for name in ("courtroom_inspections", "hearing_support", "internet_support")]
    assert kinds == ["数字法庭设备巡检", "庭审现场保障", "互联网保障"]
    targets = [found[f"{name}_availability"].target for name in ("hardware", "system", "office")]
    assert targets == ["≥95%", "≥95%", "≥90%"]
    assert found["timely_rate"].target == "≥90%"
    assert found["staff"].params.contract == {"*": 5}
    assert sum(found["lines"].params.contract.values()) == 31  # 6 + 1 + 2 + 16 + 5 + 1
    assert found["budget_execution"].rounding == "truncate"


def test_e2_counts_days_and_splits_its_marks(tmp_path: Path) -> None:
    found = indicators("e2", tmp_path)
    assert found["hardware_availability"].params.basis == "day"
    assert (found["service_quality"].target, found["service_efficiency"].target) == (">85%", "<2小时")
    marks = {name: int(definition.weight) for name, definition in found.items() if definition.weight}
    assert marks["budget_execution"] == 10
    assert sum(marks[name] for name in ("hardware_availability", "system_availability", "service_quality")) == 20
    assert sum(marks[name] for name in ("service_efficiency", "mean_outage_duration")) == 50
    assert marks["satisfaction"] == 20


def test_e3_has_two_projects_with_levels_of_their_own(tmp_path: Path) -> None:
    settings = made(tmp_path, "e3")
    levels = {d.project: d.level_codes for d in settings.indicators if d.id == "system_availability"}
    assert levels == {"ops2023": ("1-产出指标", "12-质量"), "ops2024": ("2-效益指标", "24-可持续影响")}
    assert settings.source("tickets_2023").config.tables == settings.source("tickets_2024").config.tables
    assert settings.contract("ops2023").ends_on < settings.contract("ops2024").starts_on


def test_e4_promises_response_repair_and_seven_people(tmp_path: Path) -> None:
    found = indicators("e4", tmp_path)
    assert found["response_within_2h"].params.limits == {"*": "2小时"}
    assert found["maintenance_within_7_days"].params.limits == {"*": "7天"}
    assert sum(found["staff"].params.contract.values()) == 7
    assert found["stability"].breakdowns == ("asset_class", "site")  # from compute.breakdowns


def test_e5_divides_by_what_was_received(tmp_path: Path) -> None:
    found = indicators("e5", tmp_path)
    assert found["budget_execution"].params.denominator == "received"
    assert found["budget_execution"].breakdowns == ("kind",)
    assert found["central_execution"].params.source_of_funds == ("中央",)
    counted = [definition.where.kind[0] for definition in found.values() if definition.formula == "count"]
    assert counted == ["点击量", "视频会议保障", "庭审直播保障", "科技法庭直播", "信息发布", "审核", "案件信息修改"]


def test_no_profile_has_a_password(tmp_path: Path) -> None:
    url = made(tmp_path, "e5").database.url
    assert getattr(url, "env", None) == "YUNWEI_DATABASE_URL"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(UsageError, match="不是空文件夹，为免覆盖已有内容，没有写入；请换一个名称"):
        write_workspace(profile("blank"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_where_no_folder_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PassingError, match="无法写入"):
        write_workspace(profile("blank"), tmp_path / "file" / "below")


def test_an_unknown_profile_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(UsageError, match=r"没有名为“blanc”的方案，是否想写“blank”；可用：blank、e1、e2、e3、e4、e5"):
        profile("blanc")


def written() -> Iterator[str]:
    """Every key and, for formulas, every name used in some profile."""

    def of(value: Any) -> Iterator[str]:
        for key, below in value.items() if isinstance(value, dict) else ():
            yield key
            yield from of(below)
        for below in value if isinstance(value, list) else ():
            yield from of(below)

    for chosen in profiles().values():
        for path, file in chosen.files.items():
            root, _ = read_nodes(file.read_bytes(), path)
            assert root is not None
            yield from of(root.value())


def test_every_key_appears_in_a_profile_or_in_the_documentation() -> None:
    used = set(written())
    document = "".join(page.read_text(encoding="utf-8") for page in (DOCUMENT, *SYSTEMS))
    declared = {name for _, name, _ in keys(json_schema()["$defs"])}
    unsaid = {name for name in declared if f"`{name}`" not in document and f"{name}:" not in document}
    assert unsaid - used == set()


def test_the_documentation_explains_no_key_that_does_not_exist() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    declared = {name for _, name, _ in keys(json_schema()["$defs"])}
    assert [name for name in explained if name not in declared and name not in FORMULAS] == []
    assert [name for name in FORMULAS if name not in explained] == []


@pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
def test_the_documentation_lists_every_field_of_a_record(record: RecordType) -> None:
    fields = "、".join(f"`{c.name}`{'*' if c.required else ''} {c.label}" for c in record.columns)
    assert f"| {record.label} {record.name} | {fields} |\n" in DOCUMENT.read_text(encoding="utf-8")


def test_profiles_are_found_from_any_folder(tmp_path: Path) -> None:
    code = "from collector.configuration.profiles import profiles; print(*profiles())"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout.split() == list(NAMES)
