"""requests over connections that end in time: one session for one target."""

from __future__ import annotations

import ssl
import sys
from http.client import RemoteDisconnected
from typing import Any

from requests import Request, RequestException, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from adapters.probes.bounded import connect, current, handshake

__all__ = ["FAILURES", "Request", "open_session"]

#: What sending and reading may raise, besides OSError and ValueError.
FAILURES = (RequestException, HTTPError)


def _still_open(connection: HTTPConnection) -> None:
    """The other side may hang up while the request is sent, which closes the connection without an error."""
    if connection.sock is None:
        raise RemoteDisconnected("closed while the request was sent")


class _Connection(HTTPConnection):
    def _new_conn(self) -> Any:
        current().connect()
        connection = connect(self.host, self.port)
        current().connected()
        sys.audit("http.client.connect", self, self.host, self.port)
        return connection

    def getresponse(self) -> Any:
        _still_open(self)
        return super().getresponse()


class _TlsConnection(HTTPSConnection):
    """TLS by the pool's own context and nothing added to it, for many targets share one."""

    def connect(self) -> None:
        current().connect()
        connection = connect(self.host, self.port)
        self.sock = connection
        name = self.host
        if self._tunnel_host is not None:
            name = self._tunnel_host
            self._tunnel()
        assert isinstance(self.ssl_context, ssl.SSLContext)
        self.sock = handshake(connection, self.ssl_context, name.rstrip("."))
        self.is_verified = True
        current().connected()

    def getresponse(self) -> Any:
        _still_open(self)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=4, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **more, ssl_context=self._context)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context has been told; nothing is loaded for each connection."""


class _Session(Session):
    def get_redirect_target(self, resp: Any) -> None:
        """Redirects are followed by the probe; following them here would read bodies of any size."""


def open_session(context: ssl.SSLContext, proxy: str | None) -> Session:
    """A session that takes nothing from the environment: no proxy, no .netrc."""
    session = _Session()
    session.trust_env = False
    session.headers.clear()
    session.adapters.clear()  # those that a session begins with are a third of its memory
    session.mount("http", _Adapter(context))
    if proxy is not None:
        session.proxies = {"http": proxy, "https": proxy}
    return session
