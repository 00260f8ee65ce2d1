"""Microwaves, type B0: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Three bodies: the short old one, the long 01 that ovens share, and 31 of subtypes above 0, which is also told as 41.
Facts: midea-local 6.6.1 (MIT), whose classes for orders are those of the maker's codec of model 0TG025JG.
"""

from __future__ import annotations

from jiahe.wire.midea.appliances.oven import long_body, water_flags
from jiahe.wire.midea.field import Field, duration, flag, number
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Argument, Deed, Layout, Order, Query, Sheet, Values, plain_deed
from jiahe.wire.talk import Raw

TYPE = 0xB0
ORDER, COOK, SWITCH = 0x22, 1, 2
KEEP = 0xFF
OFF, IDLE, WORKING, FINISHED, DELAYED, PAUSED = 1, 2, 3, 4, 5, 6
LONGEST = 99 * 60

_ALL = (Kind.QUERY, Kind.NOTIFY, Kind.SET)


def _one_of_two(name: str, above: int, below: int) -> Field:
    """The temperature above or, where that says something, below, in °C; None where neither does."""

    def read(body: bytes) -> Raw:
        told = [body[at] for at in (below, above) if 0 < body[at] < KEEP]
        return told[0] if told else None

    def write(body: bytearray, value: Raw) -> None:
        if below < len(body):
            body[above] = max(1, min(254, round(value))) if isinstance(value, int | float) else 0
            body[below] = 0

    return Field(name, read, write, max(above, below) + 1, int, 1, 254)


def _tens(name: str, byte: int) -> Field:
    """Tens of grams, 0 for 0xFF."""

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            body[byte] = max(0, min(254, round(value / 10))) if isinstance(value, int | float) else 0

    return Field(
        name, lambda body: 0 if body[byte] == KEEP else body[byte] * 10, write, byte + 1, int, 0, 2540
    )


def _menu(name: str, first: int) -> Field:
    """Three bytes, most significant first."""

    def read(body: bytes) -> Raw:
        return int.from_bytes(body[first : first + 3], "big")

    def write(body: bytearray, value: Raw) -> None:
        if first + 3 <= len(body):
            held = max(0, min(0xFFFFFF, round(value))) if isinstance(value, int | float) else 0
            body[first : first + 3] = held.to_bytes(3, "big")

    return Field(name, read, write, first + 3, int, 0, 0xFFFFFF)


WORK = Layout(
    "work",
    {Kind.QUERY: {0: (0x31,)}, Kind.SET: {0: (0x31,)}, Kind.NOTIFY: {0: (0x31, 0x41)}},
    (
        number("state.status", 1),
        _menu("state.menu", 2),
        number("state.steps", 5, 4, 4),
        number("state.step", 5, 0, 4),
        duration("state.seconds_left", 6, 7, 8),
        number("state.programme", 9),
        _one_of_two("state.temperature", 11, 13),
        number("state.fire", 14),
        _tens("state.weight", 15),
        flag("state.child_lock", 16, 0),
        *water_flags(16),
        flag("state.preheating", 16, 5),
        flag("state.preheated", 16, 6),
        flag("state.fault", 16, 7),
    ),
    bytes([0x31]) + bytes(19),
    smallest=17,
    push=Kind.NOTIFY,
)
OLD = Layout(
    "old state",
    {kind: {0: tuple(b for b in range(256) if b not in (0x01, 0x04, 0x31, 0x41, ORDER))} for kind in _ALL},
    (
        flag("old.door_open", 0, 7),
        number("old.status", 0, 0, 7),
        number("old.programme", 1),
        duration("old.seconds_left", 2, 3),
        number("old.stage", 4),
        number("old.error_code", 5),
        number("old.hint_code", 6),
        number("old.upkeep", 7),
        number("old.fire", 14),
    ),
    bytes(18),
    smallest=16,
)


def _order_lock(_: Values, changes: Values, __: object) -> bytes:
    return bytes([ORDER, SWITCH, KEEP, int(bool(changes["state.child_lock"])), KEEP, KEEP, KEEP])


def _hear_lock(body: bytes) -> Values | None:
    known = len(body) >= 7 and body[:2] == bytes([ORDER, SWITCH]) and body[2] == KEEP and body[3] in (0, 1)
    return {"state.child_lock": body[3] == 1} if known else None


def _switched(status: int) -> bytes:
    return bytes([ORDER, SWITCH, status, KEEP, KEEP, KEEP, KEEP])


def _order_cook(_: Values, given: Values, __: object) -> bytes:
    seconds = int(given["do.seconds"] or 0)
    degrees = divmod(int(given["do.temperature"] or 0), 256)
    head = [ORDER, COOK, 0, 0, 0, 0x11, 0, seconds // 3600, seconds % 3600 // 60, seconds % 60]
    end = [int(given["do.programme"] or 0), *degrees, *degrees, int(given["do.fire"] or 0), KEEP, KEEP, 0]
    return bytes(head + end)


def _hear_cook(body: bytes) -> Values | None:
    if len(body) < 16 or body[:2] != bytes([ORDER, COOK]):
        return None
    return {
        "do.seconds": body[7] * 3600 + body[8] * 60 + body[9],
        "do.programme": body[10],
        "do.temperature": body[11] << 8 | body[12],
        "do.fire": body[15],
    }


SHEET = Sheet(
    TYPE,
    "a microwave",
    (
        WORK,
        long_body({kind: {0: (0x01,)} for kind in _ALL}, push=0),
        OLD,
    ),
    (
        Query(b"\x31", "work", when=lambda unit: unit.subtype > 0),
        Query(b"\x01", "state"),
        Query(b"\x00", "old state"),
    ),
    (Order(("state.child_lock",), _order_lock, _hear_lock),),
    (
        Deed(
            "do.start",
            _order_cook,
            _hear_cook,
            (
                Argument("do.seconds", 1, LONGEST),
                Argument("do.fire", 1, 10, 10),
                Argument("do.programme", 0, 255, 1),
                Argument("do.temperature", 0, 300, 0),
            ),
        ),
        plain_deed("do.resume", _switched(WORKING)),
        plain_deed("do.pause", _switched(PAUSED)),
        plain_deed("do.cancel", _switched(OFF)),
    ),
    state="work",
)
