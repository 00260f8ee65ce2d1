"""Who wants to know: bounded subscriptions to committed records.

Owns the bound and what happens at it; never keeps a record for longer than its readers take. A reader that falls
behind is told so and comes back by its cursor: nothing is dropped silently, and nobody's slowness is anybody else's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from jiahe.model.happening import Record

QUEUE_LIMIT = 2_000
"""Records one reader may be behind, about 0.5 MB: more than a phone's pause, less than a stopped phone costs."""


class Lagged(Exception):
    """The reader fell behind; what it has not taken is dropped, and `cursor` is the last record it was given."""

    def __init__(self, cursor: int) -> None:
        self.cursor = cursor
        super().__init__(f"fell behind after record {cursor}; read on from there in the journal")


class Subscription:
    """One reader's place in the stream of records. Use as a context manager."""

    def __init__(self, bus: Bus, limit: int, cursor: int) -> None:
        self._bus, self._limit, self.cursor = bus, limit, cursor
        self._queue: deque[Record] = deque()
        self._filled = asyncio.Event()
        self._lagged = False

    def offer(self, records: Sequence[Record]) -> None:
        """The bus's side: puts records into the queue, or marks the reader as lagged."""
        if self._lagged:
            return
        if len(self._queue) + len(records) > self._limit:
            self._lagged = True
            self._queue.clear()
        else:
            self._queue.extend(records)
        self._filled.set()

    async def take(self) -> list[Record]:
        """Everything that has come since the last call, in order; waits for the first. Raises Lagged, then always."""
        await self._filled.wait()
        if self._lagged:
            raise Lagged(self.cursor)
        self._filled.clear()
        records = list(self._queue)
        self._queue.clear()
        if records:
            self.cursor = records[-1].seq
        return records

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.drop(self)


class Bus:
    """Tells every subscription of every committed record, in order."""

    def __init__(self, last_seq: int = 0) -> None:
        """`last_seq` is the last record committed before this bus was made."""
        self._subscriptions: set[Subscription] = set()
        self._last_seq = last_seq

    def publish(self, records: Sequence[Record]) -> None:
        """Called by the journal after each commit, with what is now on disk."""
        if records:
            self._last_seq = records[-1].seq
            for subscription in tuple(self._subscriptions):
                subscription.offer(records)

    def subscribe(self, limit: int = QUEUE_LIMIT) -> Subscription:
        """A place in the stream from now on; its cursor is the last record published so far."""
        subscription = Subscription(self, limit, self._last_seq)
        self._subscriptions.add(subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
