"""A room's own model from its own readings, and whether it may be believed. Pure; numpy is imported when it is called.

Owns the fit and its proof: the model is fitted on the first part of the rows and must predict the last part, which it
has not seen, better than the naive guesses do; where two capacities do not, one is tried, and where that does not
either, there is no model and control stays with the thermostat. Never clips what does not fit into a believable model.

Method: prediction error with an observer (Ljung, System Identification, 2nd ed. 1999, ch. 7), Levenberg-Marquardt
over the logarithms of the parameters, with a prior of one usual room (ISO 13790 sizes, a factor 2.2 as one deviation): a
fortnight of readings of a room that is mostly conditioned does not tell all ten parameters apart.
A fit of 14 days takes 0.1 to 0.6 s of CPU: call it outside the event loop, once a day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jiahe.comfort.thermal_model import STEEP, Matrix, Outside, State, ThermalModel, apply, bent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

STEP = 0.25
"""Hours between two rows."""
FEWEST = 3 * 96
"""Rows below which nothing is fitted: three days show a room by day and by night."""
MOST = 21 * 96
"""Rows that are looked at: older ones are of another season."""
HELD = 0.3
"""The part of the rows, at the end, that the fit does not see."""
AHEAD = 16
"""Steps of the held-out predictions: four hours, what pre-conditioning needs."""
BETTER = 0.8
"""A model is believed where its held-out error is below this share of the best naive one's …"""
GOOD = 0.4
"""… or below this (K) and not above the naive one's: a room that is held still all day leaves little to predict."""
ROUNDS = 12
"""Levenberg-Marquardt steps: it converges in 4 to 8; the bound keeps a mad room from using the CPU."""
OBSERVE_AIR, OBSERVE_MASS = 0.25, 0.06
"""Shares of a prediction's error that the observer puts into air and mass, so that a fit looks about 1.5 h ahead."""

NAMES = (
    "mass", "outside", "mass_air", "mass_outside", "power", "sun_air", "sun_mass", "beside", "gain", "gain_home",
)  # fmt: skip
USUAL = (1.2, 0.10, 0.25, 0.03, 9.0, 1.2, 0.4, 0.05, 0.2, 0.2)
LOGS = 8
"""The first so many are positive and fitted as logarithms."""
SPREAD = 0.8
"""Deviation of the prior of a logarithm."""
SPREAD_GAIN = 0.5
"""Deviation of the prior of a gain, in K/h."""
WORKING = 0.25
"""Mean drive of an hour from which on it tells how fast the unit changes the room."""
CURVES = (0.25, STEEP, 0.65, 0.8)
"""Shapes of the unit's power (`thermal_model.STEEP`) that are tried; later only the known one and its neighbours."""
NOISE = 0.15
"""Deviation of a reading in K that the prior is weighed against: half a step of usual sensors."""
BOUNDS = (
    (0.02, 8.0), (0.003, 1.5), (0.01, 3.0), (0.001, 0.5), (0.8, 60.0), (0.01, 12.0), (0.003, 6.0), (0.001, 1.0),
    (-1.5, 2.5), (-1.0, 3.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A quarter of an hour. `air` at its end (None: no reading); `heat` signed mean drive of a unit of the usual `STEEP`,
    None where it ran and nobody knows how hard (the row then only carries the air's temperature on)."""

    air: float | None
    around: Outside
    heat: float | None
    quarter: int = 0
    """Quarters of an hour since the epoch: where two rows do not follow each other, the room's state is unknown anew."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A model that predicts, and how well. Errors are RMSE in K over `AHEAD` steps on rows that the fit did not see."""

    model: ThermalModel
    order: int
    error: float
    naive: float
    rows: int
    confidence: float
    """0 .. 1: how much of the naive guess's error the model takes away, damped while rows are few."""
    slower: float = 1.4
    faster: float = 1.4
    """A change of temperature takes at most `slower` times and at least 1/`faster` of the time that is predicted, in
    eight of ten cases of the held-out rows; never told closer than 10 %."""


def identify(rows: Sequence[Row], before: ThermalModel | None = None) -> Identified | None:
    """The best believable model, or None. `before` is where the search starts (yesterday's model)."""
    rows = rows[-MOST:]
    if sum(row.air is not None for row in rows) < FEWEST:
        return None
    cut = int(len(rows) * (1.0 - HELD))
    best: Identified | None = None
    for order, steep in [*((2, curve) for curve in _curves(before)), (1, STEEP)]:
        shaped = curved(rows, steep)
        model = replace(_fit(shaped[:cut], order, before if order == 2 else None), steep=steep)
        error, naive = held_out(model, shaped, cut)
        if error is None or naive is None or error > max(BETTER * naive, min(GOOD, naive)):
            continue
        if best is None or error < (0.95 if order == 1 else 0.99) * best.error:
            confidence = max(0.1, 1.0 - error / naive) * min(1.0, len(rows) / (7 * 96))
            best = Identified(model, order, error, naive, len(rows), round(confidence, 3))
    if best is None:
        return None
    rows = curved(rows, best.model.steep)
    whole = replace(_fit(rows, best.order, best.model), steep=best.model.steep)
    slower, faster = _pace(best.model, rows, cut)
    return replace(best, model=whole, slower=slower, faster=faster)


def curved(rows: Sequence[Row], steep: float) -> Sequence[Row]:
    """The rows for a unit whose power has another shape."""
    if steep == STEEP:
        return rows
    return [row if not row.heat else replace(row, heat=bent(row.heat, steep)) for row in rows]


def _curves(before: ThermalModel | None) -> Sequence[float]:
    if before is None or before.steep not in CURVES:
        return CURVES
    place = CURVES.index(before.steep)
    return CURVES[max(0, place - 1) : place + 2]


def held_out(model: ThermalModel, rows: Sequence[Row], cut: int) -> tuple[float | None, float | None]:
    """RMSE of the model and of the best naive guess, `AHEAD` steps open loop from each second hour after `cut`.

    Naive: it stays as it is; it goes on as in the last hour for one hour; it does as at the same time yesterday.
    """
    states = track(model, rows)
    errors: list[float] = []
    stays: list[float] = []
    drifts: list[float] = []
    yesterday: list[float] = []
    for start in range(max(cut, 97), len(rows) - AHEAD, 8):
        ahead = rows[start : start + AHEAD]
        first, last = rows[start - 1].air, ahead[-1].air
        if first is None or last is None or any(row.heat is None for row in ahead):
            continue
        run = model.run(
            states[start - 1], [row.around for row in ahead], [row.heat or 0.0 for row in ahead], STEP
        )
        errors.append(run[-1].air - last)
        stays.append(first - last)
        earlier, day_first, day_last = rows[start - 5].air, rows[start - 97].air, rows[start - 97 + AHEAD].air
        drifts.append(first + (first - earlier if earlier is not None else 0.0) - last)
        went = 0.0 if day_first is None or day_last is None else day_last - day_first
        yesterday.append(first + went - last)
    if len(errors) < 6:
        return None, None
    return _rms(errors), min(_rms(stays), _rms(drifts), _rms(yesterday))


def _pace(model: ThermalModel, rows: Sequence[Row], cut: int) -> tuple[float, float]:
    """How much slower and faster the room was than predicted, over an hour in which it was to change by 0.7 K or more.

    Four cases of a factor 1.4 each way are added: few hours prove little.
    """
    states, found = track(model, rows), [math.log(1.4), -math.log(1.4)] * 2
    for start in range(max(cut, 1), len(rows) - 4, 2):
        ahead, first = rows[start : start + 4], rows[start - 1].air
        last = ahead[-1].air
        if first is None or last is None or any(row.heat is None for row in ahead):
            continue
        run = model.run(
            states[start - 1], [row.around for row in ahead], [row.heat or 0.0 for row in ahead], STEP
        )
        predicted, real = run[-1].air - first, last - first
        if abs(predicted) >= 0.7:
            found.append(math.log(max(predicted / real, 0.2)) if real * predicted > 0 else math.log(5.0))
    found.sort()
    low, high = found[int(0.1 * (len(found) - 1))], found[math.ceil(0.9 * (len(found) - 1))]
    return max(1.1, math.exp(high)), max(1.1, math.exp(-low))


def track(model: ThermalModel, rows: Sequence[Row]) -> list[State]:
    """The observer's state after each row."""
    state: State | None = None
    found: list[State] = []
    matrices = {False: model.matrix(STEP), True: model.matrix(STEP, beside=True)}
    before: Row | None = None
    for row in rows:
        if before is not None and row.quarter != before.quarter + 1:
            state = None
        state, before = observe(model, matrices[row.around.beside is not None], state, row), row
        found.append(state)
    return found


def observe(model: ThermalModel, matrix: Matrix, state: State | None, row: Row, odd: float = 0.0) -> State:
    """One turn of the observer: predict, and take over a share of what was wrong. `odd`: K/h that act besides."""
    if state is None:
        air = row.air if row.air is not None else row.around.outdoor
        return model.settled(air, row.around.outdoor)
    push, push_mass = model.push(row.around, row.heat or 0.0)
    air, mass = (one := apply(matrix, state, (push + odd, push_mass))).air, one.mass
    if row.air is None:
        return one
    if row.heat is None:  # how hard it ran is unknown: the reading is the air, and the mass follows it
        half = (state.air + row.air) / 2.0
        return State(row.air, state.mass + (mass - state.mass) + matrix.ma * (half - state.air))
    wrong = row.air - air
    return State(air + OBSERVE_AIR * wrong, mass + OBSERVE_MASS * wrong)


# ---- the fit --------------------------------------------------------------------------------------------------------


def _fit(rows: Sequence[Row], order: int, before: ThermalModel | None) -> ThermalModel:
    import numpy as np

    usual = np.array([*(math.log(value) for value in USUAL[:LOGS]), *USUAL[LOGS:]])
    place = usual.copy()
    if before is not None:
        place = np.array([_inside(name, getattr(before, name)) for name in NAMES])
    spread = np.array([SPREAD] * LOGS + [SPREAD_GAIN] * (len(NAMES) - LOGS))
    if order == 1:
        spread[[0, 2, 3, 6]] = 1e-4  # the mass is not there, and what belongs to it cannot move
    table = _Table(rows, order)
    damping, (errors, slope) = 1.0, _linear(table, place)
    cost = _cost(errors, place, usual, spread)
    for _ in range(ROUNDS):
        normal = slope.T @ slope / NOISE**2 + np.diag(1.0 / spread**2)
        toward = slope.T @ errors / NOISE**2 + (place - usual) / spread**2
        move = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -toward)
        trial = _bounded(place + np.clip(move, -1.0, 1.0))
        trial_errors = table.errors(trial[None, :])[0]
        trial_cost = _cost(trial_errors, trial, usual, spread)
        if trial_cost < cost:
            gained = (cost - trial_cost) / max(cost, 1e-9)
            place, cost, damping = trial, trial_cost, damping * 0.3
            if gained < 1e-3:
                break
            errors, slope = _linear(table, place)
        else:
            damping *= 5.0
            if damping > 1e6:
                break
    return _model(place, order)


def _linear(table: _Table, place: Array) -> tuple[Array, Array]:
    """Errors at `place` and their slope by differences, in one pass over the rows."""
    import numpy as np

    size = 1e-4
    places = np.vstack([place, place + size * np.eye(len(place))])
    errors = table.errors(places)
    return errors[0], ((errors[1:] - errors[0]) / size).T


def _cost(errors: Array, place: Array, usual: Array, spread: Array) -> float:
    return float((errors @ errors) / NOISE**2 + (((place - usual) / spread) ** 2).sum())


def _bounded(place: Array) -> Array:
    import numpy as np

    lows = [math.log(low) for low, _ in BOUNDS[:LOGS]] + [low for low, _ in BOUNDS[LOGS:]]
    highs = [math.log(high) for _, high in BOUNDS[:LOGS]] + [high for _, high in BOUNDS[LOGS:]]
    return np.clip(place, lows, highs)


def _inside(name: str, value: float) -> float:
    low, high = BOUNDS[NAMES.index(name)]
    value = min(max(value, low), high)
    return math.log(value) if NAMES.index(name) < LOGS else value


def _model(place: Array, order: int) -> ThermalModel:
    values = [math.exp(value) for value in place[:LOGS]] + [float(value) for value in place[LOGS:]]
    named = dict(zip(NAMES, values, strict=True))
    if order == 1:
        named |= {"mass": 0.0, "sun_mass": 0.0}
    return ThermalModel(**named)


class _Table:
    """The rows as columns, and the observer's errors for many sets of parameters at once."""

    def __init__(self, rows: Sequence[Row], order: int) -> None:
        self.rows, self.order = rows, order
        self.besides = any(row.around.beside is not None for row in rows)

    def errors(self, places: Array) -> Array:
        """A row of errors for each set; where there is no reading or no drive, 0."""
        import numpy as np

        models = [_model(place, self.order) for place in places]
        matrices = [model.matrix(STEP, beside=self.besides) for model in models]
        aa, am, ma, mm, paa, pam, pma, pmm = (
            np.array([getattr(matrix, name) for matrix in matrices]) for name in matrices[0].__slots__
        )
        parts = {name: np.array([getattr(model, name) for model in models]) for name in NAMES}
        found = np.zeros((len(self.rows), len(models)))
        state = [model.settled(self.rows[0].air or 22.0, self.rows[0].around.outdoor) for model in models]
        air, mass = np.array([one.air for one in state]), np.array([one.mass for one in state])
        for index, row in enumerate(self.rows):
            if index and row.quarter != self.rows[index - 1].quarter + 1:
                state = [model.settled(row.air or 22.0, row.around.outdoor) for model in models]
                air, mass = np.array([one.air for one in state]), np.array([one.mass for one in state])
                continue
            around, heat = row.around, row.heat or 0.0
            push = parts["outside"] * around.outdoor + parts["power"] * heat + parts["sun_air"] * around.sun
            push = push + parts["gain"] + parts["gain_home"] * around.home
            if self.besides:
                push = push + parts["beside"] * (around.beside if around.beside is not None else air)
            push_mass = parts["mass_outside"] * around.outdoor + parts["sun_mass"] * around.sun
            then = aa * air + am * mass + paa * push + pam * push_mass
            mass_then = ma * air + mm * mass + pma * push + pmm * push_mass
            if row.air is None:
                air, mass = then, mass_then
            elif row.heat is None:
                mass = mass_then + ma * ((air + row.air) / 2.0 - air)
                air = np.full_like(air, row.air)
            else:
                wrong = row.air - then
                found[index] = -wrong
                air, mass = then + OBSERVE_AIR * wrong, mass_then + OBSERVE_MASS * wrong
        return found.T


def _broken(rows: Sequence[Row]) -> bool:
    return rows[-1].quarter - rows[0].quarter != len(rows) - 1


def _rms(values: Sequence[float]) -> float:
    return math.sqrt(sum(value * value for value in values) / len(values))
