"""Announcing on a network of its own, with zeroconf's own browser and resolver as the other side.

On loopback, which takes multicast where the system lets it; skipped where it does not.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import pytest

from jiahe.model.errors import LinkError
from jiahe.transport import mdns
from jiahe.transport.mdns import Announcer, Offered, own_addresses

HOST = f"jiahe-test-{os.getpid()}.local."
KIND = f"_jt{os.getpid()}._tcp.local."  # of this process alone: other runs share the loopback
ADDRESS, OTHER = "192.168.77.5", "192.168.77.6"


@pytest.fixture
async def announcers():
    made: list[Announcer] = []

    async def open_() -> Announcer:
        made.append(await Announcer.open(["127.0.0.1"]))
        return made[-1]

    yield open_
    for one in made:
        await one.close()


async def heard(wait_for) -> tuple[mdns.Announced, ...]:
    """What a browser finds; asked again a few times, since a busy machine answers late."""
    found: tuple[mdns.Announced, ...] = ()
    for _ in range(20):
        found = await mdns.browse(KIND, 0.25, ["127.0.0.1"])
        if wait_for(found):
            break
    return found


async def test_a_browser_finds_name_address_and_port(announcers):
    announcer = await announcers()
    await announcer.announce(HOST, [ADDRESS], [Offered(KIND, "Home. sweet 家", 8443)])
    found = await heard(bool)
    if not found:
        pytest.skip("no multicast on this machine's loopback")
    assert found == (mdns.Announced("Home  sweet 家", ADDRESS, 8443),)
    await announcer.announce(HOST, [OTHER], [Offered(KIND, "Home", 9443)])
    wanted = (mdns.Announced("Home", OTHER, 9443),)
    assert await heard(lambda now: now == wanted) == wanted
    await announcer.withdraw()
    assert await heard(lambda now: not now) == ()


async def test_who_has_a_name_already_is_seen_by_the_next(announcers):
    first, second = await announcers(), await announcers()
    assert await first.others(HOST, [ADDRESS], 300) == []
    await first.announce(HOST, [ADDRESS], [Offered(KIND, "First", 8443)])
    if not await heard(bool):
        pytest.skip("no multicast on this machine's loopback")
    seen: list[str] = []
    for _ in range(8):
        if seen := await second.others(HOST, [OTHER], 1500):
            break
    assert seen == [ADDRESS]
    assert await second.others(HOST, [OTHER, ADDRESS], 1500) == []  # its own machine's is no other's
    assert await first.others(HOST, [ADDRESS], 300) == []


async def test_two_of_one_name_are_told_apart(announcers):
    first, second = await announcers(), await announcers()
    await first.announce(HOST, [ADDRESS], [Offered(KIND, "Home", 8443)])
    if not await heard(bool):
        pytest.skip("no multicast on this machine's loopback")
    await second.announce("jiahe-test-2.local.", [OTHER], [Offered(KIND, "Home", 8443)])
    found = await heard(lambda now: len(now) == 2)
    assert sorted((one.name, one.address) for one in found) == [("Home", ADDRESS), ("Home-2", OTHER)]


def test_own_addresses_are_those_a_phone_can_reach(monkeypatch):
    def adapter(name, *addresses):
        return SimpleNamespace(nice_name=name, ips=[SimpleNamespace(ip=address) for address in addresses])

    table = [
        adapter("lo", "127.0.0.1", ("::1", 0, 0)),
        adapter("eth0", "192.168.1.5", ("fd00::5", 0, 0), ("fe80::1", 0, 2)),
        adapter("docker0", "172.17.0.1"),
        adapter("br-2c1f", "172.18.0.1"),
        adapter("wlan0", "10.0.0.9"),
    ]
    monkeypatch.setitem(sys.modules, "ifaddr", SimpleNamespace(get_adapters=lambda: table))
    assert own_addresses() == ["192.168.1.5", "fd00::5", "10.0.0.9"]


async def test_an_interface_that_is_not_there():
    with pytest.raises(LinkError, match="announce"):
        await Announcer.open(["203.0.113.123"])
