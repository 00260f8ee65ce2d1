"""The device's end of a session: hears a hub's frames, asks its owner, answers. Owns pending tickets; never a value.

A device that is not asked stays silent but for `report`; heartbeats are answered here.
"""

from __future__ import annotations

from collections.abc import Mapping

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.midea import frame, lane, packet
from jiahe.wire.midea.appliance import Asking, DeviceSide
from jiahe.wire.talk import Answer, Asked, Broken, Event, Identity, Ignored, Opened, Point, Raw

MOST_PENDING = 64
"""A hub sends one request at a time; one that floods loses its oldest."""


class Device:
    """Everything `talk.Session` promises for Role.DEVICE."""

    def __init__(self, identity: Identity, appliance: DeviceSide, type_: int) -> None:
        self._identity, self._appliance, self._type = identity, appliance, type_
        self._device_id = int(identity.hardware_id) if identity.hardware_id.isdecimal() else 0
        self._lane: lane.Lane | None = None
        self._events: list[Event] = []
        self._pending: dict[int, tuple[Asking, int]] = {}
        self._tickets = 0

    def open(self, fresh: lane.Lane, now: float) -> None:
        self._lane = fresh
        self._pending.clear()
        if fresh.ready:
            self._opened(2)

    def _opened(self, version: int) -> None:
        self._events.append(Opened({"version": version, "hardware_id": self._identity.hardware_id}))

    def events(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken

    def outgoing(self) -> list[bytes]:
        if self._lane is None:
            return []
        taken, self._lane.out = self._lane.out, []
        return taken

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        found = self._pending.pop(ticket, None)
        if found is None:
            raise LocalProtocolError(f"ticket {ticket} is not waiting for an answer")
        asking, message_id = found
        for said in self._appliance.answer(asking, answer):
            self._send(said, message_id, now)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        frames = self._appliance.push(values)
        if self._lane is not None and self._lane.ready:
            for said in frames:
                self._send(said, 0, now)

    def receive(self, data: bytes, now: float) -> None:
        if self._lane is None:
            self._events.append(Ignored("bytes on a closed conversation", b""))
            return
        for news in self._lane.feed(data):
            match news:
                case lane.Heard(read):
                    self._hear(read, now)
                case lane.Ready():
                    self._opened(3)
                case lane.Denied(why) | lane.Lost(why):
                    self._lane = None
                    self._events.append(Broken(why))
                case lane.Odd(why, unit):
                    self._events.append(Ignored(why, unit))

    def _hear(self, read: packet.Packet, now: float) -> None:
        if read.is_heartbeat:
            self._put(packet.Packet(packet.HEARTBEAT_REPLY, packet.BEAT_REPLY, self._device_id, b""), now)
            return
        if read.device_id not in (0, self._device_id):
            self._events.append(Ignored("a packet for another appliance", read.payload))
            return
        framed = frame.decode(read.payload)
        if isinstance(framed, str):
            self._events.append(Ignored(framed, read.payload))
            return
        if framed.appliance != self._type:
            self._events.append(Ignored(f"a frame for another type, {framed.appliance:02x}", read.payload))
            return
        asking = self._appliance.asked(framed)
        if isinstance(asking, str):
            self._events.append(Ignored(asking, read.payload))
        elif asking.ask is None:
            for said in asking.replies:
                self._send(said, read.message_id, now)
        else:
            self._tickets += 1
            if len(self._pending) >= MOST_PENDING:
                del self._pending[next(iter(self._pending))]
            self._pending[self._tickets] = (asking, read.message_id)
            self._events.append(Asked(self._tickets, asking.ask))

    def _send(self, said: frame.Frame, message_id: int, now: float) -> None:
        payload = frame.encode(said)
        self._put(packet.Packet(packet.DATA, packet.REPLY, self._device_id, payload, message_id), now)

    def _put(self, said: packet.Packet, now: float) -> None:
        if self._lane is None:
            return
        stamp = packet.stamp(self._identity.epoch + now)
        self._lane.send(
            packet.encode(
                packet.Packet(said.kind, said.magic, said.device_id, said.payload, said.message_id, stamp)
            )
        )
