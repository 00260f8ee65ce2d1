"""What comfort is shown and what it says: readings of the store in, orders and notes out. Words only; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from jiahe.comfort.reason import Reason
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality


class Seen(Protocol):
    """A value as the store knows it; `observed_at` in epoch seconds."""

    @property
    def value(self) -> Value: ...
    @property
    def quality(self) -> Quality: ...
    @property
    def observed_at(self) -> float: ...


View = Callable[[PropertyRef], Seen | None]
"""The home as it is."""
Reached = Callable[[str], bool]
"""Whether a device is online."""


@dataclass(frozen=True, slots=True)
class Order:
    """A value that a device shall have, for the sake of `feature` (climate, sleep, air) in `room`."""

    ref: PropertyRef
    value: Value
    feature: str
    room: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be written down: `what` is sleep, climate, air, advice, learned or fault; `about` a person's id or a room's."""

    what: str
    about: str
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Step:
    """What one look at the home came to."""

    orders: list[Order] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, other: Step) -> None:
        """Takes another's in."""
        self.orders += other.orders
        self.notes += other.notes

    def about(self, order: Order) -> str:
        """Of whom or what the note tells that is an order's cause: its room's, or one with the very same reason (a sleeper's)."""
        alike = (
            note.about
            for note in self.notes
            if note.what == order.feature and order.reasons and note.reasons[:1] == order.reasons[:1]
        )
        of_room = any(note.what == order.feature and note.about == order.room for note in self.notes)
        return order.room if of_room else next(alike, order.room)


def number(seen: Seen | None) -> float | None:
    """The number that may be believed now; None for what is stale, unknown or no number."""
    if seen is None or seen.quality is not Quality.GOOD or isinstance(seen.value, bool):
        return None
    return float(seen.value) if isinstance(seen.value, int | float) else None


def flag(seen: Seen | None) -> bool | None:
    """The yes or no that may be believed now."""
    good = seen is not None and seen.quality in (Quality.GOOD, Quality.ASSUMED)
    return seen.value if seen is not None and good and isinstance(seen.value, bool) else None


def word(seen: Seen | None) -> str | None:
    """The word that may be believed now."""
    good = seen is not None and seen.quality in (Quality.GOOD, Quality.ASSUMED)
    return seen.value if seen is not None and good and isinstance(seen.value, str) else None
