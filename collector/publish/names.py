"""File names that every system takes, out of names that people gave."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_MOST_BYTES = 180  # of 255, so that there is room for an ending and a part file's name


def safe_name(text: str) -> str:
    """``text`` without what no file name may hold; never empty, hidden, reserved or too long."""
    plain = _FORBIDDEN.sub("_", text).strip(" .") or "_"
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return plain.encode()[:_MOST_BYTES].decode(errors="ignore").rstrip(" .")
