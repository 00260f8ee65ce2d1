"""The TABLE of protocol families: how each is reached, unlocked and read. Adding a family is adding a row here.

Owns nothing but the table; never a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jiahe.driver import advertised
from jiahe.model.errors import UnknownName
from jiahe.model.reasons import say
from jiahe.wire.huami.finder import Finder as HuamiFinder
from jiahe.wire.huami.generation import generation_of
from jiahe.wire.huami.session import Session as HuamiSession
from jiahe.wire.midea.finder import Finder as MideaFinder
from jiahe.wire.midea.session import Session as MideaSession
from jiahe.wire.miio.finder import Finder as MiioFinder
from jiahe.wire.miio.session import Session as MiioSession
from jiahe.wire.talk import Entropy, Finder, Identity, Role, Session


@dataclass(frozen=True, slots=True)
class Secret:
    """One key that a family needs: its length in bytes and what a person is told when it is missing.

    `own`: the device takes one of our choosing, and a person agrees at the device; `hint` says how.
    """

    length: int
    hint: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A protocol family. `transport` is "udp", "tcp", "ble" (a Bluetooth connection) or "advert" (what a device calls
    out over Bluetooth), `port` the one its devices listen on (0: there are no ports).

    `answer_within` is how long, in seconds, a healthy device may take for one answer before a try counts as missed,
    `open_within` how long connecting and shaking hands may take, `meet_within` the same at a first acquaintance, and
    `pair_within` where a person must agree at the device.
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
    open_within: float = 5.0
    meet_within: float = 8.0
    pair_within: float = 8.0
    hears: str = ""
    """How its values come: "poll" (asked for), "both" (asked for and pushed), "radio" (asked for and pushed over a
    Bluetooth connection) or "calls" (called out by the device, heard here)."""

    @property
    def by_radio(self) -> bool:
        """Found and reached over Bluetooth rather than the network."""
        return self.transport in ("ble", "advert")

    def missing(self, facts: Mapping[str, Any], given: Mapping[str, bytes]) -> dict[str, Secret]:
        """The secrets that a device with these facts still needs."""
        return {name: secret for name, secret in self.secrets(facts).items() if name not in given}


_MIIO_TOKEN = Secret(16, say("hint_miio"))
_MIDEA_TOKEN = Secret(64, say("hint_midea_token"))
_MIDEA_KEY = Secret(32, say("hint_midea_key"))


def _midea_secrets(facts: Mapping[str, Any]) -> Mapping[str, Secret]:
    return {"token": _MIDEA_TOKEN, "key": _MIDEA_KEY} if facts.get("version", 3) == 3 else {}


_OWN_BAND_KEY = Secret(
    16,
    say("hint_band_tap"),
    own=True,
)
_BAND_KEY = Secret(
    16,
    say("hint_band"),
)


def _huami_secrets(facts: Mapping[str, Any]) -> Mapping[str, Secret]:
    return {"key": _OWN_BAND_KEY if generation_of(facts).own_key else _BAND_KEY}


LISTENING = 86_400.0
"""Seconds of listening before a sensor that says nothing is offline: a door may stay shut for a day."""


def _sensor_secrets(facts: Mapping[str, Any]) -> Mapping[str, Secret]:
    length = facts.get("sealed", 0)
    return {"key": Secret(length, say("hint_bindkey", digits=length * 2))} if length in (12, 16) else {}


def _sensors(name: str, title: str) -> Family:
    return Family(
        name,
        title,
        "advert",
        0,
        advertised.session(name),
        lambda: advertised.Finder(name),
        _sensor_secrets,
        answer_within=3.0,
        hears="calls",
        fingerprint=("sort", "model"),
        open_within=LISTENING,
        meet_within=30.0,
    )


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for family in (
            Family("miio", "Xiaomi miIO", "udp", 54321, MiioSession, MiioFinder, lambda _: {"token": _MIIO_TOKEN},
                   answer_within=3.0, hears="poll", fingerprint=("model",)),
            Family("midea", "Midea LAN", "tcp", 6444, MideaSession, MideaFinder, _midea_secrets,
                   answer_within=4.0, hears="both", fingerprint=("type",)),
            Family("huami", "Mi Band", "ble", 0, HuamiSession, HuamiFinder, _huami_secrets,
                   answer_within=10.0, hears="radio", fingerprint=("model",), open_within=30.0, meet_within=30.0, pair_within=60.0),
            _sensors("mibeacon", "Xiaomi Bluetooth sensor"),
            _sensors("bthome", "BTHome sensor"),
        )
    }
)  # fmt: skip


def family_of(name: str) -> Family:
    """The row of this name, or UnknownName listing what there is."""
    found = FAMILIES.get(name)
    if found is None:
        raise UnknownName(f"there is no protocol family {name!r}; there are {', '.join(FAMILIES)}")
    return found
