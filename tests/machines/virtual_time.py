"""An event loop whose time jumps to the next timer when nothing is left to do: a day passes in a second.

    @virtual_time
    async def test_something() -> None:
        await asyncio.sleep(86400)

Time starts at 0 and stands still while code runs; `Clock` reads it. Work in other threads (the loop's own
executor is watched by itself; others are named by `loop.busy`) holds time back until it is done. When
everybody waits and no timer is set, the test fails after GRACE real seconds instead of hanging.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

GRACE = 3.0
EPOCH = 1_790_000_000.0

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
Events = list[tuple[selectors.SelectorKey, int]]


class StuckError(RuntimeError):
    """Everybody waits for somebody else and no timer is set."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits for a timer: tells the loop's time to jump instead."""

    loop: VirtualTimeLoop

    def select(self, timeout: float | None = None) -> Events:
        ready: Events = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        given_up = time.monotonic() + GRACE
        while self.loop.holds():
            ready = super().select(0.01)
            if ready:
                return ready
            if time.monotonic() > given_up + 60:
                raise StuckError("work in another thread did not end")
        if timeout is None:
            ready = super().select(GRACE)
            if not ready:
                raise StuckError("everybody waits and no timer is set")
            return ready
        self.loop.jump(timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`busy` may be set to a callable that says whether a foreign thread still works for this loop."""

    def __init__(self) -> None:
        self._virtual = 0.0
        self._executing = 0
        self.busy: Callable[[], bool] = lambda: False
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self._virtual

    def jump(self, seconds: float) -> None:
        self._virtual += seconds

    def holds(self) -> bool:
        """Whether a thread works for this loop, so that time must not run ahead of it."""
        return self._executing > 0 or self.busy()

    def run_in_executor(  # type: ignore[override]  # the stub's own form needs TypeVarTuple syntax of 3.11 and up
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        self._executing += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._executed)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Waits in real time, and without the end that newer Pythons set in the loop's time."""
        self._executing += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self._executing -= 1

    def _executed(self, _future: Any) -> None:
        self._executing -= 1


class Clock:
    """`model.clock.Clock` on the running loop: epoch seconds start at EPOCH; `set_back` moves only the
    wall time."""

    def __init__(self, epoch: float = EPOCH) -> None:
        self.epoch = epoch

    def now(self) -> float:
        return self.epoch + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def set_back(self, seconds: float) -> None:
        self.epoch -= seconds


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def virtual_time(test: Callable[Arguments, Coroutine[Any, Any, Result]]) -> Callable[Arguments, Result]:
    """Makes an async test a plain one that runs in virtual time."""

    @functools.wraps(test)
    def plain(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return run(test(*args, **kwargs))

    # pytest-asyncio looks through __wrapped__ and would run it in a loop of its own; pytest needs the
    # arguments' names.
    vars(plain).pop("__wrapped__")
    vars(plain)["__signature__"] = inspect.signature(test)
    return plain
