"""One call of `decide`: what it collects and what everybody in it looks at. Owns the bounds of a single turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from jiahe.model.happening import PropertyRef
from jiahe.rules.moment import Happening, Order, Seen, View
from jiahe.rules.rule import HomeMode

MOST_FOLLOW_UPS = 1_000
"""Ends of rules and changes of mode that one turn may set off in itself: a chain of rules is 3 long, a circle has no end."""


class Before:
    """The view as it was before a report."""

    def __init__(
        self, view: View, old: Mapping[PropertyRef, Seen | None], mode: HomeMode | None = None
    ) -> None:
        self._view, self._old = view, old
        self.mode = mode or view.mode

    def get(self, ref: PropertyRef, /) -> Seen | None:
        return self._old[ref] if ref in self._old else self._view.get(ref)


class Turn:
    """`view` is the home as the rest of this turn sees it; `entries` and `orders` grow into the Decision."""

    def __init__(self, view: View, now: float) -> None:
        self.view: View = view
        self.now = now
        self.orders: list[Order] = []
        self.entries: list[dict[str, Any]] = []
        self.follow_ups: deque[Happening] = deque()
        self.dropped = 0
        self._followed = 0

    def follow(self, happening: Happening) -> None:
        """Something that this turn itself set off; comes after what is going on now."""
        self._followed += 1
        if self._followed > MOST_FOLLOW_UPS:
            self.dropped += 1
        else:
            self.follow_ups.append(happening)

    def enter(self, mode: HomeMode) -> None:
        """A rule set the mode: conditions after it see that."""
        self.view = Before(self.view, {}, mode)
