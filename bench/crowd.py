"""200 virtual devices of both families, polled and pushed, at one hub: what it takes of a core, of memory and of the disk.

The devices play in a process of their own; a tenth of them change their main sensor in any second. The floor is the
same devices polled at the same cadences by sessions and sockets alone (`polling.py`), after the hub has stopped.
`python bench/crowd.py [--quick]`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import report
from listening import Ear, Ears
from played import Played
from running import RunningHub, bytes_written, cpu_seconds, folder, memory, threads

SIZE = 200
RESTLESS = 0.1


class Window(NamedTuple):
    """What one stretch of time took: % of one core, records a second, bytes written a record."""

    core: float
    records: float
    bytes: float


LIMITS = (
    f"{SIZE} devices, half zhimi.airpurifier.mb4 over miIO (UDP), half midea.ac.split over V3 (TCP), each read at the "
    "cadences of its product file; 10 % of them change their main sensor in any second.",
    "The share of a core is user and system time of all of the hub's threads, by the scheduler's own count (/proc/PID/task/*/schedstat), "
    "after a warm-up. The devices' own process is not in it.",
    "`floor` polls the same points at the same cadences with the families' sessions and sockets: it decodes, and keeps "
    "nothing.",
    "A record is written within 2 s where nobody listens and within 50 ms where somebody does: with a stream open there are "
    "more, smaller commits, and each writes whole pages; hence the bytes a record.",
    "`write_bytes` of /proc/PID/io counts pages given to the disk, WAL and checkpoints together.",
)


def main() -> None:
    quick = "--quick" in sys.argv
    warm_up, seconds, rounds = (5.0, 10.0, 1) if quick else (30.0, 60.0, 3)
    figures: dict[str, report.Figure] = {}
    with folder() as place, Played(crowd=SIZE, restless=RESTLESS) as played:
        with RunningHub(place / "home") as hub:
            since = time.perf_counter()
            hub.adopt(played.devices)
            adopted = time.perf_counter() - since
            time.sleep(warm_up)
            alone = [window(hub, seconds) for _ in range(rounds)]
            with one_stream(hub):
                time.sleep(warm_up / 5)
                watched = [window(hub, seconds) for _ in range(rounds)]
            used, running = memory(hub.pid), threads(hub.pid)
        floor = polled(played, warm_up / 3, seconds, rounds)
        figures["cpu"] = report.figure([one.core for one in alone], "% of a core", floor, at_most=25.0)
        figures["cpu_with_a_stream"] = report.figure(
            [one.core for one in watched], "% of a core", floor, at_most=25.0
        )
        for name, windows in (("", alone), ("_with_a_stream", watched)):
            figures[f"records{name}"] = report.figure([one.records for one in windows], "/s")
            figures[f"bytes_written_a_record{name}"] = report.figure([one.bytes for one in windows], "B")
        figures["rss"] = report.figure([used.rss], "MB")
        figures["pss"] = report.figure([used.pss], "MB")
        figures["threads"] = report.figure([running], "threads")
        figures["adopted"] = report.figure([SIZE / adopted], "devices/s")
    report.write("crowd", figures, LIMITS, quick=quick)


def window(hub: RunningHub, seconds: float) -> Window:
    """The hub, for so long."""
    records, written, core, since = (
        last_record(hub),
        bytes_written(hub.pid),
        cpu_seconds(hub.pid),
        time.monotonic(),
    )
    time.sleep(seconds)
    core, passed = cpu_seconds(hub.pid) - core, time.monotonic() - since
    written, records = bytes_written(hub.pid) - written, last_record(hub) - records
    return Window(100 * core / passed, records / passed, written / records)


def last_record(hub: RunningHub) -> int:
    door = hub.door()
    _, answer = door.request("GET", "/api/journal?latest=1")
    door.close()
    return int(answer["cursor"])


@contextmanager
def one_stream(hub: RunningHub) -> Iterator[None]:
    """A client that reads everything."""
    ears, over = Ears([Ear.stream(hub)]), threading.Event()

    def listen() -> None:
        while not over.is_set():
            ears.hear(0.2)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        ears.close()


def polled(played: Played, warm_up: float, seconds: float, rounds: int, specs: str = "") -> list[float]:
    """% of a core of the barest poller; `specs` is a folder of product files beside those that ship."""
    words = [sys.executable, str(Path(__file__).with_name("polling.py")), *([specs] if specs else [])]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(played.devices).encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        time.sleep(warm_up)
        found = []
        for _ in range(rounds):
            core, since = cpu_seconds(process.pid), time.monotonic()
            time.sleep(seconds)
            found.append(100 * (cpu_seconds(process.pid) - core) / (time.monotonic() - since))
        process.stdin.close()
        return found


if __name__ == "__main__":
    main()
