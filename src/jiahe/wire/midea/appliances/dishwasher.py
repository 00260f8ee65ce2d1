"""Dishwashers, type E1: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Facts: midea-local 6.6.1 (MIT); start and pause (83 01, 83 02) and the length of a start from an owner of a 760001FT
(midea_ac_lan, issue 709).
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, flag, number, stretched
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Argument, Deed, Layout, Order, Query, Sheet, Values, plain_deed, single
from jiahe.wire.talk import Raw

TYPE = 0xE1
OFF, IDLE, DELAYED, RUNNING = 0, 1, 2, 3
WORK, SWITCHES, STORAGE = 0x08, 0x83, 0x81
SWITCHES_SIZE = 38
START_SIZE = 14
"""As long as the one that started a 760001FT; its last byte opens the door at the end."""


def _turn_on(body: bytearray, value: Raw) -> None:
    """Off is a status; on is any other."""
    if len(body) > 1:
        body[1] = (body[1] or IDLE) if value else OFF


STATE = Layout(
    "state",
    {Kind.QUERY: {0: (0x00,)}, Kind.SET: {0: tuple(range(8))}, Kind.NOTIFY: {0: (0x00,)}},
    (
        number("state.status", 1),
        Field("state.power", lambda body: body[1] > 0, _turn_on, 2, bool, 0, 1),
        number("state.programme", 2),
        number("state.additional", 3),
        flag("state.dry_step", 4, 0),
        flag("state.uv", 4, 1),
        flag("state.water_switch", 4, 2),
        flag("state.own_programme", 4, 3),
        flag("state.dry", 4, 4),
        flag("state.drying", 4, 5),
        flag("state.door_open", 5, 0, off_is_one=True),
        flag("state.rinse_aid_low", 5, 1),
        flag("state.salt_low", 5, 2),
        flag("state.running", 5, 3),
        flag("state.child_lock", 5, 4),
        flag("state.storage", 5, 5),
        flag("state.storing", 5, 6),
        flag("state.water_lack", 5, 7),
        stretched("state.minutes_left", 6, 32),
        number("state.stage", 9),
        number("state.error_code", 10),
        number("state.temperature", 11),
        number("state.softener_level", 13),
        number("state.wrong_operation", 16),
        number("state.storage_hours", 17),
        number("state.storage_hours_left", 18),
        number("state.rinse_aid_level", 24),
        number("state.humidity", 33),
    ),
    bytes(38),
    smallest=19,
    push=Kind.NOTIFY,
)


def _order_power(_: Values, changes: Values, __: object) -> bytes:
    return bytes([WORK, 1 if changes["state.power"] else 0, 0, 0, 0])


def _hear_power(body: bytes) -> Values | None:
    known = len(body) >= 2 and body[0] == WORK and body[1] in (OFF, IDLE)
    return {"state.power": body[1] == IDLE} if known else None


def _order_start(_: Values, given: Values, __: object) -> bytes:
    return bytes([WORK, RUNNING, int(given["do.programme"] or 0)]).ljust(START_SIZE, b"\0")


def _hear_start(body: bytes) -> Values | None:
    return {"do.programme": body[2]} if len(body) >= 3 and body[:2] == bytes([WORK, RUNNING]) else None


def _storage(body_value: Raw) -> bytes:
    return bytes([STORAGE, 0, 0, 0, int(bool(body_value))]) + b"\xff" * 6 + bytes(27)


def _order_storage(_: Values, changes: Values, __: object) -> bytes:
    return _storage(changes["state.storage"])


def _hear_storage(body: bytes) -> Values | None:
    return {"state.storage": body[4] == 1} if len(body) >= 5 and body[0] == STORAGE else None


SHEET = Sheet(
    TYPE,
    "a dishwasher",
    (STATE,),
    (Query(b"\x00", "state"),),
    (
        Order(("state.power",), _order_power, _hear_power),
        single("state.child_lock", bytes([SWITCHES, 3]), bytes([SWITCHES, 4]), SWITCHES_SIZE),
        Order(("state.storage",), _order_storage, _hear_storage),
    ),
    (
        Deed("do.start", _order_start, _hear_start, (Argument("do.programme", 0, 255),)),
        plain_deed("do.resume", bytes([SWITCHES, 1]).ljust(SWITCHES_SIZE, b"\0")),
        plain_deed("do.pause", bytes([SWITCHES, 2]).ljust(SWITCHES_SIZE, b"\0")),
    ),
)
