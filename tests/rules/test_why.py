"""Why's law: every actuation ends at somebody, and what did not happen names the first thing that failed, with values."""

from __future__ import annotations

from typing import Any

from tests.rules.flat import BEIJING, FLAT, SCENES, SHANGHAI, ref
from tests.rules.past import T0, Past

from jiahe.model.happening import Actor, Record, RecordKind
from jiahe.rules.bind import bind_rule
from jiahe.rules.calendar import Calendar
from jiahe.rules.load import parse_rule
from jiahe.rules.reading import Look
from jiahe.rules.why import Why, why, why_rule

SMOG = "when: [{becomes: purifier.pm2_5 > 75}]\nif: door.open == off\nthen: [{set: purifier.power, to: on}]\n"


def looking(past: Past) -> Look:
    def look(upto: int, limit: int, device: str | None, kinds: tuple[RecordKind, ...]) -> list[Record]:
        def fits(record: Record) -> bool:
            subject = record.body.get("device", "")
            return record.seq <= upto and record.kind in kinds and device in (None, subject)

        return [record for record in past.records if fits(record)][-limit:]

    return look


def asked(past: Past, name: str, at: float) -> Why:
    return why(looking(past), ref(name), T0 + at)


def asked_rule(past: Past, text: str, at: float) -> Why:
    bound = bind_rule(parse_rule(text, "smog"), FLAT, SCENES)
    return why_rule(looking(past), bound, T0 + at, Calendar(SHANGHAI, BEIJING))


def cause(kind: str, source: str, name: str, parent: str | None = None) -> dict[str, Any]:
    return {"id": name, "kind": kind, "source": source} | ({"parent": parent} if parent else {})


def ran(past: Past, at: float, rule: str, run: str, by: dict[str, Any] | None) -> None:
    trigger = {
        "number": 0,
        "line": 1,
        "kind": "becomes",
        "text": "x > 1",
        "saw": {"purifier.pm2_5": [90, "good"]},
    }
    past.add(
        at,
        RecordKind.RULE,
        {"rule": rule, "what": "ran", "run": run, "trigger": trigger | ({"cause": by} if by else {})},
    )


def test_a_person_did_it() -> None:
    past = Past()
    past.report(0, purifier__power=False)
    past.command(5, "purifier.power", True, cause("person", "Mei", "p1"))
    past.report(5.2, cause("person", "Mei", "p1"), purifier__power=True)
    past.report(9, purifier__power=True)
    found = asked(past, "purifier.power", 100)
    assert found.text == "purifier.power became on: Mei did it"
    assert found.at == T0 + 5.2
    assert asked(past, "purifier.power", 3).chain[-1].by == Actor.DEVICE.value


def test_a_rule_did_it_because_of_a_device() -> None:
    past = Past()
    past.report(0, purifier__power=False)
    past.report(5, cause("device", "purifier", "d1"), purifier__pm2_5=90)
    rule = cause("rule", "smog", "smog#1", "d1")
    past.command(5.1, "purifier.power", True, rule)
    ran(past, 5.0, "smog", "smog#1", cause("device", "purifier", "d1"))
    past.report(5.3, rule, purifier__power=True)
    found = asked(past, "purifier.power", 10)
    assert [(link.by, link.source) for link in found.chain] == [
        ("rule", "smog"),
        ("rule", "smog"),
        ("device", "purifier"),
    ]
    assert "purifier.pm2_5 was 90" in found.chain[1].text
    assert found.chain[2].text == "purifier.pm2_5 became 90"


def test_what_came_later_is_no_cause() -> None:
    """Records that share the cause named as parent, one before and one after: the one before is taken, or none."""
    past = Past()
    past.report(0, lamp__power=False)
    past.report(5, cause("person", "Mei", "p1", "s"), lamp__power=True)
    past.report(9, cause("system", "simulated past", "s"), purifier__pm2_5=5)
    found = asked(past, "lamp.power", 20)
    assert found.text == "lamp.power became on: Mei did it"
    assert [link.source for link in found.chain] == ["Mei"]
    past = Past()
    past.report(1, cause("device", "purifier", "s"), purifier__pm2_5=90)
    past.report(5, cause("rule", "smog", "smog#1", "s"), lamp__power=True)
    past.report(9, cause("device", "purifier", "s"), purifier__pm2_5=5)
    assert asked(past, "lamp.power", 20).chain[-1].text == "purifier.pm2_5 became 90"


def test_a_rule_of_a_rule_ends_at_the_person_who_pressed() -> None:
    past = Past()
    past.add(
        1, RecordKind.HOME, {"what": "mode_changed", "mode": "night", "cause": cause("person", "Mei", "p1")}
    )
    ran(past, 1.1, "bed", "bed#1", cause("person", "Mei", "p1"))
    ran(past, 1.2, "smog", "smog#1", cause("rule", "bed", "bed#1"))
    past.report(2, cause("rule", "smog", "smog#1", "bed#1"), lamp__power=True)
    found = asked(past, "lamp.power", 10)
    assert found.chain[-1].by == "person"
    assert found.text.endswith("Mei did it")


def test_a_rule_that_only_time_began_is_the_end() -> None:
    past = Past()
    past.report(0, cause("rule", "smog", "smog#1"), lamp__power=True)
    ran(past, 0, "smog", "smog#1", None)
    assert asked(past, "lamp.power", 1).text == "lamp.power became on: the rule smog did it"


def test_what_comfort_did_ends_at_its_own_record_with_its_reasons() -> None:
    past = Past()
    by = cause("comfort", "climate", "k1")
    reasons = [{"code": "climate.plan", "figures": {"target": 26.0}}, "no reason", {"code": 7, "figures": {}}]
    for number, at in ((0, 3), (1, 4)):
        body = {"what": "climate", "about": "bedroom", "cause": by | {"id": f"k{number}"}, "reasons": reasons}
        past.add(at, RecordKind.COMFORT, body)
    past.command(5, "purifier.power", True, by)
    past.report(6, by, purifier__power=True)
    found = asked(past, "purifier.power", 10)
    effect, decided = found.chain
    assert (decided.at, decided.by, decided.source, decided.about) == (
        T0 + 4,
        "comfort",
        "climate",
        "bedroom",
    )
    assert decided.body()["reasons"] == [reasons[0]]
    assert "reasons" not in effect.body()
    assert found.text.endswith("comfort did it")


def test_causes_in_a_circle_end() -> None:
    past = Past()
    past.report(0, cause("rule", "a", "a#1", "b#1"), lamp__power=True)
    ran(past, 0, "a", "a#1", cause("rule", "b", "b#1"))
    ran(past, 0, "b", "b#1", cause("rule", "a", "a#1"))
    assert len(asked(past, "lamp.power", 1).chain) < 10


def test_every_kind_of_actor_is_somebody() -> None:
    for kind in Actor:
        past = Past()
        past.report(0, cause(kind.value, "x", "c"), lamp__power=True)
        assert "unknown" not in asked(past, "lamp.power", 1).text


def test_a_property_that_never_spoke() -> None:
    assert "no word" in asked(Past(), "lamp.power", 1).text


def test_why_a_rule_was_triggered_and_did_not_run() -> None:
    past = Past()
    past.report(5, cause("device", "purifier", "d1"), purifier__pm2_5=90)
    trigger = {
        "number": 0,
        "line": 1,
        "kind": "becomes",
        "text": "t",
        "cause": cause("device", "purifier", "d1"),
    }
    condition = {"line": 2, "text": "door.open == off", "result": False, "saw": {"door.open": [True, "good"]}}
    body = {
        "rule": "smog",
        "what": "not",
        "why": "`door.open == off` was not so: door.open was on",
        "trigger": trigger,
    }
    past.add(5.1, RecordKind.RULE, body | {"condition": condition})
    found = asked_rule(past, SMOG, 30)
    assert found.text == "smog was triggered and did not run: `door.open == off` was not so: door.open was on"
    assert found.saw == {"door.open": [True, "good"]}
    assert found.chain[-1].source == "purifier"


def test_why_nothing_triggered_a_rule() -> None:
    past = Past()
    past.report(0, purifier__pm2_5=30, door__open=True)
    past.report(500, purifier__pm2_5=99)
    found = asked_rule(past, SMOG, 200)
    assert "`purifier.pm2_5 > 75` was not so (purifier.pm2_5 was 30)" in found.text
    assert "`door.open == off` was not so (door.open was on)" in found.text
    assert found.saw == {"purifier.pm2_5": [30, "good"], "door.open": [True, "good"]}
    assert "it was so already" in asked_rule(past, SMOG, 900).text
    assert "could not be known" in asked_rule(past, SMOG, -5).text


def test_why_a_rule_ran() -> None:
    past = Past()
    past.report(5, cause("device", "purifier", "d1"), purifier__pm2_5=90)
    ran(past, 5.1, "smog", "smog#1", cause("device", "purifier", "d1"))
    found = asked_rule(past, SMOG, 30)
    assert found.text.startswith("smog ran")
    assert found.chain[-1].text == "purifier.pm2_5 became 90"


def test_records_of_strangers_break_nothing() -> None:
    past = Past()
    for kind in RecordKind:
        past.add(1, kind, {})
        odd = {
            "run": 3,
            "rule": "smog",
            "what": "ran",
            "trigger": 7,
            "cause": 3,
            "property": 4,
            "condition": 1,
        }
        past.add(2, kind, odd | {"device": "purifier"})
        past.add(3, kind, odd)
    past.report(4, cause("rule", "smog", "smog#1", "lost"), purifier__pm2_5=90)
    assert asked(past, "purifier.pm2_5", 10).chain[-1].source == "smog"
    assert asked_rule(past, SMOG, 10).text.startswith("smog ran")
    assert asked_rule(past, SMOG, 900).text.startswith("nothing triggered smog")
