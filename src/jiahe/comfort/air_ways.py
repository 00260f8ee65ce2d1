"""What a purifier can be set to, read off its definitions: levels for the plan, and the values that set each. Pure.

Owns the choice of words and numbers, from traits and vocabulary and never from products. How much a level cleans, draws and is
heard is estimated where nobody tells, by the laws of fans: clean air with the speed, power with its cube, noise with 50 log10 of it
(ASHRAE Handbook, HVAC Applications, sound and vibration), from 330 m³/h, 29 W and 61 dB(A) at the highest, which a maker tells of
one for 25 to 40 m². Purifiers are alike enough for that to order levels; it is no figure of this one, and is shown as an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiahe.comfort.air_plan import Level
from jiahe.comfort.step import View, flag, number, word
from jiahe.model.definition import Kind, PropertyDef, Value
from jiahe.model.happening import PropertyRef

CLEAN_AIR, WATTS, ELECTRONICS, STANDBY, NOISE = 330.0, 29.0, 2.0, 1.0, 61.0
"""m³/h, W, W, W and dB(A), all at the highest level but the third (whatever the fan does) and the fourth (off)."""
LOWEST = 0.19
"""Share of the clean air at the lowest speed of those that tell one: 300 of some 2,200 rpm and a little, about 25 dB(A)."""
SHARES = (0.235, 0.35, 0.5, 0.7, 1.0)
"""What a stepless fan is set to beside its quiet mode: the loudest that may run beside a sleeper (29.6 dB(A), a quarter more clean
air all night than the lowest; where there is a quiet mode, the night is left to that, for these figures are estimates), and some
above: a plan gains little by finer steps, and every change is heard."""
QUIET = ("sleep", "silent", "night", "low")
"""Words of a mode that mean quiet, the best first."""
BY_HAND = ("favorite", "manual")
"""Words of a mode in which the fan is set by a number."""
SPEEDS = ("favorite_speed", "fan_percent", "favorite_fan_level", "favorite_level", "fan_level")
"""Numbers that set the fan, the finest first."""
LOUDER: Mapping[str, float] = {
    "medium": 0.5,
    "middle": 0.5,
    "high": 0.75,
    "strong": 1.0,
    "fast": 1.0,
    "turbo": 1.0,
}
"""Words of a mode or of a fan that mean a speed, as shares of the highest clean air."""
OWN = ("auto",)
"""What is left to the appliance: no level of a plan, but better than off where it can do nothing else."""
OWN_SHARE = 0.5
FEW_STEPS = 100
"""A number whose lowest is above it is a speed in 1/min, and not a step."""


@dataclass(frozen=True, slots=True)
class Way:
    """A level and how it is set: values by path, in the order in which they are told; `power` stands apart."""

    level: Level
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """All that one purifier can be set to, from off to the loudest. `own` where it only knows off and its own control."""

    ways: tuple[Way, ...]
    own: bool
    top_rpm: float | None
    """Speed of its motor at the highest level, where its definitions tell."""

    @property
    def levels(self) -> list[Level]:
        return [one.level for one in self.ways]

    def of(self, level: Level) -> Way:
        """How a level is set; KeyError for another purifier's."""
        for way in self.ways:
            if way.level.value == level.value:
                return way
        raise KeyError(level.value)

    def standing(self, view: View, purifier: str) -> Level | None:
        """The level at which it stands; None where it stands at none of these, or says nothing."""
        on = flag(view(PropertyRef(purifier, "power")))
        if on is None:
            return None
        if not on:
            return self.ways[0].level
        return next((one.level for one in self.ways[1:] if _stands(view, purifier, one)), None)

    def share(self, view: View, purifier: str) -> float | None:
        """The share of its highest clean air that it gives now, by its level or by its motor; None where nothing tells."""
        level = self.standing(view, purifier)
        if level is not None and (level.share == 0 or not self.own):
            return level.share
        rpm = number(view(PropertyRef(purifier, "fan_rpm")))
        if rpm is None or self.top_rpm is None:
            return None
        return min(1.0, max(0.0, rpm / self.top_rpm))


def estimated(value: int, share: float) -> Level:
    """A level whose figures nobody tells, by the laws of fans."""
    if share <= 0:
        return Level(value, 0.0, STANDBY, 0.0)
    watts = ELECTRONICS + (WATTS - ELECTRONICS) * share**3
    return Level(value, share, watts, max(0.0, NOISE + 50 * math.log10(share)))


def ways(definitions: Mapping[PropertyRef, PropertyDef], purifier: str) -> Ways | None:
    """What this purifier can be set to; None where it cannot even be switched."""
    own = {ref.path: one for ref, one in definitions.items() if ref.device == purifier and one.writable}
    if "power" not in own:
        return None
    found = _found(own)
    speed = own.get("favorite_speed")
    top = speed.high if speed is not None else None
    if not found:
        auto = _words(own.get("mode"), OWN)
        return Ways(
            (Way(estimated(0, 0.0), ()), Way(estimated(1, OWN_SHARE), (("mode", auto),) if auto else ())),
            True,
            top,
        )
    ordered = sorted(found.items())
    off = Way(estimated(0, 0.0), ())
    return Ways(
        (off, *(Way(estimated(n, share), values) for n, (share, values) in enumerate(ordered, 1))), False, top
    )


def _found(own: Mapping[str, PropertyDef]) -> dict[float, tuple[tuple[str, Value], ...]]:
    """Settings by share: the quiet mode, then the fan by a number, by words of its own, or by words of the mode."""
    mode, found = own.get("mode"), dict[float, tuple[tuple[str, Value], ...]]()
    by_hand, quiet = _words(mode, BY_HAND), _words(mode, QUIET)
    said: tuple[tuple[str, Value], ...] = (("mode", by_hand),) if by_hand else ()
    if by_hand or mode is None:
        found |= _by_number(own, said, by_hand) or _by_word(own.get("fan_mode"), "fan_mode", said)
    found = _by_word(mode, "mode", ()) | found
    if quiet is not None:
        found = {share: values for share, values in found.items() if share > LOWEST + 0.05}
        found[LOWEST] = (("mode", quiet),)
    return found


def _by_number(
    own: Mapping[str, PropertyDef], said: tuple[tuple[str, Value], ...], by_hand: str | None
) -> dict[float, tuple[tuple[str, Value], ...]]:
    for path in SPEEDS:
        one = own.get(path)
        # A favourite level needs the favourite mode, a plain one the manual mode or none.
        if one is None or one.low is None or one.high is None or one.high <= one.low:
            continue
        if path.startswith("favorite") is (by_hand == "favorite"):
            found = {}
            for wanted in (LOWEST, *SHARES):
                share, value = _number(one, wanted)
                found[share] = (*said, (path, value))
            return found
    return {}


def _number(one: PropertyDef, share: float) -> tuple[float, Value]:
    """The number next to this share and the share that it gives: a speed in proportion, steps evenly from the lowest to the highest."""
    low, high = float(one.low or 0.0), float(one.high or 0.0)
    speed = low > FEW_STEPS or one.unit == "%"
    wanted = share * high if speed else low + (high - low) * (share - LOWEST) / (1 - LOWEST)
    step = one.step or (1.0 if one.kind is Kind.INT else 0.0)
    if step:
        wanted = low + math.floor((wanted - low) / step + 0.5) * step
    wanted = min(max(wanted, low), high)
    gives = wanted / high if speed else LOWEST + (1 - LOWEST) * (wanted - low) / (high - low)
    return round(gives, 3), int(wanted) if one.kind is Kind.INT else wanted


def _by_word(
    one: PropertyDef | None, path: str, said: tuple[tuple[str, Value], ...]
) -> dict[float, tuple[tuple[str, Value], ...]]:
    if one is None or one.kind is not Kind.ENUM:
        return {}
    found = {LOUDER[word]: (*said, (path, word)) for word in one.choices if word in LOUDER}
    if path == "fan_mode" and "low" in one.choices:
        found[LOWEST] = (*said, (path, "low"))
    return found


def _words(one: PropertyDef | None, wanted: Sequence[str]) -> str | None:
    if one is None or one.kind is not Kind.ENUM or not one.writable:
        return None
    return next((word for word in wanted if word in one.choices), None)


def _stands(view: View, purifier: str, way: Way) -> bool:
    for path, value in way.values:
        seen = view(PropertyRef(purifier, path))
        if isinstance(value, str):
            if word(seen) != value:
                return False
        elif seen is None or seen.value != value:
            return False
    return True
