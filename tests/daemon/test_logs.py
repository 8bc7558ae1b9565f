"""One line an event, for people with grep and for programs; the journal's way under the journal."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest

from collector.daemon.logs import event, set_up

LOG = logging.getLogger("yunwei.test")
Lines = Callable[[Literal["keyvalue", "json"]], io.StringIO]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Sets logging up and gives what is written; all is as before after the test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)

    def begin(style: Literal["keyvalue", "json"]) -> io.StringIO:
        written = io.StringIO()
        monkeypatch.setattr("sys.stderr", written)
        set_up(style)
        return written

    yield begin
    root.handlers[:] = before
    root.setLevel(level)


def test_keys_and_values_are_told_apart_whatever_the_values_hold(lines: Lines) -> None:
    written = lines("keyvalue")
    event(LOG, logging.INFO, "job_done", job="seal", seconds=0.5, all=True, error='说："不行"\n', empty="")
    (line,) = written.getvalue().splitlines()
    assert re.match(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4} level=info event=job_done ", line)
    assert line.endswith('job=seal seconds=0.5 all=true error="说：\\"不行\\"\\n" empty=""')


def test_json_holds_the_same(lines: Lines) -> None:
    written = lines("json")
    event(LOG, logging.WARNING, "job_failed", job="seal", error="磁盘已满")
    told = json.loads(written.getvalue())
    del told["time"]
    assert told == {"level": "warning", "event": "job_failed", "job": "seal", "error": "磁盘已满"}


def test_a_traceback_stays_on_the_line_of_its_event(lines: Lines) -> None:
    written = lines("keyvalue")
    try:
        raise ZeroDivisionError("1/0")
    except ZeroDivisionError as error:
        event(LOG, logging.ERROR, "job_failed", error, job="seal")
    (line,) = written.getvalue().splitlines()
    assert "Traceback (most recent call last):\\n" in line
    assert "ZeroDivisionError" in line


def test_the_journal_gets_the_priority_and_needs_no_time(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    written = lines("keyvalue")
    event(LOG, logging.ERROR, "archive_damaged", error="坏了")
    assert written.getvalue() == "<3>level=error event=archive_damaged error=坏了\n"


def test_what_others_log_is_kept_with_its_logger(lines: Lines) -> None:
    written = lines("keyvalue")
    logging.getLogger("collector.probing").warning("拨测结果暂时无法入库：%s", "锁")
    assert "event=拨测结果暂时无法入库：锁 logger=collector.probing" in written.getvalue()
