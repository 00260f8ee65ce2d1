"""The band says asleep, and the bedroom listens: a whole hub, every protocol, no socket and no waiting."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.machines.virtual_time import Clock, virtual_time

from jiahe.catalog.loader import Shelf
from jiahe.comfort.words import TELL_SLEEP
from jiahe.driver.family import Family
from jiahe.hub.build import Hub
from jiahe.hub.comforting import Comforting
from jiahe.hub.config import Config
from jiahe.hub.run import keep_ageing
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Actor, Cause, PropertyRef, RecordKind
from jiahe.transport.memory import Network
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.airwaves import VirtualRadio
from jiahe.virtual.resident import Maker, Resident, bluetooth_address
from jiahe.virtual.serve import Net

WANG = Cause("wang", Actor.PERSON, "Wang", who="home")
MOVES, STILL = {"movement": 90, "heart_rate": 78}, {"movement": 0, "heart_rate": 55}
SERIALS = {"midea": {"serial": "0000FC311JIAHE0FC000000000000001"}}
"""An appliance that is asked for its model tells it so."""
WISHES = {
    "rooms": {"bedroom": {"climate": True, "sleep": True}},
    "people": [{"id": "wang", "name": "Wang", "band": "band", "bedroom": "bedroom"}],
}


@dataclass
class Bedroom:
    """A hub with a band, an air conditioner and a purifier in one room."""

    hub: Hub
    residents: dict[str, Resident]

    @property
    def comfort(self) -> Comforting:
        return Comforting(self.hub.comfort, self.hub.clock.now)

    def person(self) -> dict[str, Any]:
        people: list[dict[str, Any]] = self.comfort.state(lambda _: True)["people"]
        return people[0]

    def value(self, device: str, path: str) -> Any:
        seen = self.hub.store.get(PropertyRef(device, path))
        return seen.value if seen is not None else None

    async def live(self, minutes: int, band: dict[str, int], so: Callable[[], object] = lambda: False) -> int:
        """So many minutes with the band telling this, or until it is so; how many passed."""
        virtual = self.residents["band"].unit.virtual
        for passed in range(minutes):
            steps = virtual.values["steps"]
            assert isinstance(steps, int)
            virtual.set({**band, "steps": steps + (6 if band["movement"] else 0)})
            await asyncio.sleep(60.0)
            if so():
                return passed
        return minutes


@asynccontextmanager
async def bedroom(
    directory: Path, more: Callable[[Maker], dict[str, Resident]] | None = None, *, out: bool = False
) -> AsyncIterator[Bedroom]:
    """The bedroom's three devices, and `more` of them in this room or in others; `out`: the band is somewhere else."""
    udp, tcp, radio = Network(datagrams=True), Network(), VirtualRadio()

    async def connector(family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        return await (udp if family.transport == "udp" else tcp).connect(host, port, receiver)

    clock = Clock()
    maker = Maker(Shelf.shipped(), clock, os.urandom, 5, Net(udp.serve, tcp.serve, radio.serve))
    residents = {
        "ac": maker.conditioner(
            1, id="ac", room="bedroom", values={"temperature": 28.0, "outdoor_temperature": 31.0}
        ),
        "purifier": maker.purifier(1, id="purifier", room="bedroom", values={"mode": "auto"}),
        "band": maker.band(1, id="band", values=MOVES),
        **(more(maker) if more is not None else {}),
    }
    hub = await Hub.open(Config(directory), connector=connector, clock=clock, radio=radio)
    hub.spawn(keep_ageing(hub))
    try:
        for number, one in enumerate(residents.values(), 1):
            if out and one.id == "band":
                continue
            await one.unit.start(bluetooth_address(one) if one.id == "band" else f"10.0.0.{number}")
            radio.calls_out(bluetooth_address(residents["band"]), b"")
        if not hub.registry.devices:
            for name in sorted({one.room for one in residents.values() if one.room}):
                room = await hub.registry.add_room(name, WANG)
                assert room.id == name
            for one in residents.values():
                await hub.registry.adopt(
                    product=one.product.id, family=one.product.family, hardware_id=one.identity.hardware_id, address=one.address,
                    cause=WANG, name=one.id, facts=dict(one.identity.facts) | SERIALS.get(one.id, {}), id_=one.id, area=one.room,
                )  # fmt: skip
                await hub.vault.seal(one.id, one.identity.secrets)
        await hub.start_devices()
        await hub.start_rules()
        yield Bedroom(hub, residents)
    finally:
        await hub.close()
        for one in residents.values():
            await one.unit.close()


@virtual_time
async def test_the_first_look_comes_as_soon_as_everything_has_spoken(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        told = here.comfort.state(lambda _: True)
        assert told.get("looked") is None
        lives = asyncio.create_task(here.live(1, MOVES))
        await asyncio.sleep(50.0)
        told = here.comfort.state(lambda _: True)
        assert told["looked"] is not None, "it did not wait for its minute"
        await lives
        told = here.comfort.state(lambda _: True)
        (room,) = told["rooms"]
        assert room["climate"]["temperature"] == 28.0


@virtual_time
async def test_a_band_that_is_out_is_waited_for_and_then_looked_without(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(1, MOVES)
    async with bedroom(tmp_path, out=True) as here:
        await asyncio.sleep(50.0)
        assert here.comfort.state(lambda _: True)["looked"] is None
        await asyncio.sleep(30.0)
        assert here.comfort.state(lambda _: True)["looked"] is not None


@virtual_time
async def test_the_band_falls_asleep_and_the_bedroom_listens(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(3, MOVES)
        assert here.hub.comfort.director is not None
        await here.comfort.put_wishes(WISHES)
        await here.live(30, MOVES)
        assert here.value("band", "movement") == 90
        assert here.person()["stage"] == "awake"
        # whatever the hour at which virtual time begins: somebody lies still until they sleep
        await here.live(16 * 60, STILL, lambda: here.person()["stage"] == "asleep")
        assert here.person()["stage"] == "asleep", here.person()
        await here.live(3, STILL)
        assert here.residents["purifier"].unit.virtual.values["mode"] == "sleep"
        assert here.residents["ac"].unit.virtual.values["power"] is True, json.dumps(
            here.comfort.state(lambda _: True)["rooms"]
        )
        assert here.residents["ac"].unit.virtual.values["target_temperature"] == 26.0

        records = await here.hub.journal.records(0, 10_000)
        noticed = [one for one in records if one.kind is RecordKind.COMFORT and one.body["what"] == "sleep"]
        assert noticed[-1].body["reasons"][0]["code"] == "sleep.asleep"
        ordered = [
            one.body
            for one in records
            if one.kind is RecordKind.COMMAND and one.body["cause"]["kind"] == "comfort"
        ]
        assert {(one["device"], one["property"]) for one in ordered} >= {
            ("ac", "power"),
            ("purifier", "mode"),
        }
        told = {one.body["cause"]["id"] for one in records if one.kind is RecordKind.COMFORT}
        assert {one["cause"]["id"] for one in ordered} <= told, (
            "every order's cause stands in the diary with its reasons"
        )

        woken = await here.live(
            6, {"movement": 200, "heart_rate": 85}, lambda: here.person()["stage"] == "awake"
        )
        assert woken <= 5
        await here.live(2, MOVES)
        assert here.residents["purifier"].unit.virtual.values["mode"] == "auto"


@virtual_time
async def test_a_hand_on_the_phone_wins_and_can_be_taken_off(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(3, MOVES)
        await here.comfort.put_wishes(WISHES)
        await here.live(20, MOVES)
        command = here.hub.dispatch.submit(PropertyRef("ac", "target_temperature"), WANG, value=22.0)
        await here.hub.dispatch.outcome(command.id)
        await here.live(40, MOVES)
        room = here.comfort.state(lambda _: True)["rooms"][0]
        assert room["climate"]["hold"]["who"] == "Wang"
        assert room["climate"]["decision"]["by"] == "hand"
        assert here.residents["ac"].unit.virtual.values["target_temperature"] == 22.0
        await here.comfort.release("bedroom")
        await here.live(20, MOVES)
        assert here.residents["ac"].unit.virtual.values["target_temperature"] == 26.0


@virtual_time
async def test_what_is_wished_and_learned_outlasts_a_restart_and_rests_without_its_devices(
    tmp_path: Path,
) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(3, MOVES)
        await here.comfort.put_wishes(WISHES)
        here.comfort.put_point("bedroom", {"mode": "cool", "free": False, "minute": 480, "target": 25.0})
        await here.live(3, MOVES)
    async with bedroom(tmp_path) as here:
        await here.live(3, MOVES)
        room = here.comfort.state(lambda _: True)["rooms"][0]
        assert room["on"] == {"climate": True, "air": False, "sleep": True}
        assert [(one["minute"], one["target"], one["edited"]) for one in room["climate"]["schedule"]] == [
            (480, 25.0, True)
        ]
        here.comfort.remove_point("bedroom", {"mode": "cool", "free": False, "minute": 480})
        with pytest.raises(UnknownName):
            here.comfort.remove_point("bedroom", {"mode": "cool", "free": False, "minute": 480})
        await here.hub.remove("band", WANG)
        await here.live(2, MOVES)
        assert here.comfort.state(lambda _: True)["people"] == []
        hidden = here.comfort.state(lambda device: device != "ac")["rooms"][0]
        assert (hidden["purifier"], hidden["conditioner"], "climate" in hidden) == ("purifier", "", False)
        assert here.comfort.state(lambda _: False)["rooms"] == []


@virtual_time
async def test_who_sees_a_part_of_a_room_is_told_that_part_and_nobodys_sleep(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(3, MOVES)
        await here.comfort.put_wishes(
            WISHES | {"rooms": {"bedroom": {"climate": True, "sleep": True, "air": True}}}
        )
        await here.live(30, MOVES)
        await here.live(16 * 60, STILL, lambda: here.person()["stage"] == "asleep")
        await here.live(3, STILL)
        whole = here.comfort.state(lambda _: True)["rooms"][0]
        assert (whole["sleepers"], whole["can"]["sleep"]) == (["wang"], True)
        told = {why["code"] for why in whole["climate"]["decision"]["reasons"]}
        assert told & TELL_SLEEP, told

        bandless = here.comfort.state(lambda device: device != "band")
        room = bandless["rooms"][0]
        assert (bandless["people"], room["sleepers"], room["can"]["sleep"]) == ([], [], False)
        assert "wang" not in json.dumps(bandless).casefold()
        for part in ("climate", "air"):
            decision = room[part]["decision"]
            assert not {why["code"] for why in decision["reasons"]} & TELL_SLEEP
        assert room["climate"]["decision"]["target"] == whole["climate"]["decision"]["target"]

        # a guest of the purifier: what stands beside it is not there
        room = here.comfort.state(lambda device: device == "purifier")["rooms"][0]
        assert (room["conditioner"], room["can"]["climate"], room["advice"]) == ("", False, [])
        assert "climate" not in room
        assert room["air"]["pm2_5"] is not None


@virtual_time
async def test_nonsense_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with bedroom(tmp_path) as here:
        await here.live(2, MOVES)
        with pytest.raises(OutOfDefinition):
            await here.comfort.put_wishes({"rooms": {"attic": {"climate": True}}})
        with pytest.raises(OutOfDefinition):
            await here.comfort.switch("bedroom", "heating", True)
        with pytest.raises(UnknownName):
            await here.comfort.switch("attic", "climate", True)
        with pytest.raises(UnknownName):
            await here.comfort.forget("attic")
        with pytest.raises(OutOfDefinition):
            here.comfort.put_point("bedroom", {"mode": "cool", "minute": 480, "target": 99})
        assert here.hub.comfort.wishes.rooms == {}
        await here.comfort.switch("bedroom", "climate", True)
        assert here.hub.comfort.wishes.room("bedroom").climate is True
        await here.comfort.forget("bedroom")
        assert set(here.comfort.words()) >= {"hold", "sleep.asleep", "curve.rises"}
