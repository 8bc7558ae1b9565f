"""Real servers on loopback that behave badly in every way a target can."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

HOST = "127.0.0.1"
Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """A port at which each connection is handed to ``talk`` with the event of the server's end."""
    ended = threading.Event()
    with socket.create_server((HOST, 0), backlog=64) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection = server.accept()[0]
                    threading.Thread(target=hold, args=(connection,), daemon=True).start()

        def hold(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                talk(connection, ended)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)


@contextmanager
def unanswered() -> Iterator[int]:
    """A port that neither takes nor refuses a connection, like a host behind a firewall that drops what comes."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(4):  # who fills the queue that nobody empties
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def hang(connection: socket.socket, ended: threading.Event) -> None:
    """Say nothing."""
    ended.wait()


def drip(start: bytes) -> Talk:
    """Begin an answer and go on one byte at a time, for ever."""

    def talk(connection: socket.socket, ended: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(start)
        while not ended.wait(0.05):
            connection.sendall(b"x")

    return talk


def reset(connection: socket.socket, ended: threading.Event) -> None:
    """Take the request and reset the connection."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(answer: bytes) -> Talk:
    """Take the request, send ``answer`` and close."""

    def talk(connection: socket.socket, ended: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    return talk


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port


@dataclass
class Answer:
    """What a path of the web server answers."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)


class Web:
    """An HTTP server with one answer a path; ``seen`` are the requests' headers by path."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {"/": Answer()}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.connections: set[Any] = set()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one packet

            def do_GET(self) -> None:
                web.connections.add(self.client_address)
                web.seen.append((self.path, dict(self.headers.items())))
                answer = web.answers.get(self.path, Answer(404))
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

            def log_message(self, *args: Any) -> None:
                """Tests have nothing to read here."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *args: Any) -> None:
                """Probes hang up in the middle, on purpose."""

        self.server = Server((HOST, 0), Handler)
        self.scheme = "http"

    def address(self, path: str = "/", host: str = HOST) -> str:
        return f"{self.scheme}://{host}:{self.server.server_port}{path}"

    @contextmanager
    def running(self, context: ssl.SSLContext | None = None) -> Iterator[Web]:
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()


@contextmanager
def names(records: dict[tuple[str, str], list[str]], silent: bool = False) -> Iterator[int]:
    """A name server over UDP: (name, type) → values; other names do not exist, a name of another type is empty."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    data, client = server.recvfrom(4096)
                    if not silent and data:
                        server.sendto(_answered(data, records), client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def _answered(data: bytes, records: dict[tuple[str, str], list[str]]) -> bytes:
    query = dns.message.from_wire(data)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    question = query.question[0]
    name, kind = question.name.to_text().rstrip("."), question.rdtype.name
    values = records.get((name, kind))
    if values:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
    elif name == "broken.test":
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif not any(known == name for known, _ in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


class Authority:
    """A CA of the test's own, made with the openssl command in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test ca", "-days", "30")

    def issue(self, name: str, hosts: str, days: int = 30) -> Path:
        """A certificate with its key in one file; ``hosts`` as in a subjectAltName; below 0 days it has expired."""
        self._run("req", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={hosts}\n", encoding="ascii")
        made = ("-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", str(days))
        self._run("x509", "-req", *made, "-extfile", f"{name}.ext", "-out", f"{name}.crt")
        parts = [(self.folder / f"{name}{ending}").read_bytes() for ending in (".crt", ".key")]
        path = self.folder / f"{name}.pem"
        path.write_bytes(b"".join(parts))
        return path

    def context(self, name: str, clients: bool = False) -> ssl.SSLContext:
        """How a server shows the certificate ``name``; ``clients``: it wants to see one of ours, too."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem")
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.folder / "ca.pem")
        return context

    def ends_at(self, name: str) -> int:
        """When the certificate ends, as openssl reads it."""
        shown = self._run("x509", "-in", f"{name}.crt", "-noout", "-enddate").partition("=")[2]
        return int(ssl.cert_time_to_seconds(shown.strip()))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
