"""When a server's certificate ends: read from its bytes, because Python decodes only certificates it trusts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


def end_of(certificate: bytes) -> int | None:
    """``notAfter`` of an X.509 certificate in DER, in UTC seconds; None if the bytes are no such thing."""
    try:
        tag, signed = next(_items(next(_items(certificate))[1]))
        fields = [item for item in _items(signed) if item[0] != _VERSION]
        validity = fields[3][1]  # serial number, signature algorithm, issuer, validity
        _, (kind, text) = _items(validity)
        return _seconds(kind, text.decode("ascii")) if tag == _SEQUENCE else None
    except (IndexError, StopIteration, RuntimeError, ValueError):
        return None


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of the DER values that follow one another in ``data``."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size]), at + size
        if at + length > len(data):
            raise ValueError("the value is longer than its surroundings")
        yield tag, data[at : at + length]
        at += length


def _seconds(kind: int, text: str) -> int:
    if kind == _UTC_TIME:  # two digits of the year, 50 and above in the last century (RFC 5280)
        text = ("19" if text[:2] >= "50" else "20") + text
    elif kind != _GENERALIZED_TIME:
        raise ValueError("not a time")
    return int(datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp())
