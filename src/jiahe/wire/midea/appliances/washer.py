"""Washers, types DA (top load) and DB (front load): the sheets. Owns where everything stands; never which model takes what.

Starting sends back the bytes that the unit told of its programme: a start with other ones changed settings at random
(midea-local, issue 383). Facts: midea-local 6.6.1 (MIT) and logs of live units in the issues of midea_ac_lan.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, first_bit, number, run, whole, word
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Deed, Layout, Marks, Order, Query, Sheet, Values, plain_deed
from jiahe.wire.talk import Raw

TOP_LOAD, FRONT_LOAD = 0xDA, 0xDB
ORDER, KEEP = 0x02, 0xFF
MOST = 0xFF * 60 + 0xFF
RUNNING = frozenset({2, 6})
"""What byte 2 says of a machine that works."""

_MARKS: Marks = {Kind.QUERY: {0: (0x03, 0x04)}, Kind.SET: {0: (0x02, 0x03)}, Kind.NOTIFY: {0: (0x04,)}}


def _is_on(body: bytes) -> Raw:
    return body[1] > 0


def _turn_on(body: bytearray, value: Raw) -> None:
    if len(body) > 1:
        body[1] = int(bool(value))


POWER = Field("state.power", _is_on, _turn_on, 2, bool, 0, 1)


def _running() -> Field:
    def write(body: bytearray, value: Raw) -> None:
        if len(body) > 2:
            is_running = body[2] in RUNNING
            body[2] = body[2] if is_running is bool(value) else 2 if value else 0

    return Field("state.running", lambda body: body[2] in RUNNING, write, 3, bool, 0, 1)


def _minutes_top_load(name: str) -> Field:
    """Minutes, and hours behind them."""

    def write(body: bytearray, value: Raw) -> None:
        held = whole(value, 0, MOST)
        if len(body) > 18:
            body[18] = min(held // 60, 0xFF)
            body[17] = held - body[18] * 60

    return Field(name, lambda body: body[17] + body[18] * 60, write, 19, int, 0, MOST)


STATE_DA = Layout(
    "state",
    _MARKS,
    (
        run("state.wash_data", 3, 15),
        POWER,
        number("state.status", 2),
        number("state.programme", 4),
        number("state.rinse_level", 5, 4, 4),
        number("state.wash_level", 5, 0, 4),
        number("state.spin_speed", 6, 4, 4),
        number("state.wash_strength", 6, 0, 4),
        number("state.softener", 8, 4, 4),
        number("state.detergent", 8, 0, 4),
        number("state.wash_minutes", 9),
        number("state.spin_minutes", 10, 4, 4),
        number("state.rinse_count", 10, 0, 4),
        number("state.soak_minutes", 12),
        first_bit("state.stage", 16, 1, 6, counted_from=1),
        _minutes_top_load("state.minutes_left"),
        number("state.error_code", 24),
        _running(),
    ),
    bytes(25),
    smallest=25,
    push=Kind.NOTIFY,
)
STATE_DB = Layout(
    "state",
    _MARKS,
    (
        run("state.wash_data", 3, 16),
        POWER,
        number("state.status", 2),
        number("state.mode", 3),
        number("state.programme", 4),
        number("state.water_level", 5),
        number("state.temperature_code", 7),
        number("state.spin_speed", 8),
        number("state.wash_minutes", 9),
        number("state.spin_minutes", 10),
        number("state.detergent", 11),
        number("state.softener", 12),
        first_bit("state.stage", 16, 0, 6, counted_from=1),
        word("state.minutes_left", 18, 17),
        number("state.stains", 26),
        number("state.wash_minutes_value", 27),
        number("state.spin_minutes_value", 28),
        number("state.dirt", 30),
        _running(),
    ),
    bytes(32),
    smallest=31,
    push=Kind.NOTIFY,
)


def _order_power(fill: int) -> Order:
    def build(_: Values, changes: Values, __: object) -> bytes:
        return bytes([ORDER, int(bool(changes["state.power"]))]) + bytes([KEEP]) * fill

    def hear(body: bytes) -> Values | None:
        known = len(body) >= 3 and body[0] == ORDER and body[1] in (0, 1) and body[2] == KEEP
        return {"state.power": body[1] == 1} if known else None

    return Order(("state.power",), build, hear)


def _start(size: int) -> Deed:
    def build(state: Values, _: Values, __: object) -> bytes:
        data = state.get("state.wash_data")
        kept = bytes.fromhex(data) if isinstance(data, str) else b""
        return bytes([ORDER, KEEP, 1]) + kept

    def hear(body: bytes) -> Values | None:
        return {} if body[:3] == bytes([ORDER, KEEP, 1]) and len(body) <= 3 + size else None

    return Deed("do.start", build, hear, whole=True)


PAUSE = plain_deed("do.pause", bytes([ORDER, KEEP, 0]))
SHEET_DA = Sheet(
    TOP_LOAD,
    "a washing machine",
    (STATE_DA,),
    (Query(b"\x03", "state"),),
    (_order_power(1),),
    (_start(12), PAUSE),
)
SHEET_DB = Sheet(
    FRONT_LOAD,
    "a washing machine",
    (STATE_DB,),
    (Query(b"\x03", "state"),),
    (_order_power(20),),
    (_start(13), PAUSE),
)
