"""No gap and no double from a cursor to live, whatever happens at whatever `await` (hypothesis chooses)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.home.permission import Principal, Role, Via, moment
from jiahe.model.happening import Record, RecordKind
from jiahe.web import stream
from jiahe.web.sight import Sight
from jiahe.web.stream import Client, Streams

# what can happen while somebody waits: records are written, reach the disk, are told of (later, in order), or the
# client's rights change
THINGS = st.lists(st.sampled_from(["append", "append", "commit", "tell", "tell", "rights"]), max_size=6)
OWNER = Principal("p", "Mei", Role.OWNER, Via.SESSION)


class World:
    """A journal whose disk and whose voice lag behind as a plan says; every `await` in it lets the plan
    go on.
    """

    def __init__(self, before: int, plan: list[list[str]]) -> None:
        self.records_: list[Record] = []
        self.committed_seq = 0
        self.batches: list[list[Record]] = []
        self.callback = lambda records: None
        for _ in range(before):
            self.do("append")
        self.committed_seq = before
        self.plan = iter(plan)
        self.reads: list[int] = []
        self.client: Client | None = None

    @property
    def last_seq(self) -> int:
        return len(self.records_)

    def do(self, thing: str) -> None:
        if thing == "append":
            self.records_.append(Record(self.last_seq + 1, 0.0, RecordKind.UPDATE, {}))
        elif thing == "commit":
            self.commit(self.last_seq)
        elif thing == "rights":
            if self.client is not None:
                self.client.begin_anew()
        elif self.batches:
            self.callback(self.batches.pop(0))

    def commit(self, upto: int) -> None:
        if upto > self.committed_seq:
            self.batches.append(self.records_[self.committed_seq : upto])
            self.committed_seq = upto

    async def go_on(self) -> None:
        for thing in next(self.plan, []):
            self.do(thing)
        await asyncio.sleep(0)

    # the journal
    def on_commit(self, callback):
        self.callback = callback
        return lambda: None

    async def records(self, after, limit, device=None):
        await self.go_on()
        found = self.records_[after : self.committed_seq][:limit]
        self.reads.append(after)
        await self.go_on()
        return found

    # the view
    async def home(self, sight):
        cursor = self.last_seq
        await self.go_on()
        self.commit(cursor)
        await self.go_on()
        return {"cursor": cursor}

    # the socket
    async def send_frame(self, message, opcode):
        body = json.loads(message)
        if body["type"] == "snapshot":
            self.cursor = body["cursor"]
        elif body["type"] == "records":
            for record in body["records"]:
                assert record["seq"] == self.cursor + 1, f"{record['seq']} after {self.cursor}"
                self.cursor = record["seq"]
            assert body["cursor"] == self.cursor
        assert self.cursor <= self.committed_seq, "sent before it was on disk"
        await self.go_on()


async def _run(before: int, after: int | None, early: list[str], plan: list[list[str]]) -> None:
    world = World(before, plan)
    doors = SimpleNamespace(
        journal=world,
        store=SimpleNamespace(seen_since=lambda after: {}),
        clock=SimpleNamespace(now=lambda: 0.0, monotonic=lambda: 0.0),
    )
    doors.people = SimpleNamespace(changed=[])
    streams = Streams(doors, world, None)
    streams.start()
    for thing in early:
        world.do(thing)
    sight = Sight(OWNER, moment(0.0, UTC), None, None, None)
    client = world.client = Client(None, sight, world, None)
    world.cursor = after if after is not None else -1
    streams._clients.add(client)
    sender = asyncio.create_task(streams._send(client, after))
    while not client.live and not sender.done():
        await world.go_on()
    for _ in range(len(plan)):
        await world.go_on()
    for thing in ("append", "commit", *["tell"] * (len(world.batches) + 1)):
        world.do(thing)
    while (client.line or world.cursor < world.last_seq) and not sender.done():
        await asyncio.sleep(0)
    if sender.done():
        sender.result()
    sender.cancel()
    assert world.cursor == world.last_seq


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 12), st.none() | st.integers(0, 25), THINGS, st.lists(THINGS, max_size=30))
def test_no_gap_and_no_double(before, after, early, plan):
    kept = stream.PAGE, stream.RESUME_LIMIT
    stream.PAGE, stream.RESUME_LIMIT = 2, 8  # small, so that every branch is met in a short plan
    try:
        asyncio.run(asyncio.wait_for(_run(before, after, early, plan), 5))
    finally:
        stream.PAGE, stream.RESUME_LIMIT = kept
