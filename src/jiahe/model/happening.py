"""What is said in the house: updates, commands, outcomes, causes and the records that keep them.

Owns their shapes; never reads a clock and never makes an id by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from jiahe.model.definition import MAIN, Value


class PropertyRef(NamedTuple):
    """One value in the home: device id and property path (`power`, `freezer.target_temperature`)."""

    device: str
    path: str

    @property
    def component(self) -> str:
        return self.path.rpartition(".")[0] or MAIN

    def __str__(self) -> str:
        return f"{self.device}/{self.path}"


class Quality(StrEnum):
    """How far a value can be believed."""

    GOOD = "good"  # the device said it, within its own cadence
    UNKNOWN = "unknown"  # never said, or said something that has no meaning; `raw` has it
    ASSUMED = "assumed"  # the device cannot report it; this is what we last wrote
    STALE = "stale"  # was good, and stopped arriving


class Actor(StrEnum):
    """Who can begin something."""

    DEVICE = "device"
    PERSON = "person"
    AGENT = "agent"
    RULE = "rule"
    COMFORT = "comfort"
    FLEET = "fleet"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something happened. `source` names who (a person's name, a device id); `parent` is the id of the cause before.

    `who` is the id of the person or token for whom it is done, so that permission can be asked; it is in no record.
    """

    id: str
    kind: Actor
    source: str
    parent: str | None = None
    who: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PropertyUpdate:
    """A device's word about one property. `observed_at` is in epoch seconds; `raw` is what stood on the wire."""

    ref: PropertyRef
    value: Value
    quality: Quality
    observed_at: float
    cause: Cause
    raw: Value = None


@dataclass(frozen=True, slots=True)
class Command:
    """A wish: a property's new value (`value`) or an action (`arguments`, in the order of its definition).

    `issued_at` and `deadline` are epoch seconds.
    """

    id: str
    target: PropertyRef
    cause: Cause
    issued_at: float
    deadline: float
    value: Value = None
    arguments: tuple[Value, ...] | None = None

    @property
    def is_action(self) -> bool:
        return self.arguments is not None


class Status(StrEnum):
    """How a command ended; there is no other end, and exactly one for each command."""

    CONFIRMED = "confirmed"  # the device itself reported the new value (an action: acknowledged it)
    REFUSED = "refused"  # somebody said no: permission, definition, or the device
    FAILED = "failed"  # it could not be carried to the device, or the device reports otherwise
    TIMED_OUT = "timed_out"  # no word by the deadline
    SUPERSEDED = "superseded"  # a newer command for the same property came before this one was sent


class Verdict(NamedTuple):
    """How a driver's exchange ended, before it becomes an Outcome."""

    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The one end of a command. `reason` is a sentence for a person, empty when confirmed; `at` is epoch seconds."""

    command: str
    status: Status
    reason: str
    at: float


class Reach(StrEnum):
    """Whether a device can be operated now."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    LOCKED_OUT = "locked_out"  # it answers, but our token or key is not the right one


@dataclass(frozen=True, slots=True)
class Availability:
    """`since` is epoch seconds; `reason` is a sentence that says what to do, empty when online."""

    state: Reach
    since: float
    reason: str = ""


class RecordKind(StrEnum):
    """The kinds of record in the journal; each body's keys are listed in docs/architecture.md."""

    UPDATE = "update"
    EVENT = "event"
    COMMAND = "command"
    OUTCOME = "outcome"
    AVAILABILITY = "availability"
    RULE = "rule"  # what a rule decided, and why; also that a scene ended
    COMFORT = "comfort"  # what comfort noticed, learned or decided, and why
    HOME = "home"  # a device adopted, renamed, moved, removed; a room changed; the home's mode
    SECURITY = "security"  # a login, a token, a refusal
    SYSTEM = "system"  # hub started, stopped, lost a subscriber, repaired something


@dataclass(frozen=True, slots=True)
class Record:
    """The journal's one row type. `seq` grows by one and is the cursor; `at` is epoch seconds; `body` is JSON."""

    seq: int
    at: float
    kind: RecordKind
    body: Mapping[str, Any] = field(default_factory=dict)
