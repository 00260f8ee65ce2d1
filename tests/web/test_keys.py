"""POST /api/keys: handed on whole, written down without a key, and only by whoever may configure."""

from __future__ import annotations

from dataclasses import replace

ROW = {"family": "miio", "hardware_id": "1", "token": "ab" * 16}


async def test_a_hub_without_a_vault_says_so(ask):
    assert (await ask("POST", "/api/keys", status=404, json={"keys": [ROW]}))["error"]["code"] == "no_keys"


async def test_keys_are_handed_on_and_never_written_down(house, ask):
    rows = []

    async def keep(given):
        rows.extend(given)
        return len(given)

    object.__setattr__(house.doors, "keep_keys", keep)
    assert await ask("POST", "/api/keys", status=200, json={"keys": [ROW]}) == {"kept": 1}
    assert rows == [ROW]
    what, _, details = house.security[-1]
    assert (what, details) == ("keys_kept", {"count": 1})
    assert replace(house.doors).keep_keys is keep
    for bad in (
        {},
        {"keys": []},
        {"keys": ["a"]},
        {"keys": [ROW] * 201},
        {"keys": ROW},
        {"keys": [ROW], "x": 1},
    ):
        await ask("POST", "/api/keys", status=422, json=bad)


async def test_an_extractors_list_is_read_as_it_stands(house, ask):
    rows = []

    async def keep(given):
        rows.extend(given)
        return len(given)

    object.__setattr__(house.doors, "keep_keys", keep)
    text = f"NAME: Lamp\nID: 77\nIP: 192.0.2.9\nTOKEN: {'ab' * 16}\nMODEL: yeelink.light.lamp1\n"
    assert await ask("POST", "/api/keys", status=200, json={"text": text}) == {"kept": 1}
    assert rows == [{"family": "miio", "hardware_id": "77", "address": "192.0.2.9", "token": "ab" * 16}]
    refused = await ask("POST", "/api/keys", status=422, json={"text": "milk, eggs"})
    assert refused["error"]["property"] == "text"
    await ask("POST", "/api/keys", status=422, json={"text": text, "keys": [ROW]})


async def test_a_stranger_keeps_nothing(client):
    assert (await client.post("/api/keys", json={"keys": [ROW]})).status == 401
