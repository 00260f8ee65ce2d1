"""The virtual home's own equations against two real records: a flat heated through a spring, a room full of smoke.

Owns the reading of the records, the fit (least squares over open-loop prediction errors) and the comparison with naive predictions on
the part that the fit never saw. `bench/year.py` prints it, tests/virtual/test_real_records.py holds it.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jiahe.virtual.air_mass import toward
from jiahe.virtual.thermal import RoomPhysics, step

Floats = NDArray[np.float64]
GRID = 1200
"""Seconds between two points of the flat's record on a common grid: twice its own sampling."""
DAY_POINTS = 86_400 // GRID


def least_squares(
    residuals: Callable[[Floats], Floats], start: Sequence[float], turns: int = 40
) -> tuple[Floats, float]:
    """Levenberg's and Marquardt's descent with a numerical slope; the best parameters and the root of their mean square."""
    best = np.asarray(start, dtype=float)
    error, damping = residuals(best), 1e-2
    for _ in range(turns):
        slope = np.empty((error.size, best.size))
        for n in range(best.size):
            moved = best.copy()
            moved[n] += 1e-4
            slope[:, n] = (residuals(moved) - error) / 1e-4
        square, pull = slope.T @ slope, slope.T @ error
        for _ in range(8):
            change = np.linalg.solve(square + damping * np.diag(np.diag(square) + 1e-9), pull)
            tried = best - np.clip(change, -1.0, 1.0)
            after = residuals(tried)
            if after @ after < error @ error:
                gain = 1.0 - (after @ after) / (error @ error)
                best, error, damping = tried, after, max(damping / 5.0, 1e-9)
                break
            damping *= 4.0
        else:
            break
        if gain < 1e-5:
            break
    return best, rms(error)


def rms(error: Sequence[float] | Floats) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(np.asarray(error)))))


# ---- a room that is heated ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heated:
    """One room on a common grid: Cel, Cel (set point), Cel outside, lux."""

    start: int
    inside: Floats
    wanted: Floats
    outside: Floats
    light: Floats


def read_heated(folder: Path, room: str) -> Heated:
    """A room of the flat (OpenSmartHomeData, CC BY-SA 4.0): "Room1", "Room2", "Kitchen", "Bathroom"."""
    outside = "Room2_OutdoorTemperature" if room == "Room2" else f"{room}_Virtual_OutdoorTemperature"
    series = [_series(folder / f"{name}.csv.gz") for name in
              (f"{room}_Temperature", f"{room}_SetpointHistory", outside, f"{room}_Brightness")]  # fmt: skip
    start = max(int(times[0]) for times, _ in series)
    end = min(int(times[-1]) for times, _ in series)
    grid = np.arange(start - start % GRID + GRID, end, GRID, dtype=float)
    inside, _, outdoor, _ = (np.interp(grid, times, values) for times, values in series)
    wanted, light = (_held(grid, *series[n]) for n in (1, 3))
    return Heated(int(grid[0]), inside, wanted, outdoor, light)


def _series(path: Path) -> tuple[Floats, Floats]:
    with gzip.open(path, "rt") as file:
        rows = [line.split() for line in file if line.strip()]
    return np.array([float(row[0]) for row in rows]), np.array([float(row[1]) for row in rows])


def _held(grid: Floats, times: Floats, values: Floats) -> Floats:
    return np.asarray(values[np.clip(np.searchsorted(times, grid, side="right") - 1, 0, None)], dtype=float)


class RoomFit(NamedTuple):
    """A room as the plant has it, and what only this record needs: `heater` in W at full, its `band` in K, the set point's `offset` in
    K, `glow` in W for each lux, `near` in W/K to neighbours at 20 Cel."""

    room: RoomPhysics
    heater: float
    band: float
    offset: float
    glow: float
    near: float


START = (
    -5.2,
    -3.5,
    math.log(3.75e5),
    math.log(2.5e6),
    math.log(8.0),
    math.log(900.0),
    0.5,
    0.0,
    0.5,
    math.log(5.0),
)


def room_of(p: Floats) -> RoomFit:
    """Logarithms of what is above nought, as a room."""
    e = np.exp(p)
    room = RoomPhysics(
        "record", 15.0, float(e[0]), float(e[1]), float(e[2]), float(e[3]), float(e[4]), 0.0, 0.0, 0.0, {}
    )
    return RoomFit(room, float(e[5]), float(e[6]), float(p[7]), float(e[8]), float(e[9]))


def ahead(fit: RoomFit, record: Heated, n: int, air: float, wall: float) -> tuple[float, float]:
    """One point of the grid on, from what is known at point n."""
    part = min(max((record.wanted[n] + fit.offset - air) / fit.band, 0.0), 1.0)
    outside = float(record.outside[n])
    heat = fit.heater * part + fit.room.window * outside
    wall_heat = fit.glow * float(record.light[n]) + fit.near * (20.0 - wall)
    return step(fit.room, air, wall, fit.room.window, heat, wall_heat, outside, float(GRID))


def walls(fit: RoomFit, record: Heated, upto: int) -> list[float]:
    """What the wall must have been, with the air held to what was measured: what an observer knows at every point."""
    wall = float(record.inside[0])
    found = []
    for n in range(upto):
        found.append(wall)
        wall = ahead(fit, record, n, float(record.inside[n]), wall)[1]
    return found


def unexplained(fit: RoomFit, record: Heated, known: Sequence[float]) -> list[float]:
    """What the model missed at a point on the mean of the last day, in K: people, windows and neighbours that no sensor tells of."""
    missed, mean = [], 0.0
    for n in range(len(record.inside) - 1):
        missed.append(mean)
        air = ahead(fit, record, n, float(record.inside[n]), known[n])[0]
        mean += (float(record.inside[n + 1]) - air - mean) / DAY_POINTS
    return [*missed, mean]


def fit_room(record: Heated, upto: int) -> RoomFit:
    """Least squares over days predicted open loop one after the other, on the first `upto` points."""

    def residuals(p: Floats) -> Floats:
        fit = room_of(p)
        known = walls(fit, record, upto)
        errors = []
        for begin in range(DAY_POINTS, upto - DAY_POINTS, DAY_POINTS):
            air, wall = float(record.inside[begin]), known[begin]
            for n in range(begin, begin + DAY_POINTS):
                air, wall = ahead(fit, record, n, air, wall)
                errors.append(air - record.inside[n + 1])
        # A weak pull towards the start keeps what the record does not tell from running away.
        return np.concatenate([np.array(errors), 0.5 * (p - np.array(START))])

    return room_of(least_squares(residuals, START, 25)[0])


def horizons(fit: RoomFit, record: Heated, begin: int) -> dict[str, dict[str, float]]:
    """RMSE in K on the points from `begin` on: by horizon ("1 h", "6 h", "24 h", "whole") the model's, that of "as now" and that of "as a
    day ago"; for "whole" the mean of the part before, and the set point."""
    known, last = walls(fit, record, len(record.inside)), len(record.inside) - 1
    unknown = unexplained(fit, record, known)
    table: dict[str, dict[str, float]] = {}
    for name, points in (("1 h", 3), ("6 h", 18), ("24 h", DAY_POINTS)):
        model, now, day = [], [], []
        for first in range(begin, last - points, 9):  # every three hours
            air, wall = float(record.inside[first]), known[first]
            for n in range(first, first + points):
                air, wall = ahead(fit, record, n, air, wall)
                air += unknown[first]
            real = record.inside[first + points]
            model.append(air - real)
            now.append(record.inside[first] - real)
            before = record.inside[first + points - DAY_POINTS]
            day.append(
                before + record.inside[first] - record.inside[first - DAY_POINTS] - real
                if points < DAY_POINTS
                else before - real
            )
        table[name] = {"model": rms(model), "as now": rms(now), "as a day ago": rms(day)}
    air, wall, errors = float(record.inside[begin]), known[begin], []
    for n in range(begin, last):
        air, wall = ahead(fit, record, n, air, wall)
        errors.append(air - record.inside[n + 1])
    rest = record.inside[begin + 1 :]
    table["whole"] = {
        "model": rms(errors),
        "mean of the first half": rms(rest - record.inside[:begin].mean()),
        "as at its beginning": rms(rest - record.inside[begin]),
    }
    return table


# ---- a room full of smoke -------------------------------------------------------------------------------------


class Smoke(NamedTuple):
    """One stretch of the record: hours since its beginning, ug/m3 inside and outside, whether the purifier ran."""

    hours: Floats
    inside: Floats
    outside: Floats
    on: bool


SWITCHED_ON = datetime.fromisoformat("2023-05-20T23:08")
SWITCHED_OFF = datetime.fromisoformat("2023-05-21T14:15")
"""As its owner wrote (local time, no zone), but for the switching on: "about 22:50", and the record begins to fall after 23:08."""


def read_smoke(folder: Path) -> tuple[Smoke, Smoke, Smoke]:
    """Before the purifier was switched on, while it ran, and after it was switched off (A. Farrell, CC BY-SA 4.0)."""
    inside: dict[datetime, float] = {}
    for name in ("C22B42153089_21_May_2023_10_05_00.csv", "C22B42153089_22_May_2023_00_43_32.csv"):
        with (folder / name).open(encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                if row["PM2.5, ug/m3"]:
                    inside[datetime.fromisoformat(row["Date"])] = float(row["PM2.5, ug/m3"])
    outside: dict[datetime, float] = {}
    for name in ("21_May_2023_raw-pm25-gm.csv", "22_May_2023_raw-pm25-gm.csv"):
        with (folder / name).open(encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                told = [float(row[key]) for key in ("Purple Air A", "Purple Air B") if row[key]]
                if told:
                    outside[datetime.fromisoformat(row["DateTime"])] = sum(told) / len(told)
    first, last = min(outside), max(outside)
    spans = ((first, SWITCHED_ON, False), (SWITCHED_ON, SWITCHED_OFF, True), (SWITCHED_OFF, last, False))
    return tuple(_stretch(inside, outside, *span) for span in spans)  # type: ignore[return-value]


def _stretch(
    inside: Mapping[datetime, float],
    outside: Mapping[datetime, float],
    begin: datetime,
    end: datetime,
    on: bool,
) -> Smoke:
    times, values, before = [], [], math.nan
    for at in sorted(inside):
        if begin <= at <= end and inside[at] != before:  # the monitor holds a value until it measures again
            before = inside[at]
            times.append((at - begin).total_seconds() / 3600.0)
            values.append(before)
    known = sorted(outside)
    far = np.interp(
        times, [(at - begin).total_seconds() / 3600.0 for at in known], [outside[at] for at in known]
    )
    return Smoke(np.array(times), np.array(values), np.asarray(far, dtype=float), on)


class SmokeFit(NamedTuple):
    """`entering` (infiltration times penetration), `lost` (infiltration and deposition) and `cleaned` (CADR by volume), all in 1/h."""

    entering: float
    lost: float
    cleaned: float


def smoke_ahead(fit: SmokeFit, smoke: Smoke, first: int, last: int) -> Floats:
    """Inside from point `first` on to `last`, open loop: the plant's own balance."""
    value, found = float(smoke.inside[first]), []
    lost = fit.lost + (fit.cleaned if smoke.on else 0.0)
    for n in range(first, last):
        hours = float(smoke.hours[n + 1] - smoke.hours[n])
        value = toward(
            value, fit.entering * float(smoke.outside[n] + smoke.outside[n + 1]) / 2.0, lost, hours * 3600.0
        )
        found.append(value)
    return np.array(found)


def fit_smoke(smoke: Smoke, upto: int, lost: float | None = None) -> tuple[SmokeFit, float]:
    """Least squares on the points up to one of them, predicted open loop; the fit and its RMSE in ug/m3.

    Without the purifier: what enters and what is lost. With it, and `lost` known: what enters and what it cleans.
    """

    def fit_of(p: Floats) -> SmokeFit:
        first, second = (float(value) for value in np.exp(p))
        return SmokeFit(first, second, 0.0) if lost is None else SmokeFit(first, lost, second)

    def residuals(p: Floats) -> Floats:
        return smoke_ahead(fit_of(p), smoke, 0, upto) - smoke.inside[1 : upto + 1]

    best, error = least_squares(residuals, [math.log(0.1), math.log(0.17 if lost is None else 2.0)])
    return fit_of(best), error


def unseen_smoke(fit: SmokeFit, smoke: Smoke, upto: int) -> dict[str, float]:
    """RMSE in ug/m3 on the points after one of them: the model's; of "as now"; of the part of the outside that was inside before; and the
    mean that they are to be seen against."""
    real = smoke.inside[upto + 1 :]
    part = float(np.mean(smoke.inside[: upto + 1]) / np.mean(smoke.outside[: upto + 1]))
    return {
        "model": rms(smoke_ahead(fit, smoke, upto, len(smoke.hours) - 1) - real),
        "as now": rms(real - smoke.inside[upto]),
        "a part of the outside": rms(part * smoke.outside[upto + 1 :] - real),
        "mean": float(real.mean()),
    }
