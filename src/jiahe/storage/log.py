"""An append-only log with group commit. Owns the order and the durability of rows; never reads what is in a body.

A row gets its number at once and reaches the disk with all others that are pending, in one transaction. A commit starts
at once when somebody waits for it, and otherwise lingers, so that a quiet home writes seldom. While one commit runs the
next gathers. Numbers grow by one without a gap, on disk too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Self

from jiahe.model.errors import StoreError
from jiahe.storage.database import Database
from jiahe.storage.log_rows import BLOCK, COMMON, Row, last_seq, packed, read_names, read_newest, read_rows

LINGER_WATCHED = 0.05  # seconds: a person is looking, and sees a change within one blink
LINGER_ALONE = 2.0  # seconds: nobody is waiting; what a power cut may take is telemetry of this length
ROWS_A_COMMIT = 200  # enough to share the cost of a sync; more gain nothing (bench/journal.py)
MOST_IN_COMMIT = 5_000  # rows of one transaction: it stays under 100 ms, so nobody behind it waits long
MOST_PENDING = 50_000  # rows that wait for a disk that does not answer: about 25 MB, hours of a home
LARGEST_BODY = 64 << 10  # bytes: the longest text value is 4,096 characters; more is a defect
RECENT_ROWS, RECENT_BYTES = 10_000, 4 << 20  # what a returning client is served from without the disk
RETRY_SECONDS = 3.0  # a full disk is tried again this often: soon enough for a person who made room


class Unfit(StoreError):
    """This one row cannot be kept, whatever the disk does; the log is well and takes the next."""


@dataclass(slots=True)
class _Batch:
    """What one transaction writes. Kept as it is until it is on disk, so a retry writes the very same."""

    rows: list[tuple[int, int, int, int, bytes]]
    names: list[tuple[int, str]]
    blocks: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    rare: list[tuple[int, int, int]] = field(default_factory=list)

    tried: bool = False

    def write(self, connection: sqlite3.Connection) -> None:
        # A disk that failed at the very end of a commit may hold the rows all the same.
        if self.tried and last_seq(connection) == self.rows[-1][0]:
            return
        self.tried = True
        connection.executemany("INSERT INTO log_name VALUES (?,?)", self.names)
        connection.executemany("INSERT INTO log VALUES (?,?,?,?,?)", self.rows)
        connection.executemany("INSERT INTO log_block VALUES (?,?,?,?)", self.blocks)
        connection.executemany("INSERT INTO log_rare VALUES (?,?,?)", self.rare)


@dataclass(slots=True)
class _Block:
    """The block that is being filled: what `log_block` will say of it."""

    low_at: int = 0
    high_at: int = 0
    subjects: set[int] = field(default_factory=set)

    def take(self, row: tuple[int, int, int, int, bytes]) -> tuple[int, int, int, bytes] | None:
        """Count a row in; the finished block's row where it was the last one."""
        at = row[1]
        self.low_at, self.high_at = (
            (min(at, self.low_at), max(at, self.high_at)) if self.subjects else (at, at)
        )
        self.subjects.add(row[3])
        if row[0] % BLOCK:
            return None
        finished = (row[0] // BLOCK - 1, self.low_at, self.high_at, packed(self.subjects))
        self.subjects = set()
        return finished


class Log:
    """Made by `open`; used from the loop only."""

    def __init__(self, database: Database, last: int, names: dict[str, int], block: _Block) -> None:
        self._database, self._last, self._committed = database, last, last
        self._names, self._block = names, block
        self._unsaved: list[tuple[int, str]] = []
        self._pending: deque[tuple[int, int, int, int, bytes]] = deque()
        self._batch: _Batch | None = None
        self._under_way: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._asked = 0  # somebody waits for all rows up to this number
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._callbacks: list[Callable[[int], None]] = []
        self._watchers = 0
        self._recent: deque[Row] = deque()
        self._recent_bytes = 0
        self._words = {number: name for name, number in names.items()}
        self._trouble = ""
        self._closed = False

    @classmethod
    async def open(cls, database: Database) -> Self:
        """Reads the last number, the names and the unfinished block: a few milliseconds at any length."""

        def work(connection: sqlite3.Connection) -> tuple[int, dict[str, int], _Block]:
            last, block = last_seq(connection), _Block()
            begun = last - last % BLOCK
            for row in connection.execute("SELECT seq, at, kind, subject, '' FROM log WHERE seq>?", (begun,)):
                block.take(row)
            return last, {name: number for number, name in read_names(connection).items()}, block

        return cls(database, *await database.read(work))

    @property
    def last_seq(self) -> int:
        """The last number given out."""
        return self._last

    @property
    def committed_seq(self) -> int:
        """The last number that is on disk."""
        return self._committed

    @property
    def trouble(self) -> str:
        """Why rows do not reach the disk, as a sentence; "" when well."""
        return self._trouble

    def append(self, at: float, kind: str, subject: str, body: bytes, *, urgent: bool = False) -> int:
        """Take a row and give it its number; it is on disk later (`committed`). `at` is epoch seconds.

        StoreError where the log is closed, another process holds the home, or `MOST_PENDING` rows wait for a disk in
        trouble; Unfit where the body is over `LARGEST_BODY`.
        """
        if self._closed:
            raise StoreError("the log is closed")
        if not self._database.exclusive:
            raise StoreError("only the hub of this home writes its records")
        if len(body) > LARGEST_BODY:
            raise Unfit(f"a record of {len(body)} bytes is over the limit of {LARGEST_BODY}")
        waiting = self._last - self._committed
        if waiting >= MOST_PENDING:
            raise StoreError(
                f"{waiting} records wait for the disk and no more are taken: {self._trouble or 'slow disk'}"
            )
        self._last += 1
        self._pending.append((self._last, round(at * 1000), self._number(kind), self._number(subject), body))
        if urgent:
            self._asked = self._last
        self._arm()
        return self._last

    async def committed(self, seq: int) -> None:
        """Returns when this row and all before it are on disk; StoreError in words where the disk failed.

        A row whose wait failed is not given up: it is written when the disk is well again.
        """
        if seq <= self._committed:
            return
        if seq > self._last:
            raise ValueError(f"there is no row {seq} yet; the last is {self._last}")
        if self._trouble:
            raise StoreError(self._trouble)
        if self._closed:
            raise StoreError("the log is closed")
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((seq, waiter))
        if seq > self._asked:
            self._asked = seq
            self._arm()
        await waiter

    def on_commit(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Call this on the loop after each commit, with the highest number on disk; what is returned ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    @contextmanager
    def watch(self) -> Iterator[None]:
        """While held a commit lingers 50 ms at most: somebody looks at the records as they come."""
        self._watchers += 1
        self._arm()
        try:
            yield
        finally:
            self._watchers -= 1

    async def rows(
        self, after: int, limit: int, subject: str | None = None, kinds: Iterable[str] | None = None
    ) -> list[Row]:
        """At most `limit` rows on disk above `after`, in order. Recent ones come from memory."""
        if limit <= 0 or after >= self._committed:
            return []
        if self._recent and after >= self._recent[0].seq - 1:
            return self._from_recent(after, limit, subject, None if kinds is None else frozenset(kinds))
        wanted = None if kinds is None else tuple(kinds)
        return await self._database.read(
            lambda connection: read_rows(connection, after, limit, subject, wanted)
        )

    async def newest(
        self,
        limit: int,
        subject: str | None = None,
        kinds: Iterable[str] | None = None,
        before: int | None = None,
        floor: int = 0,
    ) -> list[Row]:
        """The last `limit` rows on disk, in order; only those with a number below `before` and above `floor`."""
        if limit <= 0:
            return []
        wanted = None if kinds is None else frozenset(kinds)
        end = self._committed + 1 if before is None else before
        late = (
            row for row in reversed(self._recent) if floor < row.seq < end and _fits(row, subject, wanted)
        )
        found = list(islice(late, limit))[::-1]
        begun = min(end, self._recent[0].seq if self._recent else self._committed + 1)
        missing = limit - len(found)
        if missing and begun > 1:
            found = [
                *await self._database.read(
                    lambda connection: read_newest(connection, begun - 1, missing, subject, wanted, floor)
                ),
                *found,
            ]
        return found

    async def close(self) -> None:
        """Write what is pending; StoreError saying how many rows were lost where the disk does not take them."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._under_way is not None:
            await self._under_way
        while (
            self._last > self._committed
        ):  # bounded: at most MOST_PENDING rows, and the first failure ends it
            self._start()
            assert self._under_way is not None, "there are rows, so a commit has begun"
            await self._under_way
            if self._trouble:
                break
        self._give_waiters(StoreError("the log is closed"))
        if self._last > self._committed:
            raise StoreError(f"{self._last - self._committed} records could not be written: {self._trouble}")

    # ---- the commits ---------------------------------------------------------------------------------------------

    def _number(self, name: str) -> int:
        number = self._names.get(name)
        if number is None:
            number = self._names[name] = len(self._names) + 1
            self._words[number] = name
            self._unsaved.append((number, name))
        return number

    def _arm(self) -> None:
        """See to it that a commit starts when it is due; a running one looks again when it ends."""
        if self._under_way is not None or self._closed or not (self._pending or self._batch):
            return
        if self._trouble:
            delay = RETRY_SECONDS
        elif self._asked > self._committed or len(self._pending) >= ROWS_A_COMMIT:
            delay = 0.0
        else:
            delay = LINGER_WATCHED if self._watchers else LINGER_ALONE
        loop = asyncio.get_running_loop()
        due = loop.time() + delay
        if self._timer is not None:
            if self._trouble or self._due <= due:
                return
            self._timer.cancel()
        # Kept beside the timer: uvloop's timer of no delay does not know its moment.
        self._timer, self._due = loop.call_at(due, self._start), due

    def _start(self) -> None:
        self._timer = None
        if self._under_way is not None:
            return
        if self._batch is None:
            count = min(len(self._pending), MOST_IN_COMMIT)
            rows = [self._pending.popleft() for _ in range(count)]
            blocks = [finished for row in rows if (finished := self._block.take(row)) is not None]
            common = {number for name in COMMON if (number := self._names.get(name)) is not None}
            rare = [(seq, kind, subject) for seq, _, kind, subject, _ in rows if kind not in common]
            self._batch, self._unsaved = _Batch(rows, self._unsaved, blocks, rare), []
        self._under_way = asyncio.get_running_loop().create_task(self._commit(self._batch))

    async def _commit(self, batch: _Batch) -> None:
        try:
            await self._database.write(batch.write)
        except StoreError as error:
            self._trouble = str(error)
            self._give_waiters(error)
        except Exception as error:
            self._trouble = f"the log could not be written: {error!r}"
            self._give_waiters(StoreError(self._trouble))
        else:
            self._trouble, self._batch = "", None
            self._committed = batch.rows[-1][0]
            self._remember(batch)
            self._tell()
            self._give_waiters(None)
        finally:
            self._under_way = None
            self._arm()

    def _tell(self) -> None:
        for callback in tuple(self._callbacks):
            try:
                callback(self._committed)
            except Exception as error:
                # A listener's defect must not stop the writing; the hub's handler says it aloud.
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a listener of the log failed", "exception": error}
                )

    def _give_waiters(self, error: StoreError | None) -> None:
        kept: deque[tuple[int, asyncio.Future[None]]] = deque()
        for seq, waiter in self._waiters:
            if waiter.done():
                continue
            if error is not None:
                waiter.set_exception(error)
            elif seq <= self._committed:
                waiter.set_result(None)
            else:
                kept.append((seq, waiter))
        self._waiters = kept

    # ---- what is still in memory ---------------------------------------------------------------------------------

    def _remember(self, batch: _Batch) -> None:
        words = self._words
        for seq, at, kind, subject, body in batch.rows:
            self._recent.append(Row(seq, at, words[kind], words[subject], body))
            self._recent_bytes += len(body)
        while len(self._recent) > RECENT_ROWS or self._recent_bytes > RECENT_BYTES:
            self._recent_bytes -= len(self._recent.popleft().body)

    def _from_recent(
        self, after: int, limit: int, subject: str | None, kinds: frozenset[str] | None
    ) -> list[Row]:
        found: list[Row] = []
        # The numbers in memory have no gap, so the place of the next row is a subtraction.
        for row in islice(self._recent, max(0, after + 1 - self._recent[0].seq), None):
            if _fits(row, subject, kinds):
                found.append(row)
                if len(found) == limit:
                    break
        return found


def _fits(row: Row, subject: str | None, kinds: frozenset[str] | None) -> bool:
    return (subject is None or row.subject == subject) and (kinds is None or row.kind in kinds)
