"""What a stretch of a line amounts to. Owns the arithmetic of min, mean and max; pure, knows no table and no home.

A value holds until the next sample; the mean weighs each value by how long it held. A value counts in a stretch when it
held there for at least one millisecond. Where the line is broken nothing is counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul, sub

from jiahe.storage.chunk import Line, Sample, Sampled

MANY = 16
"""Samples from which a quicker way through them pays."""
HOUR, DAY = 3_600_000, 86_400_000  # milliseconds; of UTC, so a stretch never changes its length


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch: `covered` is for how many ms the line was whole, `last` the last value that held in it, `carry` the
    value that holds at its end (None: broken there). `low`, `mean`, `high` are None where there were no numbers; where
    numbers and words alternate, `covered` counts the numbers only, since it is the weight of `mean`.
    """

    low: float | None
    mean: float | None
    high: float | None
    covered: int
    last: Sampled
    carry: Sampled


def held(value: Sampled, length: int) -> Block:
    """A stretch in which one value held for `length` ms and nothing happened."""
    if value is None:
        return Block(None, None, None, 0, None, None)
    if isinstance(value, str):
        return Block(None, None, None, length, value, value)
    return Block(value, value, value, length, value, value)


def measured(line: Sequence[Sample], carry: Sampled, start: int, end: int) -> Block:
    """The stretch [start, end) of a line whose samples all lie in it; `carry` is what held when it began."""
    if len(line) >= MANY and (whole := _numbers(line, carry, start, end)) is not None:
        return whole
    area, numbers, words = 0.0, 0, 0
    low: float | None = None
    high: float | None = None
    since, value, last = start, carry, None
    for at, new in (*line, (end, None)):
        length = at - since
        if length > 0 and value is not None:
            last = value
            if isinstance(value, str):
                words += length
            else:
                area += value * length
                numbers += length
                low = value if low is None or value < low else low
                high = value if high is None or value > high else high
        since = at
        if at < end:
            value = new
    mean = None if low is None or high is None else min(max(area / numbers, low), high)
    return Block(low, mean, high, numbers or words, last, value)


def _numbers(line: Sequence[Sample], carry: Sampled, start: int, end: int) -> Block | None:
    """The same for a line of numbers alone, three times as fast; None where there is a word or a break in it."""
    times: tuple[int, ...]
    values: tuple[float, ...]
    times, values = zip(*line, strict=True)
    if set(map(type, values)) != {float}:
        return None
    before = held(carry, times[0] - start) if times[0] > start else held(None, 0)
    low, high, area, numbers = min(values), max(values), 0.0, end - times[0]
    if before.low is not None and before.high is not None and before.mean is not None:
        low, high = min(low, before.low), max(high, before.high)
        area, numbers = before.mean * before.covered, numbers + before.covered
    area = sum(map(mul, values, map(sub, (*times[1:], end), times)), area)
    return Block(low, min(max(area / numbers, low), high), high, numbers, values[-1], values[-1])


def joined(blocks: Iterable[Block]) -> Block:
    """Stretches that follow one another, as one."""
    area, numbers, words = 0.0, 0, 0
    low: float | None = None
    high: float | None = None
    last: Sampled = None
    carry: Sampled = None
    for block in blocks:
        if block.low is None or block.mean is None or block.high is None:
            words += block.covered
        else:
            area += block.mean * block.covered
            numbers += block.covered
            low = block.low if low is None or block.low < low else low
            high = block.high if high is None or block.high > high else high
        last = block.last if block.last is not None else last
        carry = block.carry
    mean = None if low is None or high is None else min(max(area / numbers, low), high)
    return Block(low, mean, high, numbers or words, last, carry)


def tidy(samples: Iterable[Sample]) -> Line:
    """Samples in the order they came, as a line: by time, and of two at one time the one that came later."""
    return sorted(dict(samples).items(), key=lambda sample: sample[0])


def between(line: Line, start: int, end: int) -> Line:
    """The samples in [start, end)."""
    return line[bisect_left(line, start, key=_at) : bisect_left(line, end, key=_at)]


def spread(
    rows: Iterable[tuple[int, Block]], size: int, carry: Sampled, start: int, end: int
) -> Iterator[tuple[int, int, Block]]:
    """Rows of one size as stretches (start, end, block) without a hole: between rows the carried value held."""
    at = start
    for begun, block in rows:
        if begun > at:
            yield at, begun, held(carry, begun - at)
        yield begun, begun + size, block
        at, carry = begun + size, block.carry
    if at < end:
        yield at, end, held(carry, end - at)


def _at(sample: Sample) -> int:
    return sample[0]
