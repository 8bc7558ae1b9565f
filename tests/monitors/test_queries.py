"""Which queries name stored series, whose own samples are asked for, and which compute something."""

from __future__ import annotations

import pytest

from adapters.prometheus_config import is_selector


@pytest.mark.parametrize(
    "query",
    ["probe_success", 'probe_success{job="a"}', '{__name__="x"}', 'x{a=~"b{2}"}', "x{a='}'}", r'x{a="\"}"}', " x "],
)
def test_series_as_they_are_stored(query: str) -> None:
    assert is_selector(query)


@pytest.mark.parametrize("query", ["sum(x)", 'x{a="1"} offset 5m', "x[5m]", "x == 1", "x @ 5", "x{a}b", ""])
def test_expressions(query: str) -> None:
    assert not is_selector(query)
