"""Months of records for `charts.py`: what eight devices said, what was asked of them, and rules that ran.

Owns how much there is of what; written by the hub's own log and folded by its own history. Pure by seed but for the disk.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
import uvloop

from jiahe.history.fold import History
from jiahe.hub.config import DATABASE
from jiahe.state.journal import Journal
from jiahe.storage.database import Database
from jiahe.storage.log import Log

HOUR, DAY = 3_600.0, 86_400.0
COMMANDS_A_DAY, RUNS_A_DAY = 12, 100
"""Of each device, and of the home's rules."""
STEP = 4_000
"""Rows that wait for one commit: what the log takes into one transaction."""

PURIFIERS, CONDITIONERS = 4, 4
DEVICES = [
    *({"kind": "purifier", "number": 920 + n, "host": f"127.79.9.{n + 1}"} for n in range(PURIFIERS)),
    *({"kind": "conditioner", "number": 930 + n, "host": f"127.79.9.{n + 11}"} for n in range(CONDITIONERS)),
]


class Told(NamedTuple):
    """One property of one device: a value every `period` seconds, in steps of `step` around `about`."""

    device: str
    path: str
    period: float
    about: float
    step: float


def told(ids: list[str]) -> list[Told]:
    """The first is as talkative as the hub lets a device be for long; a week of `temperature` is drawn from its samples."""
    purifiers, conditioners = ids[:PURIFIERS], ids[PURIFIERS:]
    found = [Told(purifiers[0], "pm2_5", 1.5, 30, 1)]
    found += [Told(one, "pm2_5", 15.0, 30, 1) for one in purifiers[1:]]
    found += [Told(one, "fan_rpm", 20.0, 900, 10) for one in purifiers]
    found += [Told(one, "electric_power", 8.0, 600, 1) for one in conditioners]
    found += [Told(one, "temperature", 31.0, 24, 0.1) for one in conditioners]
    found += [Told(one, "outdoor_temperature", 60.0, 18, 0.1) for one in conditioners]
    return found + [Told(one, "energy", 40.0, 0, 0.01) for one in conditioners]


class Written(NamedTuple):
    """What was written: samples, records in all, seconds of the writing and of the folding, and the last moment."""

    samples: int
    records: int
    write: float
    fold: float
    end: float


Entry = tuple[float, str, str, bytes]


def hour_of(lines: list[Told], values: list[float], start: float, dice: random.Random) -> list[Entry]:
    """All reports of one hour, in the order of time: (at, kind, subject, body) as the hub writes them."""
    rows: list[Entry] = []
    for number, (device, path, period, about, step) in enumerate(lines):
        value = values[number]
        first = -(-start // period) * period
        chance, cause = dice.getrandbits(3_600), f"01J8ZK{dice.getrandbits(48):012x}"
        for n in range(int(-(-(start + HOUR - first) // period))):
            at = first + n * period
            if path == "energy":
                value = round(value + step, 2)
            else:
                value = round(value + (step if chance >> n & 1 else -step) + (about - value) * 0.01, 1)
            body = (
                f'{{"device":"{device}","property":"{path}","value":{value},"quality":"good","observed_at":{at},'
                f'"cause":{{"id":"{cause}{n:04x}","kind":"device","source":"{device}"}}}}'
            )
            rows.append((at, "update", device, body.encode()))
        values[number] = value
    rows.sort(key=lambda row: row[0])
    return rows


def asked(ids: list[str], start: float, dice: random.Random) -> Iterator[Entry]:
    """Commands of one hour with their outcomes, and runs of rules that looked at a device."""
    for device in ids:
        if dice.random() < COMMANDS_A_DAY / 24:
            at, name = start + dice.random() * HOUR, f"{dice.getrandbits(64):016x}"
            cause = {"id": name, "kind": "person", "source": "mei"}
            wish = {
                "id": name,
                "device": device,
                "property": "power",
                "value": True,
                "deadline": at + 10,
                "cause": cause,
            }
            yield at, "command", device, orjson.dumps(wish)
            yield (
                at + 0.1,
                "outcome",
                device,
                orjson.dumps({"command": name, "device": device, "status": "confirmed", "reason": ""}),
            )
    for _ in range(RUNS_A_DAY // 24):
        device = dice.choice(ids)
        ran = {"rule": "evening", "version": "1", "what": "ran", "run": f"{dice.getrandbits(64):016x}",
               "trigger": {"saw": {f"{device}.temperature": 26.0}}}  # fmt: skip
        yield start + dice.random() * HOUR, "rule", "", orjson.dumps(ran)


def write(home: Path, ids: list[str], samples: int) -> Written:
    """Fills a home that no hub has open up to now, by the hour, backwards from now as far as the samples reach."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_write(home, ids, samples))


async def _write(home: Path, ids: list[str], samples: int) -> Written:
    lines, dice = told(ids), random.Random(1)
    an_hour = sum(HOUR / line.period for line in lines)
    hours = -(-samples // an_hour)
    begun = (time.time() // HOUR - hours) * HOUR
    values = [line.about for line in lines]
    database = await Database.open(home / DATABASE)
    log, count, since = await Log.open(database), 0, time.perf_counter()
    seq = log.last_seq
    for number in range(int(hours)):
        start = begun + number * HOUR
        reports = hour_of(lines, values, start, dice)
        count += len(reports)
        for at, kind, subject, body in sorted([*reports, *asked(ids, start, dice)], key=lambda row: row[0]):
            seq = log.append(at, kind, subject, body)
            if not seq % STEP:
                await log.committed(seq)
    await log.committed(seq)
    write_seconds, since = time.perf_counter() - since, time.perf_counter()
    history = await History.open(database)
    await history.close()
    await log.close()
    await (
        await Journal.open(database)
    ).close()  # as after any stop: a start reads the last values, not all records
    await database.close()
    return Written(count, seq, write_seconds, time.perf_counter() - since, begun + hours * HOUR)
