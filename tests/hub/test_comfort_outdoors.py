"""A sensor that hangs outside, in a whole hub: it calls out over Bluetooth, is named, believed, and kept from who may not see it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.hub.test_comfort import MOVES, WANG, Bedroom, bedroom
from tests.machines.virtual_time import virtual_time

from jiahe.hub import comforting
from jiahe.model.errors import OutOfDefinition
from jiahe.virtual.airwaves import VirtualRadio
from jiahe.web.comfort_schemas import COMFORT
from jiahe.wire.advertisement import Advertisement, hardware_id
from jiahe.wire.gatt import sig

BALCONY = "A4:C1:38:56:53:84"
HEARD = {"value.temperature": True, "value.humidity": True, "value.pm25": True}
HIDDEN = ("pm2_5", "temperature", "humidity")


def air(here: Bedroom) -> VirtualRadio:
    """What the home's radio hears."""
    assert isinstance(here.hub.radio, VirtualRadio)
    return here.hub.radio


def calls(here: Bedroom, packet: int, *, celsius: float, percent: float, dust: int) -> None:
    """What a BTHome sensor (version 2, bthome.io) calls out: packet, temperature, humidity, PM2.5."""
    data = bytes((0x40, 0x00, packet % 256, 0x02)) + round(celsius * 100).to_bytes(2, "little", signed=True)
    data += (
        bytes((0x03,))
        + round(percent * 100).to_bytes(2, "little")
        + bytes((0x0D,))
        + dust.to_bytes(2, "little")
    )
    air(here).calls_out(BALCONY, Advertisement("", service_data={sig(0xFCD2): data}).encode())


async def hung_out(here: Bedroom) -> str:
    """The sensor is taken in, and listed in the bedroom; its id."""
    calls(here, 1, celsius=33.0, percent=40.0, dust=150)
    found = await here.hub.registry.adopt(
        product="bthome.sensor", family="bthome", hardware_id=hardware_id(BALCONY), address=BALCONY, cause=WANG, name="Balcony",
        facts={"model": "BTHome sensor", "sort": "sensor", "sealed": 0, "capabilities": HEARD}, id_="balcony", area="bedroom",
    )  # fmt: skip
    product = here.hub.shelf.get("bthome.sensor")
    assert product is not None
    here.hub.supervisor.start(found, product, {})
    return found.id


async def tells(here: Bedroom, minutes: int) -> None:
    """It calls out once a minute, and so does the band."""
    for packet in range(minutes):
        calls(here, packet + 2, celsius=33.0, percent=40.0, dust=150)
        await here.live(1, MOVES)


def state(here: Bedroom, but: str = "") -> dict[str, Any]:
    return dict(here.comfort.state(lambda device: device != but))


@virtual_time
async def test_a_sensor_outdoors_is_named_believed_and_let_go(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(2, MOVES)
        balcony = await hung_out(here)
        await tells(here, 3)
        nobody = state(here)["outdoor"]
        assert nobody == {"device": "", "sensors": [balcony], **dict.fromkeys(HIDDEN)}
        with pytest.raises(OutOfDefinition, match="sensor of this home"):
            await here.comfort.put_wishes({"outdoor": "purifier"})
        await here.comfort.put_wishes({"outdoor": balcony})
        await tells(here, 3)
        told = state(here)
        assert told["outdoor"] == {
            "device": balcony, "sensors": [balcony], "pm2_5": 150.0, "temperature": 33.0, "humidity": 40.0,
        }  # fmt: skip
        assert set(told["outdoor"]) == set(COMFORT["Comfort"]["properties"]["outdoor"]["properties"])
        (room,) = told["rooms"]
        assert (room["air"]["outdoor"], room["air"]["measured"]) == (150, True)
        assert room["climate"]["outdoor"] == 33.0
        assert room["climate"]["temperature"] != 33.0, "it is no sensor of the bedroom any more"

        hidden = state(here, but=balcony)
        assert hidden["outdoor"] == {"device": "", "sensors": [], **dict.fromkeys(HIDDEN)}
        (room,) = hidden["rooms"]
        assert (room["air"]["outdoor"], room["climate"]["outdoor"], room["advice"]) == (None, None, [])

        air(here).falls_silent(BALCONY)
        await here.live(3 * 60, MOVES)
        silent = state(here)
        assert silent["outdoor"]["device"] == balcony
        assert [silent["outdoor"][name] for name in HIDDEN] == [None, None, None]
        (room,) = silent["rooms"]
        assert room["air"]["measured"] is False
        assert room["climate"]["outdoor"] == 31.0, "what the unit tells"

        await here.comfort.switch("bedroom", "air", True)
        assert here.hub.comfort.wishes.outdoor == balcony, "one switch leaves the rest"
    async with bedroom(tmp_path) as here:
        await here.live(2, MOVES)
        assert here.hub.comfort.wishes.outdoor == balcony
        await here.hub.remove(balcony, WANG)
        await asyncio.sleep(120.0)
        assert state(here)["outdoor"] == {"device": "", "sensors": [], **dict.fromkeys(HIDDEN)}
        assert here.hub.comfort.trouble == ""


def test_a_sentence_with_the_hidden_figure_is_not_told_either() -> None:
    cleans = {"code": "air.cleans", "figures": {"now": 12, "outdoor": 150}}
    quiet = {"code": "air.nobody", "figures": {}}
    shown: dict[str, Any] = {
        "advice": [cleans],
        "air": {"outdoor": 150, "decision": {"reasons": [cleans, quiet]}},
        "climate": {"outdoor": 33.0, "decision": None},
    }
    comforting._close(shown)
    assert shown == {
        "advice": [],
        "air": {"outdoor": None, "decision": {"reasons": [quiet]}},
        "climate": {"outdoor": None, "decision": None},
    }
