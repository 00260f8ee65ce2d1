"""A dishwasher and a water heater wait for cheap electricity: a whole hub, their own protocol, virtual time, restarts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.machines.virtual_time import Clock, virtual_time

from jiahe.catalog.loader import Shelf
from jiahe.driver.family import Family
from jiahe.home.permission import Role
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.hub.run import keep_ageing
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Actor, Cause, PropertyRef, RecordKind
from jiahe.transport.memory import Network
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.appliance_laws import LAWS, UNITS
from jiahe.virtual.resident import Maker, Resident
from jiahe.virtual.serve import Net

WANG = Cause("wang", Actor.PERSON, "Wang", who="home")
HOUR = 3600.0
NIGHT = {
    "name": "Night", "currency": "CNY",
    "pieces": [{"since": "2020-01-01", "windows": [
        {"from": "16:00", "to": "20:00", "prices": [0.2]}, {"from": "20:00", "to": "16:00", "prices": [0.4]},
    ]}],
}  # fmt: skip
SERIALS = {"dishwasher": "0000E1311JIAHE0E1000000000000001", "heater": "0000E2311JIAHE0E2000000000000002"}
PRODUCTS = {"dishwasher": "midea.e1.dishwasher", "heater": "midea.e2.water_heater"}


@dataclass
class Kitchen:
    """A hub with a dishwasher and a water heater. It is 14:13 by its clock, and cheap from four to eight."""

    hub: Hub
    residents: dict[str, Resident]

    @property
    def now(self) -> float:
        return self.hub.clock.now()

    def values(self, device: str) -> dict[str, Any]:
        return self.residents[device].unit.virtual.values  # type: ignore[return-value]

    async def plan(self, device: str = "dishwasher", hours: float = 6.0, **more: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"arguments": ["eco"]} if device == "dishwasher" else {}
        body = {"device": device, "by": self.now + hours * HOUR, **given, **more}
        return dict(await self.hub.shifting.plan(body, WANG, only_show=False))

    def row(self) -> dict[str, Any]:
        (row,) = self.hub.shifting.state(lambda _: True)["planned"]
        return dict(row)

    async def until(self, so, within: float = 8 * HOUR) -> None:
        """Waits in virtual time; fails where it does not come."""
        end = self.now + within
        while not so():
            assert self.now < end, (self.hub.shifting.state(lambda _: True)["planned"], await self.said())
            await asyncio.sleep(15.0)

    async def said(self) -> list[str]:
        """Codes of what the diary has of shifting, in their order."""
        await self.hub.journal.committed(self.hub.journal.last_seq)
        records = await self.hub.journal.records(0, 10_000)
        return [
            one.body["reasons"][0]["code"]
            for one in records
            if one.kind is RecordKind.COMFORT and one.body["what"] == "shift"
        ]

    async def starts(self) -> list[dict[str, Any]]:
        await self.hub.journal.committed(self.hub.journal.last_seq)
        records = await self.hub.journal.records(0, 10_000)
        return [
            dict(one.body)
            for one in records
            if one.kind is RecordKind.COMMAND and one.body.get("action") == "start"
        ]


@asynccontextmanager
async def kitchen(
    directory: Path, residents: dict[str, Resident] | None = None, clock: Clock | None = None
) -> AsyncIterator[Kitchen]:
    udp, tcp = Network(datagrams=True), Network()

    async def connector(family: Family, host: str, port: int, receiver: Receiver) -> Transport:
        return await (udp if family.transport == "udp" else tcp).connect(host, port, receiver)

    clock = clock or Clock()
    maker = Maker(Shelf.shipped(), clock, os.urandom, 5, Net(udp.serve, tcp.serve))
    residents = {
        name: maker.appliance(
            product, number, id=name, names={"en": name, "zh": name}, room="kitchen",
            actions=LAWS[product].actions, facts=UNITS.get(product, {}),
        )
        for number, (name, product) in enumerate(PRODUCTS.items(), 1)
    }  # fmt: skip
    hub = await Hub.open(Config(directory), connector=connector, clock=clock)
    hub.spawn(keep_ageing(hub))
    try:
        for number, one in enumerate(residents.values(), 1):
            await one.unit.start(f"10.0.0.{number}")
        if not hub.registry.devices:
            await hub.automation.set_place("UTC", 31.0, 121.0)
            for one in residents.values():
                await hub.registry.adopt(
                    product=one.product.id, family=one.product.family, hardware_id=one.identity.hardware_id, address=one.address,
                    cause=WANG, name=one.id, facts=dict(one.identity.facts) | {"serial": SERIALS[one.id]}, id_=one.id,
                )  # fmt: skip
                await hub.vault.seal(one.id, one.identity.secrets)
            await hub.tariffs.put("night", NIGHT)
            await hub.tariffs.choose("night")
        await hub.start_devices()
        await hub.start_rules()
        here = Kitchen(hub, residents)
        await here.until(lambda: not hub.supervisor.troubled(), 300.0)
        await here.until(lambda: all(hub.shifting.state(lambda _: True)["can"]), 60.0)
        yield here
    finally:
        await hub.close()
        for one in residents.values():
            await one.unit.close()


@virtual_time
async def test_the_dishwasher_waits_for_four_o_clock_and_is_ready_in_time(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.plan()
        assert (row["life"], row["source"], row["minutes"]) == ("waiting", "usual", 150.0)
        cheap = row["start"]
        assert cheap % 86_400 == 16 * HOUR
        assert row["cost"] == pytest.approx(0.9 * 0.2)
        assert row["cost_now"] > row["cost"]
        await here.until(lambda: here.now >= cheap - 30)
        assert not here.values("dishwasher")["running"]
        await here.until(lambda: here.row()["life"] == "started", 300.0)
        assert here.values("dishwasher")["running"]
        assert here.values("dishwasher")["programme"] == "eco"
        assert cheap <= here.row()["end"] - row["minutes"] * 60.0 <= cheap + 60
        assert await here.said() == ["shift_planned", "shift_started"]
        (start,) = await here.starts()
        assert (start["cause"]["kind"], start["cause"]["source"]) == ("comfort", "shift")


@virtual_time
async def test_a_plan_survives_a_restart_and_starts_once(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.plan()
        clock = here.hub.clock
        await asyncio.sleep(HOUR)
    async with kitchen(tmp_path, clock=clock) as again:  # type: ignore[arg-type]
        assert again.row()["start"] == row["start"]
        await again.until(lambda: again.row()["life"] == "started")
        await asyncio.sleep(2 * HOUR)
        assert len(await again.starts()) == 1


@virtual_time
async def test_an_open_door_is_said_and_it_starts_when_it_is_closed(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        mia = await here.hub.people.household.add("Mia", Role.ADULT)
        row = await here.plan()
        virtual = here.residents["dishwasher"].unit.virtual
        virtual.set({"door_open": True})
        await here.until(lambda: here.now >= row["start"] + 600)
        assert here.row()["why"]["code"] == "shift_door"
        (notice,) = here.hub.noticing.notices(mia.id, 0)["notices"]
        assert (notice["topic"], notice["path"], notice["device"]) == ("comfort", "/energy", "dishwasher")
        assert "17:43" in notice["words"]["zh"]["body"]  # until when it is tried, by the home's clock
        assert not here.values("dishwasher")["running"]
        assert await here.starts() == []
        virtual.set({"door_open": False})
        await here.until(lambda: here.row()["life"] == "started", 900.0)
        assert await here.said() == ["shift_planned", "shift_door", "shift_started"]


@virtual_time
async def test_what_could_not_start_in_time_is_missed_and_said_never_started_late(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        await here.plan()
        here.residents["dishwasher"].unit.virtual.set({"door_open": True})
        await here.until(lambda: here.row()["life"] == "missed")
        here.residents["dishwasher"].unit.virtual.set({"door_open": False})
        await asyncio.sleep(HOUR)
        assert await here.starts() == []
        assert (await here.said())[-1] == "shift_missed"


@virtual_time
async def test_who_starts_it_by_hand_drops_the_plan(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        await here.plan()
        here.residents["dishwasher"].unit.virtual.set(
            {"power": True, "status": "running", "running": True, "remaining_time": 30}
        )
        await here.until(lambda: here.row()["life"] == "over", 600.0)
        assert (await here.said())[-1] == "shift_taken"


@virtual_time
async def test_a_plan_is_taken_back(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.plan()
        with pytest.raises(OutOfDefinition, match="waits already"):
            await here.plan()
        await here.hub.shifting.cancel(row["id"], WANG)
        assert here.hub.shifting.state(lambda _: True)["planned"] == []
        with pytest.raises(UnknownName):
            await here.hub.shifting.cancel(row["id"], WANG)
        await here.until(lambda: here.now >= row["start"] + HOUR)
        assert await here.starts() == []
        assert await here.said() == ["shift_planned", "shift_cancelled"]


@virtual_time
async def test_the_heater_is_switched_on_for_its_window_and_off_again(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        here.residents["heater"].unit.virtual.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        row = await here.plan("heater", minutes=90)
        assert row["kwh"] == pytest.approx(2.5)
        await here.until(lambda: here.row()["life"] == "started")
        assert here.values("heater")["power"] is True
        await here.until(lambda: here.row()["life"] == "over", 2 * HOUR)
        assert here.values("heater")["power"] is False
        assert await here.said() == ["shift_planned", "shift_started", "shift_ended"]


@virtual_time
async def test_it_starts_for_who_planned_it_and_not_when_they_may_no_more(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        people = here.hub.people.household
        mia = await people.add("Mia", Role.ADULT)
        body = {"device": "dishwasher", "by": here.now + 6 * HOUR, "arguments": ["eco"]}
        row = await here.hub.shifting.plan(
            body, Cause("mia", Actor.PERSON, "Mia", who=mia.id), only_show=False
        )
        await people.change(mia.id, role=Role.CHILD)
        await here.until(lambda: here.row()["life"] == "missed")
        assert here.now >= row["start"]
        assert not here.values("dishwasher")["running"]
        assert 1 <= len(await here.starts()) <= 5  # written down as refused, and not for ever


@virtual_time
async def test_who_leaves_the_home_takes_their_plans_along(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        people = here.hub.people.household
        mia = await people.add("Mia", Role.ADULT)
        body = {"device": "dishwasher", "by": here.now + 6 * HOUR, "arguments": ["eco"]}
        await here.hub.shifting.plan(body, Cause("mia", Actor.PERSON, "Mia", who=mia.id), only_show=False)
        here.residents["heater"].unit.virtual.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        await here.plan("heater", minutes=30)
        await people.remove(mia.id)
        left = here.hub.shifting.state(lambda _: True)["planned"]
        assert [one["device"] for one in left] == ["heater"]
        assert (await here.said())[-1] == "shift_gone"


@virtual_time
@pytest.mark.parametrize("leaves", [False, True])
async def test_what_was_switched_on_ends_though_who_planned_it_may_no_more(
    tmp_path: Path, leaves: bool
) -> None:
    async with kitchen(tmp_path) as here:
        people = here.hub.people.household
        mia = await people.add("Mia", Role.ADULT)
        here.residents["heater"].unit.virtual.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        body = {"device": "heater", "by": here.now + 6 * HOUR, "minutes": 60}
        await here.hub.shifting.plan(body, Cause("mia", Actor.PERSON, "Mia", who=mia.id), only_show=False)
        await here.until(lambda: here.row()["life"] == "started")
        if leaves:
            await people.remove(mia.id)
        else:
            await people.change(mia.id, role=Role.CHILD)
        await here.until(lambda: here.row()["life"] == "over", 2 * HOUR)
        assert here.values("heater")["power"] is False


@virtual_time
async def test_a_heater_that_cannot_be_switched_off_is_told_of_once(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        mia = await here.hub.people.household.add("Mia", Role.ADULT)
        here.residents["heater"].unit.virtual.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        await here.plan("heater", minutes=60)
        await here.until(lambda: here.row()["life"] == "started")
        end = here.row()["end"]
        await here.residents["heater"].unit.close()
        await here.until(lambda: here.now >= end + HOUR)
        assert await here.said() == ["shift_planned", "shift_started", "shift_still_on"]
        told = [one for one in here.hub.noticing.notices(mia.id, 0)["notices"] if one["topic"] == "comfort"]
        assert [(one["device"], "switched off" in one["words"]["en"]["body"]) for one in told] == [
            ("heater", True)
        ]


@virtual_time
async def test_what_somebody_else_switched_on_is_theirs_though_a_refused_plan_wanted_it_too(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        people = here.hub.people.household
        mia = await people.add("Mia", Role.ADULT)
        here.residents["heater"].unit.virtual.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        body = {"device": "heater", "by": here.now + 6 * HOUR, "minutes": 60}
        await here.hub.shifting.plan(body, Cause("mia", Actor.PERSON, "Mia", who=mia.id), only_show=False)
        await people.change(mia.id, role=Role.CHILD)
        await here.until(lambda: (here.row()["why"] or {}).get("code") == "shift_failed")
        here.residents["heater"].unit.virtual.set({"power": True})
        await here.until(lambda: here.row()["life"] == "over", 120.0)
        assert (await here.said())[-1] == "shift_taken"
        await asyncio.sleep(2 * HOUR)
        assert here.values("heater")["power"] is True


@virtual_time
async def test_other_prices_move_what_waits(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        row = await here.plan()
        later = [
            {"from": "17:00", "to": "20:00", "prices": [0.1]},
            {"from": "20:00", "to": "17:00", "prices": [0.4]},
        ]
        await here.hub.tariffs.put("night", {**NIGHT, "pieces": [{"since": "2020-01-01", "windows": later}]})
        assert here.row()["start"] == row["start"] + HOUR
        assert (await here.said())[-1] == "shift_moved"


@virtual_time
async def test_how_long_it_takes_is_learned_from_its_past(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        for _ in range(2):
            await asyncio.sleep(0.5 * HOUR)
            virtual = here.residents["dishwasher"].unit.virtual
            virtual.set(
                {
                    "power": True,
                    "status": "running",
                    "running": True,
                    "programme": "eco",
                    "remaining_time": 60,
                }
            )
            await asyncio.sleep(HOUR)
            virtual.set({"status": "idle", "running": False, "remaining_time": 0})
            await asyncio.sleep(0.5 * HOUR)
        row = await here.plan(hours=16)
        assert row["source"] == "learned"
        assert row["minutes"] == pytest.approx(60.0, abs=2.0)


@virtual_time
async def test_bad_wishes_are_named_and_nothing_is_kept(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        for wrong, named in (
            ({"hours": 0.5}, "by"), ({"hours": -1}, "by"), ({"hours": 100}, "by"), ({"arguments": []}, "arguments"),
            ({"arguments": ["moon"]}, "programme"), ({"minutes": 0}, "minutes"), ({"kwh": 1000}, "kwh"),
        ):  # fmt: skip
            with pytest.raises(OutOfDefinition) as caught:
                await here.plan(**wrong)
            assert named in caught.value.property_name, wrong
        with pytest.raises(UnknownName):
            await here.plan("ghost")
        await here.hub.tariffs.choose("")
        with pytest.raises(OutOfDefinition, match="tariff"):
            await here.plan()
        assert here.hub.shifting.state(lambda _: True)["planned"] == []


@virtual_time
async def test_a_unit_that_is_not_known_to_take_a_start_is_not_planned_in_vain(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as here:
        registry = here.hub.registry
        await registry.found_at(
            "dishwasher", registry.device("dishwasher").address, {"type": 0xE1, "serial": "0" * 32}
        )
        assert [one["device"] for one in here.hub.shifting.state(lambda _: True)["can"]] == ["heater"]
        with pytest.raises(OutOfDefinition, match="cannot be started later"):
            await here.plan()


@virtual_time
async def test_what_works_already_does_not_wait_and_what_is_switched_on_before_is_left_on(
    tmp_path: Path,
) -> None:
    async with kitchen(tmp_path) as here:
        heater = here.residents["heater"].unit.virtual
        heater.set({"power": True})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is True, 120.0
        )
        with pytest.raises(OutOfDefinition, match="works now"):
            await here.plan("heater", minutes=60)
        heater.set({"power": False})
        await here.until(
            lambda: here.hub.store.snapshot()[PropertyRef("heater", "power")].value is False, 120.0
        )
        await here.plan("heater", minutes=60)
        heater.set({"power": True})
        await here.until(lambda: here.row()["life"] == "over", 300.0)
        await asyncio.sleep(4 * HOUR)
        assert here.values("heater")["power"] is True
        assert (await here.said())[-1] == "shift_taken"
