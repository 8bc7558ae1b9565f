"""A source or an indicator: outer keys of our own, the inner part by the model of its adapter or formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from adapters import ADAPTERS, config_model
from collector.configuration.models import SourceSettings
from collector.configuration.problems import Problem, unknown_name
from collector.configuration.validate import Place, parse, validated_data
from metrics.formulas import FORMULAS
from metrics.indicators import IndicatorDefinition

#: Keys of a source that are not its adapter's.
OUTER_KEYS = tuple(name for name in SourceSettings.model_fields if name != "config")


def params_model(name: str) -> type[BaseModel]:
    """The parameter model of a formula; KeyError if there is none of that name."""
    return FORMULAS[name].params


def source_of(data: Mapping[str, Any]) -> SourceSettings:
    """A source as dumped into a snapshot; ValidationError or KeyError if it is none."""
    config = parse(config_model(data["adapter"]), data["config"])
    return parse(SourceSettings, {**data, "config": None}).model_copy(update={"config": config})


def indicator_of(data: Mapping[str, Any]) -> IndicatorDefinition:
    """An indicator as dumped into a snapshot; ValidationError or KeyError if it is none."""
    params = parse(params_model(data["formula"]), data["params"])
    return parse(IndicatorDefinition, {**data, "params": None}).model_copy(update={"params": params})


def read_source(place: Place, problems: list[Problem]) -> SourceSettings | None:
    """The source written at ``place``, or None with the reasons added to ``problems``."""
    data = _mapping(place, problems)
    if data is None:
        return None
    inner = {key: data.pop(key) for key in list(data) if key not in OUTER_KEYS}
    outer = validated_data(SourceSettings, data, place, problems)
    if not _known("读取方式", place.below("adapter"), ADAPTERS, problems):
        return None
    config = validated_data(config_model(data["adapter"]), inner, place, problems, beside=OUTER_KEYS)
    return outer.model_copy(update={"config": config}) if outer and config else None


def read_indicator(place: Place, problems: list[Problem]) -> IndicatorDefinition | None:
    """The indicator written at ``place``, or None with the reasons added to ``problems``."""
    data = _mapping(place, problems)
    if data is None:
        return None
    given = data.pop("params", None)
    definition = validated_data(IndicatorDefinition, data, place, problems)
    if not _known("公式", place.below("formula"), FORMULAS, problems):
        return None
    model = params_model(data["formula"])
    params = validated_data(model, {} if given is None else given, place.below("params"), problems)
    return definition.model_copy(update={"params": params}) if definition and params else None


def _mapping(place: Place, problems: list[Problem]) -> dict[str, Any] | None:
    value = place.node.value() if place.node else None
    if isinstance(value, dict):
        return value
    problems.append(place.problem("应为“键: 值”，以 id 和 name 开头"))
    return None


def _known(what: str, place: Place, right: Iterable[str], problems: list[Problem]) -> bool:
    """Whether the name written at ``place`` is one of ``right``; a missing one was a problem before."""
    name = place.node.word() if place.node else None
    names = list(right)  # asking a lazy map itself would load what it names
    if name is not None and name not in names:
        problems.append(place.problem(unknown_name(what, name, names)))
    return name in names
