"""How far inside the band a plan stays: the least that spares people what a thermostat's swing would cost them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort.swing import FEWEST, MARGIN, MARGIN_MOST, MOST, SETTLED, SPARED, Swing, least

MISSED = st.lists(st.floats(-MARGIN_MOST, MARGIN_MOST), min_size=1, max_size=MOST)


def held(swing: Swing, missed: float, quarters: int) -> None:
    for _ in range(quarters):
        swing.told(missed)


@given(MISSED)
def test_the_margin_is_the_least_that_spares(missed: list[float]) -> None:
    margin = least(missed)

    def beyond(at: float) -> float:
        return sum(max(0.0, one - at) for one in missed) / len(missed)

    assert 0.0 <= margin <= MARGIN_MOST
    assert beyond(margin) <= SPARED + 1e-9
    if margin > 0.0:
        assert beyond(margin) == pytest.approx(SPARED, abs=1e-9)


def test_a_unit_that_does_not_swing_needs_no_margin_and_one_that_does_its_swing() -> None:
    still, wide = Swing(), Swing()
    held(still, 0.0, SETTLED + FEWEST)
    for quarter in range(SETTLED + 96):
        wide.told((-0.3, 0.0, 0.3, 0.0)[quarter % 4])
    assert still.margin == 0.0
    assert 0.25 < wide.margin < 0.3


def test_little_that_was_held_says_nothing_yet() -> None:
    swing = Swing()
    held(swing, 0.0, SETTLED + FEWEST - 1)
    assert swing.margin == MARGIN
    swing.told(0.0)
    assert swing.margin < MARGIN


def test_the_way_to_the_point_is_not_the_swing() -> None:
    swing = Swing()
    for _ in range(50):
        held(swing, 0.6, SETTLED)
        swing.told(None)
    assert swing.missed == []


def test_one_warm_hour_does_not_cool_the_days_after_it() -> None:
    """Guests: an hour that was short by half a kelvin and more. What the next days are held at is the swing's."""
    swing = Swing()
    held(swing, 0.05, SETTLED + 96)
    held(swing, 0.6, 4)
    held(swing, 0.05, MOST)
    assert swing.margin < 0.06


def test_it_remembers_a_bounded_number_and_comes_back_as_it_was() -> None:
    swing = Swing()
    held(swing, 0.2, SETTLED + 3 * MOST)
    assert len(swing.missed) == MOST
    again = Swing.of_json(json.loads(json.dumps(swing.to_json())))
    assert (again.missed, again.margin) == (swing.missed, swing.margin)
    assert Swing.of_json({}).margin == MARGIN
    assert Swing.of_json({"margin": 99.0}).margin == MARGIN_MOST
