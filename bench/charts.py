"""How soon a week can be painted in a home of ten million samples: what the app asks, through the door and in process.

Eight devices played beside a real hub; their months are written before (`charted.py`). A chart asks for its line, then for
its marks; the page of electricity asks for a day by hour and for 29 days by day. `python bench/charts.py [--quick]`.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import report
import uvloop
from charted import DAY, DEVICES, Told, Written, told, write
from played import Played
from running import Door, RunningHub, folder

from jiahe.history.fold import History
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import DATABASE
from jiahe.storage.database import Database

SAMPLES, QUICK_SAMPLES = 10_000_000, 1_000_000
WEEK = 7 * DAY
POINTS = 240
"""Rows that the app asks for (ChartPanel.svelte)."""
PAINT = 100.0
"""The goal, in milliseconds."""

LIMITS = (
    "28 series of 8 devices, a value every 1.5 to 60 s, 12 commands a day for each device and 96 runs of rules: the past is "
    "written by the hub's own log and folded by its own history, in bulk, before the hub that is asked starts.",
    "A chart's first paint is `week_line`; its marks come after it, and `week_line_and_marks` is both, one after the other. The "
    "worst is the series with the highest median of all that are asked. The most talkative has 403,000 samples a week, drawn from "
    "roll-ups of an hour; `temperature`, with 19,500, is drawn from its samples, as is every line of a day.",
    "`cold` is the first question after the file was put out of the page cache; the disk of a virtual machine may still have it.",
    "The floor reads the same week's sealed chunks of that series through bare sqlite3 and decodes nothing.",
    "`page_of_five` is five charts of one conditioner asked for at once; the hub answers them in its reader threads, one core.",
)


def main() -> None:
    quick = "--quick" in sys.argv
    samples, rounds = (QUICK_SAMPLES, 5) if quick else (SAMPLES, 25)
    figures: dict[str, report.Figure] = {}
    with folder() as place, Played(devices=DEVICES) as played:
        home, ids = place / "home", [device["id"] for device in played.devices]
        with RunningHub(home) as first:
            first.adopt(played.devices)
        written = write(home, ids, samples)
        keep(figures, written, home / DATABASE)
        lines = chosen(told(ids))
        floors = {line: bare(home / DATABASE, line, rounds) for line in lines}
        inside = in_process(home, lines, rounds)
        with RunningHub(home) as hub:
            hub.wait_online(len(ids))
            figures["start_with_10m"] = report.figure([hub.started], "s")
            door = hub.door()
            through_the_door(figures, Asking(door, hub, home / DATABASE), lines, floors, rounds)
            door.close()
        worst(figures, "week_line_in_process", inside, floors)
    report.write("charts", figures, LIMITS, quick=quick)


def keep(figures: dict[str, report.Figure], written: Written, path: Path) -> None:
    figures["samples"] = report.figure([written.samples], "samples", at_least=SAMPLES)
    figures["written"] = report.figure([written.records / written.write], "records/s")
    figures["folded"] = report.figure([written.records / written.fold], "records/s")
    figures["disk_a_sample"] = report.figure([path.stat().st_size / written.samples], "B")
    with sqlite3.connect(path) as connection:
        (sealed,) = connection.execute("SELECT sum(length(body)) FROM series_chunk").fetchone()
    connection.close()
    figures["sealed_a_sample"] = report.figure([sealed / written.samples], "B")


def chosen(lines: list[Told]) -> list[Told]:
    """One of each property, and the most talkative of all, which stands first."""
    first = {line.path: line for line in reversed(lines)}
    return sorted(first.values(), key=lambda line: line.period)


# ---- what the app asks --------------------------------------------------------------------------------------------


class Asking:
    """Questions through the door, in milliseconds until the whole answer is there."""

    def __init__(self, door: Door, hub: RunningHub, path: Path) -> None:
        self._door, self._hub, self._path = door, hub, path

    def line(self, line: Told, days: int = 7) -> float:
        to = time.time()
        span = f"from={to - days * DAY:.0f}&to={to:.0f}"
        return self._ms(
            f"/api/history?device={line.device}&property={line.path}&{span}&points={POINTS}",
            lambda body: len(body["rows"]) > 100,
        )

    def marks(self, line: Told) -> float:
        to = time.time()
        return self._ms(
            f"/api/marks?device={line.device}&property={line.path}&from={to - WEEK:.0f}&to={to:.0f}",
            lambda body: len(body["marks"]) > 20 and body["whole"],
        )

    def energy(self, by: str, days: int) -> float:
        to = time.time()
        return self._ms(
            f"/api/energy?by={by}&from={to - days * DAY:.0f}&to={to:.0f}",
            lambda body: sum(row["stretches"][-2]["kwh"] is not None for row in body["rows"]) == 4,
        )

    def cold(self, line: Told) -> float:
        """The line, its file out of the page cache."""
        for suffix in ("", "-wal"):
            file = os.open(f"{self._path}{suffix}", os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
        return self.line(line)

    def at_once(self, lines: list[Told]) -> float:
        doors = [self._hub.door() for _ in lines]
        others = [Asking(door, self._hub, self._path) for door in doors]
        with ThreadPoolExecutor(len(lines)) as pool:
            since = time.perf_counter()
            list(pool.map(lambda pair: pair[0].line(pair[1]), zip(others, lines, strict=True)))
            passed = (time.perf_counter() - since) * 1000
        for door in doors:
            door.close()
        return passed

    def _ms(self, path: str, whole: Callable[[dict], bool]) -> float:
        request = self._door.prepare("GET", path)
        since = time.perf_counter()
        status, body = self._door.exchange(request)
        passed = (time.perf_counter() - since) * 1000
        assert status == 200, body
        assert whole(body), f"{path} answered too little"
        return passed


def through_the_door(
    figures: dict[str, report.Figure],
    ask: Asking,
    lines: list[Told],
    floors: dict[Told, list[float]],
    rounds: int,
) -> None:
    cold = {line: [ask.cold(line) for _ in range(5)] for line in lines}
    drawn: dict[Told, list[float]] = {line: [] for line in lines}
    marked: dict[Told, list[float]] = {line: [] for line in lines}
    for _ in range(rounds):  # in turn, so that a noisy second touches each alike
        for line in lines:
            drawn[line].append(ask.line(line))
            marked[line].append(ask.marks(line))
    both = {line: [one + two for one, two in zip(drawn[line], marked[line], strict=True)] for line in lines}
    worst(figures, "week_line", drawn, floors, PAINT)
    worst(figures, "week_line_cold", cold, floors, PAINT)
    worst(figures, "week_marks", marked, None)
    worst(figures, "week_line_and_marks", both, None, PAINT)
    for line in lines:
        figures[f"week_line.{line.path}"] = report.figure(drawn[line], "ms", floors[line])
    days = {line: [ask.line(line, 1) for _ in range(rounds)] for line in lines}
    worst(figures, "day_line", days, None, PAINT)
    own = five_of(lines)
    figures["page_of_five"] = report.figure([ask.at_once(own) for _ in range(rounds)], "ms")
    figures["energy_day"] = report.figure([ask.energy("hour", 1) for _ in range(rounds)], "ms", at_most=PAINT)
    figures["energy_29_days"] = report.figure(
        [ask.energy("day", 29) for _ in range(rounds)], "ms", at_most=PAINT
    )


def five_of(lines: list[Told]) -> list[Told]:
    """Five charts of one conditioner's page; the first comes twice, where it has only four."""
    device = next(line.device for line in lines if line.path == "electric_power")
    own = [line for line in lines if line.device == device]
    return list(islice((line for _ in range(2) for line in own), 5))


def worst(
    figures: dict[str, report.Figure],
    name: str,
    readings: dict[Told, list[float]],
    floors: dict[Told, list[float]] | None,
    goal: float | None = None,
) -> None:
    line = max(readings, key=lambda one: statistics.median(readings[one]))
    floor = None if floors is None else floors[line]
    figures[f"{name}_worst"] = report.figure(readings[line], "ms", floor, at_most=goal)


# ---- the same without a door, and the bare rows -------------------------------------------------------------------


def in_process(home: Path, lines: list[Told], rounds: int) -> dict[Told, list[float]]:
    async def run() -> dict[Told, list[float]]:
        database = await Database.open(home / DATABASE)
        history = await History.open(database, LoopClock())
        found: dict[Told, list[float]] = {line: [] for line in lines}
        for _ in range(rounds):
            for line in lines:
                to, since = time.time(), time.perf_counter()
                await history.query(line.device, line.path, to - WEEK, to, POINTS)
                found[line].append((time.perf_counter() - since) * 1000)
        await history.close()
        await database.close()
        return found

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


def bare(path: Path, line: Told, rounds: int) -> list[float]:
    """Milliseconds to read the bytes of a week's chunks."""
    found = []
    for _ in range(rounds):
        since = time.perf_counter()
        connection = sqlite3.connect(path)
        rows = connection.execute(
            "SELECT length(body), body FROM series_chunk WHERE series=(SELECT id FROM series WHERE name=?) AND last>=?",
            (f"{line.device}/{line.path}", round((time.time() - WEEK) * 1000)),
        ).fetchall()
        connection.close()
        found.append((time.perf_counter() - since) * 1000)
        assert rows
    return found


if __name__ == "__main__":
    main()
