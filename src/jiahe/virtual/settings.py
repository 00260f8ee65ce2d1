"""What the values of a demo's air conditioner and purifiers are as settings of their rooms, and the other way round. Pure.

Owns that tie and nothing else: no physics, no people, no protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jiahe.model.definition import Value
from jiahe.virtual.hands import AUTO, QUIET
from jiahe.virtual.inverter import Setting

HIGHEST_SPEED = 2200.0  # 1/min
SMALLEST = 0.8
"""Of its step by which a reading must have changed to be shown: sensors do not flicker."""
FANS: Mapping[str, float] = {
    "auto": 102.0,
    "silent": 20.0,
    "low": 40.0,
    "medium": 60.0,
    "high": 80.0,
    "full": 100.0,
}


class Face(Protocol):
    """A device's values by path, and the raw value behind one."""

    @property
    def values(self) -> Mapping[str, Value]: ...

    def set(self, values: Mapping[str, Value]) -> None:
        """The device itself changed them."""

    def raw(self, path: str) -> object:
        """As it stands on the wire; of `fan_mode` the fan's speed in %, above 100 automatic."""


class Paper:
    """A face that nobody asks: the values of a past."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    @property
    def values(self) -> Mapping[str, Value]:
        return self._values

    def set(self, values: Mapping[str, Value]) -> None:
        self._values.update(values)

    def raw(self, path: str) -> object:
        return FANS.get(str(self._values.get(path)))


def setting_of(face: Face) -> Setting:
    """An air conditioner's settings as its room takes them."""
    now, fan = face.values, face.raw("fan_mode")
    speed = float(fan) if isinstance(fan, int | float) else 102.0
    return Setting(
        on=bool(now["power"]),
        mode=str(now["mode"]),
        set_point=value_of(now, "target_temperature", 26.0),
        fan=0.0 if speed > 100.0 else speed / 100.0,
        turbo=bool(now.get("turbo")),
        eco=bool(now.get("eco")),
    )


def conditioner_values(setting: Setting) -> dict[str, Value]:
    """The values of a unit that is set so; the night's fan is its "silent"."""
    if not setting.on:
        return {"power": False}
    quiet = 0.0 < setting.fan <= 0.25
    return {
        "power": True,
        "mode": setting.mode,
        "target_temperature": setting.set_point,
        "fan_mode": "silent" if quiet else "auto",
        "sleep": quiet,
    }


def level_of(face: Face) -> float:
    """A purifier's settings as a level of 0 to 1, or -1 for its "auto". Where a maker has other words than "favorite", its fan tells."""
    now = face.values
    mode = now.get("mode")
    if not now["power"] or mode == "standby":
        return 0.0
    if mode == "favorite":
        return min(max(value_of(now, "favorite_speed", 1200.0), 300.0), HIGHEST_SPEED) / HIGHEST_SPEED
    if mode == "manual":
        return FANS.get(str(now.get("fan_mode")), 60.0) / 100.0
    if mode == "fast":
        return 1.0
    return QUIET if mode == "sleep" else AUTO


def purifier_values(level: float, *, favorite: bool = True) -> dict[str, Value]:
    """The values of a purifier that is set so. `favorite`: it takes any speed; otherwise one of three."""
    if level == 0.0:
        return {"power": False}
    if level < 0.0:
        return {"power": True, "mode": "auto"}
    if level <= QUIET:
        return {"power": True, "mode": "sleep"}
    if not favorite:
        fan = "low" if level < 0.5 else "medium" if level < 0.7 else "high"
        return {"power": True, "mode": "manual", "fan_mode": fan}
    return {
        "power": True,
        "mode": "favorite",
        "favorite_speed": int(min(max(level * HIGHEST_SPEED, 300.0), 2200.0)),
    }


def steady(face: Face, path: str, real: float, step: float) -> float:
    """The reading on its steps, kept while the real value is less than 0.8 of a step away."""
    shown = face.values.get(path)
    if isinstance(shown, int | float) and abs(real - shown) < SMALLEST * step:
        return float(shown)
    return round(round(real / step) * step, 3)


def value_of(values: Mapping[str, Value], path: str, otherwise: float) -> float:
    """A number; `otherwise` where there is none."""
    value = values.get(path)
    return float(value) if isinstance(value, int | float) else otherwise
