"""``http``: whether an address answers as it should."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from adapters.mapping import Name
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import Deadline, bounded
from adapters.probes.conditions import Scalar, Statuses, decoded, json_fault, status_fault, text_fault
from adapters.probes.faults import dropped, explained, verification_failed
from adapters.probes.tls import look_again
from adapters.probes.tls_context import TlsTarget, tls_context
from adapters.secrets import Secret
from metrics.errors import ConfigError

if TYPE_CHECKING:
    from requests import Response, Session

_MOST_REDIRECTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 << 10
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token")
_OWN_HEADERS = {"User-Agent": "yunwei", "Accept": "*/*"}


class HttpTarget(TlsTarget):
    """An address that should answer."""

    probe: Literal["http"] = Field(description="http：HTTP 或 HTTPS 地址")
    url: Name = Field(description="地址，如 https://oa.court.gov.cn/health")
    method: Literal["GET", "HEAD"] = Field("GET", description="请求方法")
    status: Statuses = Field(("2xx",), min_length=1, description="正常的状态码，如 200、2xx、[200, 401]")
    text: Name | None = Field(None, description="正文中必须有的文字")
    no_text: Name | None = Field(None, description="正文中不得有的文字")
    json_values: dict[Name, Scalar] = Field(
        {}, description="JSON 正文中的值：以点分隔的路径 → 应有的值，如 data.status: UP"
    )
    redirects: bool = Field(True, description="是否跟随重定向（最多 10 次）；false 时对重定向本身的状态码作判断")
    headers: dict[Name, Name | Secret] = Field({}, description="请求头；口令类的写 {env: 环境变量名} 或 {file: 文件}")
    proxy: Name | None = Field(None, description="代理地址，如 http://10.0.0.1:3128；不写则直连，不取环境变量")
    body_limit: int = Field(1 << 20, ge=1, le=64 << 20, description="正文最多读多少字节")
    keep_alive: bool = Field(False, description="true：沿用上次的连接；false：每次新建连接，如同新来的用户")

    @field_validator("url", "proxy")
    @classmethod
    def _address(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        schemes = ("http", "https") if info.field_name == "url" else ("http",)
        try:
            parts = urlsplit(url)
            known = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known:
            raise ValueError(f"“{url}”不是地址，应写作 {schemes[-1]}://主机[:端口]/路径")
        if parts.username is not None or parts.password is not None:
            raise ValueError("地址中不得写口令，请用 headers 中的 Authorization: {env: 环境变量名}")
        return url

    @field_validator("headers")
    @classmethod
    def _secrets_apart(cls, headers: dict[str, str | Secret]) -> dict[str, str | Secret]:
        for name, value in headers.items():
            if name.lower() in _SECRET_HEADERS and isinstance(value, str):
                raise ValueError(f"{name} 的值不得写在配置里，应写 {{env: 环境变量名}} 或 {{file: 文件路径}}")
            if isinstance(value, str) and not (value.isprintable() and value.isascii()):
                raise ValueError(f"{name} 的值含有请求头中不能有的字符")
        return headers

    @model_validator(mode="after")
    def _body_read(self) -> Self:
        if self.method == "HEAD" and (self.text or self.no_text or self.json_values):
            raise ValueError("method: HEAD 没有正文，不能写 text、no_text、json_values")
        return self


class _HttpChecker:
    """Keeps the session; where a file it needs is missing, each check says so until it is there."""

    def __init__(self, target: HttpTarget, folder: Path) -> None:
        from adapters.probes import http_session  # before any check, for importing it takes its time

        self._sessions = http_session
        self._target, self._folder = target, folder
        self._session: Session | None = None
        self._certificate: int | None = None  # of the connection that is kept
        self._kept = False  # whether there may be one
        with suppress(ConfigError):
            self._opened()

    def check(self, timeout: float) -> ProbeResult:
        with bounded(timeout) as deadline:
            result, error = self._attempt(deadline)
            if self._kept and error is not None and dropped(error):  # it was closed while it lay idle
                result, error = self._attempt(deadline)
            if error is not None and verification_failed(error):
                parts = urlsplit(self._target.url)
                look_again(parts.hostname or "", parts.port or 443, parts.hostname or "")
            self._kept = self._target.keep_alive and error is None
            self._certificate = deadline.certificate_expires_at or (self._certificate if self._kept else None)
            return replace(result, certificate_expires_at=self._certificate)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def _attempt(self, deadline: Deadline) -> tuple[ProbeResult, Exception | None]:
        """What one try found, and the error that it failed with."""
        kept = self._target.keep_alive
        try:
            fault = self._fault()
        except (*self._sessions.FAILURES, OSError, ValueError, ConfigError) as error:
            kept = False
            return explained(error, deadline), error
        finally:
            if not kept:
                self.close()
        return ProbeResult("down" if fault else "up", deadline.elapsed_ms(), fault), None

    def _fault(self) -> str:
        """What is wrong with the answer; "" if nothing is."""
        response = self._answer(self._opened())
        if response is None:
            return f"重定向超过 {_MOST_REDIRECTS} 次"
        body, complete = self._body(response)
        target = self._target
        fault = status_fault(response.status_code, target.status)
        if fault or not (target.text or target.no_text or target.json_values):
            return fault
        cut = "" if complete else f"前 {target.body_limit} 字节"
        text = decoded(body, response.headers.get("Content-Type", ""))
        fault = text_fault(text, target.text, target.no_text, cut)
        return fault or (json_fault(text, target.json_values, cut) if target.json_values else "")

    def _opened(self) -> Session:
        if self._session is None:
            self._session = self._sessions.open_session(tls_context(self._target, self._folder), self._target.proxy)
        self._session.cookies.clear()
        return self._session

    def _answer(self, session: Session) -> Response | None:
        """The answer after redirects, its body not yet read; None if they do not end."""
        target = self._target
        url, headers = target.url, self._headers()
        for _ in range(_MOST_REDIRECTS + 1):
            request = self._sessions.Request(target.method, url, headers={**_OWN_HEADERS, **headers})
            response = session.send(session.prepare_request(request), stream=True, allow_redirects=False)
            place = response.headers.get("Location")
            if not target.redirects or response.status_code not in _REDIRECTS or place is None:
                return response
            response.close()
            following = urljoin(url, place)
            headers = headers if _same_origin(url, following) else {}
            url = following
        return None

    def _headers(self) -> dict[str, str]:
        """Read for every check, so that a secret can be replaced while we run."""
        listed = self._target.headers.items()
        return {name: value if isinstance(value, str) else value.read(self._folder) for name, value in listed}

    def _body(self, response: Response) -> tuple[bytes, bool]:
        """The body up to the limit, and whether that is all of it; what is not read is cut off."""
        read = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=True):
            read += chunk
            if len(read) > self._target.body_limit:
                response.close()
                return bytes(read[: self._target.body_limit]), False
        return bytes(read), True


def _same_origin(url: str, other: str) -> bool:
    """Whether what is meant for one address may be told to the other: the same server, or it over TLS."""
    one, two = urlsplit(url), urlsplit(other)
    ports = {"http": 80, "https": 443}
    here, there = ((part.scheme, part.port or ports.get(part.scheme)) for part in (one, two))
    return one.hostname == two.hostname and (here == there or (here, there) == (("http", 80), ("https", 443)))


class HttpProbe:
    """Asks an address and judges the answer."""

    name: ClassVar[str] = "http"
    label: ClassVar[str] = "HTTP(S) 地址"
    config: ClassVar[type[ProbeTarget]] = HttpTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _HttpChecker(target, folder)


PROBE = HttpProbe()
