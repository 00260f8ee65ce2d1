"""How soon a hub answers and how much memory it takes when it has nothing to do.

A start is measured from the making of the process to the first answered `GET /api/health`. Its floor is a Python
process that imports the same four libraries and answers the same route. `python bench/start.py [--quick]`.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import report
from played import Played
from running import (
    HOST,
    JIAHE,
    RunningHub,
    folder,
    free_port,
    memory,
    plain_environment,
    stop,
    threads,
    wait_for_health,
)

CROWD = 200
PAIR = (
    {"kind": "purifier", "number": 906, "host": "127.79.0.6"},
    {"kind": "conditioner", "number": 907, "host": "127.79.0.7"},
)
IDLE = 10.0
"""Seconds after which a hub counts as idle."""

FLOOR = """
import sys
import cryptography.hazmat.primitives.ciphers.aead
import orjson, uvloop
from aiohttp import web

async def health(request):
    return web.Response(body=orjson.dumps({"status": "ok"}), content_type="application/json")

app = web.Application()
app.router.add_get("/api/health", health)
loop = uvloop.new_event_loop()
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None, loop=loop)
"""

STARTED = ("empty", "demo", f"{CROWD}_devices")
PLAYED: dict[str, dict[str, Any]] = {
    "empty": {},
    "2_devices": {"devices": PAIR},
    f"{CROWD}_devices": {"crowd": CROWD, "restless": 0.0},
}
"""Homes whose memory is measured, and the devices that play in them meanwhile."""

LIMITS = (
    "Byte code is there before, on both sides, and the files are in the page cache: this is a second start, not the "
    "first after a boot.",
    "The door is tried every millisecond, so a start is up to 1 ms (and one connect) longer than it was.",
    "`start_demo_home` is `jiahe demo` on a home with a simulated day of records, its virtual devices in the same process; each "
    "start has a fresh copy of it.",
    "Memory after 10 s of idleness, MB of 10^6 bytes; the devices are online and polled, nobody changes anything. RSS "
    "counts shared libraries in full, PSS by this process's share of them.",
    "`modules_imported` counts every module from the interpreter's first to the first answer (-X importtime).",
)


def main() -> None:
    quick = "--quick" in sys.argv
    starts, idle, rounds = (3, 2.0, 1) if quick else (21, IDLE, 3)
    figures: dict[str, report.Figure] = {}
    with folder() as place:
        (place / "floor.py").write_text(FLOOR, encoding="utf-8")
        homes = make_homes(place)
        measure_starts(place, {name: homes[name] for name in STARTED}, starts, figures)
        for name, devices in PLAYED.items():
            measure_memory(place, name, homes[name], devices, idle, rounds, figures)
        figures["modules_imported"] = report.figure(
            [imports(place, home_command(place / "imports"))], "modules", imports(place, floor_command(place))
        )
    report.write("start", figures, LIMITS, quick=quick)


# ---- homes --------------------------------------------------------------------------------------------------------


def make_homes(place: Path) -> dict[str, Path]:
    """Empty, the demo's, one of two devices and one of 200; each was closed in order, as after a stop."""
    homes = {name: place / name for name in (*STARTED, *PLAYED)}
    make_demo(homes["demo"])
    for name, devices in PLAYED.items():
        if not devices:
            RunningHub(homes[name]).stop()
            continue
        with Played(**devices) as played, RunningHub(homes[name]) as hub:
            hub.adopt(played.devices)
    return homes


def make_demo(home: Path) -> None:
    port = free_port()
    words = [str(JIAHE), "demo", "--dir", str(home), "--host", HOST, "--port", str(port), "--past", "1"]
    with subprocess.Popen(words, env=plain_environment(), stdout=subprocess.DEVNULL) as process:
        wait_for_health(port, process)
        time.sleep(3.0)  # both devices adopted, and a first round of values
        stop(process)


def fresh(home: Path) -> Path:
    """A copy that nobody has opened yet."""
    copy = home.with_name(home.name + "-copy")
    shutil.rmtree(copy, ignore_errors=True)
    return Path(shutil.copytree(home, copy))


# ---- starts -------------------------------------------------------------------------------------------------------


def measure_starts(
    place: Path, homes: dict[str, Path], count: int, figures: dict[str, report.Figure]
) -> None:
    """All kinds in turn, so that a noisy second touches each alike. The first of each is not counted."""
    kinds: dict[str, Callable[[], float]] = {
        "floor": lambda: floor_start(place),
        "first": lambda: first_start(place),
        **{name: partial(home_start, home) for name, home in homes.items()},
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(count + 1):
        for name, kind in kinds.items():
            found = kind()
            if number:
                seconds[name].append(found)
    for name, found_in in seconds.items():
        if name != "floor":
            goal = 0.7 if name in ("empty", "demo") else None
            title = {"first": "start_new_home", "demo": "start_demo_home"}.get(name, f"start_{name}")
            figures[title] = report.figure(found_in, "s", seconds["floor"], at_most=goal)


def floor_start(place: Path) -> float:
    port = free_port()
    words = [sys.executable, str(place / "floor.py"), str(port)]
    since = time.perf_counter()
    process = subprocess.Popen(words, env=plain_environment())
    seconds = wait_for_health(port, process) - since
    stop(process)
    return seconds


def first_start(place: Path) -> float:
    """The home is made by it: key, database and owner's link."""
    directory = place / "new"
    shutil.rmtree(directory, ignore_errors=True)
    with RunningHub(directory) as hub:
        return hub.started


def home_start(home: Path) -> float:
    verb = "demo" if home.name == "demo" else "up"
    with RunningHub(fresh(home), verb) as hub:
        return hub.started


# ---- memory -------------------------------------------------------------------------------------------------------


def measure_memory(
    place: Path,
    name: str,
    home: Path,
    devices: dict[str, Any],
    idle: float,
    rounds: int,
    figures: dict[str, report.Figure],
) -> None:
    found: list[tuple[float, float, float]] = []
    floors: list[tuple[float, float]] = []
    for _ in range(rounds):
        if not devices:
            found.append(idle_hub(home, 0, idle))
            floors.append(idle_floor(place, idle))
        else:
            with Played(**devices) as played:
                found.append(idle_hub(home, len(played.devices), idle))
    rss, pss, running = zip(*found, strict=True)
    floor_rss, floor_pss = zip(*floors, strict=True) if floors else (None, None)
    goal = None if name == f"{CROWD}_devices" else 70.0
    figures[f"idle_rss_{name}"] = report.figure(rss, "MB", floor_rss, at_most=goal)
    figures[f"idle_pss_{name}"] = report.figure(pss, "MB", floor_pss)
    figures[f"threads_{name}"] = report.figure(running, "threads")


def idle_hub(home: Path, devices: int, idle: float) -> tuple[float, float, float]:
    with RunningHub(fresh(home)) as hub:
        if devices:
            hub.wait_online(devices)
        time.sleep(idle)
        return *memory(hub.pid), threads(hub.pid)


def idle_floor(place: Path, idle: float) -> tuple[float, float]:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(place / "floor.py"), str(port)], env=plain_environment())
    wait_for_health(port, process)
    time.sleep(idle)
    found = memory(process.pid)
    stop(process)
    return found.rss, found.pss


# ---- modules ------------------------------------------------------------------------------------------------------


def home_command(directory: Path) -> Callable[[int], list[str]]:
    return lambda port: [str(JIAHE), "up", "--dir", str(directory), "--host", HOST, "--port", str(port)]


def floor_command(place: Path) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, str(place / "floor.py"), str(port)]


def imports(place: Path, command: Callable[[int], list[str]]) -> int:
    """Modules that a process has imported when it answers."""
    port, log = free_port(), place / "imports.log"
    with log.open("wb") as file:
        environment: dict[str, Any] = plain_environment(PYTHONPROFILEIMPORTTIME="1")
        process = subprocess.Popen(command(port), env=environment, stdout=subprocess.DEVNULL, stderr=file)
        wait_for_health(port, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    lines = log.read_text(encoding="utf-8").splitlines()
    return sum(line.startswith("import time:") for line in lines) - 1  # the first is the heading


if __name__ == "__main__":
    main()
