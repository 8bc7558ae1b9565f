"""Replies as evidence: in the pack as they came, in a backup and back, or only by their hash where that is wanted."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from collector.cli import run
from tests.adapters.api import Api, TicketSystem
from tests.adapters.apicourt import ApiCourt, court_at

INDICATOR = "{id: reported, name: 工单数, project: ops, formula: count, params: {record: ticket}}\n"


def loaded(folder: Path, more: str = "") -> ApiCourt:
    """A court that took 30 tickets from a server and computed a figure of them."""
    court = ApiCourt(folder)
    court.write("indicators/a.yaml", INDICATOR)
    with Api(TicketSystem(30)).running() as api:
        court.rest(api.url, more=more)
        assert court.load().accepted == 30
    assert run(["compute", "-C", str(folder), "2023-12"]) == 0
    return court


def test_the_pack_holds_the_replies_as_they_came(tmp_path: Path) -> None:
    court = loaded(tmp_path / "court")
    pack = tmp_path / "pack.zip"
    assert run(["evidence", "build", "-C", str(court.folder), "2023-12", "--project", "ops", "--out", str(pack)]) == 0
    with zipfile.ZipFile(pack) as files:
        replies = [files.read(name) for name in files.namelist() if name.startswith("来源文件/")]
    numbers = sorted(ticket["no"] for reply in replies for ticket in json.loads(reply)["data"])
    assert numbers == [f"T{number:06d}" for number in range(1, 31)]
    assert run(["evidence", "check", str(pack)]) == 0
    court.close()


def test_the_pack_says_where_a_reply_was_not_kept(tmp_path: Path) -> None:
    court = loaded(tmp_path / "court", "keep_replies: false")
    pack = tmp_path / "pack.zip"
    assert run(["evidence", "build", "-C", str(court.folder), "2023-12", "--project", "ops", "--out", str(pack)]) == 0
    with zipfile.ZipFile(pack) as files:
        texts = [files.read(name).decode() for name in files.namelist() if name.startswith("来源文件/")]
    hashes = set(court.store.deliveries()["content_hash"])
    assert {text.split("SHA-256：")[1].strip() for text in texts} == hashes
    assert court.store.upkeep.content_hashes() == []
    court.close()


@pytest.mark.parametrize("more", ["", "keep_replies: false"])
def test_a_backup_holds_what_was_kept(tmp_path: Path, more: str) -> None:
    court = loaded(tmp_path / "court", more)
    court.close()
    assert run(["backup", "-C", str(court.folder), str(tmp_path / "away")]) == 0
    assert run(["restore", "-C", str(tmp_path / "back"), str(tmp_path / "away")]) == 0
    kept = sorted(path.name for path in (tmp_path / "back/data/archive").rglob("*.gz"))
    assert len(kept) == (0 if more else 2)
    damaged = next(iter((court.folder / "data/archive").rglob("*.gz")), None)
    if damaged is not None:
        damaged.write_bytes(b"\x1f\x8b broken")
        assert run(["backup", "-C", str(court.folder), str(tmp_path / "again")]) == 3


def test_what_is_kept_from_now_on_is_kept_for_what_comes_again(tmp_path: Path) -> None:
    with Api(TicketSystem(30)).running() as api, court_at(tmp_path) as court:
        court.rest(api.url, more="keep_replies: false")
        court.load()
        assert court.store.upkeep.content_hashes() == []
        court.rest(api.url)
        court.load(since=0)
        assert len(court.store.upkeep.content_hashes()) == 2
        assert all(court.archive.holds(name) for name in court.store.upkeep.content_hashes())
