"""GET and PUT /api/preferences: one's own, checked, and never a stranger's."""

from __future__ import annotations

from jiahe.home.preferences import Preferences

EMPTY = {"favourites": [], "rooms": [], "devices": [], "scenes": []}


async def test_a_hub_without_them_says_so(ask):
    assert (await ask("GET", "/api/preferences", status=404))["error"]["code"] == "no_preferences"


async def test_they_are_kept_for_whoever_asks(house, ask):
    object.__setattr__(house.doors, "preferences", Preferences(house.documents))
    assert await ask("GET", "/api/preferences", status=200) == EMPTY
    wish = {"favourites": ["ac"], "devices": ["fan", "ac"]}
    assert await ask("PUT", "/api/preferences", status=200, json=wish) == EMPTY | wish
    assert await ask("GET", "/api/preferences", status=200) == EMPTY | wish
    for bad in ({"favourites": "ac"}, {"favourites": [1]}, {"theme": []}, {"rooms": ["x" * 65]}):
        await ask("PUT", "/api/preferences", status=422, json=bad)
    assert await ask("GET", "/api/preferences", status=200) == EMPTY | wish


async def test_a_stranger_has_none(client):
    assert (await client.get("/api/preferences")).status == 401
    assert (await client.put("/api/preferences", json={})).status == 401
