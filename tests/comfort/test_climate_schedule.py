"""What is learned from hands, and what never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.hand import LEAST, MOST, Hold, by_hand
from jiahe.comfort.schedule import POINTS, Adjustment, Point, Schedule
from jiahe.comfort.thermal_model import Mode

ZONE = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 6, 1, tzinfo=ZONE)


def at(day: int, hour: int, minute: int = 0) -> float:
    return (MONDAY + timedelta(days=day, hours=hour, minutes=minute)).timestamp()


def test_two_alike_make_a_point_and_one_does_not() -> None:
    schedule = Schedule(ZONE)
    assert schedule.adjusted(at(0, 19), Mode.COOL, 25.0) is None
    assert schedule.target_at(at(1, 20), Mode.COOL) == 26.0
    learned = schedule.adjusted(at(1, 19, 20), Mode.COOL, 25.0)
    assert learned is not None
    assert (learned.what, learned.point.minute, learned.point.target) == ("new", 19 * 60 + 10, 25.0)
    assert learned.point.from_days == ("2026-06-01", "2026-06-02")
    assert schedule.target_at(at(2, 20), Mode.COOL) == 25.0


def test_what_is_not_alike_is_not_learned() -> None:
    for day, hour, mode, target in (
        (0, 22, Mode.COOL, 25.0),  # another hour
        (1, 19, Mode.COOL, 24.0),  # another temperature
        (5, 19, Mode.COOL, 25.0),  # a free day
        (1, 19, Mode.HEAT, 25.0),  # heating
        (1, 19, Mode.COOL, None),  # off
    ):
        schedule = Schedule(ZONE)
        schedule.adjusted(at(0, 19), Mode.COOL, 25.0)
        assert schedule.adjusted(at(day, hour), mode, target) is None


def test_one_who_cannot_decide_made_one_change() -> None:
    schedule = Schedule(ZONE)
    for minute, target in enumerate((24.0, 23.0, 25.0)):
        schedule.adjusted(at(0, 19, minute), Mode.COOL, target)
    assert [one.target for one in schedule.adjustments] == [25.0]


def test_switching_off_is_learned_as_well() -> None:
    schedule = Schedule(ZONE)
    schedule.adjusted(at(0, 23), Mode.COOL, None)
    schedule.adjusted(at(1, 23), Mode.COOL, None)
    assert schedule.target_at(at(2, 23, 30), Mode.COOL) is None


def test_two_alike_near_a_learned_point_move_it() -> None:
    schedule = Schedule(ZONE)
    for day in (0, 1):
        schedule.adjusted(at(day, 19), Mode.COOL, 25.0)
    for day in (2, 3):
        learned = schedule.adjusted(at(day, 19, 40), Mode.COOL, 26.5)
    assert learned is not None
    assert learned.what == "moved"
    assert [one.target for one in schedule.points] == [26.5]


def test_a_point_that_a_person_wrote_is_never_moved() -> None:
    schedule = Schedule(ZONE)
    mine = Point(Mode.COOL, False, 19 * 60, 24.0)
    schedule.edit(mine)
    for day in (0, 1, 2, 3, 4, 7, 8, 9):
        assert schedule.adjusted(at(day, 19, 10), Mode.COOL, 27.0) is None
    assert [(one.minute, one.target, one.edited) for one in schedule.points] == [(19 * 60, 24.0, True)]


def test_a_point_that_people_go_against_is_forgotten() -> None:
    schedule = Schedule(ZONE)
    for day in (0, 1):
        schedule.adjusted(at(day, 19), Mode.COOL, 24.0)
    for day, target in ((2, 25.5), (3, 26.5), (4, 28.0)):
        learned = schedule.adjusted(at(day, 19, 15), Mode.COOL, target)
    assert learned is not None
    assert learned.what == "forgotten"
    assert schedule.points == []


def test_a_removed_point_does_not_come_back_from_what_led_to_it() -> None:
    schedule = Schedule(ZONE)
    for day in (0, 1):
        schedule.adjusted(at(day, 19), Mode.COOL, 24.0)
    assert schedule.remove(schedule.points[0])
    assert schedule.adjusted(at(2, 19), Mode.COOL, 24.0) is None


def test_the_next_point_is_the_next_change() -> None:
    schedule = Schedule(ZONE)
    schedule.edit(Point(Mode.COOL, False, 7 * 60, 27.0))
    schedule.edit(Point(Mode.COOL, False, 19 * 60, 25.0))
    schedule.edit(Point(Mode.COOL, True, 9 * 60, 26.0))
    assert schedule.next_point(at(0, 8), Mode.COOL) == at(0, 19)
    assert schedule.next_point(at(0, 20), Mode.COOL) == at(1, 7)
    assert schedule.next_point(at(4, 20), Mode.COOL) == at(5, 9)
    assert schedule.target_at(at(5, 8), Mode.COOL) == 25.0  # Friday's last goes on until Saturday's first
    assert schedule.next_point(at(0, 8), Mode.HEAT) is None


adjustments = st.tuples(
    st.integers(0, 60),
    st.integers(0, 1439),
    st.sampled_from(Mode),
    st.sampled_from([None, 18.0, 24.0, 24.5, 26.0, 28.0]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(adjustments, max_size=120))
def test_whatever_is_done_it_stays_small_in_order_and_writable(
    changes: list[tuple[int, int, Mode, float | None]],
) -> None:
    schedule = Schedule(ZONE)
    schedule.edit(Point(Mode.COOL, False, 600, 25.0))
    for day, minute, mode, target in sorted(changes, key=lambda one: one[:2]):
        schedule.adjusted(at(day, 0, minute), mode, target)
    assert Point(Mode.COOL, False, 600, 25.0, edited=True) in schedule.points
    assert len(schedule.points) <= 4 * POINTS
    assert schedule.points == sorted(schedule.points, key=lambda one: (one.mode, one.free, one.minute))
    again = Schedule.of_json(json.loads(json.dumps(schedule.to_json())), ZONE)
    assert again.points == schedule.points
    assert again.adjustments == [Adjustment(**vars_of(one)) for one in schedule.adjustments]


def vars_of(one: Adjustment) -> dict[str, object]:
    return {name: getattr(one, name) for name in Adjustment.__slots__}


def test_a_hand_holds_till_the_next_point_within_its_bounds() -> None:
    now = 1_000_000.0
    assert by_hand(now, Mode.COOL, 24.0, now + 600).until == now + LEAST
    assert by_hand(now, Mode.COOL, 24.0, now + 3 * 3600).until == now + 3 * 3600
    assert by_hand(now, Mode.COOL, 24.0, None).until == now + MOST
    forever = by_hand(now, Mode.COOL, None, None, until_told=True)
    assert forever.holds(now + 10 * 86400)
    held = by_hand(now, Mode.COOL, 24.0, None)
    assert held.holds(now)
    assert not held.holds(now + MOST)
    assert not held.holds(now - 2 * MOST)
    assert Hold.of_json(json.loads(json.dumps(held.to_json()))) == held


def test_the_zone_is_the_homes() -> None:
    schedule = Schedule(UTC)
    for day in (0, 1):
        schedule.adjusted(at(day, 19), Mode.COOL, 25.0)
    assert schedule.points[0].minute == 11 * 60
