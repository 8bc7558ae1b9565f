"""Whatever is written, the answer is settings or a list of mistakes, never a traceback."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from collector.configuration.nodes import read_nodes
from collector.configuration.problems import Problem
from collector.configuration.profiles import profile, write_workspace
from collector.settings import ConfigErrors, load_settings
from tests.settings.workspace import GOOD, write, write_files

ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", "2023-01-01", [], {}, [None], [[]], {"x": 1}, {"": None}, [{}])


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every holder with a key or index in it."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for step, below in list(steps):
        found += [(value, step), *places(below)]
    return found


def mutate(value: Any, dice: random.Random) -> None:
    """Replace, remove, rename or double something."""
    holder, step = dice.choice(places(value))
    match dice.randrange(4):
        case 0:
            holder[step] = copy.deepcopy(dice.choice(ODD))
        case 1:
            del holder[step]
        case 2 if isinstance(holder, dict):
            holder[dice.choice(("x", "id", "where", "1", "id "))] = holder.pop(step)
        case _ if isinstance(holder, list):
            holder.append(copy.deepcopy(holder[step]))


def outcome(folder: Path) -> str:
    problems: tuple[Problem, ...] = ()
    try:
        load_settings(folder)
    except ConfigErrors as errors:
        problems = errors.problems or (Problem("", 0, "", ""),)
    assert all(problem.file and problem.fact for problem in problems)
    return "refused" if problems else "read"


@pytest.mark.parametrize("name", GOOD)
def test_a_mutated_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    dice = random.Random(name)
    root, _ = read_nodes(GOOD[name].encode(), name)
    assert root is not None
    write(tmp_path)
    outcomes = set()
    for _ in range(150):
        value = root.value()
        for _ in range(dice.randint(1, 3)):
            mutate(value, dice)
        write_files(tmp_path, {name: json.dumps(value, ensure_ascii=False)})  # JSON is YAML
        outcomes.add(outcome(tmp_path))
    assert outcomes == {"read", "refused"}


@pytest.mark.parametrize("name", ["e1", "e3", "e5"])
def test_a_mutated_profile_is_read_or_refused(name: str, tmp_path: Path) -> None:
    dice = random.Random(name)
    write_workspace(profile(name), tmp_path / "w")
    for file in sorted((tmp_path / "w").rglob("*.yaml")):
        kept = file.read_bytes()
        for _ in range(5):
            text = bytearray(kept)
            for _ in range(dice.randint(1, 5)):
                text[dice.randrange(len(text))] = dice.choice(b":-#[]{}\"' \nabc019")
            file.write_bytes(bytes(text))
            outcome(tmp_path / "w")
        file.write_bytes(kept)
    assert outcome(tmp_path / "w") == "read"
