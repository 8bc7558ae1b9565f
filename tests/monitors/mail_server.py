"""Debian's Dovecot with a mailbox of its own: a maildir that tests put mails into."""

from __future__ import annotations

import email.policy
import os
import pwd
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.adapters.probes.servers import Authority
from tests.monitors.processes import HOST, folder, free_port, listening, process

PASSWORD = "only-for-tests"
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
auth_mechanisms = plain
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_internal_user = {internal}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  {unrooted}
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  {unrooted}
}}
service stats {{
  {unrooted}
}}
"""


@dataclass(frozen=True)
class MailServer:
    """A running server; any user name has the password. ``port`` speaks TLS, ``plain_port`` STARTTLS."""

    folder: Path
    port: int
    plain_port: int
    owner: tuple[int, int]

    def put(self, mail: EmailMessage, name: str, arrived_at: int, mailbox: str = "") -> None:
        """Deliver a mail; ``mailbox`` as Maildir++ writes it (modified UTF-7), "" the INBOX."""
        place = self.folder / "mail" / (f".{mailbox}" if mailbox else "")
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True, exist_ok=True)
        path = place / "new" / f"{arrived_at}.{name}.test"
        path.write_bytes(mail.as_bytes(policy=email.policy.SMTP))
        os.utime(path, (arrived_at, arrived_at))
        for below in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
            shutil.chown(below, *self.owner)


@contextmanager
def mail_server(authority: Authority, certificate: str = "good") -> Iterator[MailServer]:
    """Dovecot on two free ports, with a certificate that ``authority`` has issued."""
    account = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    root = os.geteuid() == 0
    with folder("imap") as made:
        shutil.copy(authority.folder / f"{certificate}.pem", made / "server.pem")
        (made / "mail").mkdir()
        shutil.chown(made / "mail", account.pw_uid, account.pw_gid)
        port, plain_port = free_port(), free_port()
        text = _CONFIG.format(
            folder=made,
            port=port,
            plain_port=plain_port,
            password=PASSWORD,
            uid=account.pw_uid,
            gid=account.pw_gid,
            internal="dovecot" if root else account.pw_name,
            login="dovenull" if root else account.pw_name,
            unrooted="" if root else "chroot =",
        )
        (made / "dovecot.conf").write_text(text, encoding="ascii")
        command = ["/usr/sbin/dovecot", "-F", "-c", str(made / "dovecot.conf")]
        with process(command, made / "output", lambda: listening(port)):
            yield MailServer(made, port, plain_port, (account.pw_uid, account.pw_gid))


ZHANG = "张三 <zhang@jia.example>"


def mail(subject: str, sender: str = ZHANG, files: Mapping[str, bytes] | None = None, **more: bytes) -> EmailMessage:
    """A mail with files: name → content; of keywords, ``__`` stands for the dot before the ending."""
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, sender, "court@court.example"
    made["Message-ID"] = f"<{subject.encode().hex()}@jia.example>"
    made.set_content("见附件。")
    named = {**(files or {}), **{name.replace("__", "."): content for name, content in more.items()}}
    for name, content in named.items():
        made.add_attachment(content, "application", "octet-stream", filename=name)
    return made


__all__ = ["HOST", "PASSWORD", "MailServer", "mail", "mail_server"]
