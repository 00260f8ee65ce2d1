"""The journal: every record of the home over `storage.Log`. Owns how a Record becomes a row and comes back.

Never judges what a record says. A record's subject is its device; its body is the JSON of the record's body.
"""

from __future__ import annotations

import asyncio
import sqlite3
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Self

import orjson

from jiahe.model.errors import StoreError
from jiahe.model.happening import PropertyRef, Record, RecordKind
from jiahe.state.body import sayable
from jiahe.storage.database import Database
from jiahe.storage.log import Log, Unfit
from jiahe.storage.log_rows import Row, last_seq, read_rows

SNAPSHOT_EVERY = 5_000
"""Records between two snapshots of the last values: a start after a crash reads at most these again, about 30 ms; a
snapshot of 2,000 properties is 40 kB, 8 bytes a record."""
SNAPSHOT_AT_CLOSE = 500  # fewer are read faster than a snapshot is written
STEP = 2_000  # rows read at once while opening
LIMIT = 5_000  # most records of one question: about 3 MB of JSON
LOOK_BACK = (
    400_000  # records of one question backwards: a fifth of a second of a reader thread, a day of a busy home
)

_SNAPSHOT = ("journal", "latest")
_Latest = dict[PropertyRef, Record]


class Journal:
    """Made by `open`; used from the loop only."""

    def __init__(self, database: Database, log: Log, latest: _Latest, snapshot: int) -> None:
        self._database, self._log = database, log
        self._latest, self._snapshot = latest, snapshot
        self._snapshots: asyncio.Task[None] | None = None
        self._waiting: deque[Record] = deque()  # not on disk yet; bounded by the log
        self._callbacks: list[Callable[[list[Record]], None]] = []
        log.on_commit(self._on_commit)

    @classmethod
    async def open(cls, database: Database) -> Self:
        """Reads the snapshot of the last values and the records since; StoreError where the file is damaged."""
        log = await Log.open(database)
        journal = cls(database, log, *await database.read(_read_latest))
        journal._snapshot_if_due()
        return journal

    @property
    def last_seq(self) -> int:
        """The number of the last record; it may not be on disk yet."""
        return self._log.last_seq

    @property
    def committed_seq(self) -> int:
        """The number of the last record on disk: a cursor that may be shown to anybody."""
        return self._log.committed_seq

    @property
    def trouble(self) -> str:
        """Why records do not reach the disk, as a sentence; "" when well."""
        return self._log.trouble

    def append(self, at: float, kind: RecordKind, body: Mapping[str, Any], *, urgent: bool = False) -> Record:
        """Take a record (`at` in epoch seconds, kept to the millisecond) and give it its number.

        What JSON cannot say (half a character, a number of hundreds of digits: devices send such) is kept as text that
        shows it. Unfit where the body is no JSON at all or too long; StoreError where the log takes no more (closed, or
        its disk in trouble for long).
        """
        kept = dict(body)
        try:
            data = orjson.dumps(kept)
        except TypeError:
            kept = sayable(kept)
            try:
                data = orjson.dumps(kept)
            except TypeError as error:
                raise Unfit(f"a record of kind {kind.value} is not JSON: {error}") from error
        # Copied: what orjson returns keeps the 4 kB it was written in, and the log keeps thousands of them.
        data = bytes(memoryview(data))
        device = kept.get("device", "")
        seq = self._log.append(at, kind.value, device if isinstance(device, str) else "", data, urgent=urgent)
        record = Record(seq, round(at * 1000) / 1000, kind, kept)
        self._waiting.append(record)
        return record

    async def committed(self, seq: int) -> None:
        """Returns when this record and all before it are on disk; StoreError in words where the disk failed."""
        await self._log.committed(seq)

    def on_commit(self, callback: Callable[[list[Record]], None]) -> Callable[[], None]:
        """Call this on the loop with the records just made durable: in order, each exactly once.

        What is returned ends that; ending it twice does nothing.
        """
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    def watch(self) -> AbstractContextManager[None]:
        """While held, records reach the disk (and so everybody) within about 50 ms rather than 2 s."""
        return self._log.watch()

    async def records(
        self, after: int, limit: int, device: str | None = None, kinds: Iterable[RecordKind] | None = None
    ) -> list[Record]:
        """At most `limit` (and `LIMIT`) records on disk above the cursor `after`, in order."""
        wanted = None if kinds is None else [kind.value for kind in kinds]
        rows = await self._log.rows(after, min(limit, LIMIT), device, wanted)
        return [_record(row) for row in rows]

    async def newest(
        self, limit: int, device: str | None = None, kinds: Iterable[RecordKind] | None = None
    ) -> list[Record]:
        """The last `limit` (at most `LIMIT`) records on disk, in order."""
        wanted = None if kinds is None else [kind.value for kind in kinds]
        return [_record(row) for row in await self._log.newest(min(limit, LIMIT), device, wanted)]

    async def earlier(
        self, before: int, limit: int, device: str | None = None, kinds: Iterable[RecordKind] | None = None
    ) -> tuple[list[Record], int]:
        """At most `limit` records below the cursor `before`, in order, and the cursor down to which all was looked through.

        Looks at no more than `LOOK_BACK` records; where that cursor is not 0 there may be more below it.
        """
        wanted = None if kinds is None else [kind.value for kind in kinds]
        before = min(before, self.committed_seq + 1)
        floor, most = max(0, before - 1 - LOOK_BACK), min(limit, LIMIT)
        rows = await self._log.newest(most, device, wanted, before, floor)
        return [_record(row) for row in rows], rows[0].seq - 1 if len(rows) >= most and rows else floor

    async def latest(self) -> list[Record]:
        """The last update on disk of every property of every device in the home, in the order of their numbers."""
        return sorted(self._latest.values(), key=lambda record: record.seq)

    async def close(self) -> None:
        """Write all that is pending; StoreError where the disk does not take it."""
        try:
            await self._log.close()
        finally:
            if self._snapshots is not None:
                await self._snapshots
        if self._database.exclusive and self.committed_seq - self._snapshot >= SNAPSHOT_AT_CLOSE:
            await self._write_snapshot()

    def _on_commit(self, committed: int) -> None:
        records: list[Record] = []
        while self._waiting and self._waiting[0].seq <= committed:
            record = self._waiting.popleft()
            records.append(record)
            _take(self._latest, record)
        for callback in tuple(self._callbacks):
            try:
                callback(records)
            except Exception as error:
                # One listener's defect must not keep the records from the others; the hub's handler says it aloud.
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a listener of the journal failed", "exception": error}
                )
        self._snapshot_if_due()

    def _snapshot_if_due(self) -> None:
        if self.committed_seq - self._snapshot < SNAPSHOT_EVERY or not self._database.exclusive:
            return
        if self._snapshots is None or self._snapshots.done():
            self._snapshots = asyncio.get_running_loop().create_task(self._write_snapshot())

    async def _write_snapshot(self) -> None:
        seq, records = self.committed_seq, list(self._latest.values())
        self._snapshot = (
            seq  # a snapshot that fails is made at the next 20,000: it only shortens the next start
        )
        try:
            await self._database.write(lambda connection: _write_latest(connection, seq, records))
        except StoreError as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "the snapshot of the last values was not written", "exception": error}
            )


def _take(latest: _Latest, record: Record) -> None:
    body = record.body
    if record.kind is RecordKind.UPDATE:
        latest[PropertyRef(str(body.get("device")), str(body.get("property")))] = record
    elif record.kind is RecordKind.HOME and body.get("what") == "device_removed":
        for ref in [ref for ref in latest if ref.device == body.get("device")]:
            del latest[ref]


def _read_latest(connection: sqlite3.Connection) -> tuple[_Latest, int]:
    """The snapshot with all updates since, and the number it was made at. A damaged snapshot is made again."""
    latest: _Latest = {}
    snapshot, last = 0, last_seq(connection)
    row = connection.execute("SELECT body FROM blob WHERE kind=? AND id=?", _SNAPSHOT).fetchone()
    if row is not None:
        try:
            stored = orjson.loads(zlib.decompress(row[0]))
            records = [Record(seq, at, RecordKind.UPDATE, body) for seq, at, body in stored["records"]]
            snapshot = int(stored["seq"])
        except (zlib.error, orjson.JSONDecodeError, LookupError, TypeError, ValueError):
            records, snapshot = [], 0
        for record in records:
            _take(latest, record)
    seq = snapshot
    while seq < last:
        rows = read_rows(connection, seq, STEP)
        if not rows:
            break
        for one in rows:
            if one.kind in {RecordKind.UPDATE, RecordKind.HOME}:
                _take(latest, _record(one))
        seq = rows[-1].seq
    return latest, snapshot


def _write_latest(connection: sqlite3.Connection, seq: int, records: list[Record]) -> None:
    stored = {"seq": seq, "records": [[record.seq, record.at, record.body] for record in records]}
    connection.execute(
        "INSERT INTO blob VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
        (*_SNAPSHOT, zlib.compress(orjson.dumps(stored))),
    )


def _record(row: Row) -> Record:
    return Record(row.seq, row.at / 1000, RecordKind(row.kind), orjson.loads(row.body))
