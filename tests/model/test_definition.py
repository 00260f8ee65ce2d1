"""The check of a value against its definition: what is admitted comes back in its own type, the rest is named."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.model.definition import TEXT_LIMIT, Kind, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition, UnknownName

POWER = PropertyDef("power", Kind.BOOL, writable=True)
LEVEL = PropertyDef("level", Kind.INT, low=1, high=3, step=1)
TARGET = PropertyDef("target", Kind.FLOAT, "Cel", low=16, high=30, step=0.5)
MODE = PropertyDef("mode", Kind.ENUM, choices=("auto", "cool"))
NOTE = PropertyDef("note", Kind.TEXT)
FREE = PropertyDef("free", Kind.FLOAT)
TENTHS = PropertyDef("tenths", Kind.FLOAT, step=0.1)


@pytest.mark.parametrize(
    ("definition", "given_value", "kept"),
    [
        (POWER, True, True),
        (POWER, False, False),
        (LEVEL, 1, 1),
        (LEVEL, 3.0, 3),
        (TARGET, 16, 16.0),
        (TARGET, 30.0, 30.0),
        (TARGET, 22.5, 22.5),
        (MODE, "auto", "auto"),
        (NOTE, "", ""),
        (NOTE, "净" * TEXT_LIMIT, "净" * TEXT_LIMIT),
        (FREE, -1e300, -1e300),
        (TENTHS, 0.3, 0.3),
        (TENTHS, -20.1, -20.1),
    ],
)
def test_admitted(definition: PropertyDef, given_value: Any, kept: Any) -> None:
    checked = definition.check(given_value)
    assert checked == kept
    assert type(checked) is type(kept)


@pytest.mark.parametrize(
    ("definition", "value", "bound"),
    [
        (POWER, 1, "bool"),
        (POWER, "true", "bool"),
        (POWER, None, "bool"),
        (LEVEL, True, "int"),
        (LEVEL, 0, 1),
        (LEVEL, 4, 3),
        (LEVEL, "2", "int"),
        (LEVEL, [2], "int"),
        (LEVEL, 1.5, 1),
        (TARGET, 15.999, 16),
        (TARGET, 30.5, 30),
        (TARGET, 20.25, 0.5),
        (TARGET, math.nan, "float"),
        (TARGET, math.inf, "float"),
        (TARGET, -math.inf, "float"),
        (TARGET, None, "float"),
        (TARGET, False, "float"),
        (MODE, "Auto", ["auto", "cool"]),
        (MODE, 0, ["auto", "cool"]),
        (MODE, ["auto"], ["auto", "cool"]),
        (NOTE, "x" * (TEXT_LIMIT + 1), TEXT_LIMIT),
        (NOTE, 3, TEXT_LIMIT),
    ],
)
def test_refused_names_property_and_bound(definition: PropertyDef, value: Any, bound: Any) -> None:
    with pytest.raises(OutOfDefinition) as refusal:
        definition.check(value)
    assert refusal.value.property_name == definition.path
    assert refusal.value.bound == bound
    assert len(str(refusal.value)) < 300


def test_whole_numbers_only_where_the_kind_is_whole() -> None:
    with pytest.raises(OutOfDefinition, match="whole number"):
        PropertyDef("count", Kind.INT).check(1.5)


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        pytest.param(FREE, 10**400, id="no float is as big"),
        pytest.param(LEVEL, 10**400, id="no float is as big, whole"),
        pytest.param(TENTHS, 1e308, id="steps beyond the largest float"),
    ],
)
def test_numbers_beyond_all_floats_are_refused_in_words(definition: PropertyDef, value: Any) -> None:
    with pytest.raises(OutOfDefinition):
        definition.check(value)


def test_text_that_no_utf8_can_hold_is_refused() -> None:
    with pytest.raises(OutOfDefinition):
        NOTE.check("half a character: \ud800")


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.sampled_from([POWER, LEVEL, TARGET, MODE, NOTE, FREE]), ANYTHING)
def test_either_admitted_for_good_or_refused_in_words(definition: PropertyDef, value: Any) -> None:
    try:
        kept = definition.check(value)
    except OutOfDefinition as refusal:
        assert refusal.property_name == definition.path  # noqa: PT017  # either end is right, each is checked
        return
    assert definition.check(kept) == kept
    assert (
        type(kept)
        is {
            Kind.BOOL: bool,
            Kind.INT: int,
            Kind.FLOAT: float,
            Kind.ENUM: str,
            Kind.TEXT: str,
        }[definition.kind]
    )
    assert kept == (float(value) if isinstance(kept, float) else value)
    if isinstance(kept, float | int) and not isinstance(kept, bool):
        assert definition.low is None or kept >= definition.low
        assert definition.high is None or kept <= definition.high


@given(st.integers(-100, 100), st.sampled_from([0.1, 0.25, 0.5, 1.0, 5.0]), st.integers(0, 200))
def test_every_step_above_the_lowest_is_admitted(low: int, step: float, steps: int) -> None:
    definition = PropertyDef("x", Kind.FLOAT, low=low, high=low + 2000, step=step)
    assert definition.check(low + steps * step) == pytest.approx(low + steps * step)


def test_unknown_names_list_what_there_is() -> None:
    profile = Profile("generic", {"power": POWER, "mode": MODE})
    with pytest.raises(UnknownName, match="mode, power"):
        profile.property("pwr")
    with pytest.raises(UnknownName, match="none"):
        profile.action("toggle")


def test_paths_leave_main_out() -> None:
    assert POWER.path == "power"
    assert PropertyDef("target", Kind.FLOAT, component="freezer").path == "freezer.target"
