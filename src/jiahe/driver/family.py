"""The TABLE of protocol families: how each is reached, unlocked and read. Adding a family is adding a row here.

Owns nothing but the table; never a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jiahe.model.errors import UnknownName
from jiahe.wire.midea.finder import Finder as MideaFinder
from jiahe.wire.midea.session import Session as MideaSession
from jiahe.wire.miio.finder import Finder as MiioFinder
from jiahe.wire.miio.session import Session as MiioSession
from jiahe.wire.talk import Entropy, Finder, Identity, Role, Session


@dataclass(frozen=True, slots=True)
class Secret:
    """One key that a family needs: its length in bytes and what a person is told when it is missing."""

    length: int
    hint: str


@dataclass(frozen=True, slots=True)
class Family:
    """A protocol family. `transport` is "udp" or "tcp", `port` the one its devices listen on.

    `answer_within` is how long, in seconds, a healthy device may take for one answer before a try counts as missed.
    """

    name: str
    title: str
    transport: str
    port: int
    session: Callable[[Role, Identity, Entropy], Session]
    finder: Callable[[], Finder]
    secrets: Callable[[Mapping[str, Any]], Mapping[str, Secret]]
    answer_within: float
    fingerprint: tuple[str, ...]
    """The facts by which its products are told apart."""

    def missing(self, facts: Mapping[str, Any], given: Mapping[str, bytes]) -> dict[str, Secret]:
        """The secrets that a device with these facts still needs."""
        return {name: secret for name, secret in self.secrets(facts).items() if name not in given}


_MIIO_TOKEN = Secret(16, "the device's token: 32 hexadecimal digits, read once from the Mi Home account")
_MIDEA_TOKEN = Secret(64, "the appliance's token: 128 hexadecimal digits, read once from the Midea account")
_MIDEA_KEY = Secret(32, "the appliance's key: 64 hexadecimal digits, read once from the Midea account")


def _midea_secrets(facts: Mapping[str, Any]) -> Mapping[str, Secret]:
    return {"token": _MIDEA_TOKEN, "key": _MIDEA_KEY} if facts.get("version", 3) == 3 else {}


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family("miio", "Xiaomi miIO", "udp", 54321, MiioSession, MiioFinder, lambda _: {"token": _MIIO_TOKEN},
                   answer_within=3.0, fingerprint=("model",)),
            Family("midea", "Midea LAN", "tcp", 6444, MideaSession, MideaFinder, _midea_secrets,
                   answer_within=4.0, fingerprint=("type",)),
        )
    }
)  # fmt: skip


def family_of(name: str) -> Family:
    """The row of this name, or UnknownName listing what there is."""
    found = FAMILIES.get(name)
    if found is None:
        raise UnknownName(f"there is no protocol family {name!r}; there are {', '.join(FAMILIES)}")
    return found
