"""Rice cookers, type EA: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Their bodies have a head of their own, `AA 55 x kind`; those of protocol 0 are another three layouts. Facts: midea-local
6.6.1 (MIT), and for orders the maker's codec of subtype 15 as described by those who read it: 16 bytes, `AA 55 00 02`,
programme, 0 0, status, hours and minutes of the delay and of the cooking, mouthfeel, kind of rice, sum. That the sum
is that of bytes 4 to 14 fits the one frame that is public (a cancel, whose sum is 0) and is otherwise inferred.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, duration, number, word
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Argument, Deed, Layout, Query, Sheet, Unit, Values
from jiahe.wire.talk import Point, Raw

TYPE = 0xEA
IDLE, COOKING, DELAYED, WARM = 0, 1, 2, 3
SWAPPED = range(39, 44)
"""Subtypes that say 1 for a delay and 2 for cooking."""
ORDER_SIZE = 16
HEAD = b"\xaa\x55\x00"
LONGEST = 24 * 60 - 1


def _rows(  # a layout has this many places
    mode: int, status: int, left: int, warm: int, top: int, bottom: int
) -> tuple[Field, ...]:
    return (
        word("state.programme", mode + 1, mode),
        number("state.status", status),
        duration("state.minutes_left", left, left + 1),
        duration("state.warm_minutes", warm, warm + 1),
        number("state.top_temperature", top),
        number("state.bottom_temperature", bottom),
    )


STATE = Layout(
    "state",
    {Kind.SET: {3: (0x02,)}, Kind.QUERY: {3: (0x03,)}, Kind.NOTIFY: {3: (0x04,)}},
    (
        *_rows(4, 8, 12, 22, 20, 21),
        duration("state.delay_minutes", 10, 11),
        number("state.mouthfeel", 14),
        word("state.voltage", 24, 25),
        number("state.room_temperature", 26),
    ),
    HEAD + bytes(29),
    smallest=24,
    push=Kind.NOTIFY,
    when=lambda unit: unit.protocol > 0,
)
CHANGE = Layout(
    "change",
    {Kind.NOTIFY: {3: (0x01,), 6: (0x02, 0x04, 0x06, 0x08, 0x0A, 0x62)}},
    _rows(7, 11, 16, 19, 60, 61),
    HEAD + bytes(61),
    smallest=62,
)
PROGRAMME = Layout(
    "programme",
    {Kind.NOTIFY: {3: (0x06,)}},
    (word("state.programme", 5, 4),),
    HEAD + bytes(6),
    smallest=6,
    when=lambda unit: unit.protocol > 0,
)
OLD = Layout(
    "old state",
    {Kind.SET: {5: (0x16,)}, Kind.QUERY: {5: (0x3D,)}, Kind.NOTIFY: {5: (0x3D,)}},
    _rows(6, 14, 22, 26, 18, 19),
    HEAD + bytes(27),
    smallest=28,
    push=0,
    when=lambda unit: unit.protocol == 0,
)
OLD_LONG = Layout(
    "old long state",
    {Kind.QUERY: {6: (0x52,), 7: (0xC3,)}},
    _rows(58, 9, 50, 54, 21, 20),
    HEAD + bytes(59),
    smallest=60,
    when=lambda unit: unit.protocol == 0,
)


def _turned(values: dict[Point, Raw], unit: Unit) -> dict[Point, Raw]:
    """Status 1 and 2 mean each other on some subtypes."""
    if unit.subtype not in SWAPPED:
        return values
    swap = {COOKING: DELAYED, DELAYED: COOKING}
    for point in ("state.status", "do.status"):
        if isinstance(told := values.get(point), int):
            values[point] = swap.get(told, told)
    return values


def _order(programme: int, status: int, delay: int, minutes: int, mouthfeel: int, rice: int) -> bytes:
    head = HEAD + b"\x02" + programme.to_bytes(2, "little") + bytes([0, 0, status])
    body = head + bytes([*divmod(delay, 60), *divmod(minutes, 60), mouthfeel, rice])
    return body + bytes([sum(body[4:]) & 0xFF])


def _start(_: Values, given: Values, unit: Unit) -> bytes:
    said = {point: int(value or 0) for point, value in given.items()}
    delay = said["do.delay"]
    wanted: dict[Point, Raw] = {"do.status": DELAYED if delay else COOKING}
    status = _turned(wanted, unit)["do.status"]
    return _order(
        said["do.programme"],
        int(status or 0),
        delay,
        said["do.minutes"],
        said["do.mouthfeel"],
        said["do.rice"],
    )


def _heard(body: bytes) -> bytes | None:
    """An order's body where it is whole and its sum is right."""
    whole = len(body) == ORDER_SIZE and body[:4] == HEAD + b"\x02" and sum(body[4:15]) & 0xFF == body[15]
    return body if whole else None


def _hear_start(body: bytes) -> Values | None:
    if _heard(body) is None or not body[8]:
        return None
    return {
        "do.programme": int.from_bytes(body[4:6], "little"),
        "do.delay": body[9] * 60 + body[10],
        "do.minutes": body[11] * 60 + body[12],
        "do.mouthfeel": body[13],
        "do.rice": body[14],
    }


def _hear_cancel(body: bytes) -> Values | None:
    return {} if _heard(body) is not None and not body[8] else None


START = Deed(
    "do.start",
    _start,
    _hear_start,
    (
        Argument("do.programme", 0, 0xFFFF),
        Argument("do.minutes", 0, LONGEST, 0),
        Argument("do.delay", 0, LONGEST, 0),
        Argument("do.mouthfeel", 0, 255, 0),
        Argument("do.rice", 0, 255, 0),
    ),
)
CANCEL = Deed("do.cancel", lambda *_: _order(0, IDLE, 0, 0, 0, 0), _hear_cancel)

SHEET = Sheet(
    TYPE,
    "a rice cooker",
    (STATE, CHANGE, PROGRAMME, OLD, OLD_LONG),
    (
        Query(HEAD + b"\x03\x00", "state", mark=2, when=lambda unit: unit.protocol > 0),
        Query(b"\xaa\x55\x01\x03\x00", "old state", mark=2, when=lambda unit: unit.protocol == 0),
        Query(b"\xaa\x55\x01\x03\x00", "old long state", mark=2, when=lambda unit: unit.protocol == 0),
    ),
    deeds=(START, CANCEL),
    turned=_turned,
)
