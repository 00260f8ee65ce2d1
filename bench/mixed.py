"""500 virtual devices of all kinds at one hub: every Midea appliance, every older miIO model, every published spec.

What it takes of a core. The floor is the same devices polled at the same cadences by sessions and sockets alone, after
the hub has stopped. `python bench/mixed.py [--quick]`.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import report
from crowd import one_stream, polled, window
from played import Played
from running import RunningHub, folder, memory

from jiahe.hub.config import PRODUCTS

SPECS = Path(__file__).resolve().parents[2] / "shared" / "data" / "miot-specs"
SIZE, RESTLESS = 500, 0.1
LIMITS = (
    f"{SIZE} devices on loopback: 13 kinds of Midea appliances (V3, TCP), the shipped miIO models and the 152 published MIoT-Specs of "
    "../shared/data (UDP), in turn; without that folder nothing is measured.",
    "10 % of them change one of their values, chosen by chance, in any second; each is read at the cadences of its product file.",
    "The share of a core is user and system time of all of the hub's threads; the devices' own process is not in it.",
    "`floor` decodes and keeps nothing.",
)


def main() -> None:
    quick = "--quick" in sys.argv
    warm_up, seconds, rounds = (5.0, 10.0, 1) if quick else (20.0, 20.0, 3)
    figures: dict[str, report.Figure] = {}
    with folder() as place, Played(mixed=SIZE, restless=RESTLESS, specs=str(SPECS)) as played:
        shutil.copytree(SPECS, place / "home" / PRODUCTS, ignore=lambda *_: ["SOURCE.md"])
        (place / "home").chmod(0o700)
        with RunningHub(place / "home") as hub:
            since = time.perf_counter()
            hub.adopt(played.devices)
            adopted = time.perf_counter() - since
            time.sleep(warm_up)
            alone = [window(hub, seconds) for _ in range(rounds)]
            with one_stream(hub):
                time.sleep(warm_up / 4)
                watched = [window(hub, seconds) for _ in range(rounds)]
            used = memory(hub.pid)
        floor = polled(played, warm_up / 2, seconds, rounds, specs=str(SPECS))
    goal = 50.0
    figures["kinds"] = report.figure([len({one["product"] for one in played.devices})], "products")
    figures["cpu"] = report.figure([one.core for one in alone], "% of a core", floor, at_most=goal)
    figures["cpu_with_a_stream"] = report.figure(
        [one.core for one in watched], "% of a core", floor, at_most=goal
    )
    figures["records"] = report.figure([one.records for one in alone], "/s")
    figures["rss"] = report.figure([used.rss], "MB")
    figures["adopted"] = report.figure([SIZE / adopted], "devices/s")
    report.write("mixed", figures, LIMITS, quick=quick)


if __name__ == "__main__":
    if SPECS.is_dir():
        main()
    else:
        print("mixed: nothing to measure, ../shared/data/miot-specs is not there")
