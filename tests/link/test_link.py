"""The pump, from both ends: every ask ends once, whatever becomes of the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.link.tiny_session import RESEND, SECRET, TinySession
from tests.machines.virtual_time import Clock, VirtualTimeLoop, virtual_time

from jiahe.link.device_pump import DevicePump
from jiahe.link.link import WAITING, Link, Reply
from jiahe.link.pump import SOONEST
from jiahe.link.tap import Tap
from jiahe.model.errors import AuthError, LinkError
from jiahe.transport import memory
from jiahe.transport.transport import Server
from jiahe.wire.talk import (
    Act,
    Answer,
    Ask,
    Broken,
    Describe,
    Done,
    Event,
    Ignored,
    Opened,
    Read,
    Refusal,
    Refused,
    Reported,
    Role,
    Unanswered,
    Write,
)


@dataclass
class Stage:
    """A hub's link and a device on a network in memory."""

    answers: Callable[[int, Ask], Answer]
    datagrams: bool = False
    latency: float = 0.01
    key: str = "right"
    clock: Clock = field(default_factory=Clock)
    events: list[Event] = field(default_factory=list)
    devices: list[DevicePump] = field(default_factory=list)
    device_events: list[Event] = field(default_factory=list)
    ended: list[DevicePump] = field(default_factory=list)
    server: Server | None = None

    def __post_init__(self) -> None:
        self.network = memory.Network(datagrams=self.datagrams, latency=self.latency)
        self.tap = Tap(self.clock)
        self.session = TinySession(Role.HUB, key=self.key)
        self.link = Link(self.session, self.connect, self.clock, self.tap, self.events.append)

    async def connect(self, receiver: Any) -> Any:
        return await self.network.connect("device", 1, receiver)

    async def serve(self) -> None:
        self.server = await self.network.serve("device", 1, self._accept)

    def _accept(self, _peer: str) -> Any:
        device = DevicePump(
            TinySession(Role.DEVICE),
            self.clock,
            self.answers,
            on_event=self.device_events.append,
            on_ended=self.ended.append,
        )
        self.devices.append(device)
        return device.receiver

    async def ask(self, ask: Ask, seconds: float = 3.0) -> Reply:
        return await self.link.ask(ask, self.clock.monotonic() + seconds)

    def task(self, coroutine: Coroutine[Any, Any, Reply]) -> asyncio.Task[Reply]:
        return asyncio.get_running_loop().create_task(coroutine)


def says(**values: Any) -> Callable[[int, Ask], Answer]:
    return lambda _ticket, _ask: Answer(values=values)


async def opened(stage: Stage) -> Stage:
    await stage.serve()
    await stage.link.open(1.0)
    return stage


@virtual_time
async def test_open_gives_what_the_handshake_showed() -> None:
    stage = Stage(says())
    await stage.serve()
    assert await stage.link.open(1.0) == Opened({"version": "1"})
    assert stage.link.is_open
    assert stage.link.peer == "device:1"
    assert stage.device_events == [Opened()]
    assert stage.events == []


@virtual_time
async def test_a_reply_gathers_all_that_belongs_to_its_ask() -> None:
    def answers(_ticket: int, ask: Ask) -> Answer:
        if isinstance(ask, Describe):
            return Answer(facts={"model": "tiny"})
        if isinstance(ask, Act):
            return Answer(refusal=Refusal.UNSUPPORTED)
        return Answer(values={"a": 1}, faults={"b": Refusal.NOT_READABLE})

    stage = await opened(Stage(answers))
    read = await stage.ask(Read(("a", "b")))
    assert (read.values, read.faults) == ({"a": 1}, {"b": Refusal.NOT_READABLE})
    assert isinstance(read.ended, Done)
    assert (await stage.ask(Describe())).facts == {"model": "tiny"}
    assert isinstance((await stage.ask(Act("x"))).ended, Refused)
    assert [event.values for event in stage.events if isinstance(event, Reported)] == [{"a": 1}]


@virtual_time
async def test_on_event_hears_a_report_before_its_ask_returns() -> None:
    stage = await opened(Stage(says(a=1)))
    order: list[str] = []
    stage.link._on_event = lambda event: order.append("event")
    await stage.ask(Read(("a",)))
    order.append("returned")
    assert order == ["event", "returned"]


@virtual_time
async def test_asks_at_the_same_time_each_get_their_own() -> None:
    def answers(_ticket: int, ask: Ask) -> Answer:
        assert isinstance(ask, Read)
        return Answer(values={point: int(point) for point in ask.points})

    stage = await opened(Stage(answers))
    replies = await asyncio.gather(*(stage.ask(Read((str(number),))) for number in range(20)))
    assert [dict(reply.values) for reply in replies] == [{str(number): number} for number in range(20)]


@virtual_time
async def test_too_many_asks_at_once_are_refused_in_words() -> None:
    stage = await opened(Stage(says()))
    tasks = [stage.task(stage.ask(Read(("a",)))) for _ in range(WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(LinkError, match=f"{WAITING} asks are waiting"):
        await stage.ask(Read(("a",)))
    await asyncio.gather(*tasks)


@virtual_time
async def test_silence_ends_an_ask_at_its_deadline_after_resends() -> None:
    stage = await opened(Stage(says()))
    assert stage.server is not None
    sent_before = len(stage.tap.snapshot()["frames"])
    stage.network.latency = 1e9
    start = stage.clock.monotonic()
    reply = await stage.ask(Read(("a",)), seconds=1.7)
    assert isinstance(reply.ended, Unanswered)
    assert stage.clock.monotonic() - start == pytest.approx(1.7)
    assert len(stage.tap.snapshot()["frames"]) - sent_before == 1 + int(1.7 / RESEND)


@virtual_time
async def test_a_lost_transport_ends_every_ask_once_and_says_broken_once() -> None:
    stage = await opened(Stage(says()))
    tasks = [stage.task(stage.ask(Write({"a": number}))) for number in range(3)]
    await asyncio.sleep(0)
    assert stage.server is not None
    stage.server.close()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(end) for end in ended] == ["closed by the other side"] * 3
    assert all(isinstance(end, LinkError) for end in ended)
    assert stage.clock.monotonic() < 0.1
    await asyncio.sleep(30)
    assert [event for event in stage.events if isinstance(event, Broken)] == [
        Broken("closed by the other side")
    ]
    assert not stage.link.is_open
    with pytest.raises(LinkError, match="not open"):
        await stage.ask(Read(("a",)))


@virtual_time
async def test_broken_from_the_session_closes_the_way_and_nothing_comes_after_it() -> None:
    stage = await opened(Stage(says()))
    stage.network.latency = 0.2
    task = stage.task(stage.ask(Read(("a",))))
    await asyncio.sleep(0)
    stage.session.receive(b'["broken", "the key was dropped"]', 0.0)
    stage.link._pump.crank()
    with pytest.raises(LinkError, match="the key was dropped"):
        await task
    await asyncio.sleep(5)
    assert stage.events == [Broken("the key was dropped")]
    assert len(stage.ended) == 1


@virtual_time
async def test_close_ends_every_ask_quietly() -> None:
    stage = await opened(Stage(says()))
    task = stage.task(stage.ask(Read(("a",))))
    await asyncio.sleep(0)
    stage.link.close()
    stage.link.close()
    with pytest.raises(LinkError, match="closed"):
        await task
    await asyncio.sleep(5)
    assert stage.events == []
    assert len(stage.ended) == 1


@virtual_time
async def test_a_cancelled_ask_leaves_nothing_behind() -> None:
    stage = await opened(Stage(says(a=1)))
    task = stage.task(stage.ask(Read(("a",))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.link._waiting == {}
    assert (await stage.ask(Read(("a",)))).values == {"a": 1}
    assert [event.values for event in stage.events if isinstance(event, Reported)] == [{"a": 1}, {"a": 1}]


@virtual_time
async def test_a_wrong_key_is_an_auth_error_that_says_what_to_do() -> None:
    stage = Stage(says(), key="false")
    await stage.serve()
    with pytest.raises(AuthError, match="enter the key that is printed"):
        await stage.link.open(1.0)
    assert not stage.link.is_open
    assert stage.events == []


@virtual_time
async def test_nobody_there() -> None:
    stage = Stage(says())
    with pytest.raises(LinkError, match="connection refused"):
        await stage.link.open(1.0)


@virtual_time
async def test_a_silent_device_ends_open_at_its_timeout() -> None:
    stage = Stage(says(), datagrams=True)
    with pytest.raises(LinkError, match=r"device:1 did not answer within 1\.5 s"):
        await stage.link.open(1.5)
    assert stage.clock.monotonic() == pytest.approx(1.5)
    with pytest.raises(LinkError, match="lives once"):
        await stage.link.open(1.0)


@virtual_time
async def test_a_connection_that_ends_in_the_handshake_is_a_link_error() -> None:
    stage = Stage(says())
    stage.server = await stage.network.serve("device", 1, lambda _peer: _HangsUp())
    with pytest.raises(LinkError, match="closed by the other side"):
        await stage.link.open(1.0)
    assert stage.events == []


class _HangsUp:
    def connected(self, transport: Any) -> None:
        transport.close()

    def received(self, data: bytes) -> None: ...

    def lost(self, reason: str) -> None: ...


@virtual_time
async def test_pushes_reach_on_event() -> None:
    stage = await opened(Stage(says()))
    stage.devices[0].report({"a": 5})
    await asyncio.sleep(1)
    assert stage.events == [Reported({"a": 5})]


@virtual_time
async def test_bytes_that_are_not_believed_are_counted_and_noted_in_the_tap() -> None:
    stage = await opened(Stage(says()))
    stage.link._pump.received(b"\xff\x00 rubbish")
    assert stage.events == [Ignored("not JSON", b"\xff\x00 rubbish")]
    snapshot = stage.tap.snapshot()
    assert snapshot["counters"] == {"not JSON": 1}
    assert snapshot["frames"][-1]["note"] == "not JSON"
    assert snapshot["frames"][-1]["direction"] == "in"


@virtual_time
async def test_the_tap_never_sees_a_secret() -> None:
    stage = await opened(Stage(says()))
    frames = stage.tap.snapshot()["frames"]
    assert frames[0]["direction"] == "out"
    assert b"hello" in bytes.fromhex(frames[0]["hex"])
    assert all(SECRET not in bytes.fromhex(frame["hex"]) for frame in frames)


@virtual_time
async def test_a_defect_in_a_session_ends_the_conversation_and_is_shown() -> None:
    stage = await opened(Stage(says()))
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: seen.append(context))
    task = stage.task(stage.ask(Read(("a",))))
    await asyncio.sleep(0)
    stage.link._pump.received(b'["defect"]')
    with pytest.raises(LinkError, match=r"a defect on our side \(ZeroDivisionError\)"):
        await task
    assert isinstance(seen[0]["exception"], ZeroDivisionError)
    assert [type(event) for event in stage.events] == [Broken]


@virtual_time
async def test_on_event_may_close_the_link() -> None:
    stage = await opened(Stage(says(a=1)))
    stage.link._on_event = lambda _event: stage.link.close()
    with pytest.raises(LinkError, match="closed"):
        await stage.ask(Read(("a",)))


@virtual_time
async def test_a_session_that_wants_to_be_woken_in_the_past_does_not_spin() -> None:
    stage = await opened(Stage(says()))
    stage.session.wake_anyway = -1.0
    stage.link._pump.crank()
    await asyncio.sleep(0.1)
    assert 2 <= len(stage.session.woken) <= 0.1 / SOONEST + 2


@virtual_time
async def test_one_timer_serves_a_thousand_asks() -> None:
    stage = await opened(Stage(says(a=1), latency=0.0))
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    for _ in range(1000):
        await stage.ask(Read(("a",)))
    assert len(loop._scheduled) <= 2  # type: ignore[attr-defined]


@virtual_time
async def test_a_day_of_polling_passes_in_a_moment() -> None:
    stage = await opened(Stage(says(a=1)))
    for _ in range(24 * 60):
        await stage.ask(Read(("a",)))
        await asyncio.sleep(60)
    assert stage.clock.monotonic() > 86400
