"""``python -m benchmarks [--case NAME] [--json FILE]``: run the cases and print ratios beside their goals."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import cases as case_package
from benchmarks.harness import Case, run_case, run_role


def load_case(name: str) -> Case:
    """The case in ``benchmarks/cases/<name>.py``; only that file is imported, so that memory stays its own."""
    found: Case = importlib.import_module(f"benchmarks.cases.{name}").CASE
    return found


def case_names() -> list[str]:
    """Every case there is."""
    return sorted(module.name for module in pkgutil.iter_modules(case_package.__path__) if module.name[0] != "_")


def main() -> int:
    """Read the arguments and run; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--case", choices=case_names())
    parser.add_argument("--repeat", type=int, metavar="N", help="times that each role is run instead of its case's")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--prepare", help=argparse.SUPPRESS)
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--fixture", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        load_case(options.prepare).prepare(options.fixture)
        return 0
    if options.role:
        name, role = options.role.split(":")
        print(json.dumps(run_role(load_case(name), role, options.fixture)))
        return 0
    summaries = [
        run_case(_repeated(load_case(name), options.repeat), lambda text: print(text, file=sys.stderr))
        for name in ([options.case] if options.case else case_names())
    ]
    for summary in summaries:
        _print(summary)
    if options.json:
        options.json.write_text(json.dumps(summaries, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(goal["met"] for summary in summaries for goal in summary["goals"]) else 1  # type: ignore[attr-defined]


def _repeated(case: Case, times: int | None) -> Case:
    return case if times is None else replace(case, repetitions=times)


def _print(summary: dict[str, Any]) -> None:
    print(f"\n{summary['title']}（{os.cpu_count()} 核）")
    for role, row in summary["roles"].items():
        numbers = "，".join(f"{key} {value:,.3g}" for key, value in row["numbers"].items())
        print(
            f"  {role:<22} 中位 {row['median']:8.3f} s（{row['least']:.3f}–{row['most']:.3f}）"
            f"  峰值 {row['peak_mib']:6.0f} MiB  {numbers}"
        )
    for goal in summary["goals"]:
        print(f"  {'达到' if goal['met'] else '未达'}  {goal['text']}：{goal['ratio']:.3g}（目标 ≤ {goal['goal']:g}）")


if __name__ == "__main__":
    sys.exit(main())
