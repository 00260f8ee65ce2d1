"""The one file of a home. Owns its connections, its threads, its lock and its migrations; knows no table.

One writer thread, so a transaction never waits for another of ours; two reader threads, so a long question holds up
neither the loop nor the writer. `synchronous=FULL`: a write that returned survives `kill -9` and power loss.
Source: SQLite, "Write-Ahead Logging" and PRAGMA synchronous (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from jiahe.model.errors import StoreError
from jiahe.storage.lock import HomeLock
from jiahe.storage.schema import APPLICATION, MIGRATIONS, PAGE_SIZE
from jiahe.storage.trouble import DAMAGED, store_error

T = TypeVar("T")

READERS = 2  # one for a long question, one for the short ones beside it; the machine has few cores
MOST_WAITING = 256  # questions that wait at once: more is a defect or an attack, and each holds memory
BUSY_SECONDS = (
    5.0  # how long a writer waits for another program (a CLI verb) to finish its own short transaction
)
WAL_BYTES = (
    4 << 20
)  # checkpoint at 4 MB: a hot page is then written to the file once for thousands of commits
QUICK_BYTES = (
    8 << 20
)  # up to here the whole file is checked at opening (about 20 ms); above, `check` is for later


class Database:
    """An open file. Made by `open`; every method may be called from the loop only."""

    def __init__(self, path: Path, writer: sqlite3.Connection, lock: HomeLock | None) -> None:
        self.path, self._connection, self._lock = path, writer, lock
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._waiting = 0
        self._closed = False

    @property
    def exclusive(self) -> bool:
        """Whether this process is the hub of the home (holds its lock)."""
        return self._lock is not None

    @classmethod
    async def open(
        cls, path: Path, migrations: Sequence[str] = MIGRATIONS, *, exclusive: bool = True
    ) -> Database:
        """Open or make the file at `path` (`D/home.db`); with `exclusive`, hold `D/home.lock` until `close`.

        StoreError, in words: no permission, full or failing disk, no database, another program's database, damaged,
        newer than this program, or in the hands of another hub. A file that is refused is left as it was.
        """
        return await asyncio.to_thread(cls._open, path, migrations, exclusive)

    @classmethod
    def _open(cls, path: Path, migrations: Sequence[str], exclusive: bool) -> Database:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _trust(path.parent)
            lock = HomeLock.take(path.with_suffix(".lock")) if exclusive else None
        except OSError as error:
            raise store_error(path, error) from error
        connection = None
        try:
            _look_at(path)
            if not path.exists():
                _make(path)
            connection = _connect(path)
            _prepare(path, connection, migrations)
        except BaseException as error:
            if connection is not None:
                connection.close()
            if lock is not None:
                lock.release()
            if isinstance(error, sqlite3.Error | OSError):
                raise store_error(path, error) from error
            raise
        return cls(path, connection, lock)

    async def close(self) -> None:
        """Finish what is under way, move the WAL into the file, let go of the lock. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown(wait=True)
        self._writer.shutdown(wait=True)
        for reader in self._reader_connections:
            reader.close()
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            # Nothing is lost: the WAL stays beside the file and is read at the next opening.
            pass
        finally:
            self._connection.close()
            if self._lock is not None:
                self._lock.release()

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on a reader thread over one unchanging view of the file. StoreError in words."""
        return await self._run(self._readers, self._read, work)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` as one transaction on the writer thread; durable when this returns, undone when it raises."""
        return await self._run(self._writer, self._write, work)

    async def check(self) -> list[str]:
        """What is wrong inside the file, one sentence each; [] when well. Reads all of it: seconds where it is large."""
        try:
            rows = await self.read(lambda connection: connection.execute("PRAGMA quick_check(20)").fetchall())
        except StoreError as error:
            return [str(error)]
        return [str(row[0]) for row in rows if row[0] != "ok"]

    async def _run(
        self,
        pool: ThreadPoolExecutor,
        step: Callable[[Callable[[sqlite3.Connection], T]], T],
        work: Callable[[sqlite3.Connection], T],
    ) -> T:
        if self._closed:
            raise StoreError(f"{self.path} is closed")
        if self._waiting >= MOST_WAITING:
            raise StoreError(f"{MOST_WAITING} questions to {self.path} are waiting; ask again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, step, work)
        finally:
            self._waiting -= 1

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = _connect(self.path)
                connection.execute("PRAGMA query_only=ON")
                self._reader_connections.append(connection)
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                connection.rollback()
        except (sqlite3.Error, OSError) as error:
            raise store_error(self.path, error) from error

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                # A full disk or an I/O error has already rolled back by itself.
                if connection.in_transaction:
                    connection.rollback()
                raise
        except (sqlite3.Error, OSError) as error:
            raise store_error(self.path, error) from error
        return result


def _trust(folder: Path) -> None:
    """Refuse a folder in which others could put their own files, or a link, where the home's are to be."""
    found = folder.stat()
    if found.st_uid not in {os.geteuid(), 0}:
        raise StoreError(
            f"{folder} belongs to another user of this machine; keep a home in a folder of your own"
        )
    if found.st_mode & stat.S_IWOTH:
        raise StoreError(f"{folder} can be written by everybody on this machine. Say: chmod o-w {folder}")


def _make(path: Path) -> None:
    """An empty file that only its owner may read, and that is still there after a power cut."""
    path.touch(mode=0o600)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _look_at(path: Path) -> None:
    """Refuse what SQLite would first touch and then refuse: reads the 100 bytes of the header, writes nothing."""
    if not path.exists():
        return
    size = path.stat().st_size
    if size == 0:
        return
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or header[:16] != b"SQLite format 3\0":
        raise StoreError(
            f"{path} is not a database, or its beginning is damaged; nothing in it was changed. "
            "Keep a copy of it, then restore a backup"
        )
    application = int.from_bytes(header[68:72], "big")
    pages = int.from_bytes(header[28:32], "big")
    # One page and no name is ours, made by a start that was cut short: a table of anybody's takes a second page.
    if application != APPLICATION and (application or pages > 1):
        raise StoreError(f"{path} is another program's database; it is left as it was")
    page = int.from_bytes(header[16:18], "big")
    wal = path.with_name(path.name + "-wal")
    if size < pages * (page if page > 1 else 65536) and not (wal.exists() and wal.stat().st_size):
        raise StoreError(f"{path} {DAMAGED} (it was cut off: {size} bytes of {pages * page})")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint={WAL_BYTES // PAGE_SIZE}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(path: Path, connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Check the file as far as it is cheap, and bring its tables to today's shape in one transaction a step."""
    version = _number(connection, "PRAGMA user_version")
    if version > len(migrations):
        raise StoreError(
            f"{path} was written by a newer Jiahe (its tables are version {version}, this program knows "
            f"{len(migrations)}); update this program. Nothing in it was changed"
        )
    if path.stat().st_size <= QUICK_BYTES:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path} {DAMAGED} ({found})")
    for number, script in enumerate(migrations[version:], start=version + 1):
        _migrate(connection, number, script)


def _migrate(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have made this step while we waited for the lock.
        if _number(connection, "PRAGMA user_version") < number:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            connection.execute(f"PRAGMA user_version={number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _number(connection: sqlite3.Connection, question: str) -> int:
    return int(connection.execute(question).fetchone()[0])
