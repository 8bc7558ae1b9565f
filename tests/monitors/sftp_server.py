"""Debian's OpenSSH as an SFTP server of a test's own, for the user that runs the tests."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.monitors.processes import folder, free_port, listening, process

_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/pid
AuthorizedKeysFile {folder}/client_key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {folder}/files
"""


@dataclass(frozen=True)
class SftpServer:
    """A running server. ``files`` is where clients begin; ``host_key`` as configuration writes it."""

    folder: Path
    port: int
    user: str
    host_key: str

    @property
    def files(self) -> Path:
        """What clients see first."""
        return self.folder / "files"

    @property
    def private_key(self) -> Path:
        """What opens the server."""
        return self.folder / "client_key"

    def put(self, name: str, content: bytes, modified_at: int) -> Path:
        """A file as a vendor uploads it."""
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (modified_at, modified_at))
        return path


def new_key(path: Path) -> str:
    """Make a key pair; the public one as ``ssh-ed25519 AAAA…``."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return " ".join(path.with_suffix(".pub").read_text(encoding="ascii").split()[:2])


@contextmanager
def sftp_server() -> Iterator[SftpServer]:
    """OpenSSH on a free port."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a privileged sshd insists on shutting its children in
    with folder("sftp") as made:
        (made / "files").mkdir()
        host_key = new_key(made / "host_key")
        new_key(made / "client_key")
        port = free_port()
        (made / "sshd_config").write_text(_CONFIG.format(folder=made, port=port), encoding="ascii")
        command = ["/usr/sbin/sshd", "-D", "-e", "-f", str(made / "sshd_config")]
        with process(command, made / "output", lambda: listening(port)):
            yield SftpServer(made, port, pwd.getpwuid(os.geteuid()).pw_name, host_key)
