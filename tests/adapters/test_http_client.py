"""Who we are to a server, what it may not make us do, and that no secret is ever seen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.base import Context, Fetch
from adapters.http_client import Client
from adapters.http_config import HttpConfig
from collector.cli import run
from metrics.errors import PassingError
from tests.adapters.api import Api, Asked, TicketSystem, Told
from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.disturbed import everything_in

pytestmark = pytest.mark.usefixtures("impatient")

SECRET = "Zuo8-geheim+Wort/42"
USED = {
    "basic": "auth: {basic: {user: u, password: {env: API_SECRET}}}",
    "bearer": "auth: {bearer: {file: secret.txt}}",
    "header": "auth: {header: {name: X-Redmine-API-Key, value: {env: API_SECRET}}}",
    "oauth": "auth: {oauth: {token_url: TOKEN_URL, client_id: me, client_secret: {env: API_SECRET}, scope: read}}",
}
ENCODED = base64.b64encode(f"u:{SECRET}".encode()).decode()


class Guarded:
    """A ticket system behind a login; it says back what it was told when that is wrong."""

    def __init__(self) -> None:
        self.system = TicketSystem(25)
        self.closed = 0  # the status with which everybody is refused
        self.tokens: list[str] = []

    def __call__(self, asked: Asked) -> Told:
        told = asked.headers.get("Authorization", "") + asked.headers.get("X-Redmine-API-Key", "")
        if asked.path == "api/token":
            self.tokens.append(f"tok-{len(self.tokens)}-{SECRET}")
            return 200, {}, {"access_token": self.tokens[-1], "expires_in": 3600}
        if self.closed or told.removeprefix("Bearer ") not in {f"Basic {ENCODED}", SECRET, *self.tokens[-1:]}:
            return self.closed or 401, {}, {"error": f"wrong credentials: {told} {SECRET}"}
        return self.system(asked)


@contextmanager
def guarded(folder: Path, login: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ApiCourt, Guarded, Api]]:
    monkeypatch.setenv("API_SECRET", SECRET)
    guard = Guarded()
    with Api(guard).running() as api, court_at(folder) as court:
        court.write("secret.txt", SECRET + "\n")
        court.rest(api.url, more=USED[login].replace("TOKEN_URL", f'"{api.url}/token"'))
        yield court, guard, api


@pytest.mark.parametrize("login", USED)
def test_a_login_opens_and_its_secret_is_seen_nowhere(
    login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with guarded(tmp_path, login, monkeypatch) as (court, guard, _):
        assert run(["ingest", "-C", str(tmp_path)]) == 0
        assert len(court.current()) == 25
        assert run(["check", "-C", str(tmp_path), "--source", "api"]) == 0
        guard.closed = 400
        assert run(["ingest", "-C", str(tmp_path)]) == 3
        guard.closed = 401
        assert run(["ingest", "-C", str(tmp_path)]) == 2
        assert run(["check", "-C", str(tmp_path), "--source", "api", "--json"]) == 2
        assert run(["deliveries", "-C", str(tmp_path)]) == 0
    told = capsys.readouterr()
    shown = (told.out + told.err).encode() + everything_in(tmp_path, "secret.txt")
    for secret in (SECRET, ENCODED, *guard.tokens):
        assert secret.encode() not in shown
    assert '对方说的是“{"error": "wrong credentials: ***' in told.err.replace("Basic ", "").replace("Bearer ", "")
    assert "请核对 auth 的凭据和账号的权限" in told.err


def test_a_token_that_was_withdrawn_is_asked_for_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with guarded(tmp_path, "oauth", monkeypatch) as (court, guard, _):
        system = guard.system

        def withdraw(answer: int) -> None:
            if answer == 0:
                guard.tokens.append("another")  # after this answer the first token is not the last any more

        system.before_page = withdraw
        report = court.load()
    assert (report.accepted, report.failures) == (25, [])
    assert len(guard.tokens) == 3


def test_the_secret_may_be_replaced_between_two_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with guarded(tmp_path, "bearer", monkeypatch) as (court, _, _):
        court.write("secret.txt", "old\n")
        assert court.load().exit_code == 2
        court.write("secret.txt", SECRET)
        assert court.load().exit_code == 0


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (302, 2, "被转到 http://elsewhere.test/login，请把 url 改成最终的地址"),
        (403, 2, "回答 403（没有权限），应为 200；请核对 auth 的凭据和账号的权限"),
        (404, 2, "回答 404（没有这个地址），应为 200；请核对 url 与请求的路径"),
        (400, 3, '回答 400（请求不对），应为 200；对方说的是“{"why": "参数不对"}”'),
        (503, 4, "重试 4 次后仍是如此；下次采集从停下的地方接着读"),
    ],
)
def test_what_a_status_means(status: int, code: int, sentence: str, tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        return status, {"Location": "http://user:pass@elsewhere.test/login"}, {"why": "参数不对"}

    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url)
        (failure,) = court.load().failures
    assert (failure.exit_code, sentence in str(failure), "pass" in str(failure)) == (code, True, False)


def test_an_answer_that_says_it_failed_is_no_answer(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        return 200, {}, {"code": 500, "msg": "令牌已失效", "data": []}

    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url)
        text = (court.folder / "sources/api.yaml").read_text(encoding="utf-8")
        court.source("api", text.replace("status: all}}", 'status: all}, success: "code == `0`", message: msg}'))
        (failure,) = court.load().failures
    assert str(failure).endswith("的回答不符合 success“code == `0`”，对方说的是“令牌已失效”")
    assert failure.exit_code == 3


def test_a_page_that_never_turns_is_found_out(tmp_path: Path) -> None:
    system = TicketSystem(30)

    def answer(asked: Asked) -> Told:
        asked.params.pop("page", None)
        return system(asked)

    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url)
        (failure,) = court.load().failures
    assert "与前一页完全相同，翻页没有翻动；请核对 paging 的参数名" in str(failure)


def test_pages_that_begin_alike_are_not_the_same(tmp_path: Path) -> None:
    system = TicketSystem(50)

    def answer(asked: Asked) -> Told:
        status, headers, told = system(asked)
        return status, headers, {**told, "data": [system.tickets[1], *told["data"]]}

    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url)
        assert court.load().failures == []
        assert len(court.current()) == 50


def test_the_rate_is_kept(tmp_path: Path, impatient: list[float]) -> None:
    with Api(TicketSystem(50)).running() as api, court_at(tmp_path) as court:
        court.rest(api.url, more="rate: 30")
        court.load()
    assert len(impatient) == 2
    assert all(0 < wait <= 4 for wait in impatient)


def test_a_load_that_was_given_up_asks_for_nothing_more(tmp_path: Path, impatient: list[float]) -> None:
    given_up: list[bool] = []

    def answer(asked: Asked) -> Told:
        given_up.append(True)
        return 503, {}, {}

    with Api(answer).running() as api:
        config = HttpConfig(url=api.url, retries=5)
        ask = Fetch(tmp_path, None, None, lambda: 0, lambda sentence: None, given_up=lambda: bool(given_up))
        with Client(config, Context("api", ZoneInfo("UTC"), tmp_path), ask) as client, pytest.raises(PassingError):
            client.get("tickets")
        assert len(api.asked) == 1


def test_gb18030_is_understood(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Told:
        told = {"data": [{"no": "1", "title": "打印机卡纸", "reported": "2023-03-01 09:00"}]}
        return 200, {}, json.dumps(told, ensure_ascii=False).encode("gb18030")

    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url, "cursor")
        assert court.load().failures == []
        assert court.titles() == {"1": "打印机卡纸"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"url": "itsm.example.cn"}, "不是地址，应写作 https://主机"),
        ({"url": "https://u:p@itsm.example.cn"}, "地址中不得写口令，请用 auth"),
        ({"url": "https://itsm.example.cn/a?key=1"}, "地址写到路径为止"),
        ({"auth": {}}, "应写 basic、bearer、header、oauth 其中之一"),
        ({"headers": {"X-Auth-Token": "abc"}}, "X-Auth-Token 的值不得写在配置里"),
        ({"largest_reply": "很大"}, "不是大小，应写作 64MB"),
        ({"proxy": "https://proxy.example.cn"}, "不是代理地址，应写作 http://主机:端口"),
    ],
)
def test_a_wrong_address_or_login_is_said(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        HttpConfig.model_validate_json(json.dumps({"url": "https://itsm.example.cn", **given}))
