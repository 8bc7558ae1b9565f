"""What another system makes of an asset's availability, beside our own figure: an opinion, which changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from metrics.period import Period, parse_period
from metrics.records import SECOND_OPINION

if TYPE_CHECKING:
    from collector.store import Store

#: A figure of another system is a float: beyond its digits the two cannot be told apart.
_SAME = Fraction(1, 10**12)


@dataclass(frozen=True)
class SecondOpinion:
    """One asset in one month: ``told`` and ``ours`` in percent; ``ours`` None where we have no figure of the asset.

    ``who``: the other system's words for itself. ``indicator``: the name of our figure.
    """

    period: str
    asset_no: str
    who: str
    told: Decimal
    indicator: str = ""
    ours: Fraction | None = None

    @property
    def agrees(self) -> bool | None:
        """Whether both say the same, to all digits of a float; None where there is nothing to compare."""
        return None if self.ours is None else abs(Fraction(self.told) - self.ours) <= _SAME * 100

    def line(self) -> str:
        """One line for people."""
        head = f"{self.period} {self.asset_no}：{self.who} {self.told}%"
        if self.ours is None:
            return f"{head}，本系统没有这台设备当月的正常运行率（指标的 breakdowns 要有 asset，并先 yunwei compute）"
        apart = "一致" if self.agrees else f"相差 {abs(float(Fraction(self.told) - self.ours)):.6g} 个百分点"
        return f"{head}，本系统“{self.indicator}”{float(self.ours)!r}%，{apart}"


def second_opinions(store: Store, periods: Sequence[Period] = (), known_at: int | None = None) -> list[SecondOpinion]:
    """Every opinion known, with each of our current availability figures of the same asset and month.

    ``periods`` empty: all months.
    """
    frame = store.facts(sequence=store.sequence_at(known_at)).frames["measurement"]
    frame = frame[frame["kind"] == SECOND_OPINION].sort_values(["measured_on", "asset_no"])
    wanted = {period.label for period in periods}
    found = []
    for row in frame.to_dict("records"):
        month = parse_period(str(row["measured_on"])[:7]).label
        if not wanted or month in wanted:
            opinion = SecondOpinion(month, row["asset_no"], row["entered_by"], Decimal(row["value"]))
            found += _beside_ours(store, opinion)
    return found


def _beside_ours(store: Store, opinion: SecondOpinion) -> list[SecondOpinion]:
    results = store.results(period=opinion.period, dimension="asset", dimension_value=opinion.asset_no)
    results = results[(results["measure_unit"] == "percent") & results["observed"].notna()]  # availability alone has it
    ours = [
        SecondOpinion(
            opinion.period,
            opinion.asset_no,
            opinion.who,
            opinion.told,
            row["name"],
            100 * Fraction(row["numerator"]) / Fraction(row["denominator"]),
        )
        for row in results.to_dict("records")
        if Fraction(row["denominator"])
    ]
    return ours or [opinion]
