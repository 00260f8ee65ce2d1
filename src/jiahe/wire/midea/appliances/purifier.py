"""Air purifiers, type FC: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Bodies close with a message id and a CRC. The notice A0 has some fields in other places than the status C8. Facts:
midea-local 6.6.1 (MIT).
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, capped, flag, number
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Order, Query, Sheet, Unit, Values
from jiahe.wire.talk import Raw

TYPE = 0xFC
STATUS, NOTICE = 0xC8, 0xA0
QUERY = bytes.fromhex("410000ff03000002").ljust(20, b"\0")
SET_SIZE = 21
STANDBY = 0x14
ABSENT = 0xFF
STANDBY_LEVELS = (40, 20)
"""ug/m3 at which a unit in standby begins and ends to clean, as midea-local sends them."""


def _byte_or_none(name: str, byte: int) -> Field:
    def read(body: bytes) -> Raw:
        return None if body[byte] == ABSENT else body[byte]

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = max(0, min(254, round(value))) if isinstance(value, int | float) else ABSENT

    return Field(name, read, write, byte + 1, int, 0, 254)


def _sensed(name: str, byte: int) -> Field:
    """What it goes by: 0 while bit 3 of byte 1 is not set, else one more than the byte."""

    def read(body: bytes) -> Raw:
        return body[byte] + 1 if body[1] & 0x08 else 0

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            held = max(0, min(256, round(value))) if isinstance(value, int | float) else 0
            body[1] = body[1] & ~0x08 | (0x08 if held else 0)
            body[byte] = max(held - 1, 0)

    return Field(name, read, write, byte + 1, int, 0, 3)


def _standby(byte: int) -> Field:
    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = STANDBY if value else 0

    return Field("state.standby", lambda body: body[byte] == STANDBY, write, byte + 1, bool, 0, 1)


def _rows(
    *, anion: tuple[int, int], lock: tuple[int, int], standby: int, sensed: int, hcho: int
) -> tuple[Field, ...]:
    return (
        flag("state.power", 1, 0),
        number("state.mode", 2, 4, 4),
        number("state.fan", 3, 0, 7),
        number("state.display", 9, 0, 3),
        capped("state.pm2_5", 14, 13),
        _byte_or_none("state.tvoc", 15),
        flag("state.anion", *anion),
        flag("state.child_lock", *lock),
        _standby(standby),
        _sensed("state.sensed", sensed),
        capped("state.hcho", hcho + 1, hcho),
    )


STATE = Layout(
    "state",
    {kind: {0: (STATUS,)} for kind in (Kind.QUERY, Kind.SET, Kind.NOTIFY)},
    (
        *_rows(anion=(19, 6), lock=(8, 7), standby=34, sensed=29, hcho=37),
        number("state.filter_life", 23),
        number("state.deep_filter_life", 24),
    ),
    bytes([STATUS]) + bytes(39),
    smallest=10,
)
CHANGE = Layout(
    "notice",
    {Kind.NOTIFY: {0: (NOTICE,)}},
    _rows(anion=(10, 5), lock=(10, 4), standby=27, sensed=22, hcho=30),
    bytes([NOTICE]) + bytes(32),
    smallest=10,
    push=Kind.NOTIFY,
)


def _build(state: Values, changes: Values, _: Unit) -> bytes:
    said = {**state, **changes}
    body = bytearray([0x48]).ljust(SET_SIZE, b"\0")
    sensed = int(said.get("state.sensed") or 0)
    body[1] = 0x02 | int(bool(said.get("state.power"))) | (0x08 if sensed else 0)
    body[2] = int(said.get("state.mode") or 0) << 4
    body[3] = int(said.get("state.fan") or 0) & 0x7F
    body[8] = 0x80 if said.get("state.child_lock") else 0
    body[9] = int(said.get("state.display") or 0)
    body[10] = 0x20 if said.get("state.anion") else 0
    body[14] = max(sensed - 1, 0)
    standby = bool(said.get("state.standby"))
    body[15:18] = bytes([0x04, *STANDBY_LEVELS]) if standby else bytes([0x08, 0, 0])
    return bytes(body)


def _hear(body: bytes) -> Values | None:
    if len(body) < 18 or body[0] != 0x48:
        return None
    return {
        "state.power": body[1] & 1 == 1,
        "state.mode": body[2] >> 4,
        "state.fan": body[3] & 0x7F,
        "state.child_lock": body[8] & 0x80 != 0,
        "state.display": body[9] & 0x07,
        "state.anion": body[10] & 0x20 != 0,
        "state.sensed": body[14] + 1 if body[1] & 0x08 else 0,
        "state.standby": body[15] & 0x04 != 0,
    }


POINTS = (
    *("state.power", "state.mode", "state.fan", "state.child_lock"),
    *("state.display", "state.anion", "state.sensed", "state.standby"),
)
SHEET = Sheet(
    TYPE,
    "an air purifier",
    (STATE, CHANGE),
    (Query(QUERY, "state"),),
    (Order(POINTS, _build, _hear, whole=True),),
    tail=True,
    bounds={"state.fan": (0, 100), "state.sensed": (0, 3)},
)
