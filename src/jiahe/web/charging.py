"""Electricity in money: stretches cut where the price changes, each kWh at the price of its time, and put together again. Pure.

Owns the cutting and the adding up; what a price is, `comfort.tariff` knows. Tiers count what the devices shown here measured: a
bill counts the whole flat, so that a tier may begin earlier than this says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import pairwise

from jiahe.comfort.tariff import LONGEST, Tariff, charges, edges, period_start
from jiahe.web.doors import StretchDoor

MOST_CUTS = 10_000
"""Stretches that one answer is priced by: a year of 24 prices a day. Beyond it no money is told."""


@dataclass(frozen=True, slots=True)
class Priced:
    """One hour, day or month: as `history.energy.Stretch`, and what it cost (None where nothing is known of either)."""

    kwh: float | None
    covered: float
    estimated: bool
    reset: bool
    cost: float | None


def cuts(bounds: Sequence[float], tariff: Tariff | None, zone: tzinfo) -> list[float]:
    """The bounds, and between them every instant at which the price changes; the bounds alone where no price is told."""
    if tariff is None or bounds[-1] - bounds[0] > LONGEST:
        return list(bounds)
    fine = sorted({*bounds, *edges(tariff, zone, bounds[0], bounds[-1])})
    return fine if len(fine) <= MOST_CUTS else list(bounds)


def prices_of(
    tariff: Tariff | None,
    zone: tzinfo,
    fine: Sequence[float],
    rows: Sequence[Sequence[StretchDoor]],
    used: float,
) -> list[float | None]:
    """The mean price of a kWh in each cut; None for all where no price is told. `used` is before the first, in its period."""
    if tariff is None or fine[-1] - fine[0] > LONGEST:
        return [None] * (len(fine) - 1)
    totals = [sum(row[index].kwh or 0.0 for row in rows) for index in range(len(fine) - 1)]
    return charges(tariff, zone, fine, totals, used)


def tiers_since(tariff: Tariff | None, zone: tzinfo, at: float) -> float | None:
    """Since when what was used counts for the tier at `at`; None where there are no tiers, or it counts from `at` on."""
    if tariff is None:
        return None
    start = period_start(tariff, zone, at)
    return None if start is None or start >= at else start


def merged(
    found: Sequence[StretchDoor],
    fine: Sequence[float],
    bounds: Sequence[float],
    prices: Sequence[float | None],
    now: float,
) -> list[Priced]:
    """One row's cuts put together to the stretches that were asked for."""
    answer = []
    for low, high in pairwise(bounds):
        first, last = bisect_left(fine, low), bisect_left(fine, high)
        parts = found[first:last]
        spans = [max(0.0, min(end, now) - start) for start, end in pairwise(fine[first : last + 1])]
        known = [one.kwh for one in parts if one.kwh is not None]
        paid = [
            one.kwh * price
            for one, price in zip(parts, prices[first:last], strict=True)
            if one.kwh is not None and price is not None
        ]
        heard = sum(one.covered * span for one, span in zip(parts, spans, strict=True))
        answer.append(
            Priced(
                sum(known) if known else None,
                heard / sum(spans) if sum(spans) else 0.0,
                any(one.estimated for one in parts),
                any(one.reset for one in parts),
                sum(paid) if paid and len(paid) == len(known) else None,
            )
        )
    return answer
