"""What a checked expression does when it is worked out: small functions of one Sight. Owns their arithmetic.

Every one either gives a value or raises Unknowable with the reason; a division by zero is not knowable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules import units
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight, Unknowable

Function = Callable[[Sight], Any]
LARGEST = 1e15
"""Beyond, numbers lose their whole part's digits: no appliance counts so far, an expression went wild."""


def negation(operand: Function) -> Function:
    return lambda sight: not operand(sight)


def both(left: Function, right: Function) -> Function:
    def work(sight: Sight) -> bool:
        try:
            if not left(sight):
                return False
        except Unknowable:
            if not right(sight):
                return False
            raise
        return bool(right(sight))

    return work


def either(left: Function, right: Function) -> Function:
    def work(sight: Sight) -> bool:
        try:
            if left(sight):
                return True
        except Unknowable:
            if right(sight):
                return True
            raise
        return bool(right(sight))

    return work


def compare(how: Callable[[Any, Any], bool], left: Function, right: Function) -> Function:
    return lambda sight: how(left(sight), right(sight))


def among(operand: Function, choices: Sequence[Function]) -> Function:
    def work(sight: Sight) -> bool:
        value = operand(sight)
        return any(value == choice(sight) for choice in choices)

    return work


def within(operand: Function, low: Function, high: Function) -> Function:
    return lambda sight: bool(low(sight) <= operand(sight) <= high(sight))


def within_circle(
    operand: Function, low: Function, high: Function, order: Callable[[Any], int] | None
) -> Function:
    """Between two points of a circle (day, week, year): 22:00 and 06:00 goes over midnight.

    Both ends are included; of a time of day the end minute's first second is the last.
    """

    def work(sight: Sight) -> bool:
        value, first, last = operand(sight), low(sight), high(sight)
        if order is not None:
            value, first, last = order(value), order(first), order(last)
        return bool(first <= value <= last if first <= last else value >= first or value <= last)

    return work


def minus(operand: Function) -> Function:
    return lambda sight: -operand(sight)


def arithmetic(operator: str, left: Function, right: Function) -> Function:
    def work(sight: Sight) -> float:
        a, b = left(sight), right(sight)
        if operator == "+":
            result = a + b
        elif operator == "-":
            result = a - b
        elif operator == "*":
            result = a * b
        elif b == 0:
            raise Unknowable(say("why_division"))
        else:
            result = a / b
        return _finite(result)

    return work


def _finite(number: float) -> float:
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise Unknowable(say("why_large"))
    return number


def converted(operand: Function, source: units.Unit, target: units.Unit, difference: bool) -> Function:
    return lambda sight: units.convert(operand(sight), source, target, difference=difference)


def over(name: str, operands: Sequence[Function]) -> Function:
    """min, max, average, abs or round of numbers."""

    def work(sight: Sight) -> float:
        values = [operand(sight) for operand in operands]
        match name:
            case "min":
                return float(min(values))
            case "max":
                return float(max(values))
            case "average":
                return _finite(math.fsum(values) / len(values))
            case "abs":
                return float(abs(values[0]))
        return float(math.floor(values[0] + 0.5))  # as people round: 2.5 is 3

    return work


def fallback(operand: Function, instead: Function) -> Function:
    def work(sight: Sight) -> Value:
        try:
            value: Value = operand(sight)
        except Unknowable:
            value = instead(sight)
        return value

    return work


def known(ref: PropertyRef) -> Function:
    def work(sight: Sight) -> bool:
        reading = sight.look(ref)
        return reading is not None and reading.quality in (Quality.GOOD, Quality.ASSUMED)

    return work


def quality(ref: PropertyRef) -> Function:
    def work(sight: Sight) -> str:
        reading = sight.look(ref)
        return Quality.UNKNOWN.value if reading is None else reading.quality.value

    return work


def unchanged(ref: PropertyRef) -> Function:
    return lambda sight: sight.unchanged(ref)


ABOUT: Mapping[str, Callable[[PropertyRef], Function]] = {
    "known": known,
    "quality": quality,
    "unchanged": unchanged,
}
"""Functions that are about a property rather than its value."""
