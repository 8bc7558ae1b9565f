"""The court with seven months of papers, made once; its papers are read only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.compute import Asked, compute
from collector.dossier import Dossiers
from collector.outputs import stored_results
from collector.publish.dossier import Dossier
from metrics.period import parse_period
from tests.compute.court import Court
from tests.conftest import Clock
from tests.reporting.world import court_with_papers


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """At 2023-08-01 17:00 local time all periods are computed."""
    court = court_with_papers(Court(tmp_path_factory.mktemp("papers") / "court", Clock(1_690_880_400)))
    compute(court.settings, court.store, Asked(), now=court.clock())
    yield court
    court.store.close()


@pytest.fixture(scope="session")
def papers(reported: Court) -> Path:
    """Workbooks and reports of March, June, July and the half year."""
    from collector.cli import run

    asked = ("2023-03", "2023-06", "2023-07", "2023H1")
    assert run(["report", *asked, "-C", str(reported.folder)]) == 0
    return reported.folder / "output"


def dossier_of(court: Court, label: str, shown_rows: int = 200) -> Dossier:
    """The dossier as the papers get it."""
    history = stored_results(court.store)
    results = [result for result in history if result["period"] == label]
    return Dossiers(court.settings, court.store, history, shown_rows).of("ops", parse_period(label), results)
