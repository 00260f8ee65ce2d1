"""A person's hand: it wins at once, and it is remembered. Pure; times are epoch seconds.

Owns how long a setting by hand holds; never judges it. A hand holds until the schedule's next point, but at least two
hours and at most eight; who says "until I say otherwise" holds until they do. Switching off by hand holds the same
way: only the frost guard acts against it. A set point changed on a unit that is off switches nothing: it is what is
wanted when the unit runs (`ran` False), until the schedule's next point or for a day.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from jiahe.comfort.thermal_model import Mode

LEAST, MOST = 2 * 3600.0, 8 * 3600.0
"""Seconds: shorter would be taken for being ignored; longer than a night's sleep nobody remembers having done it."""
WISHED = 24 * 3600.0
"""Seconds for which a temperature set on a unit that is off is wanted at most: whoever sets it in the morning means the evening."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a person set: `target` in Cel, None where they switched off. `until` None: until they say otherwise."""

    at: float
    mode: Mode
    target: float | None
    until: float | None
    who: str = ""
    """A person's id; empty where it was set at the appliance or its own remote control."""
    ran: bool = True
    """False where a set point was changed while the unit was off: nobody switched anything."""

    def holds(self, now: float) -> bool:
        """Whether it still binds. A clock set back before it was set ends it when its longest time has passed."""
        return self.until is None or (now < self.until and now >= self.at - MOST)

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return asdict(self)

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        return cls(**{**body, "mode": Mode(body["mode"])})


def by_hand(
    at: float,
    mode: Mode,
    target: float | None,
    next_point: float | None,
    *,
    who: str = "",
    until_told: bool = False,
) -> Hold:
    """The hold of a setting made at `at`; `next_point` is when the schedule would change next, None where it does not."""
    if until_told:
        return Hold(at, mode, target, None, who)
    until = at + MOST if next_point is None else min(max(next_point, at + LEAST), at + MOST)
    return Hold(at, mode, target, until, who)


def wished(at: float, mode: Mode, target: float, next_point: float | None, *, who: str = "") -> Hold:
    """The hold of a set point changed at `at` on a unit that is off."""
    until = at + WISHED if next_point is None else min(max(next_point, at + LEAST), at + WISHED)
    return Hold(at, mode, target, until, who, ran=False)
