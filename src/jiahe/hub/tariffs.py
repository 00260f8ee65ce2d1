"""The home's tariffs: those that ship, those that people wrote, and which one holds. Owns the documents of written ones and
the JSON that the phone sees; what a price is, `comfort.tariff` knows.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import tzinfo
from itertools import pairwise
from typing import Any

from jiahe.comfort.tariff import Tariff, edges, price_at, prices, tariff_of
from jiahe.comfort.tariff_known import KNOWN
from jiahe.model.clock import Clock
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.storage.documents import Documents

WRITTEN = "tariff"
"""Kind of the documents, by id."""
MOST_WRITTEN = 16
SHOWN = 48 * 3600.0
"""Seconds of prices ahead that the phone shows: today and tomorrow."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


class Tariffs:
    """Made by `await Tariffs.open(…)`. `chosen_id` tells which one holds, `choose` writes it down."""

    def __init__(
        self,
        documents: Documents,
        clock: Clock,
        zone: Callable[[], tzinfo],
        chosen_id: Callable[[], str],
        choose: Callable[[str], Awaitable[object]],
    ) -> None:
        self._documents, self._clock, self._zone = documents, clock, zone
        self._chosen_id, self._choose = chosen_id, choose
        self._written: dict[str, Tariff] = {}
        self.trouble = ""
        """A written tariff that is not understood (any more), as a sentence; "" when well."""
        self.changed: list[Callable[[], Awaitable[None]]] = []
        """Told when prices may be others."""

    @classmethod
    async def open(
        cls,
        documents: Documents,
        clock: Clock,
        zone: Callable[[], tzinfo],
        chosen_id: Callable[[], str],
        choose: Callable[[str], Awaitable[object]],
    ) -> Tariffs:
        """All that were written; one that is not understood is left out and said."""
        found = cls(documents, clock, zone, chosen_id, choose)
        for name, body in (await documents.all(WRITTEN)).items():
            try:
                found._written[name] = tariff_of(name, body)
            except OutOfDefinition as error:
                found.trouble = f"the tariff {name} on disk is not understood: {error}"
        return found

    @property
    def zone(self) -> tzinfo:
        return self._zone()

    @property
    def chosen(self) -> Tariff | None:
        """What holds; None where nobody chose, or the chosen one is gone."""
        return self._find(self._chosen_id())

    def ahead(self, at: float, count: int) -> Sequence[float] | None:
        """The prices of so many quarters of an hour from `at`, for the climate; None where nobody knows."""
        tariff = self.chosen
        return None if tariff is None else prices(tariff, self._zone(), at, count)

    def state(self) -> Mapping[str, Any]:
        """All of them, which one holds, and its prices from now on."""
        tariff, now = self.chosen, self._clock.now()
        return {
            "tariffs": [{"id": one.id, "own": one.id in self._written, **one.as_json()} for one in self._all()],
            "chosen": "" if tariff is None else tariff.id,
            "currency": "" if tariff is None else tariff.currency,
            "prices": [] if tariff is None else self._shown(tariff, now),
            "trouble": self.trouble,
        }  # fmt: skip

    async def choose(self, name: str) -> None:
        """This one from now on; "" for none. UnknownName."""
        if name and self._find(name) is None:
            raise UnknownName(say("gone_tariff", name=repr(name[:60])))
        await self._choose(name)
        await self._tell()

    async def put(self, name: str, body: Mapping[str, Any]) -> None:
        """Writes one of their own. OutOfDefinition names what is wrong; then nothing is written."""
        if not _ID.fullmatch(name) or name in KNOWN:
            raise OutOfDefinition("id", say("tariff_id"), 40)
        if name not in self._written and len(self._written) >= MOST_WRITTEN:
            raise OutOfDefinition("id", say("tariffs_full", most=MOST_WRITTEN), MOST_WRITTEN)
        tariff = tariff_of(name, body)
        await self._documents.put(WRITTEN, name, tariff.as_json())
        self._written[name] = tariff
        await self._tell()

    async def remove(self, name: str) -> None:
        """Takes one of their own away; where it held, none holds then. UnknownName."""
        if name not in self._written:
            raise UnknownName(say("gone_own_tariff", name=repr(name[:60])))
        await self._documents.delete(WRITTEN, name)
        del self._written[name]
        if self._chosen_id() == name:
            await self._choose("")
        await self._tell()

    def _find(self, name: str) -> Tariff | None:
        return self._written.get(name) or KNOWN.get(name)

    def _all(self) -> list[Tariff]:
        return [*self._written.values(), *KNOWN.values()]

    def _shown(self, tariff: Tariff, now: float) -> list[dict[str, Any]]:
        zone = self._zone()
        bounds = [now, *edges(tariff, zone, now, now + SHOWN), now + SHOWN]
        found: list[dict[str, Any]] = []
        for low, high in pairwise(bounds):
            price = price_at(tariff, zone, low)
            if found and found[-1]["price"] == price:
                found[-1]["to"] = high
            else:
                found.append({"from": low, "to": high, "price": price})
        return found

    async def _tell(self) -> None:
        for told in self.changed:
            await told()
