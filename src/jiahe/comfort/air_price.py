"""What an hour of cleaner air is worth in electricity, so that the mean that people breathe meets a goal. Pure.

A plan weighs kWh against dust breathed at a price. The least energy under a bound on the mean is the plan at the bound's own
shadow price, and that price is not known beforehand: it follows outdoor air and the room. So it is found as dual ascent finds
it: a step up while the mean breathed lies over the goal, a step down while it lies under (Arrow, Hurwicz, Uzawa, Studies in
Linear and Non-Linear Programming, 1958). Slowly, since one price through dirty and clean days is what is cheapest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

FIRST = 0.002
"""kWh for an hour of 1 µg/m³ less, before anything was breathed: 13 µg/m³ in the months of design (bench/comfort_air.py)."""
LOWEST, HIGHEST = FIRST / 4, FIRST * 4
"""Over four times the first, twice the electricity takes off 1 µg/m³ (the oracle's own line); under a quarter nothing cleans."""
GOAL = 14.0
"""µg/m³ as the mean of the hours with somebody there: the project's bound of 15, and 1 for what the sensor is off by."""
FOLLOWS = 144.0
"""Hours breathed at twice the goal that raise the price 2.7 times: longer than an episode of haze, shorter than a season."""


class AirPrice:
    """The price of one room. `breathed` is told of what was breathed; `now` is the price."""

    def __init__(self, goal: float = GOAL) -> None:
        if not (math.isfinite(goal) and 1.0 <= goal <= 200.0):
            raise ValueError(f"a goal for fine dust is between 1 and 200 µg/m³, and not {goal:g}")
        self.goal = goal
        self._log = 0.0

    @property
    def now(self) -> float:
        """kWh for an hour of 1 µg/m³ less."""
        return FIRST * math.exp(self._log)

    def breathed(self, mean: float, hours: float) -> None:
        """Somebody breathed this mean (µg/m³) for so many hours. What is no reading changes nothing."""
        if not (math.isfinite(mean) and mean >= 0 and math.isfinite(hours) and 0 < hours <= 24):
            return
        # An hour of fish in the pan says nothing of a price: no hour counts for more than thrice the goal.
        over = min(mean / self.goal, 3.0) - 1.0
        low, high = math.log(LOWEST / FIRST), math.log(HIGHEST / FIRST)
        self._log = min(high, max(low, self._log + over * hours / FOLLOWS))

    def as_json(self) -> dict[str, Any]:
        return {"goal": self.goal, "log": self._log}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> AirPrice:
        """The inverse of `as_json`. ValueError, KeyError or TypeError where it is none."""
        price = cls(float(kept["goal"]))
        log = float(kept["log"])
        if not math.isfinite(log):
            raise ValueError("a kept price of clean air is no number")
        price._log = min(math.log(HIGHEST / FIRST), max(math.log(LOWEST / FIRST), log))
        return price
