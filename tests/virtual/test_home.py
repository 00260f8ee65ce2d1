"""The demo home: rooms that answer to its devices, and a day that passes in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.machines.virtual_time import EPOCH, Clock, virtual_time
from tests.virtual.demo_stage import entropy, in_memory, living

from jiahe.model.definition import Value
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.crowd import MOST, Crowd
from jiahe.virtual.family import Family, Where
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.home import DemoHome
from jiahe.virtual.lived import BEDROOM_PURIFIER, CONDITIONER, COOKER, DISHWASHER, FRIDGE, LAMP, PURIFIER
from jiahe.virtual.serve import Unit
from jiahe.virtual.weather import HOUR
from jiahe.virtual.wrists import WEARERS
from jiahe.wire.talk import Act, Write


@virtual_time
async def test_the_air_conditioner_cools_its_room_when_told_to() -> None:
    async with living(in_memory(), epoch=1_784_692_800.0) as home:
        unit = home.residents[CONDITIONER].unit
        unit.virtual.asked(1, Write(unit.virtual.mapper.to_points({"power": False})))
        await asyncio.sleep(3 * HOUR)
        warm = unit.virtual.values["temperature"]
        wish: dict[str, Value] = {"power": True, "mode": "cool", "target_temperature": 22.0}
        unit.virtual.asked(2, Write(unit.virtual.mapper.to_points(wish)))
        await asyncio.sleep(1)
        assert float(str(unit.virtual.values["electric_power"])) > 100
        await asyncio.sleep(2 * HOUR)
        cool = unit.virtual.values["temperature"]
        assert isinstance(warm, float)
        assert isinstance(cool, float)
        assert warm > cool + 2.0
        assert cool == pytest.approx(22.0, abs=0.5)


@virtual_time
async def test_the_purifier_turns_as_it_is_told_at_once_and_cleans_the_air() -> None:
    async with living(in_memory()) as home:
        virtual = home.residents[PURIFIER].unit.virtual
        virtual.asked(1, Write(virtual.mapper.to_points({"mode": "favorite", "favorite_speed": 2200})))
        virtual.asked(2, Write(virtual.mapper.to_points({"power": False})))
        await asyncio.sleep(0)
        assert virtual.values["fan_rpm"] == 0
        await asyncio.sleep(6 * HOUR)
        dirty = virtual.values["pm2_5"]
        virtual.asked(3, Write(virtual.mapper.to_points({"power": True})))
        await asyncio.sleep(0)
        assert virtual.values["fan_rpm"] == pytest.approx(2200, abs=10)
        await asyncio.sleep(HOUR)
        clean = virtual.values["pm2_5"]
        assert isinstance(dirty, int)
        assert isinstance(clean, int)
        assert clean < 0.5 * dirty


@virtual_time
async def test_a_day_of_the_home_stays_within_definitions_and_does_not_flicker() -> None:
    async with living(in_memory()) as home:
        changes = dict.fromkeys(home.residents, 0)
        for name, resident in home.residents.items():
            told = resident.unit.virtual.on_change

            def count(changed: Any, name: str = name, told: Any = told) -> None:
                changes[name] += 1
                told(changed)

            resident.unit.virtual.on_change = count
        for _ in range(6):
            await asyncio.sleep(HOUR)
            for resident in home.residents.values():
                for path, value in resident.unit.virtual.values.items():
                    resident.product.profile.property(path).check(value)
        assert changes[PURIFIER] <= 6 * HOUR / 5 + 1
        assert changes[CONDITIONER] <= 6 * HOUR / 20


@virtual_time
async def test_the_home_goes_on_from_its_past() -> None:
    home = DemoHome(Clock(), entropy, 4, net=in_memory())
    seen = list(home.past())
    assert seen[-1].at == EPOCH
    last = {(one.device, one.path): one.value for one in seen}
    await home.start()
    for (device, path), value in last.items():
        now = home.residents[device].unit.virtual.values[path]
        if isinstance(value, bool | str):
            assert now == value, path
        else:
            assert now == pytest.approx(value, abs=1.0, rel=0.2), path
    meter = home.residents[CONDITIONER].unit.virtual.values["energy"]
    readings = [one.value for one in seen if one.path == "energy"]
    assert readings == sorted(readings, key=lambda value: float(value or 0))
    unit = home.residents[CONDITIONER].unit.virtual
    unit.asked(1, Write(unit.mapper.to_points({"power": True, "mode": "heat", "target_temperature": 30.0})))
    await asyncio.sleep(HOUR)
    later = unit.values["energy"]
    assert isinstance(meter, float)
    assert isinstance(later, float)
    assert later > meter
    await home.close()


@virtual_time
async def test_the_meter_never_runs_backwards_over_a_restart() -> None:
    first = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
    ended = [float(one.value or 0) for one in first.past() if one.path == "energy"][-1]
    second = DemoHome(Clock(EPOCH + 14 * 24 * HOUR), entropy, 4, net=in_memory())
    begun = next(float(one.value or 0) for one in second.past() if one.path == "energy")
    assert begun > ended


@virtual_time
async def test_the_meter_goes_on_from_what_it_showed_last() -> None:
    """After days of hard work it shows more than the demo's own line says: a restart does not take that back."""
    home = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
    kept: dict[str, Value] = {
        "power": True,
        "mode": "heat",
        "target_temperature": 21.5,
        "temperature": 35.0,
        "gone": 1,
    }
    await home.start({CONDITIONER: {**kept, "energy": 1e6}, "a device that left": {"power": True}})
    values = home.residents[CONDITIONER].unit.virtual.values
    assert (values["mode"], values["target_temperature"]) == ("heat", 21.5), "as it was set"
    assert values["temperature"] != 35.0, "a reading is the room's"
    shown = home.residents[CONDITIONER].unit.virtual.values["energy"]
    assert float(str(shown)) >= 1e6
    await asyncio.sleep(HOUR)
    assert float(str(home.residents[CONDITIONER].unit.virtual.values["energy"])) >= float(str(shown))
    await home.close()


@virtual_time
async def test_a_restart_makes_up_no_electricity() -> None:
    """A spring that used less than the demo's own line goes on from what was used."""
    home = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
    await home.start({CONDITIONER: {"energy": 5.0}})
    shown = home.residents[CONDITIONER].unit.virtual.values["energy"]
    assert 5.0 <= float(str(shown)) < 40.0
    await home.close()


WARM: dict[str, dict[str, Value]] = {
    CONDITIONER: {"power": False, "temperature": 29.3},
    PURIFIER: {"power": True, "mode": "sleep", "pm2_5": 140},
    BEDROOM_PURIFIER: {"power": False, "pm2_5": 90.0},
}


@virtual_time
async def test_rooms_go_on_from_where_they_were() -> None:
    home = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
    await home.start(WARM, 5.0)
    shown = {device: home.residents[device].unit.virtual for device in WARM}
    assert float(str(shown[CONDITIONER].values["temperature"])) == pytest.approx(29.3, abs=0.2), "at once"
    assert float(str(shown[PURIFIER].values["pm2_5"])) == pytest.approx(140, abs=4)
    await asyncio.sleep(60.0)
    assert float(str(shown[CONDITIONER].values["temperature"])) == pytest.approx(29.3, abs=1.0), "no jump"
    assert float(str(shown[PURIFIER].values["pm2_5"])) == pytest.approx(140, rel=0.2)
    assert float(str(shown[BEDROOM_PURIFIER].values["pm2_5"])) == pytest.approx(90, rel=0.2)
    await home.close()


@virtual_time
async def test_what_was_long_ago_has_faded_from_the_rooms() -> None:
    temperatures = []
    for known, ago in (({}, 0.0), (WARM, 24 * HOUR), (WARM, 3 * HOUR), (WARM, -60.0)):
        home = DemoHome(Clock(EPOCH), entropy, 4, net=in_memory())
        await home.start(known, ago)
        temperatures.append(float(str(home.residents[CONDITIONER].unit.virtual.values["temperature"])))
        await home.close()
    fresh, faded, between, back = temperatures
    assert fresh == faded < between < back == pytest.approx(29.3, abs=0.2)


# ---- the bands -----------------------------------------------------------------------------------------------

WORKDAY_NIGHT = 1_784_667_600.0  # 2026-07-22 05:00 at UTC+8, a Wednesday
FAMILY = Family(1, utc_offset=8 * HOUR, journeys=False)


def when(so: Callable[[dict[str, Where]], bool], since: float = WORKDAY_NIGHT) -> float:
    """The first minute from then on in which this is so of the family."""
    return next(t for n in range(1440) if so(FAMILY.at(t := since + 60.0 * n)))


def listens(unit: Unit) -> bool:
    return unit.listening


LEAVES = when(lambda now: not now["li"].home)
RETURNS = when(lambda now: now["li"].home, LEAVES)


@virtual_time
async def test_bands_lie_still_at_night() -> None:
    async with living(in_memory(), epoch=WORKDAY_NIGHT) as home:
        bands = [home.residents[band].unit.virtual for band in WEARERS]
        before, still = [band.values["steps"] for band in bands], 0
        for _ in range(30):
            await asyncio.sleep(60.0)
            still += sum(band.values["movement"] == 0 for band in bands)
        assert still > 45, "two sleepers turn over now and then"
        assert [band.values["steps"] for band in bands] == before


@virtual_time
async def test_bands_count_in_the_morning() -> None:
    async with living(in_memory(), epoch=LEAVES - 1800.0) as home:
        for band in WEARERS:
            values = home.residents[band].unit.virtual.values
            before = int(str(values["steps"]))
            await asyncio.sleep(900.0)
            values = home.residents[band].unit.virtual.values
            assert int(str(values["steps"])) > before
            assert 40 <= int(str(values["heart_rate"])) <= 180
            assert 30 <= int(str(values["battery"])) <= 100


@virtual_time
async def test_a_band_goes_out_with_its_wearer() -> None:
    async with living(in_memory(), epoch=LEAVES - 120.0) as home:
        unit = home.residents["li-band"].unit
        await asyncio.sleep(300.0)
        assert listens(unit), "as long as nobody said that they go out"
        await home.go_out()
        await asyncio.sleep(5.0)
        assert not listens(unit)
        called: list[str] = []
        await home.radio.scan(0.0, lambda _, address: called.append(address))
        assert unit.host not in called
        await home.put_faults("li-band", {"action": "reboot"})  # switched off and on somewhere else
        await asyncio.sleep(30.0)
        assert not listens(unit)


@virtual_time
async def test_a_band_comes_back_with_its_wearer() -> None:
    async with living(in_memory(), epoch=RETURNS - 120.0) as home:
        unit = home.residents["li-band"].unit
        await home.go_out()
        await asyncio.sleep(60.0)
        assert not listens(unit)
        await asyncio.sleep(240.0)
        assert listens(unit)
        called: list[str] = []
        await home.radio.scan(0.0, lambda _, address: called.append(address))
        assert unit.host in called


@virtual_time
async def test_a_measurement_that_is_asked_for_is_taken_now() -> None:
    async with living(in_memory(), epoch=WORKDAY_NIGHT + 60.0) as home:
        virtual = home.residents["wang-band"].unit.virtual
        act = virtual.mapper.to_act("measure_heart_rate", [])
        before = virtual.values["heart_rate"]
        told: list[object] = [before]
        for _ in range(10):
            await asyncio.sleep(60.0)
            assert virtual.asked(1, Act(act.action, act.arguments)).refusal is None
            told.append(virtual.values["heart_rate"])
        assert len(set(told)) > 2, "it is not the reading of a quarter of an hour ago"


@virtual_time
async def test_rice_that_somebody_starts_is_cooked_and_kept_warm() -> None:
    async with living(in_memory()) as home:
        virtual = home.residents[COOKER].unit.virtual
        act = virtual.mapper.to_act("start", ["fine_rice", 25, 0])
        assert virtual.asked(1, Act(act.action, act.arguments)).refusal is None
        await asyncio.sleep(10 * 60)
        assert virtual.values["status"] == "cooking"
        assert virtual.values["remaining_time"] == 15
        assert float(str(virtual.values["bottom_temperature"])) > 60
        await asyncio.sleep(16 * 60)
        assert virtual.values["status"] == "keeping_warm"


@virtual_time
async def test_the_refrigerator_follows_its_set_points() -> None:
    async with living(in_memory()) as home:
        virtual = home.residents[FRIDGE].unit.virtual
        virtual.asked(1, Write(virtual.mapper.to_points({"fridge.target_temperature": 7.0})))
        await asyncio.sleep(4 * HOUR)
        assert virtual.values["fridge.temperature"] == pytest.approx(7.0, abs=1.0)
        assert virtual.values["freezer.temperature"] == pytest.approx(-18.0, abs=1.5)


@virtual_time
async def test_now_the_reader_is_the_person_and_nobody_else_sets_the_two_machines() -> None:
    async with living(in_memory()) as home:
        for device, values in ((PURIFIER, {"power": False}), (CONDITIONER, {"power": False})):
            virtual = home.residents[device].unit.virtual
            virtual.asked(1, Write(virtual.mapper.to_points(values)))
        for _ in range(24):
            await asyncio.sleep(HOUR)
            assert home.residents[PURIFIER].unit.virtual.values["power"] is False
            assert home.residents[CONDITIONER].unit.virtual.values["power"] is False


# ---- what can go wrong -------------------------------------------------------------------------------------


@virtual_time
async def test_faults_are_shown_and_set_by_name() -> None:
    async with living(in_memory()) as home:
        shown = await home.faults()
        assert set(shown["devices"]) == {
            PURIFIER,
            CONDITIONER,
            FRIDGE,
            COOKER,
            DISHWASHER,
            LAMP,
            BEDROOM_PURIFIER,
            BALCONY,
            PLUG,
            *WEARERS,
        }
        assert shown["devices"]["li-band"]["actions"] == ["reboot"]
        with pytest.raises(OutOfDefinition, match="action: takes one of reboot"):
            await home.put_faults("li-band", {"action": "new_address"})
        assert shown["devices"][PURIFIER]["faults"]["mute"] is False
        assert shown["devices"][PURIFIER]["actions"] == ["reboot", "new_address"]
        told = await home.put_faults(PURIFIER, {"mute": True, "delay": 0.5})
        assert told["faults"]["mute"] is True
        assert home.residents[PURIFIER].unit.faults.delay == 0.5
        assert not home.residents[CONDITIONER].unit.faults.any
        with pytest.raises(UnknownName, match="no virtual device 'toaster'"):
            await home.put_faults("toaster", {})
        with pytest.raises(UnknownName, match="no fault 'fire'"):
            await home.put_faults(PURIFIER, {"fire": True, "action": "reboot"})
        with pytest.raises(OutOfDefinition, match="action: takes one of reboot"):
            await home.put_faults(PURIFIER, {"mute": False, "action": "explode"})
        assert home.residents[PURIFIER].unit.listening
        assert home.residents[PURIFIER].unit.faults.mute


@virtual_time
async def test_a_reboot_goes_on_by_itself_and_ends() -> None:
    async with living(in_memory()) as home:
        await home.put_faults(CONDITIONER, {"action": "reboot"})
        await asyncio.sleep(0.1)
        assert (await home.faults())["devices"][CONDITIONER]["listening"] is False
        await asyncio.sleep(3.0)
        assert (await home.faults())["devices"][CONDITIONER]["listening"] is True


@virtual_time
async def test_closing_during_a_reboot_leaves_silence() -> None:
    home = DemoHome(Clock(), entropy, net=in_memory())
    await home.start()
    await home.act(PURIFIER, "reboot")
    await asyncio.sleep(1)
    await home.close()
    await home.close()
    await asyncio.sleep(10)
    assert not any(resident.unit.listening for resident in home.residents.values())


@virtual_time
async def test_a_reset_filter_is_new() -> None:
    async with living(in_memory()) as home:
        virtual = home.residents[PURIFIER].unit.virtual
        act = virtual.mapper.to_act("reset_filter", [0])
        assert virtual.asked(1, Act(act.action, act.arguments)).refusal is None
        assert virtual.values["filter_life"] == 100


# ---- a crowd -----------------------------------------------------------------------------------------------


@virtual_time
async def test_a_crowd_lives_at_addresses_of_its_own_and_stirs() -> None:
    crowd = Crowd(500, Clock(), entropy, net=in_memory(), restless=0.2)
    await crowd.start()
    assert len({resident.address for resident in crowd.residents}) == 500
    assert len({resident.identity.hardware_id for resident in crowd.residents}) == 500
    assert 60 < crowd.stir() < 140
    await asyncio.sleep(2.5)
    await crowd.close()
    assert not any(resident.unit.listening for resident in crowd.residents)


def test_a_crowd_has_a_bound() -> None:
    with pytest.raises(ValueError, match=f"1 to {MOST}"):
        Crowd(MOST + 1, Clock(), entropy)
