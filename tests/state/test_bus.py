"""Readers of the stream: everything in order and once, or told so."""

from __future__ import annotations

import asyncio

import pytest
from tests.machines.virtual_time import virtual_time

from jiahe.model.happening import Record, RecordKind
from jiahe.state.bus import Bus, Lagged


def records(first: int, last: int) -> list[Record]:
    return [Record(seq, 0.0, RecordKind.UPDATE) for seq in range(first, last + 1)]


@virtual_time
async def test_every_record_once_and_in_order() -> None:
    bus, got = Bus(), []
    bus.publish(records(1, 5))
    with bus.subscribe() as reader:
        assert reader.cursor == 5

        async def read() -> None:
            while len(got) < 100:
                got.extend(await reader.take())

        task = asyncio.create_task(read())
        for seq in range(6, 106, 5):
            bus.publish(records(seq, seq + 4))
            if seq % 2:
                await asyncio.sleep(0)
        await task
        assert [record.seq for record in got] == list(range(6, 106))
        assert reader.cursor == 105


@virtual_time
async def test_a_reader_that_falls_behind_is_told_each_time_it_asks() -> None:
    bus = Bus()
    with bus.subscribe(limit=10) as slow, bus.subscribe() as quick:
        bus.publish(records(1, 4))
        assert len(await slow.take()) == 4
        bus.publish(records(5, 14))
        bus.publish(records(15, 15))
        bus.publish(records(16, 17))
        for _ in range(2):
            with pytest.raises(Lagged) as lag:
                async with asyncio.timeout(1):
                    await slow.take()
            assert lag.value.cursor == 4
        assert [record.seq for record in await quick.take()] == list(range(1, 18))


@virtual_time
async def test_a_reader_that_waits_wakes_and_a_cancelled_wait_loses_nothing() -> None:
    bus = Bus()
    with bus.subscribe() as reader:
        waiting = asyncio.create_task(reader.take())
        await asyncio.sleep(0)
        bus.publish(records(1, 1))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert [record.seq for record in await reader.take()] == [1]
        bus.publish([])
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await reader.take()


@virtual_time
async def test_who_has_gone_is_not_told() -> None:
    bus = Bus()
    with bus.subscribe(limit=1) as reader:
        pass
    bus.publish(records(1, 5))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await reader.take()
    assert bus._subscriptions == set()


@virtual_time
async def test_exactly_the_limit_is_not_too_much() -> None:
    bus = Bus()
    with bus.subscribe(limit=10) as reader:
        bus.publish(records(1, 10))
        assert len(await reader.take()) == 10
