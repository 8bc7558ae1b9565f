"""One hard end for everything a check does: looking up a name, connecting, handshakes, every read and write.

A timeout of a socket is per operation, so a server that sends one byte a second never meets it. Here each operation
gets what is left of the whole. The deadline belongs to the thread, because a socket that is kept between checks has
to obey whichever check uses it.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adapters.probes.certificate import end_of

_thread = threading.local()

Address = tuple[int, Any]


class Deadline:
    """The end of one check.

    ``phase``: what is being waited for, in Chinese, for the reason; ``certificate_expires_at``: of the last
    certificate that a server showed, None before a handshake. ``connecting``: seconds in which a connection (name,
    TCP, TLS) has to stand; the whole where it is None. ``seconds``: the limit that holds at present.
    """

    def __init__(self, seconds: float, connecting: float | None = None) -> None:
        self.seconds = self._whole = seconds
        self._connecting = seconds if connecting is None else min(connecting, seconds)
        self.phase = "应答"
        self.certificate_expires_at: int | None = None
        self._started = time.perf_counter()

    def connect(self) -> None:
        """A connection is being made, until :meth:`connected`."""
        self.seconds = self._connecting

    def connected(self) -> None:
        """The connection stands; now an answer is waited for."""
        self.seconds, self.phase = self._whole, "应答"

    def left(self) -> float:
        """Seconds until the end, more than none; TimeoutError when it is reached."""
        left = self._started + self.seconds - time.perf_counter()
        if left <= 0:
            raise TimeoutError
        return left

    def elapsed_ms(self) -> int:
        """Whole milliseconds since the start."""
        return round((time.perf_counter() - self._started) * 1000)


@contextmanager
def bounded(seconds: float, connecting: float | None = None) -> Iterator[Deadline]:
    """Within the block, everything that this module opened ends in ``seconds``, and a connection in ``connecting``."""
    deadline = _thread.deadline = Deadline(seconds, connecting)
    try:
        yield deadline
    finally:
        del _thread.deadline


def current() -> Deadline:
    """The deadline of the check that this thread is in."""
    deadline: Deadline = _thread.deadline
    return deadline


class BoundedSocket(socket.socket):
    """A socket whose every operation gets what is left of the check."""

    def recv(self, *args: Any) -> bytes:
        self.settimeout(current().left())
        return super().recv(*args)

    def recv_into(self, *args: Any) -> int:
        self.settimeout(current().left())
        return super().recv_into(*args)

    def send(self, *args: Any) -> int:
        self.settimeout(current().left())
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self.settimeout(current().left())
        super().sendall(*args)


class BoundedTlsSocket(ssl.SSLSocket):
    """The same for what TLS is spoken over; contexts that should use it have it as ``sslsocket_class``."""

    def recv(self, *args: Any) -> bytes:
        self.settimeout(current().left())
        return super().recv(*args)

    def recv_into(self, *args: Any) -> int:
        self.settimeout(current().left())
        return super().recv_into(*args)

    def send(self, *args: Any) -> int:
        self.settimeout(current().left())
        return super().send(*args)


def connect(host: str, port: int) -> BoundedSocket:
    """A TCP connection to the first address that answers; each gets its share of the time that is left.

    Raises:
        OSError: the last address's answer; TimeoutError where the time ran out; gaierror for an unknown name.
    """
    deadline = current()
    addresses = resolve(host, port)
    deadline.phase = "连接"
    for tried, (family, address) in enumerate(addresses):
        connection = BoundedSocket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(deadline.left() / (len(addresses) - tried))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
    raise last


def handshake(connection: BoundedSocket, context: ssl.SSLContext, server_name: str) -> ssl.SSLSocket:
    """Speak TLS over ``connection``, which is closed where that fails."""
    deadline = current()
    deadline.phase = "TLS 握手"
    try:
        connection.settimeout(deadline.left())
        secured = context.wrap_socket(connection, server_hostname=server_name)
    except BaseException:
        connection.close()
        raise
    deadline.certificate_expires_at = end_of(secured.getpeercert(binary_form=True) or b"")
    return secured


def resolve(host: str, port: int, kind: int = socket.SOCK_STREAM) -> list[Address]:
    """(family, address) of ``host``, in the system's order; a literal address needs no lookup.

    Raises:
        socket.gaierror: there is no such name, or no server that knows.
        TimeoutError: the lookup did not end in time; it is left to itself, for nothing can end it.
    """
    current().phase = "域名解析"
    try:
        found = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        lookup = _Lookup.of(host, kind)
        if not lookup.done.wait(current().left()):
            raise TimeoutError from None
        if lookup.error is not None:
            raise lookup.error from None
        found = lookup.found
    return [(family, (address[0], port, *address[2:])) for family, _, _, _, address in found]


class _Lookup:
    """One lookup by the system, in a thread of its own; whoever asks for the same name meanwhile waits for it."""

    _running: dict[tuple[str, int], _Lookup] = {}  # noqa: RUF012 - shared by all, on purpose
    _lock = threading.Lock()

    def __init__(self, host: str, kind: int) -> None:
        self.host, self.kind = host, kind
        self.done = threading.Event()
        self.found: list[Any] = []
        self.error: OSError | None = None

    @classmethod
    def of(cls, host: str, kind: int) -> _Lookup:
        with cls._lock:
            lookup = cls._running.get((host, kind))
            if lookup is None:
                lookup = cls._running[host, kind] = cls(host, kind)
                threading.Thread(target=lookup._run, name=f"lookup {host}", daemon=True).start()
            return lookup

    def _run(self) -> None:
        try:
            self.found = socket.getaddrinfo(self.host, None, type=self.kind)
        except OSError as error:
            self.error = error
        except UnicodeError:
            self.error = socket.gaierror(socket.EAI_NONAME, "not a host name")
        finally:
            with self._lock:
                del self._running[self.host, self.kind]
            self.done.set()
