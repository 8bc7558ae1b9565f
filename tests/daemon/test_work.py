"""The work of the jobs: which periods are computed, what is published, what housekeeping finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from collector import cli
from collector.archive import Archive, hash_of
from collector.daemon.due import Due
from collector.daemon.work import Works
from metrics.errors import InputError
from tests.compute.court import INDICATORS, TICKETS, Court, at, ticket
from tests.conftest import Clock

OUTPUTS = "outputs:\n  - {publisher: csv, path: 指标.csv}\n  - {publisher: workbook, path: '{period}.xlsx'}\n"
OPEN = ["2023", "2023-01-01..2023-12-31", "2023-05", "2023H1", "2023Q2"]  # on 10 May


class Keeper:
    """Has nothing to do."""

    def seal(self, now: int) -> int:
        return 0

    def compact(self, now: int) -> int:
        return 0

    def retire(self, now: int) -> int:
        return 0


@dataclass
class Working:
    """A court in May 2023 whose jobs are done by hand."""

    court: Court
    clock: Clock

    def do(self, job: str, slot: str | None = None) -> Mapping[str, Any]:
        """One run of a job, noted as the dispatcher does."""
        store = self.court.store
        archive = Archive(self.court.settings.archive)
        works = Works(self.court.settings, store, archive, Keeper(), self.clock)
        item = Due(job, at(slot) if slot else self.clock.now)
        run = store.jobs.start(job, item.slot)
        detail = works.by_kind()[job](item)
        store.jobs.end(run, "done", 1, detail=detail)
        return detail

    def periods(self) -> list[str]:
        """The periods of the newest run that computed anything."""
        run = self.court.store.overview.newest_results()
        assert run is not None
        return sorted(set(self.court.store.results(run_id=run)["period"]))


LATE = ticket("T9", "01-05 09:00", "01-05 09:30")  # of January, and so of every paper since


@pytest.fixture
def working(tmp_path: Path, clock: Clock) -> Iterator[Working]:
    clock.now = at("05-10 09:00")
    court = Court(tmp_path / "court", clock)
    with (tmp_path / "court" / "yunwei.yaml").open("a", encoding="utf-8") as file:
        file.write(OUTPUTS)
    court.deliver("三月.xlsx", ticket=TICKETS, asset=[{"asset_no": "A1", "vendor": "甲公司"}])
    yield Working(court, clock)
    court.store.close()


def test_the_first_time_everything_is_computed_then_what_has_not_ended(working: Working) -> None:
    assert working.do("compute")["all"]
    assert "2023-03" in working.periods()
    assert not working.do("compute")["all"]
    assert working.periods() == OPEN


@pytest.mark.parametrize(
    "change",
    [
        lambda court: court.deliver("迟到.xlsx", ticket=[LATE]),
        lambda court: court.configure(INDICATORS.replace("<1小时", "<2小时")),
    ],
    ids=["delivery", "configuration"],
)
def test_a_delivery_or_another_configuration_computes_all_that_it_touches(
    working: Working, change: Callable[[Court], None]
) -> None:
    working.do("compute")
    change(working.court)
    assert working.do("compute")["all"]
    assert "2023-01" in working.periods()


def test_what_a_delivery_does_not_touch_is_left_alone(working: Working) -> None:
    working.do("compute")
    working.court.deliver("四月.xlsx", ticket=TICKETS[:1])  # it says nothing new
    assert working.do("compute")["all"]
    assert "2023-01" not in working.periods()


def test_a_day_is_computed_as_of_its_end_also_the_month_that_ends_with_it(working: Working) -> None:
    assert working.do("day_end", "05-01 00:20")["day"] == "2023-04-30"
    assert working.periods() == ["2023", "2023-01-01..2023-12-31", "2023-04", "2023H1", "2023Q2"]
    assert set(working.court.store.results(period="2023-04")["as_of"]) == {"2023-04-30T16:00:00Z"}


def test_papers_of_a_period_are_written_again_only_after_it_was_computed(working: Working) -> None:
    assert working.do("publish")["files"] == 0  # nothing was computed yet
    working.do("compute")
    files = working.do("publish")["files"]
    assert files == 5  # January to April, and the csv
    assert working.do("publish")["files"] == 1
    working.do("compute")  # what has not ended has no papers
    assert working.do("publish")["files"] == 1
    working.court.deliver("迟到.xlsx", ticket=[LATE])
    working.do("compute")
    assert working.do("publish")["files"] == files


def test_a_month_is_exported_with_what_ended_with_it(working: Working) -> None:
    working.do("compute")
    assert working.do("month_end", "04-05 07:00")["month"] == "2023-03"
    folder = working.court.settings.output / "2023-03"
    assert sorted(path.name for path in folder.iterdir()) == ["2023-03.xlsx", "指标.csv"]
    exported = (folder / "指标.csv").read_text(encoding="utf-8-sig")
    assert "2023Q1" in exported
    assert "2023-02" not in exported
    assert working.do("month_end", "01-05 07:00") == {"month": "2022-12", "files": 0}  # before the contract


def test_housekeeping_reads_the_whole_archive_in_four_weeks_and_names_what_is_damaged(
    working: Working, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    archive, digest = Archive(working.court.settings.archive), hash_of(file)
    archive.root.mkdir(parents=True)
    with archive.exclusive():
        archive.keep(file, digest)
    with (
        working.court.store.run("ingest", "h", "{}", "1") as run,
        working.court.store.delivery(
            run, source="s", name="f", content_hash=digest, mapping_hash="m", size=7, modified_at=0
        ) as delivery,
    ):
        delivery.finish(read=0, set_aside={})
    (working.court.settings.archive / digest[:2] / digest).write_bytes(b"broken")
    told = []
    for _ in range(28):
        working.clock.forward(86_400)
        try:
            working.do("housekeeping")
        except InputError as error:
            told.append(str(error))
    assert any(digest in text and "已损坏" in text for text in told)


def test_the_jobs_are_listed_in_chinese(working: Working, capsys: pytest.CaptureFixture[str]) -> None:
    working.do("compute")
    assert cli.run(["jobs", "-C", str(working.court.folder)]) == 0
    shown = capsys.readouterr().out
    line = next(line for line in shown.splitlines() if line.startswith("compute "))
    assert "2023-05-10 09:00:00" in line
    assert "成功" in line
    assert "没有在运行" in shown
