"""The only real clock of the house. Owns nothing; every other room takes a Clock as an argument."""

from __future__ import annotations

import asyncio
import time


class LoopClock:
    """Wall time, and the running loop's own monotonic time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return self._loop.time()
