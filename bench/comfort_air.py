"""Clean air, measured: Beijing's own outdoor air, families that nobody designed on, an oracle that knows the future.

Plant: one zone of 38 m² (living room and bedroom of the virtual flat, the door between them open) by the virtual home's
balance (`virtual/air_mass.py`), its leaks and windows (`virtual/thermal.py`) and its purifier (330 m³/h, 29 W, 61 dB(A)), set at six
levels and off; the second is the loudest that may run beside a sleeper. Outdoor: hourly PM2.5, wind and temperature of Beijing 2010-2013. Who is there, sleeps, cooks and opens windows comes
from virtual families. The controller sees its sensor (3 % and 1 µg/m³ of noise), the station's hour that has passed, who is
there and who sleeps now, and the three weeks before; never the plant, the family or the future.

The oracle is a dynamic programme over the same plant with everything known, at prices that trace energy against exposure; at
the controller's own exposure it is what could have been had. `python bench/comfort_air.py [--quick]`.
"""

from __future__ import annotations

import csv
import gzip
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import report

from jiahe.comfort.air_model import AirFit
from jiahe.comfort.air_plan import SURE, AirWish, Level, Stage, allowed, fallback, plan
from jiahe.comfort.air_price import AirPrice
from jiahe.comfort.air_seen import BACK, FOLLOWS, OUTDOOR_MOST, SUDDEN, USUAL
from jiahe.virtual import thermal
from jiahe.virtual.air_mass import Purifier, toward
from jiahe.virtual.dwelling import built
from jiahe.virtual.family import Family
from jiahe.virtual.thermal import CITIES
from jiahe.virtual.weather import Weather, read_beijing_pm25

if TYPE_CHECKING:
    import numpy as np

DATA = (
    Path(__file__).resolve().parents[2] / "shared" / "data" / "beijing-pm25" / "beijing_pm25_2010_2013.csv.gz"
)
SLOT = 900
"""Seconds of a decision."""
DAY_SLOTS = 96
SUB = 3
"""Readings of a slot."""
OFFSET = 8 * 3600
MACHINE = Purifier()
LEVELS = tuple(
    Level(n, share, MACHINE.electric(share), MACHINE.sound(share))
    for n, share in enumerate((0.0, 0.19, 0.235, 0.35, 0.5, 0.7, 1.0))
)
DESIGN = ((2010, 1), (2010, 7), (2011, 4), (2011, 10))
HELD_OUT = tuple((year, month) for year in (2012, 2013) for month in (1, 4, 7, 10))
FAMILIES = {"design": 41, "held out": 42}
DAYS = 28
HISTORY = 21


@dataclass(frozen=True)
class Slot:
    """A quarter of an hour of the truth."""

    at: float
    outdoor: float
    fresh: float
    cracks: float
    dust: float
    there: bool
    asleep: bool


@dataclass(frozen=True)
class Month:
    name: str
    slots: list[Slot]
    history: list[Slot]
    volume: float
    penetration: float
    deposition: float


def month(weather: Weather, year: int, number: int, seed: int) -> Month:
    """The truth of four weeks and of the three before."""
    family = Family(seed, utc_offset=OFFSET)
    rooms = [built(room, seed) for room in CITIES["beijing"][:2]]
    start = datetime(year, number, 1, tzinfo=UTC).timestamp() - OFFSET
    # The record begins on 2010-01-02: there its history is what follows.
    before = start - HISTORY * 86_400 if start - HISTORY * 86_400 >= weather.start else start + DAYS * 86_400
    start = max(start, weather.start)
    volume = sum(room.volume for room in rooms)
    return Month(
        f"{year}-{number:02}",
        [_slot(family, weather, rooms, start + n * SLOT) for n in range(DAYS * DAY_SLOTS)],
        [_slot(family, weather, rooms, before + n * SLOT) for n in range(HISTORY * DAY_SLOTS)],
        volume,
        rooms[0].penetration,
        statistics.mean(room.deposition for room in rooms),
    )


def _slot(family: Family, weather: Weather, rooms: Sequence[thermal.RoomPhysics], at: float) -> Slot:
    outdoor = weather.at(at)
    difference = outdoor.temperature - min(26.0, max(20.0, outdoor.temperature))
    opened = family.windows(at, outdoor)
    people = family.at(at)
    here = [where for where in people.values() if where.room in ("living-room", "bedroom")]
    given = family.emissions(at)
    return Slot(
        at,
        outdoor.pm2_5,
        sum(
            thermal.through_window(room, opened.get(room.id, 0.0), difference, outdoor.wind) for room in rooms
        ),
        sum(thermal.leak(room, difference, outdoor.wind) * room.volume for room in rooms),
        sum(given[name].dust for name in ("living-room", "bedroom") if name in given)
        # The kitchen's door lets a third of its dust through.
        + 0.33 * (given["kitchen"].dust if "kitchen" in given else 0.0),
        bool(here),
        any(where.asleep for where in here),
    )


def rates(truth: Month, slot: Slot, share: float) -> tuple[float, float]:
    """Gain (µg/m³/h) and loss (1/h) of the plant."""
    gain = ((slot.fresh + truth.penetration * slot.cracks) * slot.outdoor + slot.dust) / truth.volume
    return gain, (slot.fresh + slot.cracks + MACHINE.cadr(share)) / truth.volume + truth.deposition


# ---- who decides ----------------------------------------------------------------------------------------------------

Decide = Callable[[Month, int, float, Level], Level]


@dataclass
class Run:
    """One controller over one month."""

    energy: float
    dust: float
    hours: float
    nights: int
    loud: int
    switches: int

    @property
    def exposure(self) -> float:
        return self.dust / self.hours


def play(
    truth: Month, decide: Decide, seen: Callable[[float, float, Slot, Level], None] | None = None
) -> Run:
    """The plant over a month; occupied hours count, and nights in which a slot with a sleeper was over the bound."""
    noise = random.Random(f"{truth.name}/sensor")
    run = Run(0.0, 0.0, 0.0, 0, 0, 0)
    now, level = 0.5 * truth.slots[0].outdoor, LEVELS[0]
    shown = now
    loud: set[int] = set()
    nights: set[int] = set()
    for n, slot in enumerate(truth.slots):
        chosen = decide(truth, n, shown, level)
        run.switches += chosen != level
        level = chosen
        run.energy += level.power * SLOT / 3.6e6
        gain, loss = rates(truth, slot, level.share)
        total = 0.0
        was = shown
        for _ in range(SUB):
            before = now
            now = toward(now, gain, loss, SLOT / SUB)
            settled = gain / loss
            total += settled + (before - now) / (loss * SLOT / SUB / 3600)
            shown = max(0.0, now * (1 + 0.03 * noise.gauss(0, 1)) + noise.gauss(0, 1))
        if seen is not None:
            seen(was, shown, slot, level)
        if slot.there:
            run.dust += total / SUB * SLOT / 3600
            run.hours += SLOT / 3600
        night = int((slot.at + OFFSET - 43_200) // 86_400)
        if slot.asleep:
            nights.add(night)
            if level.noise > AirWish().noise:
                loud.add(night)
    run.nights, run.loud = len(nights), len(loud)
    return run


class Predictive:
    """The product's own way, with what a hub has: fit, plan, and a threshold while the fit is not believed."""

    def __init__(self, truth: Month) -> None:
        self.fit, self.price = AirFit(), AirPrice()
        self.wish = AirWish(price=self.price.now)
        self.seconds = 0.0
        self.planned = 0
        self.there: dict[tuple[bool, int], list[float]] = {}
        self.usual = statistics.mean(slot.outdoor for slot in truth.history[-7 * DAY_SLOTS :])
        for slot in truth.history:
            self._saw(slot)

    def _saw(self, slot: Slot) -> None:
        found = self.there.setdefault(_kind(slot.at), [0.5, 0.0])
        found[0] += (slot.there - found[0]) * 0.2
        found[1] += (slot.asleep - found[1]) * 0.2

    def learn(self, before: float, after: float, slot: Slot, level: Level) -> None:
        self.fit.learn(before, after, slot.outdoor, level.share, SLOT / 3600)
        if slot.there:
            self.price.breathed((before + after) / 2, SLOT / 3600)
            self.wish = replace(self.wish, price=self.price.now)

    def __call__(self, truth: Month, n: int, now: float, running: Level) -> Level:
        slot = truth.slots[n]
        told = self._outdoor(truth, n)
        began = time.perf_counter()
        if self.fit.confidence < SURE:
            step = fallback(LEVELS, now, slot.there, slot.asleep, running, self.wish)
        else:
            self.planned += 1
            step = plan(self.fit.model, LEVELS, self._ahead(slot, told), now, running, self.wish)
        self.seconds += time.perf_counter() - began
        self._saw(slot)
        return step.level

    def _outdoor(self, truth: Month, n: int) -> float:
        """The station tells the hour that has passed."""
        told = truth.slots[max(0, n - 4)].outdoor
        self.usual += (told - self.usual) / (7 * DAY_SLOTS)
        return told

    def _ahead(self, slot: Slot, told: float) -> list[Stage]:
        stages = [Stage(told, float(slot.there), slot.asleep)]
        for later in range(1, 48):
            there, asleep = self.there.get(_kind(slot.at + later * SLOT), (0.5, 0.0))
            stays = math.exp(-later / 8)  # who is there now is there for a while: two hours
            fades = math.exp(-later / 48)  # the air of now is that of twelve hours on, less and less
            stages.append(
                Stage(
                    self.usual + (told - self.usual) * fades,
                    there + (slot.there - there) * stays,
                    asleep + (slot.asleep - asleep) * stays > 0.5,
                )
            )
        return stages


class Blind(Predictive):
    """The same where nobody tells the outdoor air, as `comfort/air_room.py` does then: it is reckoned from what comes in."""

    def __init__(self, truth: Month) -> None:
        super().__init__(truth)
        self.usual = self.reckoned = USUAL

    def learn(self, before: float, after: float, slot: Slot, level: Level) -> None:
        model, hours, was = self.fit.model, SLOT / 3600, self.reckoned
        if model.inflow > 0.02 and not slot.fresh:
            rate = model.loss + model.cleaning * level.share
            enters = (after - before) / hours + rate * (before + after) / 2 - model.source
            seems = min(max(enters / model.inflow, 0.0), OUTDOOR_MOST)
            over = max(0.0, seems - was) / (was + SUDDEN)
            # A step of a quarter of an hour follows as one and a half of ten minutes.
            share = (1 - (1 - FOLLOWS) ** 1.5) / (1 + over * over)
            self.reckoned += (seems - was) * share + (USUAL - was) * 1.5 * BACK
        super().learn(before, after, replace(slot, outdoor=was), level)

    def _outdoor(self, truth: Month, n: int) -> float:
        return self.reckoned


def _kind(at: float) -> tuple[bool, int]:
    local = datetime.fromtimestamp(at + OFFSET, UTC)
    return local.weekday() >= 5, (local.hour * 60 + local.minute) // 15


def automatic(truth: Month, n: int, now: float, running: Level) -> Level:
    """Baseline: the machine's own auto, day and night, whoever is there."""
    share = MACHINE.automatic(now)
    return Level(9, share, MACHINE.electric(share), MACHINE.sound(share))


def always_max(truth: Month, n: int, now: float, running: Level) -> Level:
    """Baseline."""
    return LEVELS[-1]


def under_the_bound(truth: Month, n: int, now: float, running: Level) -> Level:
    """What the machine can do at all: the highest always, and beside a sleeper the highest under the bound."""
    return max(allowed(LEVELS, truth.slots[n].asleep, AirWish().noise), key=lambda level: level.share)


def threshold(truth: Month, n: int, now: float, running: Level) -> Level:
    """Baseline: our own fall-back, with the noise bound and only while somebody is there."""
    slot = truth.slots[n]
    return fallback(LEVELS, now, slot.there, slot.asleep, running, AirWish()).level


# ---- the oracle -----------------------------------------------------------------------------------------------------


def oracle(truth: Month, price: float) -> Run:
    """Perfect foresight: backward over the month on a fine grid, then forward through the plant itself."""
    import numpy as np

    grid = np.concatenate([[0.0], 1.0 * 1.06 ** np.arange(115)])
    value = np.zeros(len(grid))
    best: list[np.ndarray] = []
    hours = SLOT / 3600
    for slot in reversed(truth.slots):
        costs = []
        for level in LEVELS:
            if slot.asleep and level.noise > AirWish().noise:
                costs.append(np.full(len(grid), np.inf))
                continue
            gain, loss = rates(truth, slot, level.share)
            settled = gain / loss
            then = settled + (grid - settled) * math.exp(-loss * hours)
            mean = settled + (grid - then) / (loss * hours)
            breathed = price * slot.there * mean * hours
            costs.append(level.power * hours / 1000 + breathed + np.interp(then, grid, value))
        table = np.stack(costs)
        best.append(table)
        value = table.min(axis=0)
    best.reverse()

    def decide(truth: Month, n: int, now: float, running: Level) -> Level:
        return LEVELS[min(range(len(LEVELS)), key=lambda k: float(np.interp(exact[0], grid, best[n][k])))]

    # It knows the air itself, not what a sensor shows of it.
    exact = [0.5 * truth.slots[0].outdoor]

    def known(truth: Month, n: int, now: float, running: Level) -> Level:
        chosen = decide(truth, n, now, running)
        exact[0] = toward(exact[0], *rates(truth, truth.slots[n], chosen.share), SLOT)
        return chosen

    return play(truth, known)


def total(runs: Iterable[Run]) -> Run:
    """Several months as one."""
    every = list(runs)
    return Run(*(sum(getattr(run, name) for run in every) for name in Run.__dataclass_fields__))


def at_exposure(frontier: Sequence[Run], exposure: float) -> float:
    """The oracle's energy at an exposure, between the prices that were tried (both of the whole time)."""
    points = sorted((run.exposure, run.energy) for run in frontier)
    for (x, y), (x2, y2) in pairwise(points):
        if x <= exposure <= x2:
            return y + (y2 - y) * (exposure - x) / (x2 - x)
    raise ValueError(f"no price was tried that gives the oracle {exposure:.1f} µg/m³")


def weather() -> Weather:
    with gzip.open(DATA, "rt") as file:
        return read_beijing_pm25(csv.DictReader(file))


def judge(truths: Sequence[Month], who: type[Predictive] = Predictive) -> tuple[Run, list[Predictive]]:
    """The product's controller over months, each begun without knowing the room."""
    runs, made = [], []
    for truth in truths:
        own = who(truth)
        runs.append(play(truth, own, own.learn))
        made.append(own)
    return total(runs), made


PRICES = (0.0002, 0.0004, 0.0006, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01)
"""kWh for an hour of 1 µg/m³ less: what the oracle's line is drawn with."""


def figures(*, quick: bool = False) -> tuple[dict[str, report.Figure], list[str]]:
    """The figures, and in words what they do not tell. Nothing where the record is not beside the repository."""
    if not DATA.is_file():
        print("no record of Beijing's air beside the repository")
        return {}, []
    air = weather()
    truths = [month(air, *which, FAMILIES["held out"]) for which in (HELD_OUT[:2] if quick else HELD_OUT)]
    own, made = judge(truths)
    blind, _ = judge(truths, Blind)
    frontier = [total(oracle(truth, price) for truth in truths) for price in PRICES]
    rivals = {"auto": automatic, "max": always_max, "bound": under_the_bound, "threshold": threshold}
    runs = {name: total(play(truth, decide) for truth in truths) for name, decide in rivals.items()}
    best = at_exposure(frontier, own.exposure)
    days = len(truths) * DAYS
    for name, run in {"own": own, "blind": blind, **runs}.items():
        print(
            f"{name:10} {run.exposure:6.2f} µg/m³  {run.energy / days * 365:6.1f} kWh/a  "
            f"{run.loud}/{run.nights} loud nights  {run.switches / days:5.1f} changes/day"
        )
    for price, run in zip(PRICES, frontier, strict=True):
        print(f"oracle at {price}: {run.exposure:6.2f} µg/m³  {run.energy / days * 365:6.1f} kWh/a")
    micro = 1e6 * sum(one.seconds for one in made) / max(1, days * DAY_SLOTS)

    def one(value: float, unit: str, floor: float | None, **goal: float) -> report.Figure:
        return {**report.figure([value], unit, floor, **goal), "n": own.nights}

    found = {
        "air_occupied_mean": one(own.exposure, "ug/m3", runs["auto"].exposure, at_most=15.0),
        "air_lowest": one(runs["bound"].exposure, "ug/m3", None),
        "air_over_oracle": one(100 * (own.energy / best - 1), "%", None, at_most=15.0),
        "air_blind_mean": one(blind.exposure, "ug/m3", own.exposure),
        "air_blind_over_oracle": one(
            100 * (blind.energy / at_exposure(frontier, blind.exposure) - 1), "%", None
        ),
        "air_energy": one(own.energy / days * 365, "kWh/a", best / days * 365),
        "air_loud_nights": one(float(own.loud), "nights", float(runs["auto"].loud), at_most=0.0),
        "air_decision": one(micro, "us", None),
    }
    return found, LIMITS


LIMITS = [
    "Air: eight months of 2012 and 2013 and a family that nobody designed on; one zone, made up; outdoor air is Beijing's. The "
    "floor of the mean and of the loud nights is the machine's own auto; that of the energy is the oracle at equal exposure.",
    "Air: the oracle knows the outdoor air, people and the room a month ahead, and reads the air without a sensor's noise. "
    "The filter does not age here. Each month begins without knowing the room. Lowest: always at the highest, and beside a "
    "sleeper at the highest under the bound. Blind: no station tells the outdoor air.",
]


def main() -> int:
    found, _ = figures(quick="--quick" in sys.argv[1:])
    for row in report.rows(found):
        print("  ".join(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
