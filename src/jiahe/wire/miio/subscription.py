"""The subscription of newer devices on the local network, both ends. Owns MDID, MSUB and miIO.sub; never a value.

The hub's probe is a hello with "MDID" and a 64-bit id of its own behind the header; a device that can, answers with
"MSUB", the time of the subscription it has, "PUB", a type and 0xFE where all properties may be had at once. The hub
then calls miIO.sub. The only source is Xiaomi's own Home Assistant integration; not yet tried on hardware, hence
behind the fact `subscribe`. Polling goes on beside it.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from typing import Any

import orjson

from jiahe.wire.miio import packet
from jiahe.wire.miio.actions import changed_request
from jiahe.wire.talk import Done, Entropy, Event, Point, Raw

PATIENCE = 5.0
"""Seconds that a miIO.sub may take."""

_PROBE_EVERY = (10.0, 20.0, 40.0, 50.0)
_ANSWER_WITHIN = 5.0
_LAPSE = 180.0
"""Seconds without a probe after which a device forgets its subscriber: three probes lost and more."""
_AGAIN_AFTER, _PUSH_TRIES, _UNANSWERED = 1.0, 3, 32
_WILDCARD = 0xFE
_TYPES = (0, 1, 4)
_PROBE = struct.Struct(">16s4sQ4x")
_OFFER = struct.Struct(">16s4sI3sBB3x")


def is_offer(data: bytes) -> bool:
    """A device's answer to our probe (32 bytes with a right header)."""
    return data[16:20] == b"MSUB" and data[24:27] == b"PUB"


def is_probe(data: bytes) -> bool:
    """A hub's probe (a hello by its header)."""
    return packet.is_hello(data) and data[16:20] == b"MDID"


class Subscriber:
    """HUB: probes, and asks for everything where the offer stands and is not ours already.

    `due` is when the next probe goes out; `asking` is true while a miIO.sub is under way.
    """

    __slots__ = ("_epoch", "_mine", "_probed_at", "_probes", "_virtual", "_wanted", "asking", "due")

    def __init__(self, entropy: Entropy, epoch: float) -> None:
        self._virtual = int.from_bytes(entropy(8), "big") >> 1 or 1
        self._epoch = epoch
        self._mine = self._wanted = 0
        self._probes = 0
        self._probed_at = -_ANSWER_WITHIN
        self.asking = False
        self.due = 0.0

    def begin(self, now: float) -> None:
        """The device is there: the first probe may go out at once."""
        self.due = now

    def probe(self, now: float) -> bytes:
        """The probe; the next is due 10 to 50 s later."""
        self.due = now + _PROBE_EVERY[min(self._probes, len(_PROBE_EVERY) - 1)]
        self._probes += 1
        self._probed_at = now
        return _PROBE.pack(packet.HELLO[:16], b"MDID", self._virtual)

    def probed(self, now: float) -> bool:
        """Whether a short datagram may be the answer of an older device to our probe."""
        return now - self._probed_at <= _ANSWER_WITHIN

    def offered(self, data: bytes, now: float) -> bytes | None:
        """The call to make on this offer, None where there is none to make."""
        _, _, since, _, kind, wildcard = _OFFER.unpack_from(data)
        if self.asking or not self.probed(now) or wildcard != _WILDCARD or kind not in _TYPES:
            return None
        if since == self._mine and since:
            return None
        self._wanted = int(self._epoch + now) & 0xFFFF_FFFF or 1
        params = {"version": "2.0", "did": str(self._virtual), "update_ts": self._wanted, "sub_method": "."}
        return b'"method":"miIO.sub","params":' + orjson.dumps(params) + b"}"

    def accepted(self, ticket: int, result: Any) -> tuple[Event, ...] | None:
        """The device's answer to miIO.sub; None where it is none."""
        if not isinstance(result, dict) or type(result.get("code")) is not int:
            return None
        if result["code"] == 0:
            self._mine = self._wanted
        return (Done(ticket),)


class Publisher:
    """DEVICE: who subscribed, and the pushes that nobody has acknowledged yet (each is sent three times at most)."""

    __slots__ = ("_probed_at", "_since", "_waiting")

    def __init__(self) -> None:
        self._since = 0
        self._probed_at = 0.0
        self._waiting: OrderedDict[int, list[Any]] = OrderedDict()

    def offer(self, device: int, stamp: int, now: float) -> bytes:
        """The answer to a probe."""
        self._probed_at = now
        head = packet.hello_reply(device, stamp)[:16]
        return _OFFER.pack(head, b"MSUB", self._since, b"PUB", 1, _WILDCARD)

    def call(self, method: str, params: Any, now: float) -> bool | None:
        """Hears miIO.sub and miIO.unsub: taken or not; None for any other method."""
        if method not in ("miIO.sub", "miIO.unsub"):
            return None
        since = params.get("update_ts") if isinstance(params, dict) else None
        if type(since) is not int or not 0 < since < 2**32:
            return False
        self._since, self._probed_at = (since, now) if method == "miIO.sub" else (0, now)
        return True

    def push(self, number: int, device: int, values: dict[Point, Raw], now: float) -> bytes | None:
        """The body of a push, None where nobody listens or nothing can be pushed."""
        if not self._since or now - self._probed_at > _LAPSE:
            self._since = 0
            return None
        tail = changed_request(device, values)
        if tail is None:
            return None
        body = b'{"id":%d,' % number + tail
        if len(self._waiting) >= _UNANSWERED:
            self._waiting.popitem(last=False)
        self._waiting[number] = [now + _AGAIN_AFTER, 1, body]
        return body

    def acknowledged(self, number: Any) -> bool:
        """Whether this was the answer to a push of ours."""
        return type(number) is int and self._waiting.pop(number, None) is not None

    def wake_at(self) -> float | None:
        """When the next push is to be sent again."""
        return min((row[0] for row in self._waiting.values()), default=None)

    def again(self, now: float) -> list[bytes]:
        """The bodies to send again; those out of tries are dropped."""
        bodies = []
        for number, row in list(self._waiting.items()):
            if row[0] <= now:
                if row[1] >= _PUSH_TRIES:
                    del self._waiting[number]
                else:
                    row[0], row[1] = now + _AGAIN_AFTER, row[1] + 1
                    bodies.append(row[2])
        return bodies
