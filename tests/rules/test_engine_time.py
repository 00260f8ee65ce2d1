"""The engine's law of time: clocks, what survives a restart, and the same happenings giving the same always."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.flat import BEIJING, BERLIN, FLAT, ME, SCENES, SHANGHAI, lines, ref, tell, verdicts, world
from tests.rules.sayings import DUST, DUST_5, SLEEP, SLOW, press

from jiahe.model.happening import Quality
from jiahe.rules.case import World
from jiahe.rules.engine import Engine
from jiahe.rules.load import parse_rule
from jiahe.rules.moment import (
    Change,
    Reading,
    Report,
    RuleEnded,
    Table,
    TimePassed,
)
from jiahe.rules.trace import trace_hash

# ---- time ------------------------------------------------------------------------------------------------------

EVENING = 'when: [{time: "22:30"}]\nthen: [{set: lamp.power, to: off}]'


def test_missed_times_are_caught_up_once_and_not_too_late() -> None:
    soon, late = world(EVENING, at="2026-01-05 22:00"), world(EVENING, at="2026-01-05 22:00")
    soon.now += 30 * 60 + 299
    soon.tell(TimePassed())
    assert lines(soon) == ["set lamp.power to off"]
    assert soon.trace[0]["trigger"]["late"] == 299
    late.now += 3 * 86_400 + 30 * 60 + 301
    late.tell(TimePassed())
    assert lines(late) == []
    assert late.trace[0]["what"] == "missed"
    late.wait(86_400)
    assert lines(late) == ["set lamp.power to off"]


def test_a_clock_set_back_runs_nothing_twice_and_keeps_what_lasts() -> None:
    one = world(
        EVENING, DUST_5, "when: [{every: 1 h}]\nthen: [{notify: owner, text: hour}]", at="2026-01-05 22:20"
    )
    tell(one, purifier__pm2_5=20)
    one.wait(660)  # 22:31
    tell(one, purifier__pm2_5=80)
    one.wait(100)
    one.now -= 3600
    one.wait(199)
    assert lines(one) == ["set lamp.power to off"]
    one.wait(1)
    assert lines(one) == ["set lamp.power to off", SLEEP]
    one.wait(3600)
    assert lines(one) == ["set lamp.power to off", SLEEP, "notify owner: hour"]
    one.wait(86_400)
    assert lines(one).count("set lamp.power to off") == 2


def test_a_doubled_hour_runs_a_time_once() -> None:
    one = world('when: [{time: "02:30"}]\nthen: [{do: lamp.toggle}]', at="2026-10-25 00:00", zone=BERLIN)
    one.wait(86_400)
    assert lines(one) == ["do lamp.toggle"]


def test_sunset_with_days() -> None:
    one = world(
        "when: [{sun: sunset, offset: -30 min, days: weekend}]\nthen: [{do: lamp.toggle}]",
        at="2026-01-05 12:00",
    )
    one.wait(6 * 86_400)
    assert len(one.orders) == 1
    assert one.engine.calendar.local(one.trace[0]["at"]).strftime("%a %H:%M") == "Sat 16:38"


# ---- restart ---------------------------------------------------------------------------------------------------


def reborn(one: World, *texts: str, later: float = 0.0) -> World:
    """The same home after a restart, its engine from JSON."""
    again = world(*texts, at=one.now + later, mode=one.view.mode)
    dumped = json.loads(json.dumps(one.engine.dump()))
    rules = [parse_rule(text, f"r{number}") for number, text in enumerate(texts)]
    again.engine = Engine.load(rules, FLAT, SHANGHAI, BEIJING, SCENES, dumped)
    again.view = Table(one.view.mode, dict(one.view.readings))
    again.trace.clear()
    again.tell(TimePassed())
    return again


def test_waiting_steps_survive_a_restart() -> None:
    one = world(SLOW)
    press(one, 1)
    again = reborn(one, SLOW, later=20)
    again.wait(38)
    assert lines(again) == []
    again.wait(1)
    assert lines(again) == ["set lamp.power to off"]


def test_a_wait_until_survives_a_restart() -> None:
    text = "when: [{event: button.pressed}]\nthen: [{wait until: purifier.pm2_5 < 35}, {set: purifier.mode, to: sleep}]"
    one = world(text)
    tell(one, purifier__pm2_5=80)
    press(one, 1)
    again = reborn(one, text, later=3600)
    tell(again, purifier__pm2_5=20)
    assert lines(again) == [SLEEP]


def test_for_survives_a_restart() -> None:
    one = world(DUST_5)
    tell(one, purifier__pm2_5=20)
    tell(one, purifier__pm2_5=80)
    again = reborn(one, DUST_5, later=100)
    again.wait(199)
    assert lines(again) == []
    again.wait(1)
    assert lines(again) == [SLEEP]
    ended = reborn(again, DUST_5, later=100)
    ended.wait(3600)
    assert lines(ended) == []


def test_a_time_missed_while_the_hub_was_away_is_caught_up() -> None:
    one = world(EVENING, at="2026-01-05 22:29")
    assert lines(reborn(one, EVENING, later=120)) == ["set lamp.power to off"]
    assert verdicts(reborn(one, EVENING, later=7200)) == ["missed"]


def test_a_changed_rule_begins_anew_and_says_so() -> None:
    one = world(SLOW)
    press(one, 1)
    again = reborn(one, SLOW + "about: changed")
    assert (again.trace[0]["ending"], again.trace[0]["why"]) == (
        "stopped",
        "the rule was changed or taken away while it waited",
    )
    again.wait(600)
    assert lines(again) == []


@pytest.mark.parametrize(
    "body",
    [{}, {"format": 99}, {"format": 1}, {"format": 1, "now": "x"}, {"format": 1, "now": 1, "versions": 3}],
)
def test_a_damaged_memory_is_an_empty_one(body: dict[str, Any]) -> None:
    engine = Engine.load([parse_rule(EVENING, "r0")], FLAT, SHANGHAI, BEIJING, SCENES, body)
    assert engine.decide(Table(), TimePassed(), 1_767_000_000.0).wake_at is not None


# ---- the same, always ------------------------------------------------------------------------------------------

MANY = (DUST, DUST_5, SLOW + "mode: queued", SLOW + "mode: restart", EVENING,
        "when: [{change: purifier.mode}, {rule: r2}]\nif: door.open or purifier.pm2_5 > 50\nthen: [{set: lamp.power, to: not lamp.power}]",
        "when: [{becomes: lamp.power}]\nthen: [{wait until: door.open, for at most: 2 min}, {scene: good-night}]")  # fmt: skip
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("pm"), st.integers(0, 120)),
        st.tuples(st.just("door"), st.booleans()),
        st.tuples(st.just("lamp"), st.booleans()),
        st.tuples(st.just("press"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 400)),
        st.tuples(st.just("back"), st.integers(0, 4000)),
        st.tuples(st.just("restart"), st.integers(0, 500)),
    ),
    max_size=25,
)


def play(deeds: list[tuple[str, Any]], *, restarts: bool) -> World:
    one = world(*MANY, at="2026-01-05 22:25")
    kept: list[Any] = []
    for what, value in deeds:
        match what:
            case "pm":
                tell(one, purifier__pm2_5=value)
            case "door":
                tell(one, door__open=value)
            case "lamp":
                tell(one, lamp__power=value)
            case "press":
                press(one, 1)
            case "wait":
                one.wait(value)
            case "back":
                one.now -= value
                one.tell(TimePassed())
            case "restart" if restarts:
                kept += one.trace
                one = reborn(one, *MANY, later=value)
    one.trace[:0] = kept
    return one


@settings(max_examples=40, deadline=None)
@given(DEEDS)
def test_the_same_happenings_give_the_same_trace(deeds: list[tuple[str, Any]]) -> None:
    first, second = play(deeds, restarts=True), play(deeds, restarts=True)
    assert trace_hash(first.trace) == trace_hash(second.trace)
    assert first.engine.dump() == second.engine.dump()


@settings(max_examples=40, deadline=None)
@given(DEEDS)
def test_what_goes_to_json_comes_back(deeds: list[tuple[str, Any]]) -> None:
    one = play(deeds, restarts=False)
    dumped = json.loads(json.dumps(one.engine.dump()))
    rules = [parse_rule(text, f"r{number}") for number, text in enumerate(MANY)]
    assert Engine.load(rules, FLAT, SHANGHAI, BEIJING, SCENES, dumped).dump() == one.engine.dump()


def test_a_faulty_rule_stands_aside() -> None:
    rules = [
        parse_rule(DUST, "good"),
        parse_rule("when: [{hub: started}]\nthen: [{set: nobody.power, to: on}]", "bad"),
    ]
    engine = Engine(rules, FLAT, SHANGHAI)
    assert set(engine.rules) == {"good"}
    assert "there is no device 'nobody'" in str(engine.faults["bad"])


def test_a_rule_that_is_off_does_nothing() -> None:
    one = world(DUST + "\nenabled: false")
    tell(one, purifier__pm2_5=20)
    tell(one, purifier__pm2_5=80)
    assert not one.orders
    assert not one.engine.listens_to(ref("purifier.pm2_5"))
    one.tell(RuleEnded("x", "done", ME))


def test_a_change_that_nobody_listens_to_makes_nothing_new() -> None:
    one = world(*(DUST for _ in range(30)))
    quiet = Report((Change(ref("bedroom-ac.humidity"), None, Reading(40.0, Quality.GOOD, one.now)),), ME)
    first = one.engine.decide(one.view, quiet, one.now)
    assert first is one.engine.decide(one.view, quiet, one.now + 1)
    assert not first.trace


def test_ten_thousand_rules_begin_and_go_on() -> None:
    """Each with a trigger, a time and a condition; a change of one wakes one."""
    text = "when: [{becomes: purifier.pm2_5 > 75}, {time: '22:30'}]\nif: door.open\nthen: [{set: lamp.power, to: on}]"
    first = parse_rule(text, "r0")
    engine = Engine([replace(first, id=f"r{number}") for number in range(10_000)], FLAT, SHANGHAI)
    table = Table()
    assert len(engine.rules) == 10_000
    assert engine.decide(table, TimePassed(), 1_767_585_600.0).wake_at == 1_767_623_400.0
    table.readings[ref("door.open")] = Reading(True, Quality.GOOD, 0.0)
    decision = engine.decide(table, TimePassed(), 1_767_623_400.0)
    assert len(decision.commands) == 1_000  # so many runs at once, and no more
    assert sum(entry["what"] == "not" for entry in decision.trace) == 9_000
