"""Building a pack: a folder for each indicator, the source files once, an index, a manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from collector.archive import Archive
from collector.evidence import calculation, page
from collector.evidence.calculation import Cited, counted, is_quotient
from collector.evidence.figures import FigureEvidence, Gatherer
from collector.evidence.pack import Member, Pack
from collector.evidence.sources import path_in_pack, source_names
from collector.publish.names import safe_name
from collector.publish.objections import decision_words, objection_words
from collector.publish.plain_book import PlainBook
from collector.publish.standing import revision_words
from collector.settings import Settings
from collector.version import program_version
from metrics.errors import UsageError
from metrics.numbers import print_number
from metrics.period import Period
from metrics.targets import parse_target

if TYPE_CHECKING:
    from collector.publish.publication import Publication
    from collector.store import Store

INDEX, HOW_TO_CHECK, RULES = "目录.xlsx", "如何核对.txt", "规则"
PAGE, SHEET = "说明.docx", "计算表.xlsx"
_HOW = """本包是{organization}“{project}”{period}各项指标的佐证材料。{standing}。

一、看什么
先打开“{index}”。每个指标一个文件夹：“{page}”写明数字、口径和算式，“{sheet}”逐条列出依据的记录，
每条写明来源文件、工作表、行号和哈希；来源文件原件在“来源文件”文件夹，同一文件只存一份。

二、怎样核对有没有被改动
装有 yunwei 的任何一台电脑（不需要数据库）：
    yunwei evidence check 本包.zip
没有 yunwei 的电脑：解压后在解压出的文件夹里运行
    sha256sum -c SHA256SUMS
Windows 可以逐个文件运行
    certutil -hashfile 文件名 SHA256
与 SHA256SUMS 中同名的一行比较。SHA256SUMS 本身的 SHA-256 代表整个包，提交时应写在纸面上。

三、拨测日志
拨测逐次记录不在包内；“{sheet}”的“拨测”表列出每台设备每天的次数和日志文件的哈希，日志文件由法院保存，可以按哈希调阅。
"""


class Progress(Protocol):
    """Told before each indicator: its name, how many are done, how many there are."""

    def __call__(self, name: str, done: int, total: int) -> None: ...


_NOT_KEPT = """这份回答按数据来源的设置（keep_replies: false）没有存档，只登记了散列值。
SHA-256：{digest}
"""


@dataclass
class BuildReport:
    """What was packed. ``fingerprint``: SHA-256 of the sums; ``unequal``: figures whose rows do not add up to them."""

    path: Path
    fingerprint: str = ""
    figures: int = 0
    rows: int = 0
    files: int = 0
    size: int = 0
    standing: str = ""
    unequal: list[str] = field(default_factory=list)


def build(
    settings: Settings,
    store: Store,
    archive: Archive,
    project: str,
    period: Period,
    path: Path,
    *,
    indicators: Sequence[str] = (),
    progress: Progress | None = None,
) -> BuildReport:
    """Write the pack of a project's period to ``path``, which appears whole or not at all.

    Raises:
        UsageError: nothing was computed for the period, or a figure does not come out as it was stored.
        InputError: a source file is missing from the archive or damaged.
        PassingError: the place cannot be written now.
    """
    gatherer = Gatherer(settings, store, project, period)
    totals = gatherer.totals(indicators)
    with Pack.made(path) as pack, tempfile.TemporaryDirectory() as scratch:
        builder = _Builder(gatherer, store, archive, pack, Path(scratch), BuildReport(path))
        for number, stored in enumerate(totals, 1):
            if progress is not None:
                progress(stored["name"], number - 1, len(totals))
            builder.figure(gatherer.figure(number, stored))
        builder.finish()
    builder.report.size = path.stat().st_size
    return builder.report


def file_name(settings: Settings, project: str, period: Period) -> str:
    """``佐证材料_2025_信息化运维.zip``."""
    return safe_name(f"佐证材料_{period.label}_{settings.project(project).name}") + ".zip"


def projects_with_results(settings: Settings, store: Store, period: Period, project: str | None) -> list[str]:
    """The projects that have results of the period, or the one named.

    Raises:
        UsageError: there is none.
    """
    if project is not None:
        return [settings.project(project).id]
    known = set(store.results(period=period.label)["project"])
    found = [one.id for one in settings.projects if one.id in known]
    if not found:
        raise UsageError(f"还没有 {period.label} 的结果，请先运行 yunwei compute {period.label}")
    return found


@dataclass
class _Builder:
    gatherer: Gatherer
    store: Store
    archive: Archive
    pack: Pack
    scratch: Path
    report: BuildReport
    names: Mapping[str, str] = field(init=False)
    places: Mapping[str, str] = field(init=False)
    cited: dict[str, None] = field(default_factory=dict)
    configurations: dict[str, None] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = source_names(self.store)
        self.places = {digest: path_in_pack(digest, name) for digest, name in self.names.items()}

    @property
    def whole(self) -> Publication:
        return self.gatherer.whole

    def place_of(self, content_hash: str) -> str:
        return self.places[content_hash]

    def figure(self, figure: FigureEvidence) -> None:
        """The folder of one indicator."""
        folder = f"{figure.number:02d}_{safe_name(figure.result.name)}"
        cited = calculation.write(figure, self.scratch / SHEET, self.place_of)
        files = [(self.names[one], self.place_of(one)) for one in cited.contents]
        page.write(figure, self.whole, cited, files, self.scratch / PAGE)
        for name in (PAGE, SHEET):
            self.pack.put(self.scratch / name, f"{folder}/{name}")
        self.cited.update(cited.contents)
        self.configurations[figure.stored["configuration_hash"]] = None
        self.entries.append(_entry(figure, folder, cited))
        self.report.rows += cited.rows
        self.report.unequal += _unequal(figure, cited)

    def finish(self) -> None:
        """Source files, rules, index, manifest."""
        kept = set(self.store.upkeep.content_hashes())
        for content_hash in sorted(self.cited, key=self.place_of):
            if content_hash in kept:
                with self.archive.original(content_hash) as file:
                    self.pack.put(file, self.place_of(content_hash))
            else:
                self.pack.put_text(_NOT_KEPT.format(digest=content_hash), f"{self.place_of(content_hash)}.txt")
        for digest in sorted(self.configurations):
            text = self.store.configuration_by_hash(digest)
            if text is not None:
                self.pack.put_text(text, f"{RULES}/{digest}.json")
        self.pack.put_text(self._how(), HOW_TO_CHECK)
        _write_index(self.scratch / INDEX, self.entries, self.whole, self.gatherer, self.pack.members)
        self.pack.put(self.scratch / INDEX, INDEX)
        self.report.files = len(self.pack.members)
        self.report.figures = len(self.entries)
        self.report.standing = self._standing.sentence
        self.report.fingerprint = self.pack.seal(self._manifest())

    @property
    def _standing(self) -> Any:
        return self.whole.standing(self.gatherer.project, self.gatherer.period.label)

    def _how(self) -> str:
        return _HOW.format(
            organization=self.whole.organization,
            project=self.whole.projects[self.gatherer.project],
            period=self.gatherer.period.label,
            standing=self._standing.sentence,
            index=INDEX,
            page=PAGE,
            sheet=SHEET,
        )

    def _manifest(self) -> dict[str, Any]:
        standing = self._standing
        return {
            "program_version": program_version(),
            "organization": {"id": self.whole.organization_id, "name": self.whole.organization},
            "project": {"id": self.gatherer.project, "name": self.whole.projects[self.gatherer.project]},
            "period": self.gatherer.period.label,
            "standing": {
                "mark": standing.mark,
                "sentence": standing.sentence,
                "revision_no": None if standing.revision is None else standing.revision.revision_no,
                "summed": standing.summed_sentence(),
            },
            "figures": self.entries,
        }


def _entry(figure: FigureEvidence, folder: str, cited: Cited) -> dict[str, Any]:
    """What the manifest says of a figure: enough to do its arithmetic again."""
    result, stored, numbers = figure.result, figure.stored, figure.result.figure
    return {
        "folder": folder,
        "indicator": stored["indicator"],
        "name": result.name,
        "measure_unit": result.measure_unit,
        "decimals": figure.definition.decimals,
        "rounding": figure.definition.rounding,
        "target": result.target,
        "outcome": result.outcome,
        "printed": result.printed,
        "printed_against_target": _printed_against_target(figure),
        "numerator": _fraction(numbers.numerator),
        "denominator": _fraction(numbers.denominator),
        "actual": _fraction(numbers.actual),
        "is_quotient": is_quotient(figure),
        "recount": {
            "numerator": [term.as_data() for term in figure.rule.numerator],
            "denominator": [term.as_data() for term in figure.rule.denominator],
        },
        "rows": cited.rows,
        "spans": cited.spans,
        "checks": cited.checks,
        "as_of": stored["as_of"],
        "known_sequence": stored["known_sequence"],
        "configuration_hash": stored["configuration_hash"],
        "revision_no": stored["revision_no"],
    }


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _printed_against_target(figure: FigureEvidence) -> bool | None:
    """Whether the target decided how many digits are printed; None where the figure is not printed as a number."""
    definition, unit = figure.definition, figure.result.measure_unit
    target = parse_target(definition.target).for_unit(unit) if definition.target else None
    word = target.word if target else ""
    for against in (False, True):
        shown = print_number(
            figure.result.figure.actual,
            unit,
            definition.decimals,
            definition.rounding,
            target if against else None,
            word,
        )
        if shown == figure.result.printed:
            return against
    return None


def _unequal(figure: FigureEvidence, cited: Cited) -> Iterator[str]:
    labels = {"numerator": "分子", "denominator": "分母"}
    for side, value in counted(figure, cited).items():
        known = getattr(figure.result.figure, side)
        if value is not None and known is not None and value != known:
            yield f"“{figure.result.name}”的{labels[side]} {known} 与各行合计 {value} 不同"


def _write_index(
    path: Path, entries: Sequence[Mapping[str, Any]], whole: Publication, gatherer: Gatherer, members: Sequence[Member]
) -> None:
    """Sheets 指标, 封账, 异议 and 文件 with the SHA-256 of every file before the index itself."""
    totals = {one["indicator"]: one for one in gatherer.totals()}
    with PlainBook.made(path) as book:
        header = ("文件夹", "指标级别", "指标", "指标值", "完成值", "结论", "依据条数", "时段", "拨测次数")
        lines = [_index_line(entry, totals[entry["indicator"]]) for entry in entries]
        book.table("指标", header, (34, 24, 30, 14, 14, 10, 10, 8, 12), lines)
        book.table("封账", ("周期", "状态", "说明"), (12, 24, 110), list(_standing_lines(whole, gatherer)))
        if whole.objections:
            titles = ("编号", "周期", "指标", "内容", "处理")
            book.table("异议", titles, (8, 12, 24, 70, 70), _objection_lines(whole))
        files = [(one.path, one.size, one.sha256) for one in members]
        book.table("文件", ("路径", "字节数", "SHA-256"), (80, 14, 70), files)


def _index_line(entry: Mapping[str, Any], result: Any) -> tuple[Any, ...]:
    counts = (entry["rows"], entry["spans"], entry["checks"])
    levels = " / ".join(result.level_codes)
    return (entry["folder"], levels, entry["name"], result["printed_target"], entry["printed"], result.outcome, *counts)


def _standing_lines(whole: Publication, gatherer: Gatherer) -> Iterator[tuple[str, str, str]]:
    standing = whole.standing(gatherer.project, gatherer.period.label)
    for one in (standing, *standing.summed):
        words = "尚未封账" if one.revision is None else revision_words(one.revision, whole.zone)
        yield one.period, one.mark, words


def _objection_lines(whole: Publication) -> Iterator[tuple[Any, ...]]:
    names = {result["indicator"]: result["name"] for result in whole.results}
    for one in whole.objections:
        decided = "；".join(decision_words(decision) for decision in one.decisions) or "未处理"
        yield one.objection_no, one.period, names.get(one.indicator, one.indicator), objection_words(one), decided
