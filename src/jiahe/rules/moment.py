"""What goes into the engine and what comes out: a view of the home, happenings, orders, decisions.

Owns these shapes; never decides anything. All times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from jiahe.model.definition import Value
from jiahe.model.happening import Cause, PropertyRef, Quality, Status
from jiahe.rules.rule import HomeMode


class Seen(Protocol):
    """A property as it is known; the store's own Reading is one."""

    @property
    def value(self) -> Value: ...
    @property
    def quality(self) -> Quality: ...
    @property
    def observed_at(self) -> float: ...


class Reading(NamedTuple):
    """A Seen for those who have no store: tests, replay."""

    value: Value
    quality: Quality
    observed_at: float


class View(Protocol):
    """The home as it is once the happening has happened."""

    @property
    def mode(self) -> HomeMode: ...
    def get(self, ref: PropertyRef, /) -> Seen | None: ...


# ---- happenings ------------------------------------------------------------------------------------------------


class Change(NamedTuple):
    """One property's new reading, and the one before it (None: never known)."""

    ref: PropertyRef
    old: Seen | None
    new: Seen


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a device: all that it changed. In the journal: neighbouring updates with the same cause."""

    changes: tuple[Change, ...]
    cause: Cause


@dataclass(frozen=True, slots=True)
class EventHappened:
    device: str
    event: str
    arguments: Mapping[str, Value]
    cause: Cause


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """The outcome of a command that an Order became. `order` is the order's id."""

    order: str
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """The view's mode has become this; `was` is what it was before, None where nobody knows."""

    mode: HomeMode
    cause: Cause
    was: HomeMode | None = None


@dataclass(frozen=True, slots=True)
class RuleEnded:
    """A rule's run ended. The engine tells itself of its own rules; this is for tests and for other engines."""

    rule: str
    ending: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class HubStarted:
    cause: Cause


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody starts a rule by hand; its `if` is looked at only where `checked`."""

    rule: str
    cause: Cause
    checked: bool = False


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time."""


Happening = Report | EventHappened | OrderEnded | ModeChanged | RuleEnded | HubStarted | Called | TimePassed


# ---- decisions -------------------------------------------------------------------------------------------------


class OrderKind(StrEnum):
    SET = "set"
    DO = "do"
    MODE = "mode"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Order:
    """What a rule wants done now.

    `run` names the run of the rule, and is the id of its cause; `parent` is the id of the cause that triggered it,
    None where only time did. SET has target and value, DO target and arguments, MODE the mode as `value`, NOTIFY a
    person as `who` and `text` (`texts` by language, where the rule says it in several). `scene` is the scene that it is part of. `line` is where its step stands in the file.
    """

    id: str
    rule: str
    run: str
    kind: OrderKind
    line: int
    target: PropertyRef | None = None
    value: Value = None
    arguments: tuple[Value, ...] | None = None
    who: str = ""
    text: str = ""
    scene: str = ""
    parent: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """`commands` in order; `wake_at` is when `decide` wants to be called again at the latest (None: never);
    `trace` says why and why not, as plain JSON data (see `trace.py`)."""

    commands: tuple[Order, ...] = ()
    wake_at: float | None = None
    trace: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class Table:
    """A View in a dictionary, for tests and replay."""

    mode: HomeMode = HomeMode.HOME
    readings: dict[PropertyRef, Seen] = field(default_factory=dict)

    def get(self, ref: PropertyRef, /) -> Seen | None:
        return self.readings.get(ref)
