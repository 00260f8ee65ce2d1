"""Cole-Kripke, Sadeh and the scale of a band: by hand-worked numbers, and laws that hold for any minutes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.comfort.activity import MODERATE, Scale, cole_kripke, sadeh

COUNTS = st.lists(st.floats(0, 20_000), min_size=1, max_size=30)


def test_cole_kripke_by_hand() -> None:
    counts = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 700.0]
    by_hand = 0.106 * 1 + 0.054 * 2 + 0.058 * 3 + 0.076 * 4 + 0.230 * 5 + 0.074 * 6 + 0.067 * 7
    assert cole_kripke(counts, 4) == pytest.approx(by_hand)


def test_a_quiet_hour_is_asleep_and_a_walk_is_not() -> None:
    assert cole_kripke([0.0] * 11, 8) == 0
    assert cole_kripke([0.0] * 8 + [2_000.0], 8) > 1
    assert sadeh([0.0] * 11, 5) == pytest.approx(7.601)
    assert sadeh([2_000.0] * 11, 5) < 0


def test_sadeh_by_hand() -> None:
    counts = [0.0, 60.0, 0.0, 80.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    last = counts[:6]
    mean = sum(last) / 6
    deviation = math.sqrt(sum((value - mean) ** 2 for value in last) / 5)
    by_hand = 7.601 - 0.065 * 240 / 11 - 1.08 * 2 - 0.056 * deviation - 0.703 * math.log(101)
    assert sadeh(counts, 5) == pytest.approx(by_hand)


def test_minutes_that_are_not_there_yet_count_as_this_one() -> None:
    known = [0.0, 0.0, 0.0, 0.0, 50.0]
    assert cole_kripke(known, 4) == pytest.approx(cole_kripke([*known, 50.0, 50.0], 4))


@given(COUNTS, st.data())
def test_more_movement_is_never_more_asleep(counts: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(counts) - 1))
    more = list(counts)
    more[at] += data.draw(st.floats(0, 5_000))
    assert cole_kripke(more, at) >= cole_kripke(counts, at)


@given(COUNTS, st.data())
def test_both_are_finite_and_bounded(counts: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(counts) - 1))
    assert 0 <= cole_kripke(counts, at) <= 300 * 0.665 + 1e-9
    assert -60 <= sadeh(counts, at) <= 7.601


def _days(scale: Scale, factor: float, days: int, first: int = 0) -> None:
    for day in range(first, first + days):
        for minute in range(200):
            scale.learn(day, factor * (1 + minute))


def test_the_busiest_tenth_is_laid_on_moderate_activity_whatever_the_unit() -> None:
    for factor in (0.01, 1.0, 40.0):
        scale = Scale(1.0)
        _days(scale, factor, 4)
        assert scale.days == 3  # the day under way is not over
        assert scale.factor * factor * 180 == pytest.approx(MODERATE)


def test_before_a_day_has_passed_the_first_guess_holds() -> None:
    scale = Scale(19.5)
    scale.learn(0, 3.0)
    assert scale.factor == 19.5


def test_a_day_with_little_movement_tells_nothing() -> None:
    scale = Scale(2.0)
    for day in range(5):
        for _ in range(30):
            scale.learn(day, 9.0)
    assert scale.factor == 2.0


def test_one_odd_day_moves_nothing_and_two_weeks_forget() -> None:
    scale = Scale(1.0)
    _days(scale, 1.0, 7)
    before = scale.factor
    _days(scale, 100.0, 1, first=7)
    _days(scale, 1.0, 1, first=8)
    assert scale.factor == pytest.approx(before)
    _days(scale, 10.0, 20, first=9)
    assert scale.factor == pytest.approx(before / 10)


def test_a_scale_survives_json() -> None:
    scale = Scale(3.0)
    _days(scale, 2.0, 3)
    again = Scale.from_json(scale.as_json())
    assert (again.factor, again.days) == (scale.factor, scale.days)
    _days(scale, 2.0, 2, first=3)
    _days(again, 2.0, 2, first=3)
    assert again.as_json() == scale.as_json()


@pytest.mark.parametrize("first", [0.0, -1.0, math.nan, math.inf])
def test_a_senseless_first_guess_is_refused(first: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        Scale(first)
