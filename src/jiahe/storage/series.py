"""Sealed series: compressed chunks with hourly and daily roll-ups. Owns their tables; never knows what is measured.

A chunk is never changed: samples that come late are a chunk of their own, and reading merges them; of two samples at one
time the one that was sealed later counts. A roll-up has a row only where samples are; in between the carried value held.
All of it is derived from the log and can be made again. Functions work on a connection inside `Database.read`/`.write`.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from jiahe.storage.chunk import Line, Sample, Sampled, decode, encode
from jiahe.storage.rollup import DAY, HOUR, Block, between, joined, measured, spread, tidy

CHUNK_SAMPLES = 2_000
"""Most samples of a chunk: decoded in about 0.5 ms, and a question about an hour decodes no more than it must."""
CACHED_CHUNKS = 16  # decoded chunks kept during one question or one sealing: about 4 MB

HOURLY, DAILY = 1, 2
SIZES = {HOURLY: HOUR, DAILY: DAY}


class Head(NamedTuple):
    """Where a series stands: `sealed` is the log's number up to which it is in chunks, `head` the value at its end
    (at `head_at`, epoch ms), and `resume` the value to go on with after a break (None: none)."""

    name: str
    sealed: int
    head_at: int
    head: Sampled
    resume: Sampled


def read_heads(connection: sqlite3.Connection) -> list[Head]:
    """Every series there is."""
    return [
        Head(*row) for row in connection.execute("SELECT name, sealed, head_at, head, resume FROM series")
    ]


def read_sealed(connection: sqlite3.Connection) -> tuple[int, int]:
    """The log's number up to which all series are sealed, and the time (epoch ms) of the last sign of life."""
    row = connection.execute("SELECT seq, alive_at FROM series_sealed").fetchone()
    return (0, 0) if row is None else (int(row[0]), int(row[1]))


def write_sealed(connection: sqlite3.Connection, seq: int, alive_at: int) -> None:
    connection.execute("INSERT OR REPLACE INTO series_sealed VALUES (1,?,?)", (seq, alive_at))


def forget_all(connection: sqlite3.Connection) -> None:
    """Remove everything derived, to make it again."""
    for table in ("series_rollup", "series_chunk", "series", "series_sealed"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608


def seal(connection: sqlite3.Connection, head: Head, samples: Sequence[Sample]) -> None:
    """Add samples, in the order they came, to a series that stands at `head` with them."""
    connection.execute(
        "INSERT INTO series (name, sealed, head_at, head, resume) VALUES (?,?,?,?,?) ON CONFLICT (name) DO UPDATE "
        "SET sealed=excluded.sealed, head_at=excluded.head_at, head=excluded.head, resume=excluded.resume",
        head,
    )
    series = int(connection.execute("SELECT id FROM series WHERE name=?", (head.name,)).fetchone()[0])
    line = tidy(samples)
    for begun in range(0, len(line), CHUNK_SAMPLES):
        part = line[begun : begun + CHUNK_SAMPLES]
        block = measured(part, None, part[0][0], part[-1][0] + 1)
        connection.execute(
            "INSERT INTO series_chunk (series, first, last, count, low, mean, high, body) VALUES (?,?,?,?,?,?,?,?)",
            (series, part[0][0], part[-1][0], len(part), block.low, block.mean, block.high, encode(part)),
        )
    view = View(connection, series, [], touched=[at for at, _ in line])
    for level, fresh in view.fresh.items():
        connection.executemany(
            "INSERT OR REPLACE INTO series_rollup VALUES (?,?,?,?,?,?,?,?,?)",
            [
                (series, level, start // SIZES[level], b.low, b.mean, b.high, b.covered, b.last, b.carry)
                for start, b in fresh.items()
            ],
        )


class View:
    """One series as it stands with samples that are not sealed yet laid over it. Times are epoch ms."""

    def __init__(
        self, connection: sqlite3.Connection, series: int, tail: Line, touched: Sequence[int] = ()
    ) -> None:
        """`touched`: times of samples in chunks that the roll-ups do not know yet."""
        self._connection, self._series, self._tail = connection, series, tail
        self._decoded: dict[int, Line] = {}
        self.fresh: dict[int, dict[int, Block]] = {HOURLY: {}, DAILY: {}}
        """By level and start: the roll-ups that these samples change."""
        self._fresh_hours: list[int] = []
        self._refresh_hours({at - at % HOUR for at in (*(at for at, _ in tail), *touched)})
        for day in sorted({hour - hour % DAY for hour in self.fresh[HOURLY]}):
            stretches = spread(self.rows(HOURLY, day, day + DAY), HOUR, self._carry(day), day, day + DAY)
            self.fresh[DAILY][day] = joined(block for _, _, block in stretches)

    @classmethod
    def of(cls, connection: sqlite3.Connection, name: str, tail: Line) -> View:
        """By name; a series that was never sealed is its tail."""
        row = connection.execute("SELECT id FROM series WHERE name=?", (name,)).fetchone()
        return cls(connection, 0 if row is None else int(row[0]), tail)

    def count(self, start: int, end: int) -> int:
        """About how many samples lie in [start, end): whole chunks are counted."""
        row = self._connection.execute(
            "SELECT ifnull(sum(count), 0) FROM series_chunk WHERE series=? AND first<? AND last>=?",
            (self._series, end, start),
        ).fetchone()
        return int(row[0]) + len(between(self._tail, start, end))

    def newest(self) -> Sampled:
        """The last value there ever was, however it went on; None where there was none."""
        stored = self._connection.execute(
            "SELECT start, last FROM series_rollup WHERE series=? AND level=? AND last NOT NULL "
            "ORDER BY start DESC LIMIT 1",
            (self._series, HOURLY),
        ).fetchone()
        for hour in reversed(self._fresh_hours):
            if stored is not None and hour < stored[0] * HOUR:
                break
            if (last := self.fresh[HOURLY][hour].last) is not None:
                return last
        return None if stored is None else stored[1]

    def line(self, start: int, end: int) -> Line:
        """The samples in [start, end), late ones in their places."""
        rows = self._connection.execute(
            "SELECT id, first, last FROM series_chunk WHERE series=? AND first<? AND last>=? ORDER BY first, id",
            (self._series, end, start),
        ).fetchall()
        parts = [(int(row[0]), between(self._chunk(int(row[0])), start, end)) for row in rows]
        parts.append((1 << 62, between(self._tail, start, end)))  # the tail came after all chunks
        merged: Line = []
        for _, part in parts:
            if part and merged and part[0][0] <= merged[-1][0]:
                parts.sort(key=lambda numbered: numbered[0])
                return tidy(sample for _, samples in parts for sample in samples)
            merged += part
        return merged

    def rows(self, level: int, start: int, end: int) -> Iterator[tuple[int, Block]]:
        """The roll-ups that begin in [start, end), by time."""
        size = SIZES[level]
        found = {
            int(row[0]) * size: Block(*row[1:])
            for row in self._connection.execute(
                "SELECT start, low, mean, high, covered, last, carry FROM series_rollup "
                "WHERE series=? AND level=? AND start>=? AND start<? ORDER BY start",
                (self._series, level, -(-start // size), -(-end // size)),
            )
        }
        fresh = {begun: block for begun, block in self.fresh[level].items() if start <= begun < end}
        if not fresh:
            return iter(found.items())
        return iter(sorted((found | fresh).items()))

    def carry(self, at: int) -> Sampled:
        """The value that holds when `at` begins, before a sample at that very time."""
        hour = at - at % HOUR
        before = self.line(hour, at) if at > hour else []
        return before[-1][1] if before else self._carry(hour)

    def pieces(self, start: int, end: int, level: int) -> Iterator[tuple[int, int, Block]]:
        """[start, end) as stretches without a hole: from roll-ups of this level, its edges from the finer ones."""
        size = SIZES.get(level, 1)
        low, high = -(-start // size) * size, end // size * size
        if level < HOURLY:
            yield start, end, measured(self.line(start, end), self.carry(start), start, end)
        elif low >= high:
            yield from self.pieces(start, end, level - 1)
        else:
            if start < low:
                yield from self.pieces(start, low, level - 1)
            yield from spread(self.rows(level, low, high), size, self._carry(low), low, high)
            if high < end:
                yield from self.pieces(high, end, level - 1)

    def _refresh_hours(self, touched: set[int]) -> None:
        """Measure these hours, and the next one with a row where what is carried into it changed."""
        fresh = self.fresh[HOURLY]
        hours = list(touched)
        heapify(hours)
        while hours:
            hour = heappop(hours)
            if hour in fresh:
                continue
            old = self._stored_carry(hour + HOUR)
            block = measured(self.line(hour, hour + HOUR), self._carry(hour), hour, hour + HOUR)
            fresh[hour] = block
            self._fresh_hours.append(hour)
            if old != block.carry:
                row = self._connection.execute(
                    "SELECT min(start) FROM series_rollup WHERE series=? AND level=? AND start>?",
                    (self._series, HOURLY, hour // HOUR),
                ).fetchone()
                if row[0] is not None:
                    heappush(hours, int(row[0]) * HOUR)

    def _carry(self, hour: int) -> Sampled:
        """What is carried into an hour, the tail's changes counted in. Fresh hours are made in the order of time."""
        place = bisect_left(self._fresh_hours, hour)
        row = self._last_row(hour)
        if place and (row is None or self._fresh_hours[place - 1] >= row[0]):
            return self.fresh[HOURLY][self._fresh_hours[place - 1]].carry
        return None if row is None else row[1]

    def _stored_carry(self, hour: int) -> Sampled:
        row = self._last_row(hour)
        return None if row is None else row[1]

    def _last_row(self, hour: int) -> tuple[int, Sampled] | None:
        row = self._connection.execute(
            "SELECT start, carry FROM series_rollup WHERE series=? AND level=? AND start<? ORDER BY start DESC LIMIT 1",
            (self._series, HOURLY, hour // HOUR),
        ).fetchone()
        return None if row is None else (int(row[0]) * HOUR, row[1])

    def _chunk(self, number: int) -> Line:
        line = self._decoded.get(number)
        if line is None:
            if len(self._decoded) >= CACHED_CHUNKS:
                self._decoded.pop(next(iter(self._decoded)))
            body = self._connection.execute("SELECT body FROM series_chunk WHERE id=?", (number,)).fetchone()[
                0
            ]
            line = self._decoded[number] = decode(body)
        return line
