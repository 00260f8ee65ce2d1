"""A home's own product files while the hub runs: one that comes, changes or goes takes effect within seconds.

Owns when the folder is looked at and when a file is believed to be whole; `catalog.folder` reads, the shelf holds, the
hub starts devices anew. Never reads on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from jiahe.catalog.folder import MOST, put_folder
from jiahe.catalog.loader import Shelf
from jiahe.hub.config import PRODUCTS, PRODUCTS_INDEX

LOOK_PERIOD = 2.0
"""Seconds between two looks. A file counts once two looks agree: 4 s at most, of the 10 s that a new card may take."""
PATIENCE = 5
"""Looks that a folder may differ each time; then it is read as it is: who writes all the time holds up nobody."""

Seen = Mapping[str, tuple[int, int]]
"""Size and time of change (ns) by file name."""


def look(folder: Path) -> Seen:
    """The product files as they lie there; a folder that is not there is an empty one."""
    seen: dict[str, tuple[int, int]] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".toml", ".json")):
                with contextlib.suppress(OSError):  # it went while we looked
                    about = entry.stat(follow_symlinks=False)
                    seen[entry.name] = (about.st_size, about.st_mtime_ns)
            if len(seen) > 2 * MOST:
                break
    return seen


class OwnProducts:
    """The files of `directory`/products on a shelf, put there at once and kept true by `renew`."""

    def __init__(self, shelf: Shelf, directory: Path) -> None:
        self._shelf, self._ships = shelf, shelf.cards()
        self._folder, self._index = directory / PRODUCTS, directory / PRODUCTS_INDEX
        self._read = self._last = look(self._folder)
        self._restless = 0
        put_folder(shelf, self._folder, self._index)

    async def renew(self, in_use: Collection[str]) -> frozenset[str]:
        """One look; the ids of the products that are other than they were, once their files lie still.

        A product in use whose file went or is wrong now stays as it was: the fault is on the shelf's list, and its
        devices go on.
        """
        now = await asyncio.to_thread(look, self._folder)
        settled, self._last = now == self._last, now
        self._restless = 0 if settled else self._restless + 1
        if now == self._read or not (settled or self._restless >= PATIENCE):
            return frozenset()
        self._restless = 0
        fresh = Shelf()
        for card in self._ships:
            fresh.put_card(card)
        await asyncio.to_thread(put_folder, fresh, self._folder, self._index)
        files = {name for name in now.keys() | self._read.keys() if now.get(name) != self._read.get(name)}
        self._read = now
        return self._shelf.renew(fresh, files, in_use)
