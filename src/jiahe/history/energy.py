"""Electricity by hour, day or month from what devices say. Owns the arithmetic and what is said of its limits; pure over
a `View`.

A counter (kWh since it was made) is read off at the bounds of each stretch; between two readings it is taken to have
grown evenly. A counter that falls was reset: what it counted in between nobody knows, nothing is made up for it, and the
stretch says so. Where there is no counter, power (W) is integrated over the time in which it was known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.storage.chunk import Line
from jiahe.storage.rollup import HOUR, joined
from jiahe.storage.series import HOURLY, View

MOST_STRETCHES = 800
"""Hours of a month are 744; a question with more is for another step."""
MOST_SAMPLES = 20_000
"""Readings of a counter that are looked at one by one, about 15 ms; of more, one an hour is. A month's page asks for every meter of the home."""
_MS_W_TO_KWH = 1 / 3.6e9


@dataclass(frozen=True, slots=True)
class Stretch:
    """One hour, day or month. `kwh` None: nothing was known. `covered`: the part of it (0 to 1) in which the device was
    heard. `estimated`: a part of it lies in a gap and was shared out evenly. `reset`: the counter fell, so it was more.
    """

    kwh: float | None
    covered: float
    estimated: bool = False
    reset: bool = False


def checked_bounds(bounds: Sequence[float]) -> list[int]:
    """Bounds of stretches in epoch ms; OutOfDefinition where they are none."""
    if not 2 <= len(bounds) <= MOST_STRETCHES + 1:
        raise OutOfDefinition("from", say("stretches", most=MOST_STRETCHES), MOST_STRETCHES)
    found = [round(at * 1000) for at in bounds]
    if any(low >= high for low, high in pairwise(found)):
        raise OutOfDefinition("from", say("span_order"))
    return found


def by_power(view: View, bounds: Sequence[int], watts: float = 1.0) -> list[Stretch]:
    """Power integrated; `watts` is what one of its units is."""
    found = []
    for low, high in pairwise(bounds):
        block = joined(piece for _, _, piece in view.pieces(low, high, HOURLY))
        covered = block.covered / (high - low)
        known = block.mean is not None
        kwh = block.mean * watts * block.covered * _MS_W_TO_KWH if block.mean is not None else None
        found.append(Stretch(kwh, covered if known else 0.0, estimated=False))
    return found


def by_counter(view: View, bounds: Sequence[int], kwh: float = 1.0) -> list[Stretch]:
    """A counter read off; `kwh` is what one of its units is."""
    line = _readings(view, bounds[0], bounds[-1])
    sums = _Sums(bounds)
    before: tuple[int, float] | None = None
    gap = False
    for at, value in line:
        if value is None or isinstance(value, str):
            if before is not None and not gap:
                sums.heard(before[0], at)
            gap = True
            continue
        if before is not None:
            sums.grow(before[0], at, value - before[1], gap)
        before, gap = (at, value), False
    if before is not None and not gap:
        sums.heard(before[0], bounds[-1])
    return sums.stretches(kwh)


def _readings(view: View, start: int, end: int) -> Line:
    carry = view.carry(start)
    head: Line = [(start, carry)]
    if view.count(start, end) <= MOST_SAMPLES:
        line = view.line(start, end)
        return line if line and line[0][0] == start else head + line
    hours: Line = []
    for low, high, block in view.pieces(start, end, HOURLY):
        before = hours[-1][1] if hours else carry
        if block.low is None:
            pass  # nothing was counted in this hour
        elif before is None or isinstance(before, str):
            hours.append((low, block.low))  # it begins within this hour, and counts from its lowest word
        elif block.low < before:
            hours.append(
                (low + (high - low) // 2, block.low)
            )  # a reset within the hour: its lowest word is kept
        hours.append((min(high, low + HOUR) - 1, block.carry))
    return head + hours


class _Sums:
    """What each stretch adds up to."""

    def __init__(self, bounds: Sequence[int]) -> None:
        self._bounds = bounds
        count = len(bounds) - 1
        self._used = [0.0] * count
        self._heard = [0] * count
        self._estimated = [False] * count
        self._reset = [False] * count

    def grow(self, start: int, end: int, amount: float, gap: bool) -> None:
        """The counter went up (or fell) by `amount` from `start` to `end`."""
        if not gap:
            self.heard(start, end)
        if amount < 0:
            self._reset[self._place(end)] = True
            return
        if amount == 0:
            return
        for place, part in self._parts(start, end):
            self._used[place] += amount * part / max(1, end - start)
            self._estimated[place] |= gap

    def heard(self, start: int, end: int) -> None:
        for place, part in self._parts(start, end):
            self._heard[place] += part

    def stretches(self, kwh: float) -> list[Stretch]:
        found = []
        for number, (low, high) in enumerate(pairwise(self._bounds)):
            covered = min(1.0, self._heard[number] / (high - low))
            known = covered > 0 or self._estimated[number] or self._reset[number]
            used = self._used[number] * kwh if known else None
            found.append(Stretch(used, covered, self._estimated[number], self._reset[number]))
        return found

    def _place(self, at: int) -> int:
        return min(len(self._used) - 1, max(0, bisect_left(self._bounds, at) - 1))

    def _parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches that [start, end) lies in, each with how many ms of it."""
        if start >= end:
            return [(self._place(end), max(1, end - start))]
        found = []
        place = max(0, bisect_left(self._bounds, start + 1) - 1)
        while place < len(self._used) and self._bounds[place] < end:
            part = min(end, self._bounds[place + 1]) - max(start, self._bounds[place])
            if part > 0:
                found.append((place, part))
            place += 1
        return found
