"""The operator's guide names commands, options and files that exist, and every event that it explains is logged."""

from __future__ import annotations

import re
from pathlib import Path

from collector.cli import COMMANDS

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
DAEMON = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "collector" / "daemon").glob("*.py"))


def test_every_command_exists() -> None:
    named = set(re.findall(r"(?<!-u )\byunwei ([a-z]+)\b", GUIDE))
    assert named - set(COMMANDS) == set()
    assert {"run", "jobs", "unit", "backup", "restore", "move"} <= named


def test_every_event_is_logged_and_every_event_is_explained() -> None:
    table = GUIDE.split("| event | 含义，要做什么 |", 1)[1].split("\n\n", 1)[0]
    explained = {
        name for cell in re.findall(r"^\| (.+?) \|", table, flags=re.M) for name in re.findall(r"`(\w+)`", cell)
    }
    logged = set(re.findall(r'event\(\s*_LOG,\s*[^"]+?,\s*"(\w+)"', DAEMON))
    assert explained - logged == set()
    assert logged - explained == {"started", "stopped", "wake_failed"}  # plain words, and a bug


def test_every_document_it_points_to_exists() -> None:
    for name in re.findall(r"\]\(([\w./]+)\)", GUIDE):
        assert (ROOT / "docs" / name).exists(), name
