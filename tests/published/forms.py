"""Self-evaluations of the published papers: a profile's stanza with what people said filled in, and its forms."""

from __future__ import annotations

from pathlib import Path

from collector.cli import run


def fill(workspace: Path, year: int, replaced: dict[str, str]) -> None:
    """Replace texts of the profile's self-evaluation."""
    path = workspace / "self_evaluation" / f"{year}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def judged(mark: str, grade: str = "achieved", reason: str = "") -> str:
    """What a person adds to a row in braces."""
    said = f", reason: {reason}" if reason else ""
    return f"grade: {grade}, mark: {mark}, marked_by: 信息科, marked_on: 2024-01-10{said}"


def written(workspace: Path, year: int, *more: str) -> dict[str, Path]:
    """Write the forms of a year; by their ending."""
    if "--final" in more:
        assert run(["close", str(year), "--yes", "-C", str(workspace)]) == 0
    out = workspace / "自评表"
    for old in out.glob("*"):
        old.unlink()
    assert run(["selfeval", str(year), "-C", str(workspace), "--out", str(out), *more]) == 0
    return {path.suffix[1:]: path for path in out.iterdir()}
