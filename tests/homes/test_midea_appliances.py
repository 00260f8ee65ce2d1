"""Every Midea appliance in one home: found, adopted, read, set, and watched while its programme runs; over real sockets."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import own_net

from jiahe.catalog.loader import Shelf
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.happening import Actor, Cause, Outcome, PropertyRef, Quality, Reach, Status
from jiahe.virtual.appliance_laws import LAWS
from jiahe.virtual.played import Played, play_midea
from jiahe.virtual.resident import Maker
from jiahe.web.doors import AdoptRequest

WANG = Cause("somebody", Actor.PERSON, "Wang", who="home")
MINUTE = 60.0


@dataclass
class Home:
    """A hub and the appliances in its network, by the name of their product."""

    hub: Hub
    played: dict[str, Played]

    def seen(self, product: str, path: str) -> Any:
        reading = self.hub.store.get(PropertyRef(self.played[product].resident.id, path))
        return reading.value if reading is not None and reading.quality is Quality.GOOD else None

    async def set(self, product: str, path: str, value: Any) -> Outcome:
        ref = PropertyRef(self.played[product].resident.id, path)
        return await self.hub.dispatch.outcome(
            self.hub.dispatch.submit(ref, WANG, value=value, timeout=10.0).id
        )

    async def do(self, product: str, path: str, *arguments: Any) -> Outcome:
        ref = PropertyRef(self.played[product].resident.id, path)
        command = self.hub.dispatch.submit(ref, WANG, arguments=arguments, timeout=10.0)
        return await self.hub.dispatch.outcome(command.id)

    async def shows(self, product: str, **wanted: Any) -> None:
        """Waits until the hub has heard these values (pushes arrive by themselves)."""
        await until(
            lambda: all(self.seen(product, path) == value for path, value in wanted.items()),
            f"{product} {wanted}",
        )


async def until(fact: Callable[[], object], what: str, limit: float = 20.0) -> None:
    end = time.monotonic() + limit
    while not fact():
        assert time.monotonic() < end, f"not within {limit:g} s: {what}"
        await asyncio.sleep(0.01)


async def adopt(hub: Hub, played: Played) -> None:
    resident = played.resident
    secrets = {name: key.hex() for name, key in resident.identity.secrets.items()}
    await hub.acquaintance.adopt(
        AdoptRequest(address=resident.address, cause=WANG, family="midea", id=resident.id, **secrets)
    )


@asynccontextmanager
async def home(directory: Path, *appliances: Played) -> AsyncIterator[Home]:
    hub, net = await Hub.open(Config(directory)), own_net()
    played = {one.resident.product.id: one for one in appliances}
    try:
        for place, one in enumerate(appliances, 1):
            await one.resident.unit.start(f"{net}.{place}")
        await asyncio.gather(*(adopt(hub, one) for one in appliances))
        await until(lambda: not hub.supervisor.troubled(), f"all online, not {hub.supervisor.troubled()}")
        yield Home(hub, played)
    finally:
        await hub.close()
        for one in appliances:
            await one.resident.unit.close()


@pytest.fixture
async def maker() -> Maker:
    return Maker(Shelf.shipped(), LoopClock(), os.urandom, seed=5)


def other(definition: PropertyDef, now: Any) -> Any:
    """A value that it takes and has not now."""
    if definition.kind is Kind.BOOL:
        return not now
    if definition.kind is Kind.ENUM:
        return next(choice for choice in reversed(definition.choices) if choice != now)
    assert definition.low is not None
    assert definition.high is not None
    step = definition.step or 1
    return definition.check(definition.high if now != definition.high else definition.high - step)


def example(definition: PropertyDef) -> Any:
    if definition.kind is Kind.ENUM:
        return definition.choices[-1]
    return definition.check(definition.low or 0)


@pytest.mark.parametrize("version", [2, 3])
async def test_all_of_them_are_adopted_and_operated(tmp_path: Path, maker: Maker, version: int) -> None:
    """Every writable property is set to another value and confirmed by the appliance; every action is done once."""
    appliances = [play_midea(maker, product, version, version=version) for product in LAWS]
    async with home(tmp_path, *appliances) as whole:
        for product, one in whole.played.items():
            assert whole.hub.store.availability(one.resident.id).state is Reach.ONLINE
            for path, value in one.values.items():
                if not path.endswith("long_open"):  # is told when it happens, and nobody can ask for it
                    assert whole.seen(product, path) == value, (product, path)
        await asyncio.gather(*(operate(whole, product) for product in whole.played))


async def operate(whole: Home, product: str) -> None:
    one = whole.played[product]
    profile = one.resident.product.profile
    for path, action in profile.actions.items():
        outcome = await whole.do(product, path, *(example(argument) for argument in action.arguments))
        assert (outcome.status, outcome.reason) == (Status.CONFIRMED, ""), (product, path)
    for path, definition in profile.properties.items():
        if definition.writable:
            wish = other(definition, one.values[path])
            outcome = await whole.set(product, path, wish)
            assert (outcome.status, outcome.reason) == (Status.CONFIRMED, ""), (product, path, wish)
            assert one.values[path] == wish
            await whole.shows(product, **{path: wish})


async def test_programmes_run(tmp_path: Path, maker: Maker) -> None:
    appliances = [play_midea(maker, product, 7, version=2) for product in LAWS]
    async with home(tmp_path, *appliances) as whole:
        played = whole.played

        dishes, rice = "midea.e1.dishwasher", "midea.ea.rice_cooker"
        assert (await whole.do(dishes, "start", "fast")).status is Status.CONFIRMED
        await whole.shows(dishes, status="running", programme="fast", remaining_time=30, phase="pre_wash")
        played[dishes].advance(10 * MINUTE)
        await whole.shows(dishes, remaining_time=20, phase="wash")
        assert (await whole.do(dishes, "pause")).status is Status.CONFIRMED
        played[dishes].advance(10 * MINUTE)
        await whole.shows(dishes, remaining_time=20, running=False)
        assert (await whole.do(dishes, "resume")).status is Status.CONFIRMED
        played[dishes].advance(20 * MINUTE)
        await whole.shows(dishes, remaining_time=0, status="idle", phase="complete")

        assert (await whole.do(rice, "start", "congee", 50, 30)).status is Status.CONFIRMED
        await whole.shows(rice, status="delayed", programme="congee", delay_start=30)
        played[rice].advance(30 * MINUTE)
        await whole.shows(rice, status="cooking", remaining_time=50)
        played[rice].advance(20 * MINUTE)
        await whole.shows(rice, remaining_time=30)
        assert whole.seen(rice, "bottom_temperature") > 90
        played[rice].advance(30 * MINUTE)
        played[rice].advance(70 * MINUTE)
        await whole.shows(rice, status="keeping_warm", keep_warm_time=70, bottom_temperature=68)
        assert (await whole.do(rice, "stop")).status is Status.CONFIRMED
        await whole.shows(rice, status="idle")

        fridge = "midea.ca.refrigerator"
        assert (await whole.set(fridge, "fridge.target_temperature", 8.0)).status is Status.CONFIRMED
        played[fridge].resident.unit.virtual.set({"fridge.door_open": True})
        await whole.shows(fridge, **{"fridge.door_open": True})
        played[fridge].advance(5 * MINUTE)
        await whole.shows(fridge, **{"fridge.door_long_open": True})
        played[fridge].resident.unit.virtual.set({"fridge.door_open": False})
        played[fridge].advance(240 * MINUTE)
        await whole.shows(fridge, **{"fridge.temperature": 8.0, "freezer.temperature": -18.0})

        micro, bath = "midea.b0.microwave", "midea.e2.water_heater"
        assert (await whole.do(micro, "start", 2, "high")).status is Status.CONFIRMED
        await whole.shows(micro, status="working", remaining_time=2.0, fire="high")
        played[micro].advance(30.0)
        await whole.shows(micro, remaining_time=1.5)
        played[micro].advance(90.0)
        await whole.shows(micro, status="finished", remaining_time=0.0)
        await whole.shows(bath, heating=True, electric_power=2000.0)
        played[bath].advance(60 * MINUTE)
        await whole.shows(bath, heating=False, water_temperature=55.0, keep_warm=True)

        for product in ("midea.da.washer", "midea.db.washer"):
            assert (await whole.do(product, "start")).status is Status.CONFIRMED
            await whole.shows(product, status="running", remaining_time=48)
            played[product].advance(20 * MINUTE)
            await whole.shows(product, remaining_time=28, phase="rinse")
            played[product].advance(28 * MINUTE)
            await whole.shows(product, status="finished", running=False)
        for product, path, goal in (
            ("midea.a1.dehumidifier", "humidity", 50.0),
            ("midea.fc.air_purifier", "pm2_5", 8.0),
            ("midea.b1.oven", "remaining_time", 0.0),
            ("midea.b4.oven", "status", "finished"),
        ):
            played[product].advance(400 * MINUTE)
            await whole.shows(product, **{path: goal})


async def test_a_model_that_is_not_on_the_list_is_refused_with_the_reason(
    tmp_path: Path, maker: Maker
) -> None:
    """Nothing is sent: not by its type alone, not by a wrong order to a model that takes another one."""
    stranger = play_midea(maker, "midea.e1.dishwasher", 9, version=2, model="76000001")
    half = play_midea(maker, "midea.e2.water_heater", 9, version=2, model="510003CN", facts={"subtype": 81})
    async with home(tmp_path, stranger, half) as whole:
        before = stranger.values
        for outcome in (
            await whole.set("midea.e1.dishwasher", "child_lock", True),
            await whole.do("midea.e1.dishwasher", "start", "eco"),
        ):
            assert outcome.status is Status.REFUSED
            assert outcome.reason.startswith(
                "a dishwasher of model 76000001, subtype 0 is not known to take "
            )
            assert "facts.takes" in outcome.reason
        assert stranger.values == before
        heater = "midea.e2.water_heater"
        refused = await whole.set(heater, "target_temperature", 60.0)
        assert refused.status is Status.REFUSED
        assert "state.target" in refused.reason
        assert (await whole.set(heater, "power", False)).status is Status.CONFIRMED


async def test_a_person_allows_a_model_by_a_file_of_their_own(tmp_path: Path, maker: Maker) -> None:
    shipped = Path(__file__).parents[2] / "src/jiahe/catalog/products/midea/dishwasher.toml"
    (tmp_path / "products").mkdir()
    mine = shipped.read_text("utf-8").replace("takes = [", 'takes = [\n    { model = "76000001" },')
    (tmp_path / "products/my-dishwasher.toml").write_text(mine, "utf-8")
    own = play_midea(maker, "midea.e1.dishwasher", 10, version=3, model="76000001")
    async with home(tmp_path, own) as whole:
        assert (await whole.set("midea.e1.dishwasher", "child_lock", True)).status is Status.CONFIRMED
        assert own.values["child_lock"] is True
