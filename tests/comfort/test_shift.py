"""Shifting: never dearer than at once, always ready in time, and a planned start that never begins too early or too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.shift import (
    KEPT,
    RETRY,
    TRIES,
    Act,
    Life,
    Load,
    Planned,
    Seen,
    cheapest,
    cost_of,
    learned,
    next_act,
    planned_of,
    runs_of,
)
from jiahe.comfort.tariff import edges, price_at, tariff_of

BERLIN = ZoneInfo("Europe/Berlin")
TWO = tariff_of("own", {"name": "Two", "currency": "EUR", "pieces": [{"since": "2020-01-01", "windows": [
    {"from": "22:00", "to": "06:00", "prices": [0.2]},
    {"from": "06:00", "to": "22:00", "prices": [0.4]},
]}]})  # fmt: skip
EVENING = datetime(2026, 7, 1, 20, tzinfo=BERLIN).timestamp()
HOUR = 3600.0


def price(at: float) -> float | None:
    return price_at(TWO, BERLIN, at)


def turns(start: float, hours: float = 60.0) -> list[float]:
    return edges(TWO, BERLIN, start, start + hours * HOUR)


def test_a_dishwasher_waits_for_the_night_and_starts_with_it():
    found = cheapest(Load(120, 1.0, "told"), EVENING, EVENING + 11 * HOUR, price, turns(EVENING))
    assert found is not None
    assert found.start == EVENING + 2 * HOUR
    assert (found.cost, found.cost_now) == (pytest.approx(0.2), pytest.approx(0.4))


def test_where_the_night_is_too_short_it_starts_as_late_as_it_may():
    found = cheapest(Load(120, 1.0, "told"), EVENING, EVENING + 3 * HOUR, price, turns(EVENING))
    assert found is not None
    assert found.start == EVENING + HOUR
    assert found.cost == pytest.approx(0.3)


def test_at_one_price_it_starts_at_once_and_nothing_that_is_too_late_is_planned():
    found = cheapest(Load(60, 1.0, "told"), EVENING, EVENING + 2 * HOUR, price, turns(EVENING))
    assert found is not None
    assert found.start == EVENING
    assert cheapest(Load(60, 1.0, "told"), EVENING, EVENING + HOUR - 1, price, turns(EVENING)) is None


def test_without_a_price_it_starts_at_once_and_no_cost_is_told():
    found = cheapest(Load(60, 1.0, "told"), EVENING, EVENING + 9 * HOUR, lambda _: None, [])
    assert found is not None
    assert (found.start, found.cost, found.cost_now) == (EVENING, None, None)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 3 * 365 * 24 * 60), st.floats(5, 600), st.floats(0, 30 * HOUR),
)  # fmt: skip
def test_it_never_costs_more_than_any_other_start_and_is_ready_in_time(minute, minutes, spare):
    now = datetime(2024, 1, 1, tzinfo=BERLIN).timestamp() + minute * 60.0
    load, deadline = Load(minutes, 1.3, "told"), now + minutes * 60.0 + spare
    between = turns(now)
    found = cheapest(load, now, deadline, price, between)
    assert found is not None
    assert now <= found.start
    assert found.end <= deadline + 1e-3
    assert found.cost is not None
    assert found.cost_now is not None
    assert found.cost <= found.cost_now + 1e-9
    for part in range(13):
        other = cost_of(load, now + spare * part / 12, price, between)
        assert other is not None
        assert found.cost <= other + 1e-6


@pytest.mark.parametrize("day", [(2026, 3, 28), (2026, 10, 24)])
def test_on_a_night_in_which_clocks_are_set_the_cost_is_of_the_true_hours(day):
    now = datetime(*day, 21, tzinfo=BERLIN).timestamp()
    load = Load(8 * 60, 8.0, "told")
    found = cheapest(load, now, now + 14 * HOUR, price, turns(now))
    assert found is not None
    nights = (datetime(*day[:2], day[2] + 1, 6, tzinfo=BERLIN).timestamp() - now) / HOUR - 1
    cheap = min(8.0, nights)
    assert found.cost == pytest.approx(cheap * 0.2 + (8.0 - cheap) * 0.4)


def test_how_long_it_takes_is_learned_of_its_past():
    assert learned("dishwasher", []) == learned("dishwasher", [(100, None)])
    assert learned("dishwasher", []).source == "usual"
    found = learned("dishwasher", [(90, None), (178, 0.8), (181, 0.7), (180, None)])
    assert (found.minutes, found.kwh, found.source) == (179.0, 0.75, "learned")
    assert learned("vacuum", []) is None
    assert learned("vacuum", [(30, None), (34, None)]).minutes == 32.0


def test_only_runs_with_a_beginning_and_an_end_count():
    rows = [
        (0, True),
        (10, False),
        (20, True),
        (50, False),
        (60, True),
        (70, None),
        (80, True),
        (90, False),
        (95, True),
    ]
    assert runs_of(rows, 100) == [(20, 50)]


# ---- a planned start ---------------------------------------------------------------------------------------------------

WELL = Seen(online=True, door_open=False, running=False)


def planned(**more) -> Planned:
    start = EVENING + 2 * HOUR
    return replace(
        Planned("p1", "dishwasher", "start", ("eco",), None, None, "wang", "Wang", EVENING, EVENING + 8 * HOUR, start, 120, 1.0, "told"),
        **more,
    )  # fmt: skip


def test_it_waits_starts_and_is_forgotten_a_day_after():
    one = planned()
    assert next_act(one, one.start - 1, WELL) == (Act.WAIT, "")
    assert next_act(one, one.start, WELL) == (Act.START, "")
    begun = replace(one, life=Life.STARTED, began=one.start)
    assert next_act(begun, one.deadline, WELL) == (Act.WAIT, "")
    assert next_act(begun, one.deadline + KEPT + 1, WELL) == (Act.FORGET, "")
    assert planned_of(begun.as_json()) == begun


@pytest.mark.parametrize(
    ("seen", "code"), [(Seen(True, True, False), "shift_door"), (Seen(False, None, None), "shift_offline")]
)
def test_what_keeps_it_is_said_once_and_it_is_tried_until_it_is_too_late(seen, code):
    one = planned()
    assert next_act(one, one.start + 60, seen) == (Act.SAY, code)
    said = replace(one, why=code)
    assert next_act(said, one.start + 120, seen) == (Act.WAIT, code)
    assert next_act(said, one.start + 180, WELL) == (Act.START, "")
    assert next_act(said, one.latest + 1, seen) == (Act.MISS, code)
    assert next_act(one, one.latest + 1, WELL) == (Act.MISS, "shift_late")


def test_a_start_that_failed_is_tried_again_a_few_times():
    one = planned(tried_at=EVENING + 2 * HOUR, tries=1, why="shift_failed")
    assert next_act(one, one.start + RETRY - 1, WELL)[0] is Act.WAIT
    assert next_act(one, one.start + RETRY, WELL)[0] is Act.START
    assert next_act(one, one.start + 30, Seen(True, False, True))[0] is Act.BEGAN
    assert next_act(replace(one, tries=TRIES), one.start + RETRY, WELL) == (Act.MISS, "shift_failed")


def test_who_starts_it_by_hand_drops_the_plan():
    assert next_act(planned(), EVENING + 60, Seen(True, False, True)) == (Act.TAKEN, "shift_taken")


def test_a_window_is_closed_when_its_minutes_are_over():
    one = planned(path="power", arguments=None, value=True, after=False, life=Life.STARTED, began=EVENING)
    assert next_act(one, EVENING + 119 * 60, WELL)[0] is Act.WAIT
    assert next_act(one, EVENING + 120 * 60, WELL)[0] is Act.END
    tried = replace(one, tried_at=EVENING + 7200, tries=TRIES)
    assert next_act(tried, EVENING + 7200 + RETRY, WELL)[0] is Act.FORGET


@given(
    st.floats(0, 40 * HOUR),
    st.booleans(),
    st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]),
)
def test_nothing_starts_before_its_time_or_when_it_could_not_be_ready(after, online, door, running):
    one = planned()
    act, _ = next_act(one, EVENING + after, Seen(online, door, running))
    if act is Act.START:
        assert one.start <= EVENING + after <= one.latest
        assert online
        assert not door
        assert not running
