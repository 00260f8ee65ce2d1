"""Principal × resource × verb × door: nobody sees or does what is not theirs, and what is hidden is as what never was.

The rows and the expectations are written by hand; a route without a row fails.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.permission.furnished import SECRETS, SEES, WHO, House, cookie, furnished
from tests.permission.rows import ANYBODY, ROWS, SOMEBODY, Ask

from jiahe.model.happening import RecordKind
from jiahe.web.routes import ROUTES

NEVER = "neverqx"
LOOKS = 4
OPEN = {(route.method, route.path) for route in ROUTES if route.verb is None}
STATIC = {("GET", "/openapi.json"), ("GET", "/api/sentences"), ("GET", "/api/comfort/words")}
"""The same for everybody, and about no home."""


def test_every_route_has_a_row() -> None:
    assert set(ROWS) == {(route.method, route.path) for route in ROUTES}


def test_everybody_and_every_secret_is_in_the_tables() -> None:
    assert set(WHO) == ANYBODY
    for things in SEES.values():
        assert things <= set(SECRETS)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with furnished(tmp_path) as house:
        yield house


def told(text: str, word: str) -> bool:
    if word.replace(".", "").isdigit() and not word.endswith("."):
        return re.search(rf"(?<![\w.\-]){re.escape(word)}(?![\w.\-])", text) is not None
    return word in text


def leaks(who: str, text: str, about: str, asked: str) -> list[str]:
    """Words of what `who` does not see; what stood in the question is no news."""
    found = []
    for key, words in SECRETS.items():
        if key in SEES[who] or key.partition(":")[0] == about.partition(":")[0]:
            continue
        found += [word for word in words if word not in asked and told(text, word)]
    return found


def own(method: str, path: str) -> bool:
    """Ways in and what is one's own: whether they work is no question of rights."""
    return (method, path) in OPEN or path.startswith(("/api/second", "/api/passkeys", "/api/session/passkey"))


def put(house: House, commands: dict[str, str], path: str) -> str:
    for name, id_ in {**house.ids, **commands}.items():
        path = path.replace("{" + name + "}", id_)
    return path


async def commands_of(house: House) -> dict[str, str]:
    """The ids of commands that were given, by device."""
    records = await house.hub.journal.records(0, 1000)
    return {str(one.body["device"]): str(one.body["id"]) for one in records if one.kind.value == "command"}


async def answer(house: House, who: str, method: str, ask: Ask, commands: dict[str, str]) -> tuple[int, str]:
    path = put(house, commands, ask.path)
    got = await house.ask(who, method, path, **({} if ask.body is None else {"json": ask.body}))
    return got.status, (await got.read()).decode("utf-8", "replace")


def twin(ask: Ask) -> Ask:
    """The same question about what never was."""
    body = None if ask.body is None else json.loads(json.dumps(ask.body).replace(ask.id, NEVER))
    return Ask(ask.path.replace(ask.id, NEVER), ask.may, ask.about, NEVER, body)


async def unlike(
    house: House, who: str, method: str, ask: Ask, commands: dict[str, str], name: str
) -> list[str]:
    """How the answer differs from that to the same question about what never was. The hub may write a record between the two
    (its cursor is in some answers): only what differs every time counts."""
    found = ""
    for _ in range(LOOKS):
        status, text = await answer(house, who, method, ask, commands)
        other, words = await answer(house, who, method, twin(ask), commands)
        if (other, words) == (status, text.replace(put(house, commands, ask.id), NEVER)):
            return []
        found = f"{name}: {status} {text[:200]}\n   but of what never was: {other} {words[:200]}"
    return [found]


@pytest.mark.parametrize("who", WHO)
async def test_no_door_tells_or_does_what_is_not_theirs(house: House, who: str) -> None:
    before, commands, wrong = house.state(), await commands_of(house), []
    for (method, path), asks in ROWS.items():
        for ask in asks:
            if ask.sent and who in ask.may:
                continue  # it would change the home: what the others may do is tested room by room
            status, text = await answer(house, who, method, ask, commands)
            name = f"{method} {put(house, commands, ask.path)} {ask.body or ''}"
            if status >= 500:
                wrong.append(f"{name}: {status} {text}")
            if who not in SOMEBODY and (method, path) not in OPEN and status != 401:
                wrong.append(f"{name}: a stranger got {status}")
            elif who not in ask.may and status < 400:
                wrong.append(f"{name}: was not refused: {status} {text[:200]}")
            elif who in ask.may and not ask.sent and status in (401, 403, 404) and not own(method, path):
                wrong.append(f"{name}: was refused: {status} {text[:200]}")
            if (method, path) not in STATIC and (found := leaks(who, text, ask.about, name)):
                wrong.append(f"{name}: tells {found}: {text[:300]}")
            if ask.id and ask.has_twin and ask.about not in SEES[who] and who in SOMEBODY:
                wrong += await unlike(house, who, method, ask, commands, name)
    assert not wrong, "\n".join(wrong)
    assert house.state() == before


@pytest.mark.parametrize("who", sorted(SOMEBODY))
async def test_what_is_theirs_is_there(house: House, who: str) -> None:
    """No leak is easy where nothing is shown: the home, the diary and the lists have all that they may see."""
    sees, text = SEES[who], ""
    for path in (
        "/api/home",
        "/api/rules",
        "/api/scenes",
        "/api/journal?limit=1000",
        "/api/people",
        "/metrics",
    ):
        text += await (await house.ask(who, "GET", path)).text()
    missing = [
        f"{key}: {words[0]}"
        for key, words in SECRETS.items()
        if key in sees and not any(told(text, word) for word in words)
    ]
    assert not missing


@pytest.mark.parametrize("who", sorted(SOMEBODY))
async def test_what_is_offered_is_what_works(house: House, who: str) -> None:
    """`operable` in the home is what a command says: none is offered that is refused, none refused that is offered."""
    home = await (await house.ask(who, "GET", "/api/home")).json()
    for device in home["devices"]:
        assert device["may"][0] == "see"
        for row in device["properties"]:
            if not row["writable"]:
                assert row["operable"] is False
                continue
            value = {
                "bool": True,
                "int": row["low"] or 1,
                "float": row["low"] or 1.0,
                "enum": (row["choices"] or [""])[0],
            }
            body = {"device": device["id"], "property": row["path"], "value": value.get(row["kind"], "x")}
            status = (await house.ask(who, "POST", "/api/commands?wait=0", json=body)).status
            assert (status != 403) is row["operable"], (device["id"], row["path"], status)


async def test_every_refusal_is_in_the_diary_and_a_flood_of_them_is_bounded(house: House) -> None:
    for _ in range(100):
        body = {"device": "ovenqx", "action": "start"}
        assert (await house.ask("kitchen guest", "PUT", "/api/mode", json={"mode": "away"})).status == 403
        assert (await house.ask("kitchen guest", "POST", "/api/commands", json=body)).status in (403, 404)
    await house.hub.journal.committed(house.hub.journal.last_seq)
    records = await house.hub.journal.records(0, 1000)
    refused = [one.body for one in records if one.body.get("what") == "refused"]
    assert 1 <= len(refused) <= 40
    assert refused[0]["who"] == "Besuchqx kitchen guest"
    assert "may not operate" in refused[0]["reason"]


KITCHEN = {"verbs": ["see", "operate"], "rooms": ["kitchenqx"]}


async def test_who_may_share_a_room_lets_guests_into_it_and_no_further(house: House) -> None:
    made = await house.ask(
        "host", "POST", "/api/people", json={"name": "Xu", "role": "guest", "grants": [KITCHEN]}
    )
    guest = await made.json()
    assert made.status == 201, guest
    assert guest["person"]["by"] == "Besuchqx host"
    for body in (
        {"role": "adult", "grants": [KITCHEN]},
        {"role": "guest", "grants": []},
        {"role": "guest", "grants": [{**KITCHEN, "rooms": ["bedroomqx"]}]},
        {"role": "guest", "grants": [{**KITCHEN, "rooms": ["kitchenqx", "studyqx"]}]},
        {"role": "guest", "grants": [{"verbs": ["see"]}]},
        {"role": "guest", "grants": [{**KITCHEN, "verbs": ["configure"]}]},
        {"role": "guest", "grants": [{**KITCHEN, "verbs": ["share"]}]},
        {"role": "guest", "grants": [{**KITCHEN, "devices": ["ovenqx"]}]},
        {"role": "guest", "grants": [{**KITCHEN, "kinds": ["oven"]}]},
    ):
        answer = await house.ask("host", "POST", "/api/people", json={"name": "Zhu", **body})
        assert answer.status == 422, (body, await answer.text())
    path = f"/api/people/{guest['person']['id']}"
    more = {"grants": [{"verbs": ["operate"], "rooms": ["bedroomqx"]}]}
    assert (await house.ask("host", "PATCH", path, json=more)).status == 422
    assert (await house.ask("host", "PATCH", path, json={"role": "owner"})).status == 422
    for other in ("owner", "adult", "kitchen guest"):
        for method, tail, sent in (
            ("PATCH", "", {"name": "Q"}),
            ("DELETE", "", None),
            ("POST", "/invitation", {}),
        ):
            answer = await house.ask("host", method, f"/api/people/{house.ids[other]}{tail}", json=sent)
            assert answer.status == 404
    rows = (await (await house.ask("host", "GET", "/api/people")).json())["people"]
    assert [row["name"] for row in rows] == ["Xu"]
    session = await (await house.ask("host", "GET", "/api/session")).json()
    assert session["person"]["may"]["share_rooms"] == ["kitchenqx"]
    assert session["person"]["may"]["share"] is False


async def test_a_guest_of_a_guest_is_out_when_their_right_ends(house: House) -> None:
    async def invited(name: str) -> str:
        body = {"name": name, "role": "guest", "grants": [KITCHEN]}
        return str((await (await house.ask("host", "POST", "/api/people", json=body)).json())["person"]["id"])

    people, host = house.hub.people.household.people, f"/api/people/{house.ids['host']}"
    first = await invited("Xu")
    narrower = {"grants": [{"verbs": ["see", "share"], "rooms": ["kitchenqx"]}]}
    assert (await house.ask("owner", "PATCH", host, json=narrower)).status == 200
    assert first not in people
    assert (
        await house.ask("owner", "PATCH", host, json={"grants": [{**KITCHEN, "verbs": ["operate", "share"]}]})
    ).status == 200
    second = await invited("Xu")
    assert (await house.ask("owner", "PATCH", host, json={"name": "Besuchqx host 2"})).status == 200
    assert second in people  # what they may do is as before
    assert (await house.ask("owner", "DELETE", host)).status == 200
    assert second not in people


async def test_who_shares_lets_in_a_bounded_number(house: House) -> None:
    body = {"role": "guest", "grants": [KITCHEN]}
    statuses = [
        (await house.ask("host", "POST", "/api/people", json={"name": f"Xu {number}", **body})).status
        for number in range(22)
    ]
    assert statuses == [201] * 20 + [409] * 2


@pytest.mark.parametrize("name", ["Owner", "everybody", "ADULT"])
async def test_no_guest_hears_what_is_for_another_by_being_called_so(house: House, name: str) -> None:
    body = {"name": name, "role": "guest", "grants": [KITCHEN]}
    invited = await (await house.ask("host", "POST", "/api/people", json=body)).json()
    entered = await house.hub.people.join(invited["code"], "", "::1")
    assert house.client.port is not None
    house.headers["called so"] = cookie(house.client.port, entered.secret)
    said = {"rule": "only-lamp", "what": "notify", "who": name.casefold(), "text": "Whisper of tonight"}
    house.hub.append(house.hub.clock.now(), RecordKind.RULE, said)
    await house.hub.journal.committed(house.hub.journal.last_seq)

    async def box(who: str) -> str:
        return await (await house.ask(who, "GET", "/api/notices")).text()

    listener = "adult" if name == "ADULT" else "owner"
    for _ in range(200):  # told once the record is committed
        if "Whisper of tonight" in await box(listener):
            break
        await asyncio.sleep(0.01)
    assert "Whisper of tonight" in await box(listener)
    assert "Whisper of tonight" not in await box("called so")
