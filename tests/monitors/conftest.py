"""Real servers for the adapters of monitoring and drop: each started once, by the first test that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.probes.servers import Authority
from tests.ingest.workspace import Workspace
from tests.monitors.mail_server import MailServer, mail_server
from tests.monitors.sftp_server import SftpServer, sftp_server
from tests.servers import needed


@pytest.fixture
def mails(authority: Authority) -> Iterator[MailServer]:
    """A mailbox of the test's own."""
    needed("dovecot")
    with mail_server(authority) as server:
        yield server


@pytest.fixture
def files_there() -> Iterator[SftpServer]:
    """An SFTP folder of the test's own."""
    needed("sshd", "ssh-keygen")
    with sftp_server() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A small court with a store of its own."""
    with Workspace(tmp_path / "court") as made:
        yield made
