"""All figures of comfort in one: climate against its rivals, EnergyPlus, sleep on real minutes, clean air. Prints their tables.

Each part has a file of its own (`comfort_climate.py`, `comfort_energyplus.py`, `comfort_sleep.py`, `comfort_air.py`) and runs
alone too; a part whose data or plant is not there says so and has no figures. `python bench/comfort.py [--quick]
[--only climate,air] [--rows FILE]`: with `--only` the figures of the other parts stay as they were measured, each part
with its own commit and date; `--rows` takes the climate's seasons from a file that `comfort_climate.py --keep` wrote.
The whole is some 25 minutes of a machine of two cores that has nothing else to do (climate 10); quick takes 3.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import report

MEASURED = "Measured: "
"""Begins the line of the limits that tells where each part's figures are from."""


class Part(NamedTuple):
    """What one part measured: figures, its table (empty where it printed it itself), what they do not tell."""

    figures: dict[str, report.Figure]
    table: str
    limits: list[str]


def measured(name: str, *, quick: bool, rows: Path | None) -> Part:
    """One part, measured; the climate from the seasons of a file where there is one."""
    part: Any = import_module(f"comfort_{name}")  # only what is measured is loaded
    if name == "climate" and rows is not None:
        seasons = json.loads(rows.read_text(encoding="utf-8"))
        return Part(part.figures(seasons) | part.cost(), part.table(seasons), list(part.LIMITS))
    if name in ("climate", "energyplus"):
        found, table = part.measure(quick=quick)
        return Part(found, table, list(part.LIMITS))
    found, limits = part.figures(quick=quick)
    return Part(found, "", limits)


PARTS = ("climate", "energyplus", "sleep", "air")
LIMITS_BEGIN = {
    "climate": ("Climate",),
    "energyplus": ("EnergyPlus",),
    "sleep": ("Sleep", "No polysomnography"),
    "air": ("Air",),
}


def kept(parts: list[str]) -> tuple[dict[str, report.Figure], list[str], dict[str, str]]:
    """The last result's figures, limits and provenance of these parts."""
    path = report.RESULTS / "comfort.json"
    if not parts or not path.exists():
        return {}, [], {}
    last: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    figures = {name: one for name, one in last["figures"].items() if name.split("_", 1)[0] in parts}
    begins = tuple(word for part in parts for word in LIMITS_BEGIN[part])
    limits = [one for one in last["limits"] if one.startswith(begins)]
    told = next((one for one in last["limits"] if one.startswith(MEASURED)), "")
    sources = dict(
        one.split(": ", 1) for one in told.removeprefix(MEASURED).rstrip(".").split("; ") if ": " in one
    )
    return figures, limits, {name: source for name, source in sources.items() if name in parts}


def main() -> int:
    parser = argparse.ArgumentParser(description="Comfort's figures.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--only", default=",".join(PARTS), help="parts to measure; the others keep their figures"
    )
    parser.add_argument("--rows", type=Path, help="seasons that comfort_climate.py --keep wrote")
    args = parser.parse_args()
    chosen = args.only.split(",")
    if wrong := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(wrong))}; there are {', '.join(PARTS)}")
    figures, limits, sources = kept([part for part in PARTS if part not in chosen])
    now = f"{report.commit()}, {datetime.now(UTC):%Y-%m-%d}"
    for name in chosen:
        print(f"\n## {name.capitalize()}\n", flush=True)
        part = measured(name, quick=args.quick, rows=args.rows)
        print(part.table)
        figures |= part.figures
        limits += part.limits
        sources[name] = now
    print()
    for cells in report.rows(figures):
        print("  ".join(cells))
    limits.append(MEASURED + "; ".join(f"{name}: {source}" for name, source in sources.items()) + ".")
    report.write("comfort", figures, limits, quick=args.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
