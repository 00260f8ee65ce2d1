"""The demo home on real loopback sockets: each device at its own address, found by a search; where none can be had."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.machines.virtual_time import Clock
from tests.virtual.demo_stage import entropy, linked, living

from jiahe.model.errors import LinkError
from jiahe.transport import discovery, memory
from jiahe.transport.transport import Server
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.home import DemoHome
from jiahe.virtual.lived import BEDROOM_PURIFIER, CONDITIONER, COOKER, DISHWASHER, FRIDGE, LAMP, PURIFIER
from jiahe.virtual.resident import bluetooth_address
from jiahe.virtual.serve import Net
from jiahe.virtual.wrists import WEARERS
from jiahe.wire.midea.finder import Finder as MideaFinder
from jiahe.wire.miio.finder import Finder as MiioFinder
from jiahe.wire.talk import Done, Read, Write

SWITCHES = {
    PURIFIER: "power", CONDITIONER: "power", LAMP: "power", BEDROOM_PURIFIER: "mode", "wang-band": "steps", "li-band": "steps",
    FRIDGE: "fridge.power", COOKER: "status", DISHWASHER: "status",
    BALCONY: "pm2_5", PLUG: "power",
}  # fmt: skip
"""What each device is asked; to the Midea appliances an order needs the model that discovery hears."""


async def test_all_devices_answer_on_real_sockets_each_at_its_own_address() -> None:
    async with living() as home:
        assert len({resident.address for resident in home.residents.values()}) == 11
        for resident in home.residents.values():
            link = await linked(resident, home)
            mapper = resident.unit.virtual.mapper
            deadline = asyncio.get_running_loop().time() + 3
            path = SWITCHES[resident.id]
            if path == "power":
                reply = await link.ask(Write(mapper.to_points({path: False})), deadline)
                assert isinstance(reply.ended, Done)
            reply = await link.ask(Read(mapper.read_points([path])), deadline)
            assert mapper.to_values(reply.values)[path] == resident.unit.virtual.values[path]
            link.close()


async def test_all_devices_are_found_by_a_search_of_the_neighbourhood() -> None:
    async with living() as home:
        finders = (MiioFinder(), MideaFinder())
        seen: dict[str, str] = {}

        def hear(data: bytes, address: str) -> None:
            for finder in finders:
                found = finder.sighting(data, address)
                if found is not None:
                    seen[found.hardware_id] = found.address

        await home.act(PURIFIER, "new_address")
        probes = [probe for finder in finders for probe in finder.probes()]
        await discovery.sweep(probes, home.neighbourhood, 0.3, hear)
        for resident in home.residents.values():
            if resident.id not in WEARERS:
                assert seen[resident.identity.hardware_id] == resident.address
        called: set[str] = set()
        await home.radio.scan(0.0, lambda _, address: called.add(address))
        assert called == {bluetooth_address(home.residents[band]) for band in WEARERS}
        assert home.residents[PURIFIER].address in home.neighbourhood


async def test_two_demos_live_on_one_machine() -> None:
    async with living() as one, living() as other:
        addresses = [
            resident.address
            for home in (one, other)
            for resident in home.residents.values()
            if resident.id not in WEARERS  # each demo has an air of its own
        ]
        assert len(set(addresses)) == len(addresses) == 18


async def test_where_no_address_can_be_had_it_says_so_and_leaves_nothing_open() -> None:
    async def refuse(host: str, port: int, accept: Any) -> Server:
        raise LinkError(f"cannot listen on TCP {host}:{port}: permission denied")

    open_servers: list[Server] = []

    async def remember(host: str, port: int, accept: Any) -> Server:
        open_servers.append(await memory_udp.serve(host, port, accept))
        return open_servers[-1]

    memory_udp = memory.Network(datagrams=True)
    home = DemoHome(Clock(), entropy, net=Net(remember, refuse))
    with pytest.raises(LinkError, match=r"find no address on this machine: .*permission denied"):
        await home.start()
    assert open_servers
    for server in open_servers:
        again = await memory_udp.serve(*server.address, lambda _peer: None)
        again.close()
