"""Electric water heaters, type E2: the sheet. Owns where everything stands in their bodies; never which model takes what.

Units take their set point in one of two orders, and some in halves: which one a model takes is in the list of its
product file (`form`), for the wrong one sets 75 °C. Facts: midea-local 6.6.1 (MIT) and its issues.
"""

from __future__ import annotations

from jiahe.wire.midea.field import Field, duration, flag, hundreds, number, switch, word
from jiahe.wire.midea.frame import Kind
from jiahe.wire.midea.sheet import Layout, Order, Query, Sheet, Unit, Values, single, whole_state
from jiahe.wire.talk import Raw

TYPE = 0xE2
SETTING, BY_TAG = 0x04, 0x14
SETTING_SIZE = 19

STATE = Layout(
    "state",
    {Kind.QUERY: {0: (0x01,)}, Kind.NOTIFY: {0: (0x01,)}, Kind.SET: {0: (0x01, 0x02, 0x04, 0x14)}},
    (
        flag("state.power", 2, 0),
        flag("state.fast_heat", 2, 1),
        flag("state.heating", 2, 2),
        flag("state.warm", 2, 3),
        flag("state.water_flow", 2, 4),
        flag("state.sterilize", 2, 6),
        flag("state.variable_heating", 2, 7),
        number("state.temperature", 4),
        number("state.hot_water_level", 5),
        flag("state.eplus", 7, 0),
        flag("state.fast_wash", 7, 1),
        flag("state.half_tank", 7, 2),
        flag("state.whole_tank", 7, 3),
        flag("state.summer", 7, 4),
        flag("state.winter", 7, 5),
        flag("state.efficient", 7, 6),
        flag("state.night", 7, 7),
        flag("state.screen_off", 8, 3),
        flag("state.sleep", 8, 4),
        flag("state.cloud", 8, 5),
        flag("state.planned_wash", 8, 6),
        flag("state.wash_now", 8, 7),
        duration("state.minutes_left", 9, 10),
        number("state.target", 11),
        flag("state.smart_sterilize", 12, 5),
        flag("state.hot_sterilize", 12, 6),
        flag("state.uv_sterilize", 12, 7),
        number("state.discharge", 13),
        number("state.top_temperature", 14),
        flag("state.bottom_heat", 15, 0),
        flag("state.top_heat", 15, 1),
        flag("state.circulation", 15, 7),
        number("state.water_system", 16),
        number("state.inlet_temperature", 18),
        word("state.water_today", 21, 20),
        flag("state.protection", 22, 1),
        word("state.water_total", 25, 24),
        number("state.volume", 27),
        hundreds("state.rated_power", 28),
        hundreds("state.heating_power", 34),
    ),
    bytes([1, 1]) + bytes(38),
    smallest=17,
    push=Kind.NOTIFY,
)

_SETTING: tuple[Field, ...] = (
    switch("state.whole_tank", 4, 2, 1, 0x03),
    flag("state.protection", 4, 2),
    number("state.target", 5),
    flag("state.variable_heating", 9, 4),
)
_SETTING_BLANK = bytes([SETTING, 1, 0, 0x80]).ljust(SETTING_SIZE, b"\0")
_TAGS = {
    "state.target": 0x07,
    "state.whole_tank": 0x04,
    "state.variable_heating": 0x10,
    "state.sterilize": 0x0D,
    "state.protection": 0x05,
    "state.sleep": 0x0E,
    "state.screen_off": 0x0F,
    "state.smart_sterilize": 0x1B,
    "state.uv_sterilize": 0x1D,
}
_IN_SETTING = frozenset(row.name for row in _SETTING)


def _order(point: str) -> Order:
    """One setting: by its tag, or for models of the form "setting" all of them in one body."""
    setting = whole_state(_SETTING_BLANK, _SETTING, tuple(row.name for row in _SETTING))
    tag = _TAGS[point]

    def build(state: Values, changes: Values, unit: Unit) -> bytes:
        if unit.form == "setting" and point in _IN_SETTING:
            return setting.build(state, changes, unit)
        value = changes[point]
        if point == "state.whole_tank":
            return bytes([BY_TAG, tag, 2 if value else 1])
        return bytes([BY_TAG, tag, int(value or 0)])

    def hear(body: bytes) -> Values | None:
        if body[:2] == bytes([BY_TAG, tag]) and len(body) > 2:
            value: Raw = (
                body[2] if point == "state.target" else body[2] == (2 if point == "state.whole_tank" else 1)
            )
            return {point: value}
        return setting.hear(body) if point == "state.target" else None

    return Order((point,), build, hear, whole=True)


SHEET = Sheet(
    TYPE,
    "a water heater",
    (STATE,),
    (Query(b"\x01\x01", "state"),),
    (single("state.power", b"\x01\x01", b"\x02\x01", 2), *(_order(point) for point in _TAGS)),
    bounds={"state.target": (30, 75)},
)
