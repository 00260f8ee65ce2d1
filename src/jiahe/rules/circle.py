"""Rules that set themselves or each other off: found by what they set and listen to, confirmed by a trial. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef
from jiahe.rules.bind import BoundRule
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.possible import Possible
from jiahe.rules.program import Enter
from jiahe.rules.rule import (
    HomeMode,
    ModeBecomes,
    RuleEnds,
)
from jiahe.rules.sentences import say
from jiahe.rules.trial import Trial
from jiahe.rules.writes import writes

ROUNDS = 10
"""Runs within ten minutes of one start by hand that make a circle."""
STATES = 6
"""Ways the home can be in which a circle is tried."""

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
                how = say("loop_others", names=", ".join(others)) if others else say("loop_self")
                line = rules[name].rule.when[0].place.line
                yield Finding(Flaw.LOOP, name, line, say("loop", how=how), True, others=others)
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
