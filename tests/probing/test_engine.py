"""The engine under a clock of the test's own: on time, one check of a target at once, nothing lost in silence."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import pairwise

import pytest

from collector.probing.engine import Engine
from collector.probing.plans import Check, Plan
from metrics.errors import PassingError
from tests.probing.world import START, World, link, target


def test_every_target_is_checked_once_in_each_interval(world: World) -> None:
    world.run(Plan("dial", tuple(target(f"asset {number}") for number in range(200))))
    world.pass_time(600)
    found = world.checks()
    assert {name: len(world.checks(name)) for name in ("asset 0", "asset 199")} == {"asset 0": 10, "asset 199": 10}
    assert len(found) == 2000
    assert all(0 <= (check.late_seconds or 0) <= 1 for check in found)


def test_checks_of_a_target_are_one_interval_apart_after_a_day(world: World) -> None:
    world.run(Plan("dial", (target("OA", 60),)))
    world.pass_time(86_400)
    moments = [check.checked_at for check in world.checks()]
    assert len(moments) == 1440
    assert {later - earlier for earlier, later in pairwise(moments)} == {60}


def test_a_check_says_what_was_found_and_in_which_rhythm(world: World) -> None:
    world.says["OA"] = "down"
    world.run(Plan("dial", (target("OA", 30),)))
    world.pass_time(30)
    (check,) = world.checks()
    assert (check.source, check.asset_no, check.state, check.reason) == ("dial", "OA", "down", "拒绝连接")
    assert (check.interval_seconds, check.staleness_seconds, check.latency_ms) == (30, 90, None)
    assert START < check.checked_at <= START + 30


def test_a_target_that_hangs_delays_no_other(world: World) -> None:
    world.run(Plan("dial", (target("hangs"),)))
    world.runner.hold = True
    world.pass_time(60)
    (hanging,) = world.runner.held
    world.runner.hold = False
    world.engine.reload([Plan("dial", (target("hangs"), target("fine")))])
    world.pass_time(60)
    (check,) = world.checks("fine")
    assert (check.state, world.engine.status().running) == ("up", 1)
    assert (check.late_seconds or 0) <= 1
    hanging()
    assert world.engine.status().running == 0


def test_a_target_is_never_checked_twice_at_once_and_the_missed_slot_is_unknown(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.runner.hold = True
    world.pass_time(120)
    assert len(world.runner.held) == 1
    world.runner.release()
    states = {check.checked_at: check.state for check in world.checks()}
    assert list(states.values()) == ["up", "unknown"] or list(states.values()) == ["unknown", "up"]
    assert world.engine.status().missed == 1


def test_time_without_the_machine_is_unknown_from_the_first_missed_slot(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.pass_time(60)
    last = world.checks()[-1].checked_at
    world.clock.forward(3600)
    world.engine.tick()
    missed, newest = world.checks()[-2:]
    assert (missed.state, missed.late_seconds) == ("unknown", None)
    assert last + 59 <= missed.checked_at <= last + 60  # the slot itself, not when it was noticed
    assert newest.state == "up"


@pytest.mark.parametrize("step", [3600, -3600])
def test_a_step_of_the_wall_clock_moves_no_slot(world: World, step: int) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.pass_time(120)
    world.clock.wall += step
    world.pass_time(120)
    moments = [check.checked_at for check in world.taken + world.checks()]
    assert len(set(moments)) == 4
    assert max(moments) - min(moments) > 3000
    assert world.engine.status().missed == 0


def test_a_fault_of_ours_is_unknown_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.says["OA"] = KeyError("a bug")
    world.run(Plan("dial", (target("OA"),)))
    with caplog.at_level(logging.ERROR):
        world.pass_time(60)
    assert [(check.state, check.reason) for check in world.checks()] == [("unknown", "探测程序出错，详见日志")]
    assert "a bug" in caplog.text


def test_while_we_are_cut_off_failures_are_unknown_and_successes_stand(world: World) -> None:
    world.run(Plan("dial", (target("OA"), target("cache")), (link(),)))
    world.pass_time(60)
    world.says.update(OA="down", gateway="down")
    world.pass_time(60)
    world.says.update(OA="down", gateway="up")
    world.pass_time(70)
    assert [check.state for check in world.checks("OA")] == ["up", "unknown", "down"]
    assert {check.state for check in world.checks("cache")} == {"up"}


def test_one_of_several_links_is_enough(world: World) -> None:
    world.says.update(OA="down", gateway="down")
    world.run(Plan("dial", (target("OA"),), (link(), link(host="second"))))
    world.pass_time(80)
    assert {check.state for check in world.checks()} == {"down"}


def test_a_link_that_cannot_be_checked_says_nothing(world: World) -> None:
    world.says.update(OA="down", gateway="unknown")
    world.run(Plan("dial", (target("OA"),), (link(),)))
    world.pass_time(80)
    assert {check.state for check in world.checks()} == {"down"}


def test_outside_its_window_a_target_is_not_probed_and_nothing_is_missed(world: World) -> None:
    world.run(Plan("dial", (target("OA", open_at=lambda at: at < START + 120),)))
    world.pass_time(600)
    assert len(world.checks()) == 2
    assert world.engine.status().missed == 0


def test_a_round_that_cannot_be_stored_comes_again_before_the_next(world: World) -> None:
    rounds: list[list[Check]] = []

    def sink(checks: list[Check]) -> None:
        rounds.append(list(checks))
        if len(rounds) == 1:
            raise PassingError("数据库正忙")

    engine = Engine([Plan("dial", (target("OA", 10),))], sink, world.clock, world.runner)
    world.engine = engine
    world.pass_time(10)
    assert (engine.round(), engine.status().kept) == (False, 1)
    world.pass_time(10)
    assert (engine.round(), engine.status().kept) == (True, 0)
    assert rounds[1][:1] == rounds[0]
    assert len(rounds[1]) == 2


def test_a_target_that_stays_keeps_its_session_and_its_slots(world: World) -> None:
    world.run(Plan("dial", (target("OA"), target("old"))))
    world.pass_time(60)
    world.engine.reload([Plan("dial", (target("OA"), target("new")))])
    world.pass_time(60)
    assert sorted(world.opened) == ["OA", "new", "old"]
    assert world.closed == ["old"]
    assert {name: len(world.checks(name)) for name in ("OA", "old", "new")} == {"OA": 2, "old": 1, "new": 1}


def test_a_changed_target_is_opened_anew(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.pass_time(60)
    world.engine.reload([Plan("dial", (replace(target("OA"), timeout=7),))])
    world.pass_time(60)
    assert (world.opened, world.closed) == (["OA", "OA"], ["OA"])


def test_a_check_that_ends_after_its_target_was_removed_is_dropped(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.runner.hold = True
    world.pass_time(60)
    world.engine.reload([])
    world.runner.release()
    assert world.checks() == []
    assert world.engine.status().running == 0


def test_the_last_round_is_handed_over_at_the_stop(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.pass_time(60)
    world.engine.stop()
    assert [check.state for check in world.taken] == ["up"]
    assert world.closed == ["OA"]


def test_what_hangs_at_the_stop_says_nothing(world: World) -> None:
    world.run(Plan("dial", (target("OA"),)))
    world.runner.hold = True
    world.pass_time(60)
    held = list(world.runner.held)
    world.engine.stop()
    held[0]()
    assert world.checks() == []


def test_slots_that_pass_before_the_start_are_not_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = world.run(Plan("dial", (target("OA", 10),)))
    world.clock.forward(300)
    for work in ("_schedule", "_hand_over"):
        monkeypatch.setattr(Engine, work, lambda engine: None)
    engine.start()
    world.pass_time(10)
    assert [check.state for check in world.checks()] == ["up"]
    assert engine.status().missed == 0
