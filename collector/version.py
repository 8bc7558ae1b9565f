"""The program's version, stored with every run."""

from __future__ import annotations

from functools import cache


@cache
def program_version() -> str:
    """The installed version, or ``0+source`` when run from a checkout that was never installed."""
    from importlib.metadata import PackageNotFoundError, version  # 20 ms that --help does not need

    try:
        return version("yunwei")
    except PackageNotFoundError:
        return "0+source"
