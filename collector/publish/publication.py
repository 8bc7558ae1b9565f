"""What is published: stored results, the words of their rules, and how good the data behind them are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from collector.publish.columns import RESULT_COLUMNS
from collector.publish.standing import DRAFT, Standing, standings
from metrics.indicators import DIMENSION_LABELS, OUTCOME_LABELS, MeasureUnit
from metrics.numbers import print_number, print_share
from metrics.targets import Target, parse_target

if TYPE_CHECKING:
    from pathlib import Path

    from collector.publish.dossier import Dossier
    from collector.store import Objection, Revision

#: The line of a result's stored notes that says its rule begins so.
RULE_MARK = "口径："
_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Result:
    """One stored result, as every output shows it. ``values`` are the columns as the store holds them."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.rule if name == "rule" else self.values[name]

    @property
    def key(self) -> tuple[str, str]:
        """Project and indicator."""
        return self.values["project"], self.values["indicator"]

    @property
    def name(self) -> str:
        """The indicator's name, with its dimension value when it is not the total."""
        value = self.values["dimension_value"]
        return f"{self.values['name']}（{value}）" if self.values["dimension"] != "total" else self.values["name"]

    @property
    def is_total(self) -> bool:
        """Whether it is the figure over everything."""
        return bool(self.values["dimension"] == "total")

    @property
    def outcome(self) -> str:
        """达标, 未达标 …; a dash where the period binds no target."""
        return OUTCOME_LABELS[self.values["outcome"] or ""]

    @property
    def dimension(self) -> str:
        """The dimension's word."""
        return DIMENSION_LABELS[self.values["dimension"]]

    @property
    def notes(self) -> list[str]:
        """Sentences that belong beside the figure, without the rule."""
        return [line for line in self._lines if not line.startswith(RULE_MARK)]

    @property
    def rule(self) -> str:
        """The rule in words (口径)."""
        return next((line.removeprefix(RULE_MARK) for line in self._lines if line.startswith(RULE_MARK)), "")

    @property
    def _lines(self) -> list[str]:
        return [line for line in (self.values["notes"] or "").split("\n") if line]

    @property
    def level_codes(self) -> list[str]:
        """First and second level of the indicator in its paper."""
        return [level for level in (self.values["level_codes"] or "").split("/") if level]

    @property
    def parts(self) -> dict[str, Any]:
        """Further exact numbers (as decimal text) or short texts."""
        return dict(json.loads(self.values["parts"] or "{}"))

    def fraction(self, name: str) -> Fraction | None:
        """A decimal or ratio column as a number."""
        text = self.values[name]
        return None if text is None else Fraction(text)

    @property
    def number(self) -> Decimal | None:
        """The printed actual as a number in its printed unit (percent: as a ratio), None without data."""
        return None if self.values["actual"] is None else as_number(self.values["printed"])

    @property
    def bounds(self) -> str:
        """``94.10%–99.02%``, or nothing where the formula knows none."""
        return "" if self.values["lower"] is None else f"{self.bound('lower')}–{self.bound('upper')}"

    def bound(self, name: str) -> str:
        """``lower`` or ``upper`` as printed, on the right side of the target."""
        value, unit = self.fraction(name), self.values["measure_unit"]
        return "" if value is None else print_number(value, unit, target=_target(self.values["target"], unit))

    @property
    def coverage(self) -> str:
        """``98.12%``, or nothing where the formula knows none."""
        return self.percent("coverage")

    def percent(self, name: str) -> str:
        """A ratio column in percent, never rounded up to 100%; nothing where there is none."""
        value = self.fraction(name)
        return "" if value is None else print_share(value)


@dataclass(frozen=True)
class Accounting:
    """One delivery: read = accepted + unchanged + superseding + rejected + set aside; ``refused`` says why not."""

    source: str
    name: str
    read: int
    accepted: int
    unchanged: int
    superseding: int
    rejected: int
    set_aside: int
    refused: str | None = None


@dataclass(frozen=True)
class Publication:
    """Everything an output may show.

    Attributes:
        results: in the order of definitions, periods, dimensions.
        deliveries: the accounting of every delivery.
        open_rejections: source → rejections still to be dealt with.
        version: the program's.
        revisions: every revision of every period of the projects, by project, period and number.
        objections: vendors' objections with the decisions on them, by number.
        zone: the organisation's, in which moments are shown.
        dossier: of a paper of one period what it shows beside the results, which are those of the period alone.
        template: the court's own template of a Word document.
    """

    organization_id: str
    organization: str
    projects: Mapping[str, str]
    results: Sequence[Result]
    deliveries: Sequence[Accounting] = ()
    open_rejections: Mapping[str, int] = field(default_factory=dict)
    version: str = ""
    revisions: Sequence[Revision] = ()
    objections: Sequence[Objection] = ()
    zone: ZoneInfo = _ZONE
    dossier: Dossier | None = None
    template: Path | None = None

    @cached_property
    def standings(self) -> Mapping[tuple[str, str], Standing]:
        """Project and period → whether what is shown is a draft or closed, in the order of the results."""
        return standings(self.results, self.revisions, self.zone)

    def standing(self, project: str, period: str) -> Standing:
        """Whether what is shown of that project and period is a draft or closed; without results it is a draft."""
        found = self.standings.get((project, period))
        return found or Standing(project, period, None, None, self.zone)

    @property
    def mark(self) -> str:
        """What every page of an output over several periods carries: 草稿 unless all of it is closed; else nothing."""
        return DRAFT if not self.standings or any(one.is_draft for one in self.standings.values()) else ""

    def objections_to(self, project: str, indicator: str | None = None, period: str | None = None) -> list[Objection]:
        """Objections to the project's figures: of one indicator, of one period; None means all."""
        return [
            one
            for one in self.objections
            if one.project == project and indicator in (None, one.indicator) and period in (None, one.period)
        ]

    def rules(self) -> dict[tuple[str, str], Result]:
        """One result of each indicator, for its rule in words, in order."""
        first: dict[tuple[str, str], Result] = {}
        for result in self.results:
            first.setdefault(result.key, result)
        return first


@lru_cache
def _target(text: str | None, unit: MeasureUnit) -> Target | None:
    return parse_target(text).for_unit(unit) if text else None


def as_number(printed: str) -> Decimal:
    """The number in a printed figure; ``95.00%`` is 0.9500, with the digits it was printed with."""
    digits = Decimal(re.sub(r"[^0-9.-]", "", printed))
    return digits.scaleb(-2) if printed.endswith("%") else digits


def results_of(records: Iterable[Mapping[Any, Any]]) -> list[Result]:
    """Results out of a store's rows; anything pandas calls missing becomes None."""
    names = [column.name for column in RESULT_COLUMNS if column.name != "rule"]
    return [Result({name: plain(record[name]) for name in names}) for record in records]


def plain(value: Any) -> Any:
    """A cell of a frame as a plain value: None for what pandas calls missing, ``int`` for its integers."""
    import pandas as pd

    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
