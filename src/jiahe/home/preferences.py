"""How each person likes the home shown: favourites, and the order of rooms, devices and scenes.

Owns what such a document may hold and keeps one for each person. Never says who may see a device: an id here that its
reader may not see shows nothing, because the app draws only what the home tells it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from jiahe.home.keep import Documents
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

KIND = "preferences"
LARGEST = 16 * 1024
"""Bytes of JSON for one person: the order of 200 devices is 5 kB."""
LONGEST = 500
"""Ids in one list: more things than a home holds."""
ID_CHARACTERS = 64

LISTS = ("favourites", "rooms", "devices", "scenes")
"""What a document holds: lists of ids, each in the person's own order."""


class Preferences:
    """One document for each person, on disk when `put` returns. One thing at a time: who closes a page and opens it again reads
    what the closing page wrote, however slow the disk, and two pages that change two lists keep both."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._turn = asyncio.Lock()

    async def of(self, person: str) -> dict[str, list[str]]:
        """What this person chose; every list is there, empty where they chose nothing."""
        async with self._turn:
            return await self._read(person)

    async def _read(self, person: str) -> dict[str, list[str]]:
        kept = await self._documents.get(KIND, person) or {}
        return {name: list(kept.get(name, ())) for name in LISTS}

    async def put(self, person: str, body: Mapping[str, Any]) -> dict[str, list[str]]:
        """Replaces the lists that are given; OutOfDefinition names the one that is wrong, and nothing is written."""
        chosen = checked_preferences(body)
        async with self._turn:
            whole = await self._read(person) | chosen
            size = len(json.dumps(whole, ensure_ascii=False).encode())
            if size > LARGEST:
                raise OutOfDefinition("preferences", say("lists_large", most=LARGEST, size=size), LARGEST)
            await self._documents.put(KIND, person, whole)
            return whole

    async def forget(self, person: str) -> None:
        """For somebody who left the home."""
        async with self._turn:
            await self._documents.delete(KIND, person)


def checked_preferences(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """The lists in `body`, each id once; OutOfDefinition where one is none."""
    for name in body:
        if name not in LISTS:
            raise OutOfDefinition(str(name)[:60], say("no_list", known=", ".join(LISTS)), list(LISTS))
    return {name: _ids(name, given) for name, given in body.items()}


def _ids(name: str, given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise OutOfDefinition(name, say("ids_list"), "array")
    if len(given) > LONGEST:
        raise OutOfDefinition(name, say("ids_most", most=LONGEST), LONGEST)
    if any(not 0 < len(one) <= ID_CHARACTERS for one in given):
        raise OutOfDefinition(name, say("ids_long", most=ID_CHARACTERS), ID_CHARACTERS)
    return list(dict.fromkeys(given))
