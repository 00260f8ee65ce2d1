"""The machine that tests stand on is tested itself: time jumps, but never past work that is not done."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from tests.machines import virtual_time as machine
from tests.machines.virtual_time import EPOCH, Clock, StuckError, VirtualTimeLoop, run, virtual_time


def test_a_day_passes_in_a_moment_and_timers_keep_their_order() -> None:
    order: list[float] = []

    async def day() -> float:
        loop = asyncio.get_running_loop()
        for at in (86400.0, 1.0, 3600.0):
            loop.call_at(at, order.append, at)
        await asyncio.sleep(86401)
        return loop.time()

    start = time.monotonic()
    assert run(day()) == 86401
    assert time.monotonic() - start < 5
    assert order == [1.0, 3600.0, 86400.0]


@virtual_time
async def test_time_stands_still_while_code_runs() -> None:
    loop = asyncio.get_running_loop()
    for _ in range(1000):
        await asyncio.sleep(0)
    assert loop.time() == 0


@virtual_time
async def test_a_clock_can_be_set_back_without_its_monotonic_side() -> None:
    clock = Clock()
    await asyncio.sleep(10)
    clock.set_back(3600)
    assert clock.now() == EPOCH + 10 - 3600
    assert clock.monotonic() == 10


@virtual_time
async def test_work_in_the_executor_holds_time_back() -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.create_task(asyncio.sleep(1))
    await loop.run_in_executor(None, time.sleep, 0.05)
    assert not deadline.done()
    assert loop.time() == 0
    deadline.cancel()


@virtual_time
async def test_a_foreign_thread_holds_time_back_by_busy() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    done = asyncio.Event()
    working = True

    def work() -> None:
        nonlocal working
        time.sleep(0.05)
        working = False
        loop.call_soon_threadsafe(done.set)

    loop.busy = lambda: working
    threading.Thread(target=work).start()
    async with asyncio.timeout(0.5):
        await done.wait()


def test_everybody_waiting_for_nothing_fails_instead_of_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "GRACE", 0.05)

    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StuckError, match="no timer is set"):
        run(wait())
