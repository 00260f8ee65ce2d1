"""The air monitor on the balcony and the refrigerator's plug: what they show, in a past and now, and what hangs on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import pairwise

import pytest
from tests.machines.virtual_time import EPOCH, Clock, virtual_time
from tests.virtual.demo_stage import entropy, in_memory, living

from jiahe.comfort.outfit import Placed, outfit
from jiahe.model.definition import Value
from jiahe.virtual.balcony import BALCONY, PM10
from jiahe.virtual.demo_rules import demo_rules
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.home import DemoHome
from jiahe.virtual.lived import FRIDGE
from jiahe.virtual.past import Past, demo_home
from jiahe.virtual.resident import Resident
from jiahe.virtual.weather import DAY, HOUR
from jiahe.virtual.year import Minute
from jiahe.wire.talk import Point, Raw, Write

NOON = 1_784_692_800.0  # 2026-07-22 04:00 UTC, noon at UTC+8
ZONE = 8 * HOUR


def listens(resident: Resident) -> bool:
    return resident.unit.listening


def number(value: Value) -> float:
    assert isinstance(value, int | float)
    return float(value)


def switch(resident: Resident, *, on: bool) -> None:
    virtual = resident.unit.virtual
    virtual.asked(1, Write(virtual.mapper.to_points({"power": on})))


# ---- outdoors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [NOON, NOON + 182 * DAY])
def test_its_past_is_the_weather_of_the_flat(end: float) -> None:
    weather = demo_home(7, end - 2 * DAY, ZONE).weather
    told: dict[str, list[tuple[float, float]]] = {}
    for one in Past(7, end - 2 * DAY, end).play():
        if one.device == BALCONY and isinstance(one.value, float):
            told.setdefault(one.path, []).append((one.at, one.value))
    assert len(told["pm2_5"]) > 40, "the dust of two days moves"
    for at, shown in told["pm2_5"]:
        assert shown == pytest.approx(weather.at(at).pm2_5, rel=0.1, abs=1.5)
    for at, shown in told["temperature"]:
        assert shown == pytest.approx(weather.at(at).temperature, abs=0.15)
    for at, shown in told["humidity"]:
        assert shown == pytest.approx(weather.at(at).humidity, abs=1.5)
    for at, shown in told["pm10"]:
        assert shown == pytest.approx(PM10 * weather.at(at).pm2_5, rel=0.1, abs=3.0)


@virtual_time
async def test_now_it_goes_on_with_the_weather_and_measures_once_a_minute() -> None:
    weather = demo_home(1, EPOCH, ZONE).weather
    async with living(in_memory()) as home:
        virtual = home.residents[BALCONY].unit.virtual
        told, hear = [], virtual.on_change

        def heard(changed: Mapping[Point, Raw]) -> None:
            told.append(changed)
            hear(changed)

        virtual.on_change = heard
        await asyncio.sleep(6 * HOUR)
        now = weather.at(EPOCH + 6 * HOUR)
        assert virtual.values["temperature"] == pytest.approx(now.temperature, abs=0.2)
        assert virtual.values["humidity"] == pytest.approx(now.humidity, abs=2.0)
        assert virtual.values["pm2_5"] == pytest.approx(now.pm2_5, rel=0.12, abs=2.0)
        assert 6 < len(told) <= 6 * 60 + 1


# ---- the plug --------------------------------------------------------------------------------------------------


def test_what_it_tells_of_a_day_adds_up_to_what_the_refrigerator_took() -> None:
    past = Past(7, NOON - 2 * DAY, NOON)
    taken, step = [], past.lived.step

    def counted(t: float, seconds: float = 60.0) -> Minute:
        minute = step(t, seconds)
        taken.append(minute.fridge.power * seconds / 3.6e6)
        return minute

    past.lived.step = counted  # type: ignore[method-assign]
    line = [
        (one.at, number(one.value))
        for one in past.play()
        if (one.device, one.path) == (PLUG, "electric_power")
    ]
    told = sum((later - at) * watts for (at, watts), (later, _) in pairwise([*line, (NOON, 0.0)])) / 3.6e6
    assert 1.0 < sum(taken) < 3.0, "kW.h of two days in July"
    assert told == pytest.approx(sum(taken), rel=0.05)
    watts = [value for _, value in line]
    assert min(watts) == pytest.approx(3.0, abs=0.5), "it stands still"
    assert sum(value > 60.0 for value in watts) > 40, "its compressor comes and goes"


@virtual_time
async def test_switched_off_the_refrigerator_is_silent_and_warms_and_comes_back() -> None:
    async with living(in_memory()) as home:
        fridge, plug = home.residents[FRIDGE], home.residents[PLUG]
        before = number(fridge.unit.virtual.values["freezer.temperature"])
        switch(plug, on=False)
        await asyncio.sleep(2.0)
        assert not listens(fridge)
        assert plug.unit.virtual.values["electric_power"] == 0.0
        await home.put_faults(FRIDGE, {"action": "reboot"})  # somebody pulls at a plug without power
        await asyncio.sleep(HOUR)
        assert not listens(fridge)
        assert number(fridge.unit.virtual.values["freezer.temperature"]) > before + 0.5
        switch(plug, on=True)
        await asyncio.sleep(5.0)
        assert listens(fridge)
        assert number(plug.unit.virtual.values["electric_power"]) > 50.0
        await asyncio.sleep(3 * HOUR)
        assert fridge.unit.virtual.values["freezer.temperature"] == pytest.approx(-18.0, abs=1.5)


@virtual_time
async def test_a_restart_of_the_refrigerator_is_no_power_cut() -> None:
    async with living(in_memory()) as home:
        await home.put_faults(FRIDGE, {"action": "reboot"})
        await asyncio.sleep(10.0)
        assert home.residents[FRIDGE].unit.listening


@virtual_time
async def test_it_stays_as_it_was_set_over_a_restart_of_the_demo() -> None:
    home = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
    await home.start({PLUG: {"power": False}}, 5.0)
    await asyncio.sleep(2.0)
    assert not home.residents[FRIDGE].unit.listening
    await home.close()


@virtual_time
async def test_no_rule_of_the_demo_and_no_part_of_comfort_knows_the_plug() -> None:
    """Food is in it: only a person switches it, and one that is on does not wait for cheap hours (`hub/shifting.py`)."""
    assert demo_rules()
    assert not [name for name, text in demo_rules().items() if PLUG in text or f"{FRIDGE}.power" in text]
    home = DemoHome(Clock(EPOCH), entropy)
    placed = [
        Placed(one.id, one.room, one.product.profile.name, one.product.profile)
        for one in home.residents.values()
    ]
    found = outfit(placed, BALCONY)
    assert found.room_of(PLUG) is None
    assert (found.sensor, found.weather) == (BALCONY, frozenset({"pm2_5", "temperature", "humidity"}))
    assert "balcony" not in found.rooms
