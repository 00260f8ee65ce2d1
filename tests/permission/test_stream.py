"""The stream is a door like the others: each hears what they see, and who may no longer is cut in the middle of a session."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSCloseCode, WSMsgType, WSServerHandshakeError
from tests.permission.furnished import HOME, SEES, WHO, House, furnished
from tests.permission.rows import SOMEBODY
from tests.permission.test_matrix import leaks

from jiahe.home.grants import grants_from
from jiahe.home.permission import Role, moment
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality
from jiahe.web import stream

CUT = 1.0
"""Seconds within which an ended key hears nothing more."""
ENDED = (stream.SIGNED_OUT, WSCloseCode.ABNORMAL_CLOSURE)
"""How a stream may end: told so, or (where the client was too busy to take the word) cut."""
PATIENCE = 10.0
"""Seconds for what must come, on a machine that others use too."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as house:
        yield house


async def listen(house: House, who: str, after: int | None = None) -> ClientWebSocketResponse:
    path = "/api/stream" if after is None else f"/api/stream?after={after}"
    headers = {"Sec-Fetch-Site": "same-origin", **house.headers[who]}
    return await house.client.ws_connect(path, headers=headers)


async def hear(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next message of this kind."""
    async with asyncio.timeout(PATIENCE):
        while True:
            body: dict[str, Any] = json.loads(await socket.receive_str())
            if body["type"] == kind:
                return body


async def everything(socket: ClientWebSocketResponse, seconds: float) -> str:
    """All that is said within so many seconds."""
    said: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await socket.receive()
                if message.type is not WSMsgType.TEXT:
                    break
                said.append(str(message.data))
    except TimeoutError:
        pass
    return "\n".join(said)


def say(house: House, device: str, path: str, value: Any) -> None:
    cause = Cause(house.hub.ids.new(), Actor.DEVICE, device)
    update = PropertyUpdate(PropertyRef(device, path), value, Quality.GOOD, house.clock.now(), cause, value)
    house.hub.intake.accept([update], {})


def stir(house: House) -> None:
    """Something of every device."""
    for device, path, value in (
        ("lampqx", "light_level", 78), ("lampqx", "power", False), ("bandqx", "heart_rate", 138),
        ("ovenqx", "remaining_time", 42.25), ("fanqx", "power", False), ("coolqx", "temperature", 22.625),
    ):  # fmt: skip
        say(house, device, path, value)


NEWS = {"lampqx": "lampqx", "bandqx": "bandqx", "ovenqx": "ovenqx", "fanqx": "fanqx"}


@pytest.mark.parametrize("who", sorted(SOMEBODY))
async def test_each_hears_what_they_see_from_nothing_and_from_a_cursor(house: House, who: str) -> None:
    witness = await listen(house, "owner")
    fresh, back = await listen(house, who), await listen(house, who, 0)
    snapshot = await hear(fresh, "snapshot")
    stir(house)
    await house.hub.registry.change("ovenqx", cause=HOME, name="Ovennameqx, new")
    while "Ovennameqx, new" not in json.dumps(await hear(witness, "records")):
        continue  # what one hears all have been told
    text = json.dumps(snapshot) + await everything(fresh, 0.4) + await everything(back, 0.4)
    await witness.close()
    assert not leaks(who, text, "", "")
    for device, word in NEWS.items():
        assert (word in text) == (device in SEES[who]), device
    await fresh.close()
    await back.close()


@pytest.mark.parametrize("who", sorted(set(WHO) - SOMEBODY))
async def test_nobody_else_hears_anything(house: House, who: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await listen(house, who)
    assert refused.value.status == 401


async def test_a_key_that_ends_is_cut_in_the_middle_of_a_session(house: House) -> None:
    people = house.hub.people
    await people.household.change(house.ids["lamp guest"], until=house.clock.now() + 3600)
    socket = await listen(house, "lamp guest")
    await hear(socket, "snapshot")
    house.clock.moved = 3600.5
    since = time.monotonic()
    say(house, "lampqx", "light_level", 12)
    async with asyncio.timeout(PATIENCE):
        while (await socket.receive()).type is WSMsgType.TEXT:
            continue
    passed = time.monotonic() - since
    assert socket.close_code in ENDED
    assert passed < CUT + 1.0, passed  # a second for a machine that others use
    assert (await house.ask("lamp guest", "GET", "/api/home")).status == 401
    body = {"device": "lampqx", "property": "power", "value": True}
    assert (await house.ask("lamp guest", "POST", "/api/commands", json=body)).status == 401


async def test_somebody_who_is_removed_is_cut_at_once(house: House) -> None:
    socket = await listen(house, "child")
    await hear(socket, "snapshot")
    answer = await house.ask("owner", "DELETE", f"/api/people/{house.ids['child']}")
    assert answer.status == 200
    async with asyncio.timeout(PATIENCE):
        while (await socket.receive()).type is WSMsgType.TEXT:
            continue
    assert socket.close_code in ENDED


async def test_a_token_that_is_revoked_is_cut(house: House) -> None:
    socket = await listen(house, "fan agent")
    await hear(socket, "snapshot")
    tokens = (await (await house.ask("owner", "GET", "/api/tokens")).json())["tokens"]
    (id_,) = [one["id"] for one in tokens if one["name"] == "fan agent"]
    assert (await house.ask("owner", "DELETE", f"/api/tokens/{id_}")).status == 204
    async with asyncio.timeout(PATIENCE):
        while (await socket.receive()).type is WSMsgType.TEXT:
            continue
    assert socket.close_code in ENDED


async def test_who_is_given_more_begins_anew_and_who_is_left_less_too(house: House) -> None:
    socket = await listen(house, "lamp guest")
    first = await hear(socket, "snapshot")
    assert [one["id"] for one in first["home"]["devices"]] == ["lampqx"]
    for devices in (["fanqx", "lampqx"], ["fanqx"]):
        grants = [{"verbs": ["see"], "devices": devices}]
        path = f"/api/people/{house.ids['lamp guest']}"
        assert (await house.ask("owner", "PATCH", path, json={"grants": grants})).status == 200
        again = await hear(socket, "snapshot")
        assert sorted(one["id"] for one in again["home"]["devices"]) == devices
        assert not any("operate" in one["may"] for one in again["home"]["devices"])
    say(house, "lampqx", "light_level", 33)
    say(house, "fanqx", "power", False)
    records = (await hear(socket, "records"))["records"]
    assert {one["body"]["device"] for one in records} == {"fanqx"}
    await socket.close()


async def test_hours_open_and_close_a_session_that_is_under_way(house: House) -> None:
    now = moment(house.clock.now(), house.hub.automation.place.zone).minute
    opens, closes = (f"{m % 1440 // 60:02d}:{m % 60:02d}" for m in (now + 5, now + 10))
    hours = {"days": list(range(7)), "from": opens, "to": closes}
    grants = grants_from([{"verbs": ["see"], "devices": ["lampqx"], "hours": hours}], Role.GUEST)
    await house.hub.people.household.change(house.ids["lamp guest"], grants=grants)
    socket = await listen(house, "lamp guest")
    assert (await hear(socket, "snapshot"))["home"]["devices"] == []
    house.clock.moved += 7 * 60
    assert [one["id"] for one in (await hear(socket, "snapshot"))["home"]["devices"]] == ["lampqx"]
    house.clock.moved += 7 * 60
    assert (await hear(socket, "snapshot"))["home"]["devices"] == []
    await socket.close()


async def test_a_device_that_is_moved_comes_into_sight_and_leaves_it(house: House) -> None:
    socket = await listen(house, "kitchen guest")
    await hear(socket, "snapshot")
    for room, there in (("kitchenqx", True), ("bedroomqx", False)):
        body = {"room": room}
        assert (await house.ask("owner", "PATCH", "/api/devices/lampqx", json=body)).status == 200
        home = (await hear(socket, "snapshot"))["home"]
        assert ("lampqx" in {one["id"] for one in home["devices"]}) is there
    await socket.close()


async def test_a_page_of_another_site_hears_nothing(house: House) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        with pytest.raises(WSServerHandshakeError) as refused:
            await house.client.ws_connect("/api/stream", headers={**house.headers["owner"], **headers})
        assert refused.value.status == 403


async def test_a_quiet_view_of_a_busy_home_is_heard_to_be_alive(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "QUIET", 0.5)
    socket = await listen(house, "lamp guest")
    await hear(socket, "snapshot")
    for number in range(3):
        say(house, "bandqx", "heart_rate", 90 + number)
        assert (await hear(socket, "seen"))["observed"] == {}
    await socket.close()
