"""An event loop whose time jumps to the next timer when nothing is left to do. Owns the jump; never real sockets.

A twin and its examiner live in one process and one thread over a network in memory, so nothing can arrive from
outside: when everybody waits, only a timer can go on. A run of minutes takes a second, and twice the same run is
the same to the last digit. A run that waits for nothing at all ends with StuckError.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from jiahe.model.errors import JiaheError

Result = TypeVar("Result")

EPOCH = 1_790_000_000.0
"""Epoch seconds at which a run in fast time begins: fixed, so that dates on the wire are the same each time."""
IDLE_LOOKS = 200
"""Looks of 10 ms for something from outside (a signal) where no timer is set: two seconds, then it is stuck."""


class StuckError(JiaheError):
    """Everybody waits for somebody else and no timer is set: a defect of the kit."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: tells the loop to jump instead."""

    loop: FastLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None:
            self.loop.jump(timeout)
            return []
        for _ in range(IDLE_LOOKS):
            ready = super().select(0.01)
            if ready:
                return ready
        raise StuckError("everybody waits and no timer is set")


class FastLoop(asyncio.SelectorEventLoop):
    """Time begins at 0 and stands still while code runs."""

    def __init__(self) -> None:
        self._at = 0.0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._at

    def jump(self, seconds: float) -> None:
        """Time passes."""
        self._at += seconds


class FastClock:
    """`model.clock.Clock` on the running loop."""

    def now(self) -> float:
        """Epoch seconds."""
        return EPOCH + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()


def run_fast(main: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, in fast time."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(main)
