"""The event stream of Icinga 2: one JSON a line for as long as we listen, never longer."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from adapters.base import Context
from adapters.connections import connecting, connection_fact, trusting
from adapters.http_auth import login_of
from adapters.icinga_config import IcingaConfig
from metrics.errors import ConfigError, InputError, PassingError

_LONGEST_LINE = 1 << 20


class Stream:
    """An open stream: what happens from now on is kept for us by the server until we read it."""

    def __init__(self, link: socket.socket, reply: http.client.HTTPResponse, most: int) -> None:
        self._link, self._reply, self._most = link, reply, most

    def lines(self, seconds: float) -> Iterator[bytes]:
        """Whole lines that come within ``seconds``; it ends early where the server ends the stream.

        Raises:
            InputError: more came than one reply may hold; what came before was given.
        """
        until = time.monotonic() + seconds
        read = 0
        while (left := until - time.monotonic()) > 0:
            self._link.settimeout(left)
            try:
                line = self._reply.readline(_LONGEST_LINE)
            except (TimeoutError, OSError, http.client.HTTPException):
                return  # the time is up, or the connection broke: what was missed will be seen by its absence
            if not line.endswith(b"\n"):
                return
            read += len(line)
            if read > self._most:
                raise InputError("事件流太多，超过 largest_reply；请把 listen 改短，或提高 largest_reply")
            if line.strip():
                yield line.strip()


@contextmanager
def event_stream(config: IcingaConfig, context: Context, types: list[str]) -> Iterator[Stream]:
    """Ask for events of ``types``; closed at the end of the block.

    Raises:
        PassingError: nobody answers.
        ConfigError: login, permissions or certificate are wrong.
    """
    parts = urlsplit(config.url)
    where = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    link: http.client.HTTPConnection
    if parts.scheme == "https":
        trust = trusting(config.ca, context.workspace)
        if config.client_certificate is not None:
            own, key = config.client_certificate, config.client_key
            trust.load_cert_chain(context.workspace / own, context.workspace / key if key else None)
        link = http.client.HTTPSConnection(*where, timeout=config.connect_timeout, context=trust)
    else:
        link = http.client.HTTPConnection(*where, timeout=config.connect_timeout)
    place = f"{config.url} 的事件流"
    try:
        reply, wire = _opened(config, context, link, types, place)
        with reply:
            yield Stream(wire, reply, config.largest_reply)
    finally:
        link.close()


def _opened(
    config: IcingaConfig, context: Context, link: http.client.HTTPConnection, types: list[str], place: str
) -> tuple[http.client.HTTPResponse, socket.socket]:
    """The answer, and the wire it comes over, which the answer takes from the connection where it is the last."""
    headers = login_of(config.auth, context.workspace).headers(lambda question: None)
    headers |= {"Accept": "application/json", "Content-Type": "application/json"}
    body = json.dumps({"queue": f"yunwei-{context.source}", "types": types})
    path = f"{urlsplit(config.url).path.rstrip('/')}/v1/events"
    try:
        with connecting(config.connect_timeout):
            link.connect()
        wire: socket.socket = link.sock
        wire.settimeout(config.timeout)
        link.request("POST", path, body, headers)
        reply = link.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise PassingError(f"{place}打不开：{connection_fact(error)}") from None
    if reply.status in (401, 403, 404):  # Icinga hides what it does not permit
        raise ConfigError(f"{place}回答 {reply.status}；请核对 auth，并给 ApiUser 权限 events/checkresult")
    if reply.status != 200:
        raise PassingError(f"{place}回答 {reply.status}，应为 200")
    return reply, wire
