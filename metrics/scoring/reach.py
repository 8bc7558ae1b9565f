"""Which band of the self-evaluation can still be reached: the forecast of the marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from metrics.indicators import MeasureUnit
from metrics.outlook import Outlook
from metrics.scoring.marks import round_mark, target_score
from metrics.scoring.pack import WHOLE, RulePack


@dataclass(frozen=True, slots=True)
class Weighted:
    """An indicator with marks; ``outlook`` None where nothing is known that would keep it from earning them all."""

    name: str
    weight: Fraction
    unit: MeasureUnit
    outlook: Outlook | None


def most_mark(one: Weighted, pack: RulePack) -> Decimal:
    """What it can still earn at most: all of it unless its target is lost, then what its best figure earns."""
    seen = one.outlook
    if seen is None or seen.need.state != "lost" or seen.best is None:
        return round_mark(one.weight, pack)
    return round_mark(target_score(seen.best, seen.target, one.unit, one.weight, pack).mark, pack)


def reach_words(rows: Sequence[Weighted], pack: RulePack) -> str:
    """The most marks that can still come, what has been lost of them, and the band; nothing unless marks are 100."""
    if sum((one.weight for one in rows), Fraction(0)) != WHOLE:
        return ""
    marks = {one.name: most_mark(one, pack) for one in rows}
    total = sum(marks.values(), Decimal(0))
    short = [
        f"“{one.name}”最多 {marks[one.name]:f} 分（满分 {one.weight}）" for one in rows if marks[one.name] < one.weight
    ]
    lost = f"已不能得满分的：{'；'.join(short)}。" if short else ""
    word = pack.bands.word(Fraction(total))
    least = {"优": pack.bands.excellent, "良": pack.bands.good, "中": pack.bands.fair}.get(word)
    spare = f"，其余还可再失 {total - Decimal(least):f} 分仍为“{word}”" if least is not None else ""
    return (
        f"按“{pack.name}”（{pack.bands.words}），如果其余时间都做到下表所列，全年自评最多可得 {total:f} 分，"
        f"等级最高为“{word}”{spare}。{lost}"
    )
