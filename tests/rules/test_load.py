"""Rule files: what is read, and what a faulty one says, with line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.flat import FLAT, SCENES

from jiahe.rules.bind import bind_rule
from jiahe.rules.load import parse_rule
from jiahe.rules.reader import Faults
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Choose,
    Every,
    Happens,
    HubStarts,
    Mode,
    ModeBecomes,
    Notify,
    Repeat,
    RuleEnds,
    SetValue,
    Stop,
    Wait,
    WaitUntil,
)
from jiahe.rules.scene import parse_scene

WHOLE = """
name: {en: Clean air, zh: 睡前净化}
about: All words of the language.
mode: queued
at most: 3
when:
  - becomes: purifier.pm2_5 > 75 ug/m3
    for: 5 min
  - {change: purifier.mode, from: auto, to: fan only, for: 1 h 30 min}
  - {time: "22:30", days: [workdays, sun], months: [11, 12], catch up: 10 min}
  - {time: 07:05:30, dates: [02-29], month days: [1, last]}
  - {sun: sunset, offset: -30 min}
  - every: 15 min
  - {event: button.pressed, with: {count: 2}}
  - {rule: other, ended: failed}
  - mode: night
  - hub: started
if: purifier.power == on and not (mode == away)
then:
  - {set: purifier.mode, to: fan only}
  - {set: bedroom-ac.target_temperature, to: bedroom-ac.temperature - 1 Cel, otherwise: [{stop: no}]}
  - {do: purifier.run, with: [10 min]}
  - scene: good-night
  - mode: night
  - wait: 10 min
  - wait until: purifier.pm2_5 < 35
    for at most: 30 min
    otherwise:
      - {notify: owner, text: "Still {purifier.pm2_5} {{so}}"}
  - choose:
      - {if: bedroom-ac.temperature > 27 Cel, then: [{do: lamp.toggle}]}
      - else: [stop]
  - if: door.open
    then: [{wait: 1 s}]
    else: [{wait: 2 s}]
  - repeat: {times: 3, steps: [{do: lamp.toggle}, {wait: 1 s}]}
  - repeat: {while: door.open, at most: 5, steps: [{wait: 1 min}]}
uses stale values: yes
"""


def faults(text: str) -> list[str]:
    with pytest.raises(Faults) as caught:
        parse_rule(text, "bad")
    return [str(one) for one in caught.value.faults]


def test_every_word_is_read_and_fits_the_flat() -> None:
    rule = parse_rule(WHOLE, "clean-air")
    assert [type(one) for one in rule.when] == [
        Becomes, Changes, AtTime, AtTime, AtSun, Every, Happens, RuleEnds, ModeBecomes, HubStarts,
    ]  # fmt: skip
    assert rule.names == {"en": "Clean air", "zh": "睡前净化"}
    assert (rule.mode, rule.at_most, rule.uses_stale) == (Mode.QUEUED, 3, True)
    change, evening, odd, sun = rule.when[1:5]
    assert isinstance(change, Changes)
    assert change.lasting == 5400
    assert isinstance(evening, AtTime)
    assert (evening.second, evening.days.weekdays, evening.days.months, evening.catch_up) == (
        81_000, (0, 1, 2, 3, 4, 6), (11, 12), 600,
    )  # fmt: skip
    assert isinstance(odd, AtTime)
    assert (odd.second, odd.days.dates, odd.days.month_days) == (25_530, ((2, 29),), (-1, 1))
    assert isinstance(sun, AtSun)
    assert sun.offset == -1800
    kinds = [type(one) for one in rule.then]
    assert kinds[0] is SetValue
    assert kinds[5:] == [Wait, WaitUntil, Choose, Choose, Repeat, Repeat]
    until = rule.then[6]
    assert isinstance(until, WaitUntil)
    assert isinstance(until.otherwise[0], Notify)
    assert until.otherwise[0].text.parts[2] == " {so}"
    assert isinstance(rule.then[7].branches[1].steps[0], Stop)  # type: ignore[union-attr]  # a Choose
    assert len(bind_rule(rule, FLAT, SCENES, {"other"}).program) > 20


def test_the_version_is_the_text() -> None:
    again = parse_rule(WHOLE, "clean-air")
    assert again.version == parse_rule(WHOLE, "another").version
    assert again.version != parse_rule(WHOLE + "# a comment\n", "clean-air").version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "bad.yaml:1:1: the file is empty"),
        ("- a", "bad.yaml:1:1: a rule is a map"),
        ("when: [\n", "this is not YAML"),
        ("a: 1\n---\nb: 2", "a file holds one rule"),
        ("a: &x 1\nb: *x", "bad.yaml:1:4: anchors"),
        ("a: !!python/object:os.system x", "bad.yaml:1:4: tags"),
        ("mode: single\nmode: restart", "bad.yaml:2:1: `mode` stands here twice; the first is in line 1"),
        ("{[1]: 2}", "a key is a word"),
        ("\x07", "this is not YAML"),
        ("[" * 50_000, "at most 32 deep"),
        ("a: " + "x" * 70_000, "at most 64 kB"),
        ("a: [" + "1, " * 6_000 + "1]", "at most 5000 values"),
        ("then: [{wait: 1 s}]", "needs `when:`"),
        ("when: []\nthen: [stop]", "`when` is empty"),
        ("when: [{hub: started}]", "needs `then:`"),
        ("whne: []", "did you mean `when`?"),
    ],
)
def test_faults_of_a_file(text: str, expected: str) -> None:
    assert any(expected in one for one in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("becomes: purifier.pm2_5 >", "bad.yaml:2:30: expected a value"),
        ('becomes: "purifier.pm2_5 = 3"', "bad.yaml:2:30: `=` alone"),
        ("becoms: x.y", "did you mean `becomes`?"),
        ("{becomes: x.y, for: 5}", "`for` is a duration such as"),
        ("{becomes: x.y, fro: 5 min}", "`becomes` has no `fro`; did you mean `for`?"),
        ("{becomes: x.y, for: 5 Cel}", "a duration"),
        ("{becomes: x.y, for: 90 d}", "at most 31 d"),
        ("change: purifier", "`change` is `device.property`"),
        ("time: 24:00", "a time of day"),
        ("{time: 08:00, days: [mon, fry]}", "a day is one of"),
        ("{time: 08:00, days: []}", "is empty"),
        ("{time: 08:00, dates: [02-30]}", "a date is month-day"),
        ("{time: 08:00, month days: [32]}", "a whole number from 1 to 31"),
        ("{time: 08:00, catch up: 2 d}", "at most 24 h"),
        ("{sun: moonrise}", "`sun` is one of"),
        ("{sun: sunset, offset: 13 h}", "at most 12 h"),
        ("every: 7 min", "a whole number of it"),
        ("every: 1 s", "5 s to 24 h"),
        ("event: button", "`event` is `device.property`"),
        ("{rule: x, ended: maybe}", "`ended` is one of"),
        ("mode: party", "`mode` is one of home, away, night, holiday"),
        ("hub: stopped", "`hub` can be `started`"),
        ("3", "a trigger is a map"),
    ],
)
def test_faults_of_triggers(line: str, expected: str) -> None:
    found = faults(f"when:\n  - {line}\nthen: [stop]")
    assert any(expected in one for one in found), found
    assert all("bad.yaml:2:" in one for one in found), found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("set: purifier.power", "needs `to:`"),
        ("{set: purifier, to: on}", "`set` is `device.property`"),
        ("{sett: purifier.power, to: on}", "did you mean `set`?"),
        ("{set: purifier.power, to: [1]}", "`to` is a value"),
        ("wait: soon", "`wait` is a duration"),
        ("{notify: owner}", "needs `text:`"),
        ('{notify: owner, text: "Still {purifier.pm2_5"}', "this `{` has no `}`"),
        ('{notify: owner, text: "Still {purifier.}"}', "has no meaning"),
        ("choose: []", "`choose` has no branch"),
        ("choose: [{else: [stop]}, {if: door.open, then: [stop]}]", "nothing comes after `else`"),
        ("choose: [{if: door.open}]", "a branch is `if:` with `then:`"),
        ("{if: door.open}", "`if` needs `then:`"),
        ("repeat: {steps: [stop]}", "either `times:` or `while:`"),
        ("repeat: {times: 3}", "needs `steps:`"),
        ("repeat: {times: 100000, steps: [stop]}", "a whole number from 1 to 1000"),
    ],
)
def test_faults_of_steps(line: str, expected: str) -> None:
    found = faults(f"when: [{{hub: started}}]\nthen:\n  - {line}")
    assert any(expected in one for one in found), found


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("when: [{becomes: purifier.pm2_5 > 26 Cel}]\nthen: [stop]", ":1:33: these cannot be compared"),
        ("when: [{becomes: time > 08:00}]\nthen: [stop]", "put times into `if`"),
        ("when: [{becomes: 1 > 2}]\nthen: [stop]", "never changes"),
        ("when: [{change: purifier.pm25}]\nthen: [stop]", "did you mean pm2_5"),
        ("when: [{change: purifier.mode, to: slep}]\nthen: [stop]", "did you mean sleep"),
        ("when: [{event: button.presed}]\nthen: [stop]", "did you mean `pressed`"),
        ("when: [{event: lamp.pressed}]\nthen: [stop]", "it has none"),
        ("when: [{rule: othr}]\nthen: [stop]", "did you mean `other`"),
        ("when: [{hub: started}]\nthen: [{set: purifier.level, to: 15}]", "above the highest, 14"),
        ("when: [{hub: started}]\nthen: [{set: purifier.level, to: 1.5}]", "not on the steps"),
        ("when: [{hub: started}]\nthen: [{set: purifier.pm2_5, to: 1}]", "can only be read"),
        (
            "when: [{hub: started}]\nthen: [{set: purifier.mode, to: quiet}]",
            "takes one of auto, sleep, fan only",
        ),
        ("when: [{hub: started}]\nthen: [{set: purifier.power, to: 1}]", "cannot be compared"),
        ("when: [{hub: started}]\nthen: [{do: purifier.run}]", "takes 1 arguments (minutes), not 0"),
        ("when: [{hub: started}]\nthen: [{do: purifier.rum}]", "did you mean `run`"),
        ("when: [{hub: started}]\nthen: [{do: purifier.run, with: [90 min]}]", "above the highest, 60"),
        ("when: [{hub: started}]\nthen: [{scene: good-nite}]", "did you mean `good-night`"),
        ("when: [{hub: started}]\nthen: [{wait until: time > 08:00}]", "for a time use `wait`"),
    ],
)
def test_faults_against_the_home(rest: str, expected: str) -> None:
    rule = parse_rule(rest, "bad")
    with pytest.raises(Faults) as caught:
        bind_rule(rule, FLAT, SCENES, {"other", "bad"})
    found = [str(one) for one in caught.value.faults]
    assert any(expected in one for one in found), found
    assert all(one.startswith("bad.yaml:") for one in found)


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    found = faults("when: [{time: 25:00}]\nif: 1 <\nthen:\n  - wait: x\n  - foo: 1\nbar: 2\n")
    assert [one.split(":")[1] for one in found] == ["1", "2", "4", "5", "6"]


def test_an_action_takes_a_value_in_another_unit() -> None:
    rule = parse_rule("when: [{hub: started}]\nthen: [{do: purifier.run, with: [1 h]}]", "hour")
    give = bind_rule(rule, FLAT).program[0]
    assert [compute(None) for compute in give.arguments] == [60]  # type: ignore[union-attr, arg-type]  # a constant Give


def test_scenes_have_faults_too() -> None:
    for text, expected in [
        ("set: {lamp.power: on}\nfoo: 1", "a scene has no `foo`"),
        ("name: x", "needs `set:`"),
        ("set: {lamp: on}", "a value's name"),
        ("do: [{wait: 1 s}]", "for anything else write a rule"),
    ]:
        with pytest.raises(Faults, match=expected):
            parse_scene(text, "bad")


@given(st.text(max_size=200))
def test_any_text_is_a_rule_or_faults(text: str) -> None:
    found: Faults | None = None
    try:
        parse_rule(text, "any")
    except Faults as error:
        found = error
    assert found is None or found.faults


@given(st.data())
def test_a_broken_rule_is_a_rule_or_faults(data: st.DataObject) -> None:
    """Any character of a good file lost or replaced."""
    at = data.draw(st.integers(0, len(WHOLE) - 1))
    text = (
        WHOLE[:at]
        + data.draw(st.sampled_from(["", "{", "]", ":", "-", '"', "\n", "\t", "3", "é"]))
        + WHOLE[at + 1 :]
    )
    found: Faults | None = None
    try:
        bind_rule(parse_rule(text, "broken"), FLAT, SCENES, {"other"})
    except Faults as error:
        found = error
    assert found is None or all(one.line >= 1 for one in found.faults)


@pytest.mark.parametrize(
    "what",
    [
        "name: {}\nwhen: [{{hub: started}}]\nthen: [{{mode: home}}]",
        "name: {{en: {}}}\nwhen: [{{hub: started}}]\nthen: [{{mode: home}}]",
    ],
)
def test_a_name_of_ten_thousand_characters_is_a_fault(what: str) -> None:
    with pytest.raises(Faults) as wrong:
        parse_rule(what.format("W" * 10_000), "r")
    assert len(str(wrong.value)) < 300
