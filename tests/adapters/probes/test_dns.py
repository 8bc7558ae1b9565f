"""``dns`` against a name server of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapters.probes.conftest import Looks
from tests.adapters.probes.servers import HOST, names

RECORDS = {
    ("oa.test", "A"): ["10.0.0.1", "10.0.0.2"],
    ("oa.test", "MX"): ["10 mail.oa.test."],
    ("txt.test", "TXT"): ['"court of" " this place"'],
    ("www.test", "CNAME"): ["OA.test."],
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with names(RECORDS) as port:
        yield port


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"query": "oa.test"}, ""),
        ({"query": "oa.test", "expected": ("10.0.0.2",)}, ""),
        ({"query": "oa.test", "expected": ("10.0.0.1", "10.0.0.9")}, "应答中没有“10.0.0.9”，而是 10.0.0.1、10.0.0.2"),
        ({"query": "oa.test", "record_type": "AAAA"}, "没有 AAAA 记录"),
        ({"query": "oa.test", "record_type": "MX", "expected": ("10 mail.oa.test",)}, ""),
        ({"query": "txt.test", "record_type": "TXT", "expected": ("court of this place",)}, ""),
        ({"query": "www.test", "record_type": "CNAME", "expected": ("oa.test",)}, ""),
        ({"query": "none.test"}, "没有这个名称（NXDOMAIN）"),
        ({"query": "broken.test"}, "域名服务器拒绝或没有正常应答"),
    ],
)
def test_the_answer_must_hold_what_is_expected(keys: dict[str, Any], reason: str, port: int, look: Looks) -> None:
    result = look("dns", server=HOST, port=port, **keys)
    assert (result.state, result.reason) == ("down" if reason else "up", reason)


def test_a_name_server_that_is_silent_is_down_in_time(look: Looks) -> None:
    with names({}, silent=True) as port:
        assert look("dns", timeout=0.3, query="a.test", server=HOST, port=port).reason == "域名服务器应答超过 0.3 秒"


def test_a_query_that_is_no_name_is_down(port: int, look: Looks) -> None:
    assert look("dns", query="a" * 64 + ".test", server=HOST, port=port).state == "down"
