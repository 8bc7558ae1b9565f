"""Verifying a pack without store or archive: every file's hash, and every figure's arithmetic from the pack itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile, ZipFile

from collector.evidence.calculation import CALCULATION, DENOMINATOR, NUMERATOR, PRINTED, ROWS, SPANS
from collector.evidence.pack import FORMAT, FORMAT_VERSION, MANIFEST, SUMS
from collector.evidence.recount import WORDS, Tally, Term
from metrics.errors import InputError
from metrics.numbers import print_number
from metrics.targets import parse_target

_CHUNK = 1 << 20
_SUM_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_SIDES = {"numerator": NUMERATOR, "denominator": DENOMINATOR}
_KINDS = {word: kind for kind, word in WORDS.items()}
_PAGE, _SHEET = "说明.docx", "计算表.xlsx"


class Files(Protocol):
    """What a pack is read from: a zip, or the folder it was unpacked to."""

    def names(self) -> list[str]:
        """Every file's path, as often as it is there."""
        ...

    def read(self, path: str) -> bytes:
        """A file whole."""
        ...

    def sha256(self, path: str) -> str:
        """A file's hash, streamed."""
        ...


@dataclass
class CheckReport:
    """``findings``: what is wrong, a sentence each; ``fingerprint``: SHA-256 of the sums, for comparing on paper."""

    files: int = 0
    figures: int = 0
    recounted: int = 0
    fingerprint: str = ""
    title: str = ""
    findings: list[str] = field(default_factory=list)


def check(path: Path) -> CheckReport:
    """Verify a pack: a zip, or the folder it was unpacked to.

    Raises:
        InputError: it is neither, or no pack of ours.
    """
    files = _opened(path)
    report = CheckReport()
    sums = _sums(files, report)
    manifest = _manifest(files, report)
    intact = _compare_files(files, sums, manifest, report)
    project, period = manifest.get("project", {}), manifest.get("period", "")
    report.title = f"{manifest.get('organization', {}).get('name', '')}“{project.get('name', '')}”{period}"
    for entry in manifest.get("figures", []):
        _check_figure(files, entry, intact, report)
    return report


def _opened(path: Path) -> Files:
    if path.is_dir():
        return _Folder(path)
    try:
        return _Zip(ZipFile(path))
    except (OSError, BadZipFile):
        raise InputError("读不出来，不是佐证材料包（zip）或解压出的文件夹").within(f"“{path}”") from None


@dataclass
class _Folder:
    root: Path

    def names(self) -> list[str]:
        return sorted(file.relative_to(self.root).as_posix() for file in self.root.rglob("*") if file.is_file())

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def sha256(self, path: str) -> str:
        with (self.root / path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _Zip:
    zipped: ZipFile

    def names(self) -> list[str]:
        return [info.filename for info in self.zipped.infolist() if not info.is_dir()]

    def read(self, path: str) -> bytes:
        return self.zipped.read(path)

    def sha256(self, path: str) -> str:
        digest = hashlib.sha256()
        with self.zipped.open(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


def _sums(files: Files, report: CheckReport) -> dict[str, str]:
    if SUMS not in files.names():
        report.findings.append(f"缺少 {SUMS}")
        return {}
    content = files.read(SUMS)
    report.fingerprint = hashlib.sha256(content).hexdigest()
    found: dict[str, str] = {}
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        match = _SUM_LINE.fullmatch(line)
        if match is None or match[2] in found:
            report.findings.append(f"{SUMS} 第 {number} 行不是“哈希  路径”，或路径重复：{line[:80]}")
        else:
            found[match[2]] = match[1]
    return found


def _manifest(files: Files, report: CheckReport) -> Mapping[str, Any]:
    if MANIFEST not in files.names():
        report.findings.append(f"缺少 {MANIFEST}")
        return {}
    try:
        data = json.loads(files.read(MANIFEST))
    except (ValueError, BadZipFile):
        report.findings.append(f"{MANIFEST} 读不出来")
        return {}
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{MANIFEST} 不是佐证材料包的")
    if data.get("format_version", 0) > FORMAT_VERSION:
        raise InputError("这个包由更新版本的 yunwei 写成，请升级程序再核对")
    return data


def _compare_files(files: Files, sums: Mapping[str, str], manifest: Mapping[str, Any], report: CheckReport) -> set[str]:
    """Find what is missing, changed, extra or twice; the paths whose bytes are as listed."""
    listed = {one["path"]: one["sha256"] for one in manifest.get("files", [])}
    expected = {**listed, **sums}
    names = files.names()
    for path in sorted({name for name in names if names.count(name) > 1}):
        report.findings.append(f"重复：{path} 在包内不止一份")
    present = {name for name in names if name != SUMS}
    report.findings += [f"缺少：{path}" for path in sorted(set(expected) - present)]
    report.findings += [f"多出：{path}，不在清单中" for path in sorted(present - set(expected))]
    intact = set()
    for path in sorted(present & set(expected)):
        problem = _compare(files, path, sums.get(path), listed.get(path, sums.get(path)))
        if problem:
            report.findings.append(problem)
        else:
            intact.add(path)
    report.files = len(intact)
    return intact


def _compare(files: Files, path: str, in_sums: str | None, in_manifest: str | None) -> str:
    try:
        found = files.sha256(path)
    except (BadZipFile, OSError, EOFError, ValueError) as error:
        return f"读不出来：{path}（{type(error).__name__}）"
    if in_sums is None:
        return f"多出：{path}，{SUMS} 中没有它"
    if path != MANIFEST and in_manifest is None:
        return f"多出：{path}，{MANIFEST} 中没有它"
    if found not in (in_sums, in_manifest):
        return f"被改动：{path}，哈希与清单不符"
    if found != in_sums:
        return f"清单被改动：{SUMS} 中 {path} 的哈希与文件不符"
    return f"清单被改动：{MANIFEST} 中 {path} 的哈希与文件不符" if found != in_manifest else ""


def _check_figure(files: Files, entry: Mapping[str, Any], intact: set[str], report: CheckReport) -> None:
    """Do the arithmetic of one figure again; files that are not intact have been named already."""
    report.figures += 1
    name = entry["name"]
    report.findings += [f"“{name}”：{problem}" for problem in _arithmetic(entry)]
    sheet = f"{entry['folder']}/{_SHEET}"
    if sheet in intact:
        problems, recounted = _workbook(files.read(sheet), entry)
        report.recounted += recounted
        report.findings += [f"“{name}”：{problem}" for problem in problems]
    page = f"{entry['folder']}/{_PAGE}"
    if page in intact and entry["printed"] not in _text(files.read(page)):
        report.findings.append(f"“{name}”：{page} 里没有完成值 {entry['printed']}")


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _arithmetic(entry: Mapping[str, Any]) -> Iterator[str]:
    """Numerator ÷ denominator = actual, and actual rounded once = printed."""
    above, below, actual = (_number(entry[name]) for name in ("numerator", "denominator", "actual"))
    if entry["is_quotient"]:
        if above is None or not below or actual != above / below:
            yield f"分子 {above} ÷ 分母 {below} 不等于完成值 {actual}"
    elif actual is not None and above is not None and actual != above:
        yield f"完成值 {actual} 不等于分子 {above}"
    against = entry["printed_against_target"]
    if against is None or actual is None:
        return
    unit = entry["measure_unit"]
    target = parse_target(entry["target"]).for_unit(unit) if entry["target"] else None
    word = target.word if target else ""
    shown = print_number(actual, unit, entry["decimals"], entry["rounding"], target if against else None, word)
    if shown != entry["printed"]:
        yield f"完成值应印作 {shown}，写的是 {entry['printed']}"


def _workbook(content: bytes, entry: Mapping[str, Any]) -> tuple[list[str], int]:
    """What the calculation sheet says against the manifest, and its lines added up again."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(content))
    problems = []
    told: dict[str, Any] = {}
    for line in book.get_sheet_by_name(CALCULATION).iter_rows():
        told.setdefault(str(line[0]), line[1])
    if told.get(PRINTED) != entry["printed"]:
        problems.append(f"{_SHEET} 的完成值 {told.get(PRINTED)} 与清单的 {entry['printed']} 不同")
    for side, label in _SIDES.items():
        known = _number(entry[side])
        if known is not None and label in told and not _near(told[label], known):
            problems.append(f"{_SHEET} 的{label} {told[label]} 与清单的 {known} 不同")
    tally, counts = _tally(book)
    for sheet, name in ((ROWS, "rows"), (SPANS, "spans")):
        if counts[name] != entry[name]:
            problems.append(f"{_SHEET} 的“{sheet}”有 {counts[name]} 行，清单写的是 {entry[name]} 行")
    recounted = 0
    for side, label in _SIDES.items():
        value = tally.value(tuple(Term.from_data(one) for one in entry["recount"][side]))
        known = _number(entry[side])
        if value is None or known is None:
            continue
        recounted += 1
        if value != known:
            problems.append(f"{label} {known} 与“{ROWS}”“{SPANS}”各行合计 {value} 不同")
    return problems, recounted


def _tally(book: Any) -> tuple[Tally, dict[str, int]]:
    """Sums by kind over the sheets of rows and spans, those that go on in a further sheet included."""
    tally, counts = Tally(), {"rows": 0, "spans": 0}
    for title in book.sheet_names:
        kind_of = (
            "rows" if re.fullmatch(rf"{ROWS}\d*", title) else "spans" if re.fullmatch(rf"{SPANS}\d*", title) else None
        )
        if kind_of is None:
            continue
        lines = book.get_sheet_by_name(title).iter_rows()
        next(lines, None)
        for kind, value, *_ in lines:
            counts[kind_of] += 1
            number = Fraction(Decimal(repr(value))) if isinstance(value, int | float) else None
            tally.add(kind_of, _KINDS.get(str(kind), str(kind)), number)  # type: ignore[arg-type]
    return tally, counts


def _near(shown: Any, known: Fraction) -> bool:
    """A cell is a double."""
    return isinstance(shown, int | float) and abs(float(known) - float(shown)) <= 1e-9 * max(1.0, abs(float(known)))


def _text(document: bytes) -> str:
    """The text of a Word document, run by run."""
    with ZipFile(BytesIO(document)) as zipped:
        xml = zipped.read("word/document.xml").decode("utf-8")
    return (
        "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )
