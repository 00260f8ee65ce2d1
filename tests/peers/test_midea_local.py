"""midea-local 6.6.1 (MIT), unmodified, reads every virtual Midea appliance and sets those that it can set.

It is a decoder of its own for every body: what it shows is compared with what our appliance holds, and what it sets must
arrive there. Its readings that are known to differ have their reason in docs/midea-frames.md.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.peers import peer

from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.played import Played, play_midea

Values = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One appliance: what it should show of our values, some changes at the appliance, and what it sets.

    A wish is its attribute and value, and what our appliance holds then.
    """

    product: str
    shows: Callable[[Values], Values]
    changes: tuple[Values, ...] = ()
    wishes: tuple[tuple[str, Any, Values], ...] = ()
    customize: str = ""
    facts: Values = field(default_factory=dict)


def _fridge(ours: Values) -> Values:
    return {
        "refrigerator_setting_temp": ours["fridge.target_temperature"],
        "freezer_setting_temp": ours["freezer.target_temperature"],
        "flex_zone_setting_temp": ours["flex_zone.target_temperature"],
        "refrigerator_actual_temp": ours["fridge.temperature"],
        "freezer_actual_temp": ours["freezer.temperature"],
        "flex_zone_actual_temp": ours["flex_zone.temperature"],
    }


PROGRESS = {"idle": "Idle", "delayed": "Cooking", "cooking": "Delay", "keeping_warm": "Keep-warm"}
"""It takes 2 for cooking, which is so on subtypes 39 to 43 only."""
SWAPPED = {"idle": "Idle", "delayed": "Delay", "cooking": "Cooking", "keeping_warm": "Keep-warm"}


def _rice(words: dict[str, str]) -> Callable[[Values], Values]:
    return lambda ours: {
        "progress": words[ours["status"]],
        "mode": {"smart": "smart", "congee": "cook_congee", "steam_egg": "steam_egg"}[ours["programme"]],
        "time_remaining": ours["remaining_time"],
        "keep_warm_time": ours["keep_warm_time"],
        "top_temperature": ours["top_temperature"],
        "bottom_temperature": ours["bottom_temperature"],
    }


WASHES = {"none": "Neutral Gear", "eco": "ECO Wash", "fast": "Fast Wash", "hot_pot": "Hot Pot Wash"}
PHASES = {"idle": "Idle", "pre_wash": "Pre-wash", "wash": "Wash", "rinse": "Rinse", "complete": "Complete"}


def _dishes(ours: Values) -> Values:
    return {
        "power": ours["power"],
        "status": {"off": "Power Off", "idle": "Cancel", "running": "Running"}[ours["status"]],
        "mode": WASHES[ours["programme"]],
        "progress": PHASES[ours["phase"]],
        "door": ours["door_open"],
        "rinse_aid": ours["rinse_aid_low"],
        "salt": ours["salt_low"],
        "child_lock": ours["child_lock"],
        "storage": ours["storage"],
        "time_remaining": ours["remaining_time"],
        "temperature": ours["water_temperature"],
        "error_code": ours["error_code"],
    }


MICRO = {
    "off": "Save Power",
    "idle": "Idle",
    "working": "Working",
    "finished": "Finished",
    "paused": "Paused",
}
OVEN = {**MICRO, "off": "Standby"}


def _oven(ours: Values) -> Values:
    return {
        "status": OVEN[ours["status"]],
        "time_remaining": round(ours["remaining_time"] * 60),
        "current_temperature": ours["temperature"],
        "door": ours["door_open"],
    }


def _microwave(ours: Values) -> Values:
    return {
        "status": MICRO[ours["status"]],
        "mode": {"none": "None", "microwave": "Microwave", "auto": "Auto"}[ours["programme"]],
        "fire_power": {"low": "Low", "medium": "Medium", "high": "High"}[ours["fire"]],
        "time_remaining": round(ours["remaining_time"] * 60),
        "child_lock": ours["child_lock"],
        "door": ours["door_open"],
    }


DRY = {
    "target": "Manual",
    "continuous": "Continuous",
    "auto": "Auto",
    "clothes": "Clothes-Dry",
    "shoes": "Shoes-Dry",
}
SPEEDS = {"silent": "Lowest", "low": "Low", "medium": "Medium", "high": "High", "auto": "Auto"}


def _dehumidifier(ours: Values) -> Values:
    return {
        "power": ours["power"],
        "mode": DRY[ours["mode"]],
        "fan_speed": SPEEDS[ours["fan_mode"]],
        "target_humidity": ours["target_humidity"],
        "current_humidity": ours["humidity"],
        "current_temperature": ours["temperature"],
        "tank": ours["water_level"],
        "child_lock": ours["child_lock"],
        "anion": ours["anion"],
        "swing": ours["swing_vertical"],
        "filter_cleaning_reminder": ours["filter_alert"],
    }


FAN_MODES = {"normal": "Normal", "natural": "Natural", "sleep": "Sleep", "smart": "Smart", "strong": "Strong"}


def _fan(ours: Values) -> Values:
    return {
        "power": ours["power"],
        "mode": FAN_MODES[ours["mode"]],
        "fan_speed": ours["fan_level"] if ours["power"] else 0,
        "child_lock": ours["child_lock"],
        "oscillate": ours["swing_horizontal"],
    }


def _purifier(ours: Values) -> Values:
    return {
        "power": ours["power"],
        "mode": ours["mode"].capitalize(),
        "fan_speed": ours["fan_mode"].capitalize(),
        "screen_display": ours["screen"].capitalize(),
        "pm25": ours["pm2_5"],
        "filter1_life": ours["filter_life"],
        "child_lock": ours["child_lock"],
        "anion": ours["anion"],
    }


def _heater(ours: Values) -> Values:
    return {
        "power": ours["power"],
        "heating": ours["heating"],
        "keep_warm": ours["keep_warm"],
        "current_temperature": ours["water_temperature"],
        "target_temperature": ours["target_temperature"],
        "heating_time_remaining": ours["remaining_time"],
        "whole_tank_heating": ours["whole_tank"],
        "sterilization": ours["sterilize"],
        "heat_water_level": ours["hot_water"],
        "heating_power": ours["electric_power"],
    }


STAGES = {"idle": "Idle", "spin": "Spin", "rinse": "Rinse", "wash": "Wash"}


def _washer(programmes: dict[str, str]) -> Callable[[Values], Values]:
    return lambda ours: {
        "power": ours["power"],
        "start": ours["running"],
        "progress": STAGES[ours["phase"]],
        "program": programmes[ours["programme"]],
        **({"time_remaining": ours["remaining_time"]} if ours["power"] else {}),
    }


_WASHING: tuple[tuple[str, Any, Values], ...] = (
    ("start", True, {"running": True, "status": "running"}),
    ("start", False, {"running": False, "status": "paused"}),
    ("power", False, {"power": False}),
    ("power", True, {"power": True}),
)
_BATH: tuple[tuple[str, Any, Values], ...] = (
    ("target_temperature", 61, {"target_temperature": 61.0}),
    ("whole_tank_heating", True, {"whole_tank": True, "target_temperature": 61.0}),
    ("power", False, {"power": False}),
    ("power", True, {"power": True}),
)
CASES = (
    Case("midea.ca.refrigerator", _fridge, ({"fridge.target_temperature": 7.0, "freezer.target_temperature": -24.0},
         {"fridge.temperature": 5.5, "freezer.temperature": -17.5, "flex_zone.target_temperature": -20.0})),
    Case("midea.ea.rice_cooker", _rice(PROGRESS), ({"status": "cooking", "programme": "congee", "remaining_time": 83},
         {"status": "keeping_warm", "keep_warm_time": 200, "remaining_time": 0, "top_temperature": 66})),
    Case("midea.ea.rice_cooker", _rice(SWAPPED), ({"status": "cooking", "programme": "steam_egg", "remaining_time": 9},
         {"status": "delayed"}), facts={"subtype": 40}),
    Case("midea.e1.dishwasher", _dishes,
         ({"status": "running", "running": True, "programme": "hot_pot", "remaining_time": 300, "phase": "wash"},
          {"door_open": True, "rinse_aid_low": True, "salt_low": True, "error_code": 3, "water_temperature": 61.0}),
         (("child_lock", True, {"child_lock": True}), ("child_lock", False, {"child_lock": False}),
          ("storage", True, {"storage": True}), ("power", False, {"power": False}), ("power", True, {"power": True}))),
    Case("midea.e2.water_heater", _heater, ({"water_temperature": 44.0, "hot_water": 31}, {"sterilize": True}), _BATH,
         customize='{"precision_halves": true}'),
    Case("midea.e2.water_heater", _heater, (), (*_BATH, ("sterilization", True, {"sterilize": True})),
         customize='{"precision_halves": true, "old_protocol": false}'),
    Case("midea.b0.microwave", _microwave,
         ({"status": "working", "programme": "microwave", "fire": "high", "remaining_time": 1.5}, {"door_open": True},
          {"status": "paused", "child_lock": True, "fire": "medium", "door_open": False})),
    Case("midea.b1.oven", _oven),  # it reads a push of the long body as if it were the short one; 14 does not
    Case("midea.b4.oven", _oven, ({"temperature": 310.0, "remaining_time": 61.5}, {"door_open": True, "status": "idle"})),
    Case("midea.a1.dehumidifier", _dehumidifier,
         ({"humidity": 71.0, "temperature": 18.5, "water_level": 44}, {"mode": "clothes", "filter_alert": True}),
         (("target_humidity", 65, {"target_humidity": 65}), ("mode", "Auto", {"mode": "auto"}),
          ("fan_speed", "High", {"fan_mode": "high"}), ("child_lock", True, {"child_lock": True}),
          ("anion", True, {"anion": True}), ("swing", True, {"swing_vertical": True}), ("power", False, {"power": False}))),
    # Its order for the child lock of a fan sets nothing.
    Case("midea.fa.fan", _fan, ({"fan_level": 17, "mode": "natural"}, {"child_lock": True}),
         (("fan_speed", 5, {"fan_level": 5}), ("mode", "Sleep", {"mode": "sleep"}),
          ("oscillate", True, {"swing_horizontal": True}), ("power", False, {"power": False}),
          ("power", True, {"power": True}))),
    Case("midea.fc.air_purifier", _purifier, ({"pm2_5": 412.0}, {"mode": "smoke", "screen": "dim"}),
         (("mode", "Sleep", {"mode": "sleep"}), ("fan_speed", "High", {"fan_mode": "high"}),
          ("anion", True, {"anion": True}), ("child_lock", True, {"child_lock": True}),
          ("screen_display", "Off", {"screen": "off"}), ("power", False, {"power": False}))),
    Case("midea.da.washer", _washer({"standard": "Standard", "wool": "Wool"}),
         ({"programme": "wool"}, {"remaining_time": 61, "phase": "rinse"}), _WASHING),
    Case("midea.db.washer", _washer({"cotton": "cotton", "wool": "wool"}),
         ({"programme": "wool"}, {"remaining_time": 300, "phase": "rinse"}), _WASHING),
)  # fmt: skip


def test_every_appliance_that_is_played_has_a_case() -> None:
    assert {case.product for case in CASES} == set(LAWS)


class MideaLocal:
    """The peer's program, asked line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def __call__(self, do: str, **arguments: Any) -> Values:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        async with asyncio.timeout(peer.LIMIT):
            line = await self._process.stdout.readline()
        assert line, "the peer's program ended; its last words are above"
        shown: Values = json.loads(line)
        return shown


@asynccontextmanager
async def midea_local() -> AsyncIterator[MideaLocal]:
    process = await asyncio.create_subprocess_exec(
        peer.program("midea-local", "python"),
        str(peer.HERE / "midea_local_client.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield MideaLocal(process)
    finally:
        process.kill()
        await process.communicate()


def connection(played: Played, case: Case) -> Values:
    resident = played.resident
    keys = {name: resident.identity.secrets.get(name, b"").hex() for name in ("token", "key")}
    facts = resident.identity.facts
    return {
        "host": resident.address,
        "id": int(resident.identity.hardware_id),
        "type": facts["type"],
        "subtype": facts["subtype"],
        "model": str(resident.unit.virtual.facts["serial"])[9:17],
        "customize": case.customize,
        **keys,
    }


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda n: f"{CASES[n].product}-{n}")
async def test_it_reads_and_operates(number: int, version: int) -> None:
    case = CASES[number]
    played = play_midea(peer.maker(), case.product, number, version=version, facts=dict(case.facts))
    virtual = played.resident.unit.virtual
    async with midea_local() as ask, peer.playing(played.resident):
        held = {"available": True, **case.shows(played.values)}
        shown = await ask("connect", until=held, **connection(played, case))
        assert {name: shown.get(name) for name in held} == held
        for change in case.changes:
            virtual.set(change)
            held = case.shows(played.values)
            shown = await ask("look", until=held)
            assert {name: shown.get(name) for name in held} == held, change
        for attribute, value, ours in case.wishes:
            shown = await ask("set", attribute=attribute, value=value, until={attribute: value})
            assert {path: played.values[path] for path in ours} == ours, (attribute, value)
            held = case.shows(played.values)
            shown = await ask("look", until=held)
            assert {name: shown.get(name) for name in held} == held, (attribute, value)
