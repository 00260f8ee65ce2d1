"""The radio: what a transport promises, kept over bumble's virtual link; and stacks that misbehave, made up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
from bumble.att import ATT_Error, Attribute, AttributeValue, ErrorCode
from bumble.core import PhysicalTransport
from bumble.device import Device
from bumble.gatt import Characteristic, Service
from tests.machines.bumble_bleak import Air, BumbleClient, BumbleScanner, backends, call_out
from tests.transport.test_contract import Ear

from jiahe.model.errors import LinkError
from jiahe.transport import ble
from jiahe.transport.ble import Radio
from jiahe.wire import gatt
from jiahe.wire.advertisement import Advertisement
from jiahe.wire.gatt import Frame, Operation, sig

ADDRESS, HUB, PHONE = "C8:0F:10:80:D4:AE", "F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02"
NOTE, SEALED, ABSENT = sig(0xA001), sig(0xA002), sig(0xA003)
CALL = Advertisement("thing", (sig(0xA000),)).encode()
P = Characteristic.Properties


class Thing:
    """A peripheral with one characteristic that keeps what is written and tells it, and one that refuses."""

    def __init__(self, device: Device) -> None:
        self.device, self.kept = device, b"first"
        both = Attribute.Permissions.READABLE | Attribute.Permissions.WRITEABLE
        self.note = Characteristic(
            NOTE, P.READ | P.WRITE | P.NOTIFY, both, AttributeValue(lambda _: self.kept, self._write)
        )
        sealed = Characteristic(SEALED, P.READ | P.WRITE, both, AttributeValue(self._refuse, self._refuse))
        device.add_service(Service(sig(0xA000), [self.note, sealed]))

    def _write(self, _: Any, data: bytes) -> None:
        self.kept = bytes(data)

    def _refuse(self, *_: Any) -> bytes:
        raise ATT_Error(error_code=ErrorCode.INSUFFICIENT_AUTHENTICATION)

    async def tell(self, data: bytes) -> None:
        await self.device.notify_subscribers(self.note, data)


class Stage:
    def __init__(self, air: Air, adapter: Device, thing: Thing) -> None:
        self.air, self.adapter, self.thing = air, adapter, thing
        self.radio = Radio(*backends(adapter), find_within=0.5)

    async def connected(self) -> tuple[ble.Transport, Ear]:
        ear = Ear()
        return await self.radio.connect(ADDRESS, ear), ear


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    air = Air()
    thing = Thing(await air.adapter(ADDRESS))
    stage = Stage(air, await air.adapter(HUB), thing)
    await call_out(thing.device, CALL)
    yield stage
    await stage.radio.close()


async def ask(transport: ble.Transport, ear: Ear, *frames: Frame) -> list[Frame]:
    """What comes back for these, in order."""
    before = len(ear.heard)
    for frame in frames:
        transport.send(frame.encode())
    await ear.until(lambda: len(ear.heard) >= before + len(frames))
    answers = [gatt.decode(value) for what, value in ear.heard[before:] if what == "received"]
    return [answer for answer in answers if answer is not None]


async def test_operations_are_carried_out_in_order_and_each_is_answered(stage: Stage) -> None:
    transport, ear = await stage.connected()
    assert ear.heard == [("connected", ADDRESS)]
    read, write = Frame(Operation.READ, NOTE), Frame(Operation.WRITE, NOTE, b"second")
    assert await ask(transport, ear, read, write, read) == [
        read.answered(b"first"),
        write.answered(),
        read.answered(b"second"),
    ]


async def test_notifications_come_once_they_are_wanted(stage: Stage) -> None:
    transport, ear = await stage.connected()
    await stage.thing.tell(b"unheard")
    assert await ask(transport, ear, Frame(Operation.SUBSCRIBE, NOTE)) == [Frame(Operation.SUBSCRIBED, NOTE)]
    await stage.thing.tell(b"heard")
    await ear.until(lambda: ear.heard[-1] == ("received", Frame(Operation.NOTIFIED, NOTE, b"heard").encode()))


async def test_what_is_not_done_says_why(stage: Stage) -> None:
    transport, ear = await stage.connected()
    refused, absent = await ask(
        transport, ear, Frame(Operation.READ, SEALED), Frame(Operation.WRITE, ABSENT, b"?")
    )
    assert refused.operation is Operation.NOT_READ
    assert "authentication" in refused.reason.replace("_", " ").lower()
    assert absent.operation is Operation.NOT_WRITTEN
    assert "not found" in absent.reason


async def test_after_our_close_nothing_is_heard_and_the_device_is_free(stage: Stage) -> None:
    transport, ear = await stage.connected()
    await ask(transport, ear, Frame(Operation.SUBSCRIBE, NOTE))
    before = list(ear.heard)
    transport.send(Frame(Operation.READ, NOTE).encode())
    transport.close()
    transport.close()
    transport.send(Frame(Operation.READ, NOTE).encode())
    phone = await stage.air.adapter(PHONE)
    await phone.connect(ADDRESS, PhysicalTransport.LE, timeout=5)
    await stage.thing.tell(b"too late")
    assert ear.heard == before


async def test_a_lost_connection_is_told_once_and_last(stage: Stage) -> None:
    transport, ear = await stage.connected()
    await next(iter(stage.thing.device.connections.values())).disconnect()
    await ear.until(lambda: "lost" in ear.kinds())
    assert ear.kinds() == ["connected", "lost"]
    transport.send(Frame(Operation.READ, NOTE).encode())
    transport.close()
    assert (await stage.connected())[1].kinds() == ["connected"], "and it can be had again"


async def test_bytes_that_are_no_operation_are_dropped(stage: Stage) -> None:
    transport, ear = await stage.connected()
    for data in (b"", b"\xff" * 40, Frame(Operation.VALUE, NOTE).encode()):
        transport.send(data)
    assert isinstance(transport, ble.BleTransport)
    assert transport.dropped == 3
    assert await ask(transport, ear, Frame(Operation.READ, NOTE)) == [Frame(Operation.VALUE, NOTE, b"first")]


async def test_more_than_may_wait_ends_it(stage: Stage) -> None:
    transport, ear = await stage.connected()
    for _ in range(ble.WAITING + 1):
        transport.send(Frame(Operation.READ, NOTE).encode())
    assert ear.kinds()[-1] == "lost"


async def test_one_who_is_not_there_or_is_taken_is_an_error_in_words(stage: Stage) -> None:
    with pytest.raises(LinkError, match="was not found over Bluetooth"):
        await stage.radio.connect("C8:0F:10:00:00:00", Ear())
    phone = await stage.air.adapter(PHONE)
    await phone.connect(ADDRESS, PhysicalTransport.LE, timeout=5)
    with pytest.raises(LinkError, match="connected to a phone"):
        await stage.connected()


async def test_several_listen_at_once_and_the_scanner_rests_when_the_last_has_gone(stage: Stage) -> None:
    calls: list[str] = []
    ear = Ear()
    overheard = await stage.radio.overhear(ADDRESS.lower(), ear)
    await stage.radio.scan(0.1, lambda data, address: calls.append(address))
    assert set(calls) == {ADDRESS}
    await ear.until(lambda: ear.bytes == CALL)
    await stage.radio.scan(0.1, lambda data, address: None)
    assert ear.heard == [("connected", ADDRESS.lower()), ("received", CALL)], (
        "what repeats itself is told once"
    )
    assert stage.adapter.is_scanning
    overheard.send(b"nothing can be sent")
    overheard.close()
    await stage.radio.scan(0.0, lambda data, address: None)
    assert not stage.adapter.is_scanning


async def test_an_unchanged_call_is_a_sign_of_life_from_time_to_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ble, "REPEAT_AFTER", 0.05)
    ear = Ear()
    await stage.radio.overhear(ADDRESS, ear)
    await ear.until(lambda: ear.bytes == CALL * 3)


async def test_a_connection_is_made_while_others_are_overheard(stage: Stage) -> None:
    sensor = await stage.air.adapter("C8:0F:10:80:D4:02")
    ear = Ear()
    await stage.radio.overhear("C8:0F:10:80:D4:02", ear)
    transport, other = await stage.connected()
    await call_out(sensor, CALL)
    await ear.until(lambda: ear.bytes == CALL)
    assert await ask(transport, other, Frame(Operation.READ, NOTE)) == [
        Frame(Operation.VALUE, NOTE, b"first")
    ]


# ---- stacks that misbehave ------------------------------------------------------------------------------------------


class FakeScanner(BumbleScanner):
    """Hears one device at once, or cannot start."""

    trouble: Exception | None = None
    starts = 0

    async def start(self) -> None:
        type(self).starts += 1
        if self.trouble is not None:
            raise self.trouble
        call = SimpleNamespace(
            data_bytes=CALL, rssi=-50, address=SimpleNamespace(to_string=lambda _: ADDRESS)
        )
        asyncio.get_running_loop().call_soon(self._heard, call)

    async def stop(self) -> None:
        raise BleakError("the stack went away")


class FakeClient(BumbleClient):
    """Connects and is dropped at once, hangs, or fails."""

    how = "dropped"
    let_go = 0

    def __init__(self, device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(device, **kwargs)

    async def connect(self, pair: bool, **_: Any) -> None:
        if self.how == "fails":
            raise BleakError("le-connection-abort-by-local\nat line 5")
        if self.how == "hangs":
            await asyncio.Event().wait()
        self._disconnected(0)

    async def disconnect(self) -> None:
        type(self).let_go += 1
        raise BleakError("not connected")


@pytest.mark.parametrize(
    ("how", "says"),
    [("dropped", "at once"), ("fails", "le-connection-abort-by-local\\)"), ("hangs", "in time")],
)
async def test_a_connection_that_is_not_made_is_an_error_and_is_let_go(
    how: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ble, "CONNECT_WITHIN", 0.1)
    scanner = type("Scanner", (FakeScanner,), {})
    client = type("Client", (FakeClient,), {"how": how, "let_go": 0})
    radio, ear = Radio(scanner, client), Ear()
    with pytest.raises(LinkError, match=says):
        await radio.connect(ADDRESS, ear)
    await radio.close()
    assert client.let_go == 1
    assert ear.heard == []


@pytest.mark.parametrize("error", [BleakError("no powered adapters"), OSError("no bus"), ValueError("odd")])
async def test_a_stack_that_does_not_start_is_an_error_in_words(error: Exception) -> None:
    radio = Radio(type("Scanner", (FakeScanner,), {"trouble": error}), FakeClient)
    for attempt in (
        radio.scan(0.1, lambda data, address: None),
        radio.overhear(ADDRESS, Ear()),
        radio.connect(ADDRESS, Ear()),
    ):
        with pytest.raises(LinkError, match=f"cannot be used here: {error}"):
            await attempt
    await radio.close()


async def test_a_stack_that_went_away_is_started_again_or_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ble, "QUIET", 0.05)
    scanner = type("Scanner", (FakeScanner,), {"starts": 0})
    radio, ear = Radio(scanner, FakeClient), Ear()
    await radio.overhear(ADDRESS, ear)
    async with asyncio.timeout(5):
        while scanner.starts < 3:
            await asyncio.sleep(0.01)
    scanner.trouble = BleakError("unplugged")
    await ear.until(lambda: "lost" in ear.kinds())
    assert "unplugged" in ear.heard[-1][1]
    await radio.close()


def test_a_machine_without_bluetooth_is_known_without_importing_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(ble.sys, "platform", "linux")
    monkeypatch.setattr(ble, "ADAPTERS", tmp_path)
    assert "no Bluetooth adapter" in Radio().trouble()
    assert Radio(FakeScanner).trouble() == ""
    (tmp_path / "hci0").mkdir()
    assert Radio().trouble() == ""
