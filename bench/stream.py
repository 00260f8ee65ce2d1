"""One change, told to 200 open streams: from the journal's commit to its arrival, beside bare writes to as many sockets.

Three processes: an air conditioner whose remote control is pressed, the hub, and this one, which listens at all 200
streams in one thread. All moments are of the machine's one monotonic clock. `python bench/stream.py [--quick]`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import report
from listening import Ear, Ears
from played import Played
from running import RunningHub, folder

LISTENERS = 200
DEVICE = {"kind": "conditioner", "number": 905, "host": "127.79.0.5"}
PATH, VALUES = "target_temperature", (20.0, 21.5)
PAUSE = 0.11
"""Seconds between two changes: not a multiple of the 50 ms that a commit lingers."""
WARM_UP = 10

LIMITS = (
    f"{LISTENERS} WebSocket streams and as many bare sockets, held by one thread of another process: an arrival is when that "
    "thread has read the whole frame, so the listening is in every figure and in its floor.",
    "The floor writes a frame of the same size to every bare socket, in the hub's own process and loop.",
    "`commit` is when the hub's loop hears that the journal has synced; what comes before it (the device's push, decoding, "
    "up to 50 ms in which changes gather for one commit, the sync) is in `change_to_commit`.",
    "`change` is when the device's own value changes, before it pushes that.",
)


class Stamping:
    """The hub of `stamping.py`."""

    def __init__(self, home: Path) -> None:
        words = [sys.executable, str(Path(__file__).with_name("stamping.py")), str(home)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        card = self._line()
        self.port, self.bare = card["port"], card["bare"]
        self.token = json.loads((home / "hub.json").read_text(encoding="utf-8"))["token"]

    def tell(self, order: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(order.encode() + b"\n")
        self.process.stdin.flush()
        return self._line()

    def _line(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


class Told(NamedTuple):
    """Milliseconds of one change: until its commit, and from there to each listener's arrival."""

    committed: float
    arrivals: list[float]


def main() -> None:
    quick = "--quick" in sys.argv
    changes = 10 if quick else 200
    with folder() as place, Played(devices=[DEVICE]) as played:
        with RunningHub(place / "home") as first:
            first.adopt(played.devices)
        hub = Stamping(place / "home")
        streams = Ears([Ear.stream((hub.port, hub.token)) for _ in range(LISTENERS)])
        bare = Ears([Ear.bare(hub.bare) for _ in range(LISTENERS)])
        streams.wait(lambda body: body.startswith(b'{"type":"snapshot"'))
        told, floor = [], []
        for number in range(-WARM_UP, changes):
            time.sleep(PAUSE)
            size, change = one_change(played, hub, streams, VALUES[number % 2])
            written = one_write(hub, bare, size)
            if number >= 0:
                told.append(change)
                floor.append(written)
        streams.close()
        bare.close()
        hub.close()
    report.write("stream", figures_of(told, floor), LIMITS, quick=quick)


def one_change(played: Played, hub: Stamping, streams: Ears, value: float) -> tuple[int, Told]:
    """The size of the frame that told it, and when."""
    sizes: list[int] = []

    def is_it(body: bytes) -> bool:
        if (
            not body.startswith(b'{"type":"records"')
            or f'"property":"{PATH}","value":{value}'.encode() not in body
        ):
            return False
        sizes.append(len(body))
        return True

    hub.tell("commits")
    changed = played.set(0, {PATH: value})
    arrivals = streams.wait(is_it)
    heard_first = min(arrivals)
    committed = max(at for _, at in hub.tell("commits") if at <= heard_first)
    return sizes[0], Told((committed - changed) / 1e6, [(arrival - committed) / 1e6 for arrival in arrivals])


def one_write(hub: Stamping, bare: Ears, size: int) -> list[float]:
    """Milliseconds until each bare listener had the frame."""
    begun = hub.tell(f"write {size}")["at"]
    return [(arrival - begun) / 1e6 for arrival in bare.wait(lambda _: True)]


def figures_of(told: list[Told], floor: list[list[float]]) -> dict[str, report.Figure]:
    arrivals = [arrival for change in told for arrival in change.arrivals]
    bare = [arrival for written in floor for arrival in written]
    whole = [change.committed + arrival for change in told for arrival in change.arrivals]
    return {
        "commit_to_arrival_p50": report.percentile(arrivals, 50, "ms", bare),
        "commit_to_arrival_p99": report.percentile(arrivals, 99, "ms", bare),
        f"commit_to_the_last_of_{LISTENERS}": report.figure(
            [max(change.arrivals) for change in told], "ms", [max(written) for written in floor]
        ),
        "change_to_commit": report.figure([change.committed for change in told], "ms"),
        "change_to_arrival_p50": report.percentile(whole, 50, "ms"),
        "change_to_arrival_p99": report.percentile(whole, 99, "ms"),
    }


if __name__ == "__main__":
    main()
