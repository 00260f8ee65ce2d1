"""The engine's law: edges, `for`, conditions, steps, modes and bounds; `test_engine_time.py` has times and restarts."""

from __future__ import annotations

import pytest
from tests.rules.flat import FLAT, ME, SHANGHAI, lines, ref, tell, verdicts, world
from tests.rules.sayings import DUST, DUST_5, SLEEP, SLOW, press, stale

from jiahe.model.happening import Actor, Cause, Quality, Status
from jiahe.rules.engine import MOST_STARTS, PAUSE, Engine
from jiahe.rules.load import parse_rule
from jiahe.rules.moment import (
    Called,
    Change,
    EventHappened,
    HubStarted,
    ModeChanged,
    OrderEnded,
    Reading,
    Report,
    Table,
    TimePassed,
)
from jiahe.rules.rule import HomeMode

# ---- edges -----------------------------------------------------------------------------------------------------


def test_an_edge_fires_once_until_it_was_false_again() -> None:
    one = world(DUST)
    for value in (80, 20, 80, 90, 20, 76):
        tell(one, purifier__pm2_5=value)
    assert lines(one) == [SLEEP, SLEEP]  # the first 80 only said how things were


def test_a_gap_is_neither_true_nor_false() -> None:
    one = world(DUST)
    tell(one, purifier__pm2_5=80)
    stale(one, "purifier.pm2_5", 80)
    tell(one, purifier__pm2_5=85)
    assert lines(one) == []
    tell(one, purifier__pm2_5=20)
    stale(one, "purifier.pm2_5", 20)
    tell(one, purifier__pm2_5=85)
    assert lines(one) == [SLEEP]


def test_for_counts_from_the_edge_and_ends_with_it() -> None:
    one = world(DUST_5)
    tell(one, purifier__pm2_5=20)
    tell(one, purifier__pm2_5=80)
    one.wait(200)
    tell(one, purifier__pm2_5=90)
    one.wait(99)
    assert lines(one) == []
    one.wait(1)
    assert lines(one) == [SLEEP]
    one.wait(3600)
    assert lines(one) == [SLEEP]
    tell(one, purifier__pm2_5=20)
    tell(one, purifier__pm2_5=80)
    one.wait(299)
    tell(one, purifier__pm2_5=20)
    one.wait(3600)
    assert lines(one) == [SLEEP]


def test_for_goes_on_through_a_gap_but_fires_only_when_it_is_known() -> None:
    one = world(DUST_5)
    tell(one, purifier__pm2_5=20)
    tell(one, purifier__pm2_5=80)
    stale(one, "purifier.pm2_5", 80)
    one.wait(600)
    assert lines(one) == []
    tell(one, purifier__pm2_5=80)
    assert lines(one) == [SLEEP]


def test_change_with_from_to_and_for() -> None:
    one = world(
        "when: [{change: purifier.mode, from: auto, to: sleep, for: 1 min}]\nthen: [{set: lamp.power, to: off}]"
    )
    for mode in ("auto", "fan only", "sleep", "auto", "sleep"):
        tell(one, purifier__mode=mode)
    one.wait(59)
    assert lines(one) == []
    one.wait(1)
    assert lines(one) == ["set lamp.power to off"]
    tell(one, purifier__mode="auto")
    tell(one, purifier__mode="sleep")
    one.wait(30)
    tell(one, purifier__mode="auto")
    one.wait(100)
    assert len(one.orders) == 1


def test_a_value_that_comes_back_the_same_has_not_changed() -> None:
    one = world("when: [{change: door.open}]\nthen: [{set: lamp.power, to: on}]")
    tell(one, door__open=True)
    stale(one, "door.open", True)
    tell(one, door__open=True)
    assert lines(one) == []
    stale(one, "door.open", True)
    tell(one, door__open=False)
    assert lines(one) == ["set lamp.power to on"]


def test_a_report_is_seen_whole() -> None:
    """Power and mode in one report: the condition sees both, whichever stands first."""
    one = world(
        "when: [{change: purifier.power, to: on}]\nif: purifier.mode == sleep\nthen: [{set: lamp.power, to: off}]"
    )
    tell(one, purifier__power=False, purifier__mode="auto")
    tell(one, purifier__power=True, purifier__mode="sleep")
    assert lines(one) == ["set lamp.power to off"]


# ---- conditions ------------------------------------------------------------------------------------------------


def test_why_not_names_the_part_that_failed_and_its_value() -> None:
    one = world(DUST + "\nif: purifier.power == on and bedroom-ac.temperature > 26 Cel and lamp.power")
    tell(one, purifier__pm2_5=20, purifier__power=True, bedroom_ac__temperature=25.5)
    tell(one, purifier__pm2_5=80)
    (entry,) = one.trace
    assert entry["what"] == "not"
    assert entry["condition"]["failed"] == "bedroom-ac.temperature > 26 Cel"
    assert entry["why"] == "`bedroom-ac.temperature > 26 Cel` was not so: bedroom-ac.temperature was 25.5"
    assert entry["condition"]["saw"]["purifier.power"] == [True, "good"]
    assert entry["trigger"]["saw"] == {"purifier.pm2_5": [80, "good"]}


@pytest.mark.parametrize(("condition", "says"), [
    ("bedroom-ac.temperature > 26 Cel", "stale"),
    ("lamp.power", "lamp.power is not known"),
    ("purifier.pm2_5 / (purifier.pm2_5 - 80) > 1", "division by zero"),
])  # fmt: skip
def test_what_cannot_be_known_refuses_with_a_reason(condition: str, says: str) -> None:
    one = world(DUST + f"\nif: {condition}")
    tell(one, purifier__pm2_5=20, bedroom_ac__temperature=30.0)
    stale(one, "bedroom-ac.temperature", 30.0)
    tell(one, purifier__pm2_5=80)
    (entry,) = one.trace
    assert (entry["what"], entry["condition"]["result"]) == ("not", None)
    assert says in entry["why"]


def test_a_rule_may_say_that_it_takes_stale_values() -> None:
    one = world(DUST + "\nif: bedroom-ac.temperature > 26 Cel\nuses stale values: true")
    tell(one, purifier__pm2_5=20, bedroom_ac__temperature=30.0)
    stale(one, "bedroom-ac.temperature", 30.0)
    tell(one, purifier__pm2_5=80)
    assert lines(one) == [SLEEP]


# ---- steps -----------------------------------------------------------------------------------------------------


def test_computed_values_go_to_the_devices_steps_and_bounds() -> None:
    text = "when: [{event: button.pressed}]\nthen: [{set: bedroom-ac.target_temperature, to: bedroom-ac.temperature - 1 Cel}]"
    one = world(text)
    tell(one, bedroom_ac__temperature=26.3)
    one.tell(EventHappened("button", "pressed", {}, ME))
    tell(one, bedroom_ac__temperature=40.0)
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert lines(one) == ["set bedroom-ac.target_temperature to 25.5"]
    assert one.trace[-1]["ending"] == "failed"
    assert "above the highest, 30" in one.trace[-1]["why"]


def test_choose_takes_the_first_that_holds() -> None:
    text = """
when: [{event: button.pressed}]
then:
  - choose:
      - {if: bedroom-ac.temperature > 28, then: [{set: bedroom-ac.target_temperature, to: 24}]}
      - {if: bedroom-ac.temperature > 26, then: [{set: bedroom-ac.target_temperature, to: 26}]}
      - else: [{set: bedroom-ac.power, to: off}]
  - {do: lamp.toggle}
"""
    for temperature, expected in (
        (29.0, "target_temperature to 24"),
        (27.0, "target_temperature to 26"),
        (20.0, "power to off"),
    ):
        one = world(text)
        tell(one, bedroom_ac__temperature=temperature)
        one.tell(EventHappened("button", "pressed", {}, ME))
        assert lines(one) == [f"set bedroom-ac.{expected}", "do lamp.toggle"]


def test_wait_until_goes_on_when_it_is_so_or_otherwise() -> None:
    text = """
when: [{event: button.pressed}]
then:
  - wait until: purifier.pm2_5 < 35
    for at most: 30 min
    otherwise: [{notify: owner, text: "Still {purifier.pm2_5}, {door.open}"}]
  - {set: purifier.mode, to: sleep}
"""
    good, late = world(text), world(text)
    for one in (good, late):
        tell(one, purifier__pm2_5=80)
        one.tell(EventHappened("button", "pressed", {}, ME))
        one.wait(600)
    tell(good, purifier__pm2_5=30)
    assert lines(good) == [SLEEP]
    late.wait(1200)
    assert lines(late) == ["notify owner: Still 80 µg/m³, ?", SLEEP]
    assert [entry.get("because") for entry in late.trace if entry["what"] == "went_on"] == ["too_late"]


def test_repeat_by_count_and_while() -> None:
    one = world(
        "when: [{event: button.pressed}]\nthen: [{repeat: {times: 3, steps: [{do: lamp.toggle}, {wait: 1 s}]}}]"
    )
    one.tell(EventHappened("button", "pressed", {}, ME))
    one.wait(10)
    assert lines(one) == ["do lamp.toggle"] * 3
    one = world(
        "when: [{event: button.pressed}]\nthen: [{repeat: {while: door.open, at most: 4, steps: [{do: lamp.toggle}, {wait: 1 min}]}}]"
    )
    tell(one, door__open=True)
    one.tell(EventHappened("button", "pressed", {}, ME))
    one.wait(90)
    tell(one, door__open=False)
    one.wait(3600)
    assert lines(one) == ["do lamp.toggle"] * 2


def test_a_loop_that_never_waits_is_stopped() -> None:
    one = world(
        "when: [{event: button.pressed}]\nthen: [{repeat: {times: 1000, steps: [{do: lamp.toggle}]}}, {set: lamp.power, to: on}]"
    )
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert len(one.orders) == 101
    assert (one.trace[0]["ending"], "put a `wait`" in one.trace[0]["why"]) == ("stopped", True)
    one = world(
        "when: [{event: button.pressed}]\nthen: [{repeat: {times: 1000, steps: [{if: door.open, then: [{do: lamp.toggle}]}]}}]"
    )
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert "more than 2000 steps" in one.trace[0]["why"]


def test_otherwise_after_a_command_waits_for_its_outcome() -> None:
    text = "when: [{event: button.pressed}]\nthen: [{set: lamp.power, to: on, otherwise: [{notify: owner, text: dark}]}, {do: lamp.toggle}]"
    for answer, expected in (
        ("confirmed", []),
        ("refused", ["notify owner: dark"]),
        ("timed_out", ["notify owner: dark"]),
    ):
        one = world(text, answers=answer)
        one.tell(EventHappened("button", "pressed", {}, ME))
        assert lines(one) == ["set lamp.power to on", *expected, "do lamp.toggle"]
        assert one.trace[-1]["ending"] == ("done" if answer == "confirmed" else "failed")


def test_a_scene_and_a_mode_are_seen_by_what_comes_after() -> None:
    one = world("when: [{event: button.pressed}]\nthen: [{scene: good-night}, {if: mode == night, then: [{set: lamp.power, to: on}]}]",
                "when: [{mode: night}]\nthen: [{notify: owner, text: night}]")  # fmt: skip
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert lines(one) == [
        "set lamp.power to off", SLEEP, "mode night", "set lamp.power to on", "notify owner: night",
    ]  # fmt: skip
    assert [order.scene for order in one.orders] == ["good-night"] * 3 + ["", ""]


def test_an_order_names_what_it_comes_from() -> None:
    one = world(DUST)
    tell(one, purifier__pm2_5=20)
    change = Change(
        ref("purifier.pm2_5"), one.view.readings[ref("purifier.pm2_5")], Reading(80, Quality.GOOD, one.now)
    )
    one.view.readings[change.ref] = change.new
    one.tell(Report((change,), Cause("report-7", Actor.DEVICE, "purifier")))
    (order,) = one.orders
    assert (order.parent, order.rule, order.line) == ("report-7", "r0", 2)
    assert order.id == f"{order.run}.1"
    assert order.run.startswith("r0#")


# ---- other triggers --------------------------------------------------------------------------------------------


def test_events_with_arguments_modes_hub_and_hands() -> None:
    one = world(
        "when: [{event: button.pressed, with: {count: 2}}, {mode: any}, {hub: started}]\nif: door.open\nthen: [{do: lamp.toggle}]"
    )
    tell(one, door__open=True)
    for happening in (
        EventHappened("button", "pressed", {"count": 1}, ME),
        EventHappened("button", "pressed", {"count": 2}, ME),
        ModeChanged(HomeMode.AWAY, ME),
        HubStarted(ME),
    ):
        one.tell(happening)
    assert len(one.orders) == 3
    tell(one, door__open=False)
    one.tell(Called("r0", ME))
    assert len(one.orders) == 4
    one.tell(Called("r0", ME, checked=True))
    one.tell(Called("nobody", ME))
    assert len(one.orders) == 4
    assert one.trace[-1]["why"] == "there is no such rule, or it is off"


def test_a_rule_starts_when_another_failed() -> None:
    one = world(
        "when: [{event: button.pressed}]\nthen: [{set: lamp.power, to: on}]",
        "when: [{rule: r0, ended: failed}]\nthen: [{notify: owner, text: no light}]",
        "when: [{rule: r0}]\nthen: [{notify: owner, text: ended}]",
        answers="failed",
    )
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert lines(one) == ["set lamp.power to on", "notify owner: no light", "notify owner: ended"]
    run = one.orders[0].run
    assert [order.parent for order in one.orders] == ["c1", run, run]


def test_becomes_listens_to_the_mode() -> None:
    one = world("when: [{becomes: mode == away and lamp.power}]\nthen: [{set: lamp.power, to: off}]")
    tell(one, lamp__power=True)
    one.view.mode = HomeMode.NIGHT
    one.tell(ModeChanged(HomeMode.NIGHT, ME))
    one.view.mode = HomeMode.AWAY
    one.tell(ModeChanged(HomeMode.AWAY, ME))
    assert lines(one) == ["set lamp.power to off"]


def test_the_first_mode_that_changes_after_a_start_is_an_edge() -> None:
    one = world("when: [{becomes: mode == away}]\nthen: [{set: lamp.power, to: off}]")
    tell(one, lamp__power=True)
    one.view.mode = HomeMode.AWAY
    one.tell(ModeChanged(HomeMode.AWAY, ME, HomeMode.HOME))
    assert lines(one) == ["set lamp.power to off"]


def test_a_text_that_looks_like_a_property_is_a_text() -> None:
    one = world("when: [{event: button.pressed}]\nthen: [{set: bedroom-ac.note, to: chime.mp3}]")
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert lines(one) == ["set bedroom-ac.note to chime.mp3"]


# ---- modes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "toggles", "offs", "said"), [
    ("mode: single", 1, 1, ["ran", "not", "not", "not"]),
    ("mode: restart", 4, 1, ["ran", "ended", "ran", "ended", "ran", "ended", "ran"]),
    ("mode: queued\nat most: 2", 1, 1, ["ran", "queued", "queued", "not"]),
    ("mode: parallel\nat most: 3", 3, 3, ["ran", "ran", "ran", "not"]),
])  # fmt: skip
def test_modes(mode: str, toggles: int, offs: int, said: list[str]) -> None:
    one = world(SLOW + mode)
    press(one, 4)
    assert verdicts(one) == said
    assert len(one.orders) == toggles
    one.wait(60)
    assert lines(one).count("set lamp.power to off") == offs
    one.wait(600)
    assert lines(one).count("set lamp.power to off") == (3 if "queued" in mode else offs)


def test_a_run_whose_outcomes_are_still_out_does_not_hold_up_the_next() -> None:
    rule = parse_rule("when: [{event: button.pressed}]\nthen: [{set: lamp.power, to: on}]", "r0")
    engine, table = Engine([rule], FLAT, SHANGHAI), Table()
    engine.decide(table, TimePassed(), 1000.0)
    first = engine.decide(table, EventHappened("button", "pressed", {}, ME), 1001.0)
    second = engine.decide(table, EventHappened("button", "pressed", {}, ME), 1001.0)
    assert len(first.commands) == len(second.commands) == 1
    assert first.commands[0].run != second.commands[0].run
    ended = engine.decide(table, OrderEnded(first.commands[0].id, Status.CONFIRMED), 1002.0)
    assert ended.trace[0]["ending"] == "done"
    overdue = engine.decide(table, TimePassed(), 1300.0)
    assert (overdue.trace[0]["ending"], overdue.trace[0]["why"]) == ("failed", "an outcome never came")
    assert not engine.memory.runs


# ---- bounds ----------------------------------------------------------------------------------------------------


def test_a_rule_that_triggers_itself_is_left_alone_and_the_rest_goes_on() -> None:
    one = world(
        "when: [{change: lamp.power}]\nthen: [{set: lamp.power, to: not lamp.power}]",
        "when: [{event: button.pressed}]\nthen: [{set: purifier.power, to: on}]",
    )
    tell(one, lamp__power=True)
    tell(one, lamp__power=False)
    assert len(one.orders) == MOST_STARTS
    assert verdicts(one).count("paused") == 1
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert lines(one)[-1] == "set purifier.power to on"
    tell(one, lamp__power=not one.view.readings[ref("lamp.power")].value)
    assert len(one.orders) == MOST_STARTS + 1
    one.wait(PAUSE)
    tell(one, lamp__power=not one.view.readings[ref("lamp.power")].value)
    assert len(one.orders) > MOST_STARTS + 1


def test_rules_that_set_each_other_off_end() -> None:
    one = world(
        *(
            f"when: [{{event: button.pressed}}, {{rule: r{(n + 1) % 60}}}]\nthen: [{{stop: x}}]"
            for n in range(60)
        )
    )
    one.tell(EventHappened("button", "pressed", {}, ME))
    assert "rules set each other off" in one.trace[-1]["why"]


def test_a_person_takes_a_paused_rule_back() -> None:
    one = world("when: [{change: lamp.power}]\nthen: [{set: lamp.power, to: not lamp.power}]")
    tell(one, lamp__power=True)
    tell(one, lamp__power=False)
    assert "r0" in one.engine.paused
    one.engine.resume("r0")
    assert not one.engine.paused
