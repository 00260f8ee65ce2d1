"""The DEVICE's end: answers hellos, opens requests, asks its owner, answers. Owns what a device remembers of a peer.

Never knows what a property means; never acts on a datagram whose checksum is wrong. A request whose id is among the
last 32 is answered as before and not asked again, as real devices take a repeated id for an echo.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from jiahe.model.errors import LocalProtocolError
from jiahe.wire.miio import codes, methods, packet
from jiahe.wire.miio.end import End
from jiahe.wire.miio.methods import Row
from jiahe.wire.miio.points import address, is_name
from jiahe.wire.miio.repair import loads
from jiahe.wire.miio.subscription import Publisher, is_probe
from jiahe.wire.talk import (
    Act,
    Answer,
    Asked,
    Describe,
    Entropy,
    Identity,
    Opened,
    Point,
    Raw,
    Refusal,
    Write,
)

_REMEMBERED = 32
_PENDING = 32
"""Requests that may wait for the owner's answer; the next is told "busy"."""
_PENDING_FOR = 60.0
"""Seconds after which an unanswered request is forgotten: no hub waits longer."""


@dataclass(slots=True)
class _Pending:
    number: int
    row: Row
    echo: Any
    older: bool
    at: float


class Appliance(End):
    """See the module."""

    def __init__(self, identity: Identity, entropy: Entropy) -> None:
        super().__init__(identity, entropy)
        if self.device is None:
            raise LocalProtocolError("a miIO device needs its hardware_id")
        known = identity.facts.get("methods", ())
        self._methods = frozenset(known) if isinstance(known, tuple | list | set | frozenset) else frozenset()
        limit = identity.facts.get("reply_limit", packet.LARGEST)
        self._limit = min(limit, packet.LARGEST) if type(limit) is int else packet.LARGEST
        token = identity.secrets.get("token", b"")
        self._tells = {"token": token.hex()} if identity.facts.get("tells_token", False) else {}
        self._publisher = Publisher() if identity.facts.get("subscribe", False) else None
        self._opened_at: float | None = None
        self._greeted = False
        self._tickets = 0
        self._pending: OrderedDict[int, _Pending] = OrderedDict()
        self._answers: OrderedDict[int, tuple[bytes, bytes | None]] = OrderedDict()

    def open(self, now: float) -> None:
        """The device's clock starts: its stamp is the seconds since now."""
        self._opened_at = now

    def _stamp(self, now: float) -> int:
        if self._opened_at is None:
            self._opened_at = now
        return max(0, int(now - self._opened_at))

    # ---- what comes in ------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """A datagram from one peer, whatever it is."""
        fault = packet.envelope_fault(data)
        if fault:
            self.ignore(fault, data)
        elif packet.is_hello(data):
            self._hello(data, now)
        elif packet.device_and_stamp(data)[0] != self.device:
            self.ignore("foreign device id", data)
        elif len(data) == packet.HEADER_SIZE or self.keys is None:
            self.ignore("nothing that a device can hear", data)
        else:
            self._sealed(self.keys, data, now)

    def _hello(self, data: bytes, now: float) -> None:
        assert self.device is not None
        if self._publisher is not None and is_probe(data):
            self.send(self._publisher.offer(self.device, self._stamp(now), now))
            return
        self.send(greeting(self.identity, self.device, self._stamp(now)))
        if not self._greeted:
            self._greeted = True
            self.note(Opened({"hardware_id": str(self.device)}))

    def _sealed(self, keys: packet.Keys, data: bytes, now: float) -> None:
        body = keys.unseal(data)
        if body is None:
            self.ignore("the checksum is wrong: another token, or damaged on the way", data)
            return
        try:
            message = loads(body)
        except ValueError:
            self.ignore("no JSON in a valid envelope", data)
            return
        number = message.get("id") if isinstance(message, dict) else None
        if type(number) is not int or not -(2**63) <= number < 2**63:
            self.ignore("JSON of the wrong shape", data)
        elif "method" in message:
            self._request(number, message, body, data, now)
        elif self._publisher is None or not self._publisher.acknowledged(number):
            self.ignore("an answer to nothing that waits", data)

    def _request(self, number: int, message: Mapping[str, Any], body: bytes, data: bytes, now: float) -> None:
        before = self._answers.get(number)
        if before is not None:
            if before[0] != body:
                self.ignore("an id used before for another request", data)
            elif before[1] is not None:
                self.send(before[1])
            return
        if len(self._answers) >= _REMEMBERED:
            self._answers.popitem(last=False)
        self._answers[number] = (body, None)
        method, params = message["method"], message.get("params")
        taken = self._publisher.call(method, params, now) if self._publisher and is_name(method) else None
        if taken is not None:
            self._result(number, {"code": 0 if taken else codes.BAD_ARGUMENT}, now)
            return
        row = methods.row(method, self._methods) if isinstance(method, str) else None
        if row is None:
            self._error(number, Refusal.UNSUPPORTED, now)
            return
        heard = row.hear(params)
        if heard is None:
            self._error(number, Refusal.BAD_VALUE, now)
            return
        while self._pending and next(iter(self._pending.values())).at <= now - _PENDING_FOR:
            self._pending.popitem(last=False)
        if len(self._pending) >= _PENDING:
            self._error(number, Refusal.BUSY, now)
            return
        self._tickets += 1
        older = isinstance(heard.ask, Write | Act) and method not in methods.METHODS
        echo = self._tells if isinstance(heard.ask, Describe) else heard.echo
        self._pending[self._tickets] = _Pending(number, row, echo, older, now)
        self.note(Asked(self._tickets, heard.ask))

    # ---- what goes out ------------------------------------------------------------------------------------------

    def answer(self, ticket: int, answer: Answer, now: float) -> None:
        """Answers an Asked; LocalProtocolError for a ticket that does not wait and for values JSON cannot hold."""
        pending = self._pending.get(ticket)
        if pending is None:
            raise LocalProtocolError(f"no request waits under ticket {ticket}")
        refusal = answer.refusal
        if refusal is None and pending.older and answer.faults:
            refusal = next(iter(answer.faults.values()))
            refusal = Refusal.UNSUPPORTED if refusal is Refusal.UNKNOWN_POINT else refusal
        if refusal is not None:
            self._error(pending.number, refusal, now)
        else:
            try:
                self._result(pending.number, pending.row.say(pending.echo, answer), now)
            except (TypeError, ValueError) as error:
                raise LocalProtocolError(f"the answer cannot be said in JSON: {str(error)[:120]}") from None
        del self._pending[ticket]

    def _result(self, number: int, result: Any, now: float) -> None:
        self._reply(number, orjson.dumps({"id": number, "result": result}), now)

    def _error(self, number: int, why: Refusal, now: float) -> None:
        self._reply(number, orjson.dumps({"id": number, "error": codes.outer_error(why)}), now)

    def _reply(self, number: int, body: bytes, now: float) -> None:
        assert self.keys is not None
        assert self.device is not None
        if len(body) + packet.HEADER_SIZE + 16 > self._limit:
            body = b'{"id":%d,"error":{"code":%d,"message":"user ack timeout"}}' % (number, codes.ACK_TIMEOUT)
        sealed = self.keys.seal(self.device, self._stamp(now), body)
        before = self._answers.get(number)
        if before is not None:
            self._answers[number] = (before[0], sealed)
        self.send(sealed)

    def report(self, values: Mapping[Point, Raw], now: float) -> None:
        """Pushes MIoT properties to a subscriber; nothing where there is none."""
        if self._publisher is None or self.keys is None or self.device is None:
            return
        mine = {point: value for point, value in values.items() if address(point) is not None}
        body = self._publisher.push(self.number(), self.device, mine, now)
        if body is not None and len(body) + packet.HEADER_SIZE + 16 <= packet.LARGEST:
            self.send(self.keys.seal(self.device, self._stamp(now), body))

    def wake_at(self) -> float | None:
        """When a push that nobody acknowledged is sent again."""
        return self._publisher.wake_at() if self._publisher is not None else None

    def wake(self, now: float) -> None:
        """Sends pushes again."""
        if self._publisher is None or self.keys is None or self.device is None:
            return
        for body in self._publisher.again(now):
            self.send(self.keys.seal(self.device, self._stamp(now), body))


def greeting(identity: Identity, device: int, stamp: int) -> bytes:
    """A device's answer to a hello; it shows its token only where the fact `unprovisioned` says so."""
    token = identity.secrets.get("token", b"")
    if identity.facts.get("unprovisioned", False) and len(token) == 16:
        return packet.hello_reply(device, stamp, bytes(token))
    return packet.hello_reply(device, stamp)
