"""Machines obey their physics: an air conditioner, a purifier, a refrigerator, a kitchen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.virtual.air_mass import Emission, Purifier, toward
from jiahe.virtual.fridge import Fridge
from jiahe.virtual.inverter import LATENT, MODES, Inverter, Setting, Thermostat, efficiency, work
from jiahe.virtual.programmes import PROGRAMMES
from jiahe.virtual.weather import saturation

UNIT = Inverter()


# ---- air conditioner -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@given(
    air=st.floats(5, 45), humidity=st.floats(0.1, 1.0), target=st.floats(16, 30), outside=st.floats(-20, 48),
    fan=st.sampled_from([0.0, 0.2, 1.0]), seconds=st.floats(1, 60),
)  # fmt: skip
def test_no_mode_does_what_it_is_not_for(
    mode: str, air: float, humidity: float, target: float, outside: float, fan: float, seconds: float
) -> None:
    setting = Setting(True, mode, target, fan)
    part = Thermostat().demand(UNIT, setting, air, seconds)
    did = work(UNIT, setting, part, air, humidity * saturation(air), outside)
    assert 0 < did.electric < 3000
    assert did.water <= 0
    if mode in ("cool", "dry"):
        assert did.heat <= 0
    if mode == "heat":
        assert did.heat >= 0
    if mode == "fan":
        assert did.heat == 0
    if mode == "auto":
        assert did.heat * (target - air) >= 0


def moved(part: float, outside: float, air: float = 27.0) -> tuple[float, float]:
    """Heat moved and the whole unit's efficiency at a part of its load."""
    did = work(UNIT, Setting(True), part, air, 11.0, outside)
    heat = abs(did.heat) + abs(did.water) * LATENT / 3600.0
    return heat, heat / did.electric


def test_its_efficiency_is_that_of_its_grade_and_rises_at_part_load() -> None:
    """Grade 1 of GB 21455-2019 at the nominal point; 1.5 to 2 times of it at the lowest speed (NREL/TP-5500-52175)."""
    heat, full = moved(-1.0, 35.0)
    assert heat == pytest.approx(UNIT.cooling, rel=0.01)
    assert 3.2 < full < 3.9
    low = moved(-0.25, 35.0)[1]
    assert 1.4 < low / full < 2.1
    assert moved(-1.0, 25.0)[1] > full > moved(-1.0, 45.0)[1]
    assert 3.0 < moved(1.0, 7.0, 20.0)[1] < 3.8
    assert moved(1.0, -10.0, 20.0)[1] < moved(1.0, 7.0, 20.0)[1]


@given(st.floats(-1.15, 1.15), st.floats(16, 32), st.floats(-25, 48))
def test_it_is_no_perpetual_motion(part: float, inside: float, outside: float) -> None:
    warm, cold = max(inside, outside) + 273.15, min(inside, outside) + 273.15
    carnot = warm / max(warm - cold, 1e-9)
    assert 0 < efficiency(UNIT, part, inside, outside) < max(carnot, 20.0)


def test_damp_air_is_dried_and_dry_air_is_not() -> None:
    damp = work(UNIT, Setting(True), -0.8, 27.0, 16.0, 32.0)
    dry = work(UNIT, Setting(True), -0.8, 27.0, 4.0, 32.0)
    assert damp.water < -500
    assert dry.water == 0
    assert dry.heat == pytest.approx(damp.heat + damp.water * LATENT / 3600.0, rel=0.001)
    gentle = work(UNIT, Setting(True, "dry"), -0.6, 27.0, 16.0, 32.0)
    assert gentle.water / gentle.heat > damp.water / damp.heat * 0.9


def test_a_controller_may_ask_for_power_and_gets_what_the_unit_can() -> None:
    own = Thermostat()
    for fraction, given_part in ((0.0, 0.0), (0.05, 0.0), (0.12, 0.18), (-0.5, -0.5), (-9.0, -1.15)):
        assert own.demand(UNIT, Setting(True, "auto", fraction=fraction), 25.0, 60.0) == pytest.approx(
            given_part
        )
    assert own.demand(UNIT, Setting(False, fraction=1.0), 25.0, 60.0) == 0.0


def test_near_its_set_point_it_rests_until_half_a_kelvin_is_missing() -> None:
    own, setting = Thermostat(), Setting(True, "cool", 26.0)
    assert own.demand(UNIT, setting, 26.2, 60.0) == 0.0
    assert own.demand(UNIT, setting, 26.6, 60.0) < 0.0
    assert own.demand(UNIT, setting, 25.9, 60.0) < 0.0, "it goes on at its lowest"
    assert own.demand(UNIT, setting, 25.0, 60.0) == 0.0
    other = own.copy()
    own.demand(UNIT, setting, 30.0, 60.0)
    assert (other.running, own.running) == (False, True)


# ---- purifier --------------------------------------------------------------------------------------------------


def test_a_purifier_obeys_the_laws_of_fans() -> None:
    one = Purifier()
    assert one.cadr(0.5) == pytest.approx(one.clean_air / 2)
    assert one.electric(1.0) == one.power
    assert one.electric(0.0) == one.standby
    assert one.sound(1.0) == one.noise
    assert one.sound(0.5) == pytest.approx(one.noise - 15.05, abs=0.01)
    assert one.sound(0.0) == 0.0
    assert one.cadr(1.0, one.capacity) == pytest.approx(one.clean_air / 2)
    levels = [one.automatic(dust) for dust in (0, 15, 60, 150, 600)]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (pytest.approx(0.19), 1.0)


@given(st.floats(0, 600), st.floats(0, 1e4), st.floats(0, 20), st.floats(0.1, 60))
def test_a_balance_cut_in_two_is_the_same_balance(
    value: float, gain: float, loss: float, seconds: float
) -> None:
    whole = toward(value, gain, loss, seconds)
    half = toward(toward(value, gain, loss, seconds / 2), gain, loss, seconds / 2)
    assert whole == pytest.approx(half, abs=1e-6)
    assert whole >= 0


# ---- refrigerator ----------------------------------------------------------------------------------------------


def a_day(fridge: Fridge, kitchen: float = 25.0, opened: float = 0.0) -> tuple[float, int, float]:
    """kW.h, starts of the compressor and the warmest of the fridge in a day, after two days to settle."""
    used, starts, warmest, was = 0.0, 0, -99.0, False
    for minute in range(3 * 1440):
        now = fridge.step(kitchen, 60.0, open_fridge=opened if minute % 30 == 0 else 0.0)
        running = now.power > 20.0
        if minute >= 2 * 1440:
            used += now.power / 60_000.0
            starts += running and not was
            warmest = max(warmest, now.fridge)
        was = running
    return used, starts, warmest


def test_a_refrigerator_takes_what_one_takes_and_cycles() -> None:
    used, starts, warmest = a_day(Fridge())
    assert 0.5 < used < 1.0, "kW.h a day"
    assert 12 < starts < 90
    assert warmest < 6.0


def test_warm_kitchens_and_open_doors_cost() -> None:
    cool, warm, opened = a_day(Fridge(), 20.0)[0], a_day(Fridge(), 32.0)[0], a_day(Fridge(), 20.0, 0.5)[0]
    assert cool < opened < warm * 1.5
    assert cool < warm


def test_warm_food_is_cooled_again() -> None:
    fridge = Fridge()
    a_day(fridge)
    before = fridge.fridge
    fridge.fridge += 300_000.0 / fridge.cabinet.fridge_capacity  # two litres of soup at 40 Cel
    assert fridge.fridge > before + 5
    for _ in range(6 * 60):
        fridge.step(25.0, 60.0)
    assert fridge.fridge < 5.5


@given(st.floats(10, 40), st.floats(0, 1), st.floats(0, 1))
def test_heat_into_the_kitchen_is_what_was_drawn_but_for_what_is_stored(
    kitchen: float, one: float, other: float
) -> None:
    fridge = Fridge()
    fridge.fridge, fridge.freezer = 6.0, -16.0
    now = fridge.step(kitchen, 1.0, open_fridge=one, open_freezer=other)
    stored = (now.fridge - 6.0) * fridge.cabinet.fridge_capacity + (
        now.freezer + 16.0
    ) * fridge.cabinet.freezer_capacity
    assert now.heat == pytest.approx(now.power - stored, abs=1e-6)


# ---- kitchen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_ends_and_uses_what_its_phases_say(name: str) -> None:
    programme = PROGRAMMES[name]
    assert programme.at(-0.1) == programme.at(programme.minutes) == Emission()
    minutes = [programme.at(n) for n in range(math.ceil(programme.minutes))]
    assert sum(one.electric for one in minutes) / 60_000.0 == pytest.approx(
        programme.energy, rel=0.05, abs=0.002
    )
    assert all(one.dust >= 0 and one.co2 >= 0 for one in minutes)


def test_searing_is_dustier_than_steaming_and_nothing_else_of_it_changes() -> None:
    soft, hot = PROGRAMMES["dinner"].at(5.0, 0.4), PROGRAMMES["dinner"].at(5.0, 1.6)
    assert hot.dust == pytest.approx(4 * soft.dust)
    assert hot._replace(dust=soft.dust) == soft
