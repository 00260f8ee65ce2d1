"""The set point of a bedroom through the night. Owns the curve and the rule for two; pure, gives no command itself.

Cooling: it begins at the person's own set point (about 26 °C: starting colder delayed sleep), rises by 0.5 °C an hour to
1.5 °C more, since a sleeper makes less heat and covers up less towards the morning, and is back 30 minutes before
the usual waking. Heating is the same mirrored: down by as much, and back in time for the waking. Waking goes back at once.

Two in one bedroom: cooling takes the warmer of the two curves, heating the warmer as well: whoever is too warm can take
off a blanket, whoever is too cold wakes; and while one of them is awake, the curve of the sleeper holds within 0.5 °C of the
other's own set point. Safe whatever is asked: cooling never below 16 °C, heating never above 28 °C (`BOUNDS`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from jiahe.comfort.reason import Reason, reason
from jiahe.model.reasons import say

HOUR = 3_600.0
STEP = 0.5
"""Kelvin: what air conditioners take."""
BOUNDS = {"cool": (16.0, 32.0), "heat": (10.0, 28.0)}
"""Set points that are kept, °C: the issue's own, and what an air conditioner takes at the other end."""
AWAKE_APART = 0.5
"""Kelvin that the room may be off the set point of the one of two who is awake."""


class Way(StrEnum):
    COOL = "cool"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Curve:
    """What one person wants of a night. `start` in °C where the bedroom is cooled, `warm` where it is heated; `rise` in K in all (down
    where it is heated), `rate` in K/h, `back` in minutes before waking."""

    start: float = 26.0
    warm: float = 20.0
    rise: float = 1.5
    rate: float = 0.5
    back: float = 30.0

    def __post_init__(self) -> None:
        for name, value, low, high, unit in (
            ("start", self.start, 16.0, 30.0, "°C"),
            ("warm", self.warm, 12.0, 28.0, "°C"),
            ("rise", self.rise, 0.0, 4.0, "K"),
            ("rate", self.rate, 0.0, 2.0, "K/h"),
            ("back", self.back, 0.0, 180.0, "min"),
        ):
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(
                    say(
                        "curve_bounds", name=name, low=f"{low:g}", high=f"{high:g} {unit}", value=f"{value:g}"
                    )
                )

    def begin(self, way: Way) -> float:
        """Where the night begins, °C."""
        return self.start if way is Way.COOL else self.warm

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Curve:
        """Raises ValueError for a value out of its bounds or a name that no curve has."""
        unknown = kept.keys() - cls.__dataclass_fields__.keys()
        if unknown:
            raise ValueError(say("curve_name", names=", ".join(sorted(unknown))))
        return cls(**{name: float(value) for name, value in kept.items()})


@dataclass(frozen=True, slots=True)
class Sleeper:
    """One person of a bedroom: `asleep_since` and `waking` (the usual one) in epoch seconds, None where awake or not known."""

    who: str
    curve: Curve
    asleep_since: float | None
    waking: float | None = None


@dataclass(frozen=True, slots=True)
class SetPoint:
    """What the bedroom shall be, in °C in steps of `STEP`, and why."""

    target: float
    reasons: tuple[Reason, ...]


def wanted(curve: Curve, way: Way, asleep_since: float, now: float, waking: float | None) -> SetPoint:
    """The curve of one sleeper at `now`. Without a usual waking it stays at its end until they wake."""
    sign, start = 1.0 if way is Way.COOL else -1.0, curve.begin(way)
    hours = max(0.0, now - asleep_since) / HOUR
    if waking is not None and waking > asleep_since and now >= waking - curve.back * 60.0:
        return SetPoint(_kept(start, way), (reason("curve.back", target=_kept(start, way), at=waking),))
    moved = min(curve.rise, curve.rate * hours)
    exact = start + sign * moved
    target = _kept(_floor_step(exact, start, sign), way)
    if moved >= curve.rise > 0:
        why = reason("curve.top", target=target)
    elif abs(target - start) < STEP / 2:
        why = reason("curve.begins", target=target)
    else:
        why = reason("curve.rises", target=target, hours=hours)
    return SetPoint(target, _bounded(why, exact, target))


def bedroom(sleepers: Sequence[Sleeper], way: Way, now: float) -> SetPoint | None:
    """What a bedroom shall be for everybody in it; None where nobody sleeps (comfort's daytime rules hold again)."""
    asleep = [one for one in sleepers if one.asleep_since is not None]
    if not asleep:
        return None
    each = [
        (wanted(one.curve, way, one.asleep_since, now, one.waking), one)
        for one in asleep
        if one.asleep_since is not None
    ]
    chosen, who = max(each, key=lambda pair: pair[0].target)
    awake = [one for one in sleepers if one.asleep_since is None]
    target, reasons = chosen.target, chosen.reasons
    if len(sleepers) > 1:
        for one in awake:
            own = one.curve.begin(way)
            target = min(own + AWAKE_APART, max(own - AWAKE_APART, target))
        target = _kept(round(target / STEP) * STEP, way)
        reasons = (
            *reasons,
            reason("curve.two", target=target, who=who.who if target == chosen.target else awake[0].who),
        )
    return SetPoint(target, reasons)


def unit_bits(properties: Mapping[str, bool], *, asleep: bool) -> dict[str, bool]:
    """What is told to an air conditioner with a maker's own wristband bits (Midea `bracelet_control`, `bracelet_sleep`).

    `properties`: its properties by name, True where writable. Empty where the model has none: its curve is ours alone.
    """
    bits = {"bracelet_control": True, "bracelet_sleep": asleep}
    if not properties.get("bracelet_sleep"):
        return {}
    return {name: value for name, value in bits.items() if properties.get(name)}


def _floor_step(exact: float, start: float, sign: float) -> float:
    """Whole steps of the way that have been reached: a set point changes when the curve has got there, not half-way."""
    return start + sign * math.floor(abs(exact - start) / STEP + 1e-9) * STEP


def _kept(target: float, way: Way) -> float:
    low, high = BOUNDS[way.value]
    return min(high, max(low, target))


def _bounded(why: Reason, exact: float, target: float) -> tuple[Reason, ...]:
    if abs(exact - target) < STEP:
        return (why,)
    return (why, reason("curve.bounded", target=target))
