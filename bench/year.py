"""A lived-in year: how long it takes, what it uses, and how the same equations stand against real records.

Seconds for a year of the flat with its family in three cities, days of the demo's past a second, kW.h a year by hand, and the
tables of `records.py` where the real data lie beside the project (../shared/data).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import report

from jiahe.virtual.past import Past
from jiahe.virtual.weather import DAY
from jiahe.virtual.year import Home, home_of

CITIES = ("beijing", "shanghai", "guangzhou")
START = 1_767_196_800.0  # 2026-01-01 00:00 at UTC+8
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
MOST_SECONDS = 180.0
"""The goal: a year of the flat in plain Python."""


def lived(home: Home, days: float) -> tuple[float, Counter[str]]:
    """Seconds of the processor that so many days take, and kW.h by device."""
    used: Counter[str] = Counter()
    before = time.process_time()
    for minute in home.play(START, days):
        for device, watts in minute.electric.items():
            used[device] += watts / 60_000.0
    return time.process_time() - before, used


def years(*, quick: bool) -> dict[str, report.Figure]:
    """A year (or twelve weeks of it, a week a month) in each city."""
    figures = {}
    for city in CITIES:
        home = home_of(city, 1, start=START)
        days = 3.0 if quick else 365.0
        seconds, used = lived(home, days)
        per_year = seconds * 365.0 / days
        figures[f"year.{city}"] = report.figure([per_year], "s", at_most=MOST_SECONDS)
        air = sum(kwh for device, kwh in used.items() if device.endswith(".ac"))
        figures[f"year.{city}.conditioners"] = report.figure([air * 365.0 / days], "kW.h")
        figures[f"year.{city}.refrigerator"] = report.figure([used["fridge"] * 365.0 / days], "kW.h")
        print(
            f"{city}: {per_year:.0f} s a year, "
            + ", ".join(f"{name} {kwh:.0f}" for name, kwh in used.most_common(12))
        )
    return figures


def pasts(*, quick: bool) -> dict[str, report.Figure]:
    """The demo's past, with its readings."""
    rows, taken = [], []
    for seed in range(1, 2 if quick else 4):
        before = time.process_time()
        rows.append(sum(1 for _ in Past(seed, START, START + 7 * DAY).play()))
        taken.append(time.process_time() - before)
    return {
        "past.week": report.figure(taken, "s", at_most=1.5),
        "past.week.rows": report.figure([float(one) for one in rows], "records"),
    }


def against_records(*, quick: bool) -> dict[str, report.Figure]:
    """The unseen parts of the real records; nothing where they are not here."""
    if not DATA.is_dir():
        print("no real records beside the project (../shared/data): those figures are left out")
        return {}
    import records

    figures: dict[str, report.Figure] = {}
    for room in ("Room2",) if quick else ("Room1", "Room2", "Kitchen", "Bathroom"):
        record = records.read_heated(DATA / "opensmarthome", room)
        half = len(record.inside) // 2
        fit = records.fit_room(record, half)
        for horizon, row in records.horizons(fit, record, half).items():
            naive = min(value for name, value in row.items() if name != "model")
            figures[f"flat.{room}.{horizon}"] = report.figure([row["model"]], "K", naive)
            print(room, horizon, ", ".join(f"{name} {value:.2f} K" for name, value in row.items()))
    _, cleaned, dusty = records.read_smoke(DATA / "purifier-smoke")
    off = len(dusty.hours) // 2
    without, _ = records.fit_smoke(dusty, off)
    half_on = len(cleaned.hours) // 2
    with_it, _ = records.fit_smoke(cleaned, half_on, without.lost)
    for name, fit_, smoke, upto in (("off", without, dusty, off), ("on", with_it, cleaned, half_on)):
        row = records.unseen_smoke(fit_, smoke, upto)
        naive = min(row["as now"], row["a part of the outside"])
        figures[f"smoke.{name}"] = report.figure([row["model"]], "ug/m3", naive)
        print("smoke", name, fit_, ", ".join(f"{key} {value:.1f}" for key, value in row.items()))
    return figures


LIMITS = (
    "One family (seed 1) for each city; nobody controls: machines stay as hands set them.",
    "Seconds are of one core's processor time, in plain Python.",
    "Against the records the floor is the best naive prediction of the same points. Inputs of the unseen half (outdoor temperature, set point, "
    "brightness; smoke outside) are taken as known; the thermostat itself is simulated.",
    "What enters while the purifier runs is fitted apart from what enters without it: one number does not fit both stretches.",
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    figures = pasts(quick=quick) | against_records(quick=quick) | years(quick=quick)
    report.write("year", figures, LIMITS, quick=quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
