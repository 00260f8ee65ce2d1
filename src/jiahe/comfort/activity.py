"""A band's minutes, and what they say about sleep: Cole-Kripke, Sadeh, and the scale of this band's counts. Pure.

Both formulas were fitted to one maker's actigraph; a band counts otherwise, and the scale alone decides between 69 % and 92 %
agreement. So counts pass `Scale` first, which is learned from the wearer's own days and never from anybody's nights.

Sources: Cole, Kripke, Gruen, Mullaney, Gillin, "Automatic sleep/wake identification from wrist activity", Sleep 15(5), 1992
(one-minute epochs, mean activity); Sadeh, Sharkey, Carskadon, "Activity-based sleep-wake identification", Sleep 17(3), 1994.
Both with the unit that ActiLife documents for them: hundreds of counts a minute, cut at 300 (Cole-Kripke), counts cut at 300
(Sadeh). Freedson, Melanson, Sirard, Med Sci Sports Exerc 30(5), 1998: 1,952 counts a minute begin moderate activity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLE_KRIPKE = (0.106, 0.054, 0.058, 0.076, 0.230, 0.074, 0.067)
"""Weights of minutes -4 … +2, for hundreds of counts; a sum of 1 and more is awake."""
COLE_KRIPKE_BEFORE, COLE_KRIPKE_AFTER, COLE_KRIPKE_CUT = 4, 2, 300.0

SADEH_HALF, SADEH_CUT = 5, 300.0
SADEH_BASE, SADEH_MEAN, SADEH_NAT, SADEH_DEVIATION, SADEH_LOG = 7.601, 0.065, 1.08, 0.056, 0.703
"""PS = 7.601 - 0.065 mean(11 min) - 1.08 NAT - 0.056 SD(last 6 min) - 0.703 ln(counts + 1); 0 and more is asleep."""

MODERATE = 1_952.0
"""Counts a minute at which moderate activity begins (Freedson 1998): what the busiest tenth of active minutes is laid on."""
BUSY = 0.9
FEWEST_ACTIVE = 60
"""Active minutes that a day must have to tell the scale: a band worn for an hour tells nothing about its wearer."""
MOST_DAYS = 14
"""Days of which the scale is the median: two weeks have every weekday twice, and forget an old band in a fortnight."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a band. `at` is its begin in epoch seconds; None is what this band does not tell, or did not.

    `counts`: activity in the band's own unit (intensity, or steps where it has nothing finer). `heart_rate`: 1/min, 0 where the
    sensor found no pulse. `worn`: the band's own word.
    """

    at: float
    counts: float | None
    steps: int | None = None
    heart_rate: int | None = None
    worn: bool | None = None


def cole_kripke(counts: Sequence[float], at: int) -> float:
    """The Cole-Kripke index of minute `at`: under 1 asleep. `counts` are actigraph counts a minute.

    Minutes that are not there yet (the last two of a living band) count as the minute itself: an index now instead of in
    two minutes. Minutes before the first are quiet.
    """
    total = 0.0
    for offset, weight in enumerate(COLE_KRIPKE, start=-COLE_KRIPKE_BEFORE):
        place = at + offset
        value = 0.0 if place < 0 else counts[min(place, len(counts) - 1)] if offset > 0 else counts[place]
        total += weight * min(value / 100.0, COLE_KRIPKE_CUT)
    return total


def sadeh(counts: Sequence[float], at: int) -> float:
    """Sadeh's PS of minute `at`: 0 and more asleep. `counts` are actigraph counts a minute.

    The window of eleven minutes is cut where there are no minutes; the number of minutes of 50 … 99 is scaled to eleven.
    """
    window = [min(value, SADEH_CUT) for value in counts[max(0, at - SADEH_HALF) : at + SADEH_HALF + 1]]
    last = [min(value, SADEH_CUT) for value in counts[max(0, at - SADEH_HALF) : at + 1]]
    natural = sum(1 for value in window if 50 <= value < 100) * (2 * SADEH_HALF + 1) / len(window)
    mean = sum(last) / len(last)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in last) / max(1, len(last) - 1))
    return (
        SADEH_BASE
        - SADEH_MEAN * sum(window) / len(window)
        - SADEH_NAT * natural
        - SADEH_DEVIATION * deviation
        - SADEH_LOG * math.log(min(counts[at], SADEH_CUT) + 1)
    )


class Scale:
    """How many actigraph counts one count of this band is: quantile matching on the wearer's own days.

    The busiest tenth of a day's active minutes is laid on `MODERATE`; the scale is the median of the last `MOST_DAYS` days
    that have enough of them. Until a day has passed it is the given first guess.
    """

    def __init__(self, first: float) -> None:
        if not (math.isfinite(first) and first > 0):
            raise ValueError(f"the first guess of a band's scale must be a positive number, not {first}")
        self.first = first
        self._days: list[float] = []
        self._day = -1
        self._active: list[float] = []

    @property
    def factor(self) -> float:
        if not self._days:
            return self.first
        ordered = sorted(self._days)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2

    @property
    def days(self) -> int:
        """Days that the factor rests on."""
        return len(self._days)

    def learn(self, day: int, counts: float) -> None:
        """One more minute of the day with this ordinal. Minutes without activity tell nothing about the unit."""
        if day != self._day:
            self._close()
            self._day = day
        if counts > 0 and len(self._active) < 1_440:  # a day has no more minutes
            self._active.append(counts)

    def _close(self) -> None:
        if len(self._active) >= FEWEST_ACTIVE:
            ordered = sorted(self._active)
            self._days.append(MODERATE / ordered[int(BUSY * (len(ordered) - 1))])
            del self._days[:-MOST_DAYS]
        self._active = []

    def as_json(self) -> dict[str, Any]:
        return {"first": self.first, "days": list(self._days), "day": self._day, "active": list(self._active)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Scale:
        scale = cls(float(kept["first"]))
        scale._days = [float(value) for value in kept["days"]][-MOST_DAYS:]
        scale._day = int(kept["day"])
        scale._active = [float(value) for value in kept["active"]][:1_440]
        return scale
