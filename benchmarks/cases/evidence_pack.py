"""Pack the evidence of a year's mean arrival over 170,000 tickets, and check the pack, beside XlsxWriter by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.cases._tickets import write_tickets
from benchmarks.cases._workspace import deliver, make_workspace, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

TICKETS, COLUMNS = 170_000, 12
YEAR, AS_OF = "2025", 1_767_200_000  # the year is over
INDICATORS = "- {id: arrival, name: 平均到场时间, project: ops, formula: mean_arrival, breakdowns: []}\n"


def prepare(fixture: Path) -> None:
    """A workspace that has read and computed them, and a finished pack."""
    from collector.compute import Asked, compute
    from metrics.period import parse_period

    folder = fixture / "court"
    make_workspace(folder)
    (folder / "indicators").mkdir()
    (folder / "indicators" / "ops.yaml").write_text(INDICATORS, encoding="utf-8")
    write_tickets(fixture / "tickets.csv", TICKETS)
    deliver(folder, fixture / "tickets.csv")
    parts = open_parts(folder)
    take(parts)
    compute(parts[0], parts[1], Asked((parse_period(YEAR),)), now=AS_OF + 86_400, as_of=AS_OF)
    _build(parts, fixture / "pack.zip")


def _build(parts: tuple[Any, Any, Any], path: Path) -> Any:
    from collector.evidence.build import build
    from metrics.period import parse_period

    settings, store, archive = parts
    return build(settings, store, archive, "ops", parse_period(YEAR), path)


def pack(fixture: Path, scratch: Path) -> Measured:
    """``yunwei evidence build 2025``."""
    measured = Measured()
    parts = open_parts(fixture / "court")
    with timed(measured):
        report = _build(parts, scratch / "pack.zip")
    measured.numbers = {"依据条数": report.rows, "文件 MiB": report.size / 2**20}
    return measured


def known(fixture: Path, scratch: Path) -> Measured:
    """What any computation needs: all records in memory, and the rows of the figure by number."""
    from collector.explain import Question, basis_at, definition_of, judged
    from metrics.period import parse_period

    measured = Measured()
    settings, store, _archive = open_parts(fixture / "court")
    with timed(measured):
        basis = basis_at(settings, store, settings.hash, store.sequence_at(None), AS_OF)
        question = Question("arrival", parse_period(YEAR))
        _result, evidence = judged(
            basis, store.facts(sequence=basis.sequence), definition_of(settings, question), question
        )
    measured.numbers = {"依据条数": len(evidence.rows)}
    return measured


def check(fixture: Path, _: Path) -> Measured:
    """``yunwei evidence check``: every hash, and every row added up again."""
    from collector.evidence.check import check as check_pack

    measured = Measured()
    with timed(measured):
        report = check_pack(fixture / "pack.zip")
    assert not report.findings
    measured.numbers = {"重新合计": report.recounted}
    return measured


def bare(_: Path, scratch: Path) -> Measured:
    """As many cells by XlsxWriter alone."""
    import xlsxwriter

    measured = Measured()
    text = "工单号=GD000000001；报障时间=2025-03-05 14:05:00"
    with timed(measured):
        made = xlsxwriter.Workbook(str(scratch / "bare.xlsx"), {"constant_memory": True})
        sheet = made.add_worksheet("依据")
        for row in range(TICKETS):
            sheet.write_number(row, 0, row)
            for column in range(1, COLUMNS):
                sheet.write_string(row, column, text)
        made.close()
    return measured


CASE = Case(
    name="evidence_pack",
    title="17 万条依据打成佐证材料包，再核对",
    prepare=prepare,
    roles={"ours": pack, "只算不写": known, "核对": check, "bare XlsxWriter": bare},
    goals=(Goal("ours / bare XlsxWriter", "ours", "bare XlsxWriter", 2.5),),
    memory_goal_mib={"ours": 500},
    alike=False,
)
