"""The rooms obey conservation and good sense: what people expect of a room happens, at any step length."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.catalog.loader import Shelf
from jiahe.virtual import day
from jiahe.virtual.day import AT_HOME, CONDITIONER, PURIFIER, yesterday
from jiahe.virtual.flat import BEDROOM, LIVING, Flat, cooking, meals
from jiahe.virtual.machine import Conditioner, Purifier, clean_air, condition, fan_speed
from jiahe.virtual.outdoor import DAY, HOUR, Climate, Outdoor, outdoor, saturation
from jiahe.virtual.room import Air, Load, Shape, mixed, step

SUMMER_NOON = 1_784_692_800.0  # 2026-07-22 04:00 UTC, noon at UTC+8
WINTER_NIGHT = 1_769_184_000.0  # 2026-01-23 16:00 UTC, midnight at UTC+8
HOT = Outdoor(35.0, 18.0, 500.0, 80.0)


# ---- outside -----------------------------------------------------------------------------------------------


def test_the_outside_is_the_same_in_whatever_order_it_is_asked() -> None:
    times = [SUMMER_NOON + 977.0 * n for n in range(200)]
    forward = [outdoor(Climate(5), at) for at in times]
    backward = [outdoor(Climate(5), at) for at in reversed(times)]
    assert forward == backward[::-1]
    assert forward != [outdoor(Climate(6), at) for at in times]


def test_summer_is_warm_winter_cold_and_the_sun_sets() -> None:
    summer = [outdoor(Climate(seed), SUMMER_NOON + n * HOUR) for seed in range(20) for n in range(24)]
    winter = [outdoor(Climate(seed), WINTER_NIGHT + n * HOUR) for seed in range(20) for n in range(24)]
    assert 22 < statistics.mean(one.temperature for one in summer) < 32
    assert -9 < statistics.mean(one.temperature for one in winter) < 3
    assert outdoor(Climate(1), SUMMER_NOON).sun > 300
    assert outdoor(Climate(1), SUMMER_NOON + 12 * HOUR).sun == 0
    assert all(one.moisture <= saturation(one.temperature) for one in summer + winter)


def test_dust_outside_has_the_statistics_it_was_made_with() -> None:
    climate = Climate(3)
    logs = [math.log(outdoor(climate, 444_444 * HOUR + n * HOUR).pm2_5) for n in range(24 * 365)]
    mean, spread = statistics.mean(logs), statistics.pstdev(logs)
    lag = statistics.mean((a - mean) * (b - mean) for a, b in pairwise(logs)) / spread**2
    assert math.exp(mean) == pytest.approx(climate.pm2_5_median, rel=0.25)
    assert spread == pytest.approx(climate.pm2_5_spread, rel=0.2)
    assert lag == pytest.approx(0.96, abs=0.02)


# ---- rooms -------------------------------------------------------------------------------------------------

SHAPES = st.sampled_from([LIVING, BEDROOM, Shape(area=8.0, infiltration=0.1)])
AIRS = st.builds(Air, st.floats(-20, 45), st.floats(0.1, 5.0), st.floats(0, 600))
LOADS = st.builds(Load, st.floats(-4000, 4000), st.floats(-500, 500), st.floats(0, 1e5), st.floats(0, 400))


@given(SHAPES, AIRS, LOADS, st.floats(1, 60))
def test_a_step_cut_in_two_is_the_same_step(shape: Shape, air: Air, load: Load, seconds: float) -> None:
    whole = step(shape, air, HOT, load, seconds)
    half = step(shape, step(shape, air, HOT, load, seconds / 2), HOT, load, seconds / 2)
    assert whole.temperature == pytest.approx(half.temperature)
    assert whole.pm2_5 == pytest.approx(half.pm2_5)


@given(SHAPES, AIRS, LOADS)
def test_air_stays_air(shape: Shape, air: Air, load: Load) -> None:
    for _ in range(30):
        air = step(shape, air, HOT, load, 60.0)
    assert air.pm2_5 >= 0
    assert 0 <= air.humidity <= 100
    assert math.isfinite(air.temperature)


@given(AIRS, AIRS, st.floats(0, 500), st.floats(1, 60))
def test_an_open_door_makes_no_dust_and_loses_none(one: Air, other: Air, flow: float, seconds: float) -> None:
    first, second = mixed(one, LIVING, other, BEDROOM, flow, seconds)
    before = one.pm2_5 * LIVING.volume + other.pm2_5 * BEDROOM.volume
    assert first.pm2_5 * LIVING.volume + second.pm2_5 * BEDROOM.volume == pytest.approx(before)
    assert abs(first.pm2_5 - second.pm2_5) <= abs(one.pm2_5 - other.pm2_5) + 1e-9


def test_dust_settles_where_the_balance_says() -> None:
    """Steady state by hand: P a C / (a + k + CADR/V)."""
    air = Air(25.0, 10.0, 300.0)
    for _ in range(48 * 60):
        air = step(LIVING, air, HOT, Load(cleaned=320.0), 60.0)
    expected = 0.8 * 0.35 * 80.0 / (0.35 + 0.2 + 320.0 / (24.0 * 2.7))
    assert air.pm2_5 == pytest.approx(expected, rel=1e-3)


# ---- machines ----------------------------------------------------------------------------------------------


def run(unit: Conditioner, hours: float, start: Air, outside: Outdoor = HOT) -> tuple[Air, float]:
    air, used = start, 0.0
    for _ in range(int(hours * 60)):
        work = condition(unit, air, outside.temperature)
        air = step(BEDROOM, air, outside, Load(heat=work.heat + 110, water=work.water + 40), 60.0)
        used += work.electric / 60.0
    return air, used


def test_cooling_reaches_its_set_point_and_dries_the_air() -> None:
    start = Air(33.0, 17.0, 20.0)
    cooled, used = run(Conditioner(True, "cool", 26.0), 2.0, start)
    free, idle = run(Conditioner(False), 2.0, start)
    assert cooled.temperature == pytest.approx(26.3, abs=0.5)
    assert free.temperature > 32
    assert cooled.moisture < free.moisture
    assert 150 < used / 2 < 1200
    assert idle / 2 < 5


def test_heating_reaches_its_set_point() -> None:
    warmed, _ = run(Conditioner(True, "heat", 21.0), 3.0, Air(10.0, 3.0, 20.0), Outdoor(-5.0, 2.0, 0.0, 80.0))
    assert warmed.temperature == pytest.approx(20.8, abs=0.5)


@pytest.mark.parametrize("mode", ["auto", "cool", "heat", "dry", "fan"])
@given(
    air=AIRS, target=st.floats(16, 30), outside=st.floats(-20, 45), fan=st.sampled_from([20.0, 100.0, 102.0])
)
def test_no_mode_does_what_it_is_not_for(
    mode: str, air: Air, target: float, outside: float, fan: float
) -> None:
    work = condition(Conditioner(True, mode, target, fan), air, outside)
    assert 0 < work.electric < 3000
    assert work.water <= 0
    if mode in ("cool", "dry"):
        assert work.heat <= 0
    if mode == "heat":
        assert work.heat >= 0
    if mode == "fan":
        assert work.heat == 0
    if mode == "auto":
        assert work.heat * (target - air.temperature) >= 0


def test_purifier_in_auto_works_harder_in_dirtier_air() -> None:
    speeds = [fan_speed(Purifier(True), dust) for dust in (0, 15, 60, 150, 600)]
    assert speeds == sorted(speeds)
    assert speeds[0] == speeds[1] < speeds[2] < speeds[3] == speeds[4] == 2200
    assert clean_air(2200) == 320
    assert fan_speed(Purifier(False), 300) == 0
    assert fan_speed(Purifier(True, "favorite", 9999), 0) == 2200


# ---- the flat ----------------------------------------------------------------------------------------------


def test_the_purifier_halves_the_dust_of_a_meal() -> None:
    climate = Climate(1)
    meal = meals(1, int((SUMMER_NOON + climate.utc_offset) // DAY))[1]
    start = (SUMMER_NOON + climate.utc_offset) // DAY * DAY - climate.utc_offset + meal.start
    assert cooking(climate, start + 60) > 0
    assert cooking(climate, start - 60) == cooking(climate, start + meal.length + 1) == 0

    def after(on: bool) -> tuple[float, float]:
        flat = Flat(climate, start - HOUR)
        before = flat.advance(start, Purifier(on), Conditioner()).living.pm2_5
        peak = flat.advance(start + meal.length, Purifier(on), Conditioner()).living.pm2_5
        return peak - before, flat.advance(
            start + meal.length + HOUR, Purifier(on), Conditioner()
        ).living.pm2_5 - before

    rise, left = after(False)
    rise_on, left_on = after(True)
    assert rise > 20
    assert rise_on < rise
    assert left_on < left / 2


def test_a_flat_is_the_same_in_seconds_and_in_minutes() -> None:
    ends = []
    for length in (1.0, 60.0, 300.0):
        flat = Flat(Climate(2), SUMMER_NOON)
        seen = [
            flat.advance(SUMMER_NOON + length * (n + 1), Purifier(True), Conditioner(True, "cool", 26.0))
            for n in range(int(HOUR / length))
        ]
        ends.append(seen[-1])
    for coarse in ends[1:]:
        assert coarse.bedroom.temperature == pytest.approx(ends[0].bedroom.temperature, abs=0.1)
        assert coarse.living.pm2_5 == pytest.approx(ends[0].living.pm2_5, rel=0.05, abs=0.5)
        assert coarse.energy == pytest.approx(ends[0].energy, rel=0.05)


def test_a_clock_that_jumps_does_no_harm() -> None:
    flat = Flat(Climate(2), SUMMER_NOON)
    here = flat.advance(SUMMER_NOON + 60, Purifier(True), Conditioner())
    back = flat.advance(SUMMER_NOON - 3600, Purifier(True), Conditioner())
    assert back.living == here.living
    on = flat.advance(SUMMER_NOON - 3540, Purifier(True), Conditioner())
    assert on.living != here.living
    flat.advance(SUMMER_NOON + 10 * 365 * DAY, Purifier(True), Conditioner())
    assert flat.at == SUMMER_NOON + 10 * 365 * DAY


# ---- yesterday ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [SUMMER_NOON, WINTER_NIGHT + 3000])
def test_yesterday_is_in_order_and_within_the_products_definitions(end: float) -> None:
    shelf = Shelf.shipped()
    profiles = {PURIFIER: shelf.get("zhimi.airpurifier.mb4"), CONDITIONER: shelf.get("midea.ac.split")}
    seen = list(yesterday(7, end))
    assert seen == list(yesterday(7, end))
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert seen[0].at == pytest.approx(end - DAY + day.STEP)
    assert seen[-1].at == end
    for one in seen:
        product = profiles[one.device]
        assert product is not None
        assert product.profile.property(one.path).check(one.value) == one.value
    dust = [one.value for one in seen if one.path == "pm2_5"]
    assert len(dust) == DAY / day.STEP
    assert len(set(dust)) > 10


def test_somebody_lives_there() -> None:
    seen = list(yesterday(7, SUMMER_NOON))
    for device in (PURIFIER, CONDITIONER):
        switched = [one.value for one in seen if (one.device, one.path) == (device, "power")]
        assert True in switched
        assert False in switched
        assert switched[-1] is True
    last_switch = max(one.at for one in seen if (one.device, one.path) == (CONDITIONER, "power"))
    assert last_switch >= SUMMER_NOON - AT_HOME - day.STEP
    modes = {one.value for one in seen if one.path == "mode"}
    assert {"auto", "sleep", "cool"} <= modes
