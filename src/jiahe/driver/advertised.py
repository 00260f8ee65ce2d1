"""Sensors that only call out (Xiaomi's MiBeacon, BTHome): what they say, told as points.

Owns the HUB's end of such a "conversation" (a `wire.talk.Session` whose datagrams are advertisements, and which sends
nothing) and the finders. It lives here and not in `wire`, because its decoders are packages with imports of their own.

Points: `value.KEY` and `binary.KEY`, events `event.KEY`, with the decoders' own keys. A sensor cannot be asked: a Read
is answered when the sensor was heard within its patience, and its values came by themselves.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from jiahe.driver.decoder import SORTS, Decoder, Sort, kind_of
from jiahe.model.errors import LocalProtocolError
from jiahe.wire.advertisement import Advertisement, decode, hardware_id
from jiahe.wire.talk import (
    Answer,
    Ask,
    Describe,
    Described,
    Done,
    Entropy,
    Event,
    Happened,
    Identity,
    Ignored,
    LockedOut,
    Opened,
    Point,
    Probe,
    Raw,
    Read,
    Reported,
    Role,
    Sighting,
    Unanswered,
)

PATIENCE = 900.0
"""Seconds without a word after which a sensor counts as gone: sealed ones speak every ten minutes."""
SLEEPY_PATIENCE = 2 * 86_400.0
"""The same for one that speaks only when something happens (a door, a button): it reports its battery once a day."""
LISTEN_FOR = 6.0
"""Seconds of listening to learn what a sensor tells: it takes turns between its values every second or two."""
SAME_EVENT = 4.0
"""Seconds within which an unchanged advertisement is the same press of a button, as the decoders take it."""
WRONG_TWICE = 2
"""Sealed advertisements that the key did not open, until it is taken for a wrong one: the first may be an echo."""
REMEMBERED = 8
"""Advertisements with a frame counter that are known again: sensors take turns between a few."""
WAITING = 64
"""Asks and events that wait at one sensor."""

_POINT = re.compile(r"(value|binary)\.[a-z0-9_]{1,60}")
_KEYLESS = (
    "This sensor seals what it says, and there is no bindkey for it: give it with `jiahe adopt` "
    "(32 or 24 hexadecimal digits from the maker's account, or from the tool that wrote its firmware)."
)
_WRONG_KEY = (
    "The bindkey of this sensor is not the right one: it was probably paired anew. "
    "Give the new bindkey with `jiahe adopt`."
)


class Listening:
    """`wire.talk.Session` for a sensor; HUB only: nobody plays these sensors."""

    def __init__(self, sort: Sort, role: Role, identity: Identity) -> None:
        if role is not Role.HUB:
            raise LocalProtocolError("a sensor that only calls out cannot be played here")
        self.role: Role = role
        self._sort = sort
        self._key = bytes(identity.secrets.get("key", b""))
        self._hardware_id = identity.hardware_id
        self._address = _address(identity.hardware_id)
        self._decoder: Decoder | None = None
        self._seen: dict[str, bool] = {}
        self._recent: deque[bytes] = deque(maxlen=REMEMBERED if sort.counted else 1)
        self._recent_at = self._heard_at = -SLEEPY_PATIENCE
        self._wrong = self._tickets = 0
        self._locked = self._opened = False
        self._asks: list[tuple[int, float, float, Ask]] = []
        self._said: list[Event] = []

    # ---- what the owner does ------------------------------------------------------------------------------------

    def open(self, now: float) -> None:
        """We listen; Opened is said when the sensor has spoken."""

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """A Read is answered by the sensor's being there, a Describe after LISTEN_FOR; it takes nothing else."""
        if isinstance(ask, Read):
            if not ask.points or not all(_POINT.fullmatch(point) for point in ask.points):
                raise LocalProtocolError(f"{', '.join(ask.points) or 'nothing'} is no point of a sensor")
        elif not isinstance(ask, Describe):
            raise LocalProtocolError("a sensor that only calls out takes no commands")
        if len(self._asks) >= WAITING:
            raise LocalProtocolError(f"{WAITING} asks wait at this sensor already")
        self._tickets += 1
        due = min(now + LISTEN_FOR, now + 0.8 * (deadline - now)) if isinstance(ask, Describe) else now
        self._asks.append((self._tickets, deadline, due, ask))
        self.wake(now)
        return self._tickets

    def wake_at(self) -> float | None:
        """When the next ask ends."""
        times = [due if isinstance(ask, Describe) else deadline for _, deadline, due, ask in self._asks]
        return min(times, default=None)

    def wake(self, now: float) -> None:
        """Ends what can be ended."""
        waiting = []
        for ticket, deadline, due, ask in self._asks:
            if self._there(now) and due <= now < deadline:
                if isinstance(ask, Describe):
                    self._said.append(Described(ticket, self._card()))
                self._said.append(Done(ticket))
            elif min(deadline, due if isinstance(ask, Describe) else deadline) <= now:
                self._said.append(Unanswered(ticket, "the sensor was not heard"))
            else:
                waiting.append((ticket, deadline, due, ask))
        self._asks = waiting

    def _there(self, now: float) -> bool:
        sleepy = self._decoder is not None and self._decoder.sleepy
        return self._opened and now - self._heard_at <= (SLEEPY_PATIENCE if sleepy else PATIENCE)

    def _card(self) -> dict[str, Any]:
        facts = self._decoder.facts() if self._decoder else {}
        return {"hardware_id": self._hardware_id, **facts, "capabilities": dict(self._seen)}

    # ---- what comes in ------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """An advertisement, whatever it is."""
        heard = decode(data)
        if heard is None:
            self._note(Ignored("no advertisement", data))
            return
        if not self._sort.services & heard.service_data.keys():
            return  # its name, or another firmware's word: nothing to read, and nothing wrong
        sealed = self._sort.sealed(heard)
        if sealed is None:
            return
        if sealed and not self._key:
            self._lock(_KEYLESS)
            return
        said = b"".join(heard.service_data[uuid] for uuid in sorted(heard.service_data))
        again = said in self._recent
        same_event = again and (self._sort.counted or now - self._recent_at < SAME_EVENT)
        if not again:
            self._recent.append(said)
        if not same_event:
            self._recent_at = now
        if again and self._sort.counted:
            self._heard_at = now
        else:
            self._read(heard, data, sealed=bool(sealed), same_event=same_event, now=now)
        self.wake(now)

    def _read(self, heard: Advertisement, data: bytes, *, sealed: bool, same_event: bool, now: float) -> None:
        try:
            if self._decoder is None:
                self._decoder = Decoder(self._sort, self._address, self._key)
            told = self._decoder.decode(heard, now)
        except Exception as error:  # a decoder of others must not end the conversation
            self._note(Ignored(f"the decoder cannot read it ({type(error).__name__})", data))
            return
        if sealed and not self._decoder.opened:
            self._wrong += 1
            if self._wrong >= WRONG_TWICE:
                self._lock(_WRONG_KEY)
            return
        if not told.values and not told.events:
            self._note(Ignored("it says nothing that the decoder knows", data))
            return
        self._wrong, self._locked, self._heard_at = 0, False, now
        if not self._opened:
            self._opened = True
            self._note(Opened({"hardware_id": self._hardware_id, **self._decoder.facts()}))
        self._seen.update(dict.fromkeys((*told.values, *told.events), True))
        if told.values:
            self._note(Reported(told.values))
        for point, arguments in told.events.items() if not same_event else ():
            self._note(Happened(point, arguments))

    def _lock(self, text: str) -> None:
        if not self._locked:
            self._locked = True
            self._note(LockedOut(text))

    def _note(self, event: Event) -> None:
        if len(self._said) < WAITING * 4:
            self._said.append(event)

    # ---- the rest of a session ----------------------------------------------------------------------------------

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        raise LocalProtocolError("a hub does not answer")

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """A hub has nothing to report."""

    def outgoing(self) -> list[bytes]:
        """Nothing is ever sent."""
        return []

    def events(self) -> list[Event]:
        """Takes what happened since the last call, in order."""
        taken, self._said = self._said, []
        return taken

    def redact(self, data: bytes) -> bytes:
        """What is called out to everybody holds no secret."""
        return data


def session(family: str) -> Callable[[Role, Identity, Entropy], Listening]:
    """How a session of this family is made."""
    return lambda role, identity, _: Listening(SORTS[family], role, identity)


class Finder:
    """Finding sensors of one family by what they call out."""

    def __init__(self, family: str) -> None:
        self._sort = SORTS[family]

    def probes(self) -> tuple[Probe, ...]:
        """None: sensors call out by themselves."""
        return ()

    def sighting(self, data: bytes, address: str) -> Sighting | None:
        """The sensor whose advertisement this is; None for anything else. LinkError where the decoder is missing."""
        heard, number = decode(data), hardware_id(address)
        sealed = self._sort.sealed(heard) if heard is not None else None
        if heard is None or sealed is None or not number:
            return None
        decoder = Decoder(self._sort, address, b"")
        try:
            decoder.decode(heard, 0.0)
        except Exception:
            return None
        model = str(decoder.facts().get("model") or "")
        if not model:
            return None
        facts = {"model": model, "sort": kind_of(self._sort, heard), "sealed": sealed}
        return Sighting(self._sort.family, number, address, 0, model, facts)


def _address(number: str) -> str:
    text = f"{int(number):012X}" if number.isdecimal() else "0" * 12
    return ":".join(text[n : n + 2] for n in range(0, 12, 2))
