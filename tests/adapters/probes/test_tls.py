"""``tls``: handshakes with trusted and untrusted servers, and the end of what they show."""

from __future__ import annotations

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from adapters.probes.certificate import end_of
from adapters.probes.tls import TlsHandshakeTarget
from adapters.probes.tls_context import tls_context
from tests.adapters.probes.conftest import Looks
from tests.adapters.probes.servers import HOST, Authority, Web, hang, reset, talking


def test_a_handshake_is_up_and_tells_when_the_certificate_ends(authority: Authority, look: Looks) -> None:
    with Web().running(authority.context("good")) as web:
        result = look("tls", folder=authority.folder, host=HOST, port=web.server.server_port, ca="ca.pem")
    assert (result.state, result.certificate_expires_at) == ("up", authority.ends_at("good"))


@pytest.mark.parametrize(
    ("name", "keys", "reason"),
    [
        ("expired", {}, "证书已过期"),
        ("elsewhere", {"server_name": "oa.test"}, "证书与主机名不符"),
        ("elsewhere", {"server_name": "elsewhere.test"}, ""),
        ("expired", {"verify": False}, ""),
    ],
)
def test_what_is_shown_must_be_valid_for_the_name(
    name: str, keys: dict[str, object], reason: str, authority: Authority, look: Looks
) -> None:
    with Web().running(authority.context(name)) as web:
        result = look("tls", folder=authority.folder, host=HOST, port=web.server.server_port, ca="ca.pem", **keys)
    assert result.reason == reason
    assert result.certificate_expires_at == authority.ends_at(name)


def test_a_port_that_speaks_no_tls_is_down(web: Web, look: Looks) -> None:
    result = look("tls", host=HOST, port=web.server.server_port)
    assert result.state == "down"
    assert result.reason.startswith("TLS 握手失败")


def test_a_handshake_that_stops_or_breaks_is_down(look: Looks) -> None:
    with talking(hang) as port:
        assert look("tls", timeout=0.3, host=HOST, port=port).reason == "TLS 握手超过 0.3 秒"
    with talking(reset) as port:
        assert look("tls", host=HOST, port=port).reason == "连接被重置"


def test_the_end_of_a_certificate_beyond_2050_is_read(authority: Authority) -> None:
    der = ssl.PEM_cert_to_DER_cert((authority.folder / "far.crt").read_text())
    assert end_of(der) == authority.ends_at("far")
    assert authority.ends_at("far") > 2_524_608_000  # 2050, where the way of writing years changes


def test_bytes_that_are_no_certificate_have_no_end(authority: Authority) -> None:
    der = ssl.PEM_cert_to_DER_cert((authority.folder / "good.crt").read_text())
    assert [end_of(der[:length]) for length in range(len(der))] == [None] * len(der)
    assert end_of(b"\x30\x03\x02\x01\x01") is None


def test_targets_that_are_alike_share_one_context_also_when_they_begin_at_once(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    load = ssl.SSLContext.load_verify_locations

    def slow(context: ssl.SSLContext, *args: Any) -> None:
        made.append(context)
        threading.Event().wait(0.02)
        load(context, *args)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", slow)
    authority.issue("fresh", "DNS:fresh.test")  # a file no test has used
    target = TlsHandshakeTarget(probe="tls", host=HOST, ca="fresh.crt")
    with ThreadPoolExecutor(8) as pool:
        contexts = list(pool.map(lambda _: tls_context(target, authority.folder), range(8)))
    assert (len(made), len({id(context) for context in contexts})) == (1, 1)
