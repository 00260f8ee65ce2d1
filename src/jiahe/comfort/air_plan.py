"""At which level a purifier should run now: least electricity and least dust breathed, seen some hours ahead. Pure.

A dynamic programme over the concentration: stages of a quarter of an hour, cost = energy + `price` · dust breathed by whoever is
expected to be there. So it cleans before somebody comes home and before a night whose noise bound leaves it little,
without a rule that says so. While somebody sleeps only levels at or under the noise bound exist, whatever is in the air.
Without a model to trust it is a threshold control within the same bounds (`fallback`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from jiahe.comfort.air_model import AirModel
from jiahe.comfort.reason import Reason, reason

STAGE = 0.25
"""Hours of a stage."""
MOST_STAGES = 48
"""Twelve hours: a night and the morning after it; what is further off is another plan's."""
GRID = tuple(0.0 if n == 0 else 2.0 * 1.26**n for n in range(24))
"""Concentrations in µg/m³, finer where it is clean; up to about 400."""
SURE = 0.15
"""Confidence of the model from which it plans."""
SOON = 2.0
"""Hours ahead of which a plan is said to clean for somebody's coming or for the night: what is further off is a matter of course."""
NIGHT_NOISE = 30.0
"""dB(A) beside a sleeper: WHO, Guidelines for Community Noise (1999): 30 dB LAeq in bedrooms."""


@dataclass(frozen=True, slots=True)
class Level:
    """What a purifier can be set to. `share` of its highest clean air, `power` in W, `noise` in dB(A); `value` is how it is set."""

    value: int
    share: float
    power: float
    noise: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A quarter of an hour ahead: outdoor in µg/m³, the chance that somebody is there, and whether somebody sleeps there."""

    outdoor: float
    there: float
    asleep: bool


@dataclass(frozen=True, slots=True)
class AirWish:
    """What the home wants. `price`: kWh that an hour of breathing 1 µg/m³ less is worth; `noise` beside a sleeper in dB(A);
    `threshold` µg/m³ for control without a model; `switch` in kWh, what a change of level must bring.
    """

    price: float = 0.0006
    noise: float = NIGHT_NOISE
    threshold: float = 12.0
    switch: float = 0.0003


@dataclass(frozen=True, slots=True)
class AirStep:
    """The level to set, and why."""

    level: Level
    reasons: tuple[Reason, ...]


def allowed(levels: Sequence[Level], asleep: bool, noise: float) -> list[Level]:
    """The levels that may be set; while somebody sleeps those at or under the bound, and always the quietest.

    Raises ValueError for a purifier without levels.
    """
    if not levels:
        raise ValueError("a purifier needs at least one level")
    quiet = [level for level in levels if not asleep or level.noise <= noise]
    return quiet or [min(levels, key=lambda level: level.noise)]


def plan(
    model: AirModel,
    levels: Sequence[Level],
    stages: Sequence[Stage],
    now: float,
    running: Level | None,
    wish: AirWish,
) -> AirStep:
    """The level for the first stage. `now` is the concentration; `running` the level that is on."""
    ahead = list(stages)[:MOST_STAGES]
    if not ahead:
        raise ValueError("a plan needs at least the stage that begins now")
    value = [0.0] * len(GRID)
    for stage in reversed(ahead[1:]):
        value = _stage(model, allowed(levels, stage.asleep, wish.noise), stage, value, wish.price)
    first = ahead[0]
    choices = [
        (
            _cost(model, level, first, now, value, wish.price) + _switch(level, running, wish),
            level.power,
            level,
        )
        for level in allowed(levels, first.asleep, wish.noise)
    ]
    best = min(choices, key=lambda choice: choice[:2])[2]
    return AirStep(best, _why(model, best, levels, ahead, now, wish))


def fallback(
    levels: Sequence[Level],
    now: float | None,
    there: bool,
    asleep: bool,
    running: Level | None,
    wish: AirWish,
) -> AirStep:
    """Threshold control: more the dustier, off where nobody is or it is clean; silent where nothing is known."""
    able = sorted(allowed(levels, asleep, wish.noise), key=lambda level: level.share)
    working = [level for level in able if level.share > 0] or able
    if now is None:
        return AirStep(working[0], (reason("air.blind"),))
    # Two thresholds, so that a reading at the edge does not switch it on and off.
    edge = wish.threshold * (0.8 if running is not None and running.share > 0 else 1.2)
    if not there or now < edge:
        return AirStep(able[0], (reason("air.clean" if there else "air.nobody", now=round(now)),))
    wanted = min(1.0, 0.2 + 0.8 * (now - wish.threshold) / (6 * wish.threshold))
    level = next((one for one in working if one.share >= wanted), working[-1])
    return AirStep(level, (reason("air.threshold", now=round(now), threshold=wish.threshold),))


def _stage(
    model: AirModel, levels: Sequence[Level], stage: Stage, after: list[float], price: float
) -> list[float]:
    """Cost to go at every point of the grid: the inner loop, so without calls."""
    best = [math.inf] * len(GRID)
    enters = model.inflow * stage.outdoor + model.source
    for level in levels:
        rate = max(model.loss + model.cleaning * level.share, 1e-6)
        settled, stays = enters / rate, math.exp(-rate * STAGE)
        averaged = (1 - stays) / (rate * STAGE)
        energy = level.power * STAGE / 1000
        for n, start in enumerate(GRID):
            over = start - settled
            breathed = price * stage.there * (settled + over * averaged) * STAGE
            cost = energy + breathed + _between(after, settled + over * stays)
            best[n] = min(best[n], cost)
    return best


def _cost(model: AirModel, level: Level, stage: Stage, now: float, after: list[float], price: float) -> float:
    breathed = price * stage.there * model.mean(now, stage.outdoor, level.share, STAGE) * STAGE
    then = model.after(now, stage.outdoor, level.share, STAGE)
    return level.power * STAGE / 1000 + breathed + _between(after, then)


def _between(values: list[float], at: float) -> float:
    """Linear between points of the grid, and on beyond its end."""
    right = min(max(1, bisect_left(GRID, at)), len(GRID) - 1)
    low, high = GRID[right - 1], GRID[right]
    return values[right - 1] + (values[right] - values[right - 1]) * (at - low) / (high - low)


def _switch(level: Level, running: Level | None, wish: AirWish) -> float:
    return 0.0 if running is None or level == running else wish.switch


def _why(
    model: AirModel, best: Level, levels: Sequence[Level], ahead: Sequence[Stage], now: float, wish: AirWish
) -> tuple[Reason, ...]:
    stage = ahead[0]
    quietest = min(level.share for level in levels)
    reasons = []
    coming = next((n for n, later in enumerate(ahead) if later.there >= 0.5), None)
    sleeping = next((n for n, later in enumerate(ahead) if later.asleep), None)
    if best.share <= quietest:
        code = "air.nobody" if stage.there < 0.5 else "air.clean"
        reasons.append(reason(code, now=round(now)))
    elif stage.asleep:
        reasons.append(reason("air.silent", now=round(now), noise=round(best.noise)))
    elif stage.there < 0.5 and coming is not None and coming * STAGE <= SOON:
        reasons.append(reason("air.before_arrival", now=round(now), minutes=round(coming * STAGE * 60)))
    elif sleeping is not None and sleeping * STAGE <= SOON:
        reasons.append(reason("air.before_sleep", now=round(now), minutes=round(sleeping * STAGE * 60)))
    else:
        reasons.append(reason("air.cleans", now=round(now), outdoor=round(stage.outdoor)))
    if stage.asleep and any(level.noise > wish.noise for level in levels):
        reasons.append(reason("air.noise_bound", noise=wish.noise))
    reasons.append(
        reason("air.expects", then=round(model.after(now, stage.outdoor, best.share, 1.0)), minutes=60)
    )
    return tuple(reasons)
