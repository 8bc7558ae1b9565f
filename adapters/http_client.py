"""Asking a server over HTTP: bounded in time and size, patient with what passes, clear about what does not.

One :class:`Client` serves one load. What it raises tells the two kinds apart: PassingError (trying later may help: no
answer, 429, 5xx, a reply cut off), ConfigError (address, login, certificate), InputError (the answer is not what
was asked for). No secret stands in any of them: what was read from a secret is blotted out of every text.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from adapters.base import Context, Fetch
from adapters.http_auth import Login, login_of
from adapters.http_config import HttpConfig
from adapters.probes.bounded import Deadline, bounded
from adapters.probes.faults import explained, verification_failed
from adapters.probes.http_session import FAILURES, Request, open_session
from adapters.probes.tls_context import tls_context
from adapters.replies import is_cut_short, parse_json
from metrics.errors import ConfigError, InputError, PassingError, YunweiError

if TYPE_CHECKING:
    from requests import Response

_CHUNK = 64 << 10
_PASSING_STATUS = frozenset((408, 425, 429, 500, 502, 503, 504))
_LONGEST_WAIT = 120  # seconds; a server that wants more is asked again by the next run
_FIRST_WAIT = 1.0
#: Clocks that differ by less are taken for equal.
CLOCK_TOLERANCE = 60
_STATUS_WORDS = {
    400: "请求不对",
    401: "没有登录或凭据不对",
    403: "没有权限",
    404: "没有这个地址",
    405: "不接受这种请求",
    406: "不能以 JSON 回答",
    410: "这个地址已不再提供",
    429: "请求太多",
}


class NotFoundError(ConfigError):
    """There is nothing at this address."""


def pause(seconds: float) -> None:
    """Wait; here so that tests need not."""
    time.sleep(seconds)


@dataclass(frozen=True)
class Reply:
    """A complete answer with a status below 300.

    ``address``: what was asked, without secrets. ``at``: UTC seconds when it was asked for, by the earlier of the
    server's clock and ours.
    """

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: int

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            InputError: it is something else; the fact shows how it begins.
        """
        try:
            return parse_json(self.body)
        except ValueError:
            raise InputError(f"{self.address} 的回答不是 JSON，开头是{_beginning(self.body)}，应为 JSON") from None


@dataclass(frozen=True)
class Question:
    """One request. ``address``: below the source's ``url``, or whole. ``body``: sent as JSON, with POST."""

    address: str
    params: Mapping[str, str] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None


class Client:
    """One server in one load; close it after use (it is a context manager)."""

    def __init__(self, config: HttpConfig, context: Context, ask: Fetch) -> None:
        self.config = config
        self._ask = ask
        self._session = open_session(_trust(config, context.workspace), config.proxy)
        self._login: Login = login_of(config.auth, context.workspace)
        self._secrets: set[str] = set()
        self._next_at = 0.0  # by the monotonic clock: not before it, for the rate limit
        self._skew: int | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    @property
    def skew(self) -> int:
        """Seconds by which the server's clock is ahead of ours (negative: behind); 0 within the tolerance."""
        return self._skew or 0

    def get(self, address: str, params: Mapping[str, str] | None = None) -> Reply:
        """Ask for ``address``; tried again while failures pass, as often as configured."""
        return self.send(Question(address, params))

    def get_json(self, address: str, params: Mapping[str, str] | None = None) -> tuple[Reply, Any]:
        """As :meth:`get`, and the body as JSON; one that was cut short is asked for again."""
        return self.send_json(Question(address, params))

    def post_json(self, address: str, body: Any) -> tuple[Reply, Any]:
        """Send ``body`` as JSON and take the answer as JSON; only for questions, for they may be asked again."""
        return self.send_json(Question(address, body=body))

    def send(self, question: Question) -> Reply:
        """One question until it is answered or will not be."""
        return self._patiently(question, want_json=False)[0]

    def send_json(self, question: Question) -> tuple[Reply, Any]:
        """As :meth:`send` where JSON is expected."""
        return self._patiently(question, want_json=True)

    def shown(self, text: str) -> str:
        """``text`` without any secret."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _patiently(self, question: Question, want_json: bool) -> tuple[Reply, Any]:
        waits = 0
        while True:
            if self._ask.given_up():
                raise PassingError("已不再等这次的回答")  # said to nobody
            try:
                reply = self._once(question)
                return reply, self._parsed(reply) if want_json else None
            except _NotNowError as error:
                if waits >= self.config.retries or error.wait > _LONGEST_WAIT:
                    again = f"，重试 {waits} 次后仍是如此" if waits else ""
                    raise PassingError(self.shown(f"{error.fact}{again}；下次采集从停下的地方接着读")) from None
                pause(error.wait or min(_FIRST_WAIT * 2**waits, _LONGEST_WAIT))
                waits += 1

    def _parsed(self, reply: Reply) -> Any:
        try:
            return parse_json(reply.body)
        except ValueError as error:
            if is_cut_short(reply.body, error):
                raise _NotNowError(f"{reply.address} 的回答没有传完，JSON 在第 {len(reply.body)} 字节处断了") from None
        raise InputError(
            self.shown(f"{reply.address} 的回答不是 JSON，开头是{_beginning(reply.body)}，应为 JSON；请核对 url")
        )

    def _once(self, question: Question) -> Reply:
        """One try.

        Raises:
            _NotNowError: it failed in a way that may pass.
            ConfigError, InputError: it failed for good.
        """
        url = self._url(question)
        shown = self.shown(_plain(url))
        headers = self._headers(question)
        self._wait_for_turn()
        with bounded(self.config.timeout, self.config.connect_timeout) as deadline:
            try:
                response, body, at = self._talk(question, url, headers, shown)
            except (*FAILURES, OSError, ValueError) as error:
                self._session.close()
                self._explain(error, deadline, shown)
        self._judge(response, body, shown)
        self._compare_clocks(response, at)
        headers = {name.lower(): value for name, value in response.headers.items()}
        told = _date(response)
        return Reply(shown, response.status_code, headers, body, at if told is None else min(at, told))

    def _headers(self, question: Question) -> dict[str, str]:
        headers = {"User-Agent": "yunwei", "Accept": "application/json", **self.config.headers}
        headers |= {**self._login.headers(self._token), **(question.headers or {})}
        self._secrets |= self._login.secrets
        return headers

    def _talk(self, question: Question, url: str, headers: dict[str, str], shown: str) -> tuple[Response, bytes, int]:
        post = question.body is not None or question.form is not None
        request = Request("POST" if post else "GET", url, headers=headers, json=question.body, data=question.form)
        prepared = self._session.prepare_request(request)
        self._session.cookies.clear()
        at = self._ask.clock()
        response = self._session.send(prepared, stream=True, allow_redirects=False)
        return response, self._body(response, shown), at

    def _body(self, response: Response, shown: str) -> bytes:
        read = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=True):
            read += chunk
            if len(read) > self.config.largest_reply:
                response.close()
                limit = _size(self.config.largest_reply)
                raise InputError(f"{shown} 的回答超过 {limit}，没有读完；应把每页的条数改小，或提高 largest_reply")
        return bytes(read)

    def _explain(self, error: Exception, deadline: Deadline, shown: str) -> NoReturn:
        found = explained(error, deadline)
        fact = f"{shown} 连不上：{found.reason}"
        if verification_failed(error):
            raise ConfigError(self.shown(f"{fact}；应请对方更换证书，自建 CA 或自签名证书请写入 ca")) from None
        raise _NotNowError(self.shown(fact)) from None

    def _judge(self, response: Response, body: bytes, shown: str) -> None:
        """Nothing for a good status."""
        status = response.status_code
        if 200 <= status < 300:
            return
        words = _STATUS_WORDS.get(status) or " ".join(str(response.reason or "").split()) or "没有说明"
        fact = self.shown(f"{shown} 回答 {status}（{words}），应为 200")
        if status in _PASSING_STATUS:
            raise _NotNowError(fact, _retry_after(response, self._ask.clock()))
        if 300 <= status < 400:
            place = self.shown(_plain(response.headers.get("Location", "")))
            raise ConfigError(f"{fact}：被转到 {place or '别处'}，请把 url 改成最终的地址")
        if status == 401 and self._login.forget():  # a token that was withdrawn before its time
            raise _NotNowError(fact, 0.001)
        if status in (401, 403):
            raise ConfigError(f"{fact}；请核对 auth 的凭据和账号的权限")
        if status in (404, 405, 410):
            raise NotFoundError(f"{fact}；请核对 url 与请求的路径")
        raise InputError(f"{fact}；对方说的是{self.shown(_beginning(body))}")

    def _compare_clocks(self, response: Response, at: int) -> None:
        told = _date(response)
        if self._skew is not None or told is None:
            return
        apart = told - at
        self._skew = apart if abs(apart) > CLOCK_TOLERANCE else 0
        if self._skew:
            which = "快" if apart > 0 else "慢"
            self._ask.say(f"对方服务器的时钟与本机相比{which} {abs(apart)} 秒，已把重叠的时间加长这么多；请校准时钟")

    def _token(self, question: Question) -> Any:
        """What the login asks for on its own behalf; without it, or the question would never end."""
        login, self._login = self._login, Login(origins=self._login.origins)
        self._secrets |= login.secrets
        try:
            return self.send_json(question)[1]
        finally:
            self._login = login

    def _url(self, question: Question) -> str:
        base = self.config.url
        whole = question.address.startswith(("http://", "https://"))
        url = question.address if whole else "/".join((base.rstrip("/"), question.address.lstrip("/"))).rstrip("/")
        if whole and _origin(url) not in {_origin(base), *self._login.origins}:
            raise InputError(f"{_plain(url)} 不在 {_origin(base)} 上，为免凭据外泄没有去取；应请对方更正，或改 url")
        if question.params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(question.params)}"
        return url

    def _wait_for_turn(self) -> None:
        if self.config.rate is None:
            return
        now = time.monotonic()
        if now < self._next_at:
            pause(self._next_at - now)
        self._next_at = max(now, self._next_at) + 60 / self.config.rate


class _NotNowError(Exception):
    """A failure that may pass; ``wait`` in seconds as the server asked for, 0 where it did not say."""

    def __init__(self, fact: str, wait: float = 0) -> None:
        super().__init__(fact)
        self.fact, self.wait = fact, wait


def _trust(config: HttpConfig, workspace: Path) -> ssl.SSLContext:
    try:
        return tls_context(config, workspace)
    except YunweiError as error:
        raise ConfigError(error.fact) from None


def _retry_after(response: Response, now: int) -> float:
    """Seconds that ``Retry-After`` asks for, as a number or a moment; 0 where it says nothing that can be read."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    told = _moment(text)
    base = _date(response)
    return max(0.0, float(told - (now if base is None else base))) if told is not None else 0.0


def _date(response: Response) -> int | None:
    """The server's clock, UTC seconds."""
    return _moment(response.headers.get("Date", ""))


def _moment(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp())
    except (ValueError, TypeError, OverflowError):
        return None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _plain(url: str) -> str:
    """An address without a login in it, its query readable."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return unquote(urlunsplit((parts.scheme, host, parts.path, parts.query, "")))


def _beginning(body: bytes) -> str:
    text = " ".join(body[:300].decode("utf-8", "replace").split())
    return f"“{text[:80]}{'…' if len(text) > 80 else ''}”" if text else "空白"


def _size(count: int) -> str:
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count} 字节"
