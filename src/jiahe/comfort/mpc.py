"""The plan for the next hours as a small linear programme, solved by HiGHS. Pure: the same question has the same answer.

Owns the programme: energy at the price of its hour, against discomfort at what it is worth; never a set point, a reason
or a fallback (`climate.py`). Comfort is soft, so that a plan always exists; the machine's electric power is convex in
its load (three chords), so that slow and early beats late and hard where it does.

A solve takes 1 to 4 ms for 34 stages. Bounds: `ITERATIONS` (the same on every machine) and `SECONDS`, HiGHS' own
clock, for the case that a machine is so busy that even that is long; who gets None takes the thermostat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from jiahe.comfort.thermal_model import STEEP, Matrix, Mode, State, capacity_share, effort_share

if TYPE_CHECKING:
    import highspy

ITERATIONS = 3000
"""Simplex iterations: usual are 60 to 250."""
SECONDS = 1.0
CHORDS = (0.0, 0.2, 0.45, 0.7, 1.0)
"""Shares of the capacity between which the power is taken as straight: the error is below 2 % of the power."""
STAGES = (0.25,) * 8 + (0.5,) * 8 + (1.0,) * 12 + (2.0,) * 6
"""Hours of the stages: 30 hours, fine where it is acted upon. Walls give back over most of a day what was put into them in its
warm hours: a plan that ends earlier takes that for lost, and never works ahead."""
BEYOND = 0.15
"""What it costs to go past the wanted temperature on the other side, of the worth of comfort: nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of time in which nothing around changes. `push` in K/h on air and mass without the machine; `reach` in
    K/h that full drive brings; `low` and `high` in Cel; `weight` 0 .. 1 (the chance that it matters); `segments` are
    (drive, cost of an hour at one unit of it), costs rising."""

    hours: float
    matrix: Matrix
    push: tuple[float, float]
    reach: float
    low: float
    high: float
    weight: float
    segments: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`states` at the end of each stage, mean `drives` in them, what it costs in all (in the unit of the segments), the
    `discomfort` in K·h, each weighed by its chance, and the solver's seconds."""

    states: tuple[State, ...]
    drives: tuple[float, ...]
    cost: float
    discomfort: float
    seconds: float


def segments(
    mode: Mode, outdoor: float, kilowatts: float, price: float, steep: float = STEEP
) -> tuple[tuple[float, float], ...]:
    """The power of an inverter unit as chords: `kilowatts` electric at full load at its rating point, `price` a kWh."""
    most, effort = capacity_share(mode, outdoor), effort_share(mode, outdoor)
    found = []
    for start, end in pairwise(CHORDS):
        slope = 1.0 - steep + steep * most * (start + end)
        found.append(((end - start) * most, slope * effort * kilowatts * price))
    return tuple(found)


def solve(state: State, stages: Sequence[Stage], mode: Mode, worth: float) -> Plan | None:
    """The cheapest plan where a kelvin-hour of discomfort costs `worth`; None where the solver did not end in time.

    ValueError for no stages. A state that is no number has no plan.
    """
    import highspy
    import numpy as np

    if not stages:
        raise ValueError("a plan needs a stage at least")
    if not (-60.0 < state.air < 80.0 and -60.0 < state.mass < 80.0):
        return None
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy ships no types of its constructor
    for option, value in (
        ("output_flag", False), ("threads", 1), ("time_limit", SECONDS), ("simplex_iteration_limit", ITERATIONS),
        ("presolve", "off"), ("solver", "simplex"),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    if solver.passModel(_programme(state, stages, mode, worth)) == highspy.HighsStatus.kError:
        return None
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    parts = len(stages[0].segments)
    values = np.array(solver.getSolution().col_value).reshape(len(stages), parts + 4)
    states = tuple(State(float(row[0]), float(row[1])) for row in values)
    drives = tuple(float(row[2 : 2 + parts].sum()) for row in values)
    cost = sum(
        stage.hours * float(sum(part * row[2 + n] for n, (_, part) in enumerate(stage.segments)))
        for stage, row in zip(stages, values, strict=True)
    )
    discomfort = sum(
        stage.hours * stage.weight * float(row[2 + parts]) for stage, row in zip(stages, values, strict=True)
    )
    return Plan(states, drives, cost, discomfort, float(solver.getRunTime()))


def _programme(state: State, stages: Sequence[Stage], mode: Mode, worth: float) -> highspy.HighsLp:
    """Columns of a stage: air, mass, parts of the drive, discomfort, going past. Rows: air, mass, comfort, past."""
    import highspy
    import numpy as np

    infinite, sign, count = highspy.kHighsInf, mode.sign, len(stages)
    segments = len(stages[0].segments)
    width, short_at = segments + 4, segments + 2
    costs: list[float] = []
    lower: list[float] = []
    upper: list[float] = []
    row_lower: list[float] = []
    row_upper: list[float] = []
    starts, indices, values = [0], [], []

    def row(entries: Sequence[tuple[int, float]], low: float, high: float) -> None:
        for column, value in entries:
            indices.append(column)
            values.append(value)
        starts.append(len(indices))
        row_lower.append(low)
        row_upper.append(high)

    for number, stage in enumerate(stages):
        base, before = number * width, (number - 1) * width
        parts = [cost * stage.hours for _, cost in stage.segments]
        costs += [0.0, 0.0, *parts]
        costs += [worth * stage.weight * stage.hours, worth * BEYOND * stage.weight * stage.hours]
        lower += [-infinite, -infinite, *[0.0] * (segments + 2)]
        upper += [infinite, infinite, *(most for most, _ in stage.segments), infinite, infinite]
        m, (air, mass) = stage.matrix, stage.push
        fixed_air, fixed_mass = m.paa * air + m.pam * mass, m.pma * air + m.pmm * mass
        heat = sign * stage.reach
        drive_air = [(base + n, -m.paa * heat) for n in range(2, short_at)]
        drive_mass = [(base + n, -m.pma * heat) for n in range(2, short_at)]
        past_air: list[tuple[int, float]] = []
        past_mass: list[tuple[int, float]] = []
        if number:
            past_air = [(before, -m.aa), (before + 1, -m.am)]
            past_mass = [(before, -m.ma), (before + 1, -m.mm)]
        else:
            fixed_air += m.aa * state.air + m.am * state.mass
            fixed_mass += m.ma * state.air + m.mm * state.mass
        row([*past_air, (base, 1.0), *drive_air], fixed_air, fixed_air)
        row([*past_mass, (base + 1, 1.0), *drive_mass], fixed_mass, fixed_mass)
        short, past = (stage.high, stage.low) if sign < 0 else (stage.low, stage.high)
        row([(base, sign), (base + short_at, 1.0)], sign * short, infinite)
        row([(base, sign), (base + short_at + 1, -1.0)], -infinite, sign * past)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count * width, len(row_lower)
    programme.col_cost_ = np.array(costs)
    programme.col_lower_, programme.col_upper_ = np.array(lower), np.array(upper)
    programme.row_lower_, programme.row_upper_ = np.array(row_lower), np.array(row_upper)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    programme.a_matrix_.index_ = np.array(indices, dtype=np.int32)
    programme.a_matrix_.value_ = np.array(values)
    return programme
