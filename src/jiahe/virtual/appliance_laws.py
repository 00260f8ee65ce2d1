"""What kitchen and household appliances do by themselves as time passes. Pure laws over values by path; no protocol.

Rough on purpose: a programme counts down, water heats with its power, a compartment drifts to its set point. Sources
of figures: a 60 l tank of 2 kW warms 0.48 K a minute (4.186 kJ/(kg K)); the others are what such appliances show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from jiahe.model.definition import Value

Now = Mapping[str, Value]
Then = dict[str, Value]
Hidden = dict[str, float]
"""What an appliance knows more finely than it tells, by name."""

MINUTE = 60.0
ROOM = 22.0
"""Cel around the appliances."""
COMPARTMENT = 40 * MINUTE
"""Seconds in which a compartment goes two thirds of the way to its set point."""


@dataclass(frozen=True, slots=True)
class Law:
    """One kind of appliance: what it begins with, what time does to it, and what its actions set going.

    `step(now, hidden, seconds)` gives what changes; with 0 seconds it evens out what a write left half done.
    """

    start: Now
    step: Callable[[Now, Hidden, float], Then]
    actions: Mapping[str, Callable[[tuple[Value, ...]], Then]] = field(
        default_factory=lambda: MappingProxyType({})
    )


def number(now: Now, path: str, otherwise: float = 0.0) -> float:
    """A value as a number."""
    found = now.get(path)
    return float(found) if isinstance(found, int | float) else otherwise


def toward(value: float, goal: float, seconds: float, scale: float) -> float:
    """Where a value is after approaching its goal for a while."""
    return goal + (value - goal) * math.exp(-seconds / scale)


def kept(hidden: Hidden, name: str, shown: float, resolution: float) -> float:
    """The fine value behind a shown one; anew where somebody changed the shown one."""
    fine = hidden.get(name)
    if fine is None or abs(fine - shown) > resolution:
        fine = hidden[name] = shown
    return fine


def counted(now: Now, hidden: Hidden, path: str, seconds: float, unit: float = MINUTE) -> tuple[float, Value]:
    """The seconds left of a time that counts down, and what is shown of it (whole units, the begun one counted)."""
    shown = number(now, path) * unit
    left = max(0.0, kept(hidden, path, shown, unit) - seconds)
    hidden[path] = left
    return left, math.ceil(left / unit)


def _drift(now: Now, hidden: Hidden, component: str, goal: float, seconds: float, step: float = 0.5) -> Then:
    path = f"{component}.temperature" if component else "temperature"
    fine = toward(kept(hidden, path, number(now, path, ROOM), step), goal, seconds, COMPARTMENT)
    hidden[path] = fine
    return {path: round(round(fine / step) * step, 3)}


# ---- cold -----------------------------------------------------------------------------------------------------


def _refrigerate(now: Now, hidden: Hidden, seconds: float) -> Then:
    then: Then = {}
    for part, fast in (("fridge", "fast_cool"), ("freezer", "fast_freeze"), ("flex_zone", "")):
        goal = number(now, f"{part}.target_temperature") - (2.0 if fast and now.get(fast) else 0.0)
        on = bool(now.get(f"{part}.power", True))
        if now.get(f"{part}.door_open"):
            goal += 0.3 * (ROOM - goal)
        then |= _drift(now, hidden, part, goal if on else ROOM, seconds)
        open_for = hidden.get(f"{part} open", 0.0) + seconds if now.get(f"{part}.door_open") else 0.0
        hidden[f"{part} open"] = open_for
        if f"{part}.door_long_open" in now:
            then[f"{part}.door_long_open"] = open_for > 2 * MINUTE
    return then


REFRIGERATOR = Law(
    {
        "fridge.temperature": 4.0, "fridge.target_temperature": 4.0, "fridge.power": True,
        "freezer.temperature": -18.0, "freezer.target_temperature": -18.0, "freezer.power": True,
        "flex_zone.temperature": 0.0, "flex_zone.target_temperature": 0.0,
    },
    _refrigerate,
)  # fmt: skip


# ---- cooking --------------------------------------------------------------------------------------------------

COOKING = 40.0
"""Minutes of a programme whose time nobody gave."""


def _cook_rice(now: Now, hidden: Hidden, seconds: float) -> Then:
    status = now.get("status")
    then: Then = {}
    if status == "delayed":
        left, then["delay_start"] = counted(now, hidden, "delay_start", seconds)
        if not left:
            status = then["status"] = "cooking"
    elif status == "cooking":
        left, then["remaining_time"] = counted(now, hidden, "remaining_time", seconds)
        if not left:
            status = then["status"] = "keeping_warm"
            then["keep_warm_time"] = 0
    elif status == "keeping_warm":
        hidden["warm"] = kept(hidden, "warm", number(now, "keep_warm_time") * MINUTE, MINUTE) + seconds
        then["keep_warm_time"] = int(hidden["warm"] // MINUTE)
    goal = {"cooking": 100.0, "keeping_warm": 68.0}.get(str(status), ROOM)
    for path, lag in (("bottom_temperature", 6 * MINUTE), ("top_temperature", 9 * MINUTE)):
        fine = toward(kept(hidden, path, number(now, path, ROOM), 1.0), goal, seconds, lag)
        hidden[path] = fine
        then[path] = round(fine)
    return then


def _start_rice(arguments: tuple[Value, ...]) -> Then:
    programme, minutes, delay = arguments
    return {
        "programme": programme,
        "remaining_time": minutes or int(COOKING),
        "delay_start": delay,
        "keep_warm_time": 0,
        "status": "delayed" if delay else "cooking",
    }


def _stop_rice(_: tuple[Value, ...]) -> Then:
    return {"status": "idle", "remaining_time": 0, "delay_start": 0, "keep_warm_time": 0}


RICE_COOKER = Law(
    {"status": "idle", "top_temperature": 22, "bottom_temperature": 22, "voltage": 228.0},
    _cook_rice,
    {"start": _start_rice, "stop": _stop_rice},
)


def _work(now: Now, hidden: Hidden, seconds: float) -> Then:
    """A microwave or an oven: counts its minutes down while it works, and says when it has finished."""
    if now.get("status") != "working":
        return {}
    left, _ = counted(now, hidden, "remaining_time", seconds)
    then: Then = {"remaining_time": round(math.ceil(left) / MINUTE, 6)}
    if not left:
        then["status"] = "finished"
    return then


def _bake(now: Now, hidden: Hidden, seconds: float) -> Then:
    goal = number(now, "target_temperature", 180.0) if now.get("status") == "working" else ROOM
    fine = toward(
        kept(hidden, "temperature", number(now, "temperature", ROOM), 1.0), goal, seconds, 5 * MINUTE
    )
    hidden["temperature"] = fine
    return {**_work(now, hidden, seconds), "temperature": float(round(fine))}


def _start_microwave(arguments: tuple[Value, ...]) -> Then:
    minutes, fire = arguments
    return {
        "status": "working",
        "programme": "microwave",
        "remaining_time": number({"m": minutes}, "m"),
        "fire": fire,
    }


MICROWAVE = Law(
    {"status": "idle", "temperature": 22.0},
    _work,
    {
        "start": _start_microwave,
        "pause": lambda _: {"status": "paused"},
        "resume": lambda _: {"status": "working"},
        "stop": lambda _: {"status": "idle", "remaining_time": 0.0},
    },
)
OVEN = Law(
    {"status": "working", "temperature": 22.0, "target_temperature": 180.0, "remaining_time": 45.0}, _bake
)
STEAM_OVEN = Law({"status": "working", "temperature": 22.0, "remaining_time": 30.0}, _bake)


# ---- washing --------------------------------------------------------------------------------------------------


def _phase(left: float, whole: float, phases: tuple[str, ...]) -> str:
    """Which of some equally long phases it is in."""
    done = 1.0 - left / whole if whole else 1.0
    return phases[min(int(done * len(phases)), len(phases) - 1)]


def _wash(
    phases: tuple[str, ...], idle: str, ended: str, at_the_end: str
) -> Callable[[Now, Hidden, float], Then]:
    def step(now: Now, hidden: Hidden, seconds: float) -> Then:
        if not now.get("power"):
            return {"status": idle, "running": False, "remaining_time": 0, "phase": "idle"}
        if now.get("status") == idle and idle == "off":
            return {"status": "idle"}
        if not now.get("running"):
            return {}
        left, shown = counted(now, hidden, "remaining_time", seconds)
        hidden["whole"] = max(hidden.get("whole", 0.0), left)
        if not left:
            hidden["whole"] = 0.0
            return {"status": ended, "running": False, "remaining_time": 0, "phase": at_the_end}
        return {"remaining_time": shown, "phase": _phase(left, hidden["whole"], phases)}

    return step


MINUTES = MappingProxyType({"intensive": 130, "eco": 180, "fast": 30, "one_hour": 60, "ninety_minutes": 90})
"""Of a dishwasher's programmes; others take two hours."""


def _start_dishes(arguments: tuple[Value, ...]) -> Then:
    (programme,) = arguments
    minutes = MINUTES.get(str(programme), 120)
    return {
        "power": True, "status": "running", "running": True, "programme": programme, "remaining_time": minutes,
    }  # fmt: skip


DISHWASHER = Law(
    {"power": True, "status": "idle", "water_temperature": 20.0},
    _wash(("pre_wash", "wash", "rinse", "dry"), "off", "idle", "complete"),
    {
        "start": _start_dishes,
        "pause": lambda _: {"running": False},
        "resume": lambda _: {"running": True},
    },
)
WASHER = Law(
    {"power": True, "status": "standby"},
    _wash(("wash", "rinse", "spin"), "idle", "finished", "idle"),
    {
        "start": lambda _: {"status": "running", "running": True, "remaining_time": 48},
        "pause": lambda _: {"status": "paused", "running": False},
    },
)


# ---- water and air --------------------------------------------------------------------------------------------

HEATER_POWER = 2000.0  # W
WARMING = HEATER_POWER / (60.0 * 4186.0)  # K/s of 60 l
COOLING_DOWN = 40 * 3600.0  # s


def _heat_water(now: Now, hidden: Hidden, seconds: float) -> Then:
    target = number(now, "target_temperature", 55.0)
    fine = kept(hidden, "water", number(now, "water_temperature", ROOM), 1.0)
    heating = bool(now.get("power")) and fine < target - (0.0 if now.get("heating") else 3.0)
    if heating:
        fine = min(target, fine + WARMING * seconds)
        heating = fine < target
    else:
        fine = toward(fine, ROOM, seconds, COOLING_DOWN)
    hidden["water"] = fine
    return {
        "water_temperature": float(round(fine)),
        "heating": heating,
        "keep_warm": bool(now.get("power")) and not heating,
        "electric_power": HEATER_POWER if heating else 0.0,
        "remaining_time": math.ceil((target - fine) / WARMING / MINUTE) if heating else 0,
    }


WATER_HEATER = Law(
    {"power": True, "target_temperature": 55.0, "water_temperature": 38.0, "hot_water": 60}, _heat_water
)


def _dry_air(now: Now, hidden: Hidden, seconds: float) -> Then:
    goal = number(now, "target_humidity", 50.0) if now.get("power") else 68.0
    fine = toward(kept(hidden, "humidity", number(now, "humidity", 60.0), 1.0), goal, seconds, 45 * MINUTE)
    taken = max(0.0, kept(hidden, "humidity", number(now, "humidity", 60.0), 1.0) - fine)
    level = kept(hidden, "tank", number(now, "water_level"), 1.0) + taken
    hidden["humidity"], hidden["tank"] = fine, min(level, 100.0)
    return {"humidity": float(round(fine)), "water_level": int(min(level, 100.0))}


DEHUMIDIFIER = Law(
    {
        "power": True,
        "mode": "target",
        "fan_mode": "medium",
        "target_humidity": 50,
        "humidity": 66.0,
        "temperature": 24.0,
    },
    _dry_air,
)


def _blow(_: Now, __: Hidden, ___: float) -> Then:
    return {}


FAN = Law({"power": True, "mode": "normal", "fan_level": 2}, _blow)


def _clean_air(now: Now, hidden: Hidden, seconds: float) -> Then:
    goal = 8.0 if now.get("power") else 45.0
    fine = toward(kept(hidden, "dust", number(now, "pm2_5", 40.0), 1.0), goal, seconds, 20 * MINUTE)
    hidden["dust"] = fine
    return {"pm2_5": float(round(fine))}


PURIFIER = Law(
    {"power": True, "mode": "auto", "fan_mode": "low", "pm2_5": 62.0, "filter_life": 71}, _clean_air
)

LAWS: Mapping[str, Law] = MappingProxyType(
    {
        "midea.ca.refrigerator": REFRIGERATOR,
        "midea.ea.rice_cooker": RICE_COOKER,
        "midea.e1.dishwasher": DISHWASHER,
        "midea.e2.water_heater": WATER_HEATER,
        "midea.b0.microwave": MICROWAVE,
        "midea.b1.oven": OVEN,
        "midea.b4.oven": STEAM_OVEN,
        "midea.a1.dehumidifier": DEHUMIDIFIER,
        "midea.fa.fan": FAN,
        "midea.fc.air_purifier": PURIFIER,
        "midea.da.washer": WASHER,
        "midea.db.washer": WASHER,
    }
)
"""By product."""
UNITS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"midea.ea.rice_cooker": {"subtype": 15}, "midea.b0.microwave": {"subtype": 2}}
)
"""Facts of a virtual unit beyond its type."""
