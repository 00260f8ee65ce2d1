"""Guessers wait longer and longer, and a flood does not help them."""

from __future__ import annotations

import pytest

from jiahe.home.throttle import FORGET, FREE, TABLE_LIMIT, Allowance, Throttle, neighbourhood


def test_waits_grow_to_their_bound():
    throttle, now, waits = Throttle(longest=60.0), 0.0, []
    for _ in range(12):
        throttle.failed("a", now)
        waits.append(throttle.wait("a", now))
        now += waits[-1]
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert throttle.wait("b", now) == 0


def test_an_hour_of_rest_or_the_right_word_forgets():
    throttle = Throttle()
    for _ in range(FREE + 3):
        throttle.failed("a", 0.0)
    assert throttle.wait("a", 0.0) > 0
    throttle.worked("a")
    assert throttle.wait("a", 0.0) == 0
    for _ in range(FREE + 3):
        throttle.failed("a", 0.0)
    throttle.failed("a", FORGET + 100)
    assert throttle.wait("a", FORGET + 100) == 0


def test_a_flood_of_names_does_not_free_the_guessed_one():
    throttle = Throttle()
    for _ in range(20):
        throttle.failed("owner", 0.0)
    for number in range(3 * TABLE_LIMIT):
        throttle.failed(f"flood {number}", 1.0)
    assert len(throttle) <= TABLE_LIMIT
    assert throttle.wait("owner", 1.0) > 100


def test_a_full_table_drops_what_is_old_first():
    throttle = Throttle()
    for number in range(TABLE_LIMIT):
        throttle.failed(str(number), 0.0)
    throttle.failed("new", FORGET + 1)
    assert len(throttle) == 1


def test_an_allowance_comes_back_with_time():
    allowance = Allowance(burst=2, each_second=0.5)
    assert [allowance.take(0.0) for _ in range(3)] == [True, True, False]
    assert not allowance.take(1.0)
    assert allowance.take(2.0)
    assert not allowance.take(1.0)  # a clock that goes back gives nothing


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("fe80::1%eth0", "fe80::"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_counts_with_its_neighbours(address, key):
    assert neighbourhood(address) == key
