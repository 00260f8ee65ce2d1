"""Dehumidifiers, type A1: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Bodies close with a message id and a CRC, as an air conditioner's. Facts: midea-local 6.6.1 and 14, midea-beautiful-air
(both MIT) with captures of live units.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, flag, number, scaled
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Query, Sheet, whole_state

TYPE = 0xA1
STATUS, PUSH = 0xC8, 0xA0
QUERY = bytes.fromhex("418100ff03ff").ljust(20, b"\0")
LIGHT = (0x5B, 0x00)

STATE = Layout(
    "state",
    {
        # Some of midea-local's own samples begin with 0.
        **{kind: {0: (STATUS, 0x00)} for kind in (Kind.QUERY, Kind.SET, Kind.NOTIFY)},
        Kind.CHANGE: {0: (PUSH,)},
    },
    (
        flag("state.power", 1, 0),
        number("state.mode", 2, 0, 4),
        number("state.fan", 3, 0, 7),
        number("state.target_humidity", 7),
        flag("state.child_lock", 8, 7),
        flag("state.pump", 9, 3),
        flag("state.pump_there", 9, 4),
        flag("state.anion", 9, 6),
        flag("state.filter_alert", 9, 7),
        number("state.tank", 10, 0, 7),
        number("state.tank_alarm_level", 15),
        number("state.humidity", 16),
        scaled("state.temperature", 17, zero=50, parts=2),
        flag("state.swing", 19, 5),
    ),
    bytes([STATUS]) + bytes(22),
    smallest=17,
    push=Kind.CHANGE,
)
PROPERTIES = Layout(
    "light",
    {kind: {0: (0xB0, 0xB1), 2: LIGHT[:1], 3: LIGHT[1:]} for kind in (Kind.QUERY, Kind.SET)},
    (flag("state.light", 6, 0),),
    bytes([0xB1, 1, *LIGHT, 0, 1, 0]),
    smallest=7,
)
_SET: tuple[Field, ...] = (
    flag("state.power", 1, 0),
    number("state.mode", 2, 0, 4),
    number("state.fan", 3, 0, 7),
    number("state.target_humidity", 7),
    flag("state.child_lock", 8, 7),
    flag("state.anion", 9, 6),
    flag("state.swing", 10, 3),
    number("state.tank_alarm_level", 13),
)
SET_BLANK = bytes([0x48, 0x02]).ljust(21, b"\0")
"""Byte 1: from an app, without a beep."""

SHEET = Sheet(
    TYPE,
    "a dehumidifier",
    (STATE, PROPERTIES),
    (Query(QUERY, "state"),),
    (whole_state(SET_BLANK, _SET, tuple(row.name for row in _SET)),),
    tail=True,
    capabilities={
        0x0210: "fan",
        0x0217: "filter_reminder",
        0x021D: "pump",
        0x0220: "dry_clothes",
        0x022D: "tank_alarm_level",
    },
    bounds={
        "state.mode": (1, 15),
        "state.fan": (1, 102),
        "state.target_humidity": (35, 85),
        "state.tank_alarm_level": (0, 100),
    },
)
