"""The price of clean air: up while the air is over the goal, down under it, within bounds, and kept."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort.air_price import FIRST, GOAL, HIGHEST, LOWEST, AirPrice


def _after(mean: float, hours: int) -> AirPrice:
    price = AirPrice()
    for _ in range(hours):
        price.breathed(mean, 1.0)
    return price


def test_it_rises_over_the_goal_and_falls_under_it() -> None:
    assert AirPrice().now == FIRST
    assert _after(2 * GOAL, 24).now > FIRST * 1.1
    assert _after(GOAL / 2, 24).now < FIRST * 0.95
    assert _after(GOAL, 240).now == pytest.approx(FIRST)


def test_it_stays_within_its_bounds_and_comes_back_from_them() -> None:
    price = _after(500.0, 2_000)
    assert price.now == pytest.approx(HIGHEST)
    price.breathed(0.0, 24.0)
    assert price.now < HIGHEST, "no hours are saved up beyond the bound"
    assert _after(0.0, 2_000).now == pytest.approx(LOWEST)


def test_one_bad_hour_is_one_hour() -> None:
    assert _after(5_000.0, 1).now == pytest.approx(_after(3 * GOAL, 1).now)


def test_it_finds_the_price_of_a_room_that_answers() -> None:
    """A room that is cleaner the higher the price: 28 µg/m³ at the first price, halved by three times it."""
    price = AirPrice()
    for _ in range(2_000):
        price.breathed(28.0 * (FIRST / price.now) ** 0.63, 1.0)
    assert 28.0 * (FIRST / price.now) ** 0.63 == pytest.approx(GOAL, rel=0.02)


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=30))
def test_whatever_it_is_told_it_is_a_price_and_comes_back(told: list[tuple[float, float]]) -> None:
    price = AirPrice()
    for mean, hours in told:
        price.breathed(mean, hours)
    assert LOWEST * 0.999 <= price.now <= HIGHEST * 1.001
    again = AirPrice.from_json(json.loads(json.dumps(price.as_json())))
    assert math.isclose(again.now, price.now)


@pytest.mark.parametrize("goal", [0.0, -3.0, math.nan, math.inf, 500.0])
def test_a_goal_that_is_none_is_refused(goal: float) -> None:
    with pytest.raises(ValueError, match="a goal for fine dust"):
        AirPrice(goal)
    with pytest.raises(ValueError, match=r"is no number|a goal"):
        AirPrice.from_json({"goal": goal, "log": math.nan})
