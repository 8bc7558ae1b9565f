"""The addresses as a browser, Prometheus and somebody with bad intentions meet them."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from jsonschema import Draft202012Validator

from collector.outputs import publication, stored_results
from collector.publish.json_file import document, schema
from collector.serve import Server
from collector.serve.bodies import Body
from collector.store import Store
from metrics.errors import ConfigError, PassingError
from tests.adapters.probes.servers import Authority
from tests.compute.court import ticket
from tests.serve.world import HEAD, NOW, ServedCourt, serving

PATHS = ("/", "/metrics", "/results.json")


def get(server: Server, path: str, **more: object) -> requests.Response:
    return requests.get(server.address + path, timeout=10, **more)  # type: ignore[arg-type]


def configured(court: ServedCourt, serve: str) -> None:
    """Write another ``serve:`` into the workspace."""
    (court.folder / "yunwei.yaml").write_text(HEAD.replace("serve: {port: 0}", f"serve: {serve}"), encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("/results.json", "application/json"),
        ("/healthz", "text/plain; charset=utf-8"),
    ],
)
def test_every_page_has_its_type(server: Server, path: str, media: str) -> None:
    answer = get(server, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/nothing", "/papers/nothing"])
def test_every_answer_keeps_browsers_careful(server: Server, path: str) -> None:
    headers = get(server, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "uvicorn" not in headers.get("Server", "")


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_packed_for_who_takes_that(server: Server, path: str) -> None:
    packed = get(server, path, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = get(server, path, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.raw.read()) == plain.content


@pytest.mark.parametrize("path", PATHS)
def test_who_has_a_page_already_is_told_so(server: Server, path: str) -> None:
    tag = get(server, path).headers["ETag"]
    again = get(server, path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert get(server, path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_before_it_is_prepared(court: ServedCourt, path: str) -> None:
    with serving(court, now=None) as server:
        answer = get(server, path)
        assert (answer.status_code, answer.text) == (503, "页面还没有准备好，请稍后再试\n")
        assert answer.headers["Retry-After"] == "5"
        assert get(server, "/healthz").text == "ok\n"


@pytest.mark.parametrize("path", PATHS)
def test_asking_for_the_head_gives_no_body(server: Server, path: str) -> None:
    answer = requests.head(server.address + path, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == get(server, path).headers["ETag"]


def test_readers_never_see_half_a_refresh(court: ServedCourt) -> None:
    """Eight readers while the pages are prepared anew five times: each page is of one moment, whole."""
    moments = {NOW + step for step in range(6)}

    def read(_: int) -> set[tuple[float, float]]:
        seen = set()
        for _ in range(10):
            text = get(server, "/metrics").text
            assert text.endswith("\n")
            shown = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
            age = 'yunwei_source_age_seconds{source="s"}'
            seen.add((float(shown["yunwei_as_of_timestamp_seconds"]), float(shown[age])))
        return seen

    with serving(court) as server, ThreadPoolExecutor(8) as pool:
        reading = pool.map(read, range(8))
        for moment in sorted(moments):
            server.refresh(moment)
        pairs = set().union(*reading)
    assert {as_of for as_of, _ in pairs} <= moments
    assert {as_of - age for as_of, age in pairs} == {NOW - 600}  # both of the same moment


def test_results_are_those_that_are_published(server: Server, court: ServedCourt) -> None:
    found = get(server, "/results.json").json()
    results = stored_results(court.store)
    assert found == json.loads(json.dumps(document(publication(court.settings, court.store, results))))
    assert found["results"]
    Draft202012Validator(schema()).validate(found)


def test_asking_touches_the_store_no_more(court: ServedCourt, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(court) as server, monkeypatch.context() as patched:
        for part in (court.store, court.store.overview, court.store.jobs):
            patched.setattr(part, "_engine", None)
        with pytest.raises(AttributeError):
            court.store.facts()
        assert [get(server, path).status_code for path in PATHS] == [200, 200, 200]


def test_a_refresh_that_fails_leaves_the_pages_as_they_were(
    court: ServedCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise PassingError("数据库正被占用")

    with serving(court) as server:
        before = get(server, "/metrics").content
        monkeypatch.setattr(court.store.overview, "sources", locked)
        with pytest.raises(PassingError):
            server.refresh(NOW + 60)
        assert get(server, "/metrics").content == before


def test_a_delivery_between_two_refreshes_is_seen(court: ServedCourt) -> None:
    with serving(court) as server:
        assert 'yunwei_tickets_open{project="ops",vendor="乙公司"} 1.0' in get(server, "/metrics").text
        court.deliver("更正.xlsx", ticket=[ticket("T4", "05-10 10:00", None, "乙公司")])
        server.refresh(NOW + 60)
        assert 'yunwei_tickets_open{project="ops",vendor="乙公司"} 2.0' in get(server, "/metrics").text


def test_records_are_read_again_only_after_a_delivery(court: ServedCourt) -> None:
    first = court.store.overview.facts(None)
    again = court.store.overview.facts(first)
    assert again[0] == first[0]
    assert again[1].frames is first[1].frames
    court.deliver("更正.xlsx", ticket=[ticket("T4", "05-10 10:00", None, "乙公司")])
    later = court.store.overview.facts(again)
    assert later[0] > first[0]
    assert len(later[1].frames["ticket"]) == 4
    assert later[1].states.equals(first[1].states)


def test_papers_can_be_downloaded_under_their_names(server: Server) -> None:
    answer = get(server, "/papers/" + quote("绩效指标.csv"))
    assert answer.content.decode() == "指标\n"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('绩效指标.csv')}"
    assert answer.headers["Content-Type"] == "application/octet-stream"


OUTSIDE = [
    "../yunwei.yaml",
    "..%2fyunwei.yaml",
    "%2e%2e/yunwei.yaml",
    "..%5cyunwei.yaml",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "outside",
    "leads/yunwei.yaml",
    ".hidden",
    "",
    ".",
]


def test_nothing_outside_the_output_folder_can_be_had(court: ServedCourt) -> None:
    output = court.folder / "output"
    (output / "outside").symlink_to(court.folder / "yunwei.yaml")
    (output / "leads").symlink_to(court.folder, target_is_directory=True)
    (output / ".hidden").write_text("secret", encoding="utf-8")
    with serving(court) as server:
        answers = {name: raw(server, f"/papers/{name}") for name in OUTSIDE}
    assert {name: answer for name, answer in answers.items() if not answer.startswith("HTTP/1.1 404 ")} == {}
    assert not any("organization" in answer or "secret" in answer for answer in answers.values())


def raw(server: Server, path: str) -> str:
    """The whole answer to a path sent as it is, as no browser would."""
    with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65_536), b"")).decode()


def test_a_paper_that_has_gone_is_not_there(court: ServedCourt) -> None:
    with serving(court) as server:
        (court.folder / "output" / "绩效指标.csv").unlink()
        assert get(server, "/papers/" + quote("绩效指标.csv")).text == "没有这个页面\n"


def test_nothing_can_be_written(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = requests.request(method, server.address + "/metrics", data=b"x", timeout=10)
        assert (answer.status_code, answer.text) == (405, "这个地址不接受这种请求\n")


@pytest.fixture
def locked(court: ServedCourt, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Pages that need user and password."""
    monkeypatch.setenv("YUNWEI_PAGES", "运维:2023")
    configured(court, "{port: 0, basic_auth: {user: court, password: {env: YUNWEI_PAGES}}}")
    with serving(court) as running:
        yield running


def test_pages_may_need_a_password(locked: Server) -> None:
    logins = [None, (b"court", b"wrong"), (b"other", "运维:2023".encode()), (b"court", b""), (b"", b"")]
    for path in (*PATHS, "/papers/x", "/nothing"):
        for login in logins:
            answer = get(locked, path, auth=login)
            assert (answer.status_code, answer.text) == (401, "需要用户名和口令\n")
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_who_knows_the_password_reads(locked: Server) -> None:
    assert get(locked, "/", auth=(b"court", "运维:2023".encode())).status_code == 200
    for nonsense in ("Basic", "Basic !!", "Bearer x", "Basic 4pyT4pyT4"):
        assert get(locked, "/", headers={"Authorization": nonsense}).status_code == 401
    assert get(locked, "/healthz").status_code == 200  # says nothing


def test_a_password_that_is_not_there_is_said(court: ServedCourt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUNWEI_PAGES", raising=False)
    configured(court, "{port: 0, basic_auth: {user: court, password: {env: YUNWEI_PAGES}}}")
    with pytest.raises(ConfigError, match=r"serve\.basic_auth\.password：环境变量 YUNWEI_PAGES 没有设置"):
        Server(court.settings, court.store).start()


def test_pages_come_by_https(court: ServedCourt) -> None:
    authority = Authority(court.folder)
    authority.issue("court", "IP:127.0.0.1")
    configured(court, "{port: 0, tls: {certificate: court.crt, key: court.key}}")
    with serving(court) as server:
        assert server.address.startswith("https://127.0.0.1:")
        assert get(server, "/metrics", verify=str(court.folder / "ca.pem")).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            get(server, "/metrics")


@pytest.mark.parametrize("key", ["other.key", "missing.key", "court.crt"])
def test_a_key_that_does_not_fit_is_said(court: ServedCourt, key: str) -> None:
    authority = Authority(court.folder)
    authority.issue("court", "IP:127.0.0.1")
    authority.issue("other", "IP:127.0.0.1")
    configured(court, f"{{port: 0, tls: {{certificate: court.crt, key: {key}}}}}")
    with pytest.raises(ConfigError, match=f"yunwei.yaml 的 serve.tls：证书“court.crt”或私钥“{key}”"):
        Server(court.settings, court.store).start()


def test_a_port_that_is_taken_is_said(court: ServedCourt) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        configured(court, f"{{port: {other.getsockname()[1]}}}")
        with pytest.raises(PassingError, match="端口正被别的程序使用"):
            Server(court.settings, court.store).start()


def test_an_address_that_is_none_is_said(court: ServedCourt) -> None:
    configured(court, "{host: no such host, port: 0}")
    with pytest.raises(ConfigError, match="host 不是可用的地址"):
        Server(court.settings, court.store).start()


def test_a_bug_is_one_sentence_and_its_traceback_is_logged(
    court: ServedCourt, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(court) as server:
        monkeypatch.setattr(Body, "answer", None)
        answer = get(server, "/metrics")
        assert (answer.status_code, answer.text) == (500, "程序内部出错，详见日志\n")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "TypeError" in caplog.text


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_it_listens_on_the_loopback_of_ipv6(court: ServedCourt) -> None:
    configured(court, '{host: "::1", port: 0}')
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 loopback")
    with serving(court) as server:
        assert server.address.startswith("http://[::1]:")
        assert get(server, "/healthz").text == "ok\n"


def test_it_stops_and_gives_the_port_back(court: ServedCourt) -> None:
    with serving(court) as server:
        address = server.address
        held = requests.Session()
        held.get(address + "/healthz", timeout=10)  # a connection that stays open
        assert server.is_running
    assert not server.is_running
    with pytest.raises(requests.ConnectionError):
        requests.get(address + "/healthz", timeout=10)


def test_the_store_may_be_opened_at_the_first_refresh(court: ServedCourt, tmp_path: Path) -> None:
    opened: list[Store] = []

    def opens() -> Store:
        opened.append(court.store)
        return court.store

    server = Server(court.settings, opens)
    server.start()
    try:
        assert opened == []
        server.refresh(NOW)
        server.refresh(NOW + 1)
        assert len(opened) == 1
    finally:
        server.stop()
