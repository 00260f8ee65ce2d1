"""What is wrong with a room: a window open, a sensor stuck or jumping, an air conditioner that refuses. Pure.

Owns the detections, each with what makes it go away, and says them as reasons; what is done about them is the
controller's. Bounded: two hours of readings (at most `READINGS`). The evidence of each:

* sensor missing: no reading for 30 min. Stuck: the very same value for 3 h though the unit worked hard for 45 min of
  them, or for 36 h. Jumping: three steps of more than 2.5 K between readings within 10 min, in 2 h.
* window open: a contact says so; or the room takes on the outdoor temperature far faster than its model allows (three
  quarters of an hour running, with 4 K between inside and outside); or, with no unit at work for 45 min, it moved 1.5 K
  toward the outdoors in 20 min.
* unit idle: on, more than 1 K missing for 20 min, and it takes less than 60 W. No effect: on, 1.5 K missing and not
  less after 60 min, where neither watts nor a model tell which of both it is. With watts at work: a window.
* unit refuses: three commands in a row were refused or not confirmed.

A window that was inferred is believed for 30 min, then control tries again; each time that it is seen again doubles
that, up to four hours: so a window open all day costs a few minutes of cooling every four hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from jiahe.comfort.climate_seen import Reading
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.thermal_model import Mode

MISSING = 1800.0
STUCK, STUCK_LONG, WORKED = 3 * 3600.0, 36 * 3600.0, 2700.0
JUMP, JUMP_WITHIN, JUMPS, JUMPS_WITHIN = 2.5, 600.0, 3, 7200.0
POSSIBLE = (-30.0, 60.0)
"""Cel that a room may have: anything else is no reading."""
WINDOW_FIRST, WINDOW_MOST = 1800.0, 4 * 3600.0
FALL, FALL_WITHIN, APART = 1.5, 1200.0, 4.0
RESTED = 2700.0
"""Seconds that the unit must have been off: before that the air only goes back to what the walls have."""
LEAKS, LEAK_TIMES, LEAK_LEAST = 3, 3.0, 0.5
IDLE_WATTS, IDLE_AFTER, IDLE_GAP = 60.0, 1200.0, 1.0
EFFECT_AFTER, EFFECT_GAP, EFFECT_LEAST = 3600.0, 1.5, 0.3
REFUSALS, REFUSED_FOR = 3, 1800.0
HOPELESS = 3.0
"""K missing at which a room that is as warm or as cold as the outdoors, against a unit at work, is an open one."""
READINGS = 130
"""One a minute for two hours, and some."""


@dataclass(slots=True)
class Watch:
    """One room's. `told` for every reading, `commanded` for every outcome, `leak` for every quarter with a model."""

    readings: list[tuple[float, float]] = field(default_factory=list)
    last_at: float | None = None
    began: float | None = None
    same_since: float | None = None
    ran_at: float | None = None
    """When the unit was last on."""
    worked: float = 0.0
    """Seconds that the unit worked hard while the value stayed the same."""
    jumps: list[float] = field(default_factory=list)
    window_until: float = 0.0
    window_since: float = 0.0
    window_for: float = WINDOW_FIRST
    contact: bool | None = None
    leaks: int = 0
    refusals: int = 0
    refused_at: float = 0.0
    on_since: float | None = None
    on_gap: float = 0.0
    idle_since: float | None = None
    idle_watts: float = 0.0
    gap: float = 0.0
    powered: bool = False
    """Whether the unit tells its power."""

    def told(self, seen: Reading) -> float | None:
        """Takes a reading in; the air temperature if it may be used, else None."""
        self.began = seen.at if self.began is None else self.began
        self.contact = seen.window_open
        air = seen.air if seen.air is not None and POSSIBLE[0] < seen.air < POSSIBLE[1] else None
        jumped = air is not None and self._jumped(seen.at, air)
        if air is not None:
            passed = seen.at - self.last_at if self.last_at is not None else 0.0
            if not self.readings or air != self.readings[-1][1] or self.same_since is None:
                self.same_since, self.worked = seen.at, 0.0
            elif self._at_work(seen):
                self.worked += min(max(passed, 0.0), JUMP_WITHIN)
            self.readings = [one for one in self.readings if 0 <= seen.at - one[0] <= JUMPS_WITHIN][
                -(READINGS - 1) :
            ]
            self.readings.append((seen.at, air))
            self.last_at = seen.at
        self._unit(seen, air)
        if air is not None and not jumped:
            self._falls(seen, air)
        return None if jumped else air

    def commanded(self, at: float, *, done: bool) -> None:
        """The outcome of a command to the unit: confirmed, or not."""
        self.refusals = 0 if done else self.refusals + 1
        self.refused_at = at

    def leak(self, at: float, innovation: float, hours: float, apart: float, usual: float) -> None:
        """A quarter's error of prediction (K), with `apart` = outdoor minus air and the model's `usual` exchange (1/h)."""
        seems = innovation / hours / apart if abs(apart) >= APART else 0.0
        self.leaks = self.leaks + 1 if seems > max(LEAK_LEAST, LEAK_TIMES * usual) else 0
        if self.leaks >= LEAKS:
            self._window(at)

    def faults(self, now: float) -> list[Reason]:
        """What is wrong at `now`, the gravest first."""
        found = []
        if self.refusals >= REFUSALS and now - self.refused_at < REFUSED_FOR:
            found.append(reason("unit_refuses", count=self.refusals, at=self.refused_at + REFUSED_FOR))
        if self.contact is True or (self.contact is not False and now < self.window_until):
            since = self.window_since if now < self.window_until else now
            found.append(reason("window_open", since=since))
        elif self.idle_since is not None and now - self.idle_since >= IDLE_AFTER:
            minutes = int((now - self.idle_since) // 60)
            found.append(reason("unit_idle", watts=round(self.idle_watts), minutes=minutes))
        elif self.on_since is not None and not self.powered and self._stays_away(now):
            minutes = int((now - self.on_since) // 60)
            found.append(reason("no_effect", minutes=minutes, gap=round(self.gap, 1)))
        return found + self._sensor(now)

    @property
    def sensor_codes(self) -> tuple[str, ...]:
        """Codes of reasons that mean: the room's temperature is not known."""
        return ("sensor_missing", "sensor_stuck", "sensor_jumping")

    def to_json(self) -> dict[str, Any]:
        """What outlasts a restart: the readings of two hours do not."""
        names = ("window_until", "window_since", "window_for", "refusals", "refused_at")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_json`; KeyError, TypeError or ValueError where it is none."""
        watch = cls()
        watch.window_until, watch.window_since = float(body["window_until"]), float(body["window_since"])
        watch.window_for = float(body["window_for"])
        watch.refusals, watch.refused_at = int(body["refusals"]), float(body["refused_at"])
        return watch

    # ---- inside

    def _sensor(self, now: float) -> list[Reason]:
        silent = self.last_at if self.last_at is not None else self.began
        if silent is not None and now - silent >= MISSING:
            return [reason("sensor_missing", minutes=int((now - silent) // 60))]
        if len([at for at in self.jumps if now - at <= JUMPS_WITHIN]) >= JUMPS:
            return [reason("sensor_jumping", count=len(self.jumps))]
        if self.same_since is not None and self.readings:
            same = now - self.same_since
            if (same >= STUCK and self.worked >= WORKED) or same >= STUCK_LONG:
                return [reason("sensor_stuck", value=self.readings[-1][1], hours=int(same // 3600))]
        return []

    def _jumped(self, at: float, air: float) -> bool:
        """A step that no room makes. The value before it is only given up when the new one stays."""
        self.jumps = [one for one in self.jumps if 0 <= at - one <= JUMPS_WITHIN][-20:]
        if not self.readings:
            return False
        before, value = self.readings[-1]
        if 0 <= at - before <= JUMP_WITHIN and abs(air - value) > JUMP:
            self.jumps.append(at)
            return True
        return False

    def _at_work(self, seen: Reading) -> bool:
        unit = seen.unit
        if unit is None or not unit.on or unit.mode is None or seen.air is None:
            return False
        if unit.watts is not None:
            return unit.watts > 3 * IDLE_WATTS and abs((unit.set_point or seen.air) - seen.air) > 1.0
        return unit.set_point is not None and unit.mode.sign * (unit.set_point - seen.air) > 1.0

    def _unit(self, seen: Reading, air: float | None) -> None:
        unit = seen.unit
        if air is None:
            return
        if unit is None or not unit.on or unit.mode is None or unit.set_point is None:
            self.on_since = self.idle_since = None
            return
        self.powered = unit.watts is not None
        self.gap = unit.mode.sign * (unit.set_point - air)
        if self.gap <= IDLE_GAP:
            self.on_since = self.idle_since = None
            return
        if self.on_since is None or self.gap < self.on_gap - EFFECT_LEAST:
            self.on_since, self.on_gap = seen.at, self.gap
        if unit.watts is not None and unit.watts < IDLE_WATTS:
            self.idle_since = seen.at if self.idle_since is None else self.idle_since
            self.idle_watts = unit.watts
        else:
            self.idle_since = None
        if (
            self.powered
            and self.idle_since is None
            and self._stays_away(seen.at)
            and self._leaves(unit.mode, seen)
        ):
            self._window(seen.at)

    def _stays_away(self, now: float) -> bool:
        return self.on_since is not None and now - self.on_since >= EFFECT_AFTER and self.gap >= EFFECT_GAP

    def _leaves(self, mode: Mode, seen: Reading) -> bool:
        """Whether the room, against a unit at work, went toward the outdoors by as much as a window explains."""
        if seen.outdoor is None or seen.air is None or self.gap < self.on_gap + EFFECT_LEAST:
            return False
        apart = mode.sign * (seen.air - seen.outdoor)
        return apart >= APART or (apart > 0.0 and self.gap >= HOPELESS)

    def _falls(self, seen: Reading, air: float) -> None:
        unit = seen.unit
        if unit is not None and unit.on:
            self.ran_at = seen.at
        if seen.outdoor is None or self.jumps or (self.ran_at is not None and seen.at - self.ran_at < RESTED):
            return
        recent = [value for at, value in self.readings if seen.at - at <= FALL_WITHIN]
        apart = seen.outdoor - recent[0]
        if (
            abs(apart) >= APART
            and (air - recent[0]) * (1 if apart > 0 else -1) >= FALL
            and seen.at > self.window_until
        ):
            self._window(seen.at)

    def _window(self, at: float) -> None:
        if at < self.window_until:
            return
        again = self.window_until > 0 and at - self.window_until < 2 * WINDOW_MOST
        self.window_for = min(self.window_for * 2, WINDOW_MOST) if again else WINDOW_FIRST
        self.window_since = self.window_since if again else at
        self.window_until, self.leaks = at + self.window_for, 0
        self.on_since = None
