"""Check before enable: everything that can be said about a set of rules before it operates a home.

`check_rules(rules, definitions, …, records=…) -> findings`. Owns which analyses there are and their order. Pure: the
journal's records are an argument; without them nothing is confirmed by the past, and what only the past can tell
(too often, silent inputs, no way back) is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo

from jiahe.model.definition import Profile, Value
from jiahe.model.happening import PropertyRef, Record
from jiahe.rules.bind import BoundRule, bind_rule
from jiahe.rules.calendar import Calendar
from jiahe.rules.case import run_cases
from jiahe.rules.circle import circles
from jiahe.rules.finding import Finding, Flaw, sorted_findings
from jiahe.rules.possible import Possible
from jiahe.rules.quarrel import contradictions, no_way_back
from jiahe.rules.reader import Faults
from jiahe.rules.rule import Rule
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.sentences import say
from jiahe.rules.sun import Location
from jiahe.rules.swing import oscillations
from jiahe.rules.trial import Trial, over_the_past, set_off
from jiahe.rules.unreachable import unreachable

MOST_AN_HOUR = 12
"""Runs of a rule in an hour of the past: more than every five minutes is a machine's rhythm, not a family's."""
TRIED_FOR = 600.0
"""Seconds of a home of its own in which a circle shows itself."""
ENOUGH_PAST = 6 * 3600.0
"""Seconds of journal without a word about a value that make it a silent one."""


def faults_of(rule: str, error: Faults) -> Iterator[Finding]:
    """What is wrong in a file, as findings."""
    for fault in error.faults:
        yield Finding(Flaw.FAULT, rule, fault.line, fault.message, confirmed=True)


def check_rules(
    rules: Iterable[Rule],
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None = None,
    scenes: Mapping[str, Scene] = NO_SCENES,
    records: Iterable[Record] | None = None,
    *,
    start: float = 0.0,
    about: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Findings about these rules together, gravest first. `records` are looked at once, in the order of their times; None is
    no past. Those before `start` (epoch seconds) only say how things were. `about` keeps findings that these ids have a
    part in; these rules are looked at whether they are on or not."""
    given = {
        rule.id: replace(rule, enabled=True) for rule in rules if rule.enabled or rule.id in (about or ())
    }
    found: list[Finding] = []
    bound: dict[str, BoundRule] = {}
    for name, rule in given.items():
        try:
            bound[name] = bind_rule(rule, definitions, scenes, given, has_location=location is not None)
        except Faults as error:
            found += faults_of(name, error)
    wanted = [name for name in bound if about is None or name in about]
    calendar = Calendar(zone, location)
    possible = Possible(definitions, calendar)
    fit = [given[name] for name in bound]
    for name in wanted:
        found += _tests(given[name], definitions, zone, location, scenes)
        found += unreachable(bound[name], possible, calendar)
    trial = None
    if records is not None:
        trial = over_the_past(records, fit, definitions, zone, location, scenes, start)
        trial = trial if trial.values else None  # a home without a past

    def by_hand(rule: str, ring: list[str], values: Mapping[PropertyRef, Value]) -> Trial:
        some = [given[name] for name in ring]
        return set_off(rule, some, definitions, zone, location, scenes, values, TRIED_FOR)

    found += circles(bound, possible, by_hand, about)
    looped = {name for one in found if one.flaw is Flaw.LOOP for name in (one.rule, *one.others)}
    found += [
        one for one in contradictions(bound, possible, trial, about) if not {one.rule, *one.others} <= looped
    ]
    found += oscillations(bound, trial, _unit(definitions))
    if trial is not None:
        found += _too_often(bound, trial, looped)
        found += _silent(bound, trial)
        found += no_way_back(bound, trial)
    return sorted_findings([one for one in found if about is None or {one.rule, *one.others} & set(about)])


def _unit(definitions: Mapping[str, Profile]) -> Callable[[PropertyRef], str]:
    return lambda ref: definitions[ref.device].properties[ref.path].unit


def _tests(
    rule: Rule,
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None,
    scenes: Mapping[str, Scene],
) -> Iterator[Finding]:
    for result in run_cases(rule, definitions, zone, location, scenes):
        if not result.passed:
            yield Finding(
                Flaw.TEST, rule.id, result.line, say("test_fails", name=result.name, why=result.why), True
            )


def _too_often(rules: Mapping[str, BoundRule], trial: Trial, looped: Collection[str]) -> Iterator[Finding]:
    for name, bound in rules.items():
        runs = trial.runs(name)
        for first, at in zip(runs, runs[MOST_AN_HOUR:], strict=False):
            if at - first < 3600.0:
                if name not in looped:
                    line = bound.rule.when[0].place.line
                    message = say("too_often", most=MOST_AN_HOUR, count=len(runs))
                    yield Finding(Flaw.TOO_OFTEN, name, line, message, True, at)
                break


def _silent(rules: Mapping[str, BoundRule], trial: Trial) -> Iterator[Finding]:
    """Values that a rule looks at and that the devices never said."""
    if trial.end - trial.start < ENOUGH_PAST:
        return
    for name, bound in rules.items():
        looks = [(one.trigger.place.line, one.refs) for one in bound.triggers]
        looks += [(bound.condition.line, bound.condition.refs)] if bound.condition else []
        for line, refs in looks:
            for ref in sorted(refs, key=str):
                if ref not in trial.values:
                    hours = (trial.end - trial.start) / 3600.0
                    message = say("never_said", name=f"{ref.device}.{ref.path}", hours=f"{hours:.0f}")
                    yield Finding(Flaw.SILENT_INPUT, name, line, message, True)
