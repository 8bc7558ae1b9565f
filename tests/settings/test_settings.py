"""Settings: what a good workspace becomes, its snapshot and hashes, calendars, contracts, secrets."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pydantic import ValidationError

from collector.settings import ConfigErrors, Secret, Settings, load_settings
from metrics.errors import ConfigError, UsageError
from metrics.formulas.params import AvailabilityParams, RatioParams
from metrics.period import midnight
from tests.settings.workspace import GOOD, edited, write

MAIN, SOURCE, INDICATORS = GOOD
SHANGHAI = ZoneInfo("Asia/Shanghai")


def loaded(folder: Path, *more: dict[str, str]) -> Settings:
    changed: dict[str, str | bytes] = {}
    for files in more:
        changed |= files
    return load_settings(write(folder, **changed))


def with_tail(name: str, text: str) -> dict[str, str]:
    return {name: GOOD[name] + text}


def test_a_good_workspace_is_read_whole(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.organization.name == "示范法院"
    assert settings.zone == SHANGHAI
    assert settings.inbox == tmp_path.resolve() / "inbox"
    assert settings.vendor("b").name == "乙公司"
    assert settings.project("ops").contract.vendors == ("a",)
    assert settings.source("tickets").config.files == ("工单/*.xlsx",)
    assert settings.indicators[0].params == AvailabilityParams(window="5x8", down_from=("tickets",))


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    with pytest.raises(ValidationError):
        settings.organization = settings.organization  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.projects[0].contract.ends_on = date(2030, 1, 1)  # type: ignore[misc]


def test_a_name_asked_for_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    with pytest.raises(UsageError, match="没有名为“ticket”的数据来源，是否想写“tickets”；可用：tickets"):
        settings.source("ticket")
    with pytest.raises(UsageError, match="没有名为“opps”的运维项目"):
        settings.project("opps")


def test_a_folder_without_its_main_file_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"不是工作区，其中没有 yunwei.yaml；可用 yunwei init 新建一个"):
        load_settings(tmp_path)


def test_one_file_may_hold_one_stanza_or_a_list(tmp_path: Path) -> None:
    second = GOOD[SOURCE].replace("id: tickets", "id: others").replace("\n", "\n  ").rstrip()
    settings = loaded(tmp_path, {"sources/more.yml": f"- {second}\n"})
    assert [source.id for source in settings.sources] == ["others", "tickets"]  # in the order of the files


def test_files_in_folders_below_count_too(tmp_path: Path) -> None:
    more = GOOD[SOURCE].replace("id: tickets", "id: others")
    assert [source.id for source in loaded(tmp_path, {"sources/乙/more.yaml": more}).sources] == ["tickets", "others"]


def test_hidden_files_beside_the_sources_do_not_matter(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, {"sources/.tickets.yaml.swp": "{"}).sources) == 1


def test_the_same_indicator_may_stand_in_two_projects(tmp_path: Path) -> None:
    project = "  - {id: next, name: 下一期, contract: {starts_on: 2024-01-01, ends_on: 2024-12-31}}\n"
    indicator = "- {id: arrival, name: 平均到场时间, project: next, formula: mean_arrival}\n"
    settings = loaded(tmp_path, with_tail(MAIN, project), with_tail(INDICATORS, indicator))
    assert [(d.project, d.id) for d in settings.indicators][1:] == [("ops", "arrival"), ("next", "arrival")]


def test_a_last_day_that_is_not_included_ends_the_contract_the_day_before(tmp_path: Path) -> None:
    settings = loaded(tmp_path, edited(MAIN, "ends_on: 2023-12-31", "ends_on: 2024-01-01, end_date: exclusive"))
    contract = settings.contract("ops")
    assert (contract.starts_on, contract.ends_on) == (date(2023, 1, 1), date(2023, 12, 31))


def test_a_source_gives_its_zone_and_constants_to_its_adapter(tmp_path: Path) -> None:
    settings = loaded(tmp_path, edited(SOURCE, "project: ops", "project: ops\ntimezone: Asia/Urumqi"))
    context = settings.context(settings.source("tickets"))
    assert context.source == "tickets"
    assert context.zone == ZoneInfo("Asia/Urumqi")
    assert context.inbox == settings.inbox
    assert context.constants == {"vendor": "甲公司", "project": "ops"}


def test_a_source_without_vendor_and_project_has_no_constants(tmp_path: Path) -> None:
    settings = loaded(tmp_path, edited(SOURCE, "vendor: a\nproject: ops\n", ""))
    context = settings.context(settings.source("tickets"))
    assert (context.zone, context.constants) == (SHANGHAI, {})


def test_vendors_in_filters_become_the_names_that_records_hold(tmp_path: Path) -> None:
    ratio = """\
- id: share
  name: 占比
  project: ops
  formula: ratio
  where: {vendor: [乙公司]}
  params: {numerator: {record: ticket, where: {vendor: [a, 乙*]}}, denominator: {record: ticket}}
"""
    definition = loaded(tmp_path, with_tail(INDICATORS, ratio)).indicators[-1]
    assert definition.where.vendor == ("乙公司",)
    assert isinstance(definition.params, RatioParams)
    assert definition.params.numerator.where.vendor == ("甲公司", "乙*")


def test_breakdowns_not_written_are_the_usual_ones_as_far_as_the_records_know_them(tmp_path: Path) -> None:
    usual = with_tail(MAIN, "compute: {breakdowns: [asset_class, priority]}\n")
    own = with_tail(
        INDICATORS, "- {id: n, name: 次数, project: ops, formula: count, params: {record: ticket}, breakdowns: []}\n"
    )
    up, arrival, count = loaded(tmp_path, usual, own).indicators
    assert up.breakdowns == ("asset_class",)  # assets have no priority
    assert arrival.breakdowns == ("asset_class", "priority")
    assert count.breakdowns == ()  # written, and empty


def test_the_snapshot_gives_the_same_settings_back(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    again = Settings.from_snapshot(settings.snapshot(), tmp_path.resolve())
    assert again == settings
    assert again.hash == settings.hash


def test_the_snapshot_keeps_the_order_in_which_people_list_things(tmp_path: Path) -> None:
    roster = "{id: n, name: 链路, project: ops, formula: roster, params: {contract: {专网: 6, 宽带: 1, 语音: 2}}}"
    settings = loaded(tmp_path, with_tail(INDICATORS, f"- {roster}\n"))
    again = Settings.from_snapshot(settings.snapshot(), tmp_path)
    assert list(again.indicators[-1].params.contract) == ["专网", "宽带", "语音"]


def test_the_snapshot_holds_the_holidays_and_not_only_their_file_names(tmp_path: Path) -> None:
    files = with_tail(MAIN, "calendar: {holiday_files: [h.yaml]}\n")
    settings = loaded(tmp_path, files, {"h.yaml": "year: 2023\nholidays: [2023-03-01]\n"})
    again = Settings.from_snapshot(settings.snapshot(), tmp_path)
    assert again.holidays[0].holidays == (date(2023, 3, 1),)
    changed = loaded(tmp_path, files, {"h.yaml": "year: 2023\nholidays: [2023-03-02]\n"})
    assert changed.hash != settings.hash


def test_a_snapshot_of_another_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for text in ("{}", "[]", "no json", loaded(tmp_path).snapshot().replace('"formula"', '"formel"')):
        with pytest.raises(ConfigError, match=r"^数据库中保存的配置快照与当前程序版本不符，无法还原$"):
            Settings.from_snapshot(text, tmp_path)


def test_the_hash_does_not_depend_on_comments_order_or_where_things_are_kept(tmp_path: Path) -> None:
    here = loaded(tmp_path / "a")
    kept = "# 说明\noutputs: [{publisher: csv, path: a.csv}]\ndatabase: {url: sqlite:///x.db}\npaths: {inbox: 收件}\n"
    there = loaded(tmp_path / "b", {MAIN: kept + GOOD[MAIN]})
    assert here.hash == there.hash


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (MAIN, "14:00-17:30", "14:00-18:00"),
        (MAIN, "2023-12-31", "2023-12-30"),
        (SOURCE, "报修时间", "报单时间"),
        (INDICATORS, "≥95%", "≥96%"),
        (INDICATORS, "down_from: [tickets]", "down_from: [tickets], basis: day"),
    ],
)
def test_the_hash_changes_with_whatever_decides_a_figure(tmp_path: Path, name: str, old: str, new: str) -> None:
    assert loaded(tmp_path / "a").hash != loaded(tmp_path / "b", edited(name, old, new)).hash


@pytest.mark.parametrize(
    ("name", "old", "new", "same"),
    [
        (SOURCE, "报修时间", "报单时间", False),
        (SOURCE, "vendor: a", "vendor: b", False),
        (MAIN, "甲公司", "甲科技公司", False),  # records hold the vendor's name
        (SOURCE, "project: ops", "project: ops\ntimezone: Asia/Urumqi", False),
        (SOURCE, "project: ops", "project: ops\ntimezone: Asia/Shanghai", True),  # what it was anyway
        (SOURCE, "name: 工单", "name: 甲公司工单", True),
        (INDICATORS, "≥95%", "≥96%", True),
        (MAIN, "14:00-17:30", "14:00-18:00", True),
    ],
)
def test_the_hash_of_a_source_is_that_of_how_its_files_are_read(
    tmp_path: Path, name: str, old: str, new: str, same: bool
) -> None:
    before, after = loaded(tmp_path / "a"), loaded(tmp_path / "b", edited(name, old, new))
    hashes = [settings.source_hash(settings.source("tickets")) for settings in (before, after)]
    assert (hashes[0] == hashes[1]) is same


def seconds(settings: Settings, window: str, day: date) -> int:
    start = midnight(day, settings.zone)
    calendar = settings.calendars()[window]
    return int(calendar.service_seconds(np.array([start]), np.array([start + 86_400]))[0])


def test_calendars_know_the_national_holidays_and_make_up_workdays(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert seconds(settings, "5x8", date(2023, 3, 1)) == 7 * 3600  # 3.5 h + 3.5 h
    assert seconds(settings, "5x8", date(2023, 10, 2)) == 0  # a Monday in the national holiday
    assert seconds(settings, "5x8", date(2023, 10, 7)) == 7 * 3600  # a Saturday worked instead
    assert seconds(settings, "7x24", date(2023, 10, 2)) == 24 * 3600


def test_overrides_of_a_day_come_before_everything(tmp_path: Path) -> None:
    overrides = """\
calendar:
  overrides:
    2023-03-01: closed
    2023-03-02: ["09:00-10:00"]
    2023-10-02: open
    2023-03-05: open
    2023-03-03: {5x8: closed}
"""
    settings = loaded(tmp_path, with_tail(MAIN, overrides))
    found = {
        day: seconds(settings, "5x8", date(2023, *day)) // 3600 for day in [(3, 1), (3, 2), (10, 2), (3, 5), (3, 3)]
    }
    assert found == {(3, 1): 0, (3, 2): 1, (10, 2): 7, (3, 5): 7, (3, 3): 0}  # a Sunday opens for Monday's hours
    assert seconds(settings, "7x24", date(2023, 3, 1)) == 0
    assert seconds(settings, "7x24", date(2023, 3, 3)) == 24 * 3600


def test_a_holiday_file_takes_the_place_of_the_national_list_of_its_year(tmp_path: Path) -> None:
    file = """\
year: 2023
official: false
holidays: [2023-03-01]
makeup_workdays: {2023-03-04: 2023-03-01, 2023-03-11: sat, 2023-03-12: }
"""
    files = with_tail(MAIN, "calendar: {holiday_files: [h.yaml]}\n")
    settings = loaded(tmp_path, files, {"h.yaml": file})
    assert seconds(settings, "5x8", date(2023, 3, 1)) == 0
    assert seconds(settings, "5x8", date(2023, 3, 4)) == 7 * 3600  # Wednesday's hours
    assert seconds(settings, "5x8", date(2023, 3, 11)) == 0  # Saturday's hours: none
    assert seconds(settings, "5x8", date(2023, 3, 12)) == 7 * 3600  # not said: Monday's
    assert seconds(settings, "5x8", date(2023, 10, 2)) == 7 * 3600  # the file knows no such holiday
    year = [midnight(date(number, 1, 1), SHANGHAI) for number in (2022, 2023, 2024)]
    assert settings.calendars()["5x8"].provisional(year[1], year[2])
    assert not settings.calendars()["5x8"].provisional(year[0], year[1])


def test_hours_may_differ_from_day_to_day(tmp_path: Path) -> None:
    weekly = 'weekly: {mon-fri: ["08:00-20:00"], sat: ["09:00-12:00"]}, follows_workdays: false'
    settings = loaded(tmp_path, edited(MAIN, 'days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false', weekly))
    hours = [seconds(settings, "7x24", date(2023, 3, day)) // 3600 for day in (3, 4, 5)]  # Friday to Sunday
    assert hours == [12, 3, 0]


def test_the_embedded_database_lies_in_the_workspace(tmp_path: Path) -> None:
    assert loaded(tmp_path).database_url() == f"sqlite:///{tmp_path.resolve()}/data/yunwei.db"


def test_an_absolute_or_shared_database_stays_as_written(tmp_path: Path) -> None:
    for url in ("sqlite:////var/lib/yunwei.db", "postgresql://db.local/yunwei", "postgresql+psycopg://yunwei@db/x"):
        assert loaded(tmp_path, with_tail(MAIN, f"database: {{url: '{url}'}}\n")).database_url() == url


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(tmp_path, with_tail(MAIN, "database: {url: {env: YUNWEI_TEST_URL}}\n"))
    with pytest.raises(ConfigError, match="环境变量 YUNWEI_TEST_URL 没有设置"):
        settings.database_url()
    monkeypatch.setenv("YUNWEI_TEST_URL", "postgresql://u:geheim@db/x")
    assert settings.database_url() == "postgresql://u:geheim@db/x"
    assert "geheim" not in f"{settings!r}{settings}{settings.snapshot()}"


def test_a_secret_comes_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    settings = loaded(tmp_path, with_tail(MAIN, "database: {url: {file: secrets/url}}\n"))
    with pytest.raises(ConfigError, match="文件 secrets/url 无法读取"):
        settings.database_url()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "url").write_text("\n")
    with pytest.raises(ConfigError, match="文件 secrets/url 的第一行是空的"):
        settings.database_url()
    (tmp_path / "secrets" / "url").write_text("\ufeffpostgresql://u:geheim@db/x\r\n第二行\n")
    assert settings.database_url() == "postgresql://u:geheim@db/x"


def test_a_secret_never_shows_its_value() -> None:
    assert repr(Secret(env="NAME")) == "Secret(env='NAME', file=None)"


@pytest.mark.parametrize(
    "url", ["postgresql://u:geheim@db/x", "postgresql://db/x?password=geheim", "mysql://u:geheim@[x"]
)
def test_a_password_written_down_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigErrors) as caught:
        loaded(tmp_path, with_tail(MAIN, f"database: {{url: '{url}'}}\n"))
    assert "geheim" not in str(caught.value)


def loaded_by(code: str) -> set[str]:
    """The heavy packages that a fresh process has loaded after ``code``."""
    heavy = "{'pandas', 'numpy', 'pyarrow', 'sqlalchemy'}"
    code = f"import sys, pathlib\n{code}\nprint(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_settings_loads_nothing_heavy() -> None:
    assert loaded_by("import collector.settings") == set()


def test_reading_a_workspace_does_not_load_pandas_either(tmp_path: Path) -> None:
    loaded(tmp_path)
    read = f"import collector.settings\ncollector.settings.load_settings(pathlib.Path({str(tmp_path)!r}))"
    assert "pandas" not in loaded_by(read)
