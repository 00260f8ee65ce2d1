"""Dispatch against the slow and obvious model, over random schedules of wishes, routes and a closing hub."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.machines import virtual_time
from tests.state.house import ME, House, profile_of

from jiahe.model.happening import Command, Outcome, PropertyRef, RecordKind, Status, Verdict
from jiahe.state import dispatch as module
from jiahe.state.dispatch import Dispatch

LIMIT = 3


@dataclass(frozen=True)
class Wish:
    """At `at` a command for `target`; the route takes `lasts` and ends in `how`. Milliseconds."""

    at: int
    device: str
    path: str
    timeout: int
    lasts: int
    how: str


WISHES = st.lists(
    st.builds(
        Wish,
        at=st.integers(0, 8_000),
        device=st.sampled_from(["lamp", "lamp", "fan"]),
        path=st.sampled_from(["power", "level", "toggle"]),
        timeout=st.integers(50, 8_000),
        lasts=st.integers(0, 8_000),
        how=st.sampled_from(["answers", "answers", "refuses", "raises", "cancels", "hangs"]),
    ),
    min_size=1,
    max_size=16,
    unique_by=lambda wish: wish.at,
).map(lambda wishes: sorted(wishes, key=lambda wish: wish.at))
VERDICTS = {"answers": Status.CONFIRMED, "refuses": Status.REFUSED, "raises": Status.FAILED,
            "cancels": Status.FAILED}  # fmt: skip


@dataclass
class Entry:
    number: int
    wish: Wish
    begun: int | None = None
    status: Status | None = None
    at: int = 0

    def next_event(self) -> tuple[int, Status]:
        """When and how this one ends if nothing else happens: at its deadline, or by its route."""
        late = (self.wish.at + self.wish.timeout, Status.TIMED_OUT)
        if self.begun is None or self.wish.how == "hangs":
            return late
        done = (self.begun + self.wish.lasts, VERDICTS[self.wish.how])
        assume(done[0] != late[0])  # two things in one instant have no promised order
        return min(late, done)


class Model:
    """One list a device, searched whole each time."""

    def __init__(self, wishes: list[Wish], closing: int | None) -> None:
        self.entries = [Entry(number, wish) for number, wish in enumerate(wishes)]
        self.lines: dict[str, list[Entry]] = {"lamp": [], "fan": []}
        coming = list(self.entries)
        closed = False
        while True:
            events: list[tuple[int, str, Entry | None]] = [
                (entry.next_event()[0], "ends", entry) for line in self.lines.values() for entry in line
            ]
            if coming:
                events.append((coming[0].wish.at, "comes", coming[0]))
            if closing is not None and not closed:
                events.append((closing, "closes", None))
            if not events:
                return
            now, what, entry = min(events, key=lambda event: event[0])
            assume(sum(moment == now for moment, _, _ in events) == 1)
            if entry is None:
                closed = True
                for one in [*self.lines["lamp"], *self.lines["fan"]]:
                    self.end(one, Status.FAILED, now)
            elif what == "ends":
                self.end(entry, entry.next_event()[1], now)
            elif closed:
                coming.pop(0)
                self.end(entry, Status.REFUSED, now)
            else:
                coming.pop(0)
                self.comes(entry, now)
            for line in self.lines.values():
                if line and line[0].begun is None and not closed:
                    line[0].begun = now

    def comes(self, entry: Entry, now: int) -> None:
        line = self.lines[entry.wish.device]
        waiting = [older for older in line if older.begun is None]
        for older in waiting:
            if older.wish.path == entry.wish.path != "toggle":
                self.end(older, Status.SUPERSEDED, now)
        if sum(older.begun is None for older in line) >= LIMIT:
            self.end(entry, Status.REFUSED, now)
        else:
            line.append(entry)

    def end(self, entry: Entry, status: Status, now: int) -> None:
        entry.status, entry.at = status, now
        line = self.lines[entry.wish.device]
        if entry in line:
            line.remove(entry)


async def happened(wishes: list[Wish], closing: int | None) -> tuple[list[Outcome], House, list[int]]:
    house = House()
    numbers: dict[str, int] = {}
    sent: list[int] = []
    busy: set[str] = set()

    async def route(command: Command) -> Verdict:
        number = numbers[command.id]
        wish = wishes[number]
        assert wish.device not in busy, "two under way at one device"
        busy.add(wish.device)
        sent.append(number)
        try:
            await asyncio.sleep(wish.lasts / 1000 if wish.how != "hangs" else 1e6)
        finally:
            busy.discard(wish.device)
        if wish.how == "raises":
            raise RuntimeError("a bug")
        if wish.how == "cancels":
            raise asyncio.CancelledError
        return Verdict(Status.CONFIRMED if wish.how == "answers" else Status.REFUSED, "")

    dispatch = Dispatch(house.clock, house.store, house.book, profile_of, route, lambda *_: "", house.new_id)
    loop = asyncio.get_running_loop()
    commands: list[Command] = []

    def submit(number: int, wish: Wish) -> None:
        action = wish.path == "toggle"
        command = dispatch.submit(
            PropertyRef(wish.device, wish.path),
            ME,
            value=None if action else (True if wish.path == "power" else number),
            arguments=[] if action else None,
            timeout=wish.timeout / 1000,
        )
        numbers[command.id] = number
        commands.append(command)

    async def close() -> None:
        if closing is not None:
            await asyncio.sleep(closing / 1000)
            await dispatch.close()

    closer = asyncio.create_task(close())
    for number, wish in enumerate(wishes):
        await asyncio.sleep(wish.at / 1000 - loop.time())
        submit(number, wish)
    outcomes = [await dispatch.outcome(command.id) for command in commands]
    await closer
    await dispatch.close()
    assert dispatch._open == {}
    return outcomes, house, sent


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(WISHES, st.none() | st.integers(0, 12_000))
def test_as_the_model_says(wishes: list[Wish], closing: int | None) -> None:
    model = Model(wishes, closing).entries
    limit, module.WAITING_LIMIT = module.WAITING_LIMIT, LIMIT
    try:
        outcomes, house, sent = virtual_time.run(happened(wishes, closing))
    finally:
        module.WAITING_LIMIT = limit
    for entry, outcome in zip(model, outcomes, strict=True):
        assert outcome.status is entry.status, entry
        assert abs(outcome.at - virtual_time.EPOCH - entry.at / 1000) < 1e-5, entry
        assert outcome.at <= virtual_time.EPOCH + (entry.wish.at + entry.wish.timeout) / 1000 + 1e-5
    by_device = {"lamp": [number for number in sent if wishes[number].device == "lamp"],
                 "fan": [number for number in sent if wishes[number].device == "fan"]}  # fmt: skip
    for device, numbers in by_device.items():
        begun = [e for e in model if e.begun is not None and e.wish.device == device]
        assert numbers == [e.number for e in sorted(begun, key=lambda e: e.begun or 0)]
    begun_ids = [record.body["id"] for record in house.book.of(RecordKind.COMMAND)]
    ended_ids = [record.body["command"] for record in house.book.of(RecordKind.OUTCOME)]
    assert sorted(begun_ids) == sorted(ended_ids)
    assert len(set(ended_ids)) == len(ended_ids) == len(wishes)
    assert house.store._waiting == {}
