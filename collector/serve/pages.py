"""Every page out of one snapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from collector.outputs import publication
from collector.publish.json_file import document
from collector.publish.metrics_page import CONTENT_TYPE, page
from collector.publish.publication import results_of
from collector.serve.application import Pages
from collector.serve.bodies import Body
from collector.serve.papers import list_papers
from collector.serve.snapshot import Snapshot
from collector.serve.status_page import STYLE_HASH, status_page
from collector.settings import Settings

if TYPE_CHECKING:
    from collector.store import Store


def pages_of(snapshot: Snapshot, series_limit: int, results: Body) -> Pages:
    """The pages of a moment, packed and tagged."""
    papers = list_papers(snapshot.settings.output)
    samples = snapshot.samples.limited(series_limit)
    status = status_page(snapshot, papers, samples.values.get("yunwei_series_left_out", ()))
    bodies = {
        "/": Body(status.encode(), "text/html; charset=utf-8").prepared(),
        "/metrics": Body(page(samples), CONTENT_TYPE).prepared(),
        "/results.json": results,
    }
    return Pages(bodies, papers, STYLE_HASH)


def results_body(settings: Settings, store: Store) -> Body:
    """All newest results as the publisher ``json`` writes them; an empty list before the first."""
    results = results_of(store.results().to_dict("records"))
    text = json.dumps(document(publication(settings, store, results)), ensure_ascii=False, indent=1) + "\n"
    return Body(text.encode(), "application/json").prepared()
