"""A home's past, opened for replay and why: its devices' definitions, place, rules and journal.

Reads the home's files, beside a running hub or without one; changes nothing and holds no lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from jiahe.catalog.folder import put_folder
from jiahe.catalog.loader import Shelf
from jiahe.driver.quirk import fitted
from jiahe.hub.config import DATABASE, PRODUCTS
from jiahe.hub.place import DOCUMENT, Place, place_of
from jiahe.model.definition import Profile
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import PropertyRef
from jiahe.model.reasons import say
from jiahe.rules.bind import bind_rule
from jiahe.rules.calendar import Calendar
from jiahe.rules.effect import modelled
from jiahe.rules.engine import bind_all
from jiahe.rules.library import RULES, Library, read_library
from jiahe.rules.load import parse_rule
from jiahe.rules.past import devices_of, refs_of
from jiahe.rules.reading import Look, looker, read_past
from jiahe.rules.replay import replay
from jiahe.rules.replayed import Replay
from jiahe.rules.rule import Rule
from jiahe.rules.why import Why, why, why_rule
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents

LONGEST = 400 * 86_400.0
"""Seconds of one replay: a year and a little."""
FITTED_ON = 7 * 86_400.0
"""Seconds before the start that models are fitted on: a week has workdays and a weekend."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PastHome:
    """What is needed to ask about the past."""

    database: Database
    definitions: Mapping[str, Profile]
    place: Place
    library: Library

    async def replay(self, rules: Iterable[Rule], start: float, end: float) -> Replay:
        """These rules over the journal, on a reader thread. OutOfDefinition for a span that is none."""
        if not 0 < end - start <= LONGEST:
            raise OutOfDefinition(
                "from",
                say("span_past", most=f"{LONGEST / 86400:g}"),
            )
        given = tuple(rules)
        place, scenes, definitions = self.place, self.library.scenes, self.definitions
        on = [replace(rule, enabled=True) for rule in given]
        bound, _ = bind_all(on, definitions, scenes, place.location is not None, alone=True)
        refs = frozenset().union(*(refs_of(one) for one in bound.values()))
        devices = frozenset().union(*(devices_of(one) for one in bound.values()))
        since = start - FITTED_ON if modelled(refs, definitions) else start
        return await self.database.read(
            lambda connection: replay(
                read_past(connection, devices, refs, since, end),
                given, definitions, place.zone, place.location, scenes, start, end,
            )
        )  # fmt: skip

    async def why(self, device: str, path: str, at: float) -> Why:
        """Who made a property what it was at `at` (epoch seconds)."""
        return await self._ask(lambda look: why(look, PropertyRef(device, path), at))

    async def why_rule(self, rule: str, at: float) -> Why:
        """What a rule of this home did at `at`, or what kept it from running. UnknownName, or Faults where it does not fit."""
        found = self.library.rules.get(rule)
        if found is None:
            raise UnknownName(say("gone_rule", name=repr(rule[:60])))
        place, on = self.place, replace(found, enabled=True)
        has_location = place.location is not None
        bound = bind_rule(on, self.definitions, self.library.scenes, None, has_location=has_location)
        calendar = Calendar(place.zone, place.location)
        return await self._ask(lambda look: why_rule(look, bound, at, calendar))

    async def _ask(self, question: Callable[[Look], T]) -> T:
        return await self.database.read(lambda connection: question(looker(connection)))


class AskedPast:
    """The past of a running hub, for the web: what is in it at the moment of the question. `now` says that, and returns
    when all that was taken in is on disk."""

    def __init__(self, now: Callable[[], Awaitable[PastHome]]) -> None:
        self._now = now

    async def replay(self, rule: str, text: str | None, start: float, end: float) -> Mapping[str, Any]:
        """As JSON; UnknownName, or the faults of `text`."""
        past = await self._now()
        found = past.library.rules.get(rule) if text is None else parse_rule(text, rule)
        if found is None:
            raise UnknownName(say("text_needed_replay", name=repr(rule[:60])))
        return (await past.replay([found], start, end)).body()

    async def check(self, rule: str, text: str | None, start: float, end: float) -> Mapping[str, Any]:
        """As JSON; UnknownName. What is wrong in `text` is among the findings."""
        from jiahe.hub.checked import check_texts  # it stands on this file

        past = await self._now()
        if text is None:
            text = past.library.texts.get(f"{RULES}/{rule}")
        if text is None:
            raise UnknownName(say("text_needed_check", name=repr(rule[:60])))
        return (await check_texts(past, {rule: text}, start, end)).body()

    async def why_rule(self, rule: str, at: float) -> Mapping[str, Any]:
        """As JSON."""
        return (await (await self._now()).why_rule(rule, at)).body()

    async def why(self, device: str, path: str, at: float) -> Mapping[str, Any]:
        """As JSON."""
        return (await (await self._now()).why(device, path, at)).body()


async def open_past(directory: Path) -> PastHome:
    """The past of the home in this directory; close its `database`. UnknownName where there is no home."""
    if not (directory / DATABASE).exists():  # a command of its own: nothing else waits
        raise UnknownName(f"there is no home in {directory}: name its directory with --dir")
    database = await Database.open(directory / DATABASE, exclusive=False)
    try:
        documents = Documents(database)
        cards = await documents.all("device")
        place = place_of(await documents.get(*DOCUMENT))
        shelf = Shelf.shipped()
        put_folder(shelf, directory / PRODUCTS)
        definitions: dict[str, Profile] = {}
        for name, card in cards.items():
            product = shelf.get(str(card.get("product")))
            if product is not None:
                facts = card.get("facts")
                definitions[name] = fitted(product, facts if isinstance(facts, Mapping) else {}).profile
        library = await asyncio.to_thread(read_library, directory)
    except BaseException:
        await database.close()
        raise
    return PastHome(database, definitions, place, library)
