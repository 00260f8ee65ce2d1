"""The learning climate against five baselines and a perfect-foresight oracle, at equal discomfort. `figures()` for bench/comfort.py.

A household's season (summer from 15 June, winter from 1 December) in a flat of one zone in Beijing, Shanghai and
Guangzhou: `comfort_flat.py` is the truth, `comfort_rivals.py` the others. Weather years, households and flats (seeds) are
other ones than those that the controller was designed on. Everybody may learn for three weeks before.

Equal discomfort: every policy is played with its aim shifted into comfort by several amounts; between the two shifts
whose discomfort lies around `DISCOMFORT` K·h the energy is read off the straight line. Who cannot get there by any shift
is given at the least energy that comes near to its own best, and marked.

`python bench/comfort_climate.py [--quick] [--seeds 101,102] [--days 92] [--cities shanghai,beijing] [--jobs 1]`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import report
from comfort_flat import Life, season
from comfort_ours import Ours
from comfort_rivals import RIVALS

DISCOMFORT = 5.0
"""K·h a season, of time with somebody home: the project's goal, and where energies are compared."""
CITIES = ("beijing", "shanghai", "guangzhou")
DESIGNED_ON = (1, 2, 3, 4, 5)
"""Seeds that the controller was designed on: never among the figures."""
HELD_OUT = (101, 102, 103)
SEASON, DAYS = 92, 14
"""Days of a season, and of the part of it that is played (a third of it by the seed); the goal is scaled with it."""
SHIFTS = (-0.3, -0.15, 0.0, 0.15, 0.3, 0.5, 0.8, 1.2)
"""K into comfort. From 0 on the next one is tried until the goal's discomfort lies between two."""
OURS = "learning climate"
LEARNER = "crude learner"
FAIR = "oracle, by set points"
"""The same foresight through what the others have too: its own share of the crude learner's regret tells what there is to win."""
COARSE = "learning climate, unit of 0.5 K"
TOLD = "learning climate, with a weather forecast"
LIMITS = (
    "Climate: one zone of 56 m2, inverter unit of 7.2 kW; plant, people and weather are this project's own models "
    "(src/jiahe/virtual), the controller sees only sensors. Regret: energy above the oracle's at 5 K·h of occupied time "
    "outside the band (scaled to the days played), both read between two played shifts. Journeys of over 20 h are "
    "told to every policy, "
    "and two hours before their end that somebody comes. The oracle knows everything and sets the compressor's "
    "power; all others set temperatures, which the unit's own thermostat follows.",
)

ENOUGH = 1.5
"""Times its least discomfort that is taken for as good as that, where a policy cannot reach the goal."""

Row = dict[str, Any]


VARIANTS: dict[str, tuple[float, float | None]] = {OURS: (0.1, None), COARSE: (0.5, None), TOLD: (0.1, 1.0)}
"""Of the learning climate: the unit's step in K, and, where there is a weather forecast, the K to which its error grows."""
POLICIES = (*RIVALS, *VARIANTS)


def scenario(place: tuple[str, bool, int, int], policies: Sequence[str] = POLICIES) -> Row:
    """Policies in one household's season: by policy [[shift, kWh, K·h, switchings a day, changes a day], …], by shift."""
    city, cooling, seed, days = place
    what = season(city, cooling=cooling, seed=seed, days=days)
    goal = DISCOMFORT * days / SEASON
    found: Row = {
        "city": city,
        "season": "summer" if cooling else "winter",
        "seed": seed,
        "days": days,
        "goal": goal,
    }
    learned = Life(what, Ours(what, 0.0))
    if set(policies) & VARIANTS.keys():  # what was learned before the season is the same for each
        learned.until(what.start)

    for name in policies:

        def begun(shift: float, name: str = name) -> Life:
            if name not in VARIANTS:
                return Life(what, RIVALS[name](what, shift), learns=name == LEARNER)
            life = learned.copy()
            assert isinstance(life.policy, Ours)
            life.policy.aim(shift)
            life.policy.unit(*VARIANTS[name])
            return life

        found[name] = _runs(begun, goal)
    return found


def _runs(begun: Callable[[float], Life], goal: float) -> list[list[float]]:
    """The season at as many shifts as it takes to have the goal between two of them."""
    runs: dict[int, list[float]] = {}

    def run(at: int) -> bool:
        one = begun(SHIFTS[at]).until(math.inf)
        runs[at] = [SHIFTS[at], one.energy, one.discomfort, one.switches, one.changes]
        return one.discomfort <= goal

    at = SHIFTS.index(0.0)
    step = -1 if run(at) else 1
    while 0 <= at + step < len(SHIFTS):
        at += step
        if run(at) is (step > 0):
            break
    return [runs[at] for at in sorted(runs)]


def at_goal(runs: Sequence[Sequence[float]], goal: float) -> tuple[float, bool]:
    """kWh at the goal's discomfort, and whether it was reached. Who never gets there: the least energy of what comes near to
    its own best, which is in its favour; who is below it at every shift: as it is at the first."""
    before: Sequence[float] | None = None
    for one in runs:
        if one[2] <= goal:
            if before is None:
                return one[1], True
            part = (before[2] - goal) / max(before[2] - one[2], 1e-9)
            return before[1] + (one[1] - before[1]) * part, True
        before = one
    least = min(one[2] for one in runs)
    return min(one[1] for one in runs if one[2] <= ENOUGH * least), False


def table(rows: Sequence[Row]) -> str:
    """One line a policy and season's row, in markdown."""
    lines = ["| city | season | household | policy | kWh at equal discomfort | regret kWh | regret % | discomfort unshifted K·h | compressor starts and stops a day |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        best, _ = at_goal(row["oracle"], row["goal"])
        for name in (one for one in POLICIES if one in row):
            energy, reached = at_goal(row[name], row["goal"])
            least = min(one[2] for one in row[name])
            mark = "" if reached else f" (not reached: {least:.0f} K·h at best)"
            lines.append(
                f"| {row['city']} | {row['season']} | {row['seed']} | {name} | {energy:.1f}{mark} | {energy - best:.1f} "
                f"| {100 * (energy / best - 1) if best > 0.5 else 0:.1f} | {_unshifted(row[name])[2]:.1f} | {row[name][-1][3]:.0f} |"
            )
    return "\n".join(lines)


def regrets(rows: Sequence[Row], name: str, which: str | None = None) -> float:
    """kWh above the oracle in all the rows (of a season), at equal discomfort."""
    chosen = [row for row in rows if which is None or row["season"] == which]
    return sum(at_goal(row[name], row["goal"])[0] - at_goal(row["oracle"], row["goal"])[0] for row in chosen)


def figures(rows: Sequence[Row]) -> dict[str, report.Figure]:
    """What RESULTS.md keeps."""
    found: dict[str, report.Figure] = {}
    for which in ("summer", "winter", None):
        chosen = [row for row in rows if which is None or row["season"] == which]
        if not chosen:
            continue
        label = which or "year"
        crude = regrets(rows, LEARNER, which)
        oracle = sum(at_goal(row["oracle"], row["goal"])[0] for row in chosen)
        each = [_share(regrets([row], OURS), regrets([row], LEARNER)) for row in chosen]
        share = report.figure(
            [regrets(rows, OURS, which) / max(crude, 1e-9)], "of the crude learner's", at_most=0.5
        )
        share["spread"], share["n"] = report.figure(each, "")["spread"], len(each)
        found[f"climate_regret_{label}"] = share
        if all(FAIR in row for row in chosen):
            fair = regrets(rows, FAIR, which) / max(crude, 1e-9)
            found[f"climate_regret_{label}_of_foresight_by_set_points"] = report.figure(
                [fair], "of the crude learner's"
            )
        for name in POLICIES:
            warm = [row for row in chosen if name in row and at_goal(row["oracle"], row["goal"])[0] > 0.5]
            if name != "oracle" and warm:
                key = name.replace(" ", "_").replace(",", "").replace(".", "_")
                found[f"climate_{label}_over_oracle_{key}"] = report.figure(
                    [100 * (at_goal(row[name], row["goal"])[0] / at_goal(row["oracle"], row["goal"])[0] - 1) for row in warm],
                    "%",
                )  # fmt: skip
        found[f"climate_{label}_oracle_energy"] = report.figure([oracle / len(chosen)], "kWh")
    aims = [_unshifted(row[OURS])[2] * SEASON / row["days"] for row in rows]
    found["climate_discomfort"] = report.figure(aims, "K·h a season", at_most=DISCOMFORT)
    found["climate_discomfort_worst"] = report.figure([max(aims)], "K·h a season", at_most=DISCOMFORT)
    return found


def _unshifted(runs: Sequence[Sequence[float]]) -> Sequence[float]:
    """The run in which the policy aims at what it aims at by itself."""
    return next(one for one in runs if one[0] == 0.0)


def _share(own: float, other: float) -> float:
    return own / other if other > 0.2 else 0.0


def cost() -> dict[str, report.Figure]:
    """CPU of one room: a reading, a decision, a fit; and of a home of ten rooms as the hub runs them."""
    what = season("shanghai", cooling=True, seed=1, days=2)
    policy = Ours(what, 0.0)
    Life(what, policy).until(math.inf)
    home, at = policy.home, what.minutes[-1].t
    room = home.rooms["flat"]
    decisions, readings, fits = [], [], []
    for _ in range(200):
        since = time.process_time()
        home.decide(at, "flat")
        decisions.append((time.process_time() - since) * 1e6)
    seen = policy.last_seen
    assert seen is not None
    for number in range(20):
        since = time.process_time()
        for minute in range(100):
            home.told("flat", replace(seen, at=at + 60.0 * (100 * number + minute)))
        readings.append((time.process_time() - since) * 1e4)
    for _ in range(5):
        since = time.process_time()
        room.track.fit()
        fits.append((time.process_time() - since) * 1e3)
    day = 10 * (96 * statistics.median(decisions) + 1440 * statistics.median(readings)) / 1e6
    day += 10 * statistics.median(fits) / 1e3
    return {
        "climate_decision": report.figure(decisions, "µs"),
        "climate_reading": report.figure(readings, "µs"),
        "climate_fit": report.figure(fits, "ms"),
        "climate_core_ten_rooms": report.figure([100 * day / 86400], "% of a core", at_most=1.0),
    }


def run(seeds: Sequence[int], cities: Sequence[str], days: int, jobs: int) -> list[Row]:
    """The rows of all scenarios."""
    places = [(city, cooling, seed, days) for seed in seeds for city in cities for cooling in (True, False)]
    if jobs == 1:
        return [scenario(place) for place in places]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(scenario, places))


def measure(*, quick: bool) -> tuple[dict[str, report.Figure], str]:
    """Figures and tables, for bench/comfort.py."""
    seeds, days = (HELD_OUT[:1], 21) if quick else (HELD_OUT, DAYS)
    rows = run(seeds, ("shanghai",) if quick else CITIES, days, os.cpu_count() or 1)
    return figures(rows) | cost(), table(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", default=",".join(map(str, HELD_OUT)))
    parser.add_argument("--cities", default=",".join(CITIES))
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write the raw runs there")
    args = parser.parse_args()
    if args.quick:
        found, text = measure(quick=True)
    else:
        rows = run([int(one) for one in args.seeds.split(",")], args.cities.split(","), args.days, args.jobs)
        if args.keep:
            args.keep.write_text(json.dumps(rows), encoding="utf-8")
        found, text = figures(rows) | cost(), table(rows)
    print(text)
    for name, one in found.items():
        print(f"{name}: {one['value']:.3g} {one['unit']}")


if __name__ == "__main__":
    main()
