"""From what is expected to a set point: the stages of the plan, and what of it the unit is told. Pure.

Owns the translation between a room (model, state, expectations) and the programme of `mpc.py`; decides nothing about
hands, faults or pace. The unit keeps its own thermostat: it is told where the plan wants the room to be half an hour
from now, corrected by the distance between the room's sensor and its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiahe.comfort import mpc
from jiahe.comfort.climate_seen import Taste
from jiahe.comfort.climate_track import Track
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.thermal_model import Mode, Outside, apply

QUARTERS = round(sum(mpc.STAGES) * 4)
"""Quarters of an hour that a plan looks ahead."""
SOON = 0.5
"""Hours ahead of which the planned temperature is the set point."""
RUNS = 0.04
"""Mean drive of the next half hour below which the unit is off: less is under the least that it can."""
STARTS = 0.1
"""K that may be missing within the quarter of an hour to come before a compressor that stands still is started."""
LIKELY = 0.5
UNLIKELY = 0.15
"""Chance of somebody at home under which nothing is done for them: a few days of a life tell no finer, and a machine that runs in an empty home
for one chance in ten is what people switch off."""
DEARER = 1.05
"""Times the price of now from which a later price is a reason to work ahead."""
NEAR = 0.25
"""K from the band's edge within which a plan for people at home is to hold the edge: the unit gets one temperature then, and no
course of tenths of a kelvin that makes it swing more."""
WIDE = 1.0
"""K past the wanted temperature where it is too much of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One quarter of an hour: weather, `chance` that somebody is home, what is wanted (Cel; None: off), price a kWh."""

    at: float
    outdoor: float
    sun: float
    chance: float
    target: float | None
    price: float = 1.0
    beside: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the plan asks of the unit now, why, and where it expects the room to be: (epoch seconds, Cel)."""

    on: bool
    set_point: float
    why: Reason
    expected: tuple[tuple[float, float], ...]
    holds: float | None = None
    """What the room is held at for somebody who is home (Cel, of its own sensor)."""


def plan(track: Track, mode: Mode, taste: Taste, ahead: Sequence[Expected]) -> Wanted | None:
    """The plan's wish for now; None where there is no model, no state or no solution in time.

    ValueError where `ahead` is shorter than `QUARTERS`.
    """
    model, state = track.model, track.state
    if model is None or state is None:
        return None
    if len(ahead) < QUARTERS:
        raise ValueError(f"a plan looks {QUARTERS} quarters ahead, and is told of {len(ahead)}")
    price = sum(one.price for one in ahead) / len(ahead)
    found = mpc.solve(state, stages(track, mode, taste, ahead), mode, taste.worth * max(price, 1e-6))
    if found is None:
        return None
    ends, passed = [], 0.0
    for hours in mpc.STAGES:
        passed += hours
        ends.append(ahead[0].at + passed * 3600)
    expected = tuple((end, round(one.air, 2)) for end, one in zip(ends, found.states, strict=True))
    near = [index for index, end in enumerate(ends) if end <= ahead[0].at + SOON * 3600 + 1]
    drive = sum(found.drives[index] for index in near) / len(near)
    aim, edge = found.states[near[-1]].air, _edge(mode, taste, ahead[0])
    holds = edge if edge is not None and ahead[0].chance >= LIKELY and abs(aim - edge) <= NEAR else None
    on = drive > RUNS
    why = _why(on, mode, ahead, found, ends)
    return Wanted(on, (aim if holds is None else holds) - track.offset, why, expected, holds)


def _edge(mode: Mode, taste: Taste, now: Expected) -> float | None:
    """Where the band of now ends, as warm (cooling) or cold as it may be."""
    return None if now.target is None else now.target - mode.sign * taste.tolerance


def rests(track: Track, mode: Mode, air: float, set_point: float, now: Expected) -> bool:
    """Whether a unit whose compressor stands still is not needed within the quarter of an hour to come: then it may as
    well be off, and its fan takes nothing (8 to 25 W: up to a tenth of the energy of a mild day)."""
    model, state = track.model, track.state
    if model is None or state is None:
        return False
    around = Outside(now.outdoor, now.sun, now.chance, now.beside)
    push, push_mass = model.push(around, 0.0)
    matrix = model.matrix(0.25, beside=now.beside is not None)
    then = apply(matrix, state, (push + track.expected(now.at, 0.0), push_mass)).air
    return mode.sign * (set_point + track.offset - air - (then - state.air)) < STARTS


def stages(track: Track, mode: Mode, taste: Taste, ahead: Sequence[Expected]) -> list[mpc.Stage]:
    """The programme's stages, each with the means of its quarters."""
    model = track.model
    assert model is not None
    besides = ahead[0].beside is not None
    matrices = {hours: model.matrix(hours, beside=besides) for hours in set(mpc.STAGES)}
    found, start = [], 0
    for hours in mpc.STAGES:
        part = ahead[start : start + round(hours * 4)]
        middle = (start + len(part) / 2) / 4
        start += len(part)
        outdoor = sum(one.outdoor for one in part) / len(part)
        chance = sum(one.chance for one in part) / len(part)
        around = Outside(outdoor, sum(one.sun for one in part) / len(part), chance, ahead[0].beside)
        air, mass = model.push(around, 0.0)
        low, high, weight = _band(mode, taste, part)
        price = sum(one.price for one in part) / len(part)
        found.append(
            mpc.Stage(
                hours, matrices[hours], (air + track.expected(part[0].at, middle), mass), model.power, low, high, weight,
                mpc.segments(mode, outdoor, track.kilowatts(), price, model.steep),
            )
        )  # fmt: skip
    return found


def _band(mode: Mode, taste: Taste, part: Sequence[Expected]) -> tuple[float, float, float]:
    """Low, high, and the weight of a stage: the wanted temperature at its end, for as much of it as it is wanted."""
    wanted = [one for one in part if one.target is not None and one.chance >= UNLIKELY]
    if not wanted:
        return 0.0, 45.0, 0.0
    target = wanted[-1].target
    assert target is not None
    weight = sum(one.chance for one in wanted) / len(part)
    if mode is Mode.COOL:
        return target - WIDE, target + taste.tolerance, weight
    return target - taste.tolerance, target + WIDE, weight


def _why(on: bool, mode: Mode, ahead: Sequence[Expected], found: mpc.Plan, ends: Sequence[float]) -> Reason:
    now = ahead[0]
    home = now.chance >= LIKELY
    comes = next((one for one in ahead if one.chance >= LIKELY and one.target is not None), None)
    runs = next((end for end, drive in zip(ends, found.drives, strict=True) if drive > RUNS), None)
    if on:
        return _why_on(mode, ahead, found, comes)
    if now.target is None:
        return reason("scheduled_off")
    if not home:
        return reason("empty_long") if comes is None else reason("empty", at=comes.at)
    leaves = next((one.at for one in ahead[:12] if one.chance < LIKELY), None)
    if leaves is not None and (runs is None or runs > leaves):
        return reason("leaving", at=leaves)
    return reason("mild") if runs is None else reason("coast", until=runs)


def _why_on(mode: Mode, ahead: Sequence[Expected], found: mpc.Plan, comes: Expected | None) -> Reason:
    now = ahead[0]
    dearer = next((one for one in ahead if one.price > DEARER * now.price), None)
    if now.chance >= LIKELY and now.target is not None:
        past = mode.sign * (found.states[1].air - now.target) > 0.6
        later = next((one for one in ahead[:16] if one.target is not None and one.target != now.target), None)
        if (
            past
            and later is not None
            and later.target is not None
            and mode.sign * (later.target - now.target) > 0
        ):
            return reason("ahead_point", target=later.target, at=later.at)
        return _before(now, dearer) if past and dearer else reason("hold", target=now.target)
    if comes is None or comes.target is None:
        return _before(now, dearer) if dearer else reason("hold", target=round(found.states[1].air, 1))
    if dearer is not None and dearer.at < comes.at:
        return _before(now, dearer)
    return reason("ahead", target=comes.target, at=comes.at, chance=round(100 * comes.chance))


def _before(now: Expected, dearer: Expected) -> Reason:
    """It works ahead of a time at which electricity costs more."""
    if now.price <= 0.0:
        return reason("cheap_hour")
    return reason("dearer_from", at=dearer.at, times=round(dearer.price / now.price, 1))
