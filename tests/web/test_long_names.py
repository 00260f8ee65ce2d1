"""Ten thousand characters, and names that turn their neighbours, wherever a name is given: refused in words that know which
they are, and nothing of it is kept."""

from __future__ import annotations

import pytest

LONG = "家" * 10_000
TURNS = "abc\u202egnp.exe"
GUEST = {"role": "guest", "grants": [{"verbs": ["see"], "devices": ["ac"]}]}
AGENT = {"role": "agent", "grants": [{"verbs": ["see"]}]}
PLACES = [
    ("PATCH", "/api/devices/ac", {}),
    ("POST", "/api/rooms", {}),
    ("PATCH", "/api/rooms/living-room", {}),
    ("POST", "/api/people", GUEST),
    ("POST", "/api/tokens", AGENT),
]


@pytest.mark.parametrize(("method", "path", "more"), PLACES, ids=[f"{one[0]} {one[1]}" for one in PLACES])
async def test_no_door_takes_a_name_that_no_list_could_show(ask, house, method, path, more):
    before = (dict(house.registry.rooms), {one.name for one in house.registry.devices.values()})
    for name in (LONG, TURNS, "a\x00b", "   "):
        answer = await ask(method, path, status=422, json={**more, "name": name})
        error = answer["error"]
        assert LONG[:500] not in error["message"]
        if name == TURNS:
            assert error["says"]["code"] == "name_turns"
    assert before == (dict(house.registry.rooms), {one.name for one in house.registry.devices.values()})
    assert (await ask("GET", "/api/people", status=200))["people"] == []
    tokens = (await ask("GET", "/api/tokens", status=200))["tokens"]
    assert [one["name"] for one in tokens] == ["test"]  # the one that asks here


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "👩‍👧‍👦 家", "שלום abc"])
async def test_what_only_looks_wild_is_kept_as_it_is(ask, name):
    made = await ask("POST", "/api/people", status=201, json={**GUEST, "name": name})
    assert made["person"]["name"] == name
    room = await ask("POST", "/api/rooms", status=201, json={"name": name})
    assert room["name"] == name
