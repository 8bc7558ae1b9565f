"""``http`` against servers that answer rightly, wrongly, slowly, and not at all."""

from __future__ import annotations

import gzip
import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.probes import PROBES
from adapters.probes.http import HttpTarget
from adapters.secrets import Secret
from tests.adapters.probes.conftest import Looks
from tests.adapters.probes.servers import HOST, Answer, Authority, Web, drip, hang, reset, saying, talking


def test_a_good_answer_is_up_with_its_latency(web: Web, look: Looks) -> None:
    result = look("http", url=web.address())
    assert (result.state, result.reason, result.certificate_expires_at) == ("up", "", None)
    assert result.latency_ms is not None


@pytest.mark.parametrize(
    ("status", "expected", "state"),
    [
        (200, ("2xx",), "up"),
        (204, ("200-203",), "down"),
        (401, ("200", "401"), "up"),
        (500, ("2xx",), "down"),
        (503, ("500-599",), "up"),
    ],
)
def test_the_status_must_be_one_of_those_expected(
    status: int, expected: tuple[str, ...], state: str, web: Web, look: Looks
) -> None:
    web.answers["/"] = Answer(status, b"")
    result = look("http", url=web.address(), status=expected)
    assert result.state == state
    assert (f"状态码 {status}" in result.reason) == (state == "down")


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"text": "系统正常"}, ""),
        ({"text": "维护中"}, "正文中没有“维护中”"),
        ({"no_text": "系统正常"}, "正文中有“系统正常”"),
        ({"no_text": "维护中"}, ""),
    ],
)
@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "text/html; charset=utf-8"), ("gb18030", "text/html; charset=GBK"), ("gb18030", "text/html")],
)
def test_a_text_is_looked_for_in_the_body(
    keys: dict[str, str], reason: str, encoding: str, declared: str, web: Web, look: Looks
) -> None:
    web.answers["/"] = Answer(body="欢迎。系统正常".encode(encoding), headers={"Content-Type": declared})
    assert look("http", url=web.address(), **keys).reason == reason


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"status": "UP", "parts.0.ok": True, "load": 1}, ""),
        ({"a.b": 3}, ""),
        ({"status": "DOWN"}, 'JSON 的 status 是 "UP"，应为 "DOWN"'),
        ({"parts.1.ok": True}, "JSON 中没有 parts.1.ok"),
        ({"parts.0.ok": 1}, "JSON 的 parts.0.ok 是 true，应为 1"),
        ({"load": 2.5}, "JSON 的 load 是 1.0，应为 2.5"),
    ],
)
def test_values_in_the_json_must_be_equal(wanted: dict[str, Any], reason: str, web: Web, look: Looks) -> None:
    body = {"status": "UP", "parts": [{"ok": True}], "load": 1.0, "a.b": 3}
    web.answers["/"] = Answer(body=json.dumps(body).encode())
    assert look("http", url=web.address(), json_values=wanted).reason == reason


def test_a_body_that_is_no_json_is_down(web: Web, look: Looks) -> None:
    assert look("http", url=web.address(), json_values={"a": 1}).reason == "正文不是 JSON"


def test_a_compressed_body_is_read(web: Web, look: Looks) -> None:
    web.answers["/"] = Answer(body=gzip.compress("正常".encode()), headers={"Content-Encoding": "gzip"})
    assert look("http", url=web.address(), text="正常").state == "up"


def test_of_an_oversized_body_only_the_beginning_is_judged(web: Web, look: Looks) -> None:
    web.answers["/"] = Answer(body=b"start" + b"." * 5_000_000 + b"end")
    assert look("http", url=web.address(), body_limit=1000).state == "up"
    assert look("http", url=web.address(), body_limit=1000, text="start").state == "up"
    assert look("http", url=web.address(), body_limit=1000, text="end").reason == "正文前 1000 字节中没有“end”"
    assert "只读了前 1000 字节" in look("http", url=web.address(), body_limit=1000, json_values={"a": 1}).reason


def test_redirects_are_followed_or_judged_themselves(web: Web, look: Looks) -> None:
    web.answers["/old"] = Answer(302, b"", {"Location": "/"})
    assert look("http", url=web.address("/old"), text="ok").state == "up"
    assert look("http", url=web.address("/old"), redirects=False).reason == "状态码 302，应为 2xx"
    assert look("http", url=web.address("/old"), redirects=False, status=("3xx",)).state == "up"


def test_redirects_that_go_round_end(web: Web, look: Looks) -> None:
    web.answers["/a"] = Answer(302, b"x" * 100_000, {"Location": "/b"})
    web.answers["/b"] = Answer(307, b"", {"Location": "/a"})
    assert look("http", url=web.address("/a")).reason == "重定向超过 10 次"
    assert len(web.seen) == 11


def test_headers_are_sent_with_secrets_read_for_each_check(web: Web, look: Looks, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("Bearer one\n", encoding="utf-8")
    headers = {"X-Site": "court", "Authorization": Secret(file="token")}
    assert look("http", url=web.address(), headers=headers).state == "up"
    sent = web.seen[-1][1]
    assert (sent["X-Site"], sent["Authorization"], sent["User-Agent"]) == ("court", "Bearer one", "yunwei")
    (tmp_path / "token").unlink()
    result = look("http", url=web.address(), headers=headers)
    assert (result.state, len(web.seen)) == ("unknown", 1)
    assert "文件 token 无法读取" in result.reason


def test_headers_are_not_told_to_another_server(web: Web, look: Looks) -> None:
    with Web().running() as other:
        web.answers["/away"] = Answer(302, b"", {"Location": other.address()})
        web.answers["/here"] = Answer(302, b"", {"Location": "/"})
        for path in ("/away", "/here"):
            assert look("http", url=web.address(path), headers={"X-Token": "t"}).state == "up"
    assert "X-Token" not in other.seen[-1][1]
    assert web.seen[-1][1]["X-Token"] == "t"


def test_proxies_of_the_environment_are_not_used(web: Web, look: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:1")
    assert look("http", url=web.address()).state == "up"


def test_a_proxy_is_used_where_it_is_configured(web: Web, look: Looks) -> None:
    web.answers["http://oa.test/x"] = Answer(body=b"through the proxy")
    assert look("http", url="http://oa.test/x", proxy=web.address(""), text="through").state == "up"


def test_head_asks_for_no_body(web: Web, look: Looks) -> None:
    assert look("http", url=web.address(), method="HEAD").state == "up"


def test_by_default_each_check_makes_a_new_connection(web: Web, tmp_path: Path) -> None:
    for keep_alive, connections in ((False, 3), (True, 1)):
        web.connections.clear()
        checker = PROBES["http"].open(HttpTarget(probe="http", url=web.address(), keep_alive=keep_alive), tmp_path)
        assert [checker.check(5).state for _ in range(3)] == ["up"] * 3
        checker.close()
        assert len(web.connections) == connections


def test_a_kept_connection_that_was_closed_meanwhile_is_no_outage(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with talking(saying(answer)) as port:
        target = HttpTarget(probe="http", url=f"http://{HOST}:{port}/", keep_alive=True)
        checker = PROBES["http"].open(target, tmp_path)
        assert [checker.check(5).state for _ in range(5)] == ["up"] * 5
        checker.close()


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (reset, "连接被重置"),
        (saying(b""), "没有应答就断开了连接"),
        (saying(b"SSH-2.0-x\r\n"), "应答不是 HTTP"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "应答没有传完就断开了连接"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), "应答没有传完就断开了连接"),
        (hang, "应答超过 0.4 秒"),
        (drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), "应答超过 0.4 秒"),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n"), "应答超过 0.4 秒"),
        (drip(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 1000000\r\n\r\n"), "重定向超过 10 次"),  # unread
    ],
)
def test_a_server_that_misbehaves_is_down_within_the_time(talk: Any, reason: str, look: Looks) -> None:
    with talking(talk) as port:
        started = time.perf_counter()
        result = look("http", timeout=0.4, url=f"http://{HOST}:{port}/")
        assert (result.state, result.reason) == ("down", reason)
        assert time.perf_counter() - started < 1


def test_a_name_that_does_not_exist_is_down(look: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **more: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert look("http", url="http://none.test/").reason == "域名不存在"


def test_a_certificate_that_is_trusted_is_up_and_tells_its_end(authority: Authority, look: Looks) -> None:
    with Web().running(authority.context("good")) as web:
        result = look("http", folder=authority.folder, url=web.address(host="localhost"), ca="ca.pem")
    assert (result.state, result.certificate_expires_at) == ("up", authority.ends_at("good"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("expired", "证书已过期"), ("elsewhere", "证书与 IP 地址不符"), ("good", "证书的颁发者不受信任")],
)
def test_a_certificate_that_is_not_trusted_is_down_and_tells_its_end(
    name: str, reason: str, authority: Authority, look: Looks
) -> None:
    keys = {"ca": "ca.pem"} if name != "good" else {}
    with Web().running(authority.context(name)) as web:
        result = look("http", folder=authority.folder, url=web.address(), **keys)
        assert look("http", url=web.address(), verify=False).state == "up"
    assert (result.state, result.reason) == ("down", reason)
    assert result.certificate_expires_at == authority.ends_at(name)


def test_a_client_certificate_is_shown_where_one_is_asked_for(authority: Authority, look: Looks) -> None:
    with Web().running(authority.context("good", clients=True)) as web:
        keys = {"url": web.address(), "ca": "ca.pem", "folder": authority.folder}
        assert look("http", client_certificate="client.pem", **keys).state == "up"
        assert look("http", client_certificate="client.crt", client_key="client.key", **keys).state == "up"
        assert look("http", **keys).state == "down"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"ca": "none.pem"}, "证书文件 none.pem 无法读取"),
        ({"ca": "ca.key"}, "证书文件 ca.key 不是可用的 PEM 证书或私钥"),
    ],
)
def test_a_certificate_file_that_cannot_be_used_says_nothing_of_the_target(
    keys: dict[str, str], reason: str, authority: Authority, look: Looks
) -> None:
    result = look("http", folder=authority.folder, url=f"https://{HOST}:1/", **keys)
    assert (result.state, result.reason) == ("unknown", reason)


@pytest.mark.parametrize(
    ("keys", "fact"),
    [
        ({"url": "ftp://h/"}, "不是地址"),
        ({"url": "oa.court.gov.cn"}, "不是地址"),
        ({"url": "http://u:secret@h/"}, "不得写口令"),
        ({"headers": {"Authorization": "Bearer x"}}, "不得写在配置里"),
        ({"headers": {"X-Name": "法院"}}, "不能有的字符"),
        ({"proxy": "socks5://h:1"}, "不是地址"),
        ({"status": ("2x",)}, "不是状态码"),
        ({"status": ("204-200",)}, "范围是反的"),
        ({"method": "HEAD", "text": "x"}, "没有正文"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(keys: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValidationError, match=fact):
        HttpTarget(probe="http", **{"url": "http://h/", **keys})
