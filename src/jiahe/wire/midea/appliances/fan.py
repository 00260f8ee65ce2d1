"""Fans, type FA: the sheet. Owns where everything stands in their bodies; never which model takes a write.

An order says only what changes, the rest is "leave it". Facts: midea-local 6.6.1 and 14 (MIT). Units of protocol 5
number their modes otherwise; they are read as midea-local reads the others.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, flag, listed, number, switch
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Order, Query, Sheet, Unit, Values
from jiahe.wire.talk import Raw

TYPE = 0xFA
LEAVE = 0x80
SHORT, LONG = 19, 50
SPEEDS = range(1, 27)
_POWER, _LOCK, _SPEED, _SWING, _TILT = 4, 3, 5, 8, 25
_SHORT_SUBTYPES = (*range(1, 11), 0xA1)
_FILLED_SUBTYPES = (*range(1, 10), 0xA1)


def _mode(name: str) -> Field:
    """Four bits beside the power, one more than the mode; None where they are 0."""

    def read(body: bytes) -> Raw:
        raw = body[_POWER] >> 1 & 0x0F
        return raw - 1 if raw else None

    def write(body: bytearray, value: Raw) -> None:
        if len(body) > _POWER:
            raw = max(0, min(14, round(value))) + 1 if isinstance(value, int | float) else 0
            body[_POWER] = body[_POWER] & ~0x1E & 0xFF | raw << 1

    return Field(name, read, write, _POWER + 1, int, 0, 14)


_YES_OR_NO = {"state.humidify": (9, 0x20, 0x10, 0xF0), "state.display": (19, 0x40, 0x80, 0xC0),
              "state.water_ions": (34, 0x01, 0x02, 0x03)}  # fmt: skip
"""Point: byte, yes, no, mask."""

STATE = Layout(
    "state",
    {kind: {} for kind in (Kind.QUERY, Kind.SET, Kind.NOTIFY)},
    (
        switch("state.child_lock", _LOCK, 1, 2, 0x03),
        flag("state.power", _POWER, 0),
        _mode("state.mode"),
        listed("state.fan", _SPEED, SPEEDS),
        flag("state.swing", _SWING, 0),
        number("state.swing_mode", _SWING, 1, 3),
        number("state.swing_angle", _SWING, 4, 3),
        number("state.tilt_angle", _TILT),
        *(switch(point, *place) for point, place in _YES_OR_NO.items()),
    ),
    bytes(52),
    smallest=9,
    push=Kind.NOTIFY,
)


def _build(state: Values, changes: Values, unit: Unit) -> bytes:
    body = bytearray(SHORT if unit.subtype in _SHORT_SUBTYPES else LONG)
    body[_POWER] = body[_SWING] = LEAVE
    if unit.subtype in _FILLED_SUBTYPES:
        body[14] = 0xFF
    if "state.power" in changes:
        body[_POWER] = int(bool(changes["state.power"]))
    if isinstance(mode := changes.get("state.mode"), int):
        body[_POWER] = 1 | (mode + 1) << 1 & 0x1E
    if isinstance(fan := changes.get("state.fan"), int):
        body[_SPEED] = fan
    if "state.child_lock" in changes:
        body[_LOCK] = 1 if changes["state.child_lock"] else 2
    _turn(body, state, changes)
    for point, (byte, yes, no, _) in _YES_OR_NO.items():
        if point in changes and byte < len(body):
            body[byte] = yes if changes[point] else no
    if isinstance(tilt := changes.get("state.tilt_angle"), int) and len(body) > _TILT:
        body[_TILT] = tilt
    return bytes(body)


def _turn(body: bytearray, state: Values, changes: Values) -> None:
    """Swing, its mode and its angle share a byte: what of them is not changed is said as it was told."""
    rows = [row for row in STATE.fields if row.needs == _SWING + 1]
    if any(row.name in changes for row in rows):
        body[_SWING] = 0
        for row in rows:
            row.write(body, changes.get(row.name, state.get(row.name)))
        if "state.swing" not in changes:
            body[_SWING] |= 1


def _hear(body: bytes) -> Values | None:
    if len(body) < SHORT:
        return None
    values: dict[str, Raw] = {}
    if body[_POWER] != LEAVE:
        values["state.power"] = body[_POWER] & 1 == 1
        if body[_POWER] >> 1 & 0x0F:
            values["state.mode"] = (body[_POWER] >> 1 & 0x0F) - 1
    if body[_SPEED] in SPEEDS:
        values["state.fan"] = body[_SPEED]
    if body[_LOCK] in (1, 2):
        values["state.child_lock"] = body[_LOCK] == 1
    if body[_SWING] != LEAVE:
        values |= {row.name: row.read(body) for row in STATE.fields if row.needs == _SWING + 1}
    for point, (byte, yes, no, mask) in _YES_OR_NO.items():
        if byte < len(body) and body[byte] & mask in (yes, no):
            values[point] = body[byte] & mask == yes
    if len(body) > _TILT and body[_TILT]:
        values["state.tilt_angle"] = body[_TILT]
    return values or None


POINTS = (
    *("state.power", "state.mode", "state.fan", "state.child_lock"),
    *("state.swing", "state.swing_mode", "state.swing_angle", "state.tilt_angle", *_YES_OR_NO),
)
SHEET = Sheet(
    TYPE,
    "a fan",
    (STATE,),
    (Query(b"", "state", mark=0),),
    (Order(POINTS, _build, _hear, whole=True),),
    bounds={"state.fan": (1, 26)},
)
