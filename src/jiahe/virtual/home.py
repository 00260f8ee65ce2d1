"""The demo home: a flat in Shanghai whose devices speak their real protocols on loopback, and the family that lives in it.

Owns the tick that lets physics and devices work on each other, and the addresses of the devices. The hub
that adopts them is an ordinary hub and knows nothing of this room.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jiahe.catalog.loader import Shelf
from jiahe.model.clock import Clock
from jiahe.model.definition import Value
from jiahe.model.errors import JiaheError, LinkError, OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.virtual.airwaves import VirtualRadio
from jiahe.virtual.family import Family
from jiahe.virtual.fault import Faults
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.furnish import ROOMS, furnish
from jiahe.virtual.lived import (
    BEDROOM_PURIFIER,
    CONDITIONER,
    FRIDGE,
    LAMP,
    PURIFIER,
    PURIFIER_ROOM,
    Lived,
    Steward,
)
from jiahe.virtual.past import Past
from jiahe.virtual.resident import Maker, Resident, bluetooth_address
from jiahe.virtual.serve import Net
from jiahe.virtual.settings import HIGHEST_SPEED
from jiahe.virtual.weather import DAY, HOUR
from jiahe.virtual.wrists import WEARERS
from jiahe.virtual.year import MINUTE, Minute, Seen
from jiahe.wire.huami.finder import advertised
from jiahe.wire.huami.generation import generation_of
from jiahe.wire.talk import Entropy

TICK = 1.0
"""Seconds between two looks at the rooms: as often as anybody would notice."""

DUST_EVERY = 5
"""Ticks between two readings of the dust sensor: real ones average over some seconds."""

FLICKER = 8.0
"""1/min by which a motor's speed differs from one reading to the next."""

NETS = 10
"""Loopback networks tried, so that several demos can run on one machine."""

SPARE = range(101, 117)
"""Last numbers of addresses to which a device can be moved."""

METER_SINCE = 1_750_000_000.0
DAILY_ENERGY = 6.0
"""The air conditioner's meter before the demo: so many kW.h a day since that instant (epoch seconds)."""

LONGEST_GAP = 6 * HOUR
"""Seconds made up for after a sleep of the computer, and lived through where a demo begins without a past: what was before that has
faded from the rooms anyway."""

LEFT_AS_SET = (PURIFIER, CONDITIONER, BEDROOM_PURIFIER, LAMP, PLUG)
"""What keeps its settings over a power cut; an appliance's programme does not."""
ACTIONS = ("reboot", "new_address")
BY_RADIO = ("reboot",)
"""A Bluetooth device has its address for life."""


class DemoHome:
    """Made, then `past` (may be left out), then `start`. `residents` are the devices to adopt, by id; those that speak
    Bluetooth are reached by `radio`."""

    def __init__(
        self,
        clock: Clock,
        entropy: Entropy,
        seed: int = 1,
        *,
        shelf: Shelf | None = None,
        utc_offset: float = 8 * HOUR,
        net: Net | None = None,
    ) -> None:
        self._clock = clock
        self._chance = random.Random(seed)
        self._seed = seed
        self.utc_offset = utc_offset
        """Seconds by which the clock on its wall is ahead of UTC."""
        self._lived: Lived | None = None
        self._minute: Minute | None = None
        self._at = clock.now()
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None
        self._net_number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._carrying: asyncio.Task[None] | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._unfed = False
        """Whether the refrigerator fell silent because its plug is off."""
        self.family = Family(seed, utc_offset=utc_offset, journeys=False)
        self.radio = VirtualRadio()
        self._out = False
        """Whether bands go out of the home with their wearers."""
        net = replace(net or Net(), ble=self.radio.serve)
        maker = Maker(shelf or Shelf.shipped(), clock, entropy, seed, net)
        self.residents: Mapping[str, Resident] = {one.id: one for one in furnish(maker)}

    def names_of(self, name: str) -> Mapping[str, str]:
        """The same name in every language, where it is one of the demo's own."""
        for room in ROOMS:
            if name in (room["en"], room["zh"]):
                return {"en": room["en"], "zh": room["zh"]}
        for resident in self.residents.values():
            if name in resident.names.values():
                return resident.names
        return {}

    def person(self, id_: str, language: str = "en") -> str:
        """What somebody of the family is called, or the words themselves where nobody has that id."""
        return next((one.names[language] for one in self.family.people if one.id == id_), id_)

    def now(self) -> float:
        """Epoch seconds by its clock."""
        return self._clock.now()

    # ---- life ----------------------------------------------------------------------------------------------

    def past(
        self, days: float = 1.0, steward: Steward | None = None, *, meter: float = 0.0
    ) -> Iterator[Seen]:
        """What the last days looked like, up to now, in order; the home goes on from where they end. A `steward` is asked every minute
        of it what is to be set, after people's hands. `meter` is what the air conditioner's showed last, where somebody knows (kW.h)."""
        now = self._clock.now()
        start = now - days * DAY
        energy = meter or self._meter(start)
        past = Past(self._seed, start, now, utc_offset=self.utc_offset, energy=energy, steward=steward)
        self._lived = past.lived
        yield from past.play()
        self._move_in(past.lived, now)

    def _meter(self, at: float) -> float:
        """A counter never runs backwards, not over restarts of the demo either; what it showed last, where it was heard, is the least."""
        return max(0.0, DAILY_ENERGY * (at - METER_SINCE) / DAY)

    def _move_in(self, lived: Lived, now: float) -> None:
        """From paper to the devices, as the past left them; from now on the reader of the demo is the person."""
        for device, paper in lived.faces.items():
            self.residents[device].unit.virtual.set(paper.values)
        lived.faces = {device: self.residents[device].unit.virtual for device in lived.faces}
        lived.hands, lived.steward = False, None
        self._lived, self._at = lived, now

    async def start(
        self, known: Mapping[str, Mapping[str, Value]] = MappingProxyType({}), ago: float = LONGEST_GAP
    ) -> None:
        """Every device listens at an address of its own; LinkError where none can be had. `known` is what devices showed last, by
        id and path, so many seconds `ago`: a demo that begins again without a past leaves machines as they were set, no meter runs
        backwards, and rooms go on from where they were, the less of it the longer ago that is."""
        if self._lived is None:
            self._begin_again(known, ago)
        await self._settle_down()
        for resident in self.residents.values():
            resident.unit.virtual.on_written = lambda _: self._tick_soon()
        for band in WEARERS:
            self.residents[band].unit.virtual.on_written = self._asked(band)
            self._calls_out(band)
        self._arm()

    def _begin_again(self, known: Mapping[str, Mapping[str, Value]], ago: float) -> None:
        meter = known.get(CONDITIONER, {}).get("energy")
        for _ in self.past(LONGEST_GAP / DAY, meter=meter if isinstance(meter, float) else 0.0):
            pass
        for device in LEFT_AS_SET:
            self._leave_as_set(self.residents[device], known.get(device, {}))
        assert self._lived is not None, "a past that was played has a home"
        self._lived.recall(known, min(1.0, max(0.0, 1.0 - ago / LONGEST_GAP)))

    @staticmethod
    def _leave_as_set(resident: Resident, known: Mapping[str, Value]) -> None:
        paths = resident.product.profile.properties
        settings = {
            path: value
            for path, value in known.items()
            if path in paths and paths[path].writable and value is not None
        }
        with contextlib.suppress(
            OutOfDefinition
        ):  # of an older product file: then it is as it came from the box
            resident.unit.virtual.set(settings)

    def _asked(self, band: str) -> Callable[[Mapping[str, Value]], None]:
        """Somebody wants to know the pulse now."""

        def measure(written: Mapping[str, Value]) -> None:
            if "measure_heart_rate" not in written or self._lived is None:
                return
            pulse = self._lived.wrists.pulse(band, self._clock.now())
            if pulse is not None:
                self.residents[band].unit.virtual.set({"heart_rate": pulse})

        return measure

    async def go_out(self) -> None:
        """From now on a band leaves the home with its wearer, and is not heard until they are back; who is out now is gone then."""
        self._out = True
        if self._lived is not None:
            self.tick()
        if self._carrying is not None:
            await self._carrying

    async def _settle_down(self) -> None:
        """Takes the first loopback network on which every device has its address."""
        trouble: LinkError | None = None
        for number in (*range(NETS), -1):
            self._net_number = number
            try:
                for place, resident in enumerate(self.residents.values(), 1):
                    by_radio = resident.id in WEARERS
                    await resident.unit.start(bluetooth_address(resident) if by_radio else self._host(place))
            except LinkError as error:
                trouble = trouble or error
                await self._close_units()
            else:
                return
        raise LinkError(f"the demo's devices find no address on this machine: {trouble}")

    def _host(self, place: int) -> str:
        # Systems whose loopback is one address only (macOS) hold both devices there: their ports differ.
        return "127.0.0.1" if self._net_number < 0 else f"127.77.{self._net_number}.{place}"

    async def close(self) -> None:
        """Every device falls silent."""
        for handle in (self._timer, self._soon):
            if handle is not None:
                handle.cancel()
        self._timer = self._soon = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._close_units()

    async def _close_units(self) -> None:
        for resident in self.residents.values():
            await resident.unit.close()

    @property
    def neighbourhood(self) -> tuple[str, ...]:
        """Every address at which one of its devices can be found, now or after it moved: loopback has no
        broadcast."""
        places = (*range(1, len(self.residents) - len(WEARERS) + 1), *SPARE)
        return tuple(dict.fromkeys(self._host(place) for place in places))

    # ---- the tick ------------------------------------------------------------------------------------------

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TICK, self._on_time)

    def _on_time(self) -> None:
        self._arm()  # first, so that a tick that fails is shown and the next one comes all the same
        self._ticks += 1
        self.tick()

    def _tick_soon(self) -> None:
        """Somebody set something: its effect shows at once, not a second later."""
        if self._soon is None and self._timer is not None:
            self._soon = asyncio.get_running_loop().call_soon(self._tick_now)

    def _tick_now(self) -> None:
        self._soon = None
        self.tick()

    def tick(self) -> None:
        """The rooms up to now, and the devices' sensors after them. A clock that was set back changes nothing in the rooms."""
        lived, now = self._lived, self._clock.now()
        assert lived is not None, "tick before start"
        self._at = min(max(self._at, now - LONGEST_GAP), now)
        while True:
            seconds = min(MINUTE, now - self._at)
            self._minute = lived.step(self._at, seconds)
            self._at += seconds
            if self._at >= now:
                break
        lived.show(self._minute)
        self._show_purifier(lived, self._minute)
        self._feed_fridge(powered=lived.home.fridge.powered)
        if self._out:
            self._carry_bands(lived)

    def _feed_fridge(self, *, powered: bool) -> None:
        """A refrigerator whose plug is off answers nobody; it is back when it has power again."""
        unit = self.residents[FRIDGE].unit
        wrong = unit.listening if not powered else self._unfed and not unit.listening
        if not wrong or (self._feeding is not None and not self._feeding.done()):
            return

        async def feed() -> None:
            if powered:
                with contextlib.suppress(
                    LinkError
                ):  # its address is taken for now: the next tick looks again
                    await unit.start(unit.host)
                    self._unfed = False
            else:
                self._unfed = True
                await unit.close()

        self._feeding = asyncio.get_running_loop().create_task(feed())
        self._tasks.add(self._feeding)
        self._feeding.add_done_callback(self._tasks.discard)

    def _carry_bands(self, lived: Lived) -> None:
        """Bands come and go with whoever wears them; one at a time, so that a coming never overtakes a going."""
        if self._carrying is not None and not self._carrying.done():
            return
        away = [
            band
            for band, here in lived.wrists.here.items()
            if self.residents[band].unit.listening is not here
        ]
        if away:
            self._carrying = asyncio.get_running_loop().create_task(self._carry(away, lived))
            self._tasks.add(self._carrying)
            self._carrying.add_done_callback(self._tasks.discard)

    async def _carry(self, bands: list[str], lived: Lived) -> None:
        for band in bands:
            resident = self.residents[band]
            if not lived.wrists.here[band]:
                self.radio.falls_silent(bluetooth_address(resident))
                await resident.unit.close()
            else:
                with contextlib.suppress(LinkError):  # it was restarting: the next tick looks again
                    await resident.unit.start(bluetooth_address(resident))
                self._calls_out(band)

    def _calls_out(self, band: str) -> None:
        resident = self.residents[band]
        said = advertised(generation_of(resident.identity.facts))
        self.radio.calls_out(bluetooth_address(resident), said)

    def _show_purifier(self, lived: Lived, minute: Minute) -> None:
        """Its sensors flicker a little every few seconds, as real ones do; a new speed shows at once."""
        shown, real = (
            lived.faces[PURIFIER].values["fan_rpm"],
            minute.controls[PURIFIER_ROOM].purifier * HIGHEST_SPEED,
        )
        quiet = self._ticks % DUST_EVERY != 0
        if quiet and isinstance(shown, int | float) and abs(shown - real) <= 2 * FLICKER:
            return
        lived.show_purifier(minute, FLICKER)

    # ---- what can go wrong (web's door) --------------------------------------------------------------------

    async def faults(self) -> dict[str, Any]:
        """`{"devices": {id: {"faults": {…}, "actions": […], "address", "listening"}}}`."""
        return {"devices": {name: self._shown(one) for name, one in self.residents.items()}}

    async def put_faults(self, device: str, faults: Mapping[str, Any]) -> dict[str, Any]:
        """Changes the faults named; `action` ("reboot", "new_address") does something once. The device as
        in `faults`."""
        resident = self._resident(device)
        given = dict(faults)
        action = given.pop("action", None)
        actions = _actions(resident)
        if action is not None and action not in actions:
            raise OutOfDefinition("action", say("keys_family", names=", ".join(actions)), list(actions))
        changed = Faults.of(given, resident.unit.faults)
        resident.unit.faults = changed
        if action is not None:
            await self.act(device, str(action))
        return self._shown(resident)

    async def act(self, device: str, action: str) -> None:
        """ "reboot" begins at once and goes on by itself; "new_address" returns when the device is there."""
        resident = self._resident(device)
        if action == "reboot":
            task = asyncio.get_running_loop().create_task(resident.unit.reboot())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif action == "new_address":
            await resident.unit.move(self._spare_host())
        else:
            raise UnknownName(say("no_virtual_act", name=f"{action!r:.60}", known=", ".join(ACTIONS)))

    def _spare_host(self) -> str:
        taken = {one.unit.host for one in self.residents.values()}
        free = [host for host in map(self._host, SPARE) if host not in taken]
        if not free:
            raise JiaheError(say("one_loopback"))
        return self._chance.choice(free)

    def _resident(self, device: str) -> Resident:
        found = self.residents.get(device)
        if found is None:
            raise UnknownName(say("no_virtual", name=f"{device!r:.60}", known=", ".join(self.residents)))
        return found

    @staticmethod
    def _shown(resident: Resident) -> dict[str, Any]:
        unit = resident.unit
        return {
            "faults": unit.faults.as_json(),
            "actions": list(_actions(resident)),
            "address": unit.host,
            "listening": unit.listening,
        }


def _actions(resident: Resident) -> tuple[str, ...]:
    return BY_RADIO if resident.id in WEARERS else ACTIONS
