"""The hub's name in its network: jiahe.local, or jiahe-2.local where another home has that already.

Owns which name it is and that it stays the same (passkeys are bound to it); never a packet (`transport/mdns.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from jiahe.home.keep import Documents
from jiahe.transport.mdns import Offered

DOCUMENT = ("home", "host")
LABEL = "jiahe"
MOST = 9
"""Homes in one network that get a name of their own; more is no home's network."""
SECOND_LOOK = 1.5
"""Seconds after announcing, within which another hub that began at the same moment is heard too."""


class Teller(Protocol):
    """What tells the network (`transport.mdns.Announcer`)."""

    async def others(self, host: str, own: Sequence[str], /) -> list[str]: ...
    async def announce(self, host: str, addresses: Sequence[str], services: Sequence[Offered], /) -> None: ...
    async def close(self) -> None: ...


def host_names() -> list[str]:
    """Every name that a hub may have, in the order in which they are tried."""
    return [f"{LABEL}.local", *(f"{LABEL}-{number}.local" for number in range(2, MOST + 1))]


class HostName:
    """This hub's. Made by `await HostName.open(documents)`; `name` is "jiahe.local"."""

    def __init__(self, documents: Documents, name: str, kept: bool) -> None:
        self._documents, self.name, self._kept = documents, name, kept
        self._told: tuple[str, tuple[str, ...], tuple[Offered, ...]] | None = None

    @classmethod
    async def open(cls, documents: Documents) -> HostName:
        """The name that this home had last."""
        body = await documents.get(*DOCUMENT)
        name = str((body or {}).get("name", ""))
        known = name in host_names()
        return cls(documents, name if known else host_names()[0], known)

    @property
    def told(self) -> bool:
        """Whether the network was told."""
        return self._told is not None

    async def tell(self, teller: Teller, addresses: Sequence[str], services: Sequence[Offered]) -> bool:
        """Tells the network name, addresses and services, where they are other than last time; whether the name is
        another than before. A name that another machine has is not taken.
        """
        if self._told == (self.name, tuple(addresses), tuple(services)):
            return False
        before = self.name
        self.name = await self._free(teller, addresses)
        await teller.announce(f"{self.name}.", addresses, services)
        await asyncio.sleep(SECOND_LOOK)
        others = await teller.others(f"{self.name}.", addresses)
        if others and not self._kept and min(others) < min(addresses):
            # two hubs began at the same moment: the one with the greater address makes room (as RFC 6762, 8.2)
            self.name = await self._free(teller, addresses)
            await teller.announce(f"{self.name}.", addresses, services)
        self._told = (self.name, tuple(addresses), tuple(services))
        if not self._kept:
            await self._documents.put(*DOCUMENT, {"name": self.name})
            self._kept = True
        return self.name != before

    def forget(self) -> None:
        """What was told is not known any more: the next `tell` tells it again."""
        self._told = None

    async def _free(self, teller: Teller, addresses: Sequence[str]) -> str:
        """One's own name where it is free, else the first free one; one's own where none is."""
        for name in dict.fromkeys([self.name, *host_names()]):
            if not await teller.others(f"{name}.", addresses):
                return name
        return self.name
