"""What the web needs to know of the hub's secure door. Owns these shapes; never the door (the hub hands it in)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SecureState:
    """`url` is where the secure door is reached ("https://jiahe.local:8443"), "" while it is closed; `port` then 0.

    `host` is the home's name, `announced` whether the network was told it. `fingerprint` (SHA-256) is that of the home's
    CA, "" before there is one. `only`: everybody but this machine itself is sent to the secure door. `trouble` says why
    something of it does not work, "" when all is well.
    """

    url: str = ""
    port: int = 0
    host: str = ""
    announced: bool = False
    fingerprint: str = ""
    only: bool = False
    trouble: str = ""
    plain: str = ""
    """Where the network reaches the open door ("http://192.168.1.5:8420"); "" where only this machine does."""


class SecureDoorDoor(Protocol):
    """The secure door as the web sees it (`hub.secure_door.SecureDoor`)."""

    def state(self) -> SecureState: ...
    def authority(self) -> bytes | None:
        """The CA's certificate (DER); None before there is one."""
        ...

    async def set_only(self, on: bool, /) -> None: ...
