"""Every fault is seen, said, and goes away again; what is no fault is not called one."""

from __future__ import annotations

import json

from jiahe.comfort.climate_seen import Reading, Unit
from jiahe.comfort.climate_watch import REFUSED_FOR, WINDOW_FIRST, WINDOW_MOST, Watch
from jiahe.comfort.thermal_model import Mode

T = 1_780_000_000.0
COOL = Unit(True, Mode.COOL, 24.0, 800.0)


def codes(watch: Watch, now: float) -> list[str]:
    return [one.code for one in watch.faults(now)]


def feed(
    watch: Watch, start: float, airs: list[float | None], *, unit: Unit | None = None, outdoor: float = 33.0
) -> float:
    """One reading a minute; the time of the last."""
    for minute, air in enumerate(airs):
        watch.told(Reading(start + 60 * minute, air, outdoor, unit))
    return start + 60 * (len(airs) - 1)


def test_a_quiet_room_has_no_fault() -> None:
    watch = Watch()
    assert codes(watch, T) == []
    now = feed(
        watch, T, [26.0 + 0.1 * (n // 7 % 3) for n in range(300)], unit=Unit(True, Mode.COOL, 26.0, 300.0)
    )
    assert codes(watch, now) == []


def test_a_sensor_that_says_nothing_is_missing_until_it_speaks() -> None:
    watch = Watch()
    now = feed(watch, T, [25.0])
    assert codes(watch, now + 1700) == []
    assert codes(watch, now + 1800) == ["sensor_missing"]
    silent = Watch()
    now = feed(silent, T, [None] * 40)
    assert codes(silent, now) == ["sensor_missing"]
    assert codes(watch, feed(watch, now + 3600, [25.1])) == []


def test_a_sensor_that_never_moves_while_the_unit_works_hard_is_stuck() -> None:
    watch = Watch()
    now = feed(watch, T, [27.3] * 200, unit=COOL, outdoor=27.5)
    assert "sensor_stuck" in codes(watch, now)
    assert "sensor_stuck" not in codes(watch, feed(watch, now + 60, [27.2], unit=COOL, outdoor=27.5))


def test_a_sensor_of_half_a_kelvin_in_a_room_that_is_held_still_is_not_stuck() -> None:
    watch = Watch()
    now = feed(watch, T, [26.0] * 600, unit=Unit(True, Mode.COOL, 26.0, 250.0))
    assert codes(watch, now) == []


def test_one_wild_value_is_left_out_and_many_are_a_fault() -> None:
    watch = Watch()
    assert watch.told(Reading(T, 26.0, 30.0)) == 26.0
    assert watch.told(Reading(T + 60, 40.0, 30.0)) is None
    assert codes(watch, T + 60) == []
    for n in range(2, 8):
        watch.told(Reading(T + 60 * n, 26.0 if n % 2 else 40.0, 30.0))
    assert codes(watch, T + 500) == ["sensor_jumping"]
    now = feed(watch, T + 3 * 3600, [26.0, 26.1])
    assert codes(watch, now) == []


def test_what_no_room_can_have_is_no_reading() -> None:
    assert Watch().told(Reading(T, 327.0, 30.0)) is None


def test_a_contact_that_says_open_is_believed_at_once_and_closed_too() -> None:
    watch = Watch()
    watch.told(Reading(T, 26.0, 30.0, window_open=True))
    assert codes(watch, T) == ["window_open"]
    watch.told(Reading(T + 60, 26.0, 30.0, window_open=False))
    assert codes(watch, T + 60) == []


def test_a_window_in_winter_shows_by_the_fall() -> None:
    watch = Watch()
    now = feed(watch, T, [20.0 - 0.1 * n for n in range(18)], outdoor=0.0)
    assert codes(watch, now) == ["window_open"]
    now = feed(watch, now + 60, [18.2] * 35, outdoor=0.0)
    assert now > T + WINDOW_FIRST
    assert codes(watch, now) == []


def test_air_that_goes_back_to_the_walls_after_heating_is_no_window() -> None:
    watch = Watch()
    now = feed(watch, T, [20.0] * 5, unit=Unit(True, Mode.HEAT, 20.0, 900.0), outdoor=0.0)
    now = feed(watch, now + 60, [20.0 - 0.1 * n for n in range(18)] + [18.2] * 60, outdoor=0.0)
    assert codes(watch, now) == []


def test_a_window_shows_by_a_leak_that_the_model_does_not_know() -> None:
    watch = Watch()
    for n in range(3):
        watch.leak(T + 900 * n, innovation=1.2, hours=0.25, apart=6.0, usual=0.12)
    assert codes(watch, T + 1800) == ["window_open"]
    calm = Watch()
    for n in range(12):
        calm.leak(T + 900 * n, innovation=0.2, hours=0.25, apart=6.0, usual=0.12)
    assert codes(calm, T + 12 * 900) == []


def test_a_window_open_all_day_costs_ever_fewer_tries() -> None:
    watch, tries, now = Watch(), 0, T
    while now < T + 86400:
        if codes(watch, now) == ["window_open"]:
            now += 900
            continue
        tries += 1
        for n in range(3):
            watch.leak(now + 900 * n, innovation=1.2, hours=0.25, apart=6.0, usual=0.12)
        now += 2700
    assert tries <= 10
    assert watch.window_for == WINDOW_MOST


def test_a_unit_that_takes_no_power_does_not_work() -> None:
    watch = Watch()
    idle = Unit(True, Mode.COOL, 24.0, 12.0)
    now = feed(watch, T, [28.0 + 0.1 * (n % 2) for n in range(25)], unit=idle)
    assert codes(watch, now) == ["unit_idle"]
    assert codes(watch, feed(watch, now + 60, [28.0], unit=COOL)) == []


def test_without_watts_a_room_that_does_not_follow_is_said() -> None:
    watch = Watch()
    unit = Unit(True, Mode.COOL, 24.0)
    now = feed(watch, T, [28.0 + 0.1 * (n % 2) for n in range(70)], unit=unit)
    assert codes(watch, now) == ["no_effect"]
    follows = Watch()
    now = feed(follows, T, [28.0 - 0.02 * n for n in range(90)], unit=unit)
    assert codes(follows, now) == []


def test_three_refusals_in_a_row_and_a_pause() -> None:
    watch = Watch()
    for n in range(2):
        watch.commanded(T + n, done=False)
    watch.commanded(T + 2, done=True)
    for n in range(2):
        watch.commanded(T + 3 + n, done=False)
    assert codes(watch, T + 5) == []
    watch.commanded(T + 5, done=False)
    assert codes(watch, T + 6) == ["unit_refuses"]
    assert codes(watch, T + 5 + REFUSED_FOR) == []


def test_what_outlasts_a_restart() -> None:
    watch = Watch()
    feed(watch, T, [20.0 - 0.1 * n for n in range(18)], outdoor=0.0)
    again = Watch.of_json(json.loads(json.dumps(watch.to_json())))
    assert codes(again, T + 1100) == ["window_open"]
    assert len(watch.readings) < 130
