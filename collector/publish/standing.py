"""Whether what is shown stands: an open draft, or closed as revision n; the one wording that all papers use.

``Standing.mark`` belongs on every page (草稿, or 第 2 版), ``Standing.sentence`` beside the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from metrics.period import Period, parse_period, periods_between

if TYPE_CHECKING:
    from collector.publish.publication import Result
    from collector.store import Revision

DRAFT = "草稿"
_DIGITS = 12  # of a hash that people compare by eye


@dataclass(frozen=True)
class Standing:
    """How the figures of one project and period stand.

    Attributes:
        revision: the one that is shown; None: the period is open and what is shown is a draft.
        newest_no: the number of the period's newest revision, None while it was never closed. Greater than the
            shown one's where an earlier revision is looked at.
        summed: of a period longer than a month the standing of every month in it, in order.
    """

    project: str
    period: str
    revision: Revision | None
    newest_no: int | None
    zone: ZoneInfo
    summed: tuple[Standing, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Whether the figures may still change without a revision."""
        return self.revision is None

    @property
    def mark(self) -> str:
        """What every page carries: ``草稿``, ``第 1 版`` or ``第 1 版（已被第 2 版更正）``."""
        if self.revision is None:
            return DRAFT
        number = self.revision.revision_no
        return f"第 {number} 版" + (f"（已被第 {self.newest_no} 版更正）" if self.newest_no != number else "")

    @property
    def sentence(self) -> str:
        """The standing in words, with what identifies the revision."""
        if self.revision is None:
            if self.newest_no:
                return f"{self.period} 已封账到第 {self.newest_no} 版，本页是此后的重算，尚未封账，为草稿，可能变动"
            return f"{self.period} 尚未封账，本页数字为草稿，可能变动"
        return f"{self.period} 已封账，{self.mark}：{revision_words(self.revision, self.zone)}"

    def summed_sentence(self) -> str:
        """Which months' revisions lie in the period: ``2023-01 第 1 版、2023-02 第 2 版；2023-03 未封账``."""
        closed = [f"{one.period} {one.mark}" for one in self.summed if one.revision]
        still_open = [one.period for one in self.summed if one.revision is None]
        parts = ["、".join(closed)] if closed else []
        if still_open:
            parts.append(f"{'、'.join(still_open)} 未封账")
        return "；".join(parts)


def revision_words(revision: Revision, zone: ZoneInfo) -> str:
    """``2024-01-10 09:30 封账，数据截至知悉序号 57，输入 0a1b…，配置 ab12…，程序 1.0``."""
    moment = datetime.fromtimestamp(revision.closed_at, zone).strftime("%Y-%m-%d %H:%M")
    by = f"由{revision.closed_by}" if revision.closed_by else ""
    reason = f"；理由：{revision.reason}" if revision.reason else ""
    return (
        f"{moment} {by}封账，数据截至知悉序号 {revision.sequence}（输入 {revision.inputs_hash[:_DIGITS]}），"
        f"配置 {revision.configuration_hash[:_DIGITS]}，程序 {revision.program_version}{reason}"
    )


def standings(
    results: Iterable[Result], revisions: Sequence[Revision], zone: ZoneInfo
) -> Mapping[tuple[str, str], Standing]:
    """The standing of every project and period among ``results``, out of what the results themselves say."""
    by_number = {(one.project, one.period, one.revision_no): one for one in revisions}
    newest = {(one.project, one.period): one.revision_no for one in revisions}  # in the order of their numbers
    found: dict[tuple[str, str], Standing] = {}
    numbers: dict[tuple[str, str], set[int | None]] = {}
    for result in results:
        numbers.setdefault((result["project"], result["period"]), set()).add(result["revision_no"])
    for (project, period), shown in numbers.items():
        number = next(iter(shown)) if len(shown) == 1 else None
        revision = None if number is None else by_number.get((project, period, number))
        months = tuple(
            _standing_month(project, month.label, by_number, newest, zone) for month in _months(parse_period(period))
        )
        found[project, period] = Standing(project, period, revision, newest.get((project, period)), zone, months)
    return found


def _standing_month(
    project: str,
    period: str,
    by_number: Mapping[tuple[str, str, int], Revision],
    newest: Mapping[tuple[str, str], int],
    zone: ZoneInfo,
) -> Standing:
    number = newest.get((project, period))
    return Standing(project, period, None if number is None else by_number[project, period, number], number, zone)


def _months(period: Period) -> list[Period]:
    if period.kind == "month":
        return []
    months = periods_between(period.first_on, period.last_on, "month")
    return [month for month in months if period.first_on <= month.first_on and month.last_on <= period.last_on]
