"""What is to be looked at when: a heap of moments with lazy removal. Owns the order; never a decision."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Due(NamedTuple, Generic[Key]):
    """A moment and what it is for."""

    at: float
    key: Key


class Timers(Generic[Key]):
    """Each key has at most one moment; setting it again moves it."""

    def __init__(self) -> None:
        self._at: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._count = 0

    def set(self, key: Key, at: float) -> None:
        if self._at.get(key) == at:
            return
        self._at[key] = at
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, key))

    def clear(self, key: Key) -> None:
        self._at.pop(key, None)

    @property
    def next(self) -> float | None:
        """The earliest moment; None where there is none."""
        heap = self._heap
        while heap:
            at, _, key = heap[0]
            if self._at.get(key) == at:
                return at
            heapq.heappop(heap)
        return None

    def take(self, now: float, sort: Callable[[Key], tuple[str, int]]) -> list[Due[Key]]:
        """Removes and gives all that is due; equal moments in the order of `sort`, whenever they were set."""
        due: list[Due[Key]] = []
        while (at := self.next) is not None and at <= now:
            key = heapq.heappop(self._heap)[2]
            del self._at[key]
            due.append(Due(at, key))
        due.sort(key=lambda one: (one.at, sort(one.key)))
        return due

    def rebuild(self, shift: Callable[[Key, float], float]) -> None:
        """Moves every moment: the clock was set."""
        moved = {key: shift(key, at) for key, at in self._at.items()}
        self._at, self._heap, self._count = {}, [], 0
        for key, at in moved.items():
            self.set(key, at)
