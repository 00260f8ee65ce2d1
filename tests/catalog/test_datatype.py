"""One table of datatypes read both ways, and what has no meaning in them."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.catalog.datatype import DATATYPES, EXACT, Datatype, Unreadable
from jiahe.model.definition import TEXT_LIMIT

BOOL, BIT, INT, FLOAT, TEXT = (Datatype(name) for name in ("bool", "bit", "int", "float", "text"))
TENTHS, INT_TENTHS, HALVES = Datatype("float", 0.1), Datatype("int", 0.1), Datatype("float", 0.5)
ENUM = Datatype("enum", choices=MappingProxyType({"auto": 0, "sleep": 1, "manual": "m"}))
FAN = Datatype("enum", choices=MappingProxyType({"low": 40, "auto": 102}), other="custom")
ON_OFF = Datatype("on_off")
SWITCH = Datatype("enum", choices=MappingProxyType({"yes": True, "one": 1, "no": False}))

BOTH_WAYS: list[tuple[Datatype, Any, Any]] = [
    (BOOL, True, True),
    (BOOL, False, False),
    (BIT, 1, True),
    (BIT, 0, False),
    (ON_OFF, "on", True),
    (ON_OFF, "off", False),
    (INT, -5, -5),
    (INT, EXACT, EXACT),
    (INT_TENTHS, 70, 7),
    (INT_TENTHS, 30, 3),
    (FLOAT, 21.5, 21.5),
    (TENTHS, 215.0, 21.5),
    (TENTHS, -201.0, -20.1),
    (HALVES, 43.0, 21.5),
    (ENUM, 0, "auto"),
    (ENUM, "m", "manual"),
    (FAN, 102, "auto"),
    (SWITCH, True, "yes"),
    (SWITCH, 1, "one"),
    (SWITCH, False, "no"),
    (TEXT, "", ""),
    (TEXT, "无故障\n", "无故障\n"),
]


@pytest.mark.parametrize(("kind", "raw", "value"), BOTH_WAYS)
def test_both_ways(kind: Datatype, raw: Any, value: Any) -> None:
    decoded, encoded = kind.decode(raw), kind.encode(value)
    assert (decoded, type(decoded)) == (value, type(value))
    assert (encoded, type(encoded)) == (raw, type(raw))


def test_every_row_is_in_the_table_above() -> None:
    assert {kind.name for kind, _, _ in BOTH_WAYS} == set(DATATYPES)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (BOOL, 1, True),
        (BOOL, 0, False),
        (BOOL, "on", True),
        (BOOL, "off", False),
        (BIT, True, True),
        (INT, 5.0, 5),
        (FLOAT, 21, 21.0),
        (FLOAT, 20.100000381469727, 20.1),
        (ENUM, 1.0, "sleep"),
        (FAN, 57, "custom"),
    ],
)
def test_what_firmware_says_in_other_words(kind: Datatype, raw: Any, value: Any) -> None:
    decoded = kind.decode(raw)
    assert (decoded, type(decoded)) == (value, type(value))


WILD: list[Any] = [None, math.nan, math.inf, -math.inf, 10**400, 1e300, [], [1], {}, {"a": 1}, "wild", b"\1"]


@pytest.mark.parametrize("raw", WILD, ids=lambda raw: repr(raw)[:12])
@pytest.mark.parametrize("kind", [BOOL, BIT, INT, FLOAT, TENTHS, ENUM, FAN], ids=lambda kind: str(kind.name))
def test_wild_values_are_unreadable(kind: Datatype, raw: Any) -> None:
    with pytest.raises(Unreadable):
        kind.decode(raw)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (BOOL, 2),
        (BOOL, "ON"),
        (INT, True),
        (INT, 1.5),
        (INT, "5"),
        (INT_TENTHS, 75),
        (INT, EXACT + 1),
        (FLOAT, True),
        (FLOAT, "21.5"),
        (ENUM, 2),
        (ENUM, True),
        (ENUM, False),
        (FAN, True),
        (FAN, "low"),
        (TEXT, 5),
        (TEXT, "x" * (TEXT_LIMIT + 1)),
        (TEXT, "half a character: \ud800"),
    ],
)
def test_near_misses_are_unreadable(kind: Datatype, raw: Any) -> None:
    with pytest.raises(Unreadable):
        kind.decode(raw)


@given(st.integers(-EXACT, EXACT))
def test_whole_numbers_travel_exactly(value: int) -> None:
    assert INT.decode(INT.encode(value)) == value


@given(st.integers(-(2**64), 2**64))
def test_no_written_whole_number_is_altered(value: int) -> None:
    assert INT.encode(value) == value


@given(st.integers(-10_000, 10_000), st.sampled_from([0.1, 0.01, 0.5, 2.0, 10.0]))
def test_scaled_numbers_come_back(steps: int, scale: float) -> None:
    value = round(steps * scale, 6)
    assert Datatype("float", scale).decode(Datatype("float", scale).encode(value)) == value
    if value == int(value):
        assert Datatype("int", scale).decode(Datatype("int", scale).encode(int(value))) == int(value)


@given(
    st.sampled_from([BOOL, BIT, INT, FLOAT, TENTHS, ENUM, FAN, TEXT]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ),
)
def test_anything_is_read_or_unreadable(kind: Datatype, raw: Any) -> None:
    try:
        value = kind.decode(raw)
    except Unreadable:
        return
    assert isinstance(value, bool | int | float | str)
