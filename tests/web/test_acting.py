"""What changes something: commands, rooms, devices. Bad wishes name what is wrong, and nothing is sent."""

from __future__ import annotations

import asyncio
import json

import pytest

from jiahe.model.happening import Actor, Status


async def test_a_command_waits_for_its_outcome_and_has_the_person_as_its_cause(ask, house):
    body = {"device": "ac", "property": "target_temperature", "value": 22.5, "timeout": 3}
    answer = await ask("POST", "/api/commands?wait=1", status=200, json=body)
    expected = {
        "device": "ac",
        "property": "target_temperature",
        "value": 22.5,
        "status": "confirmed",
        "reason": "",
    }
    assert answer == {"id": "cmd0", "at": house.clock.now(), **expected}
    (command,) = house.dispatch.sent
    assert (command.cause.kind, command.cause.source) == (Actor.PERSON, "test")
    assert command.deadline - command.issued_at == 3.0
    assert await ask("GET", "/api/commands/cmd0", status=200) == answer


async def test_an_action_takes_arguments_in_order(ask, house):
    body = {"device": "ac", "action": "reset_filter", "arguments": [2]}
    answer = await ask("POST", "/api/commands", status=200, json=body)
    assert (answer["action"], answer["arguments"]) == ("reset_filter", [2])
    assert house.dispatch.sent[0].arguments == (2,)


async def test_without_waiting_only_the_id_comes_and_the_outcome_can_be_asked_for(ask, house):
    house.dispatch.status = None
    body = {"device": "ac", "property": "power", "value": False}
    assert await ask("POST", "/api/commands?wait=0", status=202, json=body) == {"id": "cmd0"}
    assert (await ask("GET", "/api/commands/cmd0", status=200))["status"] == "waiting"


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.CONFIRMED])
async def test_every_other_end_is_an_answer_and_no_error(ask, house, status):
    house.dispatch.status = status
    body = {"device": "ac", "property": "power", "value": False}
    assert (await ask("POST", "/api/commands", status=200, json=body))["status"] == status.value


async def test_a_command_is_answered_when_it_is_on_disk(client, house):
    house.journal.auto = False
    body = {"device": "ac", "property": "power", "value": False}
    for wait in (0, 1):
        asking = asyncio.create_task(
            client.post(f"/api/commands?wait={wait}", json=body, headers=house.bearer)
        )
        done, _ = await asyncio.wait({asking}, timeout=0.1)
        assert not done
        house.journal.commit()
        assert (await asking).status == 202 - 2 * wait


@pytest.mark.parametrize(
    ("body", "status", "property_", "bound"),
    [
        ({"device": "ac", "property": "target_temperature", "value": 31}, 422, "target_temperature", 30),
        ({"device": "ac", "property": "target_temperature", "value": 22.3}, 422, "target_temperature", 0.5),
        (
            {"device": "ac", "property": "target_temperature", "value": "22"},
            422,
            "target_temperature",
            "float",
        ),
        (
            {"device": "ac", "property": "target_temperature", "value": True},
            422,
            "target_temperature",
            "float",
        ),
        (
            {"device": "ac", "property": "target_temperature", "value": None},
            422,
            "target_temperature",
            "float",
        ),
        ({"device": "ac", "property": "mode", "value": "dry"}, 422, "mode", ["cool", "heat"]),
        ({"device": "ac", "property": "temperature", "value": 20}, 422, "temperature", "read-only"),
        ({"device": "ac", "property": "nothing", "value": 20}, 404, None, None),
        ({"device": "nobody", "property": "power", "value": True}, 404, None, None),
        ({"device": "ac", "action": "nothing"}, 404, None, None),
        ({"device": "ac", "property": "power"}, 422, "value", None),
        ({"device": "ac", "value": True}, 422, "property", None),
        (
            {"device": "ac", "property": "power", "action": "reset_filter", "value": True},
            422,
            "property",
            None,
        ),
        ({"device": "ac", "property": "power", "value": True, "arguments": []}, 422, "value", None),
        ({"device": "ac", "action": "reset_filter", "value": 1}, 422, "value", None),
        ({"device": "ac", "property": "power", "value": {"x": 1}}, 422, "value", "scalar"),
        ({"device": "ac", "property": "power", "value": []}, 422, "value", "scalar"),
        ({"device": "ac", "action": "reset_filter", "arguments": [[1]]}, 422, "arguments", "scalar"),
        ({"device": "ac", "action": "reset_filter", "arguments": [0] * 33}, 422, "arguments", 32),
        ({"device": "ac", "property": "power", "value": True, "timeout": 0}, 422, "timeout", 0.05),
        ({"device": "ac", "property": "power", "value": True, "timeout": 1e9}, 422, "timeout", 120),
        ({"device": "ac", "property": "power", "value": True, "timeout": "3"}, 422, "timeout", "number"),
        ({"device": "ac", "property": "power", "value": True, "timeout": True}, 422, "timeout", "number"),
        ({"device": 1, "property": "power", "value": True}, 422, "device", "string"),
        ({"device": "", "property": "power", "value": True}, 422, "device", 1),
        ({"device": "a" * 41, "property": "power", "value": True}, 422, "device", 40),
        ({"property": "power", "value": True}, 422, "device", "string"),
        ({"device": "ac", "property": "power", "value": True, "extra": 1}, 422, "extra", None),
    ],
)
async def test_a_bad_command_names_what_is_wrong_and_nothing_is_sent(
    ask, house, body, status, property_, bound
):
    error = (await ask("POST", "/api/commands", status=status, json=body))["error"]
    assert error.get("property") == property_
    if bound is not None:
        assert error["bound"] == bound
    assert error["message"]
    assert not house.dispatch.sent


async def test_rooms_come_change_and_go(ask, house):
    assert await ask("POST", "/api/rooms", status=201, json={"name": "卧室"}) == {
        "id": "room",
        "name": "卧室",
    }
    assert (await ask("PATCH", "/api/rooms/room", status=200, json={"name": "Bedroom"}))["name"] == "Bedroom"
    assert (await ask("POST", "/api/rooms", status=409, json={"name": "bedroom"}))["error"]["code"] == "taken"
    await ask("DELETE", "/api/rooms/room", status=204)
    await ask("DELETE", "/api/rooms/room", status=404)
    await ask("PATCH", "/api/rooms/room", status=404, json={"name": "x"})
    error = (await ask("POST", "/api/rooms", status=422, json={"name": "a\u202eb"}))["error"]
    assert (error["property"], error["bound"]) == ("name", "U+202E")


async def test_a_device_is_moved_renamed_and_removed(ask, house):
    device = await ask("PATCH", "/api/devices/ac", status=200, json={"name": "Cooler", "room": ""})
    assert (device["name"], device["room"]) == ("Cooler", "")
    await ask("PATCH", "/api/devices/ac", status=404, json={"room": "nowhere"})
    await ask("PATCH", "/api/devices/ac", status=422, json={})
    await ask("PATCH", "/api/devices/nobody", status=404, json={"name": "x"})
    await ask("DELETE", "/api/devices/ac", status=204)
    await ask("DELETE", "/api/devices/ac", status=404)
    assert (await ask("GET", "/api/home", status=200))["devices"] == []


async def test_adopting_hands_everything_on_and_shows_no_secret(ask, house):
    body = {
        "address": "10.0.0.7",
        "token": "ab" * 16,
        "key": "cd" * 32,
        "name": "New",
        "room": "living-room",
        "id": "new",
    }
    device = await ask("POST", "/api/devices", status=201, json=body)
    assert (device["id"], device["room"]) == ("new", "living-room")
    (request,) = house.adopted
    assert (request.token, request.key) == ("ab" * 16, "cd" * 32)
    assert "abab" not in repr(request)
    assert "cdcd" not in repr(request)
    for text in (json.dumps(device), str(house.journal.all), str(house.security)):
        assert "abab" not in text
    await ask("POST", "/api/devices", status=409, json=body)


async def test_a_device_that_does_not_answer_is_502_in_words(ask):
    error = (await ask("POST", "/api/devices", status=502, json={"address": "10.9.9.9"}))["error"]
    assert error == {
        "code": "unreachable",
        "message": "Nothing answers at 10.9.9.9.",
        "says": {"code": "answer_unreachable", "figures": {}},  # none of our own: its family's sentence
    }
    error = (await ask("POST", "/api/devices", status=422, json={"address": "10.9.9.8"}))["error"]
    assert (error["code"], error["property"]) == ("wrong_key", "token")


async def test_a_search_is_answered_and_there_is_one_at_a_time(client, house, ask):
    found = await ask("POST", "/api/discover", status=200, json={"addresses": ["10.0.0.5"], "seconds": 1})
    assert found["found"][0]["missing"] == ["token"]
    assert house.searches == [(["10.0.0.5"], 1.0)]
    two = await asyncio.gather(
        *(client.post("/api/discover", json={}, headers=house.bearer) for _ in range(2))
    )
    assert sorted(answer.status for answer in two) == [200, 409]
    for bad in (
        {"seconds": 31},
        {"seconds": 0},
        {"addresses": "x"},
        {"addresses": [1]},
        {"addresses": ["x"] * 65},
    ):
        await ask("POST", "/api/discover", status=422, json=bad)


async def test_faults_of_the_demo(ask):
    assert await ask("GET", "/api/virtual", status=200) == {"devices": []}
    assert (await ask("PUT", "/api/virtual/ac/faults", status=200, json={"mute": True}))["faults"] == {
        "mute": True
    }
    await ask("PUT", "/api/virtual/nobody/faults", status=404, json={})
