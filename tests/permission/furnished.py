"""A real hub with a small home in which every hidden thing has a word of its own, and everybody who may come to its door.

No device answers: values, events and the past are put in as devices would have said them.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from jiahe.home.grants import grants_from
from jiahe.home.permission import Role
from jiahe.hub.build import Hub
from jiahe.hub.config import Config
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality, RecordKind
from jiahe.web.server import make_app

PASSWORD = "correct horse 家和"
HOME = Cause("c-home", Actor.PERSON, "Meiqx", who="home")

# device: product, room
DEVICES = {
    "lampqx": ("philips.light.bulb", "bedroomqx"),
    "bandqx": ("xiaomi.mi-band-4", "bedroomqx"),
    "ovenqx": ("midea.b1.oven", "kitchenqx"),
    "fanqx": ("midea.fa.fan", "kitchenqx"),
    "coolqx": ("midea.ac.split", "studyqx"),
    "plugqx": ("chuangmi.plug.m1", "studyqx"),
}
VALUES: dict[tuple[str, str], Any] = {
    ("lampqx", "power"): True,
    ("lampqx", "light_level"): 77,
    ("bandqx", "heart_rate"): 137,
    ("bandqx", "steps"): 98765,
    ("ovenqx", "remaining_time"): 43.25,
    ("fanqx", "power"): True,
    ("coolqx", "power"): True,
    ("coolqx", "temperature"): 21.625,
}
RULES = {
    "cool-evening": "name: Coolruleqx\nwhen: [{becomes: coolqx.temperature > 26}]\n"
    "then: [{set: lampqx.power, to: off}]\n",
    "pulse-light": "name: Pulseruleqx\nwhen: [{becomes: bandqx.heart_rate > 120}]\n"
    "then: [{set: lampqx.power, to: on}]\n",
    "only-lamp": "name: Lampruleqx\nwhen: [{becomes: lampqx.light_level > 90}]\n"
    "then: [{set: lampqx.power, to: off}]\n",
}
SCENES = {
    "lamp-scene": "name: Lampsceneqx\nset: {lampqx.power: on}\n",
    "plug-scene": "name: Plugsceneqx\nset: {plugqx.power: on}\n",
    "hot-scene": "name: Hotsceneqx\nset: {coolqx.power: on, fanqx.power: on}\n",
}

# Words by which each thing is known. None of them may reach who does not see it, by any door.
SECRETS: dict[str, tuple[str, ...]] = {
    "lampqx": ("lampqx", "Lampnameqx"),
    "lampqx:light": ("light_level", "77"),
    "bandqx": ("bandqx", "Bandnameqx", "heart_rate", "137", "98765"),
    "ovenqx": ("ovenqx", "Ovennameqx", "43.25"),
    "fanqx": ("fanqx", "Fannameqx"),
    "coolqx": ("coolqx", "Coolnameqx"),
    "plugqx": ("plugqx", "Plugnameqx"),
    "coolqx:temperature": ("21.625",),
    "bedroomqx": ("bedroomqx", "Bedroomqx"),
    "kitchenqx": ("kitchenqx", "Kitchenqx"),
    "studyqx": ("studyqx", "Studyqx"),
    "rule:cool-evening": ("cool-evening", "Coolruleqx"),
    "rule:pulse-light": ("pulse-light", "Pulseruleqx"),
    "rule:only-lamp": ("only-lamp", "Lampruleqx"),
    "scene:lamp-scene": ("lamp-scene", "Lampsceneqx"),
    "scene:plug-scene": ("plug-scene", "Plugsceneqx"),
    "scene:hot-scene": ("hot-scene", "Hotsceneqx"),
    "people": ("Omaqx",),  # one who does nothing, so that only the list of people names her
    "names": ("Meiqx",),  # who did things
    "whispers": ("Whisperqx",),  # what a rule told one person
    "security": ("Loginqx",),
    "addresses": ("10.77.0.",),
}

ALL = frozenset(SECRETS)
HOUSE = frozenset(
    {"lampqx", "lampqx:light", "ovenqx", "fanqx", "coolqx", "coolqx:temperature", "plugqx", "bedroomqx", "kitchenqx", "studyqx"}
)  # fmt: skip
RULED = frozenset(
    {"rule:cool-evening", "rule:only-lamp", "scene:lamp-scene", "scene:hot-scene", "scene:plug-scene"}
)
LAMP = frozenset({"lampqx", "lampqx:light", "bedroomqx", "scene:lamp-scene"})

# Who comes, with what in hand, and what they see: written by hand from docs/architecture.md, not asked of the code.
GUESTS: dict[str, tuple[Role, list[dict[str, Any]]]] = {
    "lamp guest": (Role.GUEST, [{"verbs": ["operate"], "devices": ["lampqx"]}]),
    "kitchen guest": (Role.GUEST, [{"verbs": ["operate"], "rooms": ["kitchenqx"]}]),
    "host": (Role.GUEST, [{"verbs": ["operate", "share"], "rooms": ["kitchenqx"]}]),
    "trait guest": (
        Role.GUEST,
        [
            {"verbs": ["see"], "devices": ["coolqx"], "traits": ["on_off"]},
            {"verbs": ["see", "operate"], "traits": ["comfort_mode"]},  # everywhere; one device has it
        ],
    ),
    "night guest": (
        Role.GUEST,
        [{"verbs": ["operate"], "hours": {"days": [0, 1, 2, 3, 4, 5, 6], "from": "03:00", "to": "03:01"}}],
    ),
    "fan agent": (Role.AGENT, [{"verbs": ["see", "operate"], "kinds": ["fan"]}]),
    "wide agent": (Role.AGENT, [{"verbs": ["see", "operate", "configure"]}]),
    "clerk": (Role.AGENT, [{"verbs": ["configure"]}]),
    "maker": (Role.SERVICE, [{"verbs": ["see"], "makers": ["Philips"]}]),
}
SEES: dict[str, frozenset[str]] = {
    "owner": ALL,
    "adult": ALL - {"people", "security"},
    "child": HOUSE | RULED | {"names"},
    "lamp guest": LAMP,
    "kitchen guest": frozenset({"ovenqx", "fanqx", "kitchenqx"}),
    "host": frozenset({"ovenqx", "fanqx", "kitchenqx"}),
    "trait guest": frozenset({"coolqx", "studyqx"}),
    "night guest": frozenset(),
    "fan agent": frozenset({"fanqx", "kitchenqx"}),
    "wide agent": HOUSE | RULED | {"names", "addresses"},
    "clerk": HOUSE | RULED | {"names", "addresses"},
    "maker": frozenset({"lampqx", "lampqx:light", "bedroomqx"}),
    "ended guest": frozenset(),
    "stranger": frozenset(),
    "forger": frozenset(),
}
WHO = tuple(SEES)


class QuickPasswords:
    """In place of argon2id, whose cost is not the point here."""

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def matches(self, encoded: str | None, password: str) -> bool:
        return encoded == f"hash of {password}"


class Clock:
    """The wall of this machine, moved by hand; the loop's own monotonic time."""

    def __init__(self) -> None:
        self.moved = 0.0

    def now(self) -> float:
        return time.time() + self.moved

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class House:
    """The hub behind its door, and what each of `WHO` shows there."""

    hub: Hub
    client: TestClient[Any, Any]
    clock: Clock
    ids: dict[str, str]
    headers: dict[str, dict[str, str]]

    async def ask(self, who: str, method: str, path: str, **more: Any) -> ClientResponse:
        headers = {"Sec-Fetch-Site": "same-origin", **self.headers[who]}
        return await self.client.request(method, path, headers=headers, allow_redirects=False, **more)

    def state(self) -> object:
        """What nobody may change who may not: cards, rooms, rules, scenes, people, tokens, the mode, commands sent on."""
        hub, library = self.hub, self.hub.automation.library
        return (
            {id_: (one.name, one.area) for id_, one in hub.registry.devices.items()},
            dict(hub.registry.rooms),
            dict(library.texts),
            {
                id_: (one.name, one.role, one.grants, one.until)
                for id_, one in hub.people.household.people.items()
            },
            hub.automation.runner.mode,
        )


def cookie(house_port: int, secret: str) -> dict[str, str]:
    return {"Cookie": f"jiahe_{house_port}={secret}"}


@asynccontextmanager
async def furnished(directory: Path) -> AsyncIterator[House]:
    """Opens the door of a home of its own."""
    for folder, texts in (("rules", RULES), ("scenes", SCENES)):
        (directory / folder).mkdir(parents=True)
        for name, text in texts.items():
            (directory / folder / f"{name}.yaml").write_text(text)
    clock = Clock()
    hub = await Hub.open(Config(directory), clock=clock)
    try:
        await _furnish(hub)
        await hub.start_rules()
        async with TestClient(TestServer(make_app(hub.doors()))) as client:
            house = House(hub, client, clock, {}, {"stranger": {}})
            await _invite(house)
            await _live(hub)
            yield house
    finally:
        await hub.close()


async def _furnish(hub: Hub) -> None:
    for room in ("Bedroomqx", "Kitchenqx", "Studyqx"):
        await hub.registry.add_room(room, HOME)
    for number, (device, (product, room)) in enumerate(DEVICES.items()):
        card = hub.shelf.get(product)
        assert card is not None
        await hub.registry.adopt(
            product=product,
            family=card.family,
            hardware_id=str(770 + number),
            address=f"10.77.0.{number}",
            cause=HOME,
            name=device.removesuffix("qx").capitalize() + "nameqx",
            id_=device,
            area=room,
        )


async def _live(hub: Hub) -> None:
    """Some past: values by devices and by people, a command refused by the device's absence, a sign-in, the mode."""
    now = hub.clock.now()
    for (device, path), value in VALUES.items():
        for at, told, cause in (
            (now - 60, None, Cause(hub.ids.new(), Actor.DEVICE, device)),
            (now - 1, value, Cause(hub.ids.new(), Actor.PERSON, "Meiqx", "c-home")),
        ):
            if told is not None:
                update = PropertyUpdate(PropertyRef(device, path), told, Quality.GOOD, at, cause, told)
                hub.intake.accept([update], {})
    for device in ("lampqx", "coolqx"):
        hub.dispatch.submit(PropertyRef(device, "power"), HOME, value=False, timeout=0.05)
    hub.automation.runner.set_mode(type(hub.automation.runner.mode)("night"), HOME)
    hub.append(
        now, RecordKind.RULE, {"rule": "pulse-light", "what": "ran", "saw": {"bandqx.heart_rate": 137}}
    )
    notify = {"rule": "only-lamp", "what": "notify", "who": "Meiqx", "text": "Whisperqx"}
    hub.append(now, RecordKind.RULE, notify)
    hub.append(now, RecordKind.SYSTEM, {"what": "device_found", "device": "bandqx", "address": "10.77.0.9"})
    hub.record_security("login", "Loginqx", {"address": "10.77.0.99"})
    await hub.automation.runner.play("lamp-scene", HOME)
    await hub.journal.committed(hub.journal.last_seq)


async def _invite(house: House) -> None:
    people, port = house.hub.people, house.client.port
    assert port is not None
    people._passwords = QuickPasswords()  # type: ignore[assignment]
    owner = await people.claim(str(await people.new_claim_code()), "Meiqx", PASSWORD, "::1")
    house.headers["owner"], house.ids["owner"] = cookie(port, owner.secret), owner.signed.principal.id
    for who, name, role in (("adult", "Guowenqx", Role.ADULT), ("child", "Xiaoqx", Role.CHILD)):
        person = await people.household.add(name, role)
        entered = await people.join(await people.household.invite(person.id), PASSWORD, "::1")
        house.headers[who], house.ids[who] = cookie(port, entered.secret), person.id
    await people.household.add("Omaqx", Role.ADULT)
    for who, (role, bodies) in GUESTS.items():
        grants = grants_from(bodies, role)
        if role is Role.GUEST:
            person = await people.household.add(f"Besuchqx {who}", role, grants=grants)
            entered = await people.join(await people.household.invite(person.id), "", "::1")
            house.headers[who], house.ids[who] = cookie(port, entered.secret), person.id
        else:
            token = await people.create_token(who, role, grants)
            house.headers[who] = {"Authorization": f"Bearer {token}"}
    ended = await people.household.add("Besuchqx ended", Role.GUEST, until=house.clock.now() + 3600)
    entered = await people.join(await people.household.invite(ended.id), "", "::1")
    await people.household.change(ended.id, until=house.clock.now() - 1)
    house.headers["ended guest"] = cookie(port, entered.secret)
    house.headers["forger"] = cookie(port, owner.secret[:-1] + ("A" if owner.secret[-1] != "A" else "B"))
