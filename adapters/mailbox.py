"""A mailbox folder (adapter ``mailbox``): attachments of its mails, by IMAP over TLS; the mails stay as they are."""

from __future__ import annotations

import binascii
import hashlib
import imaplib
import re
import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.message import Message
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from adapters import patterns
from adapters.base import Context, Fetch, Greeting
from adapters.connections import connecting, connection_fact, trusting
from adapters.drop import Brought, DropAdapter, Watch, safe_name
from adapters.mailbox_config import MailboxConfig
from adapters.mails import address_of, attachments, decoded, parsed, sender_of
from metrics.errors import ConfigError, PassingError

_HEAD = "(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID)])"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_VALIDITY = re.compile(r"\d+")
_SHOWN = 5
_OVERHEAD = 1 << 20  # a server may send this much more than the size it told


@dataclass(frozen=True)
class _Envelope:
    """What is known of a mail before it is fetched; ``size`` in bytes, ``arrived_at`` UTC seconds."""

    key: str
    origin: str
    size: int
    arrived_at: int | None
    head: Message


class MailboxAdapter(DropAdapter):
    """Attachments of an IMAP folder."""

    name: ClassVar[str] = "mailbox"
    label: ClassVar[str] = "邮箱附件"
    config: ClassVar[type[BaseModel]] = MailboxConfig

    def bring(
        self, config: MailboxConfig, context: Context, known: Collection[str], scratch: Path
    ) -> Iterator[Brought]:
        """Mail after mail in the order of their arrival; a mail's last item is the mail itself."""
        with _opened(config, context) as box:
            for uid in box.uids():
                key = box.key(uid)
                if key not in known:
                    yield from _mail(box, uid, key, scratch)

    def greet(self, config: MailboxConfig, context: Context, ask: Fetch) -> Greeting:
        """How many mails there are, and who sent the newest."""
        with _opened(config, context) as box:
            uids = box.uids()
            found = [box.envelope(uid, box.key(uid)) for uid in uids[-_SHOWN:]]
        lines = [f"已登录 {config.host}，文件夹“{config.folder}”中有 {len(uids):,} 封邮件"]
        lines += [f"{sender_of(mail.head) or '？'}：{_subject(mail)}" for mail in found if mail]
        return Greeting(tuple(lines))


class _Box:
    """An opened folder, read-only."""

    def __init__(self, imap: _Imap, config: MailboxConfig) -> None:
        self.imap, self.config = imap, config
        _done(imap.select(_quoted(config.folder), readonly=True), f"邮箱中没有文件夹“{config.folder}”或无权读取")
        told = imap.response("UIDVALIDITY")[1] or [b""]
        self._validity = told[0].decode("ascii", "replace") if isinstance(told[0], bytes) else ""
        # What decides which attachments of a mail are taken: with other rules each mail is looked at anew.
        rules = repr((config.names, config.senders, config.limit))
        self._rules = hashlib.sha256(rules.encode()).hexdigest()[:8]

    def key(self, uid: str) -> str:
        """A mail, under the present rules; a folder made anew numbers its mails anew."""
        return f"{self._validity}.{uid}@{self._rules}"

    def uids(self) -> list[str]:
        """The mails of the folder, oldest first."""
        since = self.config.since
        asked = ("SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}") if since else ("ALL",)
        data = _done(self.imap.uid("SEARCH", *asked), "邮箱不能列出邮件")
        return [uid.decode("ascii") for line in data if isinstance(line, bytes) for uid in line.split()]

    def envelope(self, uid: str, key: str) -> _Envelope | None:
        """None when the mail has been deleted meanwhile."""
        described, content = self._fetched(uid, _HEAD)
        size = _SIZE.search(described)
        if size is None:
            return None
        moment = imaplib.Internaldate2tuple(described)
        arrived_at = None if moment is None else _seconds(moment)
        head = parsed(content)
        name = str(head.get("Message-ID", "")).strip()
        origin = f"imap://{self.config.user}@{self.config.host}/{self.config.folder};UID={uid}"
        return _Envelope(key, f"{origin} {name}".strip(), int(size[1]), arrived_at, head)

    def content(self, uid: str) -> Message | None:
        """The whole mail; None when it has been deleted meanwhile."""
        _, content = self._fetched(uid, "(BODY.PEEK[])")
        return parsed(content) if content else None

    def _fetched(self, uid: str, parts: str) -> tuple[bytes, bytes]:
        """What the server says of a mail, and the one long text that it sends with it."""
        self.imap.begin()
        described, content = b"", b""
        for line in _done(self.imap.uid("FETCH", uid, parts), f"邮箱不给出第 {uid} 号邮件"):
            if isinstance(line, tuple):
                described, content = described + b" " + line[0], line[1]
            elif isinstance(line, bytes):
                described += b" " + line
        return described, content


def _mail(box: _Box, uid: str, key: str, scratch: Path) -> Iterator[Brought]:
    mail = box.envelope(uid, key)
    if mail is None:
        return
    seen = Brought(key, origin=mail.origin, sender=sender_of(mail.head), arrived_at=mail.arrived_at)
    if mail.size > box.config.limit:
        refused = f"邮件有 {mail.size / 1e6:.1f} MB，超过 {box.config.max_megabytes} 兆字节"
        yield replace(seen, name=safe_name(_subject(mail) or "邮件"), refused=refused)
        return
    content = box.content(uid) if _wanted(box.config, mail.head) else None
    for attachment in attachments(content) if content else ():
        part = replace(seen, key=f"{key}/{attachment.position}", name=safe_name(attachment.name))
        if not patterns.matches(part.name, box.config.names):
            continue
        if attachment.damaged:
            yield replace(part, refused="附件的编码已损坏，应请对方重发")
            continue
        path = scratch / "attachment"
        path.write_bytes(attachment.content)
        yield replace(part, path=path)
    yield seen


def _subject(mail: _Envelope) -> str:
    return decoded(str(mail.head.get("Subject", "")))


def _wanted(config: MailboxConfig, head: Message) -> bool:
    address = address_of(head)
    return not config.senders or any(fnmatchcase(address, sender.lower()) for sender in config.senders)


class _Imap(imaplib.IMAP4):
    """An IMAP connection that takes no answer longer than it asked for, in bytes and in time."""

    def __init__(self, watch: Watch, config: MailboxConfig, **more: Any) -> None:
        self._watch, self._config, self._limit = watch, config, config.limit + _OVERHEAD
        super().__init__(config.host, config.port, **more)

    def open(self, host: str = "", port: int | None = 0, timeout: float | None = None) -> None:
        """Connect within the time for it, and watch from here on."""
        with connecting(self._config.connect_timeout):
            super().open(host, port or self._config.port, self._config.connect_timeout)
        self.sock.settimeout(self._config.timeout)
        self.begin()

    def begin(self) -> None:
        """The next step."""
        self._watch.arm(self._cut)

    def read(self, size: int) -> bytes:
        """A literal of the answer, refused when it is longer than a mail may be."""
        if size > self._limit:
            raise PassingError("邮件服务器的应答比它报的大小长得多，已断开")
        return super().read(size)

    def shutdown(self) -> None:
        """The end."""
        self._watch.disarm()
        super().shutdown()

    def _cut(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(2)


class _ImapTls(_Imap, imaplib.IMAP4_SSL):
    """The same from the first byte in TLS."""


@contextmanager
def _opened(config: MailboxConfig, context: Context) -> Iterator[_Box]:
    """A logged-in folder; whatever goes wrong says where, and never what was sent."""
    place = f"邮箱 {config.user}@{config.host}:{config.port}"
    password = config.password.read(context.workspace)
    tls = trusting(config.ca, context.workspace)
    watch = Watch(config.longest)
    try:
        imap = _connected(config, tls, watch)
        try:
            _login(imap, config.user, password)
            yield _Box(imap, config)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                imap.logout()
            with suppress(OSError):
                imap.shutdown()  # a failed logout leaves it open
    except (OSError, EOFError, imaplib.IMAP4.abort) as error:
        raise PassingError(watch.fact(connection_fact(error))).within(place) from None
    except imaplib.IMAP4.error:
        raise PassingError(watch.fact("服务器的应答不合 IMAP 协议")).within(place) from None
    except (ConfigError, PassingError) as error:
        raise error.within(place) from None
    finally:
        watch.disarm()


def _connected(config: MailboxConfig, tls: ssl.SSLContext, watch: Watch) -> _Imap:
    if config.security == "tls":
        return _ImapTls(watch, config, ssl_context=tls)
    imap = _Imap(watch, config)
    imap.starttls(tls)
    return imap


def _login(imap: _Imap, user: str, password: str) -> None:
    """By LOGIN with literals where the name or the password is more than ASCII."""
    try:
        imap.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise ConfigError("登录被拒绝，应核对 user 和 password，以及邮箱是否开通了 IMAP") from None


def _done(answer: tuple[str, list[Any]], fact: str) -> list[Any]:
    """The data of an answer that must be OK."""
    if answer[0] != "OK":
        raise ConfigError(fact)
    return answer[1]


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _seconds(moment: Any) -> int:
    return int(time.mktime(moment))  # Internaldate2tuple gives local time


def _quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 in quotes."""
    written, pending = [], ""
    for letter in f"{folder}\0":
        if " " <= letter <= "~" or letter == "\0":
            if pending:
                coded = binascii.b2a_base64(pending.encode("utf-16-be"), newline=False).rstrip(b"=").replace(b"/", b",")
                written.append(f"&{coded.decode()}-")
                pending = ""
            written.append("&-" if letter == "&" else letter)
        else:
            pending += letter
    plain = "".join(written).rstrip("\0").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


ADAPTER = MailboxAdapter()
