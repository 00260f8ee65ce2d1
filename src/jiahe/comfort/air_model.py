"""How dust comes and goes in one room, learned from its own readings. Owns the fit; pure, decides nothing.

dC/dt = f · outdoor - (l + q · u) · C + s, with C in µg/m³, time in hours, u the share of the purifier's highest clean air.
`f` is what comes in (air change times penetration), `l` what leaves or settles by itself, `q` the purifier's clean air over the
room's volume, `s` people and whatever they do. Recursive least squares on the mean of a step, with forgetting; a step that is
far off (somebody fries fish) counts little, and parameters are kept within what rooms can be.

Ranges: air change of closed flats 0.05-2 1/h, penetration 0.4-1, deposition 0.05-0.6 1/h (Chen and Zhao, Atmospheric
Environment 45, 2011, 275-288).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PRIOR = (0.25, 0.5, 3.0, 3.0)
"""f, l, q in 1/h and s in µg/m³/h, before anything is known."""
DEVIATION = (0.2, 0.4, 2.5, 5.0)
LOW, HIGH = (0.0, 0.05, 0.0, 0.0), (2.0, 4.0, 20.0, 60.0)
FORGETS = 0.9995
"""Per step: half of a week of ten-minute steps counts after a fortnight; filters age and seasons change."""
NOISE = 6.0
"""µg/m³/h: what a good step is off by."""
FALLS, RISES = 3.0, 1.5
"""Times the noise from which a step counts less: a fall more than foretold counts as three of it (Huber); a rise fades out
wholly (Cauchy), for it is a pan or a candle, and the purifier that then runs high would be learned as one that cleans little."""
SENSOR = 2.0
"""µg/m³ that a cheap optical sensor is off from reading to reading."""
HOURLY = 1 / 72
"""How fast foretelling is judged anew: three days."""
SHORTEST, LONGEST = 2 / 60, 0.5
"""Hours of a step that can be fitted: shorter is noise, longer hides what happened."""


@dataclass(frozen=True, slots=True)
class AirModel:
    """The room's numbers: `inflow` 1/h, `loss` 1/h, `cleaning` 1/h at full clean air, `source` µg/m³/h."""

    inflow: float
    loss: float
    cleaning: float
    source: float

    def after(self, now: float, outdoor: float, share: float, hours: float) -> float:
        """The concentration after a step with everything else constant: the exact solution."""
        rate = self.loss + self.cleaning * share
        settled = (self.inflow * outdoor + self.source) / max(rate, 1e-6)
        return settled + (now - settled) * math.exp(-rate * hours)

    def mean(self, now: float, outdoor: float, share: float, hours: float) -> float:
        """The mean concentration over the same step."""
        rate = self.loss + self.cleaning * share
        settled = (self.inflow * outdoor + self.source) / max(rate, 1e-6)
        decay = rate * hours
        return settled + (now - settled) * (1 - math.exp(-decay)) / decay if decay > 1e-9 else now


class AirFit:
    """The fit of one room. `learn` takes a step; `model` is what is known; `confidence` how far it may be believed."""

    def __init__(self, prior: Sequence[float] = PRIOR) -> None:
        self._at = list(prior)
        size = len(PRIOR)
        self._spread = [[DEVIATION[i] ** 2 if i == j else 0.0 for j in range(size)] for i in range(size)]
        self._steps = 0
        self._off = self._dull = SENSOR
        self._hours = 0
        self._since = self._from = self._ahead = 0.0

    @property
    def model(self) -> AirModel:
        return AirModel(*self._at)

    @property
    def steps(self) -> int:
        return self._steps

    @property
    def confidence(self) -> float:
        """0 … 1: how much better an hour is foretold than by "as it is now", once a day of steps is in.

        Half where both are right but for the sensor: then there is nothing to plan, and nothing to doubt.
        """
        better = 1.0 - self._off / (self._dull + SENSOR)
        return max(0.0, better) * min(1.0, self._hours / 24)

    def deviation(self) -> tuple[float, ...]:
        """Standard deviations of inflow, loss, cleaning and source, in their units."""
        return tuple(math.sqrt(max(0.0, self._spread[i][i])) for i in range(len(PRIOR)))

    def learn(self, before: float, after: float, outdoor: float, share: float, hours: float) -> None:
        """One step: indoor at both ends and outdoor (µg/m³), the purifier's share of clean air (0 … 1), its length in hours.

        Steps of another length than `SHORTEST` … `LONGEST` and readings that are none are left out.
        """
        values = (before, after, outdoor, share, hours)
        if not all(math.isfinite(value) for value in values) or not SHORTEST <= hours <= LONGEST:
            return
        if min(before, after, outdoor) < 0 or not 0 <= share <= 1:
            return
        middle, change = (before + after) / 2, (after - before) / hours
        features = (outdoor, -middle, -share * middle, 1.0)
        error = change - sum(own * feature for own, feature in zip(self._at, features, strict=True))
        # A sensor's own error grows with what it shows: 3 % of it, twice, over the step.
        noise = math.hypot(NOISE, 0.03 * middle * 1.4 / hours)
        weight = _weight(error / noise)
        self._foretell(before, after, outdoor, share, hours)
        self._update(features, error, noise * noise / weight)
        self._steps += 1

    def _foretell(self, before: float, after: float, outdoor: float, share: float, hours: float) -> None:
        """An hour ahead from a reading, with what was known at each step; then the next hour."""
        if self._since == 0.0:
            self._from = self._ahead = before
        self._ahead = self.model.after(self._ahead, outdoor, share, hours)
        self._since += hours
        if self._since < 0.99:
            return
        # An hour that is wildly off (fish in the pan) is one bad hour and not the end of all trust.
        cut = 10 * SENSOR + 0.5 * max(after, self._from)
        self._off += (min(abs(after - self._ahead), cut) - self._off) * HOURLY
        self._dull += (min(abs(after - self._from), cut) - self._dull) * HOURLY
        self._hours += 1
        self._since = 0.0

    def _update(self, features: Sequence[float], error: float, noise: float) -> None:
        size = len(features)
        spread = self._spread
        along = [sum(spread[i][j] * features[j] for j in range(size)) for i in range(size)]
        scale = noise + sum(features[i] * along[i] for i in range(size))
        gain = [value / scale for value in along]
        for i in range(size):
            self._at[i] = min(HIGH[i], max(LOW[i], self._at[i] + gain[i] * error))
            for j in range(size):
                spread[i][j] = (spread[i][j] - gain[i] * along[j]) / FORGETS
            # Forgetting without news must not blow up: never more than was unknown at first.
            if spread[i][i] > DEVIATION[i] ** 2:
                factor = DEVIATION[i] / math.sqrt(spread[i][i])
                for j in range(size):
                    spread[i][j] *= factor
                    spread[j][i] *= factor

    def as_json(self) -> dict[str, Any]:
        return {
            "at": list(self._at),
            "spread": [list(row) for row in self._spread],
            "steps": self._steps,
            "judged": [self._off, self._dull, self._hours],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> AirFit:
        """The hour under way is begun anew."""
        fit = cls([float(value) for value in kept["at"]])
        fit._spread = [[float(value) for value in row] for row in kept["spread"]]
        fit._steps = int(kept["steps"])
        off, dull, hours = kept["judged"]
        fit._off, fit._dull, fit._hours = float(off), float(dull), int(hours)
        return fit


def _weight(over: float) -> float:
    """What a step counts that lies so many times the noise above what was foretold."""
    return 1 / (1 + (over / RISES) ** 2) if over > 0 else min(1.0, FALLS / max(-over, 1e-9))
