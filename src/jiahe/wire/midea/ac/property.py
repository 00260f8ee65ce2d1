"""The AC's properties: numbered values read by B1, written by B0 and told unasked by B5 of frame type 5.

Owns their ids, names and codings; a number without a row is still readable as `property.0x1234`. In an answer each
stands as id (u16, little endian), result (bit 4: no), length, data; in a set and in a notice as id, length, data.
Facts: msmart-ng (MIT); the notices were read off captures of a live unit (blaueis, CC0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from jiahe.wire.talk import Raw, Refusal

READ, WRITE = 0xB1, 0xB0
MOST = 32
"""Properties in one message: 32 of the widest still fit a frame; a unit answers fewer."""
ERROR = 0x10


@dataclass(frozen=True, slots=True)
class Property:
    """One numbered value. `wish`/`wished` differ from `tell`/`told` where a set is coded unlike an answer."""

    id: int
    name: str
    told: Callable[[bytes], Raw]
    tell: Callable[[int], bytes]
    low: int = 0
    high: int = 1
    wish: Callable[[int], bytes] | None = None
    wished: Callable[[bytes], Raw] | None = None

    @property
    def point(self) -> str:
        return f"property.{self.name}"

    @property
    def is_bool(self) -> bool:
        return self.high == 1


def _flag(data: bytes) -> Raw:
    return data[0] != 0


def _byte(data: bytes) -> Raw:
    return data[0]


def _one(value: int) -> bytes:
    return bytes([value & 0xFF])


def _second(data: bytes) -> Raw:
    """A level behind a switch: 0 while the switch is off."""
    return data[1] if len(data) > 1 and data[0] else 0


TABLE: tuple[Property, ...] = (
    Property(0x0009, "louvre_vertical", _byte, _one, 0, 100),
    Property(0x000A, "louvre_horizontal", _byte, _one, 0, 100),
    Property(0x0015, "indoor_humidity", _byte, _one, 0, 100),
    Property(0x0018, "breezeless", _flag, _one),
    Property(0x001A, "buzzer", _flag, _one),
    Property(0x0039, "self_clean", _flag, _one),
    Property(0x0042, "breeze_away", lambda d: d[0] == 2, lambda v: _one(2 if v else 1)),
    Property(0x0043, "breeze_control", _byte, _one, 0, 4),
    Property(0x0048, "rate_select", _byte, _one, 0, 100),
    Property(0x004B, "fresh_air", _second, lambda v: bytes([v > 0, v, 0xFF]), 0, 100),
    Property(0x0059, "cascade", _second, lambda v: bytes([v > 0, v]), 0, 2),
    Property(0x0067, "flash", _flag, _one),
    Property(0x00CD, "out_silent", lambda d: d[0] == 3, lambda v: _one(3 if v else 0)),
    Property(
        0x00E3,
        "ieco",
        lambda d: len(d) > 1 and d[1] != 0,
        lambda v: bytes([1, v]),
        wish=lambda v: bytes([0, 1, v]) + bytes(10),
        wished=lambda d: len(d) > 2 and d[2] != 0,
    ),
    Property(0x021E, "anion", _flag, _one),
    Property(0x022C, "sound", _flag, _one),
)
BY_ID = {row.id: row for row in TABLE}
BY_POINT = {row.point: row for row in TABLE}
BUZZER = BY_POINT["property.buzzer"].id

_NUMBER = re.compile(r"property\.0x([0-9a-f]{4})")


def number(point: str) -> int | None:
    """The id behind a point's name; None where there is none. A number with a name is known by its name only."""
    if row := BY_POINT.get(point):
        return row.id
    found = _NUMBER.fullmatch(point)
    if found is None or (known := int(found[1], 16)) in BY_ID:
        return None
    return known


def name(id_: int) -> str:
    """The point of an id."""
    row = BY_ID.get(id_)
    return row.point if row else f"property.0x{id_:04x}"


def _value(id_: int, data: bytes, *, asked: bool = False) -> Raw:
    """One byte without a row is a number, more are hex text."""
    row = BY_ID.get(id_)
    if row is None:
        return data[0] if len(data) == 1 else data.hex()
    return row.wished(data) if asked and row.wished else row.told(data)


def _bytes(id_: int, value: Raw, *, wish: bool = False) -> bytes:
    row = BY_ID.get(id_)
    if row is not None:
        # A number beyond the row's bounds can only come from a DEVICE's own values: a byte is what there is.
        known = max(row.low, min(row.high, int(value))) if isinstance(value, int | float) else 0
        return row.wish(known) if wish and row.wish else row.tell(known)
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)[:32]
        except ValueError:
            return b"\0"
    return _one(int(value or 0))


def wrong(point: str, value: Raw) -> str | None:
    """Why this value cannot be written to this point; None where it can."""
    id_ = number(point)
    row = BY_ID.get(id_) if id_ is not None else None
    if row is not None and row.is_bool:
        return None if isinstance(value, bool) else f"{point} takes true or false"
    if row is not None:
        low, high = row.low, row.high
        fine = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return None if fine else f"{point} takes a whole number from {low} to {high}"
    if isinstance(value, str) and re.fullmatch("([0-9a-f]{2}){1,32}", value):
        return None
    fine = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255
    return None if fine else f"{point} takes a byte (0 to 255) or up to 32 bytes as hex text"


# ---- bodies ---------------------------------------------------------------------------------------------------


def query(ids: Iterable[int]) -> bytes:
    """HUB: the B1 body that asks for these."""
    listed = list(ids)[:MOST]
    return bytes([READ, len(listed)]) + b"".join(i.to_bytes(2, "little") for i in listed)


def queried(body: bytes) -> list[int]:
    """DEVICE: the ids that a B1 body asks for."""
    count = min(body[1], MOST) if len(body) > 1 else 0
    listed = body[2 : 2 + 2 * count]
    return [int.from_bytes(listed[i : i + 2], "little") for i in range(0, len(listed) - 1, 2)]


def write(values: Mapping[str, Raw]) -> bytes:
    """HUB: the B0 body that sets these points, silently (the buzzer's own property off)."""
    ids = {number(point): value for point, value in values.items()}
    parts = [(i, _bytes(i, value, wish=True)) for i, value in ids.items() if i is not None]
    if BUZZER not in ids:
        parts.append((BUZZER, b"\0"))
    return bytes([WRITE, len(parts)]) + b"".join(
        i.to_bytes(2, "little") + bytes([len(d)]) + d for i, d in parts
    )


def listed(body: bytes, *, asked: bool = False) -> dict[str, Raw]:
    """A list of id, length, data: a set (`asked`, DEVICE) or a B5 notice (HUB); stops where the body does."""
    values: dict[str, Raw] = {}
    at = 2
    for _ in range(body[1] if len(body) > 1 else 0):
        size = body[at + 2] if at + 3 <= len(body) else 0
        data = body[at + 3 : at + 3 + size]
        if at + 3 > len(body) or len(data) < size:
            break
        if size:
            id_ = int.from_bytes(body[at : at + 2], "little")
            values[name(id_)] = _value(id_, data, asked=asked)
        at += 3 + size
    return values


def notice(values: Mapping[str, Raw]) -> bytes:
    """DEVICE: the B5 body of frame type 5 that tells these points changed."""
    parts = [(i, _bytes(i, v)) for point, v in values.items() if (i := number(point)) is not None][:MOST]
    return bytes([0xB5, len(parts)]) + b"".join(
        i.to_bytes(2, "little") + bytes([len(d)]) + d for i, d in parts
    )


def answered(body: bytes) -> tuple[dict[str, Raw], dict[str, Refusal]]:
    """HUB: values and faults in an answer to B1 or B0. Nothing told for an id means that the unit lacks it."""
    values: dict[str, Raw] = {}
    faults: dict[str, Refusal] = {}
    at = 2
    for _ in range(body[1] if len(body) > 1 else 0):
        if at + 4 > len(body):
            break
        point = name(int.from_bytes(body[at : at + 2], "little"))
        result, size = body[at + 2], body[at + 3]
        data = body[at + 4 : at + 4 + size]
        if len(data) < size:
            break
        if result & ERROR:
            faults[point] = Refusal.NOT_WRITABLE if body[0] == WRITE else Refusal.UNSUPPORTED
        elif size:
            values[point] = _value(int.from_bytes(body[at : at + 2], "little"), data)
        else:
            faults[point] = Refusal.UNSUPPORTED
        at += 4 + size
    return values, faults


def answer(kind: int, ids: Iterable[int], values: Mapping[str, Raw], faults: Iterable[str]) -> bytes:
    """DEVICE: the answer to B1 or B0 (`kind`) about these ids."""
    refused = frozenset(faults)
    body = b""
    count = 0
    for id_ in list(ids)[:MOST]:
        point = name(id_)
        data = _bytes(id_, values[point]) if values.get(point) is not None else b""
        result = ERROR if point in refused else 0
        body += id_.to_bytes(2, "little") + bytes([result, len(data)]) + data
        count += 1
    return bytes([kind, count]) + body
