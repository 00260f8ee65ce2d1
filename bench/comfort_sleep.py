"""Sleep, measured on real minutes: onsets against labels, false onsets, waking. Prints a table; `figures()` for bench/comfort.py.

Data: `../shared/data/wristband` (Fitbit Fitness Tracker Data, CC0): minutes of 22 wearers with steps and an intensity of
0 … 3, and for some nights the sum of minutes in bed. There is **no label of the time of day**: an onset is derived where it
can be, from the morning alone. The night's only bout of getting up that leaves a window of the labelled length with few
movements is its end; the onset lies the labelled length before it. The evening is not looked at, so the label does not
lean to the estimator; where two endings are possible the night has no label.

`python bench/comfort_sleep.py [--quick]`.
"""

from __future__ import annotations

import csv
import gzip
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import report
from comfort_sleep_scene import follows

from jiahe.comfort.activity import Minute, Scale
from jiahe.comfort.band_trust import BandTrust
from jiahe.comfort.sleep import SleepWatch, Stage
from jiahe.virtual.band import Bands
from jiahe.virtual.family import Family

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "wristband"
DAY = 1_440
STEPS_SCALE = 19.5
"""Actigraph counts a step, as a first guess: 100 steps a minute are moderate (Tudor-Locke 2018), as 1,952 counts are."""
NEAR = 15
"""Minutes around the label: the project's goal."""


class Told(NamedTuple):
    """What a band tells of a minute."""

    counts: float
    steps: int
    heart_rate: int | None


@dataclass(frozen=True)
class Night:
    """Onset and end, in minutes of the wearer's record."""

    onset: int
    end: int
    stirs: tuple[tuple[int, int], ...] = ()
    """Wakings in between that are known."""

    def sleeps_at(self, at: int) -> bool:
        """Whether they really sleep then; a minute or three after a waking are still that waking."""
        return self.onset <= at < self.end and not any(low <= at <= high + 3 for low, high in self.stirs)


@dataclass(frozen=True)
class Wearer:
    """One record. `first` is the minute since the epoch, on the wearer's own wall, with which `told` begins."""

    name: str
    first: int
    told: list[Told | None]
    nights: list[Night]
    fine: bool
    scale: float
    judged: int
    """Minute from which nights are judged: earlier ones only teach."""


def read() -> list[Wearer]:
    """The real wearers who have labelled nights."""
    minutes: dict[str, dict[int, int]] = {}
    for row in _rows("minuteStepsWide_merged.csv.gz"):
        hour = int(_time(row[1]).timestamp() // 60)
        own = minutes.setdefault(row[0], {})
        own.update({hour + at: int(value) for at, value in enumerate(row[2:62]) if value})
    sleeps: dict[str, dict[int, tuple[int, int, int]]] = {}
    for row in _rows("sleepDay_merged.csv.gz"):
        day = int(_time(row[1]).timestamp() // 86_400)
        sleeps.setdefault(row[0], {})[day] = (int(row[2]), int(row[3]), int(row[4]))
    found = [_wearer(name, minutes[name], nights) for name, nights in sorted(sleeps.items())]
    return [wearer for wearer in found if wearer.nights]


def _wearer(name: str, minutes: Mapping[int, int], sleeps: Mapping[int, tuple[int, int, int]]) -> Wearer:
    first = min(minutes)
    steps = [minutes.get(at) for at in range(first, max(minutes) + 1)]
    nights = []
    for day, (records, asleep, bed) in sorted(sleeps.items()):
        start = day * DAY - first
        if records != 1 or bed < 240 or start < 600 or start + 900 >= len(steps):
            continue
        ends = [
            end
            for end in _gets_up(steps, start + 180, start + 840)
            if end >= bed and sum(1 for s in steps[end - bed : end] if s) <= 0.6 * (bed - asleep)
        ]
        if ends and ends[-1] - ends[0] <= 20:
            nights.append(Night(ends[0] - bed, ends[0]))
    told = [None if value is None else Told(float(value), value, None) for value in steps]
    return Wearer(name, first, told, nights, fine=False, scale=STEPS_SCALE, judged=0)


def virtual(seeds: Sequence[int], days: int, *, pulse: bool = True, factor: float = 1.0) -> list[Wearer]:
    """The bands of virtual families, with the truth; `factor`: counts of another unit. The first week only teaches."""
    found = []
    for seed in seeds:
        family = Family(seed, utc_offset=0.0)
        bands = Bands(family)
        first_day = 20_000 + 31 * seed % 365
        for person in family.people:
            if not person.band:
                continue
            told: list[Told | None] = []
            nights = []
            for day in range(first_day, first_day + days):
                start = (day - first_day) * DAY
                for minute in range(DAY):
                    seen = bands.at(person, family.start_of(day) + 60.0 * minute)
                    told.append(
                        Told(factor * seen.counts, seen.steps, (seen.heart_rate or 0) if pulse else None)
                    )
                night = family.night(person, day).night
                if day > first_day and family.slept(person, day) and bands.worn_at_night(person, day):
                    stirs = tuple((start + round(low), start + round(high)) for low, high, _ in night.stirs)
                    nights.append(Night(start + round(night.asleep), start + round(night.wake), stirs))
            found.append(
                Wearer(
                    f"{seed}/{person.id}", first_day * DAY, told, nights, fine=True, scale=1.0, judged=7 * DAY
                )
            )
    return found


def _gets_up(steps: Sequence[int | None], low: int, high: int) -> Iterator[int]:
    """Minutes at which three of ten minutes begin to have steps after five without."""
    for at in range(low, high):
        if steps[at] and not any(steps[at - 5 : at]) and sum(1 for s in steps[at : at + 10] if s) >= 3:
            yield at


def _rows(name: str) -> Iterator[list[str]]:
    with gzip.open(DATA / name, "rt") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)


# ---- what is judged -------------------------------------------------------------------------------------------------


@dataclass
class Played:
    onsets: list[int]
    wakings: list[int]
    asleep: list[bool]
    quiet: list[int]


def watch(wearer: Wearer) -> Played:
    """The product's own watch over all minutes of one wearer, each told once and in order."""
    own = SleepWatch(UTC, Scale(wearer.scale), BandTrust(fine=wearer.fine))
    played, before = Played([], [], [], []), Stage.UNKNOWN
    for at, told in enumerate(wearer.told):
        now = (wearer.first + at) * 60.0
        stage = (own.silence(now) if told is None else own.minute(Minute(now, *told))).stage
        _note(played, at, before, stage)
        before = stage
    return played


def scene(wearer: Wearer) -> Played:
    """The bedroom of the same wearer, by the hub's own director: asleep is the air conditioner that follows the curve."""
    played, before = Played([], [], [], []), Stage.AWAKE
    for at, curve in enumerate(follows(wearer.first, wearer.told, fine=wearer.fine)):
        stage = Stage.ASLEEP if curve else Stage.AWAKE
        _note(played, at, before, stage)
        before = stage
    return played


def after_still(wearer: Wearer, minutes: int) -> Played:
    """Baseline: asleep after so many still minutes between 21:00 and 11:00, awake with two of three that move."""
    played, still, moves, before = Played([], [], [], []), 0, 0, Stage.AWAKE
    for at, told in enumerate(wearer.told):
        moved = told is not None and told.counts > 0
        still, moves = 0 if told is None or moved else still + 1, ((moves << 1) | moved) & 0b111
        clock = (wearer.first + at) % DAY
        stage = before
        if before is Stage.ASLEEP:
            stage = Stage.AWAKE if moves.bit_count() >= 2 else before
        elif (clock >= 21 * 60 or clock < 11 * 60) and still >= minutes:
            stage = Stage.ASLEEP
        _note(played, at, before, stage)
        before = stage
    return played


def _note(played: Played, at: int, before: Stage, stage: Stage) -> None:
    if stage is Stage.ASLEEP and before is not Stage.ASLEEP:
        played.onsets.append(at)
    if stage is not Stage.ASLEEP and before is Stage.ASLEEP:
        played.wakings.append(at)
    if stage is Stage.QUIET and before is not Stage.QUIET:
        played.quiet.append(at)
    played.asleep.append(stage is Stage.ASLEEP)


@dataclass
class Score:
    errors: list[float]
    false_onsets: int
    weeks: float
    reverted: list[float]
    interruptions: list[float]
    sensitivity: float
    specificity: float

    @property
    def revert(self) -> float:
        """Share of the final wakings that were seen within five minutes."""
        return sum(1 for late in self.reverted if late <= 5) / max(1, len(self.reverted))

    @property
    def near(self) -> float:
        return sum(1 for error in self.errors if abs(error) <= NEAR) / max(1, len(self.errors))


def score(wearers: Sequence[Wearer], play: Callable[[Wearer], Played]) -> Score:
    """Onset: the one nearest to the label, none within three hours counts as 180 minutes off. False: asleep more than an hour
    before the label or after its end by more than 15 minutes, on the days of labelled nights (noon to noon).
    """
    found = Score([], 0, 0.0, [], [], 0.0, 0.0)
    hits = bed = calm = awake = 0
    for wearer in wearers:
        played = play(wearer)
        for night in wearer.nights:
            if night.onset < wearer.judged:
                continue
            noon = (night.end + wearer.first) // DAY * DAY - 720 - wearer.first
            own = [at for at in played.onsets if noon <= at < noon + DAY]
            near = [at - night.onset for at in own if abs(at - night.onset) <= 180]
            found.errors.append(min(near, key=abs) if near else 180.0)
            wrong = [at for at in own if at < night.onset - 60 or at > night.end + NEAR]
            found.false_onsets += len(wrong)
            found.weeks += 1 / 7
            ends = [at - night.end for at in played.wakings if night.end - 1 <= at <= night.end + 180]
            if played.asleep[night.end - 1]:
                found.reverted.append(min(ends) if ends else 180.0)
            found.interruptions.append(sum(1 for at in played.wakings if night.sleeps_at(at)))
            for at in range(max(0, noon), min(noon + DAY, len(played.asleep))):
                if night.onset <= at < night.end:
                    bed, hits = bed + 1, hits + played.asleep[at]
                else:
                    awake, calm = awake + 1, calm + (not played.asleep[at])
    found.sensitivity, found.specificity = hits / max(1, bed), calm / max(1, awake)
    return found


def show(name: str, found: Score) -> None:
    errors = sorted(found.errors)
    at = [errors[int(share * (len(errors) - 1))] for share in (0.1, 0.5, 0.9)]
    print(
        f"{name:34} n={len(errors):3} near={found.near:.2f} err10/50/90={at[0]:.0f}/{at[1]:.0f}/{at[2]:.0f} "
        f"false/week={found.false_onsets / found.weeks:.2f} reverted={found.revert:.2f} (n={len(found.reverted)}) "
        f"woken/night={statistics.mean(found.interruptions):.2f} sens={found.sensitivity:.3f} spec={found.specificity:.3f}"
    )


def stray(days: int) -> list[tuple[str, str]]:
    """What is said of bands that cannot be believed: (what was done to the band, the reason that was given)."""
    base = virtual((31,), days)[0]
    pulse = [
        told and told._replace(heart_rate=told.heart_rate and told.heart_rate + 22) for told in base.told
    ]
    cases = {
        "left on the table for a night": [*base.told[: -DAY // 2], *[Told(0.0, 0, 0)] * (DAY // 2)],
        "out of reach for a night": [*base.told[: -DAY // 2], *[None] * (DAY // 2)],
        "worn by another for a night": [*base.told[: -2 * DAY], *pulse[-2 * DAY :]],
    }
    found = []
    for name, told in cases.items():
        own = SleepWatch(UTC, Scale(base.scale), BandTrust(fine=True))
        codes = set()
        for at, one in enumerate(told):
            now = (base.first + at) * 60.0
            said = own.silence(now) if one is None else own.minute(Minute(now, *one))
            if at >= len(told) - 2 * DAY and said.stage is Stage.UNKNOWN:
                codes.add(said.reason.code)
        found.append((name, ", ".join(sorted(codes)) or "nothing"))
    return found


DESIGN_SEEDS, HELD_OUT_SEEDS = (1, 2, 3), (61, 62, 63)
GROUPS: tuple[tuple[str, str, Callable[[Wearer], Played]], ...] = (
    ("virtual bands, held-out families", "band", watch),
    ("one family without a pulse", "no_pulse", watch),
    ("the same in another unit (counts × 0.1)", "unit", watch),
    ("bedroom of one family's band", "scene", scene),
    ("steps of real wearers, held out", "steps", watch),
    ("bedrooms of two real wearers, by steps", "scene_steps", scene),
)


def figures(*, quick: bool = False) -> tuple[dict[str, report.Figure], list[str]]:
    """The figures, and in words what they do not tell."""
    days, seeds = (14, HELD_OUT_SEEDS[:1]) if quick else (28, HELD_OUT_SEEDS)
    held = read()[1::2] if DATA.is_dir() else []
    most = sorted(held, key=lambda one: len(one.nights), reverse=True)
    groups = {
        "band": virtual(seeds, days),
        "no_pulse": virtual(seeds[:1], days, pulse=False),
        "unit": virtual(seeds[:1], days, factor=0.1),
        "scene": virtual(seeds[:1], 14)[: 1 if quick else None],
        "steps": held[:2] if quick else held,
        "scene_steps": [] if quick else most[:2],
    }
    found: dict[str, report.Figure] = {}
    for title, key, play in GROUPS:
        if not groups[key]:
            print(
                f"{title}: left out where it is to be quick"
                if quick and held
                else f"{title}: no data beside the repository"
            )
            continue
        own, still = score(groups[key], play), score(groups[key], lambda one: after_still(one, 20))
        show(title, own)
        show("  20 still minutes (baseline)", still)
        found |= _figures(key, own, still)
    for name, said in stray(14):
        print(f"band {name}: {said}")
    return found, LIMITS


def _figures(key: str, own: Score, still: Score) -> dict[str, report.Figure]:
    """A median of readings is a share where each reading is 0 or 100: the shares are given with their own n."""

    def one(value: float, unit: str, floor: float, n: int, **goal: float) -> report.Figure:
        return {**report.figure([value], unit, floor, **goal), "n": n}

    n = len(own.errors)
    return {
        f"sleep_{key}_onset_near": one(100 * own.near, "%", 100 * still.near, n, at_least=90.0),
        f"sleep_{key}_onset_error": one(
            statistics.median(own.errors), "min", statistics.median(still.errors), n
        ),
        f"sleep_{key}_false_onsets": one(
            own.false_onsets / own.weeks, "/week", still.false_onsets / still.weeks, n, at_most=1.0
        ),
        f"sleep_{key}_reverted": one(
            100 * own.revert, "%", 100 * still.revert, len(own.reverted), at_least=90.0
        ),
        f"sleep_{key}_woken": one(
            statistics.mean(own.interruptions), "/night", statistics.mean(still.interruptions), n
        ),
        f"sleep_{key}_specificity": one(100 * own.specificity, "%", 100 * still.specificity, n),
        f"sleep_{key}_sensitivity": one(100 * own.sensitivity, "%", 100 * still.sensitivity, n),
    }


LIMITS = [
    "Sleep: floor is the baseline (asleep after 20 still minutes between 21:00 and 11:00). Onset near: within 15 min of the "
    "label. False: asleep more than an hour before the label or after its end. Reverted: of sleepers at the end, those "
    "called awake within 5 min.",
    "Sleep, scene: asleep is the bedroom's air conditioner following the sleep curve, driven minute by minute through the hub's own "
    "director; two weeks of one virtual family (the second judged), a month of the two held-out wearers with the most nights.",
    "Sleep, virtual: truth of a simulation whose movements were set to real shares; it shows that the scene works, and is "
    "no accuracy on people. Shift workers who sleep by day are among them.",
    "Sleep, steps: the real data have no onset by the clock; it is derived from the minutes in bed and the getting up. "
    "The end of such a night is a bout of steps, so `reverted` is easier there. Steps alone do not tell a sofa from a bed.",
    "No polysomnography is at hand: no accuracy against sleep itself is claimed.",
]


def main() -> int:
    found, _ = figures(quick="--quick" in sys.argv[1:])
    for row in report.rows(found):
        print("  ".join(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
