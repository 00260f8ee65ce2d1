"""Ovens, types B1 and B4: the sheets, to be read only, for no order of theirs is public. Owns where everything stands.

Both say most in the long body 01; B1 of other firmware says it in the short 00 or 31. Facts: midea-local 6.6.1 and 14
(MIT), the long body of B1 confirmed there on a unit (711001CJ).
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, duration, flag, number
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Marks, Query, Sheet
from jiahe.wire.talk import Raw

BUILT_IN, STEAM = 0xB1, 0xB4
_ABSENT = 0xFFFF


def first_temperature(name: str, *pairs: int) -> Field:
    """The first of some two-byte temperatures (most significant byte at each place) that says something, °C."""

    def read(body: bytes) -> Raw:
        told = [body[at] << 8 | body[at + 1] for at in pairs]
        return next(
            (degrees for degrees in told if degrees not in (0, _ABSENT)), None if _ABSENT in told else 0
        )

    def write(body: bytearray, value: Raw) -> None:
        held = max(0, min(0xFFFE, round(value))) if isinstance(value, int | float) else _ABSENT
        for at in pairs:
            if at + 1 < len(body):
                body[at], body[at + 1] = divmod(held if at == pairs[0] else 0, 256)

    return Field(name, read, write, max(pairs) + 2, int, 0, 0xFFFE)


def water_flags(byte: int) -> tuple[Field, ...]:
    """Door and water, bits 1 to 4 of one byte in every body of the family."""
    return (
        flag("state.door_open", byte, 1),
        flag("state.tank_out", byte, 2),
        flag("state.water_lack", byte, 3),
        flag("state.change_water", byte, 4),
    )


def long_body(marks: Marks, *, push: int, more: tuple[Field, ...] = ()) -> Layout:
    """The body 01 that microwaves and ovens share. `smallest`: shorter ones were seen, and say nothing."""
    rows = (
        number("state.status", 31),
        duration("state.seconds_left", 22, 23, 24),
        first_temperature("state.temperature", 25, 27),
        *water_flags(32),
        *more,
    )
    return Layout("state", marks, rows, bytes([1]) + bytes(39), smallest=33, push=push)


PROGRAMME = (number("state.programme", 7), number("state.variant", 8), number("state.target", 14))
SHORT = Layout(
    "short state",
    {Kind.QUERY: {0: (0x00,)}, Kind.NOTIFY: {0: (0x00,)}},
    (
        number("state.status", 1),
        duration("state.seconds_left", 6, 7, 8),
        number("state.temperature", 19),
        *water_flags(16),
    ),
    bytes(21),
    smallest=20,
)

SHEET_B1 = Sheet(
    BUILT_IN,
    "an oven",
    (
        long_body({Kind.QUERY: {0: (0x01,)}, Kind.NOTIFY: {0: (0x01,)}}, push=Kind.NOTIFY, more=PROGRAMME),
        SHORT,
    ),
    (Query(b"\x01", "state"), Query(b"\x00", "short state")),
)
SHEET_B4 = Sheet(
    STEAM,
    "an oven",
    (
        long_body(
            {Kind.QUERY: {0: (0x01,)}, Kind.NOTIFY: {0: (0x01,)}, Kind.SET: {0: (0x01,)}}, push=Kind.NOTIFY
        ),
    ),
    (Query(b"\x01", "state"),),
)
