"""The house is built as its plan says: imports run one way, and each thing is done in one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import pytest

from collector.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PACKAGES = ("metrics", "adapters", "collector")
SQL = {"sqlalchemy", "sqlite3", "psycopg", "alembic"}
#: What would make a figure depend on more than its arguments.
IMPURE = {"time", "random", "os", "pathlib", "io", "socket", "urllib", "requests", "subprocess", "shutil", "tempfile"}
CLOCKS = {"now", "today", "utcnow"}
LONGEST_FILE = 450
LONGEST_FUNCTION = 70


@cache
def _files(*folders: str) -> tuple[Path, ...]:
    return tuple(sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Every module imported anywhere in the file, also inside functions."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _importers(top_levels: set[str], *folders: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in _files(*folders)
        if any(name.split(".")[0] in top_levels for name in _imports(path))
    }


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("metrics", {"adapters", "collector", "config"}), ("adapters", {"collector", "config"})],
)
def test_imports_run_one_way(package: str, forbidden: set[str]) -> None:
    assert _importers(forbidden, package) == set()


def test_nothing_but_tests_and_benchmarks_is_imported_from_tests() -> None:
    assert _importers({"tests", "benchmarks"}, *PACKAGES) == set()


def test_only_the_store_speaks_sql() -> None:
    outside = _importers(SQL, *PACKAGES)
    vendors = "adapters/sql_reading.py"  # to a vendor's database, and only to read it
    assert {path for path in outside if not path.startswith("collector/store/")} == {vendors}


def test_only_the_settings_read_configuration() -> None:
    readers = _importers({"yaml"}, *PACKAGES)
    assert {path for path in readers if not path.startswith("collector/configuration/")} == set()


def test_only_the_daemon_schedules() -> None:
    schedulers = _importers({"apscheduler", "sched"}, *PACKAGES)
    assert {path for path in schedulers if not path.startswith("collector/daemon/")} == set()


def test_the_metrics_are_pure() -> None:
    assert _importers(IMPURE | SQL | {"yaml"}, "metrics") == set()


def test_the_metrics_read_no_clock() -> None:
    called = {
        (path.name, node.func.attr)
        for path in _files("metrics")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    }
    assert called == set()


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in _files(*PACKAGES, "tests", "benchmarks")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(ROOT).as_posix()}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in _files(*PACKAGES, "benchmarks")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in _files(*PACKAGES) if path.read_text(encoding="utf-8").strip()]
    assert [path.relative_to(ROOT).as_posix() for path in silent if ast.get_docstring(_tree(path)) is None] == []


def test_configuration_is_data_only() -> None:
    assert [path for path in (ROOT / "config").rglob("*") if path.suffix in (".py", ".pyc", ".pth")] == []


def test_every_test_folder_is_a_package() -> None:
    """Otherwise ``tests/metrics`` would shadow the real ``metrics``."""
    folders = {path.parent for path in _files("tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_nothing_is_left_to_be_done() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [path for path in _files(*PACKAGES, "tests", "benchmarks") if path != Path(__file__)]
    assert [str(path) for path in files if marks.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_is_explained_in_chinese(name: str) -> None:
    module, attribute = COMMANDS[name][0].split(":")
    command = getattr(import_module(module), attribute)
    shown = command.get_help(click.Context(command, info_name=name))
    assert shown.startswith("用法：")
    assert re.search(r"[\u4e00-\u9fff]", command.help or "")
    assert not re.search(r"Usage|Options|OPTIONS|Show this|TEXT\b|INTEGER\b|\[default|required", shown)


def _fenced_lines(path: Path) -> Iterator[str]:
    """Lines inside fenced blocks of a Markdown file, without a prompt."""
    fenced = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield line.strip().removeprefix("$ ")


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_every_command_in_the_documents_exists(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not written")
    used = {line.split()[1] for line in _fenced_lines(path) if line.startswith("yunwei ") and len(line.split()) > 1}
    assert {word for word in used if not word.startswith("-")} - set(COMMANDS) == set()


def test_the_chinese_readme_names_every_command() -> None:
    path = ROOT / "README.md"
    if not path.exists():
        pytest.skip("README.md is not written")
    text = path.read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"yunwei {name}" not in text] == []
