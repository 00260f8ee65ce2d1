"""Refrigerators, type CA: the sheet. Owns where everything stands in their bodies; never which model takes a write.

Facts: midea-local 6.6.1 (MIT); that a set has the settings in the places of the status, in 109 bytes, was seen in what
the maker's own codec for 310A1700 makes of 3 °C and -18 °C.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, flag, number, scaled, word
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Query, Sheet, whole_state
from jiahe.wire.talk import Raw

TYPE = 0xCA
SET_SIZE = 109
FREEZER_TOP = -12
"""°C that the freezer's nibble counts down from."""
_WARM, _COLD = range(1, 30), range(49, 55)
"""A flexible zone counts up from -18 °C in the first of these ranges, and down from -19 °C in the second."""


def _zone(name: str, byte: int) -> Field:
    """A flexible zone's set point in °C, None where there is no such zone."""

    def read(body: bytes) -> Raw:
        raw = body[byte]
        return raw - 19 if raw in _WARM else 30 - raw if raw in _COLD else None

    def write(body: bytearray, value: Raw) -> None:
        if byte < len(body):
            degrees = max(-24, min(10, round(value))) if isinstance(value, int | float) else None
            body[byte] = 0 if degrees is None else degrees + 19 if degrees >= -18 else 30 - degrees

    return Field(name, read, write, byte + 1, int, -24, 10)


def _set_points(fridge: Field, freezer: Field, flex: int, right: int) -> tuple[Field, ...]:
    return (fridge, freezer, _zone("state.flex_target", flex), _zone("state.right_flex_target", right))


SETTINGS: tuple[Field, ...] = (
    flag("state.fast_cool", 1, 0),
    flag("state.fast_freeze", 1, 1),
    flag("state.smart", 1, 2),
    flag("state.eco", 1, 3),
    flag("state.holiday", 1, 4),
    flag("state.moisturize", 1, 5),
    flag("state.preservation", 1, 6),
    flag("state.deep_freeze", 1, 7),
    *_set_points(
        number("state.fridge_target", 2, 0, 4),
        number("state.freezer_target", 2, 4, 4, zero=FREEZER_TOP, down=True),
        3,
        4,
    ),
    number("state.flex_mode", 5),
    flag("state.fridge_power", 6, 0, off_is_one=True),
    flag("state.flex_power", 6, 2, off_is_one=True),
    flag("state.right_flex_power", 6, 3, off_is_one=True),
    flag("state.freezer_power", 6, 4, off_is_one=True),
    flag("state.off_peak_entered", 6, 5),
    flag("state.off_peak", 6, 6),
    flag("state.all_power", 6, 7),
    flag("state.remove_dew", 7, 0),
    flag("state.humidify", 7, 1),
    flag("state.unfreeze", 7, 2),
    flag("state.fahrenheit", 7, 3),
    flag("state.flood_light", 7, 4),
    number("state.function_switch", 7, 6, 2),
    flag("state.radar", 8, 0),
    flag("state.milk", 8, 1),
    flag("state.iced", 8, 2),
    flag("state.plasma", 8, 3),
    flag("state.take_ice", 8, 4),
    flag("state.crush_ice", 8, 5),
    flag("state.take_water", 8, 6),
    flag("state.ice_machine", 8, 7),
    number("state.freezer_fahrenheit", 9),
    number("state.fridge_fahrenheit", 10, 2, 6),
    number("state.filter_days", 11),
)
DOORS: tuple[Field, ...] = (
    flag("state.fridge_door", 15, 0),
    flag("state.freezer_door", 15, 1),
    flag("state.bar_door", 15, 2),
    flag("state.flex_door", 15, 4),
)
STATE = Layout(
    "state",
    {Kind.QUERY: {0: (0x00,)}, Kind.SET: {0: (0x00,)}, Kind.NOTIFY: {0: (0x02,)}},
    (
        *SETTINGS,
        word("state.energy_count", 13, 12),
        flag("state.ice_motor_reset", 14, 0),
        flag("state.ice_motor_working", 14, 1),
        flag("state.ice_water", 14, 2),
        flag("state.ice_full", 14, 3),
        flag("state.person_near", 14, 4),
        *DOORS,
        flag("state.ice_mouth", 15, 3),
        flag("state.ice_store_door", 15, 5),
        flag("state.fault", 16, 0),
        number("state.room_humidity_level", 16, 1, 7),
        scaled("state.fridge_temperature", 17, zero=100, parts=2),
        scaled("state.freezer_temperature", 18, zero=100, parts=2),
        scaled("state.flex_temperature", 19, zero=100, parts=2),
        scaled("state.right_flex_temperature", 20, zero=100, parts=2),
        word("state.fast_cool_minutes", 22, 21),
        word("state.fast_freeze_minutes", 24, 23),
        flag("state.crystal_fresh", 27, 0),
        flag("state.dry_zone", 27, 1),
        flag("state.deodorize", 27, 2),
        number("state.humidity_code", 27, 4, 3),
        number("state.normal_zone_level", 28),
        number("state.function_zone_level", 29),
        number("state.humidity_target", 30, 0, 7),
        flag("state.smart_humidity", 30, 7),
        number("state.left_door_opener", 31, 0, 2),
        number("state.right_door_opener", 31, 2, 2),
        number("state.freezer_door_opener", 31, 4, 2),
        flag("state.freezer_door_opening", 31, 6),
        flag("state.store_door_opening", 31, 7),
    ),
    bytes(33),
    smallest=21,
    push=Kind.NOTIFY,
)
DOOR_NOTICE = Layout(
    "doors",
    {Kind.NOTIFY: {0: (0x00,)}},
    (
        flag("state.fridge_door", 1, 0),
        flag("state.freezer_door", 1, 1),
        flag("state.bar_door", 1, 2),
        flag("state.flex_door", 1, 4),
    ),
    bytes(2),
    smallest=2,
    push=Kind.NOTIFY,
)
SET_POINT_NOTICE = Layout(
    "set points",
    {Kind.QUERY: {0: (0x01,)}, Kind.NOTIFY: {0: (0x01,)}},
    _set_points(
        number("state.fridge_target", 37),
        number("state.freezer_target", 38, zero=FREEZER_TOP, down=True),
        39,
        40,
    ),
    bytes(41),
    smallest=41,
)
ALARMS = Layout(
    "alarms",
    {Kind.ABNORMAL: {0: (0x01,)}, Kind.QUERY: {0: (0x02,)}},
    (
        flag("alarm.fridge_door_long_open", 1, 0),
        flag("alarm.freezer_door_long_open", 1, 1),
        flag("alarm.bar_door_long_open", 1, 2),
        flag("alarm.flex_door_long_open", 1, 3),
        flag("alarm.ice_full", 1, 4),
        flag("alarm.fridge_sensor", 2, 0),
        flag("alarm.fridge_defrost_sensor", 2, 1),
        flag("alarm.ring_sensor", 2, 2),
        flag("alarm.flex_sensor", 2, 3),
        flag("alarm.right_flex_sensor", 2, 4),
        flag("alarm.freezer_warm", 2, 5),
        flag("alarm.freezer_sensor", 2, 6),
        flag("alarm.freezer_defrost_sensor", 2, 7),
        flag("alarm.ice_motor", 3, 0),
        flag("alarm.fridge_defrost_long", 3, 1),
        flag("alarm.freezer_defrost_long", 3, 2),
        flag("alarm.zero_crossing", 3, 3),
    ),
    b"\x01" + bytes(5),
    smallest=4,
    push=Kind.ABNORMAL,
)

WRITABLE = (
    *("state.fridge_target", "state.freezer_target", "state.flex_target", "state.right_flex_target"),
    *("state.fast_cool", "state.fast_freeze", "state.smart", "state.eco", "state.holiday"),
    *("state.fridge_power", "state.freezer_power"),
)
SHEET = Sheet(
    TYPE,
    "a refrigerator",
    (STATE, DOOR_NOTICE, SET_POINT_NOTICE, ALARMS),
    (Query(b"\x00", "state"),),
    (whole_state(bytes(SET_SIZE), SETTINGS, WRITABLE),),
    bounds={"state.fridge_target": (1, 9), "state.freezer_target": (-27, -12)},
)
