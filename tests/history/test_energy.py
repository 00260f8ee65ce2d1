"""Electricity by stretches: what a counter says and what power adds up to, with gaps and resets told."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.history.test_query import T0, _view

from jiahe.history import energy
from jiahe.history.energy import by_counter, by_power, checked_bounds
from jiahe.model.errors import OutOfDefinition
from jiahe.storage.rollup import HOUR

MINUTE = 60_000
DAY = [T0 + hour * HOUR for hour in range(5)]


def counter(*points: tuple[float, float | None]) -> list[tuple[int, object]]:
    """Hours and kWh."""
    return [(T0 + round(hour * HOUR), value) for hour, value in points]


def test_a_counter_is_read_off_at_the_bounds() -> None:
    view = _view([counter((0, 100), (0.5, 100.2), (1.5, 100.6))], counter((3, 101.2)))
    found = by_counter(view, DAY)
    assert [one.kwh for one in found] == pytest.approx([0.4, 0.4, 0.4, 0.0])
    assert [one.covered for one in found] == [1, 1, 1, 1]
    assert not any(one.estimated or one.reset for one in found)


def test_what_was_used_in_a_gap_is_shared_out_and_said_to_be() -> None:
    view = _view([counter((0, 10), (1, 11), (1.5, None), (3, 13))], [])
    found = by_counter(view, DAY)
    assert sum(one.kwh or 0 for one in found) == pytest.approx(3)
    assert [one.estimated for one in found] == [False, True, True, False]
    assert found[1].covered == pytest.approx(0.5)
    assert found[2].covered == 0


def test_a_reset_is_said_and_nothing_is_made_up_for_it() -> None:
    view = _view([counter((0, 50), (1, 51), (2, 0.5), (3, 1.5))], [])
    found = by_counter(view, DAY)
    assert [one.kwh for one in found] == pytest.approx([1, 0, 1, 0])
    assert [one.reset for one in found] == [False, True, False, False]


def test_nothing_known_is_nothing_told() -> None:
    assert [one.kwh for one in by_counter(_view([], []), DAY)] == [None] * 4
    assert [one.kwh for one in by_power(_view([], []), DAY)] == [None] * 4
    late = by_counter(_view([counter((2, 5.0), (3, 6.0))], []), DAY)
    assert [one.kwh for one in late] == [None, None, 1.0, 0.0]


def test_power_is_integrated_over_the_time_in_which_it_was_known() -> None:
    view = _view([counter((0, 1000), (1.5, None), (3, 500))], [])
    found = by_power(view, DAY)
    assert [one.kwh for one in found] == pytest.approx([1.0, 0.5, None, 0.5])
    assert [one.covered for one in found] == pytest.approx([1, 0.5, 0, 1])


@given(st.lists(st.tuples(st.integers(0, 239), st.integers(0, 30)), min_size=1, max_size=40))
def test_no_kilowatt_hour_is_lost_or_counted_twice(steps: list[tuple[int, int]]) -> None:
    total, points = 0.0, {}
    for minute, grown in sorted(steps):
        total += grown / 10
        points[T0 + minute * MINUTE] = total
    first, last = min(points), max(points)
    view = _view([sorted(points.items())], [])
    found = by_counter(view, DAY)
    inside = points[last] - points[first]
    assert sum(one.kwh or 0 for one in found) == pytest.approx(inside, abs=1e-6)
    assert all((one.kwh or 0) >= 0 for one in found)


def test_very_many_readings_are_read_off_each_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [(T0 + minute * MINUTE, 100 + minute / 60) for minute in range(240)]
    exact = by_counter(_view([points], []), DAY)
    monkeypatch.setattr(energy, "MOST_SAMPLES", 10)
    rough = by_counter(_view([points], []), DAY)
    assert sum(one.kwh or 0 for one in rough) == pytest.approx(sum(one.kwh or 0 for one in exact), rel=0.01)
    points[130:] = [(at, value - 101) for at, value in points[130:]]
    assert by_counter(_view([points], []), DAY)[2].reset


def test_bounds_are_checked() -> None:
    for bad in ([1.0], [2.0, 1.0], [1.0, 1.0], list(map(float, range(energy.MOST_STRETCHES + 2)))):
        with pytest.raises(OutOfDefinition):
            checked_bounds(bad)
    assert all(low < high for low, high in pairwise(checked_bounds([1.0, 2.0, 3.5])))
