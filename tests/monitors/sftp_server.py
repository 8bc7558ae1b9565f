"""Debian's OpenSSH as an SFTP server of a test's own, for the user that runs the tests."""

from __future__ import annotations

import os
import pwd
import re
import shutil
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
PasswordAuthentication {passwords}
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


def new_key(path: Path, passphrase: str = "", kind: str = "ed25519") -> str:
    """Make a key pair; the public one as ``ssh-ed25519 AAAA…``."""
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)], check=True)
    return " ".join(path.with_suffix(".pub").read_text(encoding="ascii").split()[:2])


@contextmanager
def sftp_server(port: int | None = None, passphrase: str = "", kind: str = "ed25519") -> Iterator[SftpServer]:
    """OpenSSH on a port that is free, with a new host key of a kind; ``passphrase``: of the key that opens it."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where a privileged sshd insists on shutting its children in
    with folder("sftp") as made:
        (made / "files").mkdir()
        host_key = new_key(made / "host_key", kind=kind)
        new_key(made / "client_key", passphrase)
        port = port or free_port()
        config = _CONFIG.format(folder=made, port=port, passwords="no")
        (made / "sshd_config").write_text(config, encoding="ascii")
        command = ["/usr/sbin/sshd", "-D", "-e", "-f", str(made / "sshd_config")]
        with process(command, made / "output", lambda: listening(port)):
            yield SftpServer(made, port, pwd.getpwuid(os.geteuid()).pw_name, host_key)


@contextmanager
def password_server(user: str, password: str) -> Iterator[SftpServer]:
    """OpenSSH in a root of its own, with an account of its own that has a password: only root can start it."""
    with folder("sftp") as made:
        _furnish(made, user, password)
        host_key, port = new_key(made / "host_key"), free_port()
        config = _CONFIG.format(folder="", port=port, passwords="yes")
        (made / "sshd_config").write_text(config, encoding="ascii")
        command = ["chroot", str(made), "/usr/sbin/sshd", "-D", "-e", "-f", "/sshd_config"]
        with process(command, made / "output", lambda: listening(port)):
            yield SftpServer(made, port, user, host_key)


def _furnish(root: Path, user: str, password: str) -> None:
    """What sshd needs to live in ``root``: itself with its libraries, its own account and the user's."""
    told = subprocess.run(["ldd", "/usr/sbin/sshd"], check=True, capture_output=True, text=True).stdout
    for name in ("/usr/sbin/sshd", *re.findall(r"(/\S+) \(0x", told)):
        place = root / name.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, place)
    for name in ("etc", "run/sshd", "dev", "files"):
        (root / name).mkdir(parents=True)
    os.mknod(root / "dev/null", 0o666 | 0o020000, os.makedev(1, 3))
    (root / "dev/null").chmod(0o666)
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"], input=password, check=True, capture_output=True, text=True
    ).stdout.strip()
    shell = "/usr/sbin/sshd"  # there has to be one, and nobody gets it
    accounts = f"root:x:0:0::/:{shell}\nsshd:x:107:65534::/run/sshd:{shell}\n{user}:x:1000:1000::/files:{shell}\n"
    (root / "etc/passwd").write_text(accounts, encoding="ascii")
    (root / "etc/group").write_text(f"root:x:0:\n{user}:x:1000:\n", encoding="ascii")
    (root / "etc/shadow").write_text(f"root:*:19000::::::\n{user}:{hashed}:19000::::::\n", encoding="ascii")
