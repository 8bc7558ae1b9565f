"""The JSON Schema that editors use while somebody types: one document for every file of a workspace.

Which kind of file it is shows in its content: a list whose items have ``adapter`` are sources, one with ``formula``
indicators, a mapping with ``year`` is a holiday file, with ``fiscal_year`` a self-evaluation, with ``sections`` a rule
pack. What depends on a name (an adapter's keys, a formula's parameters, a record's fields) hangs on ``if``/``then``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from adapters import ADAPTERS, config_model
from collector.configuration import descriptions
from collector.configuration.models import HolidayFile, SourceSettings, WorkspaceFile
from collector.configuration.self_evaluation import SelfEvaluationSettings
from collector.publish import PUBLISHERS
from metrics.formulas import FORMULAS
from metrics.indicators import IndicatorDefinition
from metrics.records import RECORDS
from metrics.scoring.pack import RulePack

Schema = dict[str, Any]

_REFERENCE = "#/$defs/{model}"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: Keys beside which a ``type`` decides more than that a value is text.
_NARROWED = {"enum", "const", "format", "pattern"}


def json_schema() -> Schema:
    """The whole schema as JSON-like data."""
    defs: Schema = {}
    for model in (WorkspaceFile, HolidayFile, IndicatorDefinition, SelfEvaluationSettings, RulePack):
        _add(defs, model)
    _names_of_maps(defs)
    defs["Source"] = _source(defs)
    defs["IndicatorDefinition"] = _indicator(defs)
    _describe(defs)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "yunwei 配置",
        **_by_content(),
        "$defs": {name: _for_editors(defs[name]) for name in sorted(defs)},
    }


def _add(defs: Schema, model: type[BaseModel]) -> Schema:
    """The schema of ``model``, its parts and itself put into ``defs``."""
    schema = model.model_json_schema(ref_template=_REFERENCE)
    defs.update(schema.pop("$defs", {}))
    defs[model.__name__] = schema
    return schema


def _by_content() -> Schema:
    """A key that only one kind of file has tells which kind it is."""
    source, indicator = _ref("Source"), _ref("IndicatorDefinition")
    of_many = (("adapter", source), ("fiscal_year", _ref("SelfEvaluationSettings")), ("sections", _ref("RulePack")))
    items = {"type": "array", "minItems": 1}
    of_list: Schema = {**items, "items": indicator}
    of_mapping: Schema = {**_ref("WorkspaceFile")}
    for key, then in of_many:
        of_list = {
            "if": {"contains": {"type": "object", "required": [key]}},
            "then": {**items, "items": then},
            "else": of_list,
        }
    for key, then in (("formula", indicator), ("year", _ref("HolidayFile")), *reversed(of_many)):
        of_mapping = {"if": {"type": "object", "required": [key]}, "then": then, "else": of_mapping}
    return {"if": {"type": "array"}, "then": of_list, "else": of_mapping}


def _ref(name: str) -> Schema:
    return {"$ref": _REFERENCE.format(model=name)}


def _names_of_maps(defs: Schema) -> None:
    defs["Output"]["properties"]["publisher"] |= {"type": "string", "enum": list(PUBLISHERS)}
    defs["Compute"]["properties"]["breakdowns"]["items"]["enum"].remove("total")
    defs["IndicatorDefinition"]["properties"]["breakdowns"]["items"]["enum"].remove("total")


def _source(defs: Schema) -> Schema:
    """Outer keys, and for each adapter its own beside them."""
    outer = SourceSettings.model_json_schema(ref_template=_REFERENCE)
    del outer["properties"]["config"]
    cases = []
    for name in ADAPTERS:
        inner = _add(defs, config_model(name))
        del defs[config_model(name).__name__]
        defs[f"source_{name}"] = {
            "type": "object",
            "properties": outer["properties"] | inner["properties"],
            "required": [*outer["required"], *inner.get("required", ())],
            "additionalProperties": False,
        }
        cases.append(_case("adapter", name, _ref(f"source_{name}")))
    for mapping in ("TableMapping", "JsonMapping"):
        _fields_by_record(defs[mapping])
    adapter = {"enum": list(ADAPTERS), "description": "读取方式"}
    return {"type": "object", "properties": {"adapter": adapter}, "required": ["adapter"], "allOf": cases}


def _fields_by_record(table: Schema) -> None:
    """A table's fields are those of its record type, with their Chinese labels."""
    labels = "、".join(f"{name} {record.label}" for name, record in RECORDS.items())
    table["properties"]["record"] = {"enum": list(RECORDS), "description": f"记录类型：{labels}"}
    table["allOf"] = [
        _case("record", name, {"properties": {"columns": {"properties": _labelled(record.columns)}}})
        for name, record in RECORDS.items()
    ]


def _labelled(columns: Iterable[Any]) -> Schema:
    return {column.name: {"description": column.label} for column in columns}


def _indicator(defs: Schema) -> Schema:
    """A definition whose ``params`` are those of its formula."""
    schema: Schema = defs["IndicatorDefinition"]
    labels = "、".join(f"{name} {formula.label}" for name, formula in FORMULAS.items())
    schema["properties"]["formula"] = {"enum": list(FORMULAS), "description": f"计算公式：{labels}"}
    schema["properties"]["params"] = {}
    cases = []
    for name, formula in FORMULAS.items():
        params = _add(defs, formula.params)
        then: Schema = {"properties": {"params": _ref(formula.params.__name__)}}
        cases.append(_case("formula", name, then | ({"required": ["params"]} if params.get("required") else {})))
    return {**schema, "allOf": cases}


def _case(key: str, value: str, then: Schema) -> Schema:
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


def _describe(defs: Schema) -> None:
    """Chinese words for the keys of the models in ``metrics``."""
    words: dict[str, Mapping[str, str]] = {
        "IndicatorDefinition": descriptions.INDICATOR,
        "Where": descriptions.WHERE,
        "Term": descriptions.PARAMS,
        **{formula.params.__name__: descriptions.PARAMS for formula in FORMULAS.values()},
    }
    for model, known in words.items():
        for key, schema in defs[model]["properties"].items():
            text = known.get(f"{model}.{key}", known.get(key))
            if "description" not in schema and text:
                schema["description"] = text


def _for_editors(schema: Any) -> Any:
    """Without pydantic's titles and English notes; numbers are allowed where text is, as when reading."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: value for key, value in schema.items() if not _is_noise(key, value)}
    if cleaned.get("type") == "string" and not _NARROWED & cleaned.keys():
        cleaned["type"] = ["string", "number"]
    return {
        key: value if key in ("default", "enum", "const", "required") else _for_editors(value)
        for key, value in cleaned.items()
    }


def _is_noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (
        key == "description" and isinstance(value, str) and not _CHINESE.search(value)
    )
