"""What the benchmarks leave behind: bench/results/NAME.json, and bench/RESULTS.md as a table of them all.

A benchmark calls `write(name, figures)` with `figure(...)`s; `python bench/report.py` makes the table again. Every
figure is a median of `n` readings with its spread (the distance between the quartiles) and, where there is one, its
floor: what the same work costs in the barest form, measured in the same run on the same machine.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

BENCH = Path(__file__).resolve().parent
RESULTS = BENCH / "results"
TABLE = BENCH / "RESULTS.md"


class Figure(TypedDict):
    """One figure; `floor` is None where nothing barer can be measured. Both are in `unit`."""

    value: float
    unit: str
    floor: float | None
    spread: float
    n: int


def figure(readings: Sequence[float], unit: str, floor: Sequence[float] | float | None = None) -> Figure:
    """The median of readings and their spread, beside the (median of the readings of the) floor."""
    least = floor if floor is None or isinstance(floor, int | float) else statistics.median(floor)
    spread = 0.0
    if len(readings) > 1:
        lower, _, upper = statistics.quantiles(readings, n=4, method="inclusive")
        spread = upper - lower
    return Figure(
        value=_rounded(statistics.median(readings)),
        unit=unit,
        floor=None if least is None else _rounded(least),
        spread=_rounded(spread),
        n=len(readings),
    )


def write(name: str, figures: Mapping[str, Figure]) -> Path:
    """Keep the figures of one benchmark, and make the table again; the path of what was written."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    result = {
        "name": name,
        "commit": _commit(),
        "machine": machine(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "figures": dict(figures),
    }
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    remake()
    return path


def remake() -> None:
    """bench/RESULTS.md from all results."""
    parts = [
        "# Results\n",
        "Made by `make bench` from `bench/results/*.json`: do not edit. A value is a median of n readings, its spread",
        "the distance between the quartiles; the floor is the same work in its barest form, in the same run.\n",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        parts += [
            f"## {result['name']}\n",
            f"{result['date']} · commit {result['commit']} · {result['machine']}\n",
            "| figure | value | floor | × floor | spread | n |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for key, found in result["figures"].items():
            floor, value = found["floor"], found["value"]
            times = f"{value / floor:.3g}" if floor else ""
            shown = "" if floor is None else f"{_shown(floor)} {found['unit']}"
            parts.append(
                f"| {key} | {_shown(value)} {found['unit']} | {shown} | {times} | {_shown(found['spread'])} | {found['n']} |"
            )
        parts.append("")
    TABLE.write_text("\n".join(parts), encoding="utf-8")


def machine() -> str:
    """The machine in one line: processor, cores, memory, system, Python."""
    return " · ".join(
        [
            _processor(),
            f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores",
            f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.0f} GB",
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
        ]
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    """The commit that was measured, with a plus where the sources had changes that are in none."""

    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=BENCH, capture_output=True, text=True, check=False)
        return run.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    remake()
    sys.stdout.write(f"{TABLE}\n")
