"""The rows behind the figures of a period, bounded and traced to their files: the deciding ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from collector.compute import Judge
from collector.publish.dossier import Evidence
from collector.publish.publication import Result, plain
from collector.trace import trace
from metrics import indicators
from metrics.formulas import FORMULAS
from metrics.indicators import Dimension, IndicatorDefinition
from metrics.period import Period

if TYPE_CHECKING:
    import pandas as pd

    from collector.dossier import Bench
    from collector.store import Store

_SPANNED = frozenset(("availability", "outage_count", "mean_outage_duration", "failure_rate"))
_TIMED = frozenset(("mean_response", "mean_arrival", "mean_resolution", "timely_rate"))
#: Roles in the order in which they decide a figure: what was lost before what was kept.
_RATES = ("denominator", "both", "numerator", "beside")
_OTHERS = ("both", "numerator", "denominator", "beside")
_WORST = 5
_HOUR = 3600


class Proofs:
    """Evidence of one period; what a formula answered is kept until the next indicator is asked about."""

    def __init__(self, store: Store, period: Period, bench_of: Callable[[Result], Bench], shown_rows: int) -> None:
        self.store, self.period, self.bench_of, self.shown_rows = store, period, bench_of, shown_rows
        self._kept: dict[tuple[str, str], indicators.Evidence] = {}

    def behind(
        self, judge: Judge, definition: IndicatorDefinition, period: Period, dimension: Dimension, value: str
    ) -> indicators.Evidence:
        """What the formula says; kept where it has spans, because two papers ask for those."""
        key = (definition.id, value)
        if dimension != "total" or key not in self._kept:
            request = judge.request(definition, [period], [dimension])
            answer = FORMULAS[definition.formula].evidence(request, value)
            if dimension != "total" or answer.spans is None:
                return answer
            self._kept[key] = answer
        return self._kept[key]

    def of(self, result: Result) -> Evidence:
        """The rows behind a stored result of the period, at most ``shown_rows`` of them."""
        bench = self.bench_of(result)
        found = [one for one in bench.definitions(result["project"]) if one.id == result["indicator"]]
        if not found:  # nothing can be said about it
            return Evidence(0)
        [definition] = found
        answer = self.behind(bench.judge, definition, self.period, result["dimension"], result["dimension_value"])
        rows = _ranked(answer.rows, definition.formula)
        listed = trace(self.store, bench.facts, rows.head(self.shown_rows), bench.basis.settings.zone)
        lines = [{str(name): plain(value) for name, value in row.items()} for row in listed.to_dict("records")]
        return Evidence(len(rows), lines, list(_worst(definition.formula, answer, lines)))


def _ranked(rows: pd.DataFrame, formula: str) -> pd.DataFrame:
    """By role, then the largest value first; otherwise as the formula listed them."""
    import pandas as pd

    order = _RATES if formula in ("timely_rate", "resolution_rate", "satisfaction") else _OTHERS
    role = rows["role"].map({name: number for number, name in enumerate(order)}).astype("int64")
    value = pd.to_numeric(rows["value"].astype("object"), errors="coerce").fillna(0).astype("float64")
    return rows.assign(_role=role, _value=-value).sort_values(["_role", "_value"], kind="stable", ignore_index=True)[
        list(rows.columns)
    ]


def _worst(formula: str, answer: indicators.Evidence, lines: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """``设备 A1``, ``停用 12.50 小时``; ``工单 T-1``, ``用时 9.00 小时``: the few that cost most."""
    if formula in _SPANNED and answer.spans is not None:
        down = answer.spans[answer.spans["kind"] == "down"]
        lost = down.groupby("asset_no")["service_seconds"].sum().sort_values(ascending=False, kind="stable")
        for asset, seconds in lost[lost > 0].head(_WORST).items():
            yield f"设备 {asset}", f"停用 {int(seconds) / _HOUR:.2f} 小时"
    elif formula in _TIMED:
        role = "denominator" if formula == "timely_rate" else "both"
        late = [line for line in lines if line["role"] == role and line["value"]]
        for line in late[:_WORST]:
            yield f"工单 {line['natural_key']}", f"用时 {int(line['value']) / _HOUR:.2f} 小时"
    elif formula == "resolution_rate":
        left = [line["natural_key"] for line in lines if line["role"] == "denominator"]
        yield from ((f"工单 {number}", "尚未解决") for number in left[:_WORST])
