"""The home's name in its network: free, one's own, and the same for ever."""

from __future__ import annotations

import pytest

from jiahe.hub import announce
from jiahe.hub.announce import HostName, host_names
from jiahe.transport.mdns import Offered

SERVICES = [Offered("_https._tcp.local.", "Jiahe", 8443)]


class Documents(dict):
    async def put(self, kind, key, body):
        self[kind, key] = dict(body)

    async def get(self, kind, key):
        return self.get_(kind, key)

    def get_(self, kind, key):
        return super().get((kind, key))


class Network:
    """Who has which name; `late`: names that another announces while we do."""

    def __init__(self, taken=None, late=None):
        self.taken, self.late = dict(taken or {}), dict(late or {})
        self.told: list[tuple[str, tuple[str, ...], tuple[Offered, ...]]] = []

    async def others(self, host, own, /):
        return [address for address in self.taken.get(host, []) if address not in own]

    async def announce(self, host, addresses, services, /):
        self.told.append((host, tuple(addresses), tuple(services)))
        self.taken.update(self.late)

    async def close(self):
        pass


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(announce, "SECOND_LOOK", 0.0)


async def test_a_free_name_is_taken_told_once_and_kept():
    documents, network = Documents(), Network()
    name = await HostName.open(documents)
    assert (name.name, name.told) == ("jiahe.local", False)
    assert await name.tell(network, ["192.168.1.5"], SERVICES) is False
    assert await name.tell(network, ["192.168.1.5"], SERVICES) is False
    assert network.told == [("jiahe.local.", ("192.168.1.5",), tuple(SERVICES))]
    assert (name.told, documents["home", "host"]) == (True, {"name": "jiahe.local"})


async def test_another_homes_name_is_left_to_it():
    documents = Documents()
    network = Network({"jiahe.local.": ["192.168.1.2"], "jiahe-2.local.": ["192.168.1.3"]})
    name = await HostName.open(documents)
    assert await name.tell(network, ["192.168.1.5"], SERVICES) is True
    assert (name.name, network.told[-1][0]) == ("jiahe-3.local", "jiahe-3.local.")
    again = await HostName.open(documents)  # the others may be gone: passkeys are bound to the name
    assert again.name == "jiahe-3.local"
    await again.tell(Network(), ["192.168.1.5"], SERVICES)
    assert again.name == "jiahe-3.local"


async def test_this_machines_own_name_is_no_others():
    name = await HostName.open(Documents())
    await name.tell(Network({"jiahe.local.": ["192.168.1.5"]}), ["192.168.1.5", "10.0.0.5"], SERVICES)
    assert name.name == "jiahe.local"


@pytest.mark.parametrize(
    ("other", "ours"), [("192.168.1.2", "jiahe-2.local"), ("192.168.1.7", "jiahe.local")]
)
async def test_of_two_that_begin_at_once_one_makes_room(other, ours):
    name = await HostName.open(Documents())
    await name.tell(Network(late={"jiahe.local.": [other]}), ["192.168.1.5"], SERVICES)
    assert name.name == ours


async def test_a_kept_name_that_another_has_now_is_lent_and_not_given_up():
    documents = Documents({("home", "host"): {"name": "jiahe.local"}})
    name = await HostName.open(documents)
    assert await name.tell(Network({"jiahe.local.": ["192.168.1.2"]}), ["192.168.1.5"], SERVICES) is True
    assert name.name == "jiahe-2.local"
    assert documents["home", "host"] == {"name": "jiahe.local"}


async def test_new_addresses_and_services_are_told_and_so_is_what_was_forgotten():
    network, name = Network(), await HostName.open(Documents())
    await name.tell(network, ["192.168.1.5"], SERVICES)
    await name.tell(network, ["192.168.1.6"], SERVICES)
    await name.tell(network, ["192.168.1.6"], [])
    name.forget()
    await name.tell(network, ["192.168.1.6"], [])
    assert len(network.told) == 4


async def test_where_every_name_is_taken_it_keeps_its_own():
    network = Network({f"{name}.": ["192.168.1.2"] for name in host_names()})
    name = await HostName.open(Documents())
    await name.tell(network, ["192.168.1.5"], SERVICES)
    assert name.name == "jiahe.local"


@pytest.mark.parametrize("kept", [{}, {"name": "evil.example"}, {"name": 7}])
async def test_a_document_that_is_none_of_ours(kept):
    assert (await HostName.open(Documents({("home", "host"): kept}))).name == "jiahe.local"
