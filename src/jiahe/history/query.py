"""A question about one series answered with few rows. Owns the choice between samples and roll-ups; keeps nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.storage.chunk import Line, Sampled
from jiahe.storage.rollup import DAY, HOUR, Block, between, held, joined, measured
from jiahe.storage.series import DAILY, HOURLY, View

MOST_POINTS = 5_000  # rows of an answer: more than any screen has columns
MOST_SAMPLES = 150_000
"""Samples one answer is made from, about 50 ms of a reader thread; where there are more, hours are the finest step."""

ENOUGH_SAMPLES = 20_000
"""The same where an hour is at most two rows: a week of a talkative reading is drawn by the hour, in a tenth of the time."""

Row = tuple[float, float | None, float | None, float | None, Sampled]
"""t (epoch seconds, where the row's stretch begins), min, mean, max, last."""


@dataclass(frozen=True, slots=True)
class Series:
    """An answer. Each row covers `step` seconds from its t; a stretch in which the line is broken has no row.

    Words have min, mean and max None; where their changes fit, the rows are the changes themselves and `step` is 0.
    `gaps` are the stretches without a value, (from, to) in epoch seconds; those that are shorter than the finest
    stretch the answer was made from are left out, and of more than `points` only the longest are named.
    """

    rows: list[Row]
    step: float
    gaps: list[tuple[float, float]]


def checked(start: float, end: float, points: int) -> tuple[int, int]:
    """The span in epoch ms, or OutOfDefinition naming the argument and its bound."""
    if not 1 <= points <= MOST_POINTS:
        raise OutOfDefinition("points", f"takes 1 to {MOST_POINTS}, not {points}", MOST_POINTS)
    # Before 1 January 9999, and no NaN: a time that is not one fails both comparisons.
    if not (0 <= start < 253_370_764_800 and 0 <= end < 253_370_764_800):
        raise OutOfDefinition("from", "from and to are times in seconds since 1970", 0)
    low, high = round(start * 1000), round(end * 1000)
    if low >= high:
        raise OutOfDefinition("to", say("span_order"), start)
    return low, high


def answer(view: View, start: int, end: int, points: int) -> Series:
    """The series in [start, end) (epoch ms) in at most `points` rows."""
    count = view.count(start, end)
    step = -(-(end - start) // points)
    if count <= MOST_SAMPLES and isinstance(view.newest(), str):
        changes = _changes(view, start, end)
        if len(changes.rows) <= points:
            return replace(changes, gaps=_longest(changes.gaps, points))
    if count <= (MOST_SAMPLES if step < HOUR // 2 else ENOUGH_SAMPLES) and step < HOUR:
        return _from_samples(view, start, end, points, step)
    return _from_rollups(view, start, end, points)


def _changes(view: View, start: int, end: int) -> Series:
    line, carry = view.line(start, end), view.carry(start)
    rows: list[Row] = []
    before: Sampled = None
    for at, value in _from_start(line, carry, start):
        if value is not None and value != before:
            number = None if isinstance(value, str) else value
            rows.append((at / 1000, number, number, number, value))
        before = value
    return Series(rows, 0.0, _seconds(_breaks(line, carry, start, end)))


def _from_samples(view: View, start: int, end: int, points: int, step: int) -> Series:
    line, carry = view.line(start, end), view.carry(start)
    gaps = _longest(_seconds(_breaks(line, carry, start, end)), points)
    rows: list[Row] = []
    for begun in range(start, end, step):
        stop = min(begun + step, end)
        block = measured(between(line, begun, stop), carry, begun, stop)
        carry = block.carry
        if block.covered:
            rows.append(_row(begun, block))
    return Series(rows, step / 1000, gaps)


def _from_rollups(view: View, start: int, end: int, points: int) -> Series:
    # The steps begin on a whole hour (day) of UTC, so that each is made of whole roll-ups.
    level, size, step = HOURLY, HOUR, _whole_steps(start, end, points, HOUR)
    if step >= DAY:
        level, size, step = DAILY, DAY, _whole_steps(start, end, points, DAY)
    origin = start // size * size
    rows: list[Row] = []
    gaps: list[tuple[int, int]] = []
    column: list[Block] = []
    bound = origin + step
    begun = start
    for low, high, block in _cut_at(view.pieces(start, end, level), origin, step):
        if low >= bound:
            _add(rows, begun, column)
            column, begun, bound = [], low, bound + step
        column.append(block)
        if not block.covered:
            gaps.append((low, high))
    _add(rows, begun, column)
    return Series(rows, step / 1000, _longest(_seconds(_merged(gaps)), points))


def _whole_steps(start: int, end: int, points: int, size: int) -> int:
    """The shortest multiple of `size` of which `points` cover the span, begun where its first whole one begins."""
    return -(-(end - start // size * size) // (points * size)) * size


def _cut_at(
    pieces: Iterable[tuple[int, int, Block]], origin: int, step: int
) -> Iterator[tuple[int, int, Block]]:
    """The same stretches, those in which one value held cut where a step ends. Measured ones lie within a step."""
    for low, high, block in pieces:
        at = low
        while (bound := origin + ((at - origin) // step + 1) * step) < high:
            yield at, bound, held(block.carry, bound - at)
            at = bound
        yield (low, high, block) if at == low else (at, high, held(block.carry, high - at))


def _add(rows: list[Row], begun: int, column: list[Block]) -> None:
    block = joined(column)
    if block.covered:
        rows.append(_row(begun, block))


def _row(begun: int, block: Block) -> Row:
    return begun / 1000, block.low, block.mean, block.high, block.last


def _from_start(line: Line, carry: Sampled, start: int) -> Line:
    return line if line and line[0][0] == start else [(start, carry), *line]


def _breaks(line: Line, carry: Sampled, start: int, end: int) -> list[tuple[int, int]]:
    """Where the line holds no value, within [start, end)."""
    found: list[tuple[int, int]] = []
    since: int | None = None
    for at, value in _from_start(line, carry, start):
        if value is None and since is None:
            since = at
        elif value is not None and since is not None:
            found.append((since, at))
            since = None
    if since is not None:
        found.append((since, end))
    return found


def _merged(gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for low, high in gaps:
        if found and found[-1][1] == low:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _longest(gaps: list[tuple[float, float]], points: int) -> list[tuple[float, float]]:
    if len(gaps) <= points:
        return gaps
    return sorted(sorted(gaps, key=lambda gap: gap[0] - gap[1])[:points])


def _seconds(gaps: list[tuple[int, int]]) -> list[tuple[float, float]]:
    return [(low / 1000, high / 1000) for low, high in gaps]
