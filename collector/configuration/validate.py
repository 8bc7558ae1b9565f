"""Data against a model, every finding with the line and key it was written at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from collector.configuration.nodes import Node
from collector.configuration.problems import Problem, Step, key_text
from collector.configuration.wording import fact_of

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Place:
    """A part of a file: ``node`` lies at ``path`` below ``root``."""

    file: str
    root: Node
    path: tuple[Step, ...] = ()

    @property
    def node(self) -> Node | None:
        """The value at this place."""
        node: Node | None = self.root
        for step in self.path:
            node = node.child(step) if node is not None else None
        return node

    def below(self, *steps: Step) -> Place:
        """The place further down."""
        return Place(self.file, self.root, (*self.path, *steps))

    def problem(self, fact: str) -> Problem:
        """A problem of this very place; of its nearest part that exists, if it does not."""
        return Problem(self.file, self.root.line_of(self.path), key_text(self.path), fact)


def parse(model: type[Model], data: Any) -> Model:
    """``data`` (as from JSON) as a strict model; lists become tuples and ISO texts dates."""
    return model.model_validate_json(json.dumps(data, ensure_ascii=False))


def validated(model: type[Model], place: Place, problems: list[Problem]) -> Model | None:
    """The model at ``place``, or None with the reasons added to ``problems``."""
    node = place.node
    return validated_data(model, node.value() if node else {}, place, problems)


def validated_data(
    model: type[Model], data: Any, place: Place, problems: list[Problem], beside: tuple[str, ...] = ()
) -> Model | None:
    """As :func:`validated` for ``data`` that was taken out of ``place``; ``beside`` are keys allowed there too."""
    while True:
        try:
            return parse(model, data)
        except ValidationError as error:
            errors = [dict(item) for item in error.errors(include_url=False)]
        if not _numbers_as_written(data, errors, place):
            problems.extend(_problems(model, errors, place, beside))
            return None


def _numbers_as_written(data: Any, errors: Iterable[Mapping[str, Any]], place: Place) -> bool:
    """Turn numbers that stand where text belongs (``weight: 10``, ``no: 0123``) into the text written there."""
    changed = False
    for error in errors:
        if error["type"] != "string_type" or not isinstance(error["input"], int | float):
            continue
        path, _ = _real_path(error, place)
        node = place.below(*path).node
        if path and node is not None and node.plain and not isinstance(error["input"], bool):
            holder = data
            for step in path[:-1]:
                holder = holder[step]
            changed |= not isinstance(holder[path[-1]], str)
            holder[path[-1]] = node.text
    return changed


def _problems(
    model: type[BaseModel], errors: list[dict[str, Any]], place: Place, beside: tuple[str, ...]
) -> list[Problem]:
    """Errors of the branches of one union become one problem; a wrong item says more than the whole around it."""
    grouped: dict[tuple[Step, ...], list[dict[str, Any]]] = {}
    for error in errors:
        path, labelled = _real_path(error, place)
        grouped.setdefault(path, []).append({**error, "labelled": labelled})
    problems = []
    for path, group in grouped.items():
        deeper = any(len(other) > len(path) and other[: len(path)] == path for other in grouped)
        if not (deeper and all(error["labelled"] or error["type"] == "too_short" for error in group)):
            fact = _fact(model, path, group, beside)
            problems.append(_closest(place.below(*path), fact).problem(fact))
    return problems


def _closest(place: Place, fact: str) -> Place:
    """The key below ``place`` that ``fact`` speaks of, where a model checked a whole mapping at once."""
    for key in (place.node.entries if place.node else None) or ():
        if f"“{key}”" in fact or re.match(rf"{re.escape(key)}(?!\w)", fact):
            return place.below(key)
    return place


def _fact(model: type[BaseModel], path: tuple[Step, ...], group: list[dict[str, Any]], beside: tuple[str, ...]) -> str:
    """One sentence for the errors of one place: what a check of ours says, else what is wrong with the value."""
    checked = [error for error in group if error["type"] == "value_error"]
    of_value = [error for error in group if not error["type"].endswith("_type")]
    keys = (beside if len(path) == 1 else ()) + _keys_at(model, path[:-1])
    return "，或者".join(dict.fromkeys(fact_of(error, path, keys) for error in checked or of_value or group))


def _real_path(error: Mapping[str, Any], place: Place) -> tuple[tuple[Step, ...], bool]:
    """Where an error lies without pydantic's names of union branches, and whether it ended with one."""
    path: list[Step] = []
    node, labelled = place.node, False
    last = len(error["loc"]) - 1
    for index, step in enumerate(error["loc"]):
        below = node.child(step) if node is not None else None
        missing = index == last and error["type"] == "missing"
        labelled = below is None and not missing
        if not labelled:
            path.append(step)
            node = below
    return tuple(path), labelled


def _keys_at(model: type[BaseModel], path: Iterable[Step]) -> tuple[str, ...]:
    """The keys of the models that may stand at ``path`` below ``model``."""
    kinds: list[Any] = [model]
    for step in path:
        kinds = [found for kind in _flat(kinds) for found in _below(kind, step)]
    names = [name for kind in _flat(kinds) if _is_model(kind) for name, _ in _fields(kind)]
    return tuple(dict.fromkeys(names))


def _below(kind: Any, step: Step) -> list[Any]:
    """The annotations that may stand under ``step`` of ``kind``."""
    if _is_model(kind):
        return [annotation for name, annotation in _fields(kind) if name == step]
    return [argument for argument in get_args(kind) if argument is not Ellipsis][-1:]


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return [(field.alias or name, field.annotation) for name, field in model.model_fields.items()]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _flat(kinds: Iterable[Any]) -> list[Any]:
    """``Annotated`` and unions taken apart."""
    found: list[Any] = []
    for kind in kinds:
        if hasattr(kind, "__metadata__"):
            found.extend(_flat(get_args(kind)[:1]))
        elif get_origin(kind) in (Union, UnionType):
            found.extend(_flat(get_args(kind)))
        else:
            found.append(kind)
    return found
