"""What the benchmarks leave behind: bench/results/NAME.json, and bench/RESULTS.md as a table of them all.

A benchmark calls `write(name, figures, limits)` with `figure(...)`s; `python bench/report.py` makes the table again.
Every figure is a median of `n` readings with its spread (the distance between the quartiles) and, where there is one,
its floor: what the same work costs in the barest form, measured in the same run on the same machine.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NotRequired, TypedDict

BENCH = Path(__file__).resolve().parent
RESULTS = BENCH / "results"
TABLE = BENCH / "RESULTS.md"
BATCHES = 10
"""Parts into which the readings of a percentile are divided to see how it spreads."""


class Figure(TypedDict):
    """One figure; `floor` is None where nothing barer can be measured. Goals and floor are in `unit`."""

    value: float
    unit: str
    floor: float | None
    spread: float
    n: int
    at_most: NotRequired[float]
    at_least: NotRequired[float]
    reached: NotRequired[bool]


Floor = Sequence[float] | float | None


def figure(
    readings: Sequence[float],
    unit: str,
    floor: Floor = None,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """The median of readings and their spread, beside the (median of the readings of the) floor, and its goal."""
    least = floor if floor is None or isinstance(floor, int | float) else statistics.median(floor)
    found = _figure(statistics.median(readings), unit, least, _quartile_distance(readings), len(readings))
    if at_most is not None:
        found |= {"at_most": at_most, "reached": found["value"] <= at_most}
    if at_least is not None:
        found |= {"at_least": at_least, "reached": found["value"] >= at_least}
    return found


def percentile(
    readings: Sequence[float],
    percent: int,
    unit: str,
    floor: Sequence[float] | None = None,
    *,
    at_most: float | None = None,
) -> Figure:
    """The reading that `percent` of all stay under; its spread is that of the same over `BATCHES` parts in order."""
    least = None if floor is None else _percentile(floor, percent)
    size = max(1, len(readings) // BATCHES)
    parts = [_percentile(readings[at : at + size], percent) for at in range(0, len(readings), size)]
    found = _figure(_percentile(readings, percent), unit, least, _quartile_distance(parts), len(readings))
    if at_most is not None:
        found |= {"at_most": at_most, "reached": found["value"] <= at_most}
    return found


def write(
    name: str,
    figures: Mapping[str, Figure],
    limits: Iterable[str] = (),
    *,
    quick: bool = False,
) -> Path:
    """Keep the figures of one benchmark, and make the table again; the path of what was written.

    `limits` says in words what the figures do not tell. `python -m bench` adds how busy the machine was.
    """
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    result = {
        "name": name,
        "commit": commit(),
        "machine": machine(),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "quick": quick,
        "busy": {
            **json.loads(os.environ.get("BENCH_BUSY", "{}")),
            "load_at_end": round(os.getloadavg()[0], 2),
        },
        "figures": dict(figures),
        "limits": list(limits),
    }
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    remake()
    return path


# ---- the table ----------------------------------------------------------------------------------------------------


def remake() -> None:
    """bench/RESULTS.md from all results."""
    parts = [
        "# Results\n",
        "Made by `make bench` from `bench/results/*.json`: do not edit. A value is a median of n readings, its spread",
        "the distance between the quartiles; the floor is the same work in its barest form, in the same run. A commit",
        "with a plus had changes in its sources that are in no commit.\n",
    ]
    for path in sorted(RESULTS.glob("*.json")):
        parts += _section(json.loads(path.read_text(encoding="utf-8")))
    TABLE.write_text("\n".join(parts), encoding="utf-8")


def _section(result: Mapping[str, Any]) -> list[str]:
    about = [result["date"], f"commit {result['commit']}", result["machine"], *_busy(result.get("busy", {}))]
    if result.get("quick"):
        about.append("**a quick run: too few readings to go by**")
    parts = [
        f"## {result['name']}\n",
        " · ".join(about) + "\n",
        "| figure | value | goal | floor | × floor | spread | n |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    parts += [f"| {' | '.join(row)} |" for row in rows(result["figures"])]
    parts.append("")
    if result.get("limits"):
        parts += [f"- {limit}" for limit in result["limits"]]
        parts.append("")
    return parts


def rows(figures: Mapping[str, Figure]) -> list[list[str]]:
    """The cells of each figure's row."""
    cells = []
    for key, found in figures.items():
        floor, value, unit = found["floor"], found["value"], found["unit"]
        cells.append(
            [
                key,
                f"{_shown(value)} {unit}",
                _goal(found),
                "" if floor is None else f"{_shown(floor)} {unit}",
                f"{value / floor:.3g}" if floor else "",
                _shown(found["spread"]),
                str(found["n"]),
            ]
        )
    return cells


def _goal(found: Figure) -> str:
    if "reached" not in found:
        return ""
    bound = f"≤ {_shown(found['at_most'])}" if "at_most" in found else f"≥ {_shown(found['at_least'])}"
    return f"{bound} {'reached' if found['reached'] else '**missed**'}"


def _busy(busy: Mapping[str, float]) -> list[str]:
    words = []
    if "others_during" in busy:
        words.append(f"other work meanwhile took {busy['others_during']:.0%} of the machine")
    if "load_at_start" in busy:
        words.append(f"load {busy['load_at_start']:g} before, {busy['load_at_end']:g} after")
    return words


# ---- the circumstances --------------------------------------------------------------------------------------------


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


def commit() -> str:
    """The commit that was measured, with a plus where the sources had changes that are in none."""

    def git(*words: str) -> str:
        run = subprocess.run(["git", *words], cwd=BENCH, capture_output=True, text=True, check=False)
        return run.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "../src")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if changed else "")


# ---- numbers ------------------------------------------------------------------------------------------------------


def _figure(value: float, unit: str, floor: float | None, spread: float, n: int) -> Figure:
    return Figure(
        value=_rounded(value),
        unit=unit,
        floor=None if floor is None else _rounded(floor),
        spread=_rounded(spread),
        n=n,
    )


def _percentile(readings: Sequence[float], percent: int) -> float:
    if len(readings) < 2:
        return readings[0]
    return statistics.quantiles(readings, n=100, method="inclusive")[percent - 1]


def _quartile_distance(readings: Sequence[float]) -> float:
    if len(readings) < 2:
        return 0.0
    lower, _, upper = statistics.quantiles(readings, n=4, method="inclusive")
    return upper - lower


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


if __name__ == "__main__":
    remake()
    sys.stdout.write(f"{TABLE}\n")
