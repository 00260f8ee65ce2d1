"""Cards of rooms and devices: written through, bounded, and true after every restart."""

from __future__ import annotations

import pytest

from jiahe.home.keep import Full, Taken
from jiahe.home.registry import Registry
from jiahe.model.definition import Kind, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Actor, Cause

CAUSE = Cause("c1", Actor.PERSON, "Mei")
PURIFIER = Profile("air_purifier", {"power": PropertyDef("power", Kind.BOOL, writable=True)})


def profile_of(product, facts):
    if product == "gone":
        raise UnknownName("there is no product gone")
    assert isinstance(facts.get("firmware", ""), str)
    return PURIFIER


class Notes(list):
    async def __call__(self, what, details, cause):
        assert cause is CAUSE
        self.append((what, dict(details)))


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
async def registry(documents, clock, notes):
    return await Registry.open(documents, clock, profile_of, notes)


async def adopt(registry, number=1, **more):
    given = {
        "product": "p",
        "family": "miio",
        "hardware_id": str(number),
        "address": "10.0.0.1",
        "cause": CAUSE,
    }
    return await registry.adopt(**(given | more))


async def test_an_adopted_device_is_there_after_a_restart(registry, documents, clock, notes):
    room = await registry.add_room("Living room", CAUSE)
    device = await adopt(registry, name="Purifier", area=room.id, facts={"firmware": "1.0"})
    assert device.id == "purifier"
    assert device.adopted_at == clock.now()
    again = await Registry.open(documents, clock, profile_of)
    assert again.device("purifier") == device
    assert again.rooms == registry.rooms
    assert (again.home_id, again.home_name) == (registry.home_id, "Home")
    assert notes == [
        ("room_added", {"room": "living-room", "name": "Living room"}),
        ("device_adopted", {"device": "purifier", "name": "Purifier", "product": "p", "room": "living-room"}),
    ]


async def test_the_profile_is_not_kept_but_made_anew(registry, documents, clock):
    await adopt(registry)
    assert "profile" not in documents.kept["device", "air-purifier"]
    other = Profile("air_purifier", {})
    again = await Registry.open(documents, clock, lambda product, facts: other)
    assert again.device("air-purifier").profile is other


async def test_a_device_whose_product_is_gone_is_kept_and_says_so(registry, documents, clock):
    await adopt(registry, name="Old")
    documents.kept["device", "old"]["product"] = "gone"
    again = await Registry.open(documents, clock, profile_of)
    assert dict(again.device("old").profile.properties) == {}
    assert "gone" in again.trouble("old")
    assert again.trouble("nobody") == ""
    documents.kept["device", "old"]["product"] = "p"
    assert (await Registry.open(documents, clock, profile_of)).trouble("old") == ""


async def test_a_new_device_of_an_unknown_product_is_refused(registry):
    with pytest.raises(UnknownName):
        await adopt(registry, product="gone")
    assert not registry.devices


async def test_names_and_ids_are_made_where_none_are_given(registry):
    first, second = await adopt(registry, 1), await adopt(registry, 2)
    assert (first.id, first.name) == ("air-purifier", "Air purifier")
    assert second.id == "air-purifier-2"
    assert (await adopt(registry, 3, name="客厅净化器")).id == "air-purifier-3"


async def test_the_same_hardware_is_refused_by_name(registry):
    await adopt(registry, name="Mine")
    with pytest.raises(Taken, match="Mine"):
        await adopt(registry)
    assert (await adopt(registry, family="midea")).id == "air-purifier"  # another family's number


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"name": "a\nb"}, OutOfDefinition),
        ({"id_": "No Good"}, OutOfDefinition),
        ({"area": "nowhere"}, UnknownName),
        ({"address": ""}, OutOfDefinition),
        ({"address": "a b"}, OutOfDefinition),
        ({"facts": {"x": float("nan")}}, OutOfDefinition),
        ({"facts": {"x": b"raw"}}, OutOfDefinition),
        ({"facts": {"x": "y" * 70_000}}, OutOfDefinition),
    ],
)
async def test_nonsense_is_refused_and_nothing_is_kept(registry, documents, more, error):
    before = dict(documents.kept)
    with pytest.raises(error):
        await adopt(registry, **more)
    assert documents.kept == before


async def test_a_chosen_id_is_taken_once(registry):
    assert (await adopt(registry, 1, id_="ac")).id == "ac"
    with pytest.raises(Taken):
        await adopt(registry, 2, id_="ac")


async def test_a_device_that_comes_back_gets_its_old_id_and_nobody_else_does(registry, documents, clock):
    await adopt(registry, 1, name="Purifier")
    await registry.remove("purifier", CAUSE)
    assert not registry.devices
    again = await Registry.open(documents, clock, profile_of)
    assert (await adopt(again, 2, name="Purifier")).id == "purifier-2"
    with pytest.raises(Taken):
        await adopt(again, 3, id_="purifier")
    assert (await adopt(again, 1, name="Quite another name")).id == "purifier"


async def test_rename_and_move_go_together_or_not_at_all(registry, documents, notes):
    room = await registry.add_room("Bedroom", CAUSE)
    await adopt(registry, name="P")
    notes.clear()
    device = await registry.change("p", name="Q", area=room.id, cause=CAUSE)
    assert (device.name, device.area, device.id) == ("Q", "bedroom", "p")
    assert notes == [
        ("device_renamed", {"device": "p", "name": "Q"}),
        ("device_moved", {"device": "p", "room": "bedroom"}),
    ]
    with pytest.raises(UnknownName):
        await registry.change("p", name="R", area="nowhere", cause=CAUSE)
    assert registry.device("p").name == "Q"
    notes.clear()
    await registry.rename("p", " Q ", CAUSE)
    await registry.move("p", "bedroom", CAUSE)
    assert notes == []
    assert (await registry.move("p", "", CAUSE)).area == ""


async def test_a_removed_room_leaves_its_devices(registry, documents, clock, notes):
    room = await registry.add_room("Bedroom", CAUSE)
    await adopt(registry, name="P", area=room.id)
    notes.clear()
    await registry.remove_room(room.id, CAUSE)
    assert registry.device("p").area == ""
    assert notes == [("device_moved", {"device": "p", "room": ""}), ("room_removed", {"room": "bedroom"})]
    again = await Registry.open(documents, clock, profile_of)
    assert not again.rooms
    assert again.device("p").area == ""


async def test_two_rooms_have_two_names(registry):
    first = await registry.add_room("Bedroom", CAUSE)
    with pytest.raises(Taken):
        await registry.add_room("BEDROOM", CAUSE)
    second = await registry.add_room("卧室", CAUSE)
    assert second.id == "room"
    with pytest.raises(Taken):
        await registry.rename_room(second.id, "bedroom", CAUSE)
    assert (await registry.rename_room(first.id, "bedroom", CAUSE)).name == "bedroom"
    with pytest.raises(UnknownName):
        await registry.rename_room("nowhere", "x", CAUSE)


async def test_a_new_address_and_new_facts_are_kept(registry, documents, clock):
    await adopt(registry, name="P")
    await registry.found_at("p", "10.0.0.9:54321", {"firmware": "2.0"})
    device = (await Registry.open(documents, clock, profile_of)).device("p")
    assert (device.address, dict(device.facts)) == ("10.0.0.9:54321", {"firmware": "2.0"})


async def test_bounds_hold(registry, monkeypatch):
    monkeypatch.setattr("jiahe.home.registry.DEVICE_LIMIT", 2)
    monkeypatch.setattr("jiahe.home.registry.ROOM_LIMIT", 1)
    await registry.add_room("A", CAUSE)
    with pytest.raises(Full, match="1 rooms"):
        await registry.add_room("B", CAUSE)
    await adopt(registry, 1)
    await adopt(registry, 2)
    with pytest.raises(Full, match="2 devices"):
        await adopt(registry, 3)
    for number in (1, 2, 3, 4):  # the list of those who left has a bound as well
        await registry.remove(next(iter(registry.devices)), CAUSE)
        await adopt(registry, number + 10)
    assert len(registry._left) <= 2


async def test_views_are_not_to_be_written_to(registry):
    with pytest.raises(TypeError):
        registry.devices["x"] = None


async def test_unknown_names_are_told_short(registry):
    with pytest.raises(UnknownName) as caught:
        registry.device("x" * 1000)
    assert len(str(caught.value)) < 120


async def test_many_at_once_get_ids_of_their_own(registry):
    import asyncio

    devices = await asyncio.gather(*(adopt(registry, number, name="P") for number in range(20)))
    assert len({device.id for device in devices}) == 20
