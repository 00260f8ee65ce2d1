"""python-miio (GPL, only ever run as a program) operates our virtual purifiers with its own `miiocli`.

What it shows is what our device holds, what it sets is what our device holds afterwards. It speaks to port 54321
only, so each purifier has a loopback address of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from tests.peers import peer

from jiahe.virtual.resident import Resident

MB4, MB5, MA4 = "zhimi.airpurifier.mb4", "zhimi.airp.mb5", "zhimi.airpurifier.ma4"

SHOWN: dict[str, dict[str, str]] = {
    # Its names for the values of a model, and ours; every one that both have.
    MB4: {
        "power": "power",
        "aqi": "pm2_5",
        "filter_life_remaining": "filter_life",
        "filter_hours_used": "filter_used_time",
        "buzzer": "buzzer",
        "led_brightness_level": "brightness",
        "child_lock": "child_lock",
        "motor_speed": "fan_rpm",
        "favorite_rpm": "favorite_speed",
    },
    MB5: {
        "power": "power",
        "fan_level": "fan_level",
        "anion": "anion",
        "humidity": "humidity",
        "aqi": "pm2_5",
        "temperature": "temperature",
        "filter_life_remaining": "filter_life",
        "filter_hours_used": "filter_used_time",
        "filter_left_time": "filter_left_time",
        "buzzer": "buzzer",
        "child_lock": "child_lock",
        "motor_speed": "fan_rpm",
        "favorite_level": "favorite_level",
        "purify_volume": "purify_volume",
        "average_aqi": "average_aqi",
        "aqi_realtime_update_duration": "aqi_updata_heartbeat",
    },
    MA4: {
        "power": "power",
        "fan_level": "fan_level",
        "humidity": "humidity",
        "aqi": "pm2_5",
        "temperature": "temperature",
        "filter_life_remaining": "filter_life",
        "filter_hours_used": "filter_used_time",
        "buzzer": "buzzer",
        "child_lock": "child_lock",
        "favorite_level": "favorite_fan_level",
        "motor_speed": "fan_rpm",
        "use_time": "use_time",
        "purify_volume": "purify_volume",
        "average_aqi": "average_aqi",
        "aqi_realtime_update_duration": "aqi_updata_heartbeat",
        "led": "display",
    },
}

VALUES: dict[str, Any] = {
    # What the purifier holds before the peer looks: nothing that it would hold by itself.
    "power": True, "mode": "sleep", "pm2_5": 137, "filter_life": 41, "filter_used_time": 2345, "filter_left_time": 77,
    "buzzer": True, "brightness": 5, "child_lock": True, "fan_rpm": 1711, "favorite_speed": 1450, "fan_level": 2,
    "anion": True, "humidity": 58, "temperature": 23.4, "favorite_level": 7, "purify_volume": 90123, "average_aqi": 64,
    "aqi_updata_heartbeat": 30, "favorite_fan_level": 9, "use_time": 6895800, "display": True,
}  # fmt: skip


@dataclass(frozen=True)
class Miiocli:
    """`miiocli` towards one device. A call's answer is the JSON it shows; `error` the sentence where it fails."""

    program: str
    device: Resident
    token: str = ""

    async def __call__(self, group: str, *command: str, limit: float = peer.LIMIT) -> Any:
        ran = await self._run(group, *command, limit=limit)
        assert "ERROR" not in ran.err, ran.err
        return ran.json()

    async def error(self, group: str, *command: str, limit: float = peer.LIMIT) -> str:
        """What it says of a call that fails; the test fails where it says nothing of that kind."""
        ran = await self._run(group, *command, limit=limit)
        said = ran.out + ran.err
        assert "ERROR" in ran.err or '"error"' in ran.out or '"code": -' in ran.out or ran.status, said
        return said

    async def _run(self, group: str, *command: str, limit: float) -> peer.Ran:
        token = self.token or self.device.identity.secrets["token"].hex()
        where = ("--ip", self.device.address, "--token", token)
        return await peer.run(self.program, "-o", "json", group, *where, *command, limit=limit)


@pytest.fixture(scope="session")
def miiocli() -> str:
    return peer.program("python-miio", "miiocli")


def purifier(model: str, number: int) -> Resident:
    """A purifier of this model that holds VALUES as far as it has them, in words of its own where those are words."""
    paths = {row.definition.path: row.definition for row in peer.maker().shelf.get(model).rows}  # type: ignore[union-attr]
    fitting = {
        path: value
        for path, value in VALUES.items()
        if path in paths and (not paths[path].choices or value in paths[path].choices)
    }
    return peer.maker().purifier(number, product=model, values=fitting)


@pytest.mark.parametrize("model", [MB4, MB5, MA4])
async def test_it_reads_every_value_as_ours(model: str, miiocli: str) -> None:
    async with peer.playing(purifier(model, 1)) as device:
        cli = Miiocli(miiocli, device)
        info, status = await asyncio.gather(cli("device", "info"), cli("airpurifiermiot", "status"))
        assert {info[name] for name in ("model", "fw_ver", "hw_ver", "mac")} == {
            device.unit.virtual.facts[name] for name in ("model", "firmware", "hardware", "mac")
        }
        ours = {name: device.unit.virtual.values[path] for name, path in SHOWN[model].items()}
        assert {name: status[name] for name in SHOWN[model]} == ours
        assert status["mode"] == device.unit.virtual.raw("mode")
        assert all(
            VALUES[path] == device.unit.virtual.values[path] for path in ("pm2_5", "fan_rpm", "filter_life")
        )


async def sets(cli: Miiocli, command: tuple[str, ...], path: str, value: Any) -> None:
    """The peer's command is taken, and our device holds what it says."""
    assert cli.device.unit.virtual.values[path] != value, f"held before: {command}"
    said = await cli("airpurifiermiot", *command)
    assert [item["code"] for item in said] == [0], said
    assert cli.device.unit.virtual.values[path] == value


@pytest.mark.parametrize(
    ("model", "commands"),
    [
        (
            MB4,
            {
                "set_favorite_rpm 900": ("favorite_speed", 900),
                "set_led_brightness_level 2": ("brightness", 2),
            },
        ),
        (MB5, {"set_favorite_level 3": ("favorite_level", 3), "set_anion false": ("anion", False)}),
        (MA4, {"set_favorite_level 3": ("favorite_fan_level", 3), "set_fan_level 3": ("fan_level", 3)}),
    ],
)
async def test_what_it_sets_our_device_holds(
    model: str, commands: dict[str, tuple[str, Any]], miiocli: str
) -> None:
    async with peer.playing(purifier(model, 2)) as device:
        cli = Miiocli(miiocli, device)
        wishes = {**commands, "off": ("power", False), "set_mode Favorite": ("mode", "favorite")}
        # All at once: five clients at one device, each with a socket and a count of requests of its own.
        await asyncio.gather(*(sets(cli, tuple(wish.split()), *what) for wish, what in wishes.items()))
        await sets(cli, ("on",), "power", True)


async def test_properties_by_number_and_what_is_refused(miiocli: str) -> None:
    async with peer.playing(purifier(MB4, 3)) as device:
        cli = Miiocli(miiocli, device)
        asked = "[{'did':'a','siid':3,'piid':4},{'did':'b','siid':99,'piid':1},{'did':'c','siid':9,'piid':3}]"
        wished = (
            "[{'did':'a','siid':9,'piid':3,'value':2000},{'did':'b','siid':7,'piid':2,'value':99},"
            "{'did':'c','siid':3,'piid':4,'value':1},{'did':'d','siid':8,'piid':1,'value':False}]"
        )
        read, by_number = await asyncio.gather(
            cli("device", "raw_command", "get_properties", asked),
            cli("miotdevice", "get_property_by", "2", "4"),
        )
        assert read == [
            {"did": "a", "siid": 3, "piid": 4, "code": 0, "value": 137},
            {"did": "b", "siid": 99, "piid": 1, "code": -4003},
            {"did": "c", "siid": 9, "piid": 3, "code": 0, "value": 1450},
        ]
        assert by_number[0]["value"] == device.unit.virtual.raw("mode") == 1
        wrote = await cli("device", "raw_command", "set_properties", wished)
        assert [(item["did"], item["code"]) for item in wrote] == [
            ("a", 0),
            ("b", -4005),
            ("c", -4002),
            ("d", 0),
        ]
        values = device.unit.virtual.values
        held = [values[path] for path in ("favorite_speed", "brightness", "pm2_5", "child_lock")]
        assert held == [2000, 5, 137, False]
        assert "-10000" in await cli.error("device", "raw_command", "no_such_method", "[]")


@pytest.mark.parametrize(
    ("model", "action", "expected"),
    [
        (MB4, ("4", "1", "[{'piid':3,'value':5}]"), {"filter_life": 100, "filter_used_time": 0}),
        (MB5, ("2", "1"), {"power": False}),
        (MA4, ("4", "1"), {"filter_life": 100, "filter_used_time": 0}),
    ],
)
async def test_its_actions_work(
    model: str, action: tuple[str, ...], expected: dict[str, Any], miiocli: str
) -> None:
    async with peer.playing(purifier(model, 4)) as device:
        cli = Miiocli(miiocli, device)
        said = await cli("miotdevice", "call_action_by", *action)
        assert (said["code"], said["siid"], said["aiid"]) == (0, int(action[0]), int(action[1]))
        assert {path: device.unit.virtual.values[path] for path in expected} == expected


async def test_an_action_that_is_not_there_is_refused(miiocli: str) -> None:
    async with peer.playing(purifier(MB4, 5)) as device:
        before = dict(device.unit.virtual.values)
        said = await Miiocli(miiocli, device).error("miotdevice", "call_action_by", "7", "7")
        assert "-4003" in said
        assert dict(device.unit.virtual.values) == before


async def test_a_wrong_token_gets_no_answer_and_changes_nothing(miiocli: str) -> None:
    """Our device is silent, as real ones are; the peer would try for 20 s, so it is stopped after two tries' time."""
    async with peer.playing(purifier(MB4, 6)) as device:
        before = dict(device.unit.virtual.values)
        stranger = Miiocli(miiocli, device, token="00112233445566778899aabbccddeeff")
        ran = await stranger._run("airpurifiermiot", "off", limit=3.0)
        assert ran.out == ""
        assert ran.status != 0
        assert dict(device.unit.virtual.values) == before
        # The same call with the right token is taken: it was the token.
        await sets(Miiocli(miiocli, device), ("off",), "power", False)


async def test_it_reads_the_air_monitor_as_ours(miiocli: str) -> None:
    """The file of the demo's monitor outdoors: the points of every measure, the battery's in the peer's own units."""
    held = {
        "pm2_5": 37.0, "pm10": 63.0, "temperature": -3.5, "humidity": 58.0, "co2": 431.0, "battery": 87,
        "charging": "not_charging", "battery_voltage": 4.1,
    }  # fmt: skip
    async with peer.playing(peer.maker().miio("cgllc.airm.cgdn1", 5, values=held)) as device:
        status = await Miiocli(miiocli, device)("airqualitymonitorcgdn1", "status")
    told = {
        "pm25": "pm2_5",
        "pm10": "pm10",
        "temperature": "temperature",
        "humidity": "humidity",
        "co2": "co2",
    }
    assert {name: status[name] for name in told} == {name: held[path] for name, path in told.items()}
    assert (status["battery"], status["charging_state"], status["voltage"]) == (87, 2, 4100)
