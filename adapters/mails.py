"""A mail's attachments as files, whatever its program made of their names."""

from __future__ import annotations

import email
import email.header
import email.message
import email.utils
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail; ``position`` among its parts, ``damaged`` when its coding is broken."""

    position: int
    name: str
    content: bytes
    damaged: bool


def attachments(mail: email.message.Message) -> Iterator[Attachment]:
    """Every part that is a file by its name or its disposition, also inside forwarded mails."""
    for position, part in enumerate(mail.walk()):
        if position == _MOST_PARTS:
            return
        name = decoded(part.get_filename() or "")
        if part.is_multipart() or not (name or part.get_content_disposition() == "attachment"):
            continue
        content = part.get_payload(decode=True)
        damaged = bool(part.defects) or not isinstance(content, bytes)
        yield Attachment(position, name or "附件", content if isinstance(content, bytes) else b"", damaged)


def sender_of(mail: email.message.Message) -> str | None:
    """``张三 <zhang@jia.example>``; None where nobody is named."""
    name, address = email.utils.parseaddr(str(mail.get("From", "")))
    shown = decoded(name)
    return (f"{shown} <{address}>" if shown else address) or None


def address_of(mail: email.message.Message) -> str:
    """The sender's bare address, in small letters."""
    return email.utils.parseaddr(str(mail.get("From", "")))[1].lower()


def parsed(content: bytes) -> email.message.Message:
    """A mail, or the head of one."""
    return email.message_from_bytes(content)


def decoded(text: str) -> str:
    """RFC 2047 words and raw bytes as text; what nobody can decode keeps a mark in its place."""
    try:
        pieces = email.header.decode_header(text)
    except email.errors.HeaderParseError:
        return text
    return "".join(_text(piece, charset) for piece, charset in pieces).strip()


def _text(piece: str | bytes, charset: str | None) -> str:
    raw = piece.encode("ascii", "surrogateescape") if isinstance(piece, str) and _has_raw(piece) else piece
    if isinstance(raw, str):
        return raw
    for name in (_wider(charset), "utf-8", "gb18030"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("ascii", "replace")


def _has_raw(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _wider(charset: str | None) -> str:
    """Programs say gb2312 and mean GBK."""
    name = (charset or "utf-8").lower()
    return "gb18030" if name in ("gb2312", "gbk", "unknown-8bit") else name
