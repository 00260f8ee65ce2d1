"""How long a filter lasts, by the dust that it caught. Owns the sum; pure.

A filter is used up by mass and not by hours: caught = clean air × concentration × time. A standard counts a filter's life as the mass
after which half of the clean air is left (GB/T 18801-2015, CCM; class P4 begins at 12,000 mg).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.comfort.reason import Reason, reason

DAY = 86_400.0
RECENT = 30 * DAY
"""Seconds over which the usual catch is averaged."""
SOON = 14.0
"""Days before its end at which a filter is said to end soon: time to have one sent."""


@dataclass(slots=True)
class FilterLife:
    """One filter. `capacity` in mg until half of the clean air is left, `clean_air` in m³/h when new at the highest level."""

    clean_air: float
    capacity: float = 12_000.0
    caught: float = 0.0
    usual: float = 0.0
    since: float = 0.0

    def __post_init__(self) -> None:
        if not (self.clean_air > 0 and self.capacity > 0):
            raise ValueError("a filter needs its clean air in m³/h and its capacity in mg, both above 0")

    def run(self, share: float, pm2_5: float, seconds: float) -> None:
        """It ran at a share of its highest clean air in air of so many µg/m³. What is no number counts as nothing caught."""
        if seconds <= 0 or not (math.isfinite(share) and math.isfinite(pm2_5)):
            return
        caught = self.clean_air_left * max(0.0, min(1.0, share)) * max(0.0, pm2_5) * seconds / 3600 / 1000
        self.caught += caught
        self.since += seconds
        self.usual += (caught / seconds * DAY - self.usual) * (
            1 - math.exp(-seconds / min(max(self.since, 1.0), RECENT))
        )

    @property
    def clean_air_left(self) -> float:
        """m³/h at the highest level now."""
        return self.clean_air * math.exp2(-self.caught / self.capacity)

    @property
    def left(self) -> float:
        """Share of its life, 1 … 0."""
        return max(0.0, 1.0 - self.caught / self.capacity)

    @property
    def days_left(self) -> float | None:
        """At the usual catch; None in the first day, which tells nothing."""
        if self.since < DAY or self.usual <= 0:
            return None
        return (self.capacity - self.caught) / self.usual if self.left > 0 else 0.0

    def replaced(self) -> None:
        """A new filter: what a day usually brings stays known."""
        self.caught = 0.0

    def says(self) -> Reason | None:
        """What there is to say: used up, soon used up, or nothing."""
        days = self.days_left
        if self.left <= 0:
            return reason(
                "filter.used",
                grams=self.caught / 1000,
                percent=round(100 * self.clean_air_left / self.clean_air),
            )
        if days is not None and days <= SOON:
            return reason("filter.soon", days=round(days), percent=round(100 * self.left))
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "clean_air": self.clean_air,
            "capacity": self.capacity,
            "caught": self.caught,
            "usual": self.usual,
            "since": self.since,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> FilterLife:
        return cls(
            **{name: float(kept[name]) for name in ("clean_air", "capacity", "caught", "usual", "since")}
        )
