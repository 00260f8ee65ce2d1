"""Replay's law: the same engine over the journal's records, beside what really happened, and never a silent guess."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.rules.flat import BEIJING, FLAT, SCENES, SHANGHAI
from tests.rules.past import T0, Past

from jiahe.model.happening import RecordKind
from jiahe.rules.engine import bind_all
from jiahe.rules.load import parse_rule
from jiahe.rules.past import Told, devices_of, happenings, refs_of
from jiahe.rules.replay import replay
from jiahe.rules.replayed import HAPPENED, SIMULATED, Replay, compare

SMOG = "when: [{becomes: purifier.pm2_5 > 75}]\nthen: [{set: purifier.power, to: on}]\n"


def by(rule: str, run: str) -> dict[str, Any]:
    return {"id": run, "kind": "rule", "source": rule}


def smog() -> Past:
    past = Past()
    past.report(-60, purifier__pm2_5=20, purifier__power=False)
    past.report(100, purifier__pm2_5=90)
    past.report(200, purifier__pm2_5=30)
    past.report(300, purifier__pm2_5=95)
    return past


def words(found: Replay) -> list[tuple[float, str, str]]:
    return [(round(one.at - T0, 1), one.text, one.effect) for one in found.orders]


def test_a_rule_that_nobody_owns_yet_says_when_it_would_have_run() -> None:
    found = smog().replay(SMOG)
    assert words(found) == [
        (100, "set purifier.power to on", SIMULATED),
        (300, "set purifier.power to on", SIMULATED),
    ]
    assert [(one.at - T0, one.really) for one in found.runs] == [(100, ""), (300, "")]
    assert found.not_modelled == {"purifier.pm2_5": T0 + 102}, "the purifier would have cleaned the air"
    assert found.complete
    assert not found.faults


def test_what_was_before_the_start_only_says_how_things_are() -> None:
    assert words(smog().replay(SMOG, start=150)) == [(300, "set purifier.power to on", SIMULATED)]
    assert not smog().replay(SMOG, start=110, end=250).orders


def test_a_real_command_is_the_orders_twin_and_gives_it_its_outcome() -> None:
    past = smog()
    past.command(300.05, "purifier.power", True, by("r0", "r0#x"), "refused")
    found = past.replay(SMOG)
    assert [one.effect for one in found.orders] == [SIMULATED, HAPPENED]
    assert any(entry.get("ending") == "failed" for entry in found.trace)
    assert not found.instead


def test_only_what_was_really_sent_leaves_every_reading_sure() -> None:
    past = Past()
    past.report(-60, purifier__pm2_5=20, purifier__power=False)
    past.report(100, purifier__pm2_5=90)
    past.command(100.05, "purifier.power", True, by("r0", "r0#x"))
    past.report(100.1, by("r0", "r0#x"), purifier__power=True)
    past.add(100.2, RecordKind.RULE, {"rule": "r0", "what": "ran", "run": "r0#x"})
    found = past.replay(SMOG)
    assert words(found) == [(100, "set purifier.power to on", HAPPENED)]
    assert [one.really for one in found.runs] == ["r0#x"]
    assert not found.not_modelled
    assert not found.instead


def test_what_the_old_version_did_is_left_out_of_the_changed_rules_past() -> None:
    past = Past()
    past.report(-60, purifier__pm2_5=20, purifier__power=False, lamp__power=False)
    past.report(100, purifier__pm2_5=90)
    past.command(100.05, "purifier.power", True, by("r0", "r0#x"))
    past.report(100.1, by("r0", "r0#x"), purifier__power=True)
    past.add(100.2, RecordKind.RULE, {"rule": "r0", "what": "ran", "run": "r0#x"})
    changed = SMOG.replace("75", "200")
    lamp = "when: [{change: purifier.power, to: on}]\nthen: [{set: lamp.power, to: on}]\n"
    found = past.replay(changed, lamp)
    assert not found.orders
    assert sorted(one.text for one in found.instead) == ["ran", "set purifier power on"]
    assert list(found.not_modelled) == ["purifier.pm2_5"]


def test_a_rules_own_order_is_seen_by_the_next_rule() -> None:
    lamp = "when: [{change: purifier.power, to: on}]\nthen: [{set: lamp.power, to: on}]\n"
    assert words(smog().replay(SMOG, lamp))[:2] == [
        (100, "set purifier.power to on", SIMULATED),
        (102, "set lamp.power to on", SIMULATED),
    ]


def test_alarms_come_between_records_and_after_the_last() -> None:
    past = Past()
    past.report(-60, door__open=False)
    past.report(10, door__open=True)
    rule = (
        "when: [{becomes: door.open == on, for: 5 min}, {every: 30 min}]\nthen: [{set: lamp.power, to: on}]\n"
    )
    assert [one.at - T0 for one in past.replay(rule, end=3600).orders] == [310, 1800, 3600]


def test_a_time_that_came_while_the_hub_was_away_is_missed_or_caught_up() -> None:
    past = Past()
    past.report(-60, door__open=False)
    past.add(10, RecordKind.SYSTEM, {"what": "stopped"})
    past.add(1000, RecordKind.SYSTEM, {"what": "started"})
    rule = "when: [{{time: '12:15', catch up: {}}}]\nthen: [{{set: lamp.power, to: on}}]\n"
    assert [one.at - T0 for one in past.replay(rule.format("5 min")).orders] == [1000]
    late = past.replay(rule.format("1 min"))
    assert not late.orders
    assert sum(late.reasons["r0"].values()) == 1


def test_events_modes_and_other_rules_come_from_the_journal() -> None:
    past = Past()
    past.add(
        5, RecordKind.EVENT, {"device": "button", "event": "pressed", "arguments": {}, "cause": by("x", "e")}
    )
    past.add(6, RecordKind.HOME, {"what": "mode_changed", "mode": "night", "cause": by("x", "m")})
    past.add(7, RecordKind.RULE, {"rule": "x", "what": "ended", "run": "x#1", "ending": "done"})
    rule = (
        "mode: parallel\nat most: 3\nwhen: [{event: button.pressed}, {mode: night}, {rule: x}]\n"
        "then: [{set: lamp.power, to: on}]\n"
    )
    assert [one.at - T0 for one in past.replay(rule).orders] == [5, 6, 7]


def test_why_it_did_not_run_is_counted() -> None:
    found = smog().replay(SMOG.replace("then", "if: mode == away\nthen"))
    assert found.reasons == {"r0": {"mode == away": 2}}


def test_a_report_is_put_together_again_and_only_wanted_properties_are() -> None:
    past = Past()
    past.report(0, purifier__pm2_5=20, purifier__power=False)
    past.report(0.5, purifier__pm2_5=21)
    first, second = happenings(past.records)
    assert isinstance(first, Told)
    assert isinstance(second, Told)
    assert [len(first.readings), len(second.readings)] == [2, 1]


def test_a_rule_that_does_not_fit_is_a_fault_and_the_others_are_played() -> None:
    found = smog().replay("when: [{becomes: nobody.power == on}]\nthen: [{set: lamp.power, to: on}]\n", SMOG)
    assert list(found.faults) == ["r0"]
    assert len(found.orders) == 2


def test_a_rule_that_is_off_is_played() -> None:
    assert smog().replay("enabled: false\n" + SMOG).orders


def test_two_versions_side_by_side() -> None:
    past = smog()
    difference = compare(past.replay(SMOG), past.replay(SMOG.replace("75", "92")))
    assert difference.both == 1
    assert [one.at - T0 for one in difference.only_first] == [100]
    assert not difference.only_second


def test_records_of_strangers_break_nothing() -> None:
    past = Past()
    for kind in RecordKind:
        past.add(1, kind, {})
        past.add(
            1, kind, {"device": 7, "rule": None, "cause": 3, "arguments": 4, "trigger": 1, "mode": "moon"}
        )
        past.add(1, kind, {"what": "mode_changed", "mode": "moon", "ending": 5, "rule": "z"})
    past.records += [replace(one, at=one.at + 10) for one in smog().records]
    assert len(past.replay(SMOG).orders) == 2


def test_the_same_journal_gives_the_same_hash_and_another_one_another() -> None:
    lamp = "when: [{every: 5 min}]\nif: purifier.pm2_5 > 50\nthen: [{set: lamp.power, to: on}, {wait: 90 s}, {set: lamp.power, to: off}]\n"
    past = smog()
    hashes = {past.replay(SMOG, lamp, end=86_400).trace_hash for _ in range(30)}
    assert len(hashes) == 1
    past.report(400, purifier__pm2_5=96.0)
    past.report(500, purifier__pm2_5=20)
    assert past.replay(SMOG, lamp, end=86_400).trace_hash not in hashes


def test_what_a_rule_needs_of_the_journal() -> None:
    text = (
        "when: [{becomes: door.open == on}, {event: button.pressed}]\nif: bedroom-ac.humidity > 50\n"
        "then: [{if: purifier.pm2_5 > 3, then: [{notify: owner, text: '{bedroom-ac.temperature}'}]}, {do: lamp.toggle}]\n"
    )
    bound, faults = bind_all([parse_rule(text, "r")], FLAT, SCENES, alone=True)
    assert not faults
    assert devices_of(bound["r"]) == {"door", "button", "bedroom-ac", "purifier", "lamp"}
    assert {str(ref) for ref in refs_of(bound["r"])} >= {
        "door/open",
        "bedroom-ac/temperature",
        "purifier/pm2_5",
    }


def test_what_a_text_says_in_any_language_is_looked_at() -> None:
    # whoever may not see it must not have it told to them in another language
    said = "{en: 'Good morning', zh: '{bedroom-ac.temperature}'}"
    text = f"when: [{{event: button.pressed}}]\nthen: [{{notify: owner, text: {said}}}]\n"
    bound, faults = bind_all([parse_rule(text, "r")], FLAT, SCENES, alone=True)
    assert not faults
    assert {str(ref) for ref in refs_of(bound["r"])} == {"bedroom-ac/temperature"}


def test_no_records_no_runs() -> None:
    found = replay([], [parse_rule(SMOG, "r")], FLAT, SHANGHAI, BEIJING, SCENES, T0, T0 + 60)
    assert (found.runs, found.orders, found.happenings) == ((), (), 0)
