"""The journal folded into series. Owns which records are folded and when they are sealed; never writes the journal.

What was committed since the last sealing lies in memory by series. Every `SEAL_EVERY` samples it is sealed into chunks
by the store's writer thread, in steps, so that neither the loop nor a commit waits long. All of it is derived: what is
damaged or behind is read from the journal again. A record is folded once, in the order of the numbers.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from jiahe.history.energy import Stretch, by_counter, by_power, checked_bounds
from jiahe.history.line import Lines, parsed, series_name
from jiahe.history.marks import read_marks
from jiahe.history.query import Series, answer, checked
from jiahe.model.clock import Clock
from jiahe.model.errors import StoreError
from jiahe.model.happening import Record
from jiahe.storage.chunk import Sample
from jiahe.storage.database import Database
from jiahe.storage.log_rows import read_rows
from jiahe.storage.rollup import tidy
from jiahe.storage.series import (
    Head,
    View,
    forget_all,
    read_heads,
    read_sealed,
    seal,
    write_sealed,
)

SEAL_EVERY = (
    20_000  # samples: more make opening slow (200,000 take a second), fewer write more bytes a sample
)
SEAL_STEP = 2_000  # samples of one transaction: about 20 ms, in which commits wait behind it
SEAL_AT_CLOSE = 2_000  # samples: fewer are read faster than they are sealed, and small chunks pack worse
MOST_UNSEALED = (
    100_000  # samples in memory (about 12 MB) when sealing fails; beyond, they are read again later
)
READ_STEP = 1_000  # rows of the journal folded at once: 4 ms of the loop
RETRY_SECONDS = 30.0  # after a failure: the disk was full or the file is damaged, both take a person


class History:
    """Made by `open`; used from the loop only. `observe` is given to `Journal.on_commit`."""

    def __init__(self, database: Database, clock: Clock | None) -> None:
        self._database, self._clock = database, clock
        self._lines = Lines([], 0)
        self._seen = 0  # the last record folded
        self._sealed_samples = 0
        self._newest = 0  # the last record offered
        self._behind = True
        self._work: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._closed = False
        self.trouble = ""
        """Why history is behind the journal, as a sentence; "" when well."""

    @classmethod
    async def open(cls, database: Database, clock: Clock | None = None) -> Self:
        """Reads the records since the last sealing only. With a clock, no answer goes beyond now."""
        history = cls(database, clock)
        await history._begin_again()
        await history._catch_up()
        return history

    def observe(self, records: Sequence[Record]) -> None:
        """Fold records just committed, in order. Ones that are known are skipped; missing ones are read by itself."""
        if not records or self._closed:
            return
        self._newest = max(self._newest, records[-1].seq)
        if not self._behind and records[0].seq > self._seen + 1:
            self._behind = True
            self._spawn()
        if self._behind:
            return
        for record in records:
            if record.seq > self._seen:
                self._lines.take(record.seq, round(record.at * 1000), record.kind.value, record.body)
                self._seen = record.seq
        if self._unsealed >= SEAL_EVERY:
            self._behind = self._unsealed > MOST_UNSEALED
            self._spawn()

    async def query(self, device: str, path: str, start: float, end: float, points: int) -> Series:
        """The property's values in [start, end) (epoch seconds) in at most `points` rows (1 to 5,000).

        A property that was never heard of is one gap. OutOfDefinition where an argument is wrong; StoreError.
        """
        low, high = checked(start, end, points)
        if self._clock is not None:
            high = min(high, max(round(self._clock.now() * 1000), low + 1))
        name = series_name(device, path)
        growing = self._lines.series.get(name)
        tail = [] if growing is None else list(growing.samples)
        return await self._database.read(
            lambda connection: answer(View.of(connection, name, tidy(tail)), low, high, points)
        )

    async def energy(
        self, device: str, path: str, bounds: Sequence[float], *, counter: bool, factor: float
    ) -> list[Stretch]:
        """Electricity of each stretch between two bounds (epoch seconds), from a counter or from power; `factor` is what
        one unit of the property is in kWh (W). A stretch that has not begun is not known. OutOfDefinition; StoreError."""
        wanted = checked_bounds(bounds)
        now = wanted[-1] if self._clock is None else round(self._clock.now() * 1000)
        known = [at for at in wanted if at < now]
        name = series_name(device, path)
        growing = self._lines.series.get(name)
        tail = [] if growing is None else list(growing.samples)
        total = len(wanted) - 1
        if not known:
            return [Stretch(None, 0.0)] * total
        ends = known if len(known) == len(wanted) else [*known, min(now, wanted[len(known)])]
        read = by_counter if counter else by_power
        found = await self._database.read(
            lambda connection: read(View.of(connection, name, tidy(tail)), ends, factor)
        )
        return [*found, *[Stretch(None, 0.0)] * (total - len(found))]

    async def marks(self, device: str, start: float, end: float) -> tuple[list[Record], bool]:
        """What was done to a device from `start` to `end` (epoch seconds), for a chart; False where there was more."""
        return await self._database.read(lambda connection: read_marks(connection, device, start, end))

    async def seal(self) -> None:
        """Seal what is in memory now; also done by itself every `SEAL_EVERY` samples. StoreError."""
        upto, alive_at = self._seen, self._lines.alive_at
        waiting = [(name, series) for name, series in self._lines.series.items() if series.changed]
        while waiting:
            step: list[tuple[Head, list[Sample]]] = []
            count = 0
            while waiting and count < SEAL_STEP:
                name, series = waiting.pop()
                # Samples that came after `upto` go with it: `sealed` says for each series how far it is.
                head = Head(name, self._seen, series.head_at, series.head, series.resume)
                step.append((head, list(series.samples)))
                count += len(series.samples)
                series.changed = False
            try:
                await self._database.write(_Sealing(step))
            except StoreError:
                for head, _ in step:
                    self._lines.series[head.name].changed = True
                raise
            for head, samples in step:
                series = self._lines.series[head.name]
                series.sealed = head.sealed
                del series.samples[: len(samples)]
            self._sealed_samples += count
        if upto:
            await self._database.write(lambda connection: write_sealed(connection, upto, alive_at))

    async def rebuild(self) -> None:
        """Forget all that is derived and make it again from the journal: seconds a million records. StoreError."""
        await self._settle()
        self._behind = True
        await self._database.write(forget_all)
        await self._begin_again()
        await self._catch_up()

    async def close(self) -> None:
        """Let what is under way end, and seal what would make the next opening slow.

        What is not sealed is read from the journal again: a disk in trouble costs time then, and nothing else.
        """
        if self._closed:
            return
        self._closed = True
        await self._settle()
        if self._unsealed >= SEAL_AT_CLOSE and not self._behind and self._database.exclusive:
            with suppress(StoreError):
                await self.seal()

    # ---- behind the journal, and back ------------------------------------------------------------------------------

    @property
    def _unsealed(self) -> int:
        return self._lines.samples - self._sealed_samples

    async def _begin_again(self) -> None:
        heads, (seq, alive_at) = await self._database.read(
            lambda connection: (read_heads(connection), read_sealed(connection))
        )
        self._lines, self._seen, self._sealed_samples = Lines(heads, alive_at), seq, 0

    async def _catch_up(self) -> None:
        """Fold what the journal has and memory has not; sealing on the way, so that memory stays bounded."""
        while not self._closed:
            if self._unsealed >= SEAL_EVERY and self._database.exclusive:
                await self.seal()
            seen = self._seen
            rows = await self._database.read(
                lambda connection, seen=seen: [  # type: ignore[misc]  # the default binds the loop's value
                    (row.seq, row.at, row.kind, parsed(row.body))
                    for row in read_rows(connection, seen, READ_STEP)
                ]
            )
            for row in rows:
                self._lines.take(*row)
            self._seen = rows[-1][0] if rows else seen
            if len(rows) < READ_STEP and self._seen >= self._newest:
                self._behind = False
                return

    def _spawn(self) -> None:
        if self._work is None and self._retry is None and not self._closed:
            self._work = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            if self._unsealed >= SEAL_EVERY:
                await self.seal()
            if self._behind:
                await self._catch_up()
            self.trouble = ""
        except StoreError as error:
            self.trouble = f"history is behind the journal: {error}"
            self._retry = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._try_again)
        finally:
            self._work = None

    def _try_again(self) -> None:
        self._retry = None
        self._spawn()

    async def _settle(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._work is not None:
            await self._work


class _Sealing:
    """One step of sealing, as the writer thread runs it."""

    def __init__(self, step: list[tuple[Head, list[Sample]]]) -> None:
        self._step = step

    def __call__(self, connection: sqlite3.Connection) -> None:
        for head, samples in self._step:
            seal(connection, head, samples)
