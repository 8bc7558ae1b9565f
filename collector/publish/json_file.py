"""JSON for other systems; its shape is promised by ``results.schema.json`` in this folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.publish.columns import RESULT_COLUMNS, ResultColumn
from collector.publish.files import whole
from collector.publish.publication import Publication, Result
from collector.publish.standing import Standing

if TYPE_CHECKING:
    from collector.store import Objection

SCHEMA_VERSION = 1


def write(publication: Publication, path: Path) -> None:
    """One document; numbers that must stay exact are decimal texts."""
    with whole(path) as beside:
        beside.write_text(json.dumps(document(publication), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def document(publication: Publication) -> dict[str, Any]:
    """The document as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "program_version": publication.version,
        "organization": {"id": publication.organization_id, "name": publication.organization},
        "projects": [{"id": key, "name": name} for key, name in publication.projects.items()],
        "standings": [_standing(one) for one in publication.standings.values()],
        "objections": [_objection(one) for one in publication.objections],
        "results": [
            {column.name: _value(result, column) for column in RESULT_COLUMNS} for result in publication.results
        ],
    }


def _standing(one: Standing) -> dict[str, Any]:
    number = None if one.revision is None else one.revision.revision_no
    return {
        "project": one.project,
        "period": one.period,
        "revision_no": number,
        "mark": one.mark,
        "sentence": one.sentence,
    }


def _objection(one: Objection) -> dict[str, Any]:
    """Without the moments of recording, which are the database's."""
    data = asdict(one)
    data["decisions"] = [dict(decision) for decision in data["decisions"]]
    for part in (data, *data["decisions"]):
        del part["recorded_at"]
    return data


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12)."""
    text = files("collector.publish").joinpath("results.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _value(result: Result, column: ResultColumn) -> Any:
    if column.name == "outcome":
        return result["outcome"] or None
    match column.kind:
        case "list":
            return result.notes if column.name == "notes" else result.level_codes
        case "parts":
            return result.parts
    return result[column.name]
