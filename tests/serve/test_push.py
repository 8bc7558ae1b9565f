"""A vendor's monitor pushes: what is taken, what is refused and why, and what nobody can do without the token."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from collector.archive import Archive
from collector.live import Recorder
from collector.serve import Server
from metrics.errors import PassingError
from tests.compute.court import at
from tests.serve.world import HEAD, NOW, SOURCES, ServedCourt

TOKEN = "令牌-3f7a"
PUSHED = """
- {id: monitor, name: 乙公司监控, adapter: push, vendor: b, token: {file: secrets/monitor}, interval: 1分钟,
   assets: [OA, MAIL], rate_limit: 5, max_body: 2000}
- {id: other, name: 丙公司监控, adapter: push, token: {file: secrets/missing}}
"""


def row(asset: str = "OA", moment: str = "2023-05-10T11:59:00+08:00", state: str = "up", **more: Any) -> dict[str, Any]:
    return {"asset_no": asset, "checked_at": moment, "state": state, **more}


@contextmanager
def receiving(court: ServedCourt) -> Iterator[Server]:
    """The court's server with a recorder, at noon of 10 May 2023."""
    (court.folder / "yunwei.yaml").write_text(HEAD, encoding="utf-8")
    (court.folder / "sources" / "all.yaml").write_text(SOURCES + PUSHED.strip(), encoding="utf-8")
    (court.folder / "secrets").mkdir(exist_ok=True)
    (court.folder / "secrets" / "monitor").write_text(TOKEN + "\n", encoding="utf-8")
    settings = court.settings
    recorder = Recorder(settings, court.store, Archive(settings.archive), lambda: NOW)
    server = Server(settings, court.store, recorder, lambda: NOW)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(court: ServedCourt) -> Iterator[Server]:
    with receiving(court) as running:
        yield running


def push(
    server: Server, body: Any, source: str = "monitor", token: str | None = TOKEN, **headers: str
) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    return requests.post(f"{server.address}/push/{source}", data=data, headers={**given, **headers}, timeout=10)


def test_good_rows_are_taken_and_shown(server: Server, court: ServedCourt) -> None:
    answer = push(server, [row(latency_ms=35), row("MAIL", state="down")])
    assert answer.status_code == 200
    assert answer.json() == {"received": 2, "accepted": 2, "waiting": 0, "refused": 0, "refusals": []}
    server.refresh(NOW)
    page = requests.get(server.address + "/metrics", timeout=10).text
    assert 'yunwei_target_up{asset="OA",source="monitor"} 1.0' in page
    assert 'yunwei_target_up{asset="MAIL",source="monitor"} 0.0' in page
    assert 'yunwei_target_latency_seconds{asset="OA",source="monitor"} 0.035' in page
    assert 'yunwei_source_age_seconds{source="monitor"} 60.0' in page
    assert 'yunwei_source_silence_limit_seconds{source="monitor"} 180.0' in page


def test_silence_of_a_pushed_source_is_unknown_time(server: Server) -> None:
    """The one check holds for three minutes; at 12:03 nothing is known of OA any more, and the source is silent."""
    push(server, [row()])
    server.refresh(at("05-10 12:03"))
    assert 'asset="OA",source="monitor"}' not in "".join(
        line for line in requests.get(server.address + "/metrics", timeout=10).text.splitlines() if "target_up" in line
    )
    assert "数据来源“乙公司监控”已沉默 4分钟" in requests.get(server.address + "/", timeout=10).text


def test_each_bad_row_is_named_and_the_others_are_taken(server: Server) -> None:
    rows = [row(), row("COFFEE"), row(moment="2023-05-10T13:00:00+08:00"), row(state="maybe")]
    answer = push(server, rows)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["received"], told["accepted"], told["refused"]) == (4, 1, 3)
    assert [(refusal["row"], refusal["field"]) for refusal in told["refusals"]] == [
        (2, "asset_no"),
        (3, "checked_at"),
        (4, "state"),
    ]
    assert told["refusals"][0]["reason"] == "本来源不收设备“COFFEE”的检测"


def test_nothing_taken_is_told_by_the_status(server: Server) -> None:
    assert push(server, [row("COFFEE")]).status_code == 422
    broken = push(server, b"<xml/>")
    assert broken.status_code in (400, 422)
    assert broken.json()


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", TOKEN[:-1]])
def test_without_the_token_nothing_is_taken(server: Server, court: ServedCourt, token: str | None) -> None:
    before = court.store.facts().states
    answer = push(server, [row()], token=token)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error": "令牌不对，应写在请求头 Authorization: Bearer 令牌"}
    assert court.store.facts().states.equals(before)


@pytest.mark.parametrize("source", ["nobody", "dial", "s", "..%2fmonitor"])
def test_other_sources_take_no_pushes(server: Server, source: str) -> None:
    assert push(server, [row()], source=source).status_code == 404


def test_a_source_whose_token_is_not_there_waits_alone(server: Server) -> None:
    answer = push(server, [row()], source="other")
    assert (answer.status_code, answer.json()) == (503, {"error": "接收方还没有配置好本来源的令牌，请联系接收方"})
    assert push(server, [row()]).status_code == 200


def test_who_comes_too_often_is_told_when_to_come_again(server: Server) -> None:
    statuses = [push(server, [row()]).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    answer = push(server, [row()])
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json() == {"error": "推送太频繁，每分钟最多 5 次，请稍后再送"}


def test_wrong_tokens_do_not_use_up_the_allowance(server: Server) -> None:
    for _ in range(10):
        push(server, [row()], token="wrong")
    assert push(server, [row()]).status_code == 200


def test_too_large_a_body_is_refused_before_it_has_come(server: Server) -> None:
    """Neither announced nor sent in pieces without saying how much."""
    assert push(server, b"x" * 2001).status_code == 413
    answer = requests.post(
        server.address + "/push/monitor",
        data=(b"x" * 100 for _ in range(1000)),
        headers={"Authorization": f"Bearer {TOKEN}".encode()},
        timeout=10,
    )
    assert (answer.status_code, answer.json()) == (413, {"error": "一次推送最多 2000 字节，应分几次送"})


def test_a_body_announced_as_too_large_need_not_come_at_all(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=10) as connection:
        head = (
            f"POST /push/monitor HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9999\r\n\r\n"
        )
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_packed_body_is_refused(server: Server) -> None:
    assert push(server, b"x", **{"Content-Encoding": "gzip"}).status_code == 415


def test_only_posts_are_taken(server: Server) -> None:
    assert requests.get(server.address + "/push/monitor", timeout=10).status_code == 405


def test_a_body_that_breaks_off_takes_nothing(server: Server, court: ServedCourt) -> None:
    before = court.store.facts().states
    port = int(server.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        head = f"POST /push/monitor HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 500\r\n\r\n"
        connection.sendall(head.encode() + b"[")
    assert push(server, [row("MAIL")]).status_code == 200  # the server goes on
    assert len(court.store.facts().states) == len(before) + 1


def test_a_busy_store_asks_to_come_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise PassingError("数据库正被占用")

    monkeypatch.setattr(Recorder, "take", busy)
    answer = push(server, [row()])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json() == {"error": "暂时无法入库，请稍后原样再送"}


def test_the_same_push_again_changes_nothing(server: Server, court: ServedCourt) -> None:
    push(server, [row()])
    once = court.store.facts().states
    push(server, [row()])
    assert court.store.facts().states.equals(once)


def test_a_machine_that_only_reads_takes_no_pushes(court: ServedCourt) -> None:
    server = Server(court.settings, court.store)
    server.start()
    try:
        assert push(server, [row()]).status_code == 404
    finally:
        server.stop()
