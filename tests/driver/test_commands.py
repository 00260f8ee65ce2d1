"""Commands at a living device: confirmed by its own report and by nothing else, and never an action twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.driver.fake_house import Hub
from tests.machines.virtual_time import virtual_time
from tests.state.house import ME

from jiahe.model.happening import RecordKind, Status
from jiahe.wire.talk import Act, Ask, Read, Refusal, Write


@virtual_time
async def test_confirmed_by_reading_back_with_the_commands_cause() -> None:
    hub = Hub()
    await hub.up()
    begun = len(hub.book.records)
    outcome = await hub.tell("power", True)
    assert (outcome.status, outcome.reason) == (Status.CONFIRMED, "")
    assert [record.kind for record in hub.book.records[begun:]] == [
        RecordKind.COMMAND,
        RecordKind.UPDATE,
        RecordKind.OUTCOME,
    ]
    update = hub.updates("power")[-1]
    assert update.body["value"] is True
    assert update.body["cause"]["id"] == ME.id
    assert [type(ask) for _, ask in hub.box.heard[-2:]] == [Write, Read]
    assert hub.box.heard[-1][1] == Read(("power",))
    hub.box.push(power=False)
    await asyncio.sleep(1)
    assert hub.updates("power")[-1].body["cause"]["kind"] == "device"
    hub.box.push(power=True)
    await asyncio.sleep(1)
    assert hub.updates("power")[-1].body["cause"]["kind"] == "device"
    await hub.down()


@virtual_time
async def test_acknowledged_but_not_done_is_failed_and_says_what_is() -> None:
    hub = Hub()
    await hub.up()
    hub.box.takes_after = None
    outcome = await hub.tell("target_temperature", 25.0, seconds=5)
    assert outcome.status is Status.FAILED
    assert "20.0" in outcome.reason
    assert "25.0" in outcome.reason
    assert hub.value("target_temperature") == (20.0, "good")
    assert len(hub.updates("target_temperature")) == 1
    outcome = await hub.tell("mode", "cool", seconds=5)
    assert "'auto'" in outcome.reason
    await hub.down()


@pytest.mark.parametrize("after", [0.03, 0.3, 1.0, 4.0])
def test_a_device_that_takes_its_time_is_read_until_it_has_done_it(after: float) -> None:
    @virtual_time
    async def run() -> None:
        hub = Hub()
        await hub.up()
        hub.box.takes_after = after
        begun = hub.clock.monotonic()
        outcome = await hub.tell("power", True)
        assert outcome.status is Status.CONFIRMED
        assert after <= hub.clock.monotonic() - begun <= after + 0.9
        assert hub.updates("power")[-1].body["cause"]["id"] == ME.id
        await hub.down()

    run()


@virtual_time
async def test_a_push_confirms_even_where_reading_tells_nothing() -> None:
    hub = Hub()
    await hub.up()
    hub.box.takes_after, hub.box.pushes = 0.2, True

    def silent_on_reads(ask: Ask) -> None:
        hub.box.faults = {"power": Refusal.INTERNAL} if isinstance(ask, Read) else {}

    hub.box.meanwhile = silent_on_reads
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.CONFIRMED
    assert hub.updates("power")[-1].body["cause"]["id"] == ME.id
    await hub.down()


@virtual_time
async def test_taken_but_never_reported_is_failed() -> None:
    hub = Hub()
    await hub.up()

    def silent_on_reads(ask: Ask) -> None:
        hub.box.faults = {"power": Refusal.NOT_READABLE} if isinstance(ask, Read) else {}

    hub.box.meanwhile = silent_on_reads
    outcome = await hub.tell("power", True, seconds=3)
    assert outcome.status is Status.FAILED
    assert "does not report" in outcome.reason
    await hub.down()


@virtual_time
async def test_what_cannot_be_reported_is_assumed() -> None:
    hub = Hub()
    await hub.up()
    outcome = await hub.tell("display", True)
    assert outcome.status is Status.CONFIRMED
    assert "cannot report" in outcome.reason
    assert hub.value("display") == (True, "assumed")
    assert hub.updates("display")[-1].body["cause"]["id"] == ME.id
    hub.box.refuses = Refusal.BUSY
    assert (await hub.tell("display", False)).status is Status.REFUSED
    assert hub.value("display") == (True, "assumed")
    await hub.down()


@virtual_time
async def test_a_device_that_says_no_refused() -> None:
    hub = Hub()
    await hub.up()
    hub.box.refuses = Refusal.BAD_VALUE
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.REFUSED
    assert outcome.reason.startswith("the device refused")
    hub.box.refuses = None
    hub.box.faults = {"power": Refusal.NOT_WRITABLE}
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.REFUSED
    assert "not writable" in outcome.reason
    await hub.down()


@virtual_time
async def test_silence_times_out_at_the_deadline() -> None:
    hub = Hub()
    await hub.up()
    hub.box.mute = True
    begun = hub.clock.monotonic()
    outcome = await hub.tell("power", True, seconds=2)
    assert outcome.status is Status.TIMED_OUT
    assert hub.clock.monotonic() - begun == pytest.approx(2.0)
    await hub.down()


@virtual_time
async def test_silence_after_taking_it_times_out() -> None:
    hub = Hub()
    await hub.up()

    def fall_silent(ask: Ask) -> None:
        if isinstance(ask, Write):
            asyncio.get_running_loop().call_soon(setattr, hub.box, "mute", True)

    hub.box.meanwhile = fall_silent
    outcome = await hub.tell("power", True, seconds=4)
    assert outcome.status is Status.TIMED_OUT
    await hub.down()


@pytest.mark.parametrize(
    ("wished", "told"), [(20.1, 20.100000381469727), (20.3, 20.299999237060547), (25.0, 25)]
)
def test_a_32_bit_float_is_the_same_number(wished: float, told: Any) -> None:
    @virtual_time
    async def run() -> None:
        hub = Hub()
        await hub.up()
        hub.box.takes_after = None

        def take(ask: Ask) -> None:
            if isinstance(ask, Write):
                hub.box.values["target"] = told

        hub.box.meanwhile = take
        assert (await hub.tell("target_temperature", wished)).status is Status.CONFIRMED
        await hub.down()

    run()


# ---- actions ----------------------------------------------------------------------------------------------------


def acts(hub: Hub) -> int:
    return sum(isinstance(ask, Act) for _, ask in hub.box.heard)


@virtual_time
async def test_an_action_is_confirmed_by_its_acknowledgement_and_its_effect_is_read() -> None:
    hub = Hub()
    await hub.up()
    hub.box.after_act = lambda: hub.box.values.update(filter=100)
    outcome = await hub.tell("clean", action=True)
    assert outcome.status is Status.CONFIRMED
    assert acts(hub) == 1
    assert hub.value("filter_life") == (100, "good")
    await hub.down()


@virtual_time
async def test_an_acknowledged_action_is_confirmed_though_its_effect_cannot_be_read() -> None:
    hub = Hub()
    await hub.up()
    hub.box.after_act = lambda: asyncio.get_running_loop().call_soon(setattr, hub.box, "mute", True) and None
    outcome = await hub.tell("clean", action=True, seconds=2)
    assert outcome.status is Status.CONFIRMED
    await hub.down()


@virtual_time
async def test_an_action_whose_connection_ends_says_that_it_may_have_been_done() -> None:
    hub = Hub()
    await hub.up()

    def crash(ask: Ask) -> None:
        if isinstance(ask, Act):
            hub.box.drop()

    hub.box.meanwhile = crash
    outcome = await hub.tell("clean", action=True)
    assert outcome.status is Status.FAILED
    assert "may have done it" in outcome.reason
    await asyncio.sleep(60)
    assert acts(hub) == 1
    await hub.down()


@virtual_time
async def test_an_unanswered_action_is_not_repeated_by_driver_or_dispatch() -> None:
    hub = Hub()
    await hub.up()
    sent: list[Any] = []
    link = hub.supervisor._alive["box"].driver._link
    assert link is not None
    ask = link.ask

    async def counted(what: Ask, deadline: float) -> Any:
        if isinstance(what, Act):
            sent.append(what)
        return await ask(what, deadline)

    link.ask = counted  # type: ignore[method-assign]  # counted on its way
    hub.box.mute = True
    outcome = await hub.tell("clean", action=True, seconds=3)
    assert outcome.status is Status.TIMED_OUT
    assert "not sent again" in outcome.reason
    hub.box.mute = False
    await asyncio.sleep(120)
    assert len(sent) == 1
    await hub.down()


# ---- when -------------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_command_goes_before_a_poll() -> None:
    hub = Hub()
    await hub.up()
    hub.box.takes_after = 4.0
    await asyncio.sleep(7.0)
    begun = hub.clock.monotonic()
    command = hub.command("power", True)
    await hub.dispatch.outcome(command.id)
    ended = hub.clock.monotonic()
    assert begun < 10 < ended, "a poll became due meanwhile"
    between = [ask for at, ask in hub.box.heard if begun <= at < ended]
    assert all(isinstance(ask, Write) or ask == Read(("power",)) for ask in between)
    await asyncio.sleep(0.1)
    assert hub.box.heard[-1][0] < ended + 0.1
    assert "temperature" in hub.box.heard[-1][1].points  # type: ignore[union-attr]  # the poll, at once afterwards
    await hub.down()


@virtual_time
async def test_a_command_while_connecting_waits_a_moment() -> None:
    hub = Hub(latency=0.3)
    await hub.box.listen()
    hub.start()
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.CONFIRMED
    await hub.down()


@virtual_time
async def test_a_command_in_the_moment_of_a_loss_waits_for_the_next_connection() -> None:
    hub = Hub(latency=0.0)
    await hub.up()
    driver = hub.supervisor._alive["box"].driver
    hub.box.drop()
    while driver.online:
        await asyncio.sleep(0)
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.CONFIRMED
    await hub.down()


@virtual_time
async def test_a_command_to_a_device_that_is_away_says_why_and_makes_it_be_tried() -> None:
    hub = Hub()
    hub.start()
    await asyncio.sleep(120)
    begun = hub.clock.monotonic()
    outcome = await hub.tell("power", True, seconds=20)
    assert outcome.status is Status.FAILED
    assert outcome.reason.startswith("not sent: ")
    assert "refused" in outcome.reason
    assert hub.clock.monotonic() - begun < 5
    await asyncio.sleep(60)
    await hub.box.listen()
    assert (await hub.tell("power", True)).status is Status.CONFIRMED, "the command had it tried at once"
    await hub.down()


@virtual_time
async def test_a_device_that_does_not_run() -> None:
    hub = Hub()
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.FAILED
    assert "not running" in outcome.reason
    await hub.down()


@virtual_time
async def test_an_answer_from_before_the_write_does_not_confirm_it() -> None:
    """A poll's answer on its way to us tells what was wished; the device then keeps another value."""
    hub = Hub()
    await hub.up()
    hub.box.takes_after = None
    commands = []

    def just_then(ask: Ask) -> None:
        if isinstance(ask, Read) and "power" in ask.points and not commands:
            hub.box.values["power"] = True  # somebody at the device itself: on, and off again
            asyncio.get_running_loop().call_soon(hub.box.values.update, {"power": False})
            commands.append(hub.command("power", True, seconds=5))

    hub.box.meanwhile = just_then
    while not commands:
        await asyncio.sleep(1)
    outcome = await hub.dispatch.outcome(commands[0].id)
    assert outcome.status is Status.FAILED
    assert "reports False" in outcome.reason
    assert [record.body["cause"]["kind"] for record in hub.updates("power")] == ["device"] * 3
    await hub.down()
