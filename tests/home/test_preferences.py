"""Each person's own lists: replaced one by one, bounded, and nobody else's."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.preferences import LISTS, Preferences, checked_preferences
from jiahe.model.errors import OutOfDefinition


class Kept(dict):
    async def put(self, kind, key, body):
        self[kind, key] = dict(body)

    async def get(self, kind, key):
        return self.get_now(kind, key)

    def get_now(self, kind, key):
        return dict.get(self, (kind, key))

    async def delete(self, kind, key):
        self.pop((kind, key), None)


async def test_lists_are_replaced_one_by_one_and_are_one_persons():
    preferences = Preferences(Kept())
    empty = {name: [] for name in LISTS}
    assert await preferences.of("wang") == empty
    await preferences.put("wang", {"favourites": ["ac", "fan", "ac"]})
    whole = await preferences.put("wang", {"rooms": ["kitchen"]})
    assert whole == empty | {"favourites": ["ac", "fan"], "rooms": ["kitchen"]}
    assert await preferences.of("wang") == whole
    assert await preferences.of("li") == empty
    await preferences.forget("wang")
    assert await preferences.of("wang") == empty


async def test_two_pages_at_once_lose_nothing_and_who_asks_meanwhile_is_told_what_comes():
    class Slow(Kept):
        async def put(self, kind, key, body):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await super().put(kind, key, body)

    preferences = Preferences(Slow())
    one = asyncio.create_task(preferences.put("wang", {"favourites": ["ac"]}))
    two = asyncio.create_task(preferences.put("wang", {"rooms": ["kitchen"]}))
    await asyncio.sleep(0)
    told = await preferences.of("wang")
    assert (told["favourites"], told["rooms"]) == (["ac"], ["kitchen"])
    await asyncio.gather(one, two)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"theme": ["dark"]}, "theme"),
        ({"rooms": "kitchen"}, "rooms"),
        ({"rooms": [1]}, "rooms"),
        ({"devices": [""]}, "devices"),
        ({"devices": ["x" * 65]}, "devices"),
        ({"scenes": [str(n) for n in range(501)]}, "scenes"),
    ],
)
async def test_what_is_no_list_of_ids_is_refused_by_name_and_nothing_is_written(body, key):
    kept = Kept()
    with pytest.raises(OutOfDefinition) as caught:
        await Preferences(kept).put("wang", body)
    assert caught.value.property_name == key
    assert kept == {}


async def test_a_document_has_a_bound():
    preferences = Preferences(Kept())
    many = [f"{n:064}" for n in range(130)]
    await preferences.put("wang", {"devices": many})
    with pytest.raises(OutOfDefinition, match="16384"):
        await preferences.put("wang", {"favourites": many})
    assert (await preferences.of("wang"))["favourites"] == []


@given(st.dictionaries(st.sampled_from(LISTS), st.lists(st.text(min_size=1, max_size=64), max_size=50)))
def test_checked_lists_stay_as_they_are(body):
    once = checked_preferences(body)
    assert checked_preferences(once) == once
    for name, given_ids in body.items():
        assert set(once[name]) == set(given_ids)
        assert len(set(once[name])) == len(once[name])
