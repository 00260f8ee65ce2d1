"""Keys of devices that are not in the home yet: from a token list or a vault's file, sealed until they are adopted.

Owns which keys wait, by family and maker's id (or, where a list names none, by address); never which device is whose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jiahe.home.keep import Full
from jiahe.home.vault import Vault
from jiahe.model.reasons import say

PREFIX = "waiting/"
"""Before the names of these seals; a device's id never holds a slash."""
MOST = 2000
"""Keys that may wait: the longest list of one account is a few hundred."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The keys of one device. `hardware_id` is the maker's, or "" where only the `address` is known."""

    family: str
    hardware_id: str
    address: str = ""
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Under which it is sealed."""
        return f"{PREFIX}{self.family}/{self.hardware_id or '@' + self.address}"


class WaitingKeys:
    """Over the home's vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def keep(self, entries: list[Waiting]) -> int:
        """Seals these, in place of any before; how many. Full where too many wait."""
        there = set(await self._vault.names(PREFIX))
        if len(there | {entry.name for entry in entries}) > MOST:
            raise Full(say("keys_full", most=MOST))
        for entry in entries:
            await self._vault.seal(entry.name, entry.secrets)
        return len(entries)

    async def find(self, family: str, hardware_id: str, address: str) -> dict[str, bytes]:
        """The keys for this device, {} where none wait: by its id, else by its address ("host")."""
        for entry in (Waiting(family, hardware_id), Waiting(family, "", address)):
            if (entry.hardware_id or entry.address) and (found := await self._vault.unseal(entry.name)):
                return found
        return {}

    async def drop(self, family: str, hardware_id: str, address: str) -> None:
        """The device has been adopted: its keys are sealed under its own name now."""
        for entry in (Waiting(family, hardware_id), Waiting(family, "", address)):
            if entry.hardware_id or entry.address:
                await self._vault.drop(entry.name)

    async def all(self) -> list[Waiting]:
        """Everything that waits, with its keys."""
        found = []
        for name in await self._vault.names(PREFIX):
            family, _, who = name.removeprefix(PREFIX).partition("/")
            address = who[1:] if who.startswith("@") else ""
            found.append(Waiting(family, "" if address else who, address, await self._vault.unseal(name)))
        return found
