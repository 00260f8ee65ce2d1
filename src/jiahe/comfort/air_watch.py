"""What is wrong with a room's dust sensor or its purifier: missing, stuck, jumping, refusing. Pure.

Owns the detections and says them as reasons; what is done about them is `clean_air`'s. Bounded: an hour of jumps. The evidence:

* missing: no reading that may be believed for 30 min.
* stuck: the very same figure for 6 h while the purifier ran, above 3 µg/m³ (whole digits of clean air stand still rightly), or
  for 48 h whatever it is, half of them running. A sensor inside a purifier that is off may rest with it: that is no fault, and `rests` tells it.
* jumping: three steps within an hour from one reading to the next of more than 60 µg/m³ and a factor 3, in both directions: a pan of
  fish jumps up once and comes down slowly.
* refuses: three commands in a row were refused or not confirmed; tried again after half an hour.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from jiahe.comfort.reason import Reason, reason

MISSING = 1800.0
STUCK, STUCK_LONG, CLEAN = 6 * 3600.0, 48 * 3600.0, 3.0
JUMP, FACTOR, JUMPS, WITHIN, APART = 60.0, 3.0, 3, 3600.0, 600.0
RESTS = 3600.0
"""Seconds of the same figure in a purifier that is off, after which its sensor is thought to rest."""
HIGHEST = 2000.0
"""µg/m³: more is no reading."""
REFUSALS, REFUSED_FOR = 3, 1800.0


@dataclass(slots=True)
class AirWatch:
    """One room's. `told` for every look, `commanded` for every outcome."""

    began: float | None = None
    last_at: float | None = None
    value: float | None = None
    same_since: float = 0.0
    ran: float = 0.0
    """Seconds that the purifier ran while the value stayed the same."""
    ran_at: float = 0.0
    jumps: list[tuple[float, bool]] = field(default_factory=list)
    refusals: int = 0
    refused_at: float = 0.0

    def told(self, at: float, pm2_5: float | None, *, running: bool) -> float | None:
        """A look at the sensor; the value if it may be used, else None."""
        self.began = at if self.began is None else self.began
        if pm2_5 is None or not math.isfinite(pm2_5) or not 0 <= pm2_5 <= HIGHEST:
            return None
        before, passed = self.value, at - (self.last_at if self.last_at is not None else at)
        if running:
            self.ran_at = at
        if before is None or pm2_5 != before:
            self.same_since, self.ran = at, 0.0
        elif running:
            self.ran += min(max(passed, 0.0), APART)
        if before is not None and 0 <= passed <= APART and abs(pm2_5 - before) > JUMP:
            low, high = sorted((pm2_5, before))
            if high > FACTOR * max(low, 1.0):
                self.jumps = [*self.jumps, (at, pm2_5 > before)][-20:]
        self.jumps = [one for one in self.jumps if 0 <= at - one[0] <= WITHIN]
        self.value, self.last_at = pm2_5, at
        return None if self._jumping() else pm2_5

    def commanded(self, at: float, *, done: bool) -> None:
        """The outcome of a command to the purifier: confirmed, or not."""
        self.refusals = 0 if done else self.refusals + 1
        self.refused_at = at

    def refused(self, now: float) -> Reason | None:
        """Whether it is left alone for a while, having refused."""
        if self.refusals < REFUSALS or now - self.refused_at >= REFUSED_FOR:
            return None
        return reason("air.refuses", count=self.refusals, at=self.refused_at + REFUSED_FOR)

    def sensor(self, now: float) -> Reason | None:
        """What is wrong with the sensor at `now`."""
        silent = self.last_at if self.last_at is not None else self.began
        if silent is not None and now - silent >= MISSING:
            return reason("air.sensor_missing", minutes=int((now - silent) // 60))
        if self._jumping():
            return reason("air.sensor_jumping", count=len(self.jumps))
        if self.value is not None:
            same = now - self.same_since
            if (self.ran >= STUCK and self.value > CLEAN) or (
                self.ran >= STUCK_LONG / 2 and same >= STUCK_LONG
            ):
                return reason("air.sensor_stuck", value=self.value, hours=int(same // 3600))
        return None

    def rests(self, now: float) -> bool:
        """Whether a sensor inside a purifier that is off seems to rest with it."""
        return self.value is not None and now - max(self.same_since, self.ran_at) >= RESTS

    def to_json(self) -> dict[str, Any]:
        """What outlasts a restart: a stuck sensor is stuck after it too."""
        return {
            "last_at": self.last_at, "value": self.value, "same_since": self.same_since, "ran": self.ran, "ran_at": self.ran_at,
            "refusals": self.refusals, "refused_at": self.refused_at,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; KeyError, TypeError or ValueError where it is none."""
        last, value = body["last_at"], body["value"]
        return cls(
            None,
            None if last is None else float(last),
            None if value is None else float(value),
            float(body["same_since"]),
            float(body["ran"]),
            float(body["ran_at"]),
            [],
            int(body["refusals"]),
            float(body["refused_at"]),
        )

    def _jumping(self) -> bool:
        return len(self.jumps) >= JUMPS and len({up for _, up in self.jumps}) == 2
