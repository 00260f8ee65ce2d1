"""The slots that every kind of appliance fills, on either side. Owns the words between session and table.

Adding a kind is adding a folder whose two classes fill these slots, and a row in `table`. Points, queries and bodies
are the appliance's matter; connections, tickets and retries are the session's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jiahe.wire.midea.frame import Frame
from jiahe.wire.talk import Answer, Ask, Point, Raw, Refusal

APPLIANCE_QUERY = bytes(19)
"""The body that every appliance is asked with what it is (frame type A0): subtype and protocol come back."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a frame of the device means. `what` names the layout; `faults` the points that it says it lacks.

    `message_id` is what the frame carries, an echo in an answer and chance in a push. `exception` is the text of a
    frame by which the device says no or raises an alarm.
    """

    kind: int
    what: str
    values: Mapping[Point, Raw] = field(default_factory=dict)
    faults: Mapping[Point, Refusal] = field(default_factory=dict)
    message_id: int | None = None
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One frame to the device. `fits` says whether a Told has the layout of its answer; `points` is what it must bring.

    `tail`: the body closes with a message id, which the answer echoes.
    """

    kind: int
    body: bytes
    fits: Callable[[Told], bool]
    tail: bool = True
    points: tuple[Point, ...] = ()
    protocol: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange of an ask. `build` makes its request when its turn comes, None when there is nothing to do.

    `optional`: a device that stays silent is not asked for ever, and its silence is no failure. `again_from`: a
    repetition begins that many steps earlier (a write reads the state afresh). `speaks`: the answer belongs to the ask;
    else it is reported without its ticket. `once`: an action, which is never sent a second time.
    """

    build: Callable[[float], Request | None]
    optional: bool = False
    again_from: int = 0
    speaks: bool = True
    once: bool = False


class HubSide(Protocol):
    """What a hub's session needs of an appliance; one object a session, it remembers what the device said."""

    def nonsense(self, ask: Ask) -> str | None:
        """Why this ask cannot be put into frames at all; None where it can."""
        ...

    def refuses(self, ask: Ask) -> str | None:
        """Why this unit must not be sent this ask, though it could be put into frames; None where it may."""
        ...

    def steps(self, ask: Ask) -> tuple[Step, ...]:
        """The exchanges that the ask takes."""
        ...

    def hear(self, frame: Frame, now: float) -> Told | str:
        """What a frame (checksum verified, body as it stands) means, or why it is not believed."""
        ...

    def description(self) -> dict[str, Any]:
        """The facts for Described."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """DEVICE: a hub's frame, understood. `ask` None: answered by `replies` without troubling the owner."""

    ask: Ask | None
    frame: Frame
    what: str
    replies: tuple[Frame, ...] = ()


class DeviceSide(Protocol):
    """What a device's session needs of an appliance; one object a session."""

    def asked(self, frame: Frame) -> Asking | str:
        """What a hub's frame wants, or why it is not believed."""
        ...

    def answer(self, asking: Asking, answer: Answer) -> list[Frame]:
        """The frames that say `answer`."""
        ...

    def push(self, values: Mapping[Point, Raw]) -> list[Frame]:
        """The frames that tell a change unasked."""
        ...


@dataclass(frozen=True, slots=True)
class Sides:
    """A row of the table: how to make either side, from `Identity.facts`."""

    hub: Callable[[Mapping[str, Any]], HubSide]
    device: Callable[[Mapping[str, Any]], DeviceSide]
