"""What kitchen and household appliances do by themselves as time passes. Pure laws over values by path; no protocol.

Rough on purpose: a programme counts down, water heats with its power, a compartment drifts to its set point. Sources
of figures: a 60 l tank of 2 kW warms 0.48 K a minute (4.186 kJ/(kg K)); the others are what such appliances show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.virtual.law import MINUTE, ROOM, Hidden, Law, Now, Then, kept, number, toward
from jiahe.virtual.programme_laws import DISHWASHER, MICROWAVE, OVEN, RICE_COOKER, STEAM_OVEN, WASHER

COMPARTMENT = 40 * MINUTE
"""Seconds in which a compartment goes two thirds of the way to its set point."""


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
