"""The room's equations against a fine integration, and what follows from them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiahe.comfort.thermal_model import (
    STEEP,
    Mode,
    Outside,
    State,
    ThermalModel,
    bent,
    drive_of,
    power_share,
)

MODEL = ThermalModel(1.2, 0.10, 0.25, 0.03, 9.0, 1.2, 0.4, 0.2, 0.3, 0.1)
AROUND = Outside(33.0, 0.5, 1.0, 27.0)


def fine(model: ThermalModel, state: State, around: Outside, heat: float, hours: float) -> State:
    """Euler in steps of a second."""
    air, mass, count = state.air, state.mass, round(hours * 3600)
    for _ in range(count):
        push_air, push_mass = model.push(around, heat)
        beside = model.beside if around.beside is not None else 0.0
        to_air = push_air + model.mass * mass - (model.mass + model.outside + beside) * air
        to_mass = push_mass + model.mass_air * air - (model.mass_air + model.mass_outside) * mass
        air, mass = air + to_air / 3600, mass + to_mass / 3600
    return State(air, mass)


@pytest.mark.parametrize("hours", [0.25, 1.0, 6.0])
@pytest.mark.parametrize("model", [MODEL, ThermalModel(0.0, 0.2, 0.25, 0.03, 6.0, gain=0.3)])
def test_a_step_of_any_length_is_what_many_small_ones_give(model: ThermalModel, hours: float) -> None:
    state = State(29.0, 27.0)
    exact, slow = model.step(state, AROUND, -0.6, hours), fine(model, state, AROUND, -0.6, hours)
    assert exact.air == pytest.approx(slow.air, abs=0.01)
    assert exact.mass == pytest.approx(slow.mass, abs=0.01)


rates = st.floats(0.003, 5.0)


@settings(max_examples=80, deadline=None)
@given(rates, rates, rates, rates, st.floats(-10, 45), st.floats(-10, 45), st.floats(0.1, 20.0))
def test_a_room_left_alone_stays_between_what_surrounds_it(
    mass: float, outside: float, mass_air: float, mass_outside: float, air: float, wall: float, hours: float
) -> None:
    model = ThermalModel(mass, outside, mass_air, mass_outside, 9.0)
    then = model.step(State(air, wall), Outside(20.0), 0.0, hours)
    low, high = min(air, wall, 20.0) - 1e-6, max(air, wall, 20.0) + 1e-6
    assert low <= then.air <= high
    assert low <= then.mass <= high


def test_a_run_is_its_steps() -> None:
    run = MODEL.run(State(29.0, 27.0), [AROUND] * 4, [-0.5] * 4, 0.25)
    assert run[-1].air == pytest.approx(MODEL.step(State(29.0, 27.0), AROUND, -0.5, 1.0).air)


def test_the_time_to_a_temperature_is_when_the_run_gets_there() -> None:
    hours = MODEL.time_to(State(30.0, 29.0), 26.0, [AROUND], Mode.COOL, 0.25)
    assert hours is not None
    assert MODEL.step(State(30.0, 29.0), AROUND, -1.02, hours).air == pytest.approx(26.0, abs=0.1)


def test_there_is_no_time_to_what_is_never_reached_and_none_to_what_is() -> None:
    weak = ThermalModel(1.2, 0.5, 0.25, 0.03, 0.5)
    assert weak.time_to(State(30.0, 29.0), 18.0, [Outside(38.0)], Mode.COOL, 0.25) is None
    assert MODEL.time_to(State(25.0, 25.0), 26.0, [AROUND], Mode.COOL, 0.25) == 0.0


@given(st.floats(0.0, 1.2), st.sampled_from(Mode), st.floats(-20, 45), st.floats(0.1, 0.9))
def test_the_drive_is_the_inverse_of_the_power(
    drive: float, mode: Mode, outdoor: float, steep: float
) -> None:
    assert drive_of(power_share(drive, mode, outdoor, steep), mode, outdoor, steep) == pytest.approx(
        drive, abs=1e-6
    )


def test_a_bent_drive_takes_the_same_power_and_keeps_its_sign() -> None:
    assert bent(-0.5, STEEP) == pytest.approx(-0.5)
    assert bent(-1.0, 0.8) == pytest.approx(-1.0)
    taken = power_share(0.5, Mode.COOL, 35.0)
    assert power_share(-bent(-0.5, 0.8), Mode.COOL, 35.0, 0.8) == pytest.approx(taken)
