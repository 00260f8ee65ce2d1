"""The baselines of the climate's benchmark, and its oracle. Each is made for a season and a `shift`: K by which it aims further
into comfort, the knob with which discomfort is made equal.

Always on; a fixed-speed unit with an on/off thermostat; by hand on arrival; a fixed schedule; a crude learner (chance of
somebody home by class of day and quarter of an hour, on where it is over a half). They set a temperature of any
fineness. On a journey that the household told of all are off, until it says that it comes. The oracle plans every quarter of an hour with the true flat,
weather, people and efficiency of the next 30 hours, and sets the compressor's power itself.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from comfort_flat import PAST, ROOM, TOLERANCE, ZONE, Policy, Season, View

from jiahe.comfort import mpc
from jiahe.comfort.thermal_model import Mode, State, ThermalModel
from jiahe.virtual import inverter, thermal
from jiahe.virtual.dwelling import Dwelling
from jiahe.virtual.inverter import Setting
from jiahe.virtual.thermal import VOLUME_HEAT

OFF = Setting()


def _mode(what: Season) -> str:
    return "cool" if what.cooling else "heat"


def _point(what: Season, shift: float) -> float:
    """At the band's edge, and `shift` further in."""
    edge = what.target + TOLERANCE if what.cooling else what.target - TOLERANCE
    return edge - shift if what.cooling else edge + shift


def always_on(what: Season, shift: float) -> Policy:
    on = Setting(on=True, mode=_mode(what), set_point=_point(what, shift))
    return lambda view, flat, index: OFF if view.away else on


def bang_bang(what: Season, shift: float) -> Policy:
    """Full load or off, 0.7 K each way: a unit without an inverter."""
    point, sign, running = _point(what, shift), -1.0 if what.cooling else 1.0, False

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        nonlocal running
        if view.away:
            running = False
            return OFF
        gap = sign * (point - view.air)
        running = gap > -0.7 if running else gap > 0.7
        return Setting(on=True, mode=_mode(what), fraction=sign) if running else Setting(on=True, mode="fan")

    return policy


def by_hand(what: Season, shift: float) -> Policy:
    """Switched on by who comes home (or is home) and finds it beyond the band for five minutes; off by who leaves last."""
    on, sign, wait, working = (
        Setting(on=True, mode=_mode(what), set_point=_point(what, shift)),
        -1.0,
        0,
        False,
    )
    sign = -1.0 if what.cooling else 1.0

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        nonlocal wait, working
        if not view.home:
            working, wait = False, 0
        elif sign * (what.target - view.air) > TOLERANCE:
            wait += 1
            working = working or wait >= 5
        return on if working else OFF

    return policy


def scheduled(what: Season, shift: float) -> Policy:
    """Workdays from 17:30 to 8:30, free days all day."""
    on = Setting(on=True, mode=_mode(what), set_point=_point(what, shift))

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        local = datetime.fromtimestamp(view.t, ZONE)
        hour = local.hour + local.minute / 60
        usual = local.weekday() >= 5 or not 8.5 <= hour < 17.5
        return on if view.coming or (usual and not view.away) else OFF

    return policy


def crude_learner(what: Season, shift: float) -> Policy:
    """On while somebody is home or usually is within the next half hour; learns as it goes."""
    on = Setting(on=True, mode=_mode(what), set_point=_point(what, shift))
    counts: dict[tuple[bool, int], list[float]] = {}

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        local = datetime.fromtimestamp(view.t, ZONE)
        free, slot = local.weekday() >= 5, local.hour * 4 + local.minute // 15
        if view.t % 900 < 60:
            cell = counts.setdefault((free, slot), [0.0, 0.0])
            if not view.away:
                cell[0], cell[1] = cell[0] * 0.97 + view.home, cell[1] * 0.97 + 1.0
        soon = False
        for ahead in (1, 2):
            home, days = counts.get((free, (slot + ahead) % 96), [0.0, 0.0])
            soon = soon or (days > 0 and home / days > 0.5)
        return on if view.home or view.coming or (soon and not view.away) else OFF

    return policy


# ---- the oracle -----------------------------------------------------------------------------------------------------


AHEAD = (0.25,) * 16 + (0.5,) * 12 + (1.0,) * 20
"""Hours of the oracle's stages: 30 hours."""


def oracle(what: Season, shift: float) -> Policy:
    """Perfect foresight of everything but the small: stages hold the means of their minutes. Between two plans the planned
    temperature is followed by the minute, with a swing of a tenth of a kelvin, where the plan is under the unit's least load."""
    quarters = _truth(what)
    mode = Mode.COOL if what.cooling else Mode.HEAT
    calm = Setting(on=True, mode=_mode(what), set_point=what.target)
    unit = what.unit
    planned: tuple[float, float, float] | None = None
    works = False

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        nonlocal planned, works
        if view.t < what.start - 43200.0:  # nothing of it is counted
            return calm
        air = flat.state[ROOM].air
        if index % 15 == 0:
            best = _best(what, shift, mode, quarters, flat, index // 15)
            planned = None if best is None else (air, *best)
        if planned is None:
            return OFF
        began, ends, load = planned
        if load < 1e-3:
            works = False
            return OFF
        behind = mode.sign * (began + (ends - began) * (index % 15 + 1) / 15 - air)
        works = behind > -0.1 if works else behind > 0.0
        if load > unit.least:  # it runs through
            works, load = True, load + 0.3 * behind
        part = min(max(load, unit.least), unit.most)
        return Setting(on=True, mode=_mode(what), fraction=mode.sign * part) if works else OFF

    return policy


def oracle_by_set_point(what: Season, shift: float) -> Policy:
    """The same foresight through the unit's own thermostat, which is all that the others have: what is left above the oracle is the
    thermostat's swing and its fan."""
    quarters = _truth(what)
    mode = Mode.COOL if what.cooling else Mode.HEAT
    chosen = Setting(on=True, mode=_mode(what), set_point=what.target)

    def policy(view: View, flat: Dwelling, index: int) -> Setting:
        nonlocal chosen
        if view.t >= what.start - 43200.0 and index % 15 == 0:
            best = _best(what, shift, mode, quarters, flat, index // 15)
            works = best is not None and best[1] >= 1e-3
            chosen = (
                Setting(on=True, mode=_mode(what), set_point=best[0]) if best is not None and works else OFF
            )
        return chosen

    return policy


class _Quarter:
    """The means of a quarter of an hour."""

    __slots__ = ("air_heat", "conductance", "home", "outdoor", "wall_heat")

    def __init__(self, what: Season, first: int) -> None:
        part = what.minutes[first : first + 15]
        count = len(part)
        self.outdoor = sum(one.outdoor.temperature for one in part) / count
        wind = sum(one.outdoor.wind for one in part) / count
        window = sum(one.window for one in part) / count
        self.home = sum(one.home for one in part) / count
        sun = what.room.aperture * sum(one.outdoor.solar for one in part) / count
        apart = self.outdoor - what.target
        fresh = thermal.leak(what.room, apart, wind) * what.room.volume
        fresh += thermal.through_window(what.room, window, apart, wind)
        self.conductance = what.room.window + fresh * VOLUME_HEAT
        self.air_heat = sum(one.load.heat for one in part) / count + thermal.SUN_ON_AIR * sun
        self.wall_heat = (1.0 - thermal.SUN_ON_AIR) * sun


def _truth(what: Season) -> list[_Quarter]:
    return [_Quarter(what, first) for first in range(0, len(what.minutes), 15)]


def _best(
    what: Season, shift: float, mode: Mode, quarters: list[_Quarter], flat: Dwelling, now: int
) -> tuple[float, float] | None:
    """Where the plan wants the air in a quarter of an hour, and at which part of the load."""
    room, unit, state = flat.rooms[ROOM], flat.units[ROOM], flat.state[ROOM]
    stages, at = [], now
    for hours in AHEAD:
        count = round(hours * 4)
        part = quarters[at : at + count]
        at += count
        if len(part) < count:
            break
        outdoor = sum(one.outdoor for one in part) / count
        conductance = sum(one.conductance for one in part) / count
        model = ThermalModel(
            mass=3600 / (room.r_in * room.c_air), outside=3600 * conductance / room.c_air,
            mass_air=3600 / (room.r_in * room.c_wall), mass_outside=3600 / (room.r_out * room.c_wall), power=1.0,
        )  # fmt: skip
        air = model.outside * outdoor + 3600 * sum(one.air_heat for one in part) / count / room.c_air
        mass = model.mass_outside * outdoor + 3600 * sum(one.wall_heat for one in part) / count / room.c_wall
        home = sum(one.home for one in part) / count
        reach, segments = _machine(unit, mode, what.target, state.moisture, outdoor)
        edge = TOLERANCE - shift
        low, high = (
            (what.target - PAST, what.target + edge)
            if what.cooling
            else (what.target - edge, what.target + PAST)
        )
        stages.append(
            mpc.Stage(
                hours, model.matrix(hours), (air, mass), reach * 3600 / room.c_air, low, high, home, segments
            )
        )
    found = mpc.solve(State(state.air, state.wall), stages, mode, 20.0) if stages else None
    if found is None:
        return None
    return found.states[0].air, _part(unit, stages[0].segments, found.drives[0])


def _part(unit: inverter.Inverter, segments: tuple[tuple[float, float], ...], drive: float) -> float:
    """The part of the load that gives so much heat, in units of `reach`."""
    part, points = 0.0, (0.0, *_parts(unit))
    for (width, _), before, after in zip(segments, points, points[1:], strict=False):
        part += (after - before) * min(max(drive / width, 0.0), 1.0)
        drive -= width
    return part


def _parts(unit: inverter.Inverter) -> tuple[float, ...]:
    return unit.least, 0.35, 0.6, unit.most


def _machine(
    unit: inverter.Inverter, mode: Mode, air: float, moisture: float, outdoor: float
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """Sensible W at full part, and the true power as chords over the part of the load."""
    on = Setting(on=True, mode=mode.value)
    points = [(0.0, 0.0, 0.0)]
    for part in _parts(unit):
        work = inverter.work(unit, on, mode.sign * part, air, moisture, outdoor)
        points.append((part, abs(work.heat), work.electric / 1000.0))
    reach = points[3][1] / points[3][0]
    segments = []
    for before, after in pairwise(points):
        width = (after[1] - before[1]) / reach
        segments.append((width, (after[2] - before[2]) / width))
    return reach, tuple(segments)


RIVALS = {
    "always on": always_on,
    "bang-bang": bang_bang,
    "by hand": by_hand,
    "schedule": scheduled,
    "crude learner": crude_learner,
    "oracle": oracle,
    "oracle, by set points": oracle_by_set_point,
}
