"""From an HTTP request to `confirmed`, beside the same exchange made raw on the device's socket.

Three processes: the virtual devices, the hub, and this one, which is the client of the hub and the barest hub of all.
Each family has two equal devices: the hub operates one, the raw exchange the other, request by request in turn.
`python bench/command.py [--quick]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import report
from bare import BareDevice
from played import Played
from running import Door, RunningHub, folder

PAUSE = 0.01
"""Seconds between two requests: what a change brings with it (pushes, the next commit) belongs to nobody's request."""
WARM_UP = 50
MEMORY = Path("/dev/shm")
"""A disk that is memory, where there is one: there a sync costs nothing, so the difference is the disk's."""
SYNCED = 4096
"""Bytes of a measured sync: one page, the least that a commit writes."""

DEVICES = (
    {"kind": "purifier", "number": 901, "host": "127.79.0.1"},
    {"kind": "purifier", "number": 902, "host": "127.79.0.2"},
    {"kind": "conditioner", "number": 903, "host": "127.79.0.3"},
    {"kind": "conditioner", "number": 904, "host": "127.79.0.4"},
)


class Trial(NamedTuple):
    """A property that two values take turns in."""

    family: str
    place: int
    path: str
    values: tuple[Any, Any]


TRIALS = (Trial("miio", 0, "power", (False, True)), Trial("midea", 2, "target_temperature", (24.5, 23.0)))


class Times(NamedTuple):
    """Milliseconds, reading by reading."""

    hub: list[float]
    raw: list[float]
    sync: list[float]


LIMITS = (
    "The client keeps its connection and does nothing but send and read (a few tens of µs); a phone's radio, its "
    "network and its browser come on top of both.",
    "`over_floor` is the median of the differences, pair by pair. The devices answer at once, which no real one does: that is "
    "in the floor as well.",
    "miIO: set_properties, then get_properties. Midea V3: a query of the state (the unit's own push after the last write "
    "made the known one old), then the set, whose answer is the state.",
    "Where it goes, as stamps inside the hub said in one run of 250 Midea commands (medians in µs of the commonest order of "
    "events; stamping is in them): from the request to `submit` 590 (waking up 110, aiohttp 280, the checks 200), writing the "
    "command down and lining it up 165, decoding the device's report and taking it in 280 (the decoding is in the floor too), "
    "the commit 830 (to the writer's thread and back 230, the transaction with its sync 600), the answer 230. Without pauses "
    "between the requests, and a home in memory, the whole command took 2.1 ms instead of 3.1: much is waking up, with cold "
    "caches.",
    "`confirmed` is answered when the command, the change and the outcome are on disk: one group commit. `disk_sync` is one "
    f"page of {SYNCED} bytes overwritten and synced in the same folder, in turn with the requests; `on_memory` is the "
    "same hub with its home in a memory file system, so what is less there is the disk's part.",
)


def main() -> None:
    count = 60 if "--quick" in sys.argv else 1_000
    figures: dict[str, report.Figure] = {}
    with Played(devices=DEVICES) as played:
        with folder() as place:
            found = measure(played, place, count)
        for trial in TRIALS:
            add(figures, trial.family, found[trial.family])
        sync = [value for times in found.values() for value in times.sync]
        figures["disk_sync_p50"] = report.percentile(sync, 50, "ms")
        figures["disk_sync_p95"] = report.percentile(sync, 95, "ms")
        figures["disk_sync_p99"] = report.percentile(sync, 99, "ms")
        if MEMORY.is_dir():
            with tempfile.TemporaryDirectory(prefix="bench-", dir=MEMORY) as name:
                for family, times in measure(played, Path(name), count).items():
                    figures[f"{family}_p50_on_memory"] = report.figure(times.hub, "ms", times.raw)
                    figures[f"{family}_over_floor_on_memory"] = report.figure(over(times), "ms")
    report.write("command", figures, LIMITS, quick="--quick" in sys.argv)


def add(figures: dict[str, report.Figure], family: str, times: Times) -> None:
    figures[f"{family}_over_floor"] = report.figure(over(times), "ms", at_most=3.0)
    figures[f"{family}_p50"] = report.figure(times.hub, "ms", times.raw)
    figures[f"{family}_p95"] = report.percentile(times.hub, 95, "ms", times.raw)
    figures[f"{family}_p99"] = report.percentile(times.hub, 99, "ms", times.raw)


def over(times: Times) -> list[float]:
    return [hub - raw for hub, raw in zip(times.hub, times.raw, strict=True)]


def measure(played: Played, place: Path, count: int) -> dict[str, Times]:
    """With a home in this folder."""
    with RunningHub(place / "home") as hub:
        hub.adopt([played.devices[trial.place] for trial in TRIALS])
        return {trial.family: take_turns(hub, played, trial, place / "synced", count) for trial in TRIALS}


def take_turns(hub: RunningHub, played: Played, trial: Trial, synced: Path, count: int) -> Times:
    """The hub, the raw exchange and the disk, one after the other; the order of the first two changes."""
    device, twin = played.devices[trial.place], played.devices[trial.place + 1]
    door, bare = hub.door(), BareDevice(twin)
    requests = [
        door.prepare(
            "POST", "/api/commands", {"device": device["id"], "property": trial.path, "value": value}
        )
        for value in trial.values
    ]
    times = Times([], [], [])
    for number in range(-WARM_UP, count):
        turn, hub_first = number % 2, number // 2 % 2 == 0
        raw = 0.0 if hub_first else raw_seconds(bare, trial, turn)
        through = hub_seconds(door, requests[turn])
        raw = raw_seconds(bare, trial, turn) if hub_first else raw
        sync = sync_seconds(synced, number)
        if number >= 0:
            for readings, seconds in zip(times, (through, raw, sync), strict=True):
                readings.append(seconds * 1000)
    door.close()
    bare.close()
    return times


def hub_seconds(door: Door, request: bytes) -> float:
    time.sleep(PAUSE)
    since = time.perf_counter()
    status, answer = door.exchange(request)
    seconds = time.perf_counter() - since
    assert (status, answer["status"]) == (200, "confirmed"), answer
    return seconds


def raw_seconds(bare: BareDevice, trial: Trial, turn: int) -> float:
    time.sleep(PAUSE)
    bare.settle()
    since = time.perf_counter()
    bare.set(trial.path, trial.values[turn])
    return time.perf_counter() - since


def sync_seconds(path: Path, number: int) -> float:
    """One page written into a file that does not grow, and synced."""
    pages = 256
    if not path.exists():
        path.write_bytes(os.urandom(SYNCED * pages))
    with path.open("r+b", buffering=0) as file:
        since = time.perf_counter()
        file.seek(number % pages * SYNCED)
        file.write(os.urandom(SYNCED))
        os.fdatasync(file.fileno())
        return time.perf_counter() - since


if __name__ == "__main__":
    main()
