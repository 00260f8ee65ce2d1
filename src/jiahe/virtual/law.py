"""What a law of an appliance is, and the arithmetic that laws share. Pure; knows no appliance."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.model.definition import Value

Now = Mapping[str, Value]
Then = dict[str, Value]
Hidden = dict[str, float]
"""What an appliance knows more finely than it tells, by name."""

MINUTE = 60.0
ROOM = 22.0
"""Cel around the appliances."""


@dataclass(frozen=True, slots=True)
class Law:
    """One kind of appliance: what it begins with, what time does to it, and what its actions set going.

    `step(now, hidden, seconds)` gives what changes; with 0 seconds it evens out what a write left half done.
    """

    start: Now
    step: Callable[[Now, Hidden, float], Then]
    actions: Mapping[str, Callable[[tuple[Value, ...]], Then]] = field(
        default_factory=lambda: MappingProxyType({})
    )


def number(now: Now, path: str, otherwise: float = 0.0) -> float:
    """A value as a number."""
    found = now.get(path)
    return float(found) if isinstance(found, int | float) else otherwise


def toward(value: float, goal: float, seconds: float, scale: float) -> float:
    """Where a value is after approaching its goal for a while."""
    return goal + (value - goal) * math.exp(-seconds / scale)


def kept(hidden: Hidden, name: str, shown: float, resolution: float) -> float:
    """The fine value behind a shown one; anew where somebody changed the shown one."""
    fine = hidden.get(name)
    if fine is None or abs(fine - shown) > resolution:
        fine = hidden[name] = shown
    return fine


def counted(now: Now, hidden: Hidden, path: str, seconds: float, unit: float = MINUTE) -> tuple[float, Value]:
    """The seconds left of a time that counts down, and what is shown of it (whole units, the begun one counted)."""
    shown = number(now, path) * unit
    left = max(0.0, kept(hidden, path, shown, unit) - seconds)
    hidden[path] = left
    return left, math.ceil(left / unit)
