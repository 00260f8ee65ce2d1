"""Both families on the network: our hub's session against the same family's device, in memory and in
virtual time.

What is proved here is the unit (conversations, pushes, faults, reboot, move); the codecs are proved by
their own vectors and by other people's software.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.machines.virtual_time import Clock, virtual_time

from jiahe.catalog.loader import Shelf
from jiahe.link.link import Link, Reply
from jiahe.link.tap import Tap
from jiahe.model.errors import AuthError, LinkError, UnknownName
from jiahe.transport import memory
from jiahe.transport.transport import Receiver, Transport
from jiahe.virtual.fault import Faults
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.resident import Maker, Resident
from jiahe.virtual.serve import ENDS, Net, Unit
from jiahe.wire.midea.finder import Finder as MideaFinder
from jiahe.wire.talk import (
    Broken,
    Describe,
    Done,
    Event,
    Identity,
    Ignored,
    LockedOut,
    Read,
    Reported,
    Role,
    Unanswered,
    Write,
)

SHELF = Shelf.shipped()
KINDS = ("miio", "midea-2", "midea-3")


@dataclass
class Stage:
    """One device at "here", and hubs that speak to it."""

    kind: str
    clock: Clock = field(default_factory=Clock)
    events: list[Event] = field(default_factory=list)
    taps: list[Tap] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(1)
        self.entropy = chance.randbytes
        self.datagrams = memory.Network(datagrams=True, latency=0.002)
        self.streams = memory.Network(latency=0.002)
        self.net = Net(self.datagrams.serve, self.streams.serve)
        maker = Maker(SHELF, self.clock, self.entropy, 1, self.net)
        if self.kind == "miio":
            self.resident: Resident = maker.purifier(1)
        else:
            self.resident = maker.conditioner(1, version=int(self.kind[-1]))
        self.unit = self.resident.unit
        self.mapper = self.unit.virtual.mapper

    async def link(self, host: str = "here", identity: Identity | None = None) -> Link:
        end = ENDS[self.resident.product.family]

        async def connect(receiver: Receiver) -> Transport:
            network = self.datagrams if end.transport == "udp" else self.streams
            return await network.connect(host, end.port, receiver)

        session = end.session(Role.HUB, identity or self.resident.identity, self.entropy)
        self.taps.append(Tap(self.clock))
        link = Link(session, connect, self.clock, self.taps[-1], self.events.append)
        await link.open(5.0)
        return link

    async def ask(self, link: Link, ask: Any, seconds: float = 5.0) -> Reply:
        return await link.ask(ask, self.clock.monotonic() + seconds)

    async def values(self, link: Link, *paths: str) -> dict[str, Any]:
        reply = await self.ask(link, Read(self.mapper.read_points(paths)))
        assert isinstance(reply.ended, Done), reply
        told = self.mapper.to_values(reply.values)
        return {path: told[path] for path in paths}

    async def write(self, link: Link, **values: Any) -> Reply:
        return await self.ask(link, Write(self.mapper.to_points(values)))


async def served(kind: str) -> Stage:
    stage = Stage(kind)
    await stage.unit.start("here")
    return stage


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_a_hub_reads_and_writes_every_property(kind: str) -> None:
    stage = await served(kind)
    own = stage.resident.identity
    # A unit of a model that is known to take everything that its product file has.
    facts = {**stage.resident.product.facts, **own.facts, "serial": "000000000JIAHE0AC"}
    link = await stage.link(identity=replace(own, facts=facts))
    profile = stage.resident.product.profile.properties
    readable = [path for path, definition in profile.items() if definition.readable]
    assert await stage.values(link, *readable) == {path: stage.unit.virtual.values[path] for path in readable}
    for path, definition in profile.items():
        if definition.writable and definition.kind == "bool":
            reply = await stage.write(link, **{path: not stage.unit.virtual.values[path]})
            assert isinstance(reply.ended, Done), path
            assert (await stage.values(link, path))[path] is stage.unit.virtual.values[path]


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_a_hub_learns_what_it_is(kind: str) -> None:
    stage = await served(kind)
    facts = (await stage.ask(await stage.link(), Describe())).facts
    if kind == "miio":
        assert facts["model"] == "zhimi.airpurifier.mb4"
    else:
        assert facts["capabilities"]["modes"] == 1
        assert facts["capabilities"]["cool_max_temperature"] == 30.0


@pytest.mark.parametrize("kind", ["midea-2", "midea-3"])
@virtual_time
async def test_every_hub_hears_a_change_once_and_after_the_answer(kind: str) -> None:
    stage = await served(kind)
    first, second = await stage.link(), await stage.link()
    assert stage.unit.peers == 2
    await stage.write(first, power=True)
    await asyncio.sleep(0.1)
    pushes = [event for event in stage.events if isinstance(event, Reported) and event.ticket is None]
    # The writing hub first read the whole state, as this family's writes need; then each heard the change.
    assert [event.values["state.power"] for event in pushes if "state.power" in event.values] == [
        False,
        True,
        True,
    ]
    stage.events.clear()
    stage.unit.virtual.set({"temperature": 23.4})
    stage.unit.virtual.set({"outdoor_temperature": 31.0})
    await asyncio.sleep(0.1)
    assert len(stage.events) == 2
    assert all(isinstance(event, Reported) for event in stage.events)
    assert (await stage.values(second, "temperature", "outdoor_temperature")) == {
        "temperature": 23.4,
        "outdoor_temperature": 31.0,
    }


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_silence_is_unanswered_at_the_deadline_and_passes(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    stage.unit.faults = Faults(mute=True)
    start = stage.clock.monotonic()
    try:
        reply = await stage.ask(link, Read(stage.mapper.read_points(["power"])), 4.0)
        assert isinstance(reply.ended, Unanswered)
    except LinkError:
        pass  # a family may give the conversation up
    assert stage.clock.monotonic() - start <= 4.01
    stage.unit.faults = Faults()
    assert "power" in await stage.values(await stage.link(), "power")


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_a_slow_device_is_waited_for(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    stage.unit.faults = Faults(delay=0.4)
    start = stage.clock.monotonic()
    await stage.values(link, "power")
    assert 0.4 <= stage.clock.monotonic() - start < 3.0


@virtual_time
async def test_a_lossy_and_stuttering_network_loses_no_write() -> None:
    stage = await served("miio")
    link = await stage.link()
    stage.unit.faults = Faults(loss=0.3, duplicate=0.3)
    for number in range(40):
        reply = await stage.write(link, power=number % 2 == 0)
        if isinstance(reply.ended, Done):
            assert stage.unit.virtual.values["power"] is (number % 2 == 0)
    stage.unit.faults = Faults()
    assert (await stage.values(link, "power"))["power"] is stage.unit.virtual.values["power"]


@pytest.mark.parametrize("kind", ["miio", "midea-3"])
@virtual_time
async def test_a_device_paired_again_locks_the_hub_out_in_words(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    stage.unit.faults = Faults(wrong_key=True)
    locked: list[str] = []
    try:
        await stage.ask(link, Read(stage.mapper.read_points(["power"])))
        link = await stage.link()
        await stage.ask(link, Read(stage.mapper.read_points(["power"])))
    except AuthError as error:
        locked.append(str(error))
    except LinkError:
        with pytest.raises(AuthError) as found:
            await stage.link()
        locked.append(str(found.value))
    locked += [event.text for event in stage.events if isinstance(event, LockedOut)]
    assert locked
    assert "token" in locked[0] or "key" in locked[0]
    stage.unit.faults = Faults()
    assert "power" in await stage.values(await stage.link(), "power")


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_damaged_frames_are_never_believed(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    stage.unit.faults = Faults(wrong_checksum=True)
    stage.events.clear()
    try:
        reply = await stage.ask(link, Read(stage.mapper.read_points(["power"])), 3.0)
        assert not isinstance(reply.ended, Done)
        assert reply.values == {}
    except LinkError:
        assert any(isinstance(event, Broken) for event in stage.events)
    assert not any(isinstance(event, Reported) for event in stage.events)
    assert any(isinstance(event, Ignored | Broken) for event in stage.events)


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_a_reboot_is_a_silence_after_which_it_is_as_it_was(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    await stage.write(link, power=True)
    reboot = asyncio.get_running_loop().create_task(stage.unit.reboot())
    await asyncio.sleep(1.0)
    assert not stage.unit.listening
    assert stage.unit.peers == 0
    if kind != "miio":
        assert any(isinstance(event, Broken) for event in stage.events)
        with pytest.raises(LinkError):
            await stage.link()
    await reboot
    assert stage.clock.monotonic() >= 3.0
    fresh = await stage.link()
    assert (await stage.values(fresh, "power"))["power"] is True


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_it_moves_to_another_address(kind: str) -> None:
    stage = await served(kind)
    await stage.link()
    await stage.unit.move("there")
    assert stage.unit.host == "there"
    assert "power" in await stage.values(await stage.link("there"), "power")
    with pytest.raises(LinkError):
        await stage.link("here")


@virtual_time
async def test_an_address_that_is_taken_leaves_it_where_it_was() -> None:
    stage = await served("midea-3")
    blocker = await stage.streams.serve("there", stage.unit.port, lambda _peer: None)
    with pytest.raises(LinkError, match="address already in use"):
        await stage.unit.move("there")
    assert stage.unit.host == "here"
    assert "power" in await stage.values(await stage.link(), "power")
    blocker.close()


@virtual_time
async def test_an_air_conditioner_answers_a_search_on_both_ports_and_a_mute_one_does_not() -> None:
    stage = await served("midea-3")
    finder = MideaFinder()
    found: list[Any] = []

    class Ear:
        def connected(self, transport: Transport) -> None: ...

        def received(self, data: bytes) -> None:
            found.append(finder.sighting(data, "here"))

        def lost(self, reason: str) -> None: ...

    for probe in finder.probes():
        (await stage.datagrams.connect("here", probe.port, Ear())).send(probe.data)
        (await stage.datagrams.connect("here", probe.port, Ear())).send(b"not a probe")
    await asyncio.sleep(0.1)
    assert [one.hardware_id for one in found] == [stage.resident.identity.hardware_id] * 2
    assert found[0].facts["version"] == 3
    assert found[0].facts["type"] == 0xAC
    assert found[0].facts["serial"] == stage.unit.virtual.facts["serial"]
    stage.unit.faults = Faults(mute=True)
    (await stage.datagrams.connect("here", finder.probes()[0].port, Ear())).send(finder.probes()[0].data)
    await asyncio.sleep(0.1)
    assert len(found) == 2


@pytest.mark.parametrize("kind", KINDS)
@virtual_time
async def test_the_tap_of_a_conversation_holds_no_secret(kind: str) -> None:
    stage = await served(kind)
    link = await stage.link()
    await stage.write(link, power=True)
    seen = b"".join(bytes.fromhex(frame["hex"]) for frame in stage.taps[0].snapshot()["frames"])
    assert seen
    for secret in stage.resident.identity.secrets.values():
        assert secret[:8] not in seen
        assert secret[-8:] not in seen
    assert not any(
        secret.hex() in repr(stage.resident) for secret in stage.resident.identity.secrets.values()
    )


@virtual_time
async def test_a_hundred_hubs_come_and_go_and_nothing_is_kept_of_them() -> None:
    stage = await served("midea-3")
    for _ in range(100):
        link = await stage.link()
        link.close()
        await asyncio.sleep(0.1)
    assert stage.unit.peers == 0
    stage = await served("miio")
    for _ in range(100):
        link = await stage.link()
        link.close()
    assert stage.unit.peers <= 32


def test_a_family_nobody_can_play_is_named() -> None:
    product = SHELF.get("midea.ac.split")
    assert product is not None
    with pytest.raises(UnknownName, match="family 'telegraph'"):
        Unit(
            VirtualProduct(replace(product, family="telegraph")),
            Identity(),
            Clock(),
            bytes,
        )
