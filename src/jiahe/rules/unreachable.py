"""What in a rule can never be so, or is always so. Owns that sentence for triggers, conditions, branches and waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jiahe.rules.bind import BoundRule, BoundTrigger
from jiahe.rules.calendar import Calendar
from jiahe.rules.finding import Finding, Flaw
from jiahe.rules.judge import Condition
from jiahe.rules.possible import FIRST_DAY, Possible
from jiahe.rules.program import Round, Unless, Until
from jiahe.rules.rule import AtSun, AtTime, Changes, HomeMode, ModeBecomes
from jiahe.rules.sentences import say

MOST_MOMENTS = 400
"""Moments of a time trigger that are tried: a year of a daily one."""


def unreachable(bound: BoundRule, possible: Possible, calendar: Calendar) -> Iterator[Finding]:
    """Findings of one rule by itself; they follow from its text and the devices' definitions alone."""
    rule = bound.rule.id

    def never(at: int, code: str, **figures: object) -> Finding:
        return Finding(Flaw.UNREACHABLE, rule, at, say(code, **figures), confirmed=True)

    condition = bound.condition
    if condition is not None:
        truths = possible.truths([condition])
        if truths == {(False,)}:
            yield never(condition.line, "never_true", text=condition.text)
            return
        if truths == {(True,)}:
            yield never(condition.line, "always_true", text=condition.text)
    for trigger in bound.triggers:
        one = trigger.condition
        if one is not None:
            truths = possible.truths([one])
            if truths in ({(False,)}, {(True,)}):
                known = "false" if truths == {(False,)} else "true"
                yield never(one.line, "always_so", text=one.text, known=known)
                continue
        if condition is not None and not _meets(trigger, condition, possible, calendar):
            yield never(
                condition.line,
                "never_then",
                text=condition.text,
                line=trigger.trigger.place.line,
            )
    for instruction in bound.program:
        if isinstance(instruction, Until | Unless | Round) and instruction.condition is not None:
            inner = instruction.condition
            truths = possible.truths([inner])
            if truths == {(False,)}:
                yield never(inner.line, "inner_never", text=inner.text)
            elif truths == {(True,)}:
                yield never(inner.line, "inner_always", text=inner.text)


def _meets(trigger: BoundTrigger, condition: Condition, possible: Possible, calendar: Calendar) -> bool:
    """Whether the condition can be true at the moment of this trigger; True where that cannot be tried."""
    kind = trigger.trigger
    if trigger.condition is not None:
        truths = possible.truths([trigger.condition, condition])
        return truths is None or (True, True) in truths
    if isinstance(kind, ModeBecomes) and kind.mode is not None:
        return _can(possible.truths([condition], modes=(kind.mode,)))
    if isinstance(kind, Changes) and trigger.to is not None:
        value = trigger.to.function(None)  # type: ignore[arg-type]  # a constant looks at nothing
        return _can(possible.truths([condition], fixed={kind.ref: value}))
    if isinstance(kind, AtTime | AtSun) and condition.timely:
        return _can(possible.truths([condition], modes=tuple(HomeMode), moments=moments(kind, calendar)))
    return True


def _can(truths: set[tuple[bool, ...]] | None) -> bool:
    return truths is None or (True,) in truths


def moments(trigger: AtTime | AtSun, calendar: Calendar) -> Sequence[float]:
    """When it comes in the year that is tried."""
    found: list[float] = []
    at = calendar.next(trigger, calendar.instant(FIRST_DAY, 0) - 1.0)
    while at is not None and len(found) < MOST_MOMENTS:
        found.append(at)
        at = calendar.next(trigger, at)
    return found
