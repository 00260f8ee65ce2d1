"""Every protocol family as the contract sees it. A new family is a row in FAMILIES.

Owns the table and a wire between two ends; `test_families.py` has the laws.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from jiahe.wire.huami.session import Session as HuamiSession
from jiahe.wire.midea import finder as midea_finder
from jiahe.wire.midea.session import Session as MideaSession
from jiahe.wire.miio import finder as miio_finder
from jiahe.wire.miio.session import Session as MiioSession
from jiahe.wire.talk import (
    Act,
    Answer,
    Ask,
    Asked,
    Describe,
    Done,
    Event,
    Finder,
    Identity,
    Read,
    Refused,
    Role,
    Session,
    Unanswered,
    Write,
)

DID = "180420590"
ENDINGS = (Done, Refused, Unanswered)


@dataclass(frozen=True)
class Row:
    """One family. `wrong` is the identity with a key that the device does not accept, None where it has no keys."""

    name: str
    session: Callable[[Role, Identity, Callable[[int], bytes]], Session]
    identity: Identity
    wrong: Identity | None
    stream: bool
    asks: tuple[Ask, ...]
    nonsense: tuple[Ask, ...]
    answer: Callable[[Ask], Answer]
    finder: Finder | None = None
    greet: Callable[[Identity, bytes], bytes | None] | None = None

    def __str__(self) -> str:
        return self.name

    def end(self, role: Role, identity: Identity | None = None, seed: int = 1) -> Session:
        chance = random.Random(seed)
        return self.session(role, identity or self.identity, chance.randbytes)


def _miio_answer(ask: Ask) -> Answer:
    if isinstance(ask, Read):
        return Answer(dict.fromkeys(ask.points, 5))
    return Answer(facts={"model": "maker.thing.v1"})


_TOKEN = bytes(range(100, 116))
_MIDEA_KEYS = {"token": bytes(range(64)), "key": bytes(range(100, 132))}
_AC_STATE = {"state.power": True, "state.mode": 2, "state.fan": 60, "state.target_temperature": 24.0}
_AC_ASKS = (Read(("state.power",)), Write({"state.fan": 40}), Describe())
_AC_NONSENSE = (Read(("no point",)), Write({"no point": 1}), Write({"state.power": "on"}), Act("?"))


_BAND_KEY = {"key": bytes(range(7, 23))}
_BAND_STATE = {"battery.level": 83, "battery.charging": False, "steps.today": 4711, "heart.rate": 61}


def _midea_answer(ask: Ask) -> Answer:
    wished = ask.values if isinstance(ask, Write) else {}
    return Answer(_AC_STATE | dict(wished), facts={"capabilities": {"modes": 1, "eco": 1}})


_DISHES = {"version": 3, "type": 0xE1, "takes": [{"model": "JIAHE0E1"}], "serial": "0000E1311JIAHE0E1"}
_DISHES_ASKS = (
    Read(("state.power",)),
    Write({"state.child_lock": True}),
    Act("do.start", {"do.programme": 4}),
    Describe(),
)
_DISHES_NONSENSE = (Read(("no point",)), Write({"state.programme": 1}), Act("?"), Act("do.start"))


def _dishes_answer(ask: Ask) -> Answer:
    wished = ask.values if isinstance(ask, Write) else {}
    return Answer({"state.power": True, "state.status": 1} | dict(wished))


def _midea_reply(identity: Identity, data: bytes) -> bytes | None:
    return midea_finder.reply(identity, data, "10.0.0.9", 6444, serial="000000P0000000Q1B88C29C963BA0000")


FAMILIES = (
    Row(
        "miio",
        MiioSession,
        Identity(DID, {"token": _TOKEN}),
        Identity(DID, {"token": b"another token..."}),
        stream=False,
        asks=(Read(("2.1", "2.2")), Write({"2.1": True}), Act("4.1", {"4.2": 1}), Describe()),
        nonsense=(Read(("no point",)), Write({"2.1": float("nan")}), Act("?"), Read(())),
        answer=_miio_answer,
        finder=miio_finder.Finder(),
        greet=lambda identity, data: miio_finder.reply(identity, data, 5.0),
    ),
    Row(
        "midea-v3",
        MideaSession,
        Identity(DID, _MIDEA_KEYS, {"version": 3, "type": 0xAC}),
        Identity(DID, _MIDEA_KEYS | {"key": bytes(32)}, {"version": 3, "type": 0xAC}),
        stream=True,
        asks=_AC_ASKS,
        nonsense=_AC_NONSENSE,
        answer=_midea_answer,
        finder=midea_finder.Finder(),
        greet=_midea_reply,
    ),
    Row(
        "midea-dishwasher",
        MideaSession,
        Identity(DID, _MIDEA_KEYS, _DISHES),
        Identity(DID, _MIDEA_KEYS | {"key": bytes(32)}, _DISHES),
        stream=True,
        asks=_DISHES_ASKS,
        nonsense=_DISHES_NONSENSE,
        answer=_dishes_answer,
        finder=midea_finder.Finder(),
        greet=_midea_reply,
    ),
    Row(
        "midea-v2",
        MideaSession,
        Identity(DID, {}, {"version": 2, "type": 0xAC}),
        None,
        stream=True,
        asks=_AC_ASKS,
        nonsense=_AC_NONSENSE,
        answer=_midea_answer,
        finder=midea_finder.Finder(),
        greet=_midea_reply,
    ),
    Row(
        "huami",
        HuamiSession,
        Identity(DID, _BAND_KEY, {"model": "mi-band-3"}),
        Identity(DID, {"key": bytes(16)}, {"model": "mi-band-3"}),
        stream=False,
        asks=(
            Read(("battery.level", "steps.today", "heart.rate")),
            Act("alert"),
            Act("heart.measure"),
            Describe(),
        ),
        nonsense=(
            Read(("no point",)),
            Read(()),
            Write({"battery.level": 1}),
            Act("?"),
            Act("alert", {"x": 1}),
        ),
        answer=lambda _: Answer(_BAND_STATE, facts={"firmware": "V1.0.2.4"}),
    ),
)
each_family = pytest.mark.parametrize("row", FAMILIES, ids=str)


class Talk:
    """Two sessions and the wire between them. `wire(data)` gives what arrives of what was sent, in pieces."""

    def __init__(
        self,
        row: Row,
        wire: Callable[[bytes], list[bytes]] = lambda data: [data],
        hub: Identity | None = None,
    ) -> None:
        self.row, self.wire, self.now = row, wire, 0.0
        self.hub, self.device = row.end(Role.HUB, hub), row.end(Role.DEVICE)
        self.told: list[Event] = []
        self.sent: list[bytes] = []
        self.hub.open(self.now)
        self.device.open(self.now)
        self.settle()

    def settle(self) -> None:
        """Carries everything to and fro until both are silent."""
        for _ in range(1000):
            moved = False
            for end, other in ((self.hub, self.device), (self.device, self.hub)):
                for data in end.outgoing():
                    self.sent.append(data)
                    for piece in self.wire(data):
                        moved = True
                        other.receive(piece, self.now)
            for event in self.device.events():
                if isinstance(event, Asked):
                    moved = True
                    self.device.answer(event.ticket, self.row.answer(event.ask), self.now)
            self.told += self.hub.events()
            if not moved:
                return
        raise AssertionError("two sessions that never fall silent")

    def ask(self, ask: Ask, within: float = 5.0) -> int:
        ticket = self.hub.ask(ask, self.now + within, self.now)
        self.settle()
        return ticket

    def pass_to(self, when: float) -> None:
        """Wakes both whenever they want to be woken."""
        for _ in range(20_000):
            due = min((t for t in (self.hub.wake_at(), self.device.wake_at()) if t is not None), default=when)
            if due >= when:
                self.now = when
                self.hub.wake(when)
                self.settle()
                return
            self.now = max(self.now, due)
            for end in (self.hub, self.device):
                wanted = end.wake_at()
                if wanted is not None and wanted <= self.now:
                    end.wake(self.now)
                    again = end.wake_at()
                    assert again is None or again > self.now, "wants to be woken again at once"
            self.settle()
        raise AssertionError("a session that never rests")

    def endings(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for event in self.told:
            if isinstance(event, ENDINGS):
                found.setdefault(event.ticket, []).append(type(event).__name__)
        return found
