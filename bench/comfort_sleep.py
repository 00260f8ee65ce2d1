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
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import report

from jiahe.comfort.activity import Minute, Scale
from jiahe.comfort.band_trust import BandTrust
from jiahe.comfort.sleep import SleepWatch, Stage, Tuning

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "wristband"
DAY = 1_440
STEPS_SCALE = 19.5
"""Actigraph counts a step, as a first guess: 100 steps a minute are moderate (Tudor-Locke 2018), as 1,952 counts are."""
NEAR = 15
"""Minutes around the label: the project's goal."""


@dataclass(frozen=True)
class Night:
    onset: int
    end: int


@dataclass(frozen=True)
class Wearer:
    name: str
    first: int
    """Minutes since the epoch (on the wearer's own wall) of the first minute."""
    steps: list[int | None]
    nights: list[Night]
    whole_nights: int
    """Nights with exactly one sleep record: whatever else is called sleep there is false."""
    in_bed: dict[int, int]
    """Ordinal of the morning to minutes in bed, single-record nights."""


def read() -> list[Wearer]:
    """The wearers who have nights, with their derived labels."""
    minutes: dict[str, dict[int, int]] = {}
    for row in _rows("minuteStepsWide_merged.csv.gz"):
        hour = int(_time(row[1]).timestamp() // 60)
        own = minutes.setdefault(row[0], {})
        own.update({hour + at: int(value) for at, value in enumerate(row[2:62]) if value})
    sleeps: dict[str, dict[int, tuple[int, int, int]]] = {}
    for row in _rows("sleepDay_merged.csv.gz"):
        day = int(_time(row[1]).timestamp() // 86_400)
        sleeps.setdefault(row[0], {})[day] = (int(row[2]), int(row[3]), int(row[4]))
    return [_wearer(name, minutes[name], nights) for name, nights in sorted(sleeps.items())]


def _wearer(name: str, minutes: Mapping[int, int], sleeps: Mapping[int, tuple[int, int, int]]) -> Wearer:
    first = min(minutes)
    steps = [minutes.get(at) for at in range(first, max(minutes) + 1)]
    nights, single = [], {}
    for day, (records, asleep, bed) in sorted(sleeps.items()):
        if records != 1 or bed < 240:
            continue
        start = day * DAY - first
        if start - 600 < 0 or start + 900 >= len(steps):
            continue
        single[day] = bed
        ends = [
            end
            for end in _gets_up(steps, start + 180, start + 840)
            if end >= bed and sum(1 for s in steps[end - bed : end] if s) <= 0.6 * (bed - asleep)
        ]
        if ends and ends[-1] - ends[0] <= 20:
            nights.append(Night(ends[0] - bed, ends[0]))
    return Wearer(name, first, steps, nights, len(single), single)


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


def watch(wearer: Wearer, tuning: Tuning) -> Played:
    """The product's own watch over all minutes of one wearer, each told once and in order."""
    own = SleepWatch(UTC, Scale(STEPS_SCALE), BandTrust(fine=False), tuning=tuning)
    played, before = Played([], [], [], []), Stage.UNKNOWN
    for at, steps in enumerate(wearer.steps):
        if steps is None:
            stage = own.silence((wearer.first + at) * 60.0).stage
        else:
            stage = own.minute(Minute((wearer.first + at) * 60.0, float(steps), steps)).stage
        _note(played, at, before, stage)
        before = stage
    return played


def after_still(wearer: Wearer, minutes: int) -> Played:
    """Baseline: asleep after so many still minutes between 21:00 and 11:00, awake with two of three that move."""
    played, still, before = Played([], [], [], []), 0, Stage.AWAKE
    for at, steps in enumerate(wearer.steps):
        still = still + 1 if steps == 0 else 0
        clock = (wearer.first + at) % DAY
        night = clock >= 21 * 60 or clock < 11 * 60
        stage = before
        if before is Stage.ASLEEP:
            stage = Stage.AWAKE if sum(1 for s in wearer.steps[max(0, at - 2) : at + 1] if s) >= 2 else before
        elif night and still >= minutes:
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
    late: list[float]
    false_onsets: int
    weeks: float
    reverted: list[float]
    interruptions: list[float]
    sensitivity: float
    specificity: float

    @property
    def near(self) -> float:
        return sum(1 for error in self.errors if abs(error) <= NEAR) / max(1, len(self.errors))


def score(wearers: Sequence[Wearer], play: Callable[[Wearer], Played]) -> Score:
    """Onset: the one nearest to the label, none within three hours counts as 180 minutes off. False: asleep more than an hour
    before the label or after its end by more than 15 minutes, on the days of labelled nights (noon to noon).
    """
    found = Score([], [], 0, 0.0, [], [], 0.0, 0.0)
    hits = bed = calm = awake = 0
    for wearer in wearers:
        played = play(wearer)
        for night in wearer.nights:
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
            found.interruptions.append(sum(1 for at in played.wakings if night.onset <= at < night.end - 5))
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
    revert = sum(1 for late in found.reverted if late <= 5) / max(1, len(found.reverted))
    print(
        f"{name:34} n={len(errors):3} near={found.near:.2f} err10/50/90={at[0]:.0f}/{at[1]:.0f}/{at[2]:.0f} "
        f"false/week={found.false_onsets / found.weeks:.2f} reverted={revert:.2f} (n={len(found.reverted)}) "
        f"woken/night={statistics.mean(found.interruptions):.2f} sens={found.sensitivity:.3f} spec={found.specificity:.3f}"
    )


def main() -> int:
    wearers = read()
    design, held = wearers[::2], wearers[1::2]
    began = time.perf_counter()
    for name, group in (("design", design), ("held out", held)):
        show(f"watch, {name}", score(group, lambda wearer: watch(wearer, Tuning())))
        for k in (10, 20, 30):
            show(f"{k} still minutes, {name}", score(group, lambda wearer, k=k: after_still(wearer, k)))
    print(time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
