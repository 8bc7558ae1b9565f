"""The next page is asked for while one is stored: nothing is lost, nothing comes twice, whatever fails in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.base import Page
from collector.ingest import pages_ahead
from collector.ingest.pages_ahead import PagesAhead
from collector.store import Delivery, Totals
from metrics.errors import InputError, PassingError
from tests.adapters.api import Api, Asked, TicketSystem, Told
from tests.adapters.apicourt import ApiCourt, court_at

_PATIENCE = 30  # seconds until a test gives up that waits for another thread


def test_a_page_is_asked_for_while_the_one_before_is_stored_and_no_further_one() -> None:
    asked = [threading.Event() for _ in range(20)]

    def pages() -> Iterator[Page]:
        for number, event in enumerate(asked):
            event.set()
            yield Page(None, str(number))

    with PagesAhead(pages(), threading.Event()) as taken:
        for number, page in enumerate(taken):
            following = asked[number + 1 : number + 2]
            assert all(event.wait(_PATIENCE) for event in following)
            assert (page.cursor, sum(event.is_set() for event in asked)) == (str(number), number + 1 + len(following))


def test_the_whole_life_of_a_load_is_in_one_thread_which_is_not_ours() -> None:
    threads = []

    def pages() -> Iterator[Page]:
        try:
            for number in range(3):
                threads.append(threading.get_ident())
                yield Page(None, str(number))
        finally:
            threads.append(threading.get_ident())

    with PagesAhead(pages(), threading.Event()) as taken:
        next(taken)
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_a_failure_comes_where_its_page_would_have_been() -> None:
    def pages() -> Iterator[Page]:
        yield Page(None, "1")
        raise InputError("第二页坏了")

    with PagesAhead(pages(), threading.Event()) as taken:
        assert next(taken).cursor == "1"
        with pytest.raises(InputError, match="第二页坏了"):
            next(taken)


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_load_that_fails_in_the_middle_goes_on_as_if_it_had_not(tmp_path: Path, failing: int) -> None:
    system, broken = TicketSystem(70), True

    def answer(asked: Asked) -> Told:
        return (403, {}, {}) if broken and asked.params["page"] == str(failing + 1) else system(asked)

    with Api(answer).running() as api, court_at(tmp_path / "a") as court, court_at(tmp_path / "b") as undisturbed:
        court.rest(api.url)
        (failure,) = court.load().failures
        assert "回答 403（没有权限），应为 200；请核对 auth 的凭据和账号的权限" in str(failure)
        assert (len(court.current()), f'"{failing + 1}:' in str(court.store.cursor("api"))) == (20 * failing, True)
        broken = False
        court.load()
        undisturbed.rest(api.url)
        undisturbed.load()
        assert told(court) == told(undisturbed)


def test_a_store_that_fails_ends_the_asking_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        Api(TicketSystem(120)).running() as api,
        court_at(tmp_path / "a") as court,
        court_at(tmp_path / "b") as undisturbed,
    ):
        court.rest(api.url)
        fail(monkeypatch, PassingError("数据库忙"), delivery=2)
        with pytest.raises(PassingError, match="数据库忙"):
            court.load()
        monkeypatch.undo()
        assert len(court.current()) == 20
        assert len(api.asked) <= 3  # of six pages
        court.load()
        undisturbed.rest(api.url)
        undisturbed.load()
        assert told(court) == told(undisturbed)


def test_an_interruption_does_not_wait_for_a_server_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, answers, hangs = TicketSystem(50), threading.Event(), True

    def answer(asked: Asked) -> Told:
        if hangs and asked.params["page"] == "2":
            assert answers.wait(_PATIENCE)
        return system(asked)

    monkeypatch.setattr(pages_ahead, "_GRACE", 0)
    with Api(answer).running() as api, court_at(tmp_path) as court:
        court.rest(api.url, more="retries: 0")
        with monkeypatch.context() as patched:
            fail(patched, KeyboardInterrupt(), delivery=1)
            with pytest.raises(KeyboardInterrupt):
                court.load()
        hangs = False
        assert court.load().failures == []  # while the first load still hangs
        answers.set()
        assert len(court.current()) == 50


def fail(monkeypatch: pytest.MonkeyPatch, error: BaseException, delivery: int) -> None:
    """Storing one delivery fails in the end."""
    finish, calls = Delivery.finish, []

    def fails(self: Delivery, read: int, set_aside: Mapping[str, int]) -> Totals:
        calls.append(read)
        if len(calls) == delivery:
            raise error
        return finish(self, read, set_aside)

    monkeypatch.setattr(Delivery, "finish", fails)


def told(court: ApiCourt) -> Any:
    """Records, deliveries with their counts, and the position; without the numbers of runs."""
    deliveries = court.store.deliveries().drop(columns=["run_id"])
    return court.current().to_dict("records"), deliveries.to_dict("records"), court.store.cursor("api")
