"""The DEVICE's end: a band that checks keys, asks its owner for values, and notifies. Owns who has proved the key.

Never knows what a value means. It answers each operation once, as ATT does.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.gatt import ASKS, Frame, Operation, decode
from jiahe.wire.huami import activity, layout, proof
from jiahe.wire.huami.generation import generation_of
from jiahe.wire.huami.proof import Kind, Message, Status
from jiahe.wire.talk import (
    Act,
    Answer,
    Ask,
    Asked,
    Describe,
    Entropy,
    Event,
    Identity,
    Ignored,
    Opened,
    Point,
    Raw,
    Read,
)

PENDING = 32
"""Operations that may wait for the owner's answer; the next is refused. ATT itself allows one."""
WAITING = 256
"""Datagrams and events that wait for an owner who does not come; then they are dropped."""
OWN_CLOCK = datetime(2026, 1, 1, 12, 0)  # noqa: DTZ001 - what stands on its face, and stands still: minutes are asked for by it
_STRANGER = "insufficient authentication"


class Band:
    """See the module. `key` is the key it takes now: a new one after pairing, for its owner to keep."""

    def __init__(self, identity: Identity, entropy: Entropy, redact: Callable[[bytes], bytes]) -> None:
        self._band = generation_of(identity.facts)
        self.key = bytes(identity.secrets.get("key", b""))
        if self.key and len(self.key) != proof.KEY_SIZE:
            raise LocalProtocolError(f"a band's key has {proof.KEY_SIZE} bytes, not {len(self.key)}")
        self._tapped = bool(identity.facts.get("tapped", True))
        self._entropy, self._redact = entropy, redact
        self._challenge = b""
        self._known = False
        self._subscribed: set[str] = set()
        self._values: dict[Point, Raw] = {}
        self._pending: OrderedDict[int, Frame] = OrderedDict()
        self._tickets = 0
        self.out: list[bytes] = []
        self.said: list[Event] = []

    # ---- what comes in ------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """A datagram of `wire.gatt`, whatever it is."""
        frame = decode(data)
        if frame is None or frame.operation not in ASKS:
            self._note(Ignored("no GATT operation that a hub asks for", self._redact(data)))
        elif frame.operation is Operation.SUBSCRIBE:
            self._subscribe(frame)
        elif frame.characteristic == layout.AUTH and frame.operation is Operation.WRITE:
            self._send(frame.answered())
            self._offered(proof.asked(frame.payload), data)
        elif not self._known:
            self._send(frame.refused(_STRANGER))
        elif frame.operation is Operation.READ:
            self._read(frame)
        else:
            self._written(frame)

    def _subscribe(self, frame: Frame) -> None:
        heard = (layout.AUTH, activity.CONTROL, activity.DATA)
        if frame.characteristic in heard or frame.characteristic in layout.BY_CHARACTERISTIC:
            self._subscribed.add(frame.characteristic)
            self._send(frame.answered())
        else:
            self._send(frame.refused("it does not notify"))

    def _read(self, frame: Frame) -> None:
        row = layout.BY_CHARACTERISTIC.get(frame.characteristic)
        if row is not None and row.readable:
            self._ask(Read(row.points), frame)
        elif frame.characteristic in layout.CARD:
            self._ask(Describe(), frame)
        elif frame.characteristic == activity.CLOCK:
            self._send(frame.answered(activity.date(OWN_CLOCK, 0) + bytes(3)))
        else:
            self._send(frame.refused("it cannot be read"))

    def _written(self, frame: Frame) -> None:
        if frame.characteristic == layout.ALERT and frame.payload == layout.VIBRATE:
            self._ask(Act(layout.ALERT_ACT), frame)
        elif frame.characteristic == layout.HEART_CONTROL and frame.payload in layout.HEART_COMMANDS:
            self._send(frame.answered())
            if frame.payload == layout.MEASURE:
                self._ask(Read((layout.HEART,)), frame)
        elif frame.characteristic == activity.CONTROL and frame.payload.startswith(activity.START):
            self._ask(Read((layout.MOVEMENT, layout.HEART)), frame)
        elif frame.characteristic == activity.CONTROL and frame.payload == activity.FETCH:
            self._send(frame.answered())
            self._say(activity.DATA, activity.packet((self._minute(),)))
            self._say(activity.CONTROL, activity.ENDED)
        else:
            self._send(frame.refused("it does not take this"))

    def _minute(self) -> activity.Sample:
        movement, pulse = self._values.get(layout.MOVEMENT), self._values.get(layout.HEART)
        return activity.Sample(
            movement if isinstance(movement, int) else 0, 0, pulse if isinstance(pulse, int) else None
        )

    def _say(self, characteristic: str, payload: bytes) -> None:
        if characteristic in self._subscribed:
            self._send(Frame(Operation.NOTIFIED, characteristic, payload))

    def _ask(self, ask: Ask, frame: Frame) -> None:
        if len(self._pending) >= PENDING:
            self._send(frame.refused("busy"))
            return
        self._tickets += 1
        self._pending[self._tickets] = frame
        self.said.append(Asked(self._tickets, ask))

    # ---- the key ------------------------------------------------------------------------------------------------

    def _offered(self, message: Message | None, data: bytes) -> None:
        if message is None:
            self._note(Ignored("no key, challenge or proof", self._redact(data)))
        elif message.kind is Kind.KEY:
            if not self._band.own_key:
                self._tell(Message(Kind.KEY, b"", Status.NO))
            elif self._tapped:
                self.key, self._known = message.body, False
                self._tell(Message(Kind.KEY, b""))
        elif message.kind is Kind.CHALLENGE:
            self._challenge = self._challenge or self._entropy(proof.KEY_SIZE)
            self._tell(Message(Kind.CHALLENGE, self._challenge))
        else:
            challenge, self._challenge = self._challenge, b""  # each challenge is proved once
            right = bool(self.key and challenge) and proof.sealed(self.key, challenge) == message.body
            self._tell(Message(Kind.PROOF, b"", Status.YES if right else Status.NO))
            if right and not self._known:
                self._note(Opened({"model": self._band.model}))
            self._known = self._known or right

    def _tell(self, message: Message) -> None:
        if layout.AUTH in self._subscribed:
            self._send(Frame(Operation.NOTIFIED, layout.AUTH, proof.answer(self._band, message)))

    # ---- what the owner says ------------------------------------------------------------------------------------

    def answer(self, ticket: int, answer: Answer) -> None:
        """LocalProtocolError for a ticket that does not wait."""
        frame = self._pending.pop(ticket, None)
        if frame is None:
            raise LocalProtocolError(f"ticket {ticket} does not wait for an answer")
        known = {*layout.BY_POINT, layout.MOVEMENT}
        self._values.update({point: raw for point, raw in answer.values.items() if point in known})
        row = layout.BY_CHARACTERISTIC.get(frame.characteristic)
        if frame.characteristic == activity.CONTROL:
            self._send(frame.answered())
            has = isinstance(self._values.get(layout.MOVEMENT), int)
            self._say(activity.CONTROL, activity.begun(int(has), frame.payload[2:10]))
        elif frame.characteristic == layout.HEART_CONTROL:
            self._notify(layout.BY_POINT[layout.HEART])
        elif answer.refusal is not None:
            self._send(frame.refused(answer.refusal.value.replace("_", " ")))
        elif frame.operation is Operation.WRITE:
            self._send(frame.answered())
        elif row is not None:
            payload = row.encode(self._values)
            self._send(frame.refused("unlikely error") if payload is None else frame.answered(payload))
        else:
            text = str(answer.facts.get(layout.CARD[frame.characteristic], ""))
            self._send(frame.answered(text.encode()[:40]))

    def report(self, values: Mapping[Point, Raw]) -> None:
        """Notifies what changed to a hub that proved the key and listens."""
        known = {point: raw for point, raw in values.items() if point in layout.BY_POINT}
        self._values.update(known)
        for row in dict.fromkeys(layout.BY_POINT[point] for point in known):
            if row.readable:  # the heart rate is told when it was measured, not with the whole state
                self._notify(row)

    def _notify(self, row: layout.Layout) -> None:
        payload = row.encode(self._values)
        if self._known and row.characteristic in self._subscribed and payload is not None:
            self._send(Frame(Operation.NOTIFIED, row.characteristic, payload))

    def _send(self, frame: Frame) -> None:
        if len(self.out) < WAITING:
            self.out.append(frame.encode())

    def _note(self, event: Event) -> None:
        if len(self.said) < WAITING:
            self.said.append(event)
