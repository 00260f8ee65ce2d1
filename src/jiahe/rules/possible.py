"""Whether conditions can be true (and false) at all: they are tried at every value that could make a difference.

Owns the choice of those values: both sides of every constant that a value is compared with, the bounds of its
definition, its choices, and the moments of the calendar. Pure, and exact for comparisons with constants; where there is
too much to try, or a condition asks for more than values (`unchanged`, `quality`), it says nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from jiahe.model.definition import Kind, Profile, PropertyDef, Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules.calendar import Calendar
from jiahe.rules.expression import bind, property_of, type_of
from jiahe.rules.judge import Condition
from jiahe.rules.moment import Reading, Table
from jiahe.rules.rule import HomeMode
from jiahe.rules.sight import Sight, Unknowable
from jiahe.rules.syntax import Fault, parse
from jiahe.rules.tree import (
    Among,
    Arithmetic,
    Between,
    Call,
    Clock,
    Compare,
    Logic,
    Negate,
    Not,
    Reference,
    Tree,
)

MOST_TRIED = 40_000
"""Combinations: about a quarter of a second. Conditions of three values with three constants each have some hundred."""
BEYOND = frozenset({"unchanged", "quality", "known", "fallback"})
"""Functions that ask for more than values: what they say cannot be tried here."""
FIRST_DAY = date(2026, 1, 1)
"""The year that is tried: with every weekday in every month."""

State = Mapping[PropertyRef, Value]


def parts_of(tree: Tree) -> Iterator[Tree]:
    """The tree and all below it."""
    yield tree
    match tree:
        case Not(operand=one) | Negate(operand=one):
            yield from parts_of(one)
        case Logic() | Compare() | Arithmetic():
            yield from parts_of(tree.left)
            yield from parts_of(tree.right)
        case Among():
            for one in (tree.operand, *tree.choices):
                yield from parts_of(one)
        case Between():
            for one in (tree.operand, tree.low, tree.high):
                yield from parts_of(one)
        case Call():
            for one in tree.arguments:
                yield from parts_of(one)


class Possible:
    """Tries conditions in one home."""

    def __init__(self, definitions: Mapping[str, Profile], calendar: Calendar) -> None:
        self._definitions, self._calendar = definitions, calendar

    def states(
        self, conditions: Sequence[Condition], fixed: Mapping[PropertyRef, Value] | None = None
    ) -> dict[PropertyRef, list[Value]]:
        """The values to try of every property in these conditions."""
        trees = [parse(one.text) for one in conditions]
        refs = sorted(frozenset().union(*(one.refs for one in conditions)), key=str)
        given = fixed or {}
        return {ref: [given[ref]] if ref in given else self._values(ref, trees) for ref in refs}

    def truths(
        self,
        conditions: Sequence[Condition],
        *,
        fixed: State | None = None,
        modes: Iterable[HomeMode] = tuple(HomeMode),
        moments: Sequence[float] = (),
    ) -> set[tuple[bool, ...]] | None:
        """Every combination of answers that the conditions can give together; None where that cannot be tried."""
        trees = [part for one in conditions for part in parts_of(parse(one.text))]
        if any(isinstance(part, Call) and part.function in BEYOND for part in trees) or any(
            map(_intricate, trees)
        ):
            return None
        values = self.states(conditions, fixed)
        timely = any(one.timely for one in conditions)
        times = (
            (list(moments) or self._moments(trees)) if timely else [self._calendar.instant(FIRST_DAY, 43_200)]
        )
        kinds = list(modes) if any("mode" in one.words for one in conditions) else [next(iter(modes))]
        tried = len(times) * len(kinds)
        for one in values.values():
            tried *= len(one)
        if not 0 < tried <= MOST_TRIED:
            return None
        return self._try(conditions, values, kinds, times)

    def _try(
        self,
        conditions: Sequence[Condition],
        values: Mapping[PropertyRef, list[Value]],
        modes: Sequence[HomeMode],
        times: Sequence[float],
    ) -> set[tuple[bool, ...]]:
        found: set[tuple[bool, ...]] = set()
        for combination in itertools.product(*values.values()):
            for mode in modes:
                view = Table(mode)
                for at in times:
                    view.readings = {
                        ref: Reading(value, Quality.GOOD, at)
                        for ref, value in zip(values, combination, strict=True)
                    }
                    found.add(tuple(bool(self._truth(one, view, at)) for one in conditions))
            if len(found) == 2 ** len(conditions):
                break
        return found

    def _truth(self, condition: Condition, view: Table, at: float) -> bool:
        sight = Sight(view, at, self._calendar, lambda ref: at, True)
        try:
            return bool(condition.truth(sight))
        except (Unknowable, ArithmeticError):
            return False

    def values(self, ref: PropertyRef) -> list[Value]:
        """What a property can be: all of it, or its bounds."""
        return self._values(ref, ())

    # ---- what to try -----------------------------------------------------------------------------------------

    def _values(self, ref: PropertyRef, trees: Iterable[Tree]) -> list[Value]:
        definition = property_of(ref, self._definitions)
        constants = [one for tree in trees for one in self._constants(ref, definition, tree)]
        if definition.kind is Kind.BOOL:
            return [False, True]
        if definition.kind is Kind.ENUM:
            return list(definition.choices)
        if definition.kind is Kind.TEXT:
            return ["", *dict.fromkeys(str(one) for one in constants)]
        return list(
            dict.fromkeys(
                _around(definition, [float(one) for one in constants if isinstance(one, int | float)])
            )
        )

    def _constants(self, ref: PropertyRef, definition: PropertyDef, tree: Tree) -> Iterator[Value]:
        """What this property is compared with, in its own unit."""
        wanted = type_of(definition, str(ref))
        for part in parts_of(tree):
            match part:
                case Compare():
                    sides = [part.left, part.right]
                case Among():
                    sides = [part.operand, *part.choices]
                case Between():
                    sides = [part.operand, part.low, part.high]
                case _:
                    continue
            if not any(
                isinstance(one, Reference) and one.ref == ref for side in sides for one in parts_of(side)
            ):
                continue
            for side in sides:
                try:
                    bound = bind(side, self._definitions, wanted)
                    if bound.is_constant:
                        yield bound.function(None)  # type: ignore[arg-type]  # a constant looks at nothing
                except (Fault, Unknowable, ArithmeticError):
                    continue

    def _moments(self, parts: Iterable[Tree]) -> list[float]:
        """Times of day at both sides of every one that is named, on a week of every month."""
        clocks = {0, 43_200}
        for part in parts:
            if isinstance(part, Clock):
                clocks |= {max(0, part.second - 60), part.second, min(86_340, part.second + 60)}
        days = [FIRST_DAY + timedelta(days=number) for number in range(365) if (number % 31) < 7]
        return [self._calendar.instant(day, second) for day in days for second in sorted(clocks)]


def _intricate(part: Tree) -> bool:
    """Whether a comparison is about more than one value and constants: then its constants do not tell where it turns."""
    match part:
        case Compare():
            sides: tuple[Tree, ...] = (part.left, part.right)
        case Among():
            sides = (part.operand, *part.choices)
        case Between():
            sides = (part.operand, part.low, part.high)
        case _:
            return False
    looks = [side for side in sides if any(isinstance(one, Reference) for one in parts_of(side))]
    return len(looks) > 1 or any(not isinstance(side, Reference) for side in looks)


def _around(definition: PropertyDef, constants: Sequence[float]) -> Iterator[Value]:
    """Both sides of every constant and the bounds, none outside of what the property can be."""
    step = 1.0 if definition.kind is Kind.INT else 0.01
    low, high = definition.low, definition.high
    near = [one + move for one in constants for move in (-step, 0.0, step)]
    ends = [one for one in (low, high) if one is not None]
    far = [max([0.0, *constants]) + 1_000.0, min([0.0, *constants]) - 1_000.0]
    for one in (*near, *ends, *far):
        if (low is None or one >= low) and (high is None or one <= high):
            yield round(one, 6)
