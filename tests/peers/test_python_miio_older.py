"""python-miio (GPL, only ever run as a program) reads and operates our virtual devices of the older tongue (get_prop)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.peers import peer

from jiahe.virtual.resident import Resident


@dataclass(frozen=True)
class Case:
    """A model, the peer's group for it, what the device holds, and what the peer sets."""

    model: str
    group: str
    holds: dict[str, Any]
    sets: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.model


_PURIFIER_HOLDS: dict[str, Any] = {
    "power": True, "mode": "silent", "pm2_5": 37.0, "average_aqi": 41, "humidity": 58, "temperature": 23.4,
    "favorite_level": 7, "filter_life": 41, "filter_used_time": 2345, "use_time": 6895800, "fan_rpm": 711,
    "purify_volume": 90123, "display": True, "brightness": "dim", "buzzer": True, "child_lock": False,
}  # fmt: skip
_PURIFIER_SETS: dict[str, tuple[str, Any]] = {
    "set_mode favorite": ("mode", "favorite"),
    "set_favorite_level 12": ("favorite_level", 12),
    "set_led false": ("display", False),
    "set_led_brightness off": ("brightness", "off"),
    "set_buzzer false": ("buzzer", False),
    "set_child_lock true": ("child_lock", True),
    "off": ("power", False),
}

CASES = [
    Case("zhimi.airpurifier.m1", "airpurifier", _PURIFIER_HOLDS, _PURIFIER_SETS),
    Case(
        "zhimi.airpurifier.v3",
        "airpurifier",
        _PURIFIER_HOLDS,
        {**_PURIFIER_SETS, "set_mode strong": ("mode", "strong")},
    ),
    Case(
        "zhimi.humidifier.v1",
        "airhumidifier",
        {"power": True, "mode": "high", "humidity": 44, "temperature": 29.8, "buzzer": False, "brightness": "bright",
         "child_lock": False, "target_humidity": 50, "trans_level": 85, "use_time": 941_100, "hardware_version": 0},
        {"set_mode silent": ("mode", "silent"), "set_target_humidity 60": ("target_humidity", 60),
         "set_buzzer true": ("buzzer", True), "set_child_lock true": ("child_lock", True),
         "set_led_brightness off": ("brightness", "off"), "off": ("power", False)},
    ),
    Case(
        "philips.light.bulb",
        "philipsbulb",
        {"power": False, "light_level": 85, "warmth": 9, "scene": 3, "off_countdown": 0},
        {"on": ("power", True), "set_brightness 40": ("light_level", 40), "set_color_temperature 70": ("warmth", 70)},
    ),
    Case(
        "chuangmi.plug.v1",
        "chuangmiplug",
        {"power": True, "usb.power": False, "internal_temperature": 32.0},
        {"off": ("power", False), "usb_on": ("usb.power", True)},
    ),
    Case(
        "chuangmi.plug.m1",
        "chuangmiplug",
        {"power": False, "internal_temperature": 35.0},
        {"on": ("power", True)},
    ),
]  # fmt: skip
each_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="session")
def miiocli() -> str:
    return peer.program("python-miio", "miiocli")


async def told(program: str, device: Resident, group: str, *command: str) -> Any:
    """The last line that the peer shows, as JSON; the test fails where it shows an error."""
    where = ("--ip", device.address, "--token", device.identity.secrets["token"].hex())
    ran = await peer.run(program, "-o", "json", group, *where, *command)
    assert "ERROR" not in ran.err, ran.err
    return ran.json()


@each_case
async def test_it_shows_what_our_device_holds(case: Case, miiocli: str) -> None:
    resident = peer.maker().miio(case.model, 1, values=case.holds)
    async with peer.playing(resident) as device:
        status = await told(miiocli, device, case.group, "status")
        virtual = device.unit.virtual
        ours = {
            row.report.removeprefix("prop:"): virtual.raw(row.definition.path)
            for row in virtual.product.rows
            if row.report is not None
        }
        shown = {name: value for name, value in status.items() if value is not None}
        assert {name: value for name, value in shown.items() if name in ours} == {
            name: value for name, value in ours.items() if name in status
        }
        assert len(shown.keys() & ours.keys()) >= len(case.holds) - 1, "it looks for what our device has"


@each_case
async def test_what_it_sets_our_device_holds(case: Case, miiocli: str) -> None:
    resident = peer.maker().miio(case.model, 2, values=case.holds)
    async with peer.playing(resident) as device:
        for command, (path, value) in case.sets.items():
            assert device.unit.virtual.values[path] != value, f"held before: {command}"
            assert await told(miiocli, device, case.group, *command.split()) == ["ok"]
            assert device.unit.virtual.values[path] == value


async def test_methods_that_are_actions(miiocli: str) -> None:
    bulb, purifier = peer.maker().miio("philips.light.bulb", 3), peer.maker().miio("zhimi.airpurifier.m1", 3)
    async with peer.playing(bulb) as lamp, peer.playing(purifier) as air:
        said = await asyncio.gather(
            told(miiocli, lamp, "philipsbulb", "delay_off", "60"),
            told(miiocli, lamp, "philipsbulb", "set_scene", "2"),
            told(miiocli, lamp, "philipsbulb", "set_brightness_and_color_temperature", "10", "20"),
            told(miiocli, air, "airpurifier", "reset_filter"),
        )
        assert said == [["ok"]] * 4
        assert air.unit.virtual.values["filter_life"] == 100
