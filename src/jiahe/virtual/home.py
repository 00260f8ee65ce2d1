"""The demo home: a flat of two rooms whose devices speak their real protocols on loopback.

Owns the tick that lets physics and devices work on each other, and the addresses of the devices. The hub
that adopts them is an ordinary hub and knows nothing of this room.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping
from typing import Any

from jiahe.catalog.loader import Shelf
from jiahe.model.clock import Clock
from jiahe.model.errors import JiaheError, LinkError, OutOfDefinition, UnknownName
from jiahe.virtual.day import CONDITIONER, PURIFIER, STEP, Seen, play, readings, settings
from jiahe.virtual.fault import Faults
from jiahe.virtual.flat import Flat, Sensed
from jiahe.virtual.machine import Conditioner, Purifier
from jiahe.virtual.outdoor import DAY, HOUR, Climate
from jiahe.virtual.product import VirtualProduct
from jiahe.virtual.resident import Maker, Resident
from jiahe.virtual.serve import Net
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
DAILY_ENERGY = 2.0
"""The air conditioner's meter before the demo: so many kW.h a day since that instant (epoch seconds)."""

ACTIONS = ("reboot", "new_address")

ROOMS = (
    {"id": "living-room", "en": "Living room", "zh": "客厅"},
    {"id": "bedroom", "en": "Bedroom", "zh": "卧室"},
)


class DemoHome:
    """Made, then `yesterday` (may be left out), then `start`. `residents` are the devices to adopt, by id."""

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
        maker = Maker(shelf or Shelf.shipped(), clock, entropy, seed, net)
        self._clock = clock
        self._chance = random.Random(seed)
        self._climate = Climate(seed, utc_offset)
        self._flat: Flat | None = None
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None
        self._soon: asyncio.Handle | None = None
        self._net_number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        purifier = maker.purifier(
            1, id=PURIFIER, names={"en": "Air purifier", "zh": "空气净化器"}, room="living-room"
        )
        conditioner = maker.conditioner(
            1, id=CONDITIONER, names={"en": "Air conditioner", "zh": "空调"}, room="bedroom"
        )
        self.residents: Mapping[str, Resident] = {one.id: one for one in (purifier, conditioner)}
        self._purifier, self._conditioner = purifier.unit.virtual, conditioner.unit.virtual
        # A counter never runs backwards, not over restarts of the demo either.
        self._energy = max(0.0, DAILY_ENERGY * (clock.now() - METER_SINCE) / DAY)

    def names_of(self, name: str) -> Mapping[str, str]:
        """The same name in every language, where it is one of the demo's own."""
        for room in ROOMS:
            if name in (room["en"], room["zh"]):
                return {"en": room["en"], "zh": room["zh"]}
        for resident in self.residents.values():
            if name in resident.names.values():
                return resident.names
        return {}

    @property
    def utc_offset(self) -> float:
        """Seconds by which the clock on its wall is ahead of UTC."""
        return self._climate.utc_offset

    # ---- life ----------------------------------------------------------------------------------------------

    def yesterday(self, hours: float = 24.0) -> Iterator[Seen]:
        """What the last hours looked like, up to now, in order; the home goes on from where they end."""
        now = self._clock.now()
        self._flat = Flat(self._climate, now - hours * HOUR)
        for seen in play(self._flat, now):
            if seen.path == "energy":
                yield seen._replace(value=round(self._energy + float(seen.value or 0.0), 2))
            else:
                yield seen
        self._settle(now)

    def _settle(self, now: float) -> None:
        """Both devices are set as the day left them."""
        flat = self._flat = self._flat or Flat(self._climate, now - STEP)
        set_to = settings(self._climate, now, now)
        sensed = flat.advance(now, set_to.purifier, set_to.conditioner)
        for device, path, value in readings(sensed, set_to):
            if path != "energy":
                self.residents[device].unit.virtual.set({path: value})
        self._energy += flat.energy
        self._conditioner.set({"energy": round(self._energy, 2)})

    async def start(self) -> None:
        """Every device listens at an address of its own; LinkError where none can be had."""
        if self._flat is None:
            for _ in self.yesterday(6.0):
                pass
        await self._settle_down()
        for virtual in (self._purifier, self._conditioner):
            virtual.on_written = lambda _: self._tick_soon()
        self._arm()

    async def _settle_down(self) -> None:
        """Takes the first loopback network on which every device has its address."""
        trouble: LinkError | None = None
        for number in (*range(NETS), -1):
            self._net_number = number
            try:
                for place, resident in enumerate(self.residents.values(), 1):
                    await resident.unit.start(self._host(place))
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
        places = (*range(1, len(self.residents) + 1), *SPARE)
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
        """The rooms up to now, and the devices' sensors after them."""
        flat = self._flat
        assert flat is not None, "tick before start"
        before = flat.energy
        sensed = flat.advance(self._clock.now(), self._purifier_settings(), self._conditioner_settings())
        self._energy += flat.energy - before
        self._show_purifier(sensed)
        self._conditioner.set(
            {
                "temperature": _steady(self._conditioner, "temperature", sensed.bedroom.temperature, 0.1),
                "outdoor_temperature": _steady(
                    self._conditioner, "outdoor_temperature", sensed.outside.temperature, 0.5
                ),
                "electric_power": _steady(self._conditioner, "electric_power", sensed.electric, 1.0),
                "energy": round(self._energy, 2),
            }
        )

    def _show_purifier(self, sensed: Sensed) -> None:
        """Its sensors flicker a little every few seconds, as real ones do; a new speed shows at once."""
        shown = self._purifier.values["fan_rpm"]
        quiet = self._ticks % DUST_EVERY != 0
        if quiet and isinstance(shown, int | float) and abs(shown - sensed.fan_rpm) <= 2 * FLICKER:
            return
        speed = sensed.fan_rpm + (self._chance.uniform(-FLICKER, FLICKER) if sensed.fan_rpm else 0.0)
        dust = sensed.living.pm2_5 * self._chance.gauss(1.0, 0.02)
        self._purifier.set({"pm2_5": round(max(0.0, min(dust, 600.0))), "fan_rpm": round(speed)})

    def _purifier_settings(self) -> Purifier:
        now = self._purifier.values
        speed = now.get("favorite_speed")
        return Purifier(bool(now["power"]), str(now["mode"]), float(speed) if speed else 1200.0)

    def _conditioner_settings(self) -> Conditioner:
        now = self._conditioner.values
        fan = self._conditioner.raw("fan_mode")
        target = now["target_temperature"]
        return Conditioner(
            power=bool(now["power"]),
            mode=str(now["mode"]),
            target=float(target) if target is not None else 26.0,
            fan=float(fan) if isinstance(fan, int | float) else 102.0,
            turbo=bool(now.get("turbo")),
            eco=bool(now.get("eco")),
        )

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
        if action is not None and action not in ACTIONS:
            raise OutOfDefinition("action", f"takes one of {', '.join(ACTIONS)}", list(ACTIONS))
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
            raise UnknownName(f"there is no action {action!r:.60}; there are {', '.join(ACTIONS)}")

    def _spare_host(self) -> str:
        taken = {one.unit.host for one in self.residents.values()}
        free = [host for host in map(self._host, SPARE) if host not in taken]
        if not free:
            raise JiaheError("this machine's loopback has one address only: a device cannot move")
        return self._chance.choice(free)

    def _resident(self, device: str) -> Resident:
        found = self.residents.get(device)
        if found is None:
            raise UnknownName(
                f"there is no virtual device {device!r:.60}; there are {', '.join(self.residents)}"
            )
        return found

    @staticmethod
    def _shown(resident: Resident) -> dict[str, Any]:
        unit = resident.unit
        return {
            "faults": unit.faults.as_json(),
            "actions": list(ACTIONS),
            "address": unit.host,
            "listening": unit.listening,
        }


def _steady(virtual: VirtualProduct, path: str, real: float, step: float) -> float:
    """The reading on its steps, kept while the real value is less than 0.8 of a step away: sensors do not
    flicker."""
    shown = virtual.values.get(path)
    if isinstance(shown, int | float) and abs(real - shown) < 0.8 * step:
        return float(shown)
    return round(round(real / step) * step, 3)
