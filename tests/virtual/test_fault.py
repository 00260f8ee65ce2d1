"""Each fault does what it says and nothing else, the same for the same seed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.machines.virtual_time import virtual_time

from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.transport.transport import Transport
from jiahe.virtual.fault import IN_FLIGHT, Disturbance, DisturbedReceiver, Faults


class Wire:
    """The transport under the disturbance: what left the device, and when."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, bytes]] = []
        self.closed = False
        self.peer = "hub:1"

    def send(self, data: bytes) -> None:
        self.sent.append((asyncio.get_running_loop().time(), data))

    def close(self) -> None:
        self.closed = True

    @property
    def frames(self) -> list[bytes]:
        return [data for _, data in self.sent]


class Device:
    """The receiver behind the disturbance: answers everything with the same."""

    def __init__(self) -> None:
        self.transport: Transport | None = None
        self.heard: list[bytes] = []
        self.ended: list[str] = []

    def connected(self, transport: Transport) -> None:
        self.transport = transport

    def received(self, data: bytes) -> None:
        self.heard.append(data)
        assert self.transport is not None
        self.transport.send(data)

    def lost(self, reason: str) -> None:
        self.ended.append(reason)


def stage(faults: Faults, seed: int = 1, **given: Any) -> tuple[DisturbedReceiver, Device, Wire, Disturbance]:
    disturbance = Disturbance(seed, **given)
    disturbance.faults = faults
    device, wire = Device(), Wire()
    receiver = DisturbedReceiver(device, disturbance)
    receiver.connected(wire)
    return receiver, device, wire, disturbance


FRAMES = [bytes([number]) * 4 for number in range(200)]


@virtual_time
async def test_without_faults_everything_passes_at_once() -> None:
    receiver, device, wire, _ = stage(Faults())
    for frame in FRAMES:
        receiver.received(frame)
    receiver.lost("gone")
    assert device.heard == wire.frames == FRAMES
    assert device.transport is not None
    assert device.transport.peer == "hub:1"
    assert device.ended == ["gone"]


@virtual_time
async def test_mute_hears_and_says_nothing_until_it_ends() -> None:
    receiver, device, wire, disturbance = stage(Faults(mute=True))
    receiver.received(b"1")
    assert device.transport is not None
    device.transport.send(b"push")
    disturbance.faults = Faults()
    receiver.received(b"2")
    assert device.heard == wire.frames == [b"2"]


@virtual_time
async def test_loss_takes_its_share_both_ways_and_the_same_for_the_same_seed() -> None:
    outcomes = []
    for seed in (4, 4, 5):
        receiver, device, wire, _ = stage(Faults(loss=0.3), seed)
        for frame in FRAMES:
            receiver.received(frame)
        outcomes.append(wire.frames)
        assert 110 < len(device.heard) < 170
        assert len(wire.frames) == pytest.approx(0.7 * len(device.heard), abs=25)
    assert outcomes[0] == outcomes[1] != outcomes[2]


@virtual_time
async def test_duplicates_follow_their_original() -> None:
    receiver, device, wire, _ = stage(Faults(duplicate=1.0))
    receiver.received(b"1")
    receiver.received(b"2")
    assert device.heard == [b"1", b"2"]
    assert wire.frames == [b"1", b"1", b"2", b"2"]


@virtual_time
async def test_a_wrong_checksum_flips_one_bit_of_frames_that_bear_one() -> None:
    receiver, _, wire, _ = stage(Faults(wrong_checksum=True), checksummed=lambda data: len(data) > 3)
    receiver.received(b"abc")
    receiver.received(b"abcd")
    assert wire.frames == [b"abc", b"abce"]


@virtual_time
async def test_delayed_frames_come_late_and_in_order_even_when_the_delay_shrinks() -> None:
    receiver, device, wire, disturbance = stage(Faults(delay=2.0))
    receiver.received(b"1")
    await asyncio.sleep(0.5)
    disturbance.faults = Faults()
    receiver.received(b"2")
    assert device.heard == [b"1", b"2"]
    await asyncio.sleep(10)
    assert wire.frames == [b"1", b"2"]
    assert wire.sent[0][0] == pytest.approx(2.0)
    receiver.received(b"3")
    assert wire.frames[-1] == b"3"


@virtual_time
async def test_what_waits_is_bounded_and_gone_after_close() -> None:
    receiver, device, wire, _ = stage(Faults(delay=1.0))
    for number in range(IN_FLIGHT + 50):
        receiver.received(b"%d" % number)
    await asyncio.sleep(2)
    assert len(wire.frames) == IN_FLIGHT
    receiver.received(b"late")
    assert device.transport is not None
    device.transport.close()
    await asyncio.sleep(2)
    assert wire.closed
    assert len(wire.frames) == IN_FLIGHT


def test_faults_are_read_from_json_and_written_to_it() -> None:
    faults = Faults.of({"mute": True, "delay": 1, "loss": 0.25})
    assert faults == Faults(mute=True, delay=1.0, loss=0.25)
    assert Faults.of({"mute": False}, faults) == Faults(delay=1.0, loss=0.25)
    assert Faults.of(faults.as_json()) == faults
    assert not Faults().any
    assert faults.any


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"deaf": True}, UnknownName, "no fault 'deaf'; there are mute, delay"),
        ({"mute": 1}, OutOfDefinition, "mute: takes true or false"),
        ({"loss": 1.1}, OutOfDefinition, "loss: takes a number from 0 to 1"),
        ({"loss": True}, OutOfDefinition, "loss: takes a number"),
        ({"delay": -1}, OutOfDefinition, "delay: takes a number from 0 to 30"),
        ({"delay": float("nan")}, OutOfDefinition, "delay: takes a number"),
        ({"duplicate": "often"}, OutOfDefinition, "duplicate: takes a number"),
    ],
)
def test_nonsense_is_refused_in_words(given: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Faults.of(given)
