"""Comfort over HTTP: what is narrowed to a part of a device shows no room, and nobody's name is told where it is not to know."""

from __future__ import annotations

import pytest

from jiahe.home.permission import Grant, Role, Verb

HAND = {"target": 22.0, "until": 9.0, "who": "Ann", "at": 1.0}
ABSENCE = {"by": "mode", "since": None}
WHY = {"code": "hand", "figures": {"who": "Ann", "target": 22.0, "until": 9.0}}


class Comfort:
    """A room with a hand on it, shown to who sees its air conditioner."""

    def __init__(self) -> None:
        self.switched = []

    def state(self, sees):
        room = {"room": "living-room", "climate": {"hold": HAND, "decision": {"reasons": [WHY]}}}
        return {"active": True, "rooms": [room] if sees("ac") else [], "absence": ABSENCE}

    async def switch(self, room, feature, on):
        self.switched.append((room, feature, on))


@pytest.fixture
def comfort(house, monkeypatch) -> Comfort:
    found = Comfort()
    monkeypatch.setattr(type(house.doors), "comfort", found)
    return found


@pytest.fixture
def told(client, house, comfort):
    """All of it as a token with this grant reads it."""

    async def told(**narrow):
        token = await house.people.create_token("Bo", Role.AGENT, (Grant(frozenset({Verb.SEE}), **narrow),))
        answer = await client.get("/api/comfort", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 200
        return await answer.json()

    return told


@pytest.fixture
def seen(told):
    """The rooms of it."""

    async def seen(**narrow):
        return (await told(**narrow))["rooms"]

    return seen


async def test_that_the_home_is_empty_is_for_who_is_told_its_mode(told):
    assert (await told())["absence"] == ABSENCE
    assert (await told(devices=frozenset({"ac"})))["absence"] == {"by": "", "since": None}


async def test_who_knows_the_people_reads_who_it_was(seen):
    (room,) = await seen()
    assert (room["climate"]["hold"], room["climate"]["decision"]["reasons"]) == (HAND, [WHY])


async def test_who_sees_the_device_alone_reads_no_name(seen):
    (room,) = await seen(devices=frozenset({"ac"}))
    assert room["climate"]["hold"] == {**HAND, "who": ""}
    (why,) = room["climate"]["decision"]["reasons"]
    assert why == {**WHY, "figures": {**WHY["figures"], "who": ""}}


async def test_who_sees_a_part_of_the_device_sees_no_room(seen):
    assert await seen(devices=frozenset({"ac"}), traits=frozenset({"on_off"})) == []


async def test_who_may_not_operate_the_home_does_not_have_it_operated(client, house, comfort):
    body = {"feature": "climate", "on": True}
    for verbs, status in (({Verb.SEE, Verb.CONFIGURE}, 403), ({Verb.SEE, Verb.CONFIGURE, Verb.OPERATE}, 200)):
        token = await house.people.create_token("Bo", Role.AGENT, (Grant(frozenset(verbs)),))
        bearer = {"Authorization": f"Bearer {token}"}
        answer = await client.patch("/api/comfort/rooms/living-room", json=body, headers=bearer)
        assert answer.status == status, await answer.text()
    assert comfort.switched == [("living-room", "climate", True)]
