"""How fast, how small and how safe the journal is; floors are the same rows through bare sqlite3.

`python bench/journal.py [--quick]`. The files lie in the project's own folder: a temporary folder may be memory, where
a sync costs nothing.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import report
import uvloop

from jiahe.history import fold
from jiahe.history.fold import History
from jiahe.model.happening import RecordKind
from jiahe.state import journal as journal_module
from jiahe.state.journal import Journal
from jiahe.storage.database import Database
from jiahe.storage.schema import PAGE_SIZE

ROOT = Path(__file__).resolve().parents[1]
T0 = 1_790_000_000.0
WRITERS = 100
QUICK = "--quick" in sys.argv
CHANGES = 2_000 if QUICK else 20_000  # of one reading: about half a second
ROUNDS = 3 if QUICK else 7
OPEN_ROWS = 100_000 if QUICK else 2_000_000
KILLS = 3 if QUICK else 50

LIMITS = (
    "The disk of a virtual machine may answer a sync from its host's memory: `disk_sync` of the command benchmark shows what "
    "one costs here. On a slower disk every waiting writer waits longer; many writers share each sync.",
    "The floors are the same rows, as many a commit, through bare sqlite3 with the same settings; the floor of "
    "`open` only counts the rows.",
    "`kill_9` ends a writing process at random moments and looks for every acknowledged record after it (the program "
    "of tests/machines/killing.py); a kill is not a power cut.",
)


def body(number: int) -> dict[str, object]:
    """A change as a purifier makes it."""
    device = f"living-purifier-{number % 20}"
    return {
        "device": device,
        "property": "pm2_5",
        "value": float(20 + number * 7 % 31),
        "quality": "good",
        "observed_at": T0 + number,
        "cause": {"id": f"01J8ZK{number:08x}", "kind": "device", "source": device},
    }


@asynccontextmanager
async def home(path: Path) -> AsyncIterator[Journal]:
    database = await Database.open(path)
    journal = await Journal.open(database)
    history = await History.open(database)
    journal.on_commit(history.observe)
    try:
        yield journal
    finally:
        await journal.close()
        await history.close()
        await database.close()


def bare(path: Path) -> sqlite3.Connection:
    """The same table, as durable, and nothing around it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(
        "CREATE TABLE log (seq INTEGER PRIMARY KEY, at INTEGER, kind INTEGER, subject INTEGER, body BLOB)"
    )
    return connection


def bare_commits(path: Path, rows: int, a_commit: int) -> list[float]:
    """Seconds of each commit."""
    connection, seconds = bare(path), []
    bodies = [orjson.dumps(body(number)) for number in range(rows)]
    for begun in range(0, rows, a_commit):
        batch = [
            (seq + 1, round((T0 + seq) * 1000), 1, 2, bodies[seq])
            for seq in range(begun, min(begun + a_commit, rows))
        ]
        since = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO log VALUES (?,?,?,?,?)", batch)
        connection.execute("COMMIT")
        seconds.append(time.perf_counter() - since)
    connection.close()
    return seconds


async def many_writers(path: Path) -> float:
    """Acknowledged changes a second with 100 writers, each waiting for its own."""
    async with home(path) as journal:

        async def writer(number: int) -> None:
            for step in range(CHANGES // WRITERS):
                record = journal.append(T0 + step, RecordKind.UPDATE, body(number + step))
                await journal.committed(record.seq)

        since = time.perf_counter()
        await asyncio.gather(*(writer(number) for number in range(WRITERS)))
        return CHANGES / (time.perf_counter() - since)


async def one_writer(path: Path) -> list[float]:
    """Milliseconds of single acknowledged changes."""
    times = []
    async with home(path) as journal:
        for number in range(1_000):
            since = time.perf_counter()
            await journal.committed(journal.append(T0 + number, RecordKind.UPDATE, body(number)).seq)
            times.append((time.perf_counter() - since) * 1000)
    return times


def written() -> int:
    """Bytes this process has caused to be written to the disk so far (Linux)."""
    lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


async def bytes_a_record(path: Path, a_commit: int, commits: int) -> float:
    """Everything counted: WAL, checkpoints, sealing, snapshots, and closing."""
    before = written()
    async with home(path) as journal:
        for begun in range(0, commits * a_commit, a_commit):
            for number in range(begun, begun + a_commit):
                journal.append(T0 + number, RecordKind.UPDATE, body(number))
            await journal.committed(journal.last_seq)
    return (written() - before) / (commits * a_commit)


async def long_home(path: Path, figures: dict[str, report.Figure]) -> None:
    """Two million records: what opening and asking cost."""
    async with home(path) as journal:
        chance = random.Random(1)
        for number in range(OPEN_ROWS):
            change = body(number) | {"value": chance.randrange(300) / 10}
            # 16 s apart: a year of a home with twenty properties
            journal.append(T0 + number * 16.0, RecordKind.UPDATE, change)
            if number % 5_000 == 0:
                await journal.committed(journal.last_seq)
    clean, floor = await openings(path)
    figures[f"open_{OPEN_ROWS}_records"] = report.figure(clean, "ms", floor)
    # As after a kill at the worst moment: nothing sealed at the end, and nearly as much unsealed as there can be.
    fold.SEAL_AT_CLOSE = journal_module.SNAPSHOT_AT_CLOSE = 1 << 60
    async with home(path) as journal:
        for number in range(OPEN_ROWS, OPEN_ROWS + fold.SEAL_EVERY - 1):
            journal.append(T0 + number * 16.0, RecordKind.UPDATE, body(number))
    killed, floor = await openings(path)
    figures[f"open_{OPEN_ROWS}_records_after_a_kill"] = report.figure(killed, "ms", floor)
    database = await Database.open(path)
    history = await History.open(database)
    end = T0 + OPEN_ROWS * 16.0
    for key, span in (("day", 86_400.0), ("month", 30 * 86_400.0), ("year", 365 * 86_400.0)):

        async def ask(span: float = span) -> None:
            device = f"living-purifier-{random.randrange(20)}"
            assert len((await history.query(device, "pm2_5", end - span, end, 300)).rows) > (
                0 if QUICK else 100
            )

        figures[f"history_{key}_300_points"] = report.figure(await timed(ask, 40), "ms")
    samples, size = await database.read(
        lambda connection: connection.execute(
            "SELECT sum(count), sum(length(body)) FROM series_chunk"
        ).fetchone()
    )
    figures["sealed_bytes_a_sample"] = report.figure([size / samples], "B")
    figures["file_bytes_a_record"] = report.figure(
        [path.stat().st_size / OPEN_ROWS], "B", len(orjson.dumps(body(1)))
    )
    since = time.perf_counter()
    await history.rebuild()
    figures["history_rebuilt_records_a_second"] = report.figure(
        [OPEN_ROWS / (time.perf_counter() - since)], "/s"
    )
    await history.close()
    await database.close()


async def openings(path: Path) -> tuple[list[float], list[float]]:
    """Milliseconds to open the home's file, journal and history; and its file with bare sqlite3."""
    opened, floor = [], []
    for _ in range(ROUNDS):
        since = time.perf_counter()
        async with home(path):
            opened.append((time.perf_counter() - since) * 1000)
        since = time.perf_counter()
        connection = sqlite3.connect(path)
        connection.execute("SELECT max(seq) FROM log").fetchone()
        floor.append((time.perf_counter() - since) * 1000)
        connection.close()
    return opened, floor


async def timed(work: Callable[[], Awaitable[None]], count: int) -> list[float]:
    """Milliseconds of each of `count` runs."""
    times = []
    for _ in range(count):
        since = time.perf_counter()
        await work()
        times.append((time.perf_counter() - since) * 1000)
    return times


def kills(folder: Path, figures: dict[str, report.Figure]) -> None:
    """The same program as the test's, with its own count."""
    folder.mkdir()
    words = [
        str(ROOT / "tests/machines/killing.py"),
        "--rounds",
        str(KILLS),
        "--dir",
        str(folder),
        "--seed",
        "1",
    ]
    run = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    assert not found["trouble"]
    assert not found["wrong"]
    figures["kill_9"] = report.Figure(value=found["kills"], unit="kills", floor=None, spread=0, n=1)
    figures["kill_9_acknowledged"] = report.Figure(
        value=found["acknowledged"], unit="records", floor=None, spread=0, n=KILLS
    )
    figures["kill_9_lost"] = report.figure([found["lost"]], "records", at_most=0) | {"n": KILLS}


async def measure_in(folder: Path) -> dict[str, report.Figure]:
    figures: dict[str, report.Figure] = {}
    rates, floors = [], []
    for number in range(ROUNDS):
        floors.append(CHANGES / sum(bare_commits(folder / f"bare{number}.db", CHANGES, WRITERS)))
        rates.append(await many_writers(folder / f"home{number}.db"))
    figures["acknowledged_changes_100_writers"] = report.figure(rates, "/s", floors, at_least=5_000)
    bare_times = [seconds * 1000 for seconds in bare_commits(folder / "bare.db", 1_000, 1)]
    figures["acknowledged_change_latency"] = report.figure(
        await one_writer(folder / "one.db"), "ms", bare_times
    )
    if Path("/proc/self/io").exists():
        for a_commit, commits in ((1, 5_000), (20, 2_000), (200, 500)):
            readings = [
                await bytes_a_record(folder / f"w{a_commit}-{n}.db", a_commit, commits) for n in range(3)
            ]
            bare_bytes = written()
            bare_commits(folder / f"bare-w{a_commit}.db", a_commit * commits, a_commit)
            bare_bytes = written() - bare_bytes
            key = f"bytes_written_a_record_at_{a_commit}_a_commit"
            figures[key] = report.figure(readings, "B", bare_bytes / (a_commit * commits))
    await long_home(folder / "long.db", figures)
    kills(folder / "killed", figures)
    return figures


def measure() -> dict[str, report.Figure]:
    """All figures; about two minutes."""
    place = ROOT / "tmp"
    place.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(measure_in(Path(folder)))


if __name__ == "__main__":
    report.write("journal", measure(), LIMITS, quick=QUICK)
