"""Who calls out nearby: a search by Bluetooth beside the one over the network. Owns the listening; takes nothing in.

A decoder of sensors is imported only when something of its kind was heard, and in a thread: sensors repeat themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from jiahe.driver import decoder
from jiahe.driver.family import Family
from jiahe.model.errors import LinkError
from jiahe.transport.ble import Airwaves
from jiahe.wire.advertisement import decode
from jiahe.wire.talk import Finder, Sighting

LISTEN_AT_LEAST = 6.0
"""Seconds: a band calls out every second or two, a sensor every two to ten, and a scanner misses most calls."""
NEARBY = 512
"""Devices told in one search: a block of flats; the rest is a storm."""


class Nearby:
    """One search. `heard` is told each device once, and again where it says more of itself."""

    def __init__(self, families: Iterable[Family], heard: Callable[[Sighting], None]) -> None:
        self._heard = heard
        self._finders: dict[str, Finder] = {}
        self._asleep: dict[str, Family] = {}
        self._loading: set[asyncio.Task[None]] = set()
        self._known: dict[tuple[str, str], Sighting] = {}
        for family in families:
            if family.name in decoder.SORTS:
                self._asleep[family.name] = family
            else:
                self._finders[family.name] = family.finder()

    async def listen(self, radio: Airwaves, seconds: float) -> None:
        """For so long at least; LinkError where there is no Bluetooth."""
        try:
            await radio.scan(max(seconds, LISTEN_AT_LEAST), self._called)
        finally:
            for task in self._loading:
                task.cancel()

    def _called(self, data: bytes, address: str) -> None:
        for family in tuple(self._asleep.values()):
            said = decode(data)
            if said is not None and decoder.SORTS[family.name].services & said.service_data.keys():
                del self._asleep[family.name]
                task = asyncio.get_running_loop().create_task(self._wake(family))
                self._loading.add(task)
                task.add_done_callback(self._loading.discard)
        for finder in self._finders.values():
            sighting = finder.sighting(data, address)
            if sighting is not None:
                self._tell(sighting)

    def _tell(self, sighting: Sighting) -> None:
        key = (sighting.family, sighting.hardware_id)
        known = self._known.get(key)
        if known == sighting or (known is None and len(self._known) >= NEARBY):
            return
        self._known[key] = sighting
        self._heard(sighting)

    async def _wake(self, family: Family) -> None:
        try:
            await asyncio.to_thread(decoder.load, family.name)
        except LinkError:
            return  # the package is not installed: `jiahe doctor` says so
        self._finders[family.name] = family.finder()
