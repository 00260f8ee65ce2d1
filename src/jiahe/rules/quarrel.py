"""Contradictions between rules, and what nobody sets back. Owns these two analyses; the past confirms or dismisses. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule, BoundTrigger
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.moment import OrderKind
from jiahe.rules.possible import Possible
from jiahe.rules.program import Enter, Give
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Happens,
    HubStarts,
    ModeBecomes,
)
from jiahe.rules.sentences import say
from jiahe.rules.trace import described
from jiahe.rules.trial import Sent, Trial
from jiahe.rules.writes import fixed_value, name_of, said, writes

AT_ONCE = 60.0
"""Seconds within which two rules that want opposite things are quarrelling; later the second one has changed its mind."""


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
                name = name_of(first.order.target)
                yield Finding(
                    Flaw.CONTRADICTION, second.order.rule, second.order.line,
                    say("undone", name=name, value=said(second.order.value), at=f'{second.at - first.at:.0f}', rule=first.order.rule, value2=said(first.order.value)),
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
        value = fixed_value(one)
        before = last.get(one.target)
        if before is not None and value is not None and before != value:
            yield Finding(
                Flaw.CONTRADICTION, bound.rule.id, one.line,
                say("undone_itself", name=name_of(one.target), value=said(value), value2=said(before)), True,
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
        say("at_once", name=name_of(theirs.target), value=said(theirs.value), rule=one.rule.id, value2=said(mine.value), names=' '.join(described(start.trigger))), others=(one.rule.id,),
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
            say("no_way_back", name=name_of(target), value=said(value), value2=said(was)),
            True,
        )  # fmt: skip
