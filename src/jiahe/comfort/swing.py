"""How far inside the band a plan has to stay because a unit's own thermostat swings. Pure.

Owns what was missed of the point that was held, quarter by quarter, and the margin that follows from it; never what is
held, nor a decision. Memory is bounded by `MOST` quarters.

An integrator stood here before: it took an hour of a room that was warm for another reason (guests, a pan) for the swing, and
four days to forget it, half a kelvin too cold all the while. The distribution of the last held hours forgets such an hour at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

MARGIN = 0.3
"""K inside the band that is planned for where little was held yet: half the swing of usual thermostats."""
MARGIN_MOST = 0.6
SPARED = 0.0015
"""K that the swing may miss the band by, in the mean of the hours that are held: 5 K·h in a season of 92 days are 0.0035 over the hours
with somebody home, and over half of them go to arrivals and to what happens between two quarters of an hour."""
FEWEST, MOST = 24, 192
"""Quarters of holding from which on they tell, and that are looked at: two days of it."""
SETTLED = 4
"""Quarters of holding after which a miss is the swing's, not the arrival's."""


@dataclass(slots=True)
class Swing:
    """One room's. `missed` in K, above 0 where the room fell short of the point that was held."""

    missed: list[float] = field(default_factory=list)
    margin: float = MARGIN
    _quarters: int = 0

    def told(self, missed: float | None) -> None:
        """A quarter of an hour ended; None: nothing was held in it, or nobody knows how warm it was."""
        if missed is None:
            self._quarters = 0
            return
        self._quarters += 1
        if self._quarters <= SETTLED:
            return
        self.missed.append(min(max(missed, -MARGIN_MOST), MARGIN_MOST))
        del self.missed[:-MOST]
        if len(self.missed) >= FEWEST:
            self.margin = least(self.missed)

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {"missed": [round(one, 3) for one in self.missed], "margin": self.margin}

    @classmethod
    def of_json(cls, body: dict[str, Any]) -> Self:
        """The inverse of `to_json`; nothing known where nothing was kept. ValueError or TypeError where it is none."""
        margin = min(max(float(body.get("margin", MARGIN)), 0.0), MARGIN_MOST)
        return cls([float(one) for one in body.get("missed", ())][-MOST:], margin)


def least(missed: Sequence[float]) -> float:
    """The least margin (K) with which what is missed beyond it is `SPARED` in the mean; 0 .. `MARGIN_MOST`."""
    spare, before, total = SPARED * len(missed), 0, 0.0
    for value in sorted(missed, reverse=True):
        # with the margin at `value`, the ones before it miss by `total - before * value`
        if total - before * value > spare:
            break
        before, total = before + 1, total + value
    return min(max((total - spare) / before, 0.0), MARGIN_MOST) if before else 0.0
