"""`make bench`: runs the benchmarks, one after the other, each in a process of its own.

`make bench ARGS="start command"` runs those; `ARGS=--quick` takes few readings, to see that everything works. Each
waits a while for a quiet machine and says how quiet it was. Owns the order and the table at the end; measures nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH))  # a benchmark is a program of its own: they import each other as such

import report  # noqa: E402

NAMES = {
    "start": "hub start, idle memory",
    "command": "a command from the request to `confirmed`, both families",
    "stream": "one change to 200 streams",
    "crowd": "200 devices at one hub",
    "mixed": "500 devices of all kinds at one hub",
    "journal": "durable changes a second, kill -9",
    "products": "152 product files at hand, and from a new one to a confirmed command",
    "rules": "a change that no rule hears, and from a report to the rule's command",
    "permission": "who may do what, of 200 devices with 20 grants",
    "replay": "one rule over thirty days of 100 devices; a thousand replays of one day",
    "charts": "a week's first paint from ten million samples",
    "phone": "what the app weighs, how soon it opens on a slow line, how soon a card shows a change",
    "comfort": "climate, sleep and clean air against baselines and oracles (some 25 minutes; EnergyPlus and real data where they are)",
    "year": "a year of the virtual home, a week of the demo's past, real records predicted",
}
QUIET = 0.15
"""Share of the machine that others may use while a benchmark runs."""
LATENCIES = ("start", "command", "stream", "rules", "phone")
"""Benchmarks that suffer from others; the rest count work, not time, or last long enough."""
LOOK = 2.0
"""Seconds in which it is looked how busy the machine is."""
WAIT = 90.0
"""Seconds to wait for that; then it runs all the same, and says how noisy it was."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Jiahe on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="few readings, to see that everything works")
    args = parser.parse_args()
    unknown = set(args.names) - NAMES.keys()
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    chosen = [name for name in NAMES if name in (args.names or NAMES)]
    compile_sources()
    failed = [name for name in chosen if not run(name, quick=args.quick)]
    show([name for name in chosen if name not in failed])
    if failed:
        say(f"did not run to its end: {', '.join(failed)}")
    return 1 if failed else 0


def compile_sources() -> None:
    """A start that is measured finds its byte code, as every start but the first does."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(BENCH.parent / "src")], check=True)


def run(name: str, *, quick: bool) -> bool:
    """Whether it ran to its end. What measures latencies is run once more where others had much of the machine."""
    say(f"{name}: {NAMES[name]}")
    path = report.RESULTS / f"{name}.json"
    if not measure(name, path, quick=quick):
        return False
    if quick or name not in LATENCIES or _others(path) <= QUIET:
        return True
    say(f"  others used {_others(path):.0%} of the machine meanwhile: once more")
    first, noise = path.read_bytes(), _others(path)
    if not measure(name, path, quick=quick):
        return False
    if _others(path) > noise:
        path.write_bytes(first)
        report.remake()
    return True


def measure(name: str, path: Path, *, quick: bool) -> bool:
    """One run in a process of its own; adds to its result how much of the machine others used meanwhile."""
    before = quiet(0.0 if quick else WAIT)
    since, own, (ticks, idle) = time.perf_counter(), _own_seconds(), _ticks()
    busy = {"others_before": round(before, 3), "load_at_start": round(os.getloadavg()[0], 2)}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    words = [sys.executable, str(BENCH / f"{name}.py"), *(["--quick"] if quick else [])]
    ended = subprocess.run(words, env=environment, check=False, cwd=BENCH.parent)
    passed, own, (ticks_now, idle_now) = time.perf_counter() - since, _own_seconds() - own, _ticks()
    say(f"{name}: {'done' if ended.returncode == 0 else 'FAILED'} in {passed:.0f} s")
    if ended.returncode:
        return False
    used = 1 - (idle_now - idle) / max(1, ticks_now - ticks)
    busy["others_during"] = round(max(0.0, used - own / passed / (os.cpu_count() or 1)), 3)
    busy["load_at_end"] = round(os.getloadavg()[0], 2)
    result = json.loads(path.read_text(encoding="utf-8")) | {"busy": busy}
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    report.remake()
    return True


def _others(path: Path) -> float:
    return float(json.loads(path.read_text(encoding="utf-8"))["busy"]["others_during"])


def _own_seconds() -> float:
    """CPU of all that we started and that has ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _ticks() -> tuple[int, int]:
    """Of all cores: in all, and idle ones (Linux; nothing elsewhere)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0, 0
    numbers = [int(word) for word in stat.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return sum(numbers), numbers[3] + numbers[4]


def quiet(wait: float) -> float:
    """Waits until the machine has little else to do; the share of it that others used in the last two seconds."""
    until = time.monotonic() + wait
    while True:
        ticks, idle = _ticks()
        time.sleep(LOOK)
        ticks_now, idle_now = _ticks()
        others = 1 - (idle_now - idle) / max(1, ticks_now - ticks) if ticks_now else 0.0
        if others <= QUIET or time.monotonic() >= until:
            return others
        say(f"  waiting for a quiet moment: others use {others:.0%} of the machine")


def show(names: list[str]) -> None:
    """The figures of this run as one table."""
    table: list[list[str]] = []
    for name in names:
        result = json.loads((report.RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        table += [[f"{name}.{row[0]}", *row[1:]] for row in report.rows(result["figures"])]
    table.insert(0, ["figure", "value", "goal", "floor", "× floor", "spread", "n"])
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    say("")
    for row in table:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        say("  ".join(cells).replace("**", ""))


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
