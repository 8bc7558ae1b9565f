"""A paper checked against itself and, in a workspace with results, against ours."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.papers import read_paper
from metrics.papers.against import Own
from metrics.papers.facts import Facts
from metrics.papers.paper import CHECK_LABELS, KIND_LABELS
from metrics.papers.verify import verify

if TYPE_CHECKING:
    import pandas as pd


def verify_file(path: Path, results: pd.DataFrame | None, period: str | None) -> Facts:
    """Read and check one paper; ``results`` as the store gives them, None where there is no workspace.

    Raises:
        InputError: the file is no paper that can be read.
    """
    own = [] if results is None else [_own(row) for row in results.to_dict("records")]
    return verify(read_paper(path), own, period)


def _own(row: Mapping[Any, Any]) -> Own:
    actual = row["actual"]
    known = isinstance(actual, str) and actual != ""
    exact = Fraction(actual) if known else None
    return Own(row["name"], row["project"], row["period"], exact, row["measure_unit"], row["printed"])


def document(path: Path, facts: Facts, compared: bool) -> dict[str, Any]:
    """The check as JSON: counts, findings, what was not recognised."""
    report = facts.report
    return {
        "file": path.name,
        "figures": facts.figures,
        "compared_with_results": compared,
        **{f"{kind}_count": report.count(kind) for kind in KIND_LABELS},
        "findings": [
            {
                "kind": found.kind,
                "check": found.check,
                "check_label": CHECK_LABELS[found.check],
                "place": found.place,
                "stated": found.stated,
                "computed": found.computed,
                "text": found.text,
            }
            for found in report.findings
        ],
        "unrecognised": [{"place": place, "text": text} for place, text in report.unrecognised],
    }
