"""Rules against each other: contradictions, circles, to and fro (also by way of the room), and what nobody sets back.

Owns these analyses. What follows from the texts is confirmed or dismissed by a trial: over the home's past where there
is one, in a home of their own for circles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.model.errors import JiaheError
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule, BoundTrigger
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.moment import OrderKind
from jiahe.rules.possible import Possible, parts_of
from jiahe.rules.program import Enter, Give
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Happens,
    HomeMode,
    HubStarts,
    ModeBecomes,
    RuleEnds,
)
from jiahe.rules.sight import Unknowable
from jiahe.rules.syntax import parse
from jiahe.rules.trace import described
from jiahe.rules.tree import Compare, Reference
from jiahe.rules.trial import Sent, Trial

AT_ONCE = 60.0
"""Seconds within which two rules that want opposite things are quarrelling; later the second one has changed its mind."""
MOST_TURNS = 6
"""Times in an hour that a property may be set to another value: more is to and fro."""
ROUNDS = 10
"""Runs within ten minutes of one start by hand that make a circle."""
STATES = 6
"""Ways the home can be in which a circle is tried."""
GAPS: Mapping[str, float] = {"Cel": 0.5, "ug/m3": 5.0, "%": 3.0, "[ppm]": 50.0}
"""How far apart the thresholds of on and off must be, in the property's unit: about what sensors flicker by."""


class Write(NamedTuple):
    """What a rule sets; `value` None where it is computed."""

    target: PropertyRef
    value: Value
    line: int


def writes(bound: BoundRule) -> list[Write]:
    """Every property that a rule sets, anywhere in its steps."""
    return [
        Write(one.target, None if one.refs else _fixed(one), one.line)
        for one in bound.program
        if isinstance(one, Give) and one.arguments is None and one.value is not None
    ]


def _fixed(give: Give) -> Value:
    assert give.value is not None
    try:
        return give.value(None)  # type: ignore[arg-type]  # a constant looks at nothing
    except (AttributeError, TypeError, JiaheError, Unknowable):  # it looks at a word such as the hour
        return None


# ---- contradictions ----------------------------------------------------------------------------------------------


def contradictions(
    rules: Mapping[str, BoundRule],
    possible: Possible,
    trial: Trial | None,
    about: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Opposite values at once: as they would have been in the past, and where two rules start at the same word."""
    seen: set[frozenset[str]] = set()
    if trial is not None:
        for first, second in _collisions(trial.sent):
            pair = frozenset((first.order.rule, second.order.rule))
            if pair not in seen and len(pair) == 2:
                seen.add(pair)
                name = _name(first.order.target)
                yield Finding(
                    Flaw.CONTRADICTION, second.order.rule, second.order.line,
                    f"sets {name} to {_said(second.order.value)} {second.at - first.at:.0f} s after "
                    f"{first.order.rule} set it to {_said(first.order.value)}",
                    True, second.at, (first.order.rule,),
                )  # fmt: skip
    for name in sorted(rules):
        if about is None or name in about:
            yield from _twice(rules[name])
    for one, other in _pairs(rules, about):
        if frozenset((one, other)) not in seen and (found := _race(rules[one], rules[other], possible)):
            yield found


def _pairs(rules: Mapping[str, BoundRule], about: Collection[str] | None) -> list[tuple[str, str]]:
    """Rules that set the same property, in order."""
    groups: dict[PropertyRef, dict[str, None]] = defaultdict(dict)
    for name in sorted(rules):
        for write in writes(rules[name]):
            groups[write.target][name] = None
    found: dict[tuple[str, str], None] = {}
    for group in groups.values():
        for one in group if about is None else [name for name in group if name in about]:
            for other in group:
                if one != other:
                    found[min(one, other), max(one, other)] = None
    return sorted(found)


def _collisions(sent: Sequence[Sent]) -> Iterator[tuple[Sent, Sent]]:
    last: dict[PropertyRef, Sent] = {}
    for one in sent:
        target = one.order.target
        if one.order.kind is not OrderKind.SET or target is None:
            continue
        before = last.get(target)
        if before and before.order.value != one.order.value and one.at - before.at <= AT_ONCE:
            yield before, one
        last[target] = one


def _twice(bound: BoundRule) -> Iterator[Finding]:
    """The same rule sets a property to two values one right after the other."""
    last: dict[PropertyRef, Value] = {}
    for one in bound.program:
        if not isinstance(one, Give) or one.arguments is not None or one.refs:
            if not isinstance(one, Give | Enter):
                last = {}
            continue
        value = _fixed(one)
        before = last.get(one.target)
        if before is not None and value is not None and before != value:
            yield Finding(
                Flaw.CONTRADICTION, bound.rule.id, one.line,
                f"sets {_name(one.target)} to {_said(value)} right after it set it to {_said(before)}", True,
            )  # fmt: skip
        last[one.target] = value


def _race(one: BoundRule, other: BoundRule, possible: Possible) -> Finding | None:
    quarrel = next(
        (
            (mine, theirs)
            for mine in writes(one)
            for theirs in writes(other)
            if mine.target == theirs.target
            and None not in (mine.value, theirs.value)
            and mine.value != theirs.value
        ),
        None,
    )
    if quarrel is None:
        return None
    start = next((a for a in one.triggers for b in other.triggers if _same_start(a, b)), None)
    if start is None:
        return None
    conditions = [bound.condition for bound in (one, other) if bound.condition is not None]
    if len(conditions) == 2:
        truths = possible.truths(conditions)
        if truths is not None and (True, True) not in truths:
            return None
    mine, theirs = quarrel
    return Finding(
        Flaw.CONTRADICTION, other.rule.id, theirs.line,
        f"sets {_name(theirs.target)} to {_said(theirs.value)}, and {one.rule.id} sets it to {_said(mine.value)} at the same "
        f"moment ({' '.join(described(start.trigger))})", others=(one.rule.id,),
    )  # fmt: skip


def _same_start(a: BoundTrigger, b: BoundTrigger) -> bool:
    """Whether two triggers come at the same moment."""
    match a.trigger, b.trigger:
        case AtTime() as one, AtTime() as other:
            days = (
                not one.days.weekdays
                or not other.days.weekdays
                or set(one.days.weekdays) & set(other.days.weekdays)
            )
            months = (
                not one.days.months or not other.days.months or set(one.days.months) & set(other.days.months)
            )
            return abs(one.second - other.second) <= AT_ONCE and bool(days) and bool(months)
        case AtSun() as sun, AtSun() as moon:
            return sun.event is moon.event and abs(sun.offset - moon.offset) <= AT_ONCE
        case ModeBecomes() as mode, ModeBecomes() as state:
            return None in (mode.mode, state.mode) or mode.mode is state.mode
        case Happens() as event, Happens() as thing:
            return (event.device, event.event) == (thing.device, thing.event) and (
                not event.arguments or not thing.arguments or dict(event.arguments) == dict(thing.arguments)
            )
        case HubStarts(), HubStarts():
            return True
        case Becomes(), Becomes():
            return described(a.trigger) == described(b.trigger)
        case Changes(), Changes():
            return described(a.trigger) == described(b.trigger)
    return False


# ---- circles -----------------------------------------------------------------------------------------------------

Start = Callable[[str, list[str], Mapping[PropertyRef, Value]], Trial]
"""Starts a rule by hand among these rules in a home where these values hold."""


def circles(
    rules: Mapping[str, BoundRule], possible: Possible, start: Start, about: Collection[str] | None = None
) -> Iterator[Finding]:
    """Rules that set themselves or each other off, as a trial run shows."""
    leads = _Leads(rules)
    told: set[frozenset[str]] = set()
    for name in sorted(rules) if about is None else sorted(set(about) & set(rules)):
        ring = leads.ring(name)
        if not ring or frozenset(ring) in told:
            continue
        for given in _states([rules[one] for one in ring], possible):
            trial = start(name, ring, given)
            if len(trial.runs(name)) >= ROUNDS or trial.paused():
                told.add(frozenset(ring))
                others = tuple(one for one in ring if one != name)
                how = "sets itself off" if not others else f"and {', '.join(others)} set each other off"
                line = rules[name].rule.when[0].place.line
                yield Finding(Flaw.LOOP, name, line, f"{how}, without end", True, others=others)
                break


class _Leads:
    """Which rules can be started by what a rule does; looked up, so that a home of many rules is not compared pair by pair."""

    def __init__(self, rules: Mapping[str, BoundRule]) -> None:
        self._rules = rules
        self._by_ref: dict[PropertyRef, list[str]] = defaultdict(list)
        self._by_rule: dict[str, list[str]] = defaultdict(list)
        self._by_mode: list[tuple[HomeMode | None, str]] = []
        self._known: dict[str, tuple[str, ...]] = {}
        for name, bound in sorted(rules.items()):
            for trigger in bound.triggers:
                for ref in trigger.refs:
                    self._by_ref[ref].append(name)
                if isinstance(trigger.trigger, RuleEnds):
                    self._by_rule[trigger.trigger.rule].append(name)
                elif isinstance(trigger.trigger, ModeBecomes):
                    self._by_mode.append((trigger.trigger.mode, name))
                elif trigger.mode:
                    self._by_mode.append((None, name))

    def after(self, name: str) -> tuple[str, ...]:
        """The rules that this one can start."""
        found = self._known.get(name)
        if found is None:
            bound = self._rules[name]
            modes = {step.mode for step in bound.program if isinstance(step, Enter)}
            started = dict.fromkeys(self._by_rule.get(name, ()))
            for write in writes(bound):
                started |= dict.fromkeys(self._by_ref.get(write.target, ()))
            started |= {
                other: None for mode, other in self._by_mode if modes and (mode is None or mode in modes)
            }
            found = self._known[name] = tuple(started)
        return found

    def ring(self, name: str) -> list[str]:
        """All rules that `name` can set off and that can set it off; empty where there is no way back."""
        forward = self._reach(name)
        return sorted(one for one in forward if name in self._reach(one)) if name in forward else []

    def _reach(self, name: str) -> set[str]:
        found: set[str] = set()
        open_ = list(self.after(name))
        while open_:
            one = open_.pop()
            if one not in found:
                found.add(one)
                open_ += self.after(one)
        return found


def _states(rules: Sequence[BoundRule], possible: Possible) -> Iterator[dict[PropertyRef, Value]]:
    """A few ways the home can be: every value at its first, second, … possible word."""
    conditions = [
        trigger.condition for one in rules for trigger in one.triggers if trigger.condition is not None
    ]
    conditions += [one.condition for one in rules if one.condition is not None]
    values: dict[PropertyRef, list[Value]] = dict(possible.states(conditions)) if conditions else {}
    for one in rules:
        for write in writes(one):
            if write.target not in values:
                values[write.target] = possible.values(write.target)
    values = {ref: found for ref, found in values.items() if found}
    for number in range(STATES):
        yield {
            ref: found[(number + place * (number // 3)) % len(found)]
            for place, (ref, found) in enumerate(values.items())
        }


# ---- to and fro --------------------------------------------------------------------------------------------------


def oscillations(
    rules: Mapping[str, BoundRule], trial: Trial | None, units: Callable[[PropertyRef], str]
) -> Iterator[Finding]:
    """Thresholds of on and off without a gap (the room itself closes the circle), and what the past would have seen."""
    told: set[frozenset[str]] = set()
    for low, high in _opposites(rules):
        gap = GAPS.get(units(low.sensor), 0.0)
        pair = frozenset((low.rule, high.rule))
        if high.value - low.value >= gap or pair in told:
            continue
        known = None if trial is None else trial.values.get(low.sensor)
        if trial is not None and (
            known is None or known.low > low.value + gap or known.high < high.value - gap
        ):
            continue  # the room never was near
        told.add(pair)
        yield Finding(
            Flaw.OSCILLATION, high.rule, high.line,
            f"sets {_name(high.target)} to {_said(high.to)} above {high.value:g}, and {low.rule} to {_said(low.to)} below "
            f"{low.value:g}: {_name(low.sensor)} follows it, and there must be at least {gap:g} between them",
            trial is not None, others=(low.rule,) if low.rule != high.rule else (),
        )  # fmt: skip
    for name, turns in _turns(trial).items():
        rule_names = tuple(sorted({one.order.rule for one in turns}))
        if frozenset(rule_names) not in told:
            last = turns[-1]
            yield Finding(
                Flaw.OSCILLATION, last.order.rule, last.order.line,
                f"{_name(name)} would have been set to and fro {len(turns)} times in an hour", True, last.at,
                tuple(one for one in rule_names if one != last.order.rule),
            )  # fmt: skip


class _Threshold(NamedTuple):
    rule: str
    line: int
    sensor: PropertyRef
    value: float
    target: PropertyRef
    to: Value


def _opposites(rules: Mapping[str, BoundRule]) -> Iterator[tuple[_Threshold, _Threshold]]:
    """Pairs that start below and above a threshold of the same sensor and set the same thing of its device apart."""
    below: list[_Threshold] = []
    above: list[_Threshold] = []
    for bound in rules.values():
        for trigger in bound.triggers:
            if (
                trigger.condition is None
                or not isinstance(trigger.trigger, Becomes)
                or trigger.trigger.lasting >= 600.0
            ):
                continue
            for sensor, side, value in _bounds(trigger):
                for write in writes(bound):
                    if (
                        write.target.device == sensor.device
                        and write.target != sensor
                        and write.value is not None
                    ):
                        one = _Threshold(bound.rule.id, write.line, sensor, value, write.target, write.value)
                        (below if side == "<" else above).append(one)
    for low in below:
        for high in above:
            if (
                (low.sensor, low.target) == (high.sensor, high.target)
                and low.to != high.to
                and low.rule != high.rule
            ):
                yield low, high


def _bounds(trigger: BoundTrigger) -> Iterator[tuple[PropertyRef, str, float]]:
    assert trigger.condition is not None
    for part in parts_of(parse(trigger.condition.text)):
        if isinstance(part, Compare) and part.operator in ("<", "<=", ">", ">="):
            for side, other, operator in (
                (part.left, part.right, part.operator[0]),
                (part.right, part.left, {"<": ">", ">": "<"}[part.operator[0]]),
            ):
                value = getattr(other, "value", None)
                if isinstance(side, Reference) and isinstance(value, float):
                    yield side.ref, operator, value


def _turns(trial: Trial | None) -> dict[PropertyRef, list[Sent]]:
    """Properties that were set to another value more than MOST_TURNS times within an hour, with those orders."""
    windows: dict[PropertyRef, list[Sent]] = defaultdict(list)
    found: dict[PropertyRef, list[Sent]] = {}
    for one in trial.sent if trial else ():
        target = one.order.target
        if one.order.kind is not OrderKind.SET or target is None:
            continue
        window = windows[target]
        if window and window[-1].order.value == one.order.value:
            continue
        window[:] = [other for other in window if other.at > one.at - 3600.0] + [one]
        if len(window) > MOST_TURNS and target not in found:
            found[target] = list(window)
    return found


# ---- no way back -------------------------------------------------------------------------------------------------


def no_way_back(rules: Mapping[str, BoundRule], trial: Trial | None) -> Iterator[Finding]:
    """A property that all rules together only ever set to one value, and that nobody else is known to change."""
    if trial is None:
        return  # only the past knows what people set back themselves
    values: dict[PropertyRef, set[Value]] = defaultdict(set)
    firsts: dict[PropertyRef, tuple[str, int]] = {}
    for name, bound in sorted(rules.items()):
        for write in writes(bound):
            values[write.target].add(write.value)
            firsts.setdefault(write.target, (name, write.line))
    for target, found in values.items():
        if len(found) != 1 or None in found:
            continue
        told = trial.values.get(target)
        if told is None or len(told.values) != 1 or told.values == found:
            continue
        rule, line = firsts[target]
        (value,), (was,) = found, told.values
        yield Finding(
            Flaw.NO_WAY_BACK, rule, line,
            f"sets {_name(target)} to {_said(value)}; it was {_said(was)} all the time, and no rule and nobody sets it back",
            True,
        )  # fmt: skip


def _name(ref: PropertyRef | None) -> str:
    return f"{ref.device}.{ref.path}" if ref else "the mode"


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
