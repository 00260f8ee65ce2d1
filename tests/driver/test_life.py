"""A device's life: comes, is read by cadence, goes, moves, is locked out, comes back; and what it says meanwhile."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from tests.driver.fake_house import PORT, PRODUCT, Hub
from tests.machines.virtual_time import virtual_time

from jiahe.driver.supervisor import host_and_port
from jiahe.model.happening import RecordKind, Status
from jiahe.wire.talk import Read, Refusal, Sighting


def reaches(hub: Hub) -> list[str]:
    return [record.body["state"] for record in hub.book.of(RecordKind.AVAILABILITY)]


@virtual_time
async def test_it_comes_online_with_all_its_values() -> None:
    hub = Hub()
    await hub.up()
    assert reaches(hub) == ["connecting", "online"]
    assert hub.reason == ""
    assert hub.value("power") == (False, "good")
    assert hub.value("mode") == ("auto", "good")
    assert hub.value("filter_life") == (80, "good")
    assert hub.value("display") is None
    assert hub.moves == []
    causes = {record.body["cause"]["kind"] for record in hub.book.of(RecordKind.UPDATE)}
    assert causes == {"device"}
    await hub.down()


@virtual_time
async def test_each_group_is_read_by_its_cadence() -> None:
    hub = Hub()
    await hub.up()
    await asyncio.sleep(600 - 1)
    assert 58 <= hub.box.reads("temperature") <= 61
    assert 10 <= hub.box.reads("filter") <= 11
    assert len(hub.book.of(RecordKind.UPDATE)) == 5, "nothing changed, nothing is recorded"
    for second in range(100):
        hub.intake.age()
        await asyncio.sleep(second % 2)
    assert hub.value("filter_life") == (80, "good")
    await hub.down()


@virtual_time
async def test_silence_makes_it_offline_its_values_stale_and_its_return_is_noticed() -> None:
    hub = Hub()
    await hub.up()
    silent_since = hub.clock.monotonic()
    hub.box.mute = True
    while hub.reach == "online":
        await asyncio.sleep(0.1)
    assert 10 <= hub.clock.monotonic() - silent_since + 1 <= 10 + 2 * 3 + 1.2
    assert "no answer" in hub.reason
    await asyncio.sleep(40)
    hub.intake.age()
    assert hub.value("temperature") == (21.5, "stale")
    hub.box.mute = False
    back_since = hub.clock.monotonic()
    while hub.reach != "online":
        await asyncio.sleep(0.1)
    assert hub.clock.monotonic() - back_since <= 30 + 5.5
    assert hub.value("temperature") == (21.5, "good")
    await hub.down()


@virtual_time
async def test_one_lost_answer_is_weather() -> None:
    hub = Hub()
    await hub.up()
    await asyncio.sleep(8.5)
    hub.box.mute = True
    await asyncio.sleep(3.2)
    hub.box.mute = False
    await asyncio.sleep(60)
    assert reaches(hub) == ["connecting", "online"]
    await hub.down()


@virtual_time
async def test_a_device_that_is_not_there_is_tried_ever_more_rarely() -> None:
    hub = Hub()
    tries = 0
    connect = hub.network.connect

    async def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal tries
        tries += 1
        return await connect(*arguments, **more)

    hub.network.connect = counted  # type: ignore[method-assign]  # counted on its way
    hub.start()
    await asyncio.sleep(10)
    assert 4 <= tries <= 9
    assert hub.reach == "offline"
    assert "refused" in hub.reason
    await asyncio.sleep(3600)
    assert 120 <= tries <= 250
    assert reaches(hub) == ["connecting", "offline"]
    await hub.box.listen()
    await asyncio.sleep(31)
    assert hub.reach == "online"
    await hub.down()


@virtual_time
async def test_a_dropped_connection_is_made_again_at_once() -> None:
    hub = Hub()
    await hub.up()
    hub.box.drop()
    await asyncio.sleep(1.0)
    assert hub.reach == "online"
    assert hub.box.accepted == 2
    await hub.down()


# ---- locked out -------------------------------------------------------------------------------------------------


@virtual_time
async def test_locked_out_says_what_to_do_is_tried_rarely_and_recovers_with_the_right_key() -> None:
    hub = Hub()
    hub.box.key = "new"
    await hub.up()
    assert reaches(hub) == ["connecting", "locked_out"]
    assert hub.reason == "enter the key that is printed on the device"
    begun = hub.clock.monotonic()
    outcome = await hub.tell("power", True)
    assert outcome.status is Status.FAILED
    assert "enter the key" in outcome.reason
    assert hub.clock.monotonic() == begun
    for _ in range(60):
        await asyncio.sleep(10)
        hub.sighted("box")
        await hub.tell("power", True)
    assert hub.box.accepted <= 12
    assert hub.reach == "locked_out"
    hub.start(b"new")
    await asyncio.sleep(1)
    assert reaches(hub) == ["connecting", "locked_out", "connecting", "online"]
    assert (await hub.tell("power", True)).status is Status.CONFIRMED
    await hub.down()


@virtual_time
async def test_a_device_reset_in_the_middle_is_locked_out_and_comes_back_when_the_old_key_does() -> None:
    hub = Hub()
    await hub.up()
    hub.box.mute = True
    hub.box.key = "new"
    hub.box.say("wrong")
    await asyncio.sleep(0.1)
    assert hub.reach == "locked_out"
    assert hub.supervisor._alive["box"].driver.online, "the connection still stands"
    outcome = await hub.tell("power", True)
    assert outcome.reason == "not sent: enter the key that is printed on the device"
    hub.box.mute = False
    hub.box.drop()
    await asyncio.sleep(50)
    assert hub.reach == "locked_out"
    hub.box.key = "right"
    await asyncio.sleep(61)
    assert hub.reach == "online"
    await hub.down()


@virtual_time
async def test_a_locked_out_device_that_is_switched_off_is_offline() -> None:
    hub = Hub()
    hub.box.key = "new"
    await hub.up()
    assert hub.reach == "locked_out"
    hub.box.hide()
    await asyncio.sleep(61)
    assert hub.reach == "offline"
    await hub.box.listen()
    await asyncio.sleep(31)
    assert hub.reach == "locked_out"
    await hub.down()


# ---- addresses --------------------------------------------------------------------------------------------------


@virtual_time
async def test_a_device_is_followed_to_a_new_address_and_back() -> None:
    hub = Hub()
    await hub.up()
    hub.box.hide()
    await asyncio.sleep(60)
    assert hub.reach == "offline"
    assert hub.supervisor.troubled() == {"box": "box"}
    await hub.box.listen("attic", 7001)
    assert hub.sighted("attic", 7001) == "box"
    await asyncio.sleep(1)
    assert hub.reach == "online"
    assert hub.moves == [("box", "attic:7001")]
    assert hub.supervisor.troubled() == {}
    hub.box.hide()
    await asyncio.sleep(60)
    await hub.box.listen()
    hub.sighted("box")
    await asyncio.sleep(1)
    assert hub.reach == "online"
    assert hub.moves == [("box", "attic:7001"), ("box", "box")]
    await hub.down()


@virtual_time
async def test_a_sighting_draws_nobody_off_a_device_that_answers() -> None:
    hub = Hub()
    await hub.up()
    for _ in range(50):
        assert hub.sighted("trap") == "box"
        await asyncio.sleep(1)
    assert hub.box.accepted == 1
    assert hub.moves == []
    assert hub.supervisor.troubled() == {}
    await hub.down()


@virtual_time
async def test_a_false_sighting_is_tried_once_and_not_kept() -> None:
    hub = Hub()
    await hub.up()
    hub.box.hide()
    await asyncio.sleep(60)
    hub.sighted("trap")
    await asyncio.sleep(10)
    assert hub.supervisor.troubled() == {"box": "box"}
    await hub.box.listen()
    await asyncio.sleep(31)
    assert hub.reach == "online"
    assert hub.moves == []
    await hub.down()


@virtual_time
async def test_a_sighting_while_it_connects_does_not_spoil_the_connection() -> None:
    hub = Hub(latency=0.2)
    await hub.box.listen()
    hub.start()
    await asyncio.sleep(0.5)
    assert hub.reach == "connecting"
    hub.sighted("trap")
    await asyncio.sleep(2)
    assert hub.reach == "online"
    assert hub.moves == []
    await asyncio.sleep(600)
    assert hub.box.accepted == 1
    await hub.down()


@virtual_time
async def test_strangers_are_not_ours() -> None:
    hub = Hub()
    await hub.up()
    assert hub.supervisor.sighted(Sighting("tiny", "43", "x", PORT)) is None
    assert hub.supervisor.sighted(Sighting("miio", "42", "x", PORT)) is None
    assert hub.supervisor.sighted(Sighting("tiny", "", "x", PORT)) is None
    await hub.down()


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("10.0.0.5", "10.0.0.5", 7000),
        ("10.0.0.5:6444", "10.0.0.5", 6444),
        ("box.local:1", "box.local", 1),
        ("fe80::1", "fe80::1", 7000),
        ("[fe80::1]", "fe80::1", 7000),
        ("[fe80::1]:6444", "fe80::1", 6444),
        ("box:0", "box:0", 7000),
        ("box:65536", "box:65536", 7000),
        ("box:x", "box:x", 7000),
        ("box:²", "box:²", 7000),
    ],
)
def test_host_and_port(address: str, host: str, port: int) -> None:
    assert host_and_port(address, 7000) == (host, port)


# ---- what it says -----------------------------------------------------------------------------------------------


@virtual_time
async def test_wild_values_are_unknown_with_their_raw() -> None:
    hub = Hub()
    await hub.up()
    wild: dict[str, Any] = {
        "power": "perhaps",
        "mode": 9,
        "temperature": 999.0,
        "filter": [1, 2],
        "target": None,
    }
    for _ in range(3):
        hub.box.push(**wild)
        await asyncio.sleep(1)
    assert hub.reach == "online"
    for path in ("power", "mode", "temperature", "filter_life", "target_temperature"):
        assert hub.value(path) == (None, "unknown")
        assert len(hub.updates(path)) == 2
        json.dumps(hub.updates(path)[-1].body, allow_nan=False)
    assert hub.updates("power")[-1].body["raw"] == "perhaps"
    assert hub.updates("temperature")[-1].body["raw"] == 999.0
    assert hub.updates("filter_life")[-1].body["raw"] == "[1, 2]"
    hub.box.push(temperature=22.0)
    await asyncio.sleep(1)
    assert hub.value("temperature") == (22.0, "good")
    await hub.down()


@virtual_time
async def test_a_property_that_it_would_not_tell_grows_old_and_the_others_do_not() -> None:
    hub = Hub()
    hub.box.faults = {"mode": Refusal.INTERNAL}
    await hub.up()
    assert hub.value("mode") is None
    assert hub.value("power") == (False, "good")
    hub.box.faults = {"power": Refusal.BUSY}
    for _ in range(50):
        await asyncio.sleep(1)
        hub.intake.age()
    assert hub.value("power") == (False, "stale")
    assert hub.value("temperature") == (21.5, "good")
    assert hub.reach == "online"
    await hub.down()


@virtual_time
async def test_events_are_told_with_arguments_fit_for_a_record() -> None:
    hub = Hub()
    await hub.up()
    hub.box.say("happened", "pressed", {"times": 2, "wild": [10**20]})
    hub.box.say("happened", "unheard of", {})
    await asyncio.sleep(1)
    (record,) = hub.book.of(RecordKind.EVENT)
    assert record.body["event"] == "pressed"
    assert record.body["arguments"] == {"times": 2, "wild": "[100000000000000000000]"}
    assert record.body["cause"]["kind"] == "device"
    await hub.down()


@virtual_time
async def test_points_that_the_product_has_not_got_are_passed_over() -> None:
    hub = Hub()
    await hub.up()
    hub.box.push(colour="red")
    await asyncio.sleep(1)
    assert hub.intake.strangers == 0
    assert len(hub.store.snapshot()) == 5
    await hub.down()


# ---- defects, and the end ---------------------------------------------------------------------------------------


@virtual_time
async def test_a_point_that_the_family_cannot_say_leaves_a_driver_that_says_so() -> None:
    rows = (*PRODUCT.rows, replace(PRODUCT.rows[0], report="nonsense"))
    hub = Hub(replace(PRODUCT, rows=rows))
    await hub.up()
    await asyncio.sleep(60)
    assert hub.reach == "offline"
    assert "nonsense" in hub.reason
    assert not hub.supervisor._alive["box"].task.done()
    await hub.down()


@virtual_time
async def test_a_defect_while_connecting_leaves_a_driver_that_goes_on() -> None:
    hub = Hub()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    connect = hub.network.connect

    async def defect(*_arguments: Any, **_more: Any) -> Any:
        raise ZeroDivisionError

    hub.network.connect = defect  # type: ignore[method-assign]  # breaks on purpose
    await hub.up()
    assert hub.reach == "offline"
    assert "a defect of the hub (ZeroDivisionError)" in hub.reason
    assert isinstance(told[0]["exception"], ZeroDivisionError)
    hub.network.connect = connect  # type: ignore[method-assign]  # mended
    await asyncio.sleep(31)
    assert hub.reach == "online"
    await hub.down()


@pytest.mark.parametrize("moment", [0.0, 0.005, 0.015, 0.025, 0.035, 0.05, 5.0])
@pytest.mark.parametrize("there", [True, False])
def test_stopping_at_any_moment_leaves_nothing_behind(moment: float, there: bool) -> None:
    @virtual_time
    async def run() -> None:
        hub = Hub()
        if there:
            await hub.box.listen()
        hub.start()
        await asyncio.sleep(moment)
        command = hub.command("power", True)
        await asyncio.sleep(0.001)
        hub.supervisor.stop("box")
        await asyncio.sleep(0)
        await hub.down()
        outcome = await hub.dispatch.outcome(command.id)
        assert outcome.status is Status.FAILED
        assert asyncio.all_tasks() == {asyncio.current_task()}
        await asyncio.sleep(1)  # what was on its way arrives
        heard = len(hub.box.heard)
        records = len(hub.book.records)
        await asyncio.sleep(100)
        assert len(hub.box.heard) == heard
        assert len(hub.book.records) == records

    run()


@virtual_time
async def test_stopping_ends_what_is_under_way_at_once() -> None:
    hub = Hub()
    await hub.up()
    hub.box.mute = True
    command = hub.command("power", True, seconds=60)
    await asyncio.sleep(1)
    hub.supervisor.stop("box")
    begun = hub.clock.monotonic()
    outcome = await hub.dispatch.outcome(command.id)
    assert outcome.status is Status.FAILED
    assert hub.clock.monotonic() - begun < 0.1
    assert (await hub.tell("power", True)).status is Status.FAILED
    await hub.down()


@virtual_time
async def test_restarting_again_and_again_leaves_one_driver() -> None:
    hub = Hub()
    await hub.box.listen()
    for _ in range(20):
        hub.start()
        await asyncio.sleep(0.02)
    await asyncio.sleep(5)
    before = hub.box.reads("temperature")
    await asyncio.sleep(100)
    assert hub.box.reads("temperature") - before == 10
    assert hub.reach == "online"
    await hub.down()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_day_of_nothing_costs_only_reads() -> None:
    @virtual_time
    async def run() -> None:
        hub = Hub()
        await hub.up()
        await asyncio.sleep(6 * 3600)
        assert hub.box.accepted == 1
        assert len(hub.book.records) == 7
        reads = [ask for _, ask in hub.box.heard if isinstance(ask, Read)]
        assert len(reads) == pytest.approx(6 * 360 + 6 * 60, rel=0.02)
        assert len(hub.store._expiries) <= 10
        await hub.down()

    run()


@virtual_time
async def test_a_device_that_hangs_up_after_each_word_is_tried_ever_more_rarely() -> None:
    hub = Hub()
    await hub.up()

    def hang_up() -> None:
        if hub.reach == "online":
            hub.box.drop()

    for _ in range(600):
        hang_up()
        await asyncio.sleep(1)
    assert hub.box.accepted < 60
    assert len(hub.book.of(RecordKind.AVAILABILITY)) < 130
    await asyncio.sleep(120)  # it behaves again
    assert hub.reach == "online"
    tries = hub.box.accepted
    hub.box.drop()
    await asyncio.sleep(2)
    assert hub.box.accepted == tries + 1, "a steady one is tried again at once"
    assert hub.reach == "online"
    await hub.down()
