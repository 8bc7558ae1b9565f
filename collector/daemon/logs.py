"""Logs: one line an event, English keys, as ``key=value`` or JSON, on stderr, where the journal takes them."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import Any, Literal

_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_FIELDS = "yunwei_fields"


def event(logger: logging.Logger, level: int, name: str, raised: BaseException | None = None, /, **fields: Any) -> None:
    """Log that something happened: ``name`` says what, ``fields`` the rest; the traceback of ``raised`` goes along."""
    logger.log(level, name, exc_info=raised, extra={_FIELDS: fields})


class _Formatter(logging.Formatter):
    """One line a record; under the journal with its priority before and without the time, which it knows."""

    def __init__(self, style: Literal["keyvalue", "json"], journal: bool) -> None:
        super().__init__()
        self._written, self._journal = style, journal

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {} if self._journal else {"time": _moment(record.created)}
        fields |= {"level": record.levelname.lower(), "event": record.getMessage()}
        fields |= getattr(record, _FIELDS, {"logger": record.name})
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        line = json.dumps(fields, ensure_ascii=False, default=str) if self._written == "json" else _key_values(fields)
        return f"<{_PRIORITIES.get(record.levelno, 6)}>{line}" if self._journal else line


def set_up(style: Literal["keyvalue", "json"]) -> None:
    """Send all logs of this process to stderr; may be called again."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(style, "JOURNAL_STREAM" in os.environ))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("apscheduler", "alembic", "urllib3", "paramiko"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _key_values(fields: dict[str, Any]) -> str:
    return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


def _value(value: Any) -> str:
    """As it is where it is one plain word, else as a JSON text."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    plain = text != "" and not any(character in text for character in ' "=\\') and text.isprintable()
    return text if plain else json.dumps(text, ensure_ascii=False)


def _moment(seconds: float) -> str:
    """Local time with its offset, to the millisecond."""
    local = time.localtime(seconds)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', local)}.{int(seconds % 1 * 1000):03d}{time.strftime('%z', local)}"
