"""A wire between us and a server that breaks when a test says so."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.monitors.processes import HOST

_RESET = struct.pack("ii", 1, 0)


class Relay:
    """Passes bytes on; the server's bytes of a connection only up to ``most``, then it cuts both ends."""

    def __init__(self, port: int) -> None:
        self.most: int | None = None
        self._target = port
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                ours = self._listener.accept()[0]
                theirs = socket.create_connection((HOST, self._target))
                threading.Thread(target=self._pass, args=(ours, theirs, None), daemon=True).start()
                threading.Thread(target=self._pass, args=(theirs, ours, self.most), daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()

    def _pass(self, source: socket.socket, sink: socket.socket, most: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while chunk := source.recv(4096):
                passed += len(chunk)
                if most is not None and passed > most:
                    for end in (source, sink):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                        end.shutdown(socket.SHUT_RDWR)
                        end.close()
                    return
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    """A relay to ``port`` of this machine."""
    made = Relay(port)
    threading.Thread(target=made.serve, daemon=True).start()
    try:
        yield made
    finally:
        made.close()
