"""The flat obeys conservation and good sense: what people expect of rooms happens, at any step length."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.virtual.air_mass import Emission
from jiahe.virtual.dwelling import IDLE, Dwelling, RoomControl, Sensed
from jiahe.virtual.inverter import Setting
from jiahe.virtual.thermal import CITIES, RoomPhysics, leak, step, through_window
from jiahe.virtual.weather import Outdoor, saturation

HOT = Outdoor(34.0, 60.0, 500.0, 2.0, 80.0)
COLD = Outdoor(0.0, 60.0, 0.0, 3.0, 60.0)
ROOMS = st.sampled_from([room for rooms in CITIES.values() for room in rooms])
COOL, WARM = Setting(True, "cool", 26.0), Setting(True, "heat", 20.0)


def live(
    flat: Dwelling, outdoor: Outdoor, hours: float, controls: dict[str, RoomControl] | None = None,
    people: dict[str, Emission] | None = None, seconds: float = 60.0,
) -> tuple[dict[str, Sensed], dict[str, float]]:  # fmt: skip
    """The rooms after some hours, and the kW.h of every room's air conditioner."""
    sensed: dict[str, Sensed] = {}
    used = dict.fromkeys(flat.rooms, 0.0)
    for n in range(round(hours * 3600 / seconds)):
        sensed = flat.step(n * seconds, outdoor, controls or {}, people or {}, seconds)
        for name, one in sensed.items():
            used[name] += one.power["ac"] * seconds / 3.6e6
    return sensed, used


# ---- heat ------------------------------------------------------------------------------------------------------


@given(
    ROOMS, st.floats(-10, 45), st.floats(-10, 45), st.floats(0, 300), st.floats(-5000, 5000), st.floats(0, 2000), st.floats(-20, 45),
    st.floats(0.5, 60),
)  # fmt: skip
def test_a_step_cut_in_two_is_the_same_step(
    room: RoomPhysics,
    air: float,
    wall: float,
    tie: float,
    heat: float,
    sun: float,
    outside: float,
    seconds: float,
) -> None:
    whole = step(room, air, wall, tie, heat, sun, outside, seconds)
    half = step(
        room,
        *step(room, air, wall, tie, heat, sun, outside, seconds / 2),
        tie,
        heat,
        sun,
        outside,
        seconds / 2,
    )
    assert whole == pytest.approx(half, abs=1e-7)


@given(
    ROOMS,
    st.floats(-10, 45),
    st.floats(-10, 45),
    st.floats(0, 300),
    st.floats(-3000, 3000),
    st.floats(-20, 45),
)
def test_it_is_the_solution_of_its_equations(
    room: RoomPhysics, air: float, wall: float, tie: float, heat: float, outside: float
) -> None:
    """Against small steps of Euler over ten minutes."""
    exact = step(room, air, wall, tie, heat, 100.0, outside, 600.0)
    a, w, dt = air, wall, 0.5
    for _ in range(1200):
        da = ((w - a) / room.r_in - tie * a + heat) / room.c_air
        dw = ((a - w) / room.r_in + (outside - w) / room.r_out + 100.0) / room.c_wall
        a, w = a + dt * da, w + dt * dw
    assert exact == pytest.approx((a, w), abs=0.02)


def test_a_long_step_ends_where_the_balance_says() -> None:
    room = CITIES["shanghai"][0]
    air, wall = step(room, 10.0, 10.0, 50.0, 1000.0 + 50.0 * 5.0, 0.0, 5.0, 1e9)
    through_wall = (wall - 5.0) / room.r_out
    assert (air - 5.0) * 50.0 + through_wall == pytest.approx(1000.0)
    assert (air - wall) / room.r_in == pytest.approx(through_wall)


@given(ROOMS, st.floats(-40, 40), st.floats(0, 15), st.floats(0, 1))
def test_air_comes_in_by_wind_and_warmth_and_most_by_the_window(
    room: RoomPhysics, difference: float, wind: float, opened: float
) -> None:
    assert 0 < leak(room, difference, wind) < 8 * room.infiltration
    assert leak(room, 0.0, 0.0) <= leak(room, difference, wind)
    assert through_window(room, 0.0, difference, wind) == 0.0
    assert through_window(room, opened, difference, wind) <= through_window(room, 1.0, difference, wind)


# ---- the flat --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
def test_cooling_and_heating_reach_their_set_points(city: str) -> None:
    flat = Dwelling(city, seed=3, air=31.0)
    cooled, used = live(flat, HOT, 4.0, {"bedroom": RoomControl(COOL, door=0.0)})
    assert cooled["bedroom"].temperature == pytest.approx(26.0, abs=0.5)
    assert cooled["child-room"].temperature > 29
    assert cooled["bedroom"].humidity < 75
    assert 0.1 < used["bedroom"] / 4.0 < 1.2
    warmed, used = live(Dwelling(city, seed=3, air=12.0), COLD, 5.0, {"bedroom": RoomControl(WARM, door=0.0)})
    assert warmed["bedroom"].temperature == pytest.approx(20.0, abs=0.6)
    assert used["bedroom"] > 0.5


def test_a_set_point_nearer_to_the_weather_costs_less() -> None:
    used = []
    for target in (24.0, 26.0, 28.0):
        flat = Dwelling("shanghai", seed=3, air=29.0)
        used.append(
            live(flat, HOT, 12.0, {"bedroom": RoomControl(COOL._replace(set_point=target))})[1]["bedroom"]
        )
    assert used[0] > used[1] > used[2]


def test_an_open_window_costs_and_lets_the_street_in() -> None:
    shut, open_ = RoomControl(COOL), RoomControl(COOL, window=1.0)
    closed, used = live(Dwelling(seed=3, air=27.0), HOT, 6.0, {"bedroom": shut})
    opened, more = live(Dwelling(seed=3, air=27.0), HOT, 6.0, {"bedroom": open_})
    assert more["bedroom"] > 1.3 * used["bedroom"]
    assert opened["bedroom"].pm2_5 > 2 * closed["bedroom"].pm2_5
    assert opened["bedroom"].co2 < 600


def test_a_flat_is_the_same_in_seconds_and_in_minutes() -> None:
    controls = {"bedroom": RoomControl(COOL), "living-room": RoomControl(purifier=0.5)}
    people = {"living-room": Emission(150.0, 100.0, 2000.0, 35.0)}
    ends = [
        live(Dwelling(seed=2, air=30.0), HOT, 2.0, controls, people, seconds) for seconds in (1.0, 15.0, 60.0)
    ]
    for sensed, used in ends[1:]:
        for name in ("bedroom", "living-room"):
            assert sensed[name].temperature == pytest.approx(ends[0][0][name].temperature, abs=0.1)
            assert sensed[name].pm2_5 == pytest.approx(ends[0][0][name].pm2_5, rel=0.03)
            assert sensed[name].co2 == pytest.approx(ends[0][0][name].co2, rel=0.03)
        assert used["bedroom"] == pytest.approx(ends[0][1]["bedroom"], rel=0.05)


@given(
    st.floats(-20, 45), st.floats(5, 100), st.floats(0, 1000), st.floats(0, 15), st.floats(0, 1000),
    st.floats(0, 1), st.floats(0, 1), st.sampled_from(["cool", "heat", "dry", "fan", "auto"]), st.floats(16, 30),
)  # fmt: skip
def test_whatever_is_set_air_stays_air(
    outside: float,
    humidity: float,
    sun: float,
    wind: float,
    dust: float,
    window: float,
    level: float,
    mode: str,
    target: float,
) -> None:
    flat = Dwelling(seed=1)
    control = RoomControl(Setting(True, mode, target), level, window, 1.0)
    sensed: dict[str, Sensed] = {}
    for n in range(30):
        sensed = flat.step(
            n * 60.0, Outdoor(outside, humidity, sun, wind, dust), dict.fromkeys(flat.rooms, control)
        )
    for one in sensed.values():
        assert -25 < one.temperature < 60
        assert 0 < one.humidity <= 100
        assert one.pm2_5 >= 0
        assert one.co2 > 300
        assert all(math.isfinite(watts) and watts >= 0 for watts in one.power.values())


def test_dust_settles_where_the_balance_says() -> None:
    """Steady state by hand: (P a C) / (a + k + CADR/V), doors shut to nothing."""
    room = CITIES["shanghai"][1]
    alone = Dwelling(rooms=(room,), seed=0)
    flow = Outdoor(20.0, 50.0, 0.0, 3.0, 80.0)
    sensed, _ = live(alone, flow, 48.0, {"bedroom": RoomControl(purifier=1.0)})
    a = leak(room, flow.temperature - sensed["bedroom"].temperature, 3.0)
    cadr = alone.purifiers["bedroom"].cadr(1.0, sensed["bedroom"].filter)
    assert sensed["bedroom"].pm2_5 == pytest.approx(0.8 * a * 80.0 / (a + 0.2 + cadr / room.volume), rel=0.01)


def test_people_use_up_the_air_of_a_shut_bedroom_and_damp_it() -> None:
    two = {"bedroom": Emission(110.0, 60.0, 80.0, 23.0)}
    night, _ = live(
        Dwelling(seed=3), Outdoor(18.0, 60.0, 0.0, 2.0, 20.0), 8.0, {"bedroom": RoomControl(door=0.0)}, two
    )
    assert 1200 < night["bedroom"].co2 < 4000
    assert night["bedroom"].humidity > night["child-room"].humidity


def test_an_open_door_makes_no_carbon_dioxide_and_loses_none() -> None:
    """A tight pair of rooms: what one loses the other has."""
    tight = tuple(
        RoomPhysics(name, 15.0, 0.006, 1.0, 4e5, 2e6, 0.0, 0.0, 1e-9, 0.5, {other: 100.0})
        for name, other in (("living-room", "bedroom"), ("bedroom", "living-room"))
    )
    flat = Dwelling(rooms=tight, seed=0)
    flat.state["bedroom"].co2 = 3000.0
    before = sum(state.co2 for state in flat.state.values())
    sensed, _ = live(flat, Outdoor(22.0, 50.0, wind=0.0), 1.0)
    assert sum(one.co2 for one in sensed.values()) == pytest.approx(before, rel=0.01)
    assert abs(sensed["bedroom"].co2 - sensed["living-room"].co2) < 200


def test_what_the_filter_holds_left_the_air() -> None:
    room = CITIES["shanghai"][1]
    alone = Dwelling(rooms=(room,), seed=0)
    alone.state["bedroom"].pm2_5 = 400.0
    sensed, _ = live(alone, Outdoor(20.0, 50.0, 0.0, 0.0, 0.0), 6.0, {"bedroom": RoomControl(purifier=1.0)})
    there = 400.0 * room.volume / 1000.0  # mg
    assert 0.85 * there < sensed["bedroom"].filter < there


def test_a_copy_goes_its_own_way_and_the_first_one_its_own() -> None:
    flat = Dwelling(seed=2, air=30.0)
    live(flat, HOT, 1.0, {"bedroom": RoomControl(COOL)})
    oracle = flat.copy()
    ahead, _ = live(oracle, HOT, 1.0, {"bedroom": RoomControl(COOL)})
    free, _ = live(flat.copy(), HOT, 1.0)
    same, _ = live(flat, HOT, 1.0, {"bedroom": RoomControl(COOL)})
    assert same == ahead
    assert free["bedroom"].temperature > same["bedroom"].temperature + 1


def test_flats_of_one_plan_differ_and_one_seed_is_one_flat() -> None:
    assert Dwelling(seed=1).rooms == Dwelling(seed=1).rooms != Dwelling(seed=2).rooms
    assert tuple(Dwelling(seed=0).rooms.values()) == CITIES["shanghai"]
    with pytest.raises(KeyError):
        Dwelling("atlantis")


def test_a_step_that_is_too_long_is_refused() -> None:
    for seconds in (61.0, -1.0):
        with pytest.raises(ValueError, match="0 to 60 s"):
            Dwelling().step(0.0, HOT, seconds=seconds)


def test_a_flat_that_nobody_heats_begins_like_its_weather() -> None:
    for outdoor in (HOT, COLD):
        flat = Dwelling(seed=1)
        flat.settle(outdoor)
        assert abs(flat.state["bedroom"].air - outdoor.temperature) < 19
        assert flat.state["bedroom"].moisture < saturation(flat.state["bedroom"].air)
    assert IDLE.window == 0.0
