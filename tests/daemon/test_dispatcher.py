"""What is due is done once, whatever happens in between; what fails is tried again and stops nobody."""

from __future__ import annotations

import logging
import threading

import pytest

from collector.daemon.due import Due
from metrics.errors import ConfigError, PassingError
from tests.daemon.world import World, at, job

SEAL = job("seal", "2 * * * *")
PUBLISH = job("publish", "每天 06:30")
MONTH_END = job("month_end", "每月1日 07:00", each=True)


def test_what_is_due_is_done_once(world: World) -> None:
    dispatcher = world.dispatcher([SEAL, PUBLISH])
    for _ in range(3):
        world.catch_up(dispatcher)
    assert world.did == [Due("seal", at("10-08 09:02")), Due("publish", at("10-08 06:30"))]


def test_another_daemon_does_not_do_it_again(world: World) -> None:
    world.catch_up(world.dispatcher([SEAL]))
    world.catch_up(world.dispatcher([SEAL]))
    assert len(world.did) == 1


def test_a_month_end_export_of_a_server_that_was_off_on_the_first_is_made_up_for_exactly_once(world: World) -> None:
    world.clock.now = at("10-31 18:00")
    dispatcher = world.dispatcher([MONTH_END])
    dispatcher.begin()
    world.catch_up(dispatcher)
    world.clock.now = at("11-03 10:00")  # off meanwhile
    for _ in range(2):
        again = world.dispatcher([MONTH_END])
        again.begin()
        world.catch_up(again)
    assert world.did == [Due("month_end", at("11-01 07:00"))]


def test_what_passes_is_tried_again_after_30_s_then_a_minute_then_two(world: World) -> None:
    dispatcher = world.dispatcher([SEAL])
    world.spoilt["seal"] = [PassingError("磁盘已满")] * 3
    moments = []
    for _ in range(400):
        failures = len(world.spoilt["seal"])
        world.catch_up(dispatcher)
        if len(world.spoilt["seal"]) < failures or world.did:
            moments.append(world.clock.now - at("10-08 09:07"))
        if world.did:
            break
        world.clock.forward(1)
    assert moments == [0, 30, 90, 210]
    state = world.store.states()["seal"]
    assert (state.outcome, state.runs, state.failures) == ("done", 4, 3)


def test_a_bug_is_logged_with_its_traceback_and_stops_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.spoilt["seal"] = [ZeroDivisionError("1/0")]
    world.catch_up(world.dispatcher([SEAL, PUBLISH]))
    assert [item.job for item in world.did] == ["publish"]
    (record,) = [record for record in caplog.records if record.getMessage() == "job_failed"]
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert world.store.states()["seal"].error == "程序出错，详见日志（ZeroDivisionError）"


def test_an_error_that_a_person_can_mend_is_one_sentence(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.spoilt["seal"] = [ConfigError("文件夹不可写")]
    world.catch_up(world.dispatcher([SEAL]))
    (record,) = [record for record in caplog.records if record.getMessage() == "job_failed"]
    assert not record.exc_info
    assert world.store.states()["seal"].error == "文件夹不可写"


def test_a_new_configuration_is_tried_at_once(world: World) -> None:
    dispatcher = world.dispatcher([SEAL])
    world.spoilt["seal"] = [ConfigError("文件夹不可写")]
    world.catch_up(dispatcher)
    assert world.did == []
    dispatcher.take([SEAL], {"seal": world.work})
    world.catch_up(dispatcher)
    assert [item.job for item in world.did] == ["seal"]


def test_a_clock_that_is_set_back_does_not_stop_what_failed_before(world: World) -> None:
    dispatcher = world.dispatcher([SEAL])
    world.spoilt["seal"] = [PassingError("磁盘已满")]
    world.catch_up(dispatcher)
    world.clock.now -= 10 * 86_400
    world.catch_up(dispatcher)
    assert [item.job for item in world.did] == ["seal"]


def test_a_clock_that_ran_ahead_for_years_does_not_stop_the_jobs_for_years(world: World) -> None:
    dispatcher = world.dispatcher([SEAL])
    right = world.clock.now
    world.clock.now += 10 * 365 * 86_400
    world.catch_up(dispatcher)
    world.clock.now = right
    world.catch_up(dispatcher)
    assert [item.slot for item in world.did][-1] == at("10-08 09:02")


def test_a_job_never_runs_twice_at_once(world: World) -> None:
    dispatcher = world.dispatcher([SEAL])
    inside, go_on = threading.Event(), threading.Event()

    def wait(item: Due) -> None:
        inside.set()
        assert go_on.wait(10)

    world.before = wait
    thread = threading.Thread(target=dispatcher.run, args=("seal",))
    thread.start()
    assert inside.wait(10)
    assert dispatcher.running == ["seal"]
    assert not dispatcher.run("seal")
    assert dispatcher.ready() == []
    go_on.set()
    thread.join()
    assert len(world.did) == 1


def test_others_wait_for_a_job_that_runs_but_not_for_ever(world: World) -> None:
    dispatcher = world.dispatcher([SEAL, job("compute", "5 * * * *", after=("seal",))])
    inside, go_on = threading.Event(), threading.Event()

    def hang(item: Due) -> None:
        if item.job == "seal":
            inside.set()
            assert go_on.wait(10)

    world.before = hang
    thread = threading.Thread(target=dispatcher.run, args=("seal",))
    thread.start()
    assert inside.wait(10)
    assert dispatcher.ready() == []
    world.clock.forward(301)
    assert [item.job for item in dispatcher.ready()] == ["compute"]
    assert dispatcher.run("compute")
    go_on.set()
    thread.join()
