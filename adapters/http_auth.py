"""Who we are to a server: headers made of secrets that are read when they are needed and kept nowhere else."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from adapters.http_config import Auth, Basic, HeaderAuth, OAuth
from metrics.errors import ConfigError, InputError

if TYPE_CHECKING:
    from adapters.http_client import Question

Asking = Callable[["Question"], Any]
_EARLY = 30  # seconds before its end in which a token is not used any more
_USUAL_LIFE = 300  # of a token that does not say


@dataclass
class Login:
    """No login at all; the others say their headers.

    ``secrets``: every text that must appear nowhere; known once the headers were asked for. ``origins``: further
    servers that may be asked on the login's behalf.
    """

    secrets: set[str] = field(default_factory=set)
    origins: frozenset[str] = frozenset()

    def headers(self, ask: Asking) -> dict[str, str]:
        """The headers of a request; ``ask`` sends a question of the login's own."""
        return {}

    def forget(self) -> bool:
        """The server took the headers for wrong: whether asking once more with fresh ones may help."""
        return False


@dataclass
class _Header(Login):
    name: str = "Authorization"
    value: Callable[[], tuple[str, set[str]]] = lambda: ("", set())

    def headers(self, ask: Asking) -> dict[str, str]:
        """Read for every request, so that a secret can be replaced while a long load runs."""
        text, secrets = self.value()
        self.secrets |= secrets
        return {self.name: text}


@dataclass
class _OAuth(Login):
    config: OAuth | None = None
    workspace: Path = Path()
    _token: str = ""
    _until: float = 0.0
    _used: int = 0

    def headers(self, ask: Asking) -> dict[str, str]:
        """The bearer token, asked for where there is none that still holds."""
        if not self._token or time.monotonic() > self._until:
            self._renew(ask)
        self._used += 1
        return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> bool:
        """A token that was good before may have been withdrawn; a fresh one is as wrong as the next."""
        was_good, self._token = self._used > 1, ""
        return was_good

    def _renew(self, ask: Asking) -> None:
        from adapters.http_client import Question

        assert self.config is not None
        secret = self.config.client_secret.read(self.workspace)
        self.secrets |= _spellings(secret)
        pair = f"{quote(self.config.client_id, safe='')}:{quote(secret, safe='')}"
        encoded = base64.b64encode(pair.encode()).decode()
        self.secrets.add(encoded)
        form = {"grant_type": "client_credentials"}
        if self.config.scope:
            form["scope"] = self.config.scope
        told = ask(Question(self.config.token_url, form=form, headers={"Authorization": f"Basic {encoded}"}))
        token = told.get("access_token") if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise InputError(f"{self.config.token_url} 的回答中没有 access_token，应为 OAuth 2 的令牌")
        self.secrets |= _spellings(token)
        life = told.get("expires_in")
        seconds = float(life) if isinstance(life, int | float) else _USUAL_LIFE
        self._token, self._used = token, 0
        self._until = time.monotonic() + max(seconds - _EARLY, 1)


def login_of(auth: Auth | None, workspace: Path) -> Login:
    """The login that the configuration asks for."""
    if auth is None:
        return Login()
    if auth.oauth is not None:
        parts = urlsplit(auth.oauth.token_url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        origin = f"{parts.scheme}://{parts.hostname}:{port}"
        return _OAuth(origins=frozenset((origin,)), config=auth.oauth, workspace=workspace)
    if auth.basic is not None:
        return _Header(value=_basic(auth.basic, workspace))
    if auth.bearer is not None:
        return _Header(value=_prefixed(auth.bearer.read, "Bearer ", workspace))
    assert auth.header is not None
    return _Header(name=auth.header.name, value=_header(auth.header, workspace))


def _basic(basic: Basic, workspace: Path) -> Callable[[], tuple[str, set[str]]]:
    def value() -> tuple[str, set[str]]:
        password = basic.password.read(workspace)
        encoded = base64.b64encode(f"{basic.user}:{password}".encode()).decode()
        return f"Basic {encoded}", {encoded, *_spellings(password)}

    return value


def _header(header: HeaderAuth, workspace: Path) -> Callable[[], tuple[str, set[str]]]:
    return _prefixed(header.value.read, header.prefix, workspace)


def _prefixed(read: Callable[[Path], str], prefix: str, workspace: Path) -> Callable[[], tuple[str, set[str]]]:
    def value() -> tuple[str, set[str]]:
        secret = read(workspace)
        if not (secret.isprintable() and secret.isascii()):
            raise ConfigError("auth 的令牌或密钥含有请求头中不能有的字符，应只有可见的 ASCII 字符")
        return f"{prefix}{secret}", _spellings(secret)

    return value


def _spellings(secret: str) -> set[str]:
    """A secret as it may stand in texts: plain, and as an address writes it."""
    return {secret, quote(secret, safe="")}
