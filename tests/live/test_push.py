"""Checks that a vendor's monitor hands in: rows taken, rows refused, silence that becomes unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.push_config import PushConfig
from collector.live.push import PushAnswer, RateLimit, accept_push, push_sources, token_matches
from collector.settings import ContractSettings, Organization, Project, Settings, SourceSettings
from metrics.errors import InputError, UsageError
from tests.live.world import HOUR, START, Live, live
from tests.store.world import deliver


def made(**config: Any) -> Settings:
    given = {"token": {"env": "T"}, "interval": "1分钟", **config}
    contract = ContractSettings(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    return Settings(
        workspace=Path("/court"),
        organization=Organization(id="court", name="法院"),
        projects=(Project(id="ops", name="运维", contract=contract),),
        sources=(
            SourceSettings(
                id="vendor", name="乙", adapter="push", config=PushConfig.model_validate_json(json.dumps(given))
            ),
        ),
    )


@pytest.fixture
def court(database_url: str, tmp_path: Path) -> Iterator[Live]:
    with live(database_url, tmp_path, made=made()) as opened:
        yield opened


def push(court: Live, body: str | bytes | list[Any], settings: Settings | None = None) -> PushAnswer:
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    now = START + 10 * HOUR
    return accept_push(settings or made(), court.store, court.recorder, "vendor", data, "application/json", now)


def row(at: str = "2026-10-01T08:00:00+08:00", state: str = "up", asset_no: str = "A", **more: Any) -> dict[str, Any]:
    return {"asset_no": asset_no, "checked_at": at, "state": state, **more}


def test_an_array_an_object_a_single_check_and_lines_are_read(court: Live) -> None:
    first, second = row(latency_ms=35), row("2026-10-01 08:01:00", "正常")
    assert push(court, [first, second]).accepted == 2
    assert push(court, json.dumps({"checks": [row("2026年10月1日 8时2分", "在线")]})).accepted == 1
    assert push(court, json.dumps(row("2026/10/1 8:03", "OK"))).accepted == 1
    assert push(
        court, f"{json.dumps(row('2026-10-01T00:04:00Z'))}\n\n{json.dumps(row('2026-10-01T00:05:00Z', '故障'))}\n"
    )
    assert [(r[1], r[2] - START, r[3] - START, r[6]) for r in court.index()] == [
        ("up", 0, 240, 5),
        ("down", 300, 300, 1),
    ]


def test_bad_rows_are_refused_one_by_one_and_the_others_taken(court: Live) -> None:
    answer = push(
        court, [row(), row(state="也许"), row(at="昨天"), "x", {"state": "up"}, row("2026-10-02T08:00:00+08:00")]
    )
    assert (answer.received, answer.accepted, answer.waiting) == (6, 1, 0)
    assert [(r.row_no, r.field) for r in answer.refused] == [
        (2, "state"),
        (3, "checked_at"),
        (4, ""),
        (5, "asset_no"),
        (6, "checked_at"),
    ]
    told = answer.as_json()
    assert (told["refused"], told["refusals"][0]["value"]) == (5, "也许")
    assert "校准" in told["refusals"][-1]["reason"]
    assert len(court.index()) == 1


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"hello", b"3", b'{"checks": 3}', b"<html>"])
def test_a_body_without_checks_is_refused_whole(court: Live, body: bytes) -> None:
    with pytest.raises(InputError):
        push(court, body)
    assert court.index() == []


def test_a_body_beyond_its_limit_is_refused_whole(court: Live) -> None:
    with pytest.raises(InputError, match="超过上限 1000 字节"):
        push(court, [row()] * 100, made(max_body=1000))


def test_only_the_assets_of_the_source_are_taken(court: Live) -> None:
    answer = push(court, [row(), row(asset_no="B")], made(assets=["A"]))
    assert (answer.accepted, answer.refused[0].value) == (1, "B")


def test_words_of_its_own_for_states(court: Live) -> None:
    assert push(court, [row(state="绿灯")], made(states={"绿灯": "up"})).accepted == 1


def test_an_asset_without_a_register_entry_waits(court: Live) -> None:
    deliver(court.store, "asset", {"asset_no": "A"}, content="r1", source="register")
    answer = push(court, [row(), row(asset_no="B")])
    assert (answer.accepted, answer.waiting) == (2, 1)
    assert [r[0] for r in court.index()] == ["A"]


def test_silence_is_unknown_after_the_staleness(court: Live) -> None:
    """A check holds three intervals; what is pushed after a longer silence begins another interval."""
    push(court, [row("2026-10-01T08:00:00+08:00"), row("2026-10-01T08:03:00+08:00"), row("2026-10-01T08:06:01+08:00")])
    assert [(r[2] - START, r[3] - START, r[5]) for r in court.index()] == [(0, 180, 180), (361, 361, 180)]


def test_a_pushed_hour_is_sealed_as_a_probed_one(court: Live) -> None:
    push(court, [row()])
    assert court.seal() == 1
    assert court.store.deliveries()["name"].tolist() == ["vendor/2026-10-01T00Z.jsonl.gz"]
    assert court.store.live.rebuild() == []


def test_another_source_takes_no_pushes(court: Live) -> None:
    with pytest.raises(UsageError, match="other"):
        accept_push(made(), court.store, court.recorder, "other", b"[]", "", START)
    assert list(push_sources(made())) == ["vendor"]


def test_a_caller_beyond_the_rate_waits_and_others_do_not() -> None:
    limit = RateLimit(2)
    assert [limit.wait("a", at) for at in (0.0, 1.0, 2.0)] == [0.0, 0.0, 58.0]
    assert limit.wait("b", 2.0) == 0.0
    assert limit.wait("a", 60.5) == 0.0  # the first one is a minute old


@pytest.mark.parametrize(("given", "right"), [("secret", True), ("secre", False), ("", False), ("密", False)])
def test_tokens(given: str, right: bool) -> None:
    assert token_matches("secret", given) is right
