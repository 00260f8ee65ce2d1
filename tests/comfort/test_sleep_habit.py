"""Usual times: medians of nights, working and free ones apart, over changes of the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from jiahe.comfort.sleep_habit import FEWEST_NIGHTS, MOST_NIGHTS, Habit, before_free_day, night_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 1, 5)


def _at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = SHANGHAI) -> float:
    """`day` days after a Monday."""
    whole = datetime(2026, 1, 5, tzinfo=zone).toordinal() + day
    return (
        datetime.combine(date.fromordinal(whole), datetime.min.time(), zone)
        .replace(hour=hour, minute=minute)
        .timestamp()
    )


def _weeks(habit: Habit, weeks: int) -> None:
    for day in range(7 * weeks):
        late = 90 if day % 7 in (4, 5) else 0
        begin = _at(day, 23) + late * 60
        habit.learn(begin, begin + 8 * 3600, SHANGHAI)


def test_an_instant_belongs_to_the_night_of_its_last_noon() -> None:
    assert night_of(_at(0, 12), SHANGHAI) == (MONDAY.toordinal(), 0)
    assert night_of(_at(0, 23), SHANGHAI) == (MONDAY.toordinal(), 660)
    assert night_of(_at(1, 7), SHANGHAI) == (MONDAY.toordinal(), 1140)


def test_free_mornings() -> None:
    assert [before_free_day(MONDAY.toordinal() + day) for day in range(7)] == [False] * 4 + [
        True,
        True,
        False,
    ]


def test_too_few_nights_are_no_habit() -> None:
    habit = Habit()
    for day in range(FEWEST_NIGHTS - 1):
        habit.learn(_at(day, 23), _at(day + 1, 7), SHANGHAI)
    assert habit.waking(MONDAY.toordinal()) is None
    assert habit.waking_after(_at(5, 23), SHANGHAI) is None


def test_weekends_are_apart() -> None:
    habit = Habit()
    _weeks(habit, 4)
    monday, friday = MONDAY.toordinal() + 28, MONDAY.toordinal() + 32
    working, free = habit.waking(monday), habit.waking(friday)
    assert working is not None
    assert free is not None
    assert (working.middle, free.middle) == (1140, 1230)
    assert habit.waking_after(_at(28, 23), SHANGHAI) == _at(29, 7)
    assert habit.waking_after(_at(32, 23), SHANGHAI) == _at(33, 8, 30)


def test_one_wild_night_moves_nothing() -> None:
    habit = Habit()
    _weeks(habit, 3)
    before = habit.bedtime(MONDAY.toordinal() + 21)
    habit.learn(_at(21, 15), _at(21, 19), SHANGHAI)
    after = habit.bedtime(MONDAY.toordinal() + 22)
    assert before is not None
    assert after is not None
    assert after.middle == before.middle


@pytest.mark.parametrize("hours", [0.5, 2.9, 16.1, 48])
def test_what_is_no_night_is_not_learned(hours: float) -> None:
    habit = Habit()
    assert not habit.learn(_at(0, 23), _at(0, 23) + hours * 3600, SHANGHAI)
    assert habit.nights == ()


def test_of_two_sleeps_in_a_night_the_longer_stays() -> None:
    habit = Habit()
    assert habit.learn(_at(0, 21), _at(1, 1), SHANGHAI)
    assert habit.learn(_at(1, 2), _at(1, 8), SHANGHAI)
    assert not habit.learn(_at(1, 8), _at(1, 11, 30), SHANGHAI)
    assert [night.awake - night.asleep for night in habit.nights] == [360]


def test_nights_are_bounded_and_survive_json() -> None:
    habit = Habit()
    _weeks(habit, 10)
    assert len(habit.nights) == MOST_NIGHTS
    assert Habit.from_json(habit.as_json()).nights == habit.nights


def test_the_waking_is_a_time_on_the_wall_when_the_clock_jumps() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 3, 16, 23, tzinfo=berlin)
    habit = Habit()
    for day in range(12):
        at = begin.timestamp() + day * 86_400
        habit.learn(at, at + 8 * 3600, berlin)
    # The night to Sunday 29 March 2026 loses an hour; the usual waking is by the wall.
    evening = datetime(2026, 3, 28, 23, tzinfo=berlin).timestamp()
    waking = habit.waking_after(evening, berlin)
    assert waking is not None
    local = datetime.fromtimestamp(waking, UTC).astimezone(berlin)
    assert (local.day, local.hour) == (29, 7)
