"""A peer that says far more than it is asked for holds up nobody."""

from __future__ import annotations

import asyncio
import json

from tests.link.test_link import Stage as LinkStage
from tests.link.test_link import opened, says
from tests.machines.virtual_time import virtual_time

from jiahe.link.flood import A_SECOND, BURST
from jiahe.wire.talk import Broken, Done, Read, Reported

PUSH = json.dumps(["push", {"a": 1}]).encode()
COST = 1 + len(PUSH) / 256


@virtual_time
async def test_a_flood_ends_the_connection_with_words() -> None:
    stage = await opened(LinkStage(says()))
    for _ in range(100_000):
        stage.link._pump.received(PUSH)
    assert isinstance(stage.events[-1], Broken)
    assert "floods" in stage.events[-1].text
    heard = [event for event in stage.events if isinstance(event, Reported)]
    assert BURST / COST * 0.95 <= len(heard) <= BURST / COST * 1.1
    assert not stage.link.is_open


@virtual_time
async def test_bytes_count_as_well_as_frames() -> None:
    stage = await opened(LinkStage(says()))
    stage.link._pump.received(bytes(1 << 20))
    assert isinstance(stage.events[-1], Broken)


@virtual_time
async def test_a_busy_device_is_no_flood() -> None:
    stage = await opened(LinkStage(says()))
    for _ in range(100):
        for _ in range(int(A_SECOND / COST * 0.9)):
            stage.link._pump.received(PUSH)
        await asyncio.sleep(1)
    assert stage.link.is_open


@virtual_time
async def test_answers_to_what_we_ask_are_no_flood() -> None:
    stage = await opened(LinkStage(says(a=1), latency=0.0001))
    for _ in range(5_000):  # in one second of the network's time
        reply = await stage.ask(Read(("a",)))
        assert isinstance(reply.ended, Done)
    assert stage.link.is_open
