"""What a replay costs: one rule over thirty days of a hundred devices, and whether a thousand replays are one.

`python bench/replay.py [--quick]`. The journal is made once, by bare sqlite3, in the shape that the hub writes.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import report
from running import folder

from jiahe.hub.past import PastHome
from jiahe.hub.place import Place
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.rules.bind import bind_rule
from jiahe.rules.library import Library
from jiahe.rules.load import parse_rule
from jiahe.rules.past import devices_of, refs_of
from jiahe.rules.reading import read_past
from jiahe.rules.replay import replay
from jiahe.storage.database import Database
from jiahe.storage.log_rows import BLOCK, packed

QUICK = "--quick" in sys.argv
DEVICES, DAYS = 100, 30
ROWS = 500_000 if QUICK else 10_000_000
ROUNDS = 2 if QUICK else 5
REPLAYS = 20 if QUICK else 1_000
T0, DAY = 1_790_000_000.0, 86_400.0
END = T0 + DAYS * DAY
ZONE = ZoneInfo("Asia/Shanghai")
PATHS = ("level", "temperature", "humidity", "noise")
PROFILE = Profile(
    "generic",
    {
        **{path: PropertyDef(path, Kind.FLOAT) for path in PATHS},
        "power": PropertyDef("power", Kind.BOOL, writable=True),
    },
)
HOME = {f"d{number}": PROFILE for number in range(DEVICES)}
RULE = parse_rule(
    "when: [{becomes: d7.level > 75, for: 5 min}, {time: '22:30'}]\nif: d7.temperature > 10\n"
    "then: [{set: d7.power, to: on}, {wait: 10 min}, {set: d7.power, to: off}]\n",
    "air",
)
LIMITS = (
    "Every device is in every block of the journal, as in a home where all speak all the time: no block can be left out. "
    "The floor sums the lengths of the same device's bodies in bare SQL.",
    "The file was just written, so it lies in memory as far as it fits.",
    "`same_hash` is how many different results the replays of one day had, in one process.",
)


def rows() -> Iterator[tuple[int, int, int, int, bytes]]:
    """Updates of all devices in turn, in equal steps of time."""
    step = DAYS * DAY / ROWS
    for seq in range(1, ROWS + 1):
        number, at = seq % DEVICES, T0 + seq * step
        turn = seq // DEVICES
        body = (
            f'{{"device":"d{number}","property":"{PATHS[turn % 4]}","value":{turn * 7919 % 101},"quality":"good",'
            f'"observed_at":{at:.3f},"cause":{{"id":"c{seq:x}","kind":"device","source":"d{number}"}}}}'
        )
        yield seq, round(at * 1000), 1, 2 + number, body.encode()


async def made(path: Path) -> None:
    """The journal."""
    await (await Database.open(path)).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("BEGIN")
    names = [(1, "update"), *((2 + number, f"d{number}") for number in range(DEVICES))]
    connection.executemany("INSERT INTO log_name VALUES (?,?)", names)
    connection.executemany("INSERT INTO log VALUES (?,?,?,?,?)", rows())
    subjects, step = packed(range(2, 2 + DEVICES)), DAYS * DAY * 1000 / ROWS
    connection.executemany(
        "INSERT INTO log_block VALUES (?,?,?,?)",
        (
            (
                block,
                round(T0 * 1000 + block * BLOCK * step),
                round(T0 * 1000 + (block + 1) * BLOCK * step),
                subjects,
            )
            for block in range(ROWS // BLOCK)
        ),
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def bare(connection: sqlite3.Connection) -> float:
    """Seconds of the floor."""
    since = time.perf_counter()
    connection.execute("SELECT sum(length(body)) FROM log WHERE subject=9").fetchone()
    return time.perf_counter() - since


def day(connection: sqlite3.Connection) -> set[str]:
    """The different results of many replays of one day."""
    bound = bind_rule(RULE, HOME)
    records = list(read_past(connection, devices_of(bound), refs_of(bound), T0 + DAY, T0 + 2 * DAY))
    return {
        replay(records, [RULE], HOME, ZONE, start=T0 + DAY, end=T0 + 2 * DAY).trace_hash
        for _ in range(REPLAYS)
    }


async def main() -> None:
    with folder() as place:
        path = place / "home.db"
        since = time.perf_counter()
        await made(path)
        sys.stderr.write(f"{ROWS} records made in {time.perf_counter() - since:.0f} s\n")
        database = await Database.open(path)
        past = PastHome(database, HOME, Place("Asia/Shanghai", ZONE), Library())
        took, floor = [], []
        for _ in range(ROUNDS):
            since = time.perf_counter()
            found = await past.replay([RULE], T0, END)
            took.append(time.perf_counter() - since)
            assert found.complete
            assert found.orders, "the rule has something to do in this past"
            floor.append(await database.read(bare))
        hashes = await database.read(day)
        await database.close()
    figures = {
        "thirty_days": report.figure(took, "s", floor, at_most=10.0),
        "same_hash": report.figure([float(len(hashes))], "results", None, at_most=1.0),
    }
    report.write(
        "replay", figures, [*LIMITS, f"{ROWS:,} records, {REPLAYS:,} replays of a day."], quick=QUICK
    )


if __name__ == "__main__":
    asyncio.run(main())
