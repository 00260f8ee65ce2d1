"""The one door out: exactly one outcome for each command, by its deadline, in the right order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.machines.virtual_time import virtual_time
from tests.state.house import CLEAN, LEVEL, ME, POWER, TEMPERATURE, TOGGLE, House, profile_of

from jiahe.model.errors import OutOfDefinition, StoreError, UnknownName
from jiahe.model.happening import Cause, Command, Outcome, PropertyRef, RecordKind, Status, Verdict
from jiahe.state import dispatch as module
from jiahe.state.dispatch import LONGEST_TIMEOUT, WAITING_LIMIT, Dispatch

CONFIRMED = Verdict(Status.CONFIRMED)
FAN = PropertyRef("fan", "power")


class Stage(House):
    """A house whose way out is a function of the test."""

    def __init__(self, route: Callable[[Command], Awaitable[Verdict]] | None = None) -> None:
        super().__init__()
        self.sent: list[tuple[float, Command]] = []
        self.refusal: Callable[[Cause, PropertyRef], str] = lambda cause, target: ""
        self.route = route or self.answer_at_once
        self.dispatch = Dispatch(
            self.clock, self.store, self.book, profile_of, self._routed,
            self._permit, self.new_id,
        )  # fmt: skip

    def _permit(self, cause: Cause, target: PropertyRef) -> str:
        return self.refusal(cause, target)

    async def _routed(self, command: Command) -> Verdict:
        self.sent.append((asyncio.get_running_loop().time(), command))
        return await self.route(command)

    async def answer_at_once(self, _command: Command) -> Verdict:
        return CONFIRMED

    async def ended(self, command: Command) -> Outcome:
        return await self.dispatch.outcome(command.id)

    def submit(self, target: PropertyRef = POWER, value: Any = True, **more: Any) -> Command:
        return self.dispatch.submit(target, ME, value=value, **more)


def slow(seconds: float) -> Callable[[Command], Awaitable[Verdict]]:
    async def route(_command: Command) -> Verdict:
        await asyncio.sleep(seconds)
        return CONFIRMED

    return route


# ---- one command ------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_command_is_written_then_done_then_its_outcome_is_written() -> None:
    stage = Stage()

    async def route(command: Command) -> Verdict:
        stage.intake.accept([stage.update(True, POWER, cause=command.cause)], {})
        return CONFIRMED

    stage.route = route
    command = stage.submit()
    assert stage.store.waiting(POWER) == command.id
    outcome = await stage.ended(command)
    assert (outcome.status, outcome.reason) == (Status.CONFIRMED, "")
    kinds = [record.kind for record in stage.book.records]
    assert kinds == [RecordKind.COMMAND, RecordKind.UPDATE, RecordKind.OUTCOME]
    assert stage.store.waiting(POWER) is None
    assert stage.dispatch.find(command.id) == (command, outcome)
    assert await stage.ended(command) == outcome


async def _raises(_command: Command) -> Verdict:
    raise ValueError("a bug")


async def _times_out(_command: Command) -> Verdict:
    raise TimeoutError


async def _cancels_itself(_command: Command) -> Verdict:
    raise asyncio.CancelledError


async def _waits_for_what_is_cancelled(_command: Command) -> Verdict:
    future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
    future.cancel()
    return await future


async def _hangs(_command: Command) -> Verdict:
    await asyncio.Event().wait()
    return CONFIRMED


async def _does_not_let_go(_command: Command) -> Verdict:
    for _ in range(3):  # hours in virtual time; even this test's loop must end some day
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
    return CONFIRMED


async def _takes_the_cancel_for_an_answer(_command: Command) -> Verdict:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        return CONFIRMED
    return CONFIRMED


@pytest.mark.parametrize(
    ("route", "status", "says", "at"),
    [
        (slow(1.0), Status.CONFIRMED, "", 1.0),
        (slow(4.999), Status.CONFIRMED, "", 4.999),
        (slow(5.001), Status.TIMED_OUT, "did not report", 5.0),
        (_raises, Status.FAILED, "a defect of the hub: ValueError: a bug", 0.0),
        (_times_out, Status.TIMED_OUT, "did not report", 0.0),
        (_cancels_itself, Status.FAILED, "given up", 0.0),
        (_waits_for_what_is_cancelled, Status.FAILED, "given up", 0.0),
        (_hangs, Status.TIMED_OUT, "did not report", 5.0),
        (_does_not_let_go, Status.TIMED_OUT, "did not report", 5.0),
        (_takes_the_cancel_for_an_answer, Status.TIMED_OUT, "did not report", 5.0),
    ],
)
def test_whatever_the_route_does_there_is_one_outcome_and_the_lane_lives_on(
    route: Callable[[Command], Awaitable[Verdict]], status: Status, says: str, at: float
) -> None:
    @virtual_time
    async def run() -> None:
        stage = Stage(route)
        begun = stage.clock.monotonic()
        first, second = stage.submit(timeout=5), stage.submit(LEVEL, 5, timeout=60)
        outcome = await stage.ended(first)
        assert outcome.status is status
        assert says in outcome.reason
        assert bool(outcome.reason) == (status is not Status.CONFIRMED)
        assert stage.clock.monotonic() - begun == pytest.approx(at)
        stage.route = stage.answer_at_once
        if len(stage.sent) > 1:
            return  # the second went the same way at once
        assert (await stage.ended(second)).status is Status.CONFIRMED
        assert len(stage.book.of(RecordKind.OUTCOME)) == 2

    run()


@virtual_time
async def test_nothing_happened_where_the_wish_is_wrong() -> None:
    stage = Stage()
    wrong: list[tuple[type[Exception], PropertyRef, dict[str, Any]]] = [
        (UnknownName, PropertyRef("ghost", "power"), {"value": True}),
        (UnknownName, PropertyRef("lamp", "colour"), {"value": True}),
        (UnknownName, PropertyRef("lamp", "power"), {"arguments": []}),
        (UnknownName, PropertyRef("lamp", "toggle"), {"value": True}),
        (OutOfDefinition, TEMPERATURE, {"value": 20.0}),
        (OutOfDefinition, POWER, {"value": "on"}),
        (OutOfDefinition, LEVEL, {"value": 1001}),
        (OutOfDefinition, CLEAN, {"arguments": []}),
        (OutOfDefinition, CLEAN, {"arguments": [61]}),
        (OutOfDefinition, TOGGLE, {"arguments": [1]}),
        (OutOfDefinition, POWER, {"value": True, "timeout": 0.01}),
        (OutOfDefinition, POWER, {"value": True, "timeout": LONGEST_TIMEOUT + 1}),
        (OutOfDefinition, POWER, {"value": True, "timeout": float("nan")}),
    ]
    for error, target, wish in wrong:
        with pytest.raises(error):
            stage.dispatch.submit(target, ME, **wish)
    await asyncio.sleep(1)
    assert stage.book.records == []
    assert stage.sent == []


@virtual_time
async def test_a_command_without_permission_is_refused_in_words_and_not_sent() -> None:
    stage = Stage()
    stage.refusal = lambda cause, target: f"{cause.source} may not" if target == POWER else ""
    outcome = await stage.ended(stage.submit())
    assert (outcome.status, outcome.reason) == (Status.REFUSED, "Mei may not")
    assert stage.sent == []
    assert stage.store.waiting(POWER) is None
    assert [record.kind for record in stage.book.records] == [RecordKind.COMMAND, RecordKind.OUTCOME]
    assert (await stage.ended(stage.submit(LEVEL, 1))).status is Status.CONFIRMED


@virtual_time
async def test_unknown_ids() -> None:
    stage = Stage()
    assert stage.dispatch.find("nobody") is None
    with pytest.raises(UnknownName):
        await stage.dispatch.outcome("nobody")


# ---- the line ---------------------------------------------------------------------------------------------------


@virtual_time
async def test_one_under_way_for_each_device_and_devices_side_by_side() -> None:
    stage = Stage(slow(1.0))
    commands = [stage.submit(), stage.submit(LEVEL, 1), stage.submit(FAN)]
    for command in commands:
        assert (await stage.ended(command)).status is Status.CONFIRMED
    assert [(at, command.target) for at, command in stage.sent] == [(0, POWER), (0, FAN), (1, LEVEL)]


@virtual_time
async def test_a_deadline_holds_in_line_too() -> None:
    stage = Stage(_hangs)
    first, second = stage.submit(timeout=100), stage.submit(LEVEL, 5, timeout=2)
    third = stage.submit(TOGGLE, None, arguments=[], timeout=3)
    outcome = await stage.ended(second)
    assert stage.clock.monotonic() == pytest.approx(2.0)
    assert outcome.status is Status.TIMED_OUT
    assert "not sent" in outcome.reason
    assert "not sent" in (await stage.ended(third)).reason
    assert stage.clock.monotonic() == pytest.approx(3.0)
    assert (await stage.ended(first)).status is Status.TIMED_OUT
    assert len(stage.sent) == 1


@virtual_time
async def test_setting_the_wall_clock_moves_no_deadline() -> None:
    for seconds in (86_400.0, -86_400.0):
        stage = Stage(_hangs)
        begun = stage.clock.monotonic()
        first, second = stage.submit(timeout=5), stage.submit(LEVEL, 5, timeout=5)
        stage.clock.set_back(seconds)
        await asyncio.gather(stage.ended(first), stage.ended(second))
        assert stage.clock.monotonic() - begun == pytest.approx(5.0)


@virtual_time
async def test_a_newer_wish_supersedes_only_what_waits_for_the_same_property() -> None:
    stage = Stage(slow(1.0))
    under_way = stage.submit(LEVEL, 1)
    await asyncio.sleep(0.1)
    replaced = stage.submit(LEVEL, 2)
    other, twice, again = stage.submit(POWER), *(stage.submit(TOGGLE, None, arguments=[]) for _ in "12")
    newest = stage.submit(LEVEL, 3)
    assert stage.store.waiting(LEVEL) == newest.id
    outcome = await stage.ended(replaced)
    assert outcome.status is Status.SUPERSEDED
    assert stage.clock.monotonic() == pytest.approx(0.1)
    for command in (under_way, other, twice, again, newest):
        assert (await stage.ended(command)).status is Status.CONFIRMED
    assert [command.id for _, command in stage.sent] == [
        c.id for c in (under_way, other, twice, again, newest)
    ]


@virtual_time
async def test_the_mark_of_a_property_is_its_newest_command_under_way() -> None:
    stage = Stage(slow(5.0))
    first = stage.submit(LEVEL, 1, timeout=60)
    await asyncio.sleep(0.1)
    second = stage.submit(LEVEL, 2, timeout=1)
    assert stage.store.waiting(LEVEL) == second.id
    assert (await stage.ended(second)).status is Status.TIMED_OUT
    assert stage.store.waiting(LEVEL) == first.id
    await stage.ended(first)
    assert stage.store.waiting(LEVEL) is None


@virtual_time
async def test_a_line_has_an_end() -> None:
    stage = Stage(slow(1.0))
    stage.submit(LEVEL, 0)
    await asyncio.sleep(0)
    line = [stage.submit(TOGGLE, None, arguments=[], timeout=120) for _ in range(WAITING_LIMIT)]
    refused = stage.submit(TOGGLE, None, arguments=[])
    outcome = await stage.ended(refused)
    assert outcome.status is Status.REFUSED
    assert str(WAITING_LIMIT) in outcome.reason
    assert (await stage.ended(stage.submit(FAN))).status is Status.CONFIRMED
    for command in line:
        assert (await stage.ended(command)).status is Status.CONFIRMED
    assert (await stage.ended(stage.submit())).status is Status.CONFIRMED


@virtual_time
async def test_in_a_full_line_a_newer_wish_takes_the_place_of_the_older() -> None:
    stage = Stage(slow(1.0))
    stage.submit()
    await asyncio.sleep(0)
    older = stage.submit(LEVEL, 1, timeout=120)
    for _ in range(WAITING_LIMIT - 1):
        stage.submit(TOGGLE, None, arguments=[], timeout=120)
    newer = stage.submit(LEVEL, 2, timeout=120)
    assert (await stage.ended(older)).status is Status.SUPERSEDED
    assert (await stage.ended(newer)).status is Status.CONFIRMED


# ---- the end ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [False, True], ids=["before the lane began", "under way"])
@pytest.mark.parametrize("route", [_hangs, _does_not_let_go, _takes_the_cancel_for_an_answer, slow(1.0)])
def test_closing_ends_everything_in_words(
    route: Callable[[Command], Awaitable[Verdict]], begun: bool
) -> None:
    @virtual_time
    async def run() -> None:
        stage = Stage(route)
        commands = [stage.submit(), stage.submit(LEVEL, 1), stage.submit(FAN)]
        if begun:
            await asyncio.sleep(0.5)
        waiters = [asyncio.create_task(stage.ended(command)) for command in commands]
        async with asyncio.timeout(5):
            await stage.dispatch.close()
        for outcome in await asyncio.gather(*waiters):
            assert outcome.status is Status.FAILED
            assert "stopped" in outcome.reason
        late = await stage.ended(stage.submit())
        assert late.status is Status.REFUSED
        assert len(stage.book.of(RecordKind.OUTCOME)) == 4
        assert [stage.store.waiting(ref) for ref in (POWER, LEVEL, FAN)] == [None] * 3
        assert stage.dispatch._open == {}
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left or route is _does_not_let_go

    run()


@virtual_time
async def test_who_stops_waiting_ends_nothing() -> None:
    stage = Stage(slow(3.0))
    command = stage.submit()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await stage.ended(command)
    assert (await stage.ended(command)).status is Status.CONFIRMED


@virtual_time
async def test_ended_commands_are_remembered_up_to_a_bound_even_behind_one_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 10)
    stage = Stage()

    async def route(command: Command) -> Verdict:
        return await (_hangs(command) if command.target == FAN else stage.answer_at_once(command))

    stage.route = route
    hanging = stage.submit(FAN, timeout=120)
    commands = []
    for level in range(100):
        commands.append(stage.submit(LEVEL, level))
        await stage.ended(commands[-1])
    assert [stage.dispatch.find(command.id) is not None for command in commands] == [False] * 90 + [True] * 10
    assert len(stage.dispatch._ended) + len(stage.dispatch._open) == 11
    found = stage.dispatch.find(hanging.id)
    assert found is not None
    assert found[1] is None
    await stage.dispatch.close()


@virtual_time
async def test_a_disk_that_fails_before_takes_no_command_and_leaves_no_trace() -> None:
    stage = Stage()
    stage.book.broken = True
    with pytest.raises(StoreError):
        stage.submit()
    await asyncio.sleep(1)
    assert stage.sent == []
    assert stage.store.waiting(POWER) is None
    assert stage.dispatch._open == {}


@virtual_time
async def test_a_disk_that_fails_meanwhile_leaves_nobody_waiting() -> None:
    stage = Stage(slow(1.0))
    command, second = stage.submit(), stage.submit(LEVEL, 1)
    stage.book.broken = True
    assert (await stage.ended(command)).status is Status.CONFIRMED
    assert (await stage.ended(second)).status is Status.CONFIRMED
    assert stage.dispatch.unwritten == 2


@pytest.mark.parametrize("set_back", [3600.0, -3600.0, 86400.0 * 365 * -50])
def test_a_wall_clock_that_is_set_moves_no_deadline(set_back: float) -> None:
    @virtual_time
    async def check() -> None:
        left: list[float] = []

        async def route(command: Command) -> Verdict:
            left.append(command.deadline - stage.clock.now())
            await asyncio.sleep(1)
            return CONFIRMED

        stage = Stage(route)
        commands = [stage.submit(timeout=10.0), stage.submit(LEVEL, value=5, timeout=10.0)]
        stage.clock.set_back(set_back)
        assert [(await stage.ended(command)).status for command in commands] == [Status.CONFIRMED] * 2
        assert left == [pytest.approx(10.0, abs=1e-5), pytest.approx(9.0, abs=1e-5)]

    check()
