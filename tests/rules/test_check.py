"""The checker keeps its list short: what cannot happen is dismissed, what can is named with line, moment and partners."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.rules.demo_home import BEIJING, DEFINITIONS, SHANGHAI, journal

from jiahe.model.happening import Record, RecordKind
from jiahe.rules.calendar import Calendar
from jiahe.rules.check import check_rules
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.judge import condition
from jiahe.rules.load import parse_rule
from jiahe.rules.possible import Possible
from jiahe.rules.rule import Expression, Place
from jiahe.rules.syntax import parse

PAST = tuple(journal())
DUST, TEMPERATURE = "living-purifier.pm2_5", "bedroom-ac.temperature"


def check(
    *texts: str, records: Iterable[Record] | None = PAST, about: tuple[str, ...] | None = None
) -> list[Finding]:
    rules = [parse_rule(text, f"r{number}") for number, text in enumerate(texts)]
    return list(check_rules(rules, DEFINITIONS, SHANGHAI, BEIJING, {}, records, about=about))


def rule(when: str, target: str, value: str, more: str = "") -> str:
    return f"when: [{when}]\n{more}then: [{{set: {target}, to: {value}}}]\n"


def flaws(found: list[Finding]) -> list[Flaw]:
    return [one.flaw for one in found]


def test_a_circle_that_comes_to_rest_is_none() -> None:
    on = rule("{change: living-purifier.power, to: on}", "living-purifier.mode", "auto")
    mode = rule("{change: living-purifier.mode, to: auto}", "living-purifier.power", "on")
    assert check(on, mode) == []


def test_rules_whose_conditions_exclude_each_other_do_not_race() -> None:
    when, target = "{time: '03:33'}", "living-purifier.mode"
    low, high = f"if: {DUST} < 50 ug/m3\n", f"if: {DUST} >= 50 ug/m3\n"
    assert check(rule(when, target, "sleep", low), rule(when, target, "auto", high)) == []
    (found,) = check(
        rule(when, target, "sleep", low),
        rule(when, target, "auto", high.replace(">= 50", "> 40")),
        records=None,
    )
    assert (found.flaw, found.rule, found.others, found.confirmed) == (
        Flaw.CONTRADICTION,
        "r1",
        ("r0",),
        False,
    )


def test_what_really_collided_says_when() -> None:
    target = "living-purifier.mode"
    (found,) = check(rule("{time: '10:00'}", target, "sleep"), rule("{time: '10:00'}", target, "auto"))
    assert found.confirmed
    assert found.at is not None
    assert (found.at + 8 * 3600) % 86_400 == 36_000


def test_a_threshold_without_a_gap_matters_where_the_room_was_near_it() -> None:
    def pair(high: float, low: float) -> list[Finding]:
        target = "bedroom-ac.power"
        warm = rule(f"{{becomes: {TEMPERATURE} > {high} Cel}}", target, "on")
        return check(warm, rule(f"{{becomes: {TEMPERATURE} < {low} Cel}}", target, "off"))

    assert Flaw.OSCILLATION in flaws(pair(27, 27))
    assert pair(29, 25) == []
    assert pair(5, 5) == [], "no summer night has five degrees"


def test_one_rule_that_sets_a_thing_twice_at_once() -> None:
    text = "when: [{time: '10:00'}]\nthen:\n  - {set: bedroom-ac.power, to: on}\n  - {set: bedroom-ac.power, to: off}\n"
    (found,) = check(text, records=None)
    assert (found.flaw, found.line) == (Flaw.CONTRADICTION, 4)
    assert (
        check(
            text.replace(
                "  - {set: bedroom-ac.power, to: off}",
                "  - {wait: 5 min}\n  - {set: bedroom-ac.power, to: off}",
            ),
            records=None,
        )
        == []
    )


def test_only_findings_about_the_named_rules_are_told() -> None:
    bad = rule("{time: '10:00'}", "nobody.power", "on")
    fine = rule("{time: '11:00'}", "living-purifier.power", "on")
    assert check(bad, fine, about=("r1",)) == []
    assert flaws(check(bad, fine, about=("r0",))) == [Flaw.FAULT]


def test_records_that_are_not_ours_are_passed_over() -> None:
    strange = [
        Record(1, PAST[0].at, RecordKind.UPDATE, {"device": 3}),
        Record(2, PAST[0].at, RecordKind.HOME, {"what": "mode_changed"}),
    ]
    assert check(rule("{time: '10:00'}", "living-purifier.power", "on"), records=[*strange, *PAST]) == []


@pytest.mark.parametrize(("text", "truths"), [
    (f"{DUST} > 75 ug/m3", {True, False}),
    (f"{DUST} > 600 ug/m3", {False}),
    (f"{DUST} >= 0", {True}),
    (f"{DUST} > 40 and {DUST} < 41", {False}),  # it has whole numbers only
    (f"{TEMPERATURE} > 40 Cel and {TEMPERATURE} < 41 Cel", {True, False}),
    (f"{TEMPERATURE} < 14 [degF] and {TEMPERATURE} > -10 Cel", {False}),
    ("mode == home and mode in [night, away]", {False}),
    ("mode != home or mode != night", {True}),
    ("not (living-purifier.mode in [auto, sleep, favorite])", {False}),
    ("time between 22:00 and 06:00 and time between 07:00 and 21:00", {False}),
    ("time between 22:00 and 06:00 and time between 05:30 and 21:00", {True, False}),
    ("weekday in [sat, sun] and weekday == mon", {False}),
    ("month in [12, 1] and day > 31", {False}),
    (f"unchanged({DUST}) > 5 min and mode == home and mode == away", None),
    (f"{TEMPERATURE} > bedroom-ac.outdoor_temperature", None),
    (f"{TEMPERATURE} - 5 Cel > 90 Cel", None),
])  # fmt: skip
def test_what_can_be_true(text: str, truths: set[bool] | None) -> None:
    bound = condition(Expression(text, Place("x", 1, 1), parse(text)), DEFINITIONS)
    found = Possible(DEFINITIONS, Calendar(SHANGHAI, BEIJING)).truths([bound])
    assert found == (None if truths is None else {(one,) for one in truths})
