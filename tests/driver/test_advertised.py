"""Sensors that only call out: captured advertisements become properties, by way of the product that fits them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bumble.device import Device as Adapter
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.driver.test_wristband import Ear
from tests.machines.bumble_bleak import Air, backends, call_out

from jiahe.catalog.loader import Shelf
from jiahe.catalog.mapper import Mapper
from jiahe.driver.advertised import LISTEN_FOR, PATIENCE, Finder, Listening
from jiahe.driver.decoder import SORTS
from jiahe.driver.family import FAMILIES
from jiahe.driver.quirk import fitted
from jiahe.driver.supervisor import Supervisor, with_radio
from jiahe.hub.clock import LoopClock
from jiahe.model.device import Device
from jiahe.model.errors import LocalProtocolError
from jiahe.model.happening import Reach
from jiahe.transport.ble import Radio
from jiahe.wire.advertisement import Advertisement, hardware_id
from jiahe.wire.gatt import sig
from jiahe.wire.talk import (
    Act,
    Describe,
    Described,
    Done,
    Happened,
    Identity,
    Ignored,
    LockedOut,
    Opened,
    Read,
    Reported,
    Role,
    Unanswered,
    Write,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ble" / "sensors.json").read_text("utf-8"))[
    "vectors"
]
each = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['family']} {vector['name']}")
THERMOMETER, SEALED = VECTORS[0], VECTORS[2]


def advertisement(vector: dict[str, Any], name: str = "") -> bytes:
    data = bytes.fromhex(vector["data"])
    return Advertisement(name, service_data={sig(int(vector["service"], 16)): data}).encode()


def listening(vector: dict[str, Any], key: str | None = None) -> Listening:
    given = vector["key"] if key is None else key
    identity = Identity(hardware_id(vector["address"]), {"key": bytes.fromhex(given)} if given else {})
    session = Listening(SORTS[vector["family"]], Role.HUB, identity)
    session.open(0.0)
    return session


# ---- what was captured ----------------------------------------------------------------------------------------------


@each
def test_a_captured_advertisement_becomes_properties(vector: dict[str, Any]) -> None:
    session = listening(vector)
    session.receive(advertisement(vector), 1.0)
    events = session.events()
    assert isinstance(events[0], Opened)
    assert events[0].facts["model"] == vector["model"]
    sighting = Finder(vector["family"]).sighting(advertisement(vector), vector["address"])
    assert sighting is not None
    assert (sighting.family, sighting.model) == (vector["family"], vector["model"])
    assert sighting.facts["sealed"] == vector["sealed"]
    product = Shelf.shipped().recognise(sighting.family, sighting.facts)
    assert product is not None
    assert product.fingerprint["sort"] == vector["sort"]
    mapper = Mapper(product)
    values: dict[str, Any] = {}
    for event in events:
        if isinstance(event, Reported):
            values |= mapper.to_values(event.values)
    assert {path: value for path, value in values.items() if path in vector["says"]} == vector["says"]
    happened = {mapper.event(event.event): event.arguments for event in events if isinstance(event, Happened)}
    assert happened == vector["events"]


@each
def test_its_family_says_which_key_it_needs(vector: dict[str, Any]) -> None:
    missing = FAMILIES[vector["family"]].missing({"sealed": vector["sealed"]}, {})
    assert {secret.length for secret in missing.values()} == (
        {vector["sealed"]} if vector["sealed"] else set()
    )
    assert all("bindkey" in secret.hint for secret in missing.values())


# ---- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vector", [vector for vector in VECTORS if vector["sealed"]], ids=lambda v: v["name"]
)
def test_a_missing_bindkey_is_said_once(vector: dict[str, Any]) -> None:
    session = listening(vector, key="")
    for moment in range(5):
        session.receive(advertisement(vector), float(moment))
    (locked,) = session.events()
    assert isinstance(locked, LockedOut)
    assert "bindkey" in locked.text
    assert "jiahe adopt" in locked.text


def test_a_wrong_bindkey_is_said_and_the_right_one_is_not_taken_for_one() -> None:
    other = advertisement(SEALED | {"data": SEALED["data"][:8] + "51" + SEALED["data"][10:]})
    session = listening(SEALED, key="00112233445566778899aabbccddeeff")
    session.receive(advertisement(SEALED), 1.0)
    assert session.events() == [], "one alone may be damaged"
    session.receive(other, 2.0)
    (locked,) = session.events()
    assert isinstance(locked, LockedOut)
    assert "not the right one" in locked.text
    right = listening(SEALED)
    right.receive(advertisement(SEALED), 1.0)
    right.receive(other, 2.0)
    assert not [event for event in right.events() if isinstance(event, LockedOut)]


# ---- asks, time, and what is old ---------------------------------------------------------------------------------------


def test_a_read_is_answered_by_being_there_and_repeats_no_value() -> None:
    session = listening(THERMOMETER)
    early = session.ask(Read(("value.temperature",)), 3.0, 0.0)
    session.wake(3.0)
    assert session.events() == [Unanswered(early, "the sensor was not heard")]
    session.receive(advertisement(THERMOMETER), 10.0)
    session.events()
    soon = session.ask(Read(("value.temperature",)), 20.0, 11.0)
    assert session.events() == [Done(soon)]
    late = session.ask(Read(("value.temperature",)), PATIENCE + 30.0, PATIENCE + 20.0)
    assert session.events() == []
    assert session.wake_at() == PATIENCE + 30.0
    session.wake(PATIENCE + 30.0)
    assert session.events() == [Unanswered(late, "the sensor was not heard")]


def test_only_what_an_advertisement_says_is_told() -> None:
    conductivity = next(vector for vector in VECTORS if vector["name"] == "plant, conductivity")
    session = listening(conductivity)
    session.receive(advertisement(conductivity), 1.0)
    light = conductivity | {"data": "71209800667a3e6a8d7cc40d071003000000"}
    session.events()
    session.receive(advertisement(light), 2.0)
    (reported,) = session.events()
    assert isinstance(reported, Reported)
    assert set(reported.values) == {"value.illuminance"}


def test_the_same_frame_again_is_no_news_but_a_sign_of_life() -> None:
    session = listening(THERMOMETER)
    session.receive(advertisement(THERMOMETER), 0.0)
    session.events()
    session.receive(advertisement(THERMOMETER), PATIENCE - 1)
    assert session.events() == []
    ticket = session.ask(Read(("value.temperature",)), 2 * PATIENCE, 2 * PATIENCE - 10)
    assert session.events() == [Done(ticket)]


def test_a_button_pressed_once_is_told_once_and_pressed_again_again() -> None:
    button = next(vector for vector in VECTORS if vector["name"] == "button")
    session = listening(button)
    for moment in (0.0, 0.3, 3.0, 60.0, 60.2):
        session.receive(advertisement(button), moment)
    assert [event for event in session.events() if isinstance(event, Happened)] == [
        Happened("event.button", {"kind": "long_press"})
    ] * 2


def test_what_it_is_tells_what_was_heard_and_the_product_keeps_that() -> None:
    pressure = next(vector for vector in VECTORS if vector["name"] == "air pressure")
    session = listening(pressure)
    session.receive(advertisement(pressure), 0.0)
    session.events()
    ticket = session.ask(Describe(), 100.0, 0.0)
    assert session.events() == []
    session.wake(LISTEN_FOR)
    described, done = session.events()
    assert isinstance(described, Described)
    assert done == Done(ticket)
    assert described.facts["capabilities"] == {"value.pressure": True}
    product = Shelf.shipped().get("bthome.sensor")
    assert product is not None
    assert set(fitted(product, described.facts).profile.properties) == {"pressure", "battery"}


def test_a_sensor_takes_nothing() -> None:
    session = listening(THERMOMETER)
    for ask in (Read(()), Read(("no point",)), Write({"value.temperature": 1}), Act("blink")):
        with pytest.raises(LocalProtocolError):
            session.ask(ask, 5.0, 0.0)
    with pytest.raises(LocalProtocolError):
        Listening(SORTS["bthome"], Role.DEVICE, Identity())
    assert session.outgoing() == []


# ---- wild bytes -----------------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_noise_in_any_wrapping_ends_in_events(data: st.DataObject) -> None:
    vector = data.draw(st.sampled_from(VECTORS))
    session = listening(vector)
    good = bytearray(bytes.fromhex(vector["data"]))
    for _ in range(data.draw(st.integers(1, 4))):
        wild = data.draw(st.binary(max_size=40) | st.just(bytes(good)).flatmap(_mutated))
        wrapped = Advertisement("x", service_data={sig(int(vector["service"], 16)): wild}).encode()
        session.receive(data.draw(st.sampled_from([wild, wrapped])), 1.0)
        Finder(vector["family"]).sighting(wrapped, vector["address"])
    for event in session.events():
        assert isinstance(event, Opened | Reported | Happened | LockedOut | Ignored)
        if isinstance(event, Reported):
            assert all(
                value is None or isinstance(value, bool | int | float | str)
                for value in event.values.values()
            )


def _mutated(good: bytes) -> st.SearchStrategy[bytes]:
    def changed(places: list[tuple[int, int]]) -> bytes:
        copy = bytearray(good)
        for place, value in places:
            copy[place % len(copy)] = value
        return bytes(copy)

    return st.lists(st.tuples(st.integers(0, 100), st.integers(0, 255)), max_size=4).map(changed)


# ---- end to end over the virtual link -----------------------------------------------------------------------------------


@pytest.fixture
async def air() -> AsyncIterator[tuple[Adapter, Supervisor, Ear]]:
    air, ear, clock = Air(), Ear(), LoopClock()
    scanner, client = backends(await air.adapter("F0:F1:F2:F3:F4:01"))
    radio = Radio(scanner, client)
    supervisor = Supervisor(
        clock, ear, bytes, lambda: "id", lambda device, address: None, with_radio(radio), seed=1
    )
    yield await air.adapter(SEALED["address"]), supervisor, ear
    await supervisor.close()
    await radio.close()


def take_in(supervisor: Supervisor, vector: dict[str, Any], key: str) -> None:
    product = Shelf.shipped().get("xiaomi.ble.thermometer")
    assert product is not None
    device = Device(
        "sensor",
        "Sensor",
        product.id,
        product.profile,
        "mibeacon",
        hardware_id(vector["address"]),
        vector["address"],
        facts={"sealed": vector["sealed"]},
    )
    supervisor.start(device, product, {"key": bytes.fromhex(key)} if key else {})


async def test_a_sealed_sensor_on_the_air_with_its_key(air: tuple[Adapter, Supervisor, Ear]) -> None:
    sensor, supervisor, ear = air
    take_in(supervisor, SEALED, SEALED["key"])
    await ear.until_reach(Reach.CONNECTING)
    await call_out(sensor, advertisement(SEALED))
    await ear.until_reach(Reach.ONLINE)
    assert ear.values() == {"humidity": 46.0}


async def test_a_sealed_sensor_on_the_air_without_its_key(air: tuple[Adapter, Supervisor, Ear]) -> None:
    sensor, supervisor, ear = air
    take_in(supervisor, SEALED, "")
    await call_out(sensor, advertisement(SEALED))
    told = await ear.until_reach(Reach.LOCKED_OUT)
    assert "bindkey" in told.reason


def test_no_gpl_code_is_loaded_with_the_decoders_and_nothing_of_bluetooth_at_start() -> None:
    program = (
        "import sys, jiahe.hub.build\n"
        "early = {'bleak', 'habluetooth', 'xiaomi_ble', 'bthome_ble'} & set(sys.modules)\n"
        "assert not early, early\n"
        "from jiahe.driver import decoder\n"
        "decoder.load('mibeacon'), decoder.load('bthome')\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'pyric']\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50
    )
    assert done.returncode == 0, done.stderr
