"""`jiahe demo`: a virtual home on loopback, adopted by a real hub. Owns the order of its beginning; the hub is an
ordinary one and knows of the virtual home only through the door where its faults are set.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from jiahe.home.names import make_slug
from jiahe.hub.build import Hub
from jiahe.hub.clock import LoopClock
from jiahe.hub.config import Config
from jiahe.hub.invitation import print_ready
from jiahe.hub.run import serve
from jiahe.model.definition import Value
from jiahe.model.happening import (
    Actor,
    Cause,
    Command,
    Outcome,
    PropertyRef,
    PropertyUpdate,
    Quality,
    Reach,
    RecordKind,
    Status,
)
from jiahe.rules.library import ENDING, RULES, SCENES, write_text
from jiahe.state.body import command_body, outcome_body, update_body
from jiahe.virtual.demo_rules import demo_rules, demo_scenes
from jiahe.virtual.furnish import ROOMS
from jiahe.virtual.home import DemoHome
from jiahe.virtual.resident import Resident
from jiahe.virtual.weather import DAY
from jiahe.web.doors import AdoptRequest

if TYPE_CHECKING:
    from jiahe.hub.demo_week import Week

SIMULATED = "simulated past"
"""The source of the causes of what is recorded of the days before the demo began."""
BATCH = 4_000
"""Records of the past between two waits for the disk: a year of past does not pile up in memory."""
BREATH = 200
"""Records of the past between two moments for those who ask the hub meanwhile."""
ANSWERED = 10.0
"""Seconds that a command of the past had: those of an ordinary one."""
TOLD_AFTER = 1.5
"""Seconds after which the terminal is told how far the past has come, and the least between two of its days."""
LATITUDE = 31.2
"""Degrees north of the demo home: where its weather (`virtual/weather.py`) is at home."""
SETTLED = 0.01
"""Seconds between two looks whether an adopted device has spoken, and the most looks: a second in all."""
LOOKS = 100


async def demo(config: Config, seed: int, past: int = 7) -> None:
    """Runs the demo home until stopped. A first start writes so many days of its past, 0 none."""
    home = DemoHome(LoopClock(), os.urandom, seed, utc_offset=float(time.localtime().tm_gmtoff))

    async def ready(hub: Hub, url: str) -> None:
        week: Week | None = None
        if not hub.registry.devices:
            if past:
                week = await live_through(hub, home, past)
            await lay_down_rules(hub, home)
        await home.start(*_shown_last(hub))
        hub.acquaintance.extra_targets = home.neighbourhood
        await _settle(hub, home)
        await home.go_out()
        if week is not None:
            await hub.comfort.go_on(week.wishes.as_json(), week.director.to_json())
        hub.spawn(_look(hub, home))
        count = len(home.residents)
        lines = [f"{count} virtual devices answer over their real protocols. This link is signed in already:"]
        link = f"{url}/enter/{hub.people.new_enter_code()}"
        print_ready(sys.stdout, directory=config.directory, url=url, lines=lines, link=link)

    try:
        await serve(config, ready, home, home.radio)
    finally:
        await home.close()


def _shown_last(hub: Hub) -> tuple[dict[str, dict[str, Value]], float]:
    """What the journal has of each device, by path; and how many seconds ago the last of them spoke."""
    shown: dict[str, dict[str, Value]] = {}
    last = 0.0
    for ref, seen in hub.store.snapshot().items():
        if seen.quality in (Quality.GOOD, Quality.STALE):
            shown.setdefault(ref.device, {})[ref.path] = seen.value
            last = max(last, seen.observed_at)
    return shown, hub.clock.now() - last


async def live_through(hub: Hub, home: DemoHome, days: int) -> Week:
    """So many days of the family's past, with comfort in the bedroom as it would have been; the hub's own is to go on from there."""
    # numpy and HiGHS are loaded with it, in a thread: whoever asks the hub meanwhile is answered.
    week_of = (await asyncio.to_thread(importlib.import_module, "jiahe.hub.demo_week")).Week
    rooms = _room_ids()
    simulated = Cause(hub.ids.new(), Actor.SYSTEM, SIMULATED)
    location = LATITUDE, _meridian(home)
    week: Week = week_of(
        home,
        hub.automation.place.zone,
        location,
        rooms,
        hub.ids.new,
        days=days,
        simulated=simulated.id,
        language=_language(),
    )
    await remember(hub, home, days, simulated, week)
    return week


async def remember(
    hub: Hub, home: DemoHome, days: int, simulated: Cause | None = None, week: Week | None = None
) -> None:
    """A home that begins now has days to show: simulated, and every reading says so in its cause. What somebody set has them as
    its cause, and nothing before it; what comfort set in this `week` has its note, which stands before it in the journal."""
    simulated = simulated or Cause(hub.ids.new(), Actor.SYSTEM, SIMULATED)
    start, loop = hub.clock.now() - days * DAY, asyncio.get_running_loop()
    progress = Progress(sys.stderr, days, loop.time())
    acts: dict[tuple[float, str, str], Cause] = {}
    for number, (at, device, path, value, by) in enumerate(home.past(days, week), 1):
        for when, body in week.fetch(at) if week is not None else ():
            hub.append(when, RecordKind.COMFORT, body)
        cause = simulated
        if by:  # what was set in one go has one cause
            act = (at, device, by)
            acts = {act: acts.get(act) or _whose(hub, home, by, week)}
            cause = acts[act]
        update = PropertyUpdate(PropertyRef(device, path), value, Quality.GOOD, at, cause, value)
        seq = _write(hub, update, ordered=bool(by))
        if number % BATCH == 0:
            await hub.journal.committed(seq)
        elif number % BREATH == 0:
            await asyncio.sleep(0)
        if number % BREATH == 0:
            progress.tell(int((at - start) / DAY) + 1, loop.time())
    progress.end()


class Progress:
    """How far the past has come: each day once, on a terminal in one line that is written anew."""

    def __init__(self, out: TextIO, days: int, now: float) -> None:
        self._out, self._days, self._told = out, days, now
        self._day, self._anew = 0, out.isatty()

    def tell(self, day: int, now: float) -> None:
        """`day` counts from 1, `now` is any clock's seconds: a past that is written at once says nothing."""
        if day == self._day or now - self._told <= TOLD_AFTER:
            return
        self._day, self._told = day, now
        text = f"jiahe: writing the family's past, day {day} of {self._days}"
        print(f"\r{text}" if self._anew else text, end="" if self._anew else "\n", file=self._out, flush=True)

    def end(self) -> None:
        """What comes next on the terminal begins a line."""
        if self._day and self._anew:
            print(file=self._out, flush=True)


def _write(hub: Hub, update: PropertyUpdate, *, ordered: bool) -> int:
    """A reading; and what somebody set, with its command and its end as a hub has them. The number of the last record."""
    at, body = update.observed_at, update_body(update)
    if not ordered:
        return hub.append(at, RecordKind.UPDATE, body).seq
    command = Command(hub.ids.new(), update.ref, update.cause, at, at + ANSWERED, update.value)
    hub.append(at, RecordKind.COMMAND, command_body(command))
    hub.append(at, RecordKind.UPDATE, body)
    outcome = Outcome(command.id, Status.CONFIRMED, "", at)
    return hub.append(at, RecordKind.OUTCOME, outcome_body(outcome, command)).seq


def _whose(hub: Hub, home: DemoHome, by: str, week: Week | None) -> Cause:
    """What comfort said of it, or a person of the family by their id: nothing in the home moved that hand."""
    if week is not None and by in week.causes:
        return week.causes[by]
    return Cause(hub.ids.new(), Actor.PERSON, home.person(by, _language()))


def _language() -> str:
    return "zh" if os.environ.get("LANG", "").startswith("zh") else "en"


def _room_ids() -> dict[str, str]:
    """What the registry of a new home will call each of the demo's rooms."""
    ids: dict[str, str] = {}
    for room in ROOMS:
        ids[room["id"]] = make_slug(room[_language()], "room", ids.values())
    return ids


def _meridian(home: DemoHome) -> float:
    """Degrees east: on the meridian of the machine's own zone the demo's sun stands highest at about noon."""
    return max(-180.0, min(180.0, home.utc_offset / 3600.0 * 15.0))


async def lay_down_rules(hub: Hub, home: DemoHome) -> None:
    """The first run only, and no file that is there is touched: from then on rules and scenes are the home's own."""
    await hub.automation.set_place(hub.automation.place.name, LATITUDE, _meridian(home))
    await asyncio.to_thread(_write_rules, hub.config.directory)


def _write_rules(directory: Path) -> None:
    for folder, texts in ((RULES, demo_rules()), (SCENES, demo_scenes())):
        for name, text in texts.items():
            if not (directory / folder / f"{name}{ENDING}").exists():
                write_text(directory, folder, name, text)


async def _settle(hub: Hub, home: DemoHome) -> None:
    """Rooms and devices of the first run; on later ones the devices are met where they are now."""
    language = _language()
    cause = Cause(hub.ids.new(), Actor.SYSTEM, "demo")
    for resident in home.residents.values():
        known = hub.registry.find(resident.product.family, resident.identity.hardware_id)
        if known is not None:
            await hub.registry.found_at(known.id, resident.address)
    await hub.start_devices()
    if not hub.registry.devices:
        rooms = {room["id"]: await _room(hub, room[language], cause) for room in ROOMS}
        await asyncio.gather(
            *(
                _adopt(hub, resident, cause, resident.names[language], rooms.get(resident.room, ""))
                for resident in home.residents.values()
            )
        )
    for _ in range(LOOKS):
        if not hub.supervisor.troubled():
            break
        await asyncio.sleep(SETTLED)


async def _look(hub: Hub, home: DemoHome) -> None:
    """Comfort looks once it sees who is out: the demo knows that everybody else is there, and need not wait a minute for them."""
    for _ in range(LOOKS):
        online = {name for name in home.residents if hub.store.availability(name).state is Reach.ONLINE}
        if all((name in online) is one.unit.listening for name, one in home.residents.items()):
            break
        await asyncio.sleep(SETTLED)
    await hub.comfort.look()


async def _room(hub: Hub, name: str, cause: Cause) -> str:
    """A new room; the one of this name where a first start was cut off before its devices came."""
    for room in hub.registry.rooms.values():
        if room.name == name:
            return room.id
    return (await hub.registry.add_room(name, cause)).id


async def _adopt(hub: Hub, resident: Resident, cause: Cause, name: str, room: str) -> None:
    """Through the same door as any device: found at its address, asked what it is, its keys sealed."""
    secrets = resident.identity.secrets
    await hub.acquaintance.adopt(
        AdoptRequest(
            address=resident.address,
            cause=cause,
            family=resident.product.family,
            hardware_id=resident.identity.hardware_id,
            token=secrets.get("token", b"").hex(),
            key=secrets.get("key", b"").hex(),
            name=name,
            room=room,
            id=resident.id,
        )
    )
