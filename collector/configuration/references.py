"""Cross checks: names that must exist, ids that must not recur, values that only make sense together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from collector.configuration.documents import Stanza, Workspace
from collector.configuration.indicator_checks import indicator_problems
from collector.configuration.models import SourceSettings
from collector.configuration.problems import Problem, unknown_name
from collector.configuration.self_evaluation_checks import self_evaluation_problems
from collector.configuration.validate import Place
from metrics.indicators import IndicatorDefinition

_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
_SECRET_PARAMETERS = {"password", "passwd", "pwd", "sslpassword"}


def reference_problems(read: Workspace) -> list[Problem]:
    """Everything that the models alone cannot see, also in parts that are otherwise wrong."""
    names = Names(read)
    return [
        *_double_ids(read),
        *_database(read.head.place.below("database", "url")),
        *_contracts(read.head.place.below("projects"), names),
        *_calendar(read, names),
        *_outputs(read.head.place.below("outputs"), names),
        *_daemon(read.head.place.below("daemon", "sources"), names),
        *(problem for stanza in read.sources for problem in _source(stanza, names)),
        *(problem for stanza in read.indicators for problem in _indicator(stanza, names)),
        *self_evaluation_problems(read, names.projects),
    ]


class Names:
    """Names that may be referred to, taken as written, so that one broken part does not break all others.

    None where the part that would define them cannot be read: then nothing that refers to it is judged.
    """

    def __init__(self, read: Workspace) -> None:
        head, broken = read.head.place, read.head.model is None
        vendors, projects = _named(head.below("vendors")), _named(head.below("projects"))
        windows = tuple(_value(head.below("service_windows"), dict))
        self.vendors: Mapping[str, str] | None = None if broken and not vendors else vendors
        self.projects: Mapping[str, str] | None = None if broken and not projects else projects
        self.windows: tuple[str, ...] | None = None if broken and not windows else windows
        self.sources = tuple(text for stanza in read.sources if (text := _text(stanza.place.below("id"))))


def _named(listed: Place) -> dict[str, str]:
    """id → name of every item."""
    return {
        item["id"]: str(item.get("name", ""))
        for item in _value(listed, list)
        if isinstance(item, dict) and isinstance(item.get("id"), str)
    }


def _value(place: Place, kind: type) -> Any:
    """What is written there, or an empty one if it is of another kind."""
    value = place.node.value() if place.node else None
    return value if isinstance(value, kind) else kind()


def _text(place: Place) -> str | None:
    return place.node.word() if place.node else None


def _items(place: Place) -> list[Place]:
    return [place.below(index) for index in range(len(_value(place, list)))]


def _unknown(what: str, places: Iterable[Place], right: Iterable[str] | None) -> Iterator[Problem]:
    """A problem for every text at ``places`` that is not one of ``right``; none if those are not known."""
    if right is None:
        return
    names = list(right)
    for place in places:
        text = _text(place)
        if text is not None and text not in names:
            yield place.problem(unknown_name(what, text, names))


def _double_ids(read: Workspace) -> Iterator[Problem]:
    head = read.head.place
    yield from _twice(_items(head.below("vendors")))
    yield from _twice(_items(head.below("projects")))
    yield from _twice(stanza.place for stanza in read.sources)
    yield from _twice((stanza.place for stanza in read.indicators), within="project")
    yield from _twice(stanza.place for stanza in read.rule_packs)
    years: dict[Any, Place] = {}
    for stanza in read.holidays:
        year = _text(stanza.place.below("year"))
        if year and year in years:
            yield stanza.place.below("year").problem(f"{year} 年已在 {years[year].file} 中写过，每年只能有一个文件")
        years.setdefault(year, stanza.place)


def _twice(stanzas: Iterable[Place], within: str = "") -> Iterator[Problem]:
    """Ids given a second time, naming both places; ``within``: only beside the same value of that key."""
    first: dict[tuple[str | None, str | None], Place] = {}
    for stanza in stanzas:
        place = stanza.below("id")
        key = (_text(place), _text(stanza.below(within)) if within else None)
        if key[0] and key in first:
            known = first[key]
            yield place.problem(f"“{key[0]}”已在 {known.file}:{known.root.line_of(known.path)} 定义过，请换一个 id")
        first.setdefault(key, place)


def _database(place: Place) -> Iterator[Problem]:
    """No password in the open, and only databases that the store speaks."""
    text = _text(place)
    if text is None:
        return
    scheme = text.partition(":")[0]
    if scheme not in _SCHEMES or "://" not in text:
        yield place.problem("应为 sqlite:///路径 或 postgresql://主机/库名")
    elif has_password(text):
        yield place.problem(
            "口令不得写在配置里，请把完整的数据库地址放进环境变量，此处写 {env: YUNWEI_DATABASE_URL}，"
            "或放进文件，此处写 {file: 文件路径}"
        )


def has_password(url: str) -> bool:
    """Whether a database's address shows a password."""
    try:
        parts = urlsplit(url)
        return bool(parts.password) or any(key.lower() in _SECRET_PARAMETERS for key, _ in parse_qsl(parts.query))
    except ValueError:
        return "@" in url


def _contracts(projects: Place, names: Names) -> Iterator[Problem]:
    for project in _items(projects):
        contract = project.below("contract")
        yield from _unknown("运维服务商", _items(contract.below("vendors")), names.vendors)
        matching = project.below("matching")
        yield from _unknown("数据来源", [matching.below("leads"), *_items(matching.below("others"))], names.sources)
        starts_on, ends_on = (_date(contract.below(key)) for key in ("starts_on", "ends_on"))
        if starts_on and ends_on and ends_on < starts_on:
            yield contract.below("ends_on").problem(f"合同截止日期 {ends_on} 早于开始日期 {starts_on}")
        exclusive = _text(contract.below("end_date")) == "exclusive"
        if starts_on and ends_on == starts_on and exclusive:
            yield contract.below("ends_on").problem("截止日期不含当日（end_date: exclusive），合同期一天也没有")


def _date(place: Place) -> date | None:
    try:
        return date.fromisoformat(_text(place) or "")
    except ValueError:
        return None


def _calendar(read: Workspace, names: Names) -> Iterator[Problem]:
    """Overrides by window name the windows that there are."""
    overrides = read.head.place.below("calendar", "overrides")
    for day, chosen in _value(overrides, dict).items():
        for window in chosen if isinstance(chosen, dict) else ():
            if names.windows is not None and window not in names.windows:
                yield overrides.below(day, window).problem(unknown_name("服务时间", window, names.windows))


def _outputs(outputs: Place, names: Names) -> Iterator[Problem]:
    from collector.publish import PUBLISHERS

    first: dict[str, int] = {}
    for output in _items(outputs):
        yield from _unknown("输出种类", [output.below("publisher")], PUBLISHERS)
        yield from _unknown("运维项目", [output.below("project")], names.projects)
        path = output.below("path")
        if _leaves(_text(path)):
            yield path.problem(f"“{_text(path)}”不在输出文件夹内，应为相对于 paths.output 的路径，不含 ..")
        text = _text(path) or ""
        yield from _period_output(output, text, names)
        if text and text in first:
            yield path.problem(f"“{text}”已是第 {first[text]} 行那项输出的文件，后写的会覆盖先写的，请换一个名称")
        first.setdefault(text, path.root.line_of(path.path))


def _daemon(sources: Place, names: Names) -> Iterator[Problem]:
    """Only sources that there are have a schedule of their own."""
    for name in _value(sources, dict):
        if name not in names.sources:
            yield sources.below(name).problem(unknown_name("数据来源", str(name), names.sources))


def _period_output(output: Place, text: str, names: Names) -> Iterator[Problem]:
    """What only papers of a period may say, and what they must: or one would be written over the other."""
    from collector.publish import PUBLISHERS

    publisher = PUBLISHERS.get(_text(output.below("publisher")) or "")
    if publisher is None:
        return
    if publisher.periods and text and "{period}" not in text:
        yield output.below("path").problem(
            f"“{publisher.name}”每个周期写一个文件，path 里应有 {{period}}，如 {publisher.file_name}"
        )
    many = len(names.projects or ()) > 1 and output.below("project").node is None
    if publisher.periods and many and text and "{project}" not in text:
        yield output.below("path").problem("有多个运维项目，path 里应有 {project}，或用 project 写明是哪一个")
    if not publisher.periods and output.below("periods").node is not None:
        yield output.below("periods").problem(f"“{publisher.name}”不按周期写文件，不能写 periods")
    if not publisher.templated and output.below("template").node is not None:
        yield output.below("template").problem(f"“{publisher.name}”不是 Word 文档，不能写 template")


def _leaves(path: str | None) -> bool:
    """Whether a relative path or pattern would lead out of its folder."""
    if not path:
        return False
    pure = PurePosixPath(path.replace("\\", "/"))
    return pure.is_absolute() or ".." in pure.parts or path[1:2] == ":"


def _source(stanza: Stanza[SourceSettings], names: Names) -> Iterator[Problem]:
    place = stanza.place
    yield from _unknown("运维服务商", [place.below("vendor")], names.vendors)
    yield from _unknown("运维项目", [place.below("project")], names.projects)
    yield from _unknown("服务时间", [place.below("schedule")], names.windows)
    files = place.below("files")
    for pattern in [files, *_items(files), place.below("into")]:
        if _leaves(_text(pattern)):
            yield pattern.problem(f"“{_text(pattern)}”不在投递文件夹内，应为相对于 paths.inbox 的路径，不含 ..")


def _indicator(stanza: Stanza[IndicatorDefinition], names: Names) -> Iterator[Problem]:
    yield from _unknown("运维项目", [stanza.place.below("project")], names.projects)
    if stanza.model is not None:
        yield from indicator_problems(stanza.place, stanza.model, names)
