"""How many properties go into one request. Owns what was learned about one device; never sends anything.

Devices answer with at most about 1056 bytes and are silent (or say -9999) when more was asked for; a request must
stay under 1024 bytes. Sources: al-one's mini_miio (the limits), python-miio (15 a request, fewer for some models),
a public C# project that counted 18 properties = 981 bytes answered and 20 = silence on xiaomi.derh.lite.
"""

from __future__ import annotations

from collections.abc import Sequence

from jiahe.wire.talk import Point, Raw

START = 15
MOST = 64
"""No firmware is known to answer more in one datagram."""

REQUEST_BYTES = 960
"""Bytes of JSON in one request: 1024 less the header (32), the padding (16) and room for id and method."""

_REPLY_BYTES = 1000
_REPLY_FRAME = 40
_ITEM_BYTES = 44
"""`{"did":"","siid":,"piid":,"code":0,"value":},`: what an item of the answer has around its numbers and its value."""
_VALUE_GUESS = 6
_REMEMBERED = 256
"""Points whose long values, or whose silence, are remembered: more than any published device has."""


class Sizing:
    """`chunk` is the number of properties a request holds; it only shrinks, and stays above what was answered.

    `proven` is the longest list this device has answered. Points in `alone` made the device say -9999 by
    themselves and are asked one by one, so that they no longer spoil the others.
    """

    __slots__ = ("_long", "alone", "chunk", "proven")

    def __init__(self, chunk: int = START) -> None:
        self.chunk = min(max(chunk, 1), MOST)
        self.proven = 0
        self.alone: set[Point] = set()
        self._long: dict[Point, int] = {}

    def take(self, pending: Sequence[Point], limit: int) -> tuple[Point, ...]:
        """The first points of `pending` that fit into one request and one answer; at least one."""
        if not self.alone and not self._long and len(pending) <= min(limit, START):
            return tuple(pending)
        taken: list[Point] = []
        room = _REPLY_BYTES - _REPLY_FRAME
        for point in pending:
            room -= len(point) + _ITEM_BYTES + self._long.get(point, _VALUE_GUESS)
            if taken and (len(taken) >= limit or room < 0 or point in self.alone or taken[0] in self.alone):
                break
            taken.append(point)
        return tuple(taken)

    def answered(self, part: Sequence[Point], values: dict[Point, Raw], limit: int) -> None:
        """A list of this size was answered, while the call had come down to `limit`."""
        self.proven = max(self.proven, len(part))
        if self.proven <= limit < self.chunk:
            self.chunk = limit
        for point in part:
            value = values.get(point)
            if type(value) is str and len(value) > _VALUE_GUESS:
                size = len(value.encode("utf-8", "surrogatepass")) + 2
                if point in self._long or len(self._long) < _REMEMBERED:
                    self._long[point] = size

    def silent_alone(self, point: Point, chunk: int) -> None:
        """One point by itself was met with -9999: it was the cause, not the size; `chunk` was the size before."""
        if len(self.alone) < _REMEMBERED:
            self.alone.add(point)
        self.chunk = max(self.chunk, chunk)
