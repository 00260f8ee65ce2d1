"""What every protocol family's session can say and hear. Owns these words; never a byte.

A *point* is one address inside a family, written as text so that a product file can hold it: miIO "2.1" is
siid.piid, Midea "state.power" is a field of a message. A *raw* value is what stands on the wire for a point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Protocol

Point = str
Raw = bool | int | float | str | None
Entropy = Callable[[int], bytes]
"""So many random bytes; an argument, so that a session's every byte can be replayed."""


class Role(Enum):
    """Which end of the wire a session plays."""

    HUB = "hub"
    DEVICE = "device"


# ---- what the hub asks of a device (and a device hears) -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """Tell me these points. Idempotent: a session may send it again."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Make these points so. Idempotent: a session may send it again."""

    values: Mapping[Point, Raw]


@dataclass(frozen=True, slots=True)
class Act:
    """Do this once. Never sent twice by a session: an unanswered action is `Unanswered`, whatever became of it."""

    action: Point
    arguments: Mapping[Point, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Describe:
    """Tell me what you are: model, firmware, serial, capabilities. Idempotent."""


Ask = Read | Write | Act | Describe


# ---- what a session tells its owner ---------------------------------------------------------------------------


class Refusal(StrEnum):
    """Why the other side said no."""

    UNKNOWN_POINT = "unknown_point"
    NOT_READABLE = "not_readable"
    NOT_WRITABLE = "not_writable"
    BAD_VALUE = "bad_value"
    BUSY = "busy"
    UNSUPPORTED = "unsupported"
    INTERNAL = "internal"
    NOT_ALLOWED = "not_allowed"
    """Our own session would not send it: this unit is not known to take it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The handshake is done (both roles); `facts` is what it showed (hardware id as decimal text, version)."""

    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reported:
    """The device's own word: raw values by point, and `faults` for points that it would not tell.

    `ticket` is the ask this answers (a Read, or a Write whose answer carries the new state); None when pushed.
    """

    values: Mapping[Point, Raw]
    ticket: int | None = None
    faults: Mapping[Point, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event at the device (button, filter exhausted), with its arguments by point."""

    event: Point
    arguments: Mapping[Point, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Described:
    """The answer to Describe. Keys: model, firmware, hardware, mac, serial, subtype, capabilities …; never a secret."""

    ticket: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The ask is answered and accepted; comes after the Reported or Described that belongs to it."""

    ticket: int
    values: Mapping[Point, Raw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The device said no to the whole ask; nothing of it was done as far as the device tells."""

    ticket: int
    why: Refusal
    text: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Every try that the deadline allowed went without an answer."""

    ticket: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class LockedOut:
    """The device is there but does not accept our token or key; `text` is a sentence that says what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The conversation cannot go on over this connection (session key dropped, stream out of step): reconnect."""

    text: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Bytes that were not believed, and why. Counted and kept in the tap; never an exception."""

    why: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """DEVICE role: the hub wants something; answer with `Session.answer(ticket, …)`."""

    ticket: int
    ask: Ask


Event = (
    Opened
    | Reported
    | Happened
    | Described
    | Done
    | Refused
    | Unanswered
    | LockedOut
    | Broken
    | Ignored
    | Asked
)


@dataclass(frozen=True, slots=True)
class Answer:
    """DEVICE role: what a device says to an Ask.

    For a Read, `values` and `faults` by point; for a Write, `faults` for the points not taken and `values` the
    state that the family's answer carries (Midea: all of it); for an Act, `values` are its results; for a
    Describe, `facts`.
    """

    values: Mapping[Point, Raw] = field(default_factory=dict)
    faults: Mapping[Point, Refusal] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is at the device's end of a session; the same for both roles.

    `hardware_id` is decimal text, "" while unknown (miIO: learned from the hello). `secrets` holds keys by the
    names of the family (miIO: token; Midea V3: token, key). `facts` are what the family must know beforehand
    (Midea: version 2 or 3, type 0xAC). `epoch` is the wall time in epoch seconds at monotonic zero, for wires
    that carry dates.
    """

    hardware_id: str = ""
    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)
    epoch: float = 0.0


class Session(Protocol):
    """Made as `Session(role, identity, entropy)`. One conversation over one transport. Sans-I/O: bytes in, bytes and events out, `now` (monotonic seconds) an argument.

    Laws: no method but `ask` and `answer` ever raises (they raise LocalProtocolError for our own nonsense);
    bytes of any kind from the other side end in events; memory is bounded however long the other side talks.
    A HUB session answers every ticket with exactly one of Done, Refused, Unanswered (at its deadline at the latest).
    """

    role: Role

    def open(self, now: float) -> None:
        """The transport is connected: begin the handshake."""
        ...

    def ask(self, ask: Ask, deadline: float, now: float) -> int:
        """HUB: queue an ask; the returned ticket names it in events. May be called before Opened."""
        ...

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        """DEVICE: answer an Asked."""
        ...

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """DEVICE: push values unasked, where the family can; else nothing is sent."""
        ...

    def receive(self, data: bytes, now: float) -> None:
        """A datagram, or the next piece of a stream of any size."""
        ...

    def wake_at(self) -> float | None:
        """When `wake` wants to be called, in monotonic seconds; None when there is nothing to wait for."""
        ...

    def wake(self, now: float) -> None:
        """Time passed: resend, send a heartbeat, give up at a deadline."""
        ...

    def outgoing(self) -> list[bytes]:
        """Takes what is to be sent: one item a datagram, or pieces of the stream in order."""
        ...

    def events(self) -> list[Event]:
        """Takes what happened since the last call, in order."""
        ...

    def redact(self, data: bytes) -> bytes:
        """The same bytes (sent or received) with every secret replaced by zeros, fit for the tap."""
        ...


# ---- finding devices ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Probe:
    """A datagram that makes this family's devices answer, and the UDP port it goes to."""

    port: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device that answered. `port` is where it is operated; `model` where the answer tells it; `facts` never a secret.

    `token` is what a device shows of its own accord (an unprovisioned miIO device); it is a secret: sealed or dropped.
    """

    family: str
    hardware_id: str
    address: str
    port: int
    model: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    token: bytes = b""


class Finder(Protocol):
    """A family's discovery, both ends, sans-I/O."""

    def probes(self) -> tuple[Probe, ...]:
        """What to send, broadcast or unicast; one datagram each."""
        ...

    def sighting(self, data: bytes, address: str) -> Sighting | None:
        """What a reply from this address means; None for anything else, whatever it is."""
        ...
