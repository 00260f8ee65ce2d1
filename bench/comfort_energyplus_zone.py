"""One run of EnergyPlus with a controller at its thermostat. Runs in `.peers/energyplus`; started by `comfort_energyplus.py`.

`python comfort_energyplus_zone.py WEATHER.epw FOLDER summer|winter POLICY SHIFT DAYS HOUSEHOLD`; its last line is JSON.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from comfort_flat import PAST, TOLERANCE, told_of
from pyenergyplus.api import EnergyPlusAPI

from jiahe.comfort.climate_seen import Limits, Reading, Taste, Unit
from jiahe.comfort.forecast import Outlook
from jiahe.comfort.home_climate import HomeClimate
from jiahe.comfort.presence import Presence
from jiahe.comfort.thermal_model import Mode
from jiahe.virtual.family import Family
from jiahe.virtual.inverter import Inverter, efficiency

ZONE = timezone(timedelta(hours=8))
LEARNING = 21
"""Days before what is counted. They hold a week's journey for some households, so that what a flat was like at their end is what each
policy did in it: what is counted has to be long, and everybody is told of journeys alike."""
STEP = 5
UNIT = Inverter(cooling=7200.0, heating=8000.0)
YEAR = 2025

IDF = """
Version,25.2;
Timestep,12;
Building,Flat,0,City,0.04,0.2,FullExterior,25,6;
SimulationControl,No,No,No,No,Yes;
GlobalGeometryRules,UpperLeftCorner,CounterClockWise,World;
Site:Location,Shanghai,31.2,121.3,8,3;
RunPeriod,Season,{m0},{d0},{year},{m1},{d1},{year},,No,No,No,Yes,Yes;
ScheduleTypeLimits,Any,,,Continuous;
Schedule:Constant,CoolPoint,Any,50;
Schedule:Constant,HeatPoint,Any,-50;
Schedule:Constant,Runs,Any,0;
Schedule:Constant,Gains,Any,0;
Schedule:Constant,Always,Any,1;
Schedule:Constant,Control,Any,4;
Material,Concrete,MediumRough,0.15,1.7,2300,900;
Material,Render,MediumRough,0.02,0.8,1700,900;
Material,Insulation,MediumRough,0.02,0.04,30,1400;
Material,Furniture,MediumRough,0.03,0.15,600,1600;
WindowMaterial:SimpleGlazingSystem,Glass,2.8,0.42;
Construction,Outer,Render,Insulation,Concrete;
Construction,Inner,Render,Concrete,Render;
Construction,Things,Furniture;
Construction,Pane,Glass;
Zone,Flat,0,0,0,0,1,1;
BuildingSurface:Detailed,South,Wall,Outer,Flat,,Outdoors,,SunExposed,WindExposed,0.5,4,0,0,2.7,0,0,0,8,0,0,8,0,2.7;
BuildingSurface:Detailed,North,Wall,Outer,Flat,,Outdoors,,SunExposed,WindExposed,0.5,4,8,7,2.7,8,7,0,0,7,0,0,7,2.7;
BuildingSurface:Detailed,East,Wall,Inner,Flat,,Adiabatic,,NoSun,NoWind,0.5,4,8,0,2.7,8,0,0,8,7,0,8,7,2.7;
BuildingSurface:Detailed,West,Wall,Outer,Flat,,Outdoors,,SunExposed,WindExposed,0.5,4,0,7,2.7,0,7,0,0,0,0,0,0,2.7;
BuildingSurface:Detailed,Floor,Floor,Inner,Flat,,Adiabatic,,NoSun,NoWind,0.5,4,0,7,0,8,7,0,8,0,0,0,0,0;
BuildingSurface:Detailed,Roof,Ceiling,Inner,Flat,,Adiabatic,,NoSun,NoWind,0.5,4,0,0,2.7,8,0,2.7,8,7,2.7,0,7,2.7;
FenestrationSurface:Detailed,SouthPane,Window,Pane,South,,0.5,,1,4,1,0,2.3,1,0,0.8,5,0,0.8,5,0,2.3;
FenestrationSurface:Detailed,NorthPane,Window,Pane,North,,0.5,,1,4,6,7,2.3,6,7,0.8,3,7,0.8,3,7,2.3;
ZoneCapacitanceMultiplier:ResearchSpecial,Furnished,Flat,6,1,1,1;
InternalMass,Things,Things,Flat,,60;
ZoneInfiltration:DesignFlowRate,Cracks,Flat,Always,AirChanges/Hour,,,,0.6,0.3,0.01,0.1,0;
OtherEquipment,People,None,Flat,Gains,EquipmentLevel,1,,,0,0.4,0,0;
ZoneControl:Thermostat,Thermostat,Flat,Control,ThermostatSetpoint:DualSetpoint,Points;
ThermostatSetpoint:DualSetpoint,Points,HeatPoint,CoolPoint;
ZoneHVAC:EquipmentConnections,Flat,Units,Inlets,,FlatAir,FlatReturn;
NodeList,Inlets,FlatIn;
ZoneHVAC:EquipmentList,Units,SequentialLoad,ZoneHVAC:IdealLoadsAirSystem,Unit,1,1,,;
ZoneHVAC:IdealLoadsAirSystem,Unit,Runs,FlatIn,,,50,10,0.015,0.005,LimitCapacity,,8000,LimitFlowRateAndCapacity,0.6,7200,,,
  ConstantSensibleHeatRatio,0.8,None,,,None,NoEconomizer,None,0.7,0.65;
Output:Variable,*,Zone Mean Air Temperature,Timestep;
Output:Variable,*,Zone Ideal Loads Supply Air Total Cooling Rate,Timestep;
Output:Variable,*,Zone Ideal Loads Supply Air Total Heating Rate,Timestep;
Output:Variable,*,Site Outdoor Air Drybulb Temperature,Timestep;
"""


class Run:
    """What happens between EnergyPlus' steps."""

    def __init__(self, api: Any, season: str, policy: str, shift: float, days: int, seed: int) -> None:
        self.api, self.policy, self.cooling = api, policy, season == "summer"
        self.mode = Mode.COOL if self.cooling else Mode.HEAT
        self.target = 26.0 if self.cooling else 20.5
        self.first = datetime(YEAR, 6, 20, tzinfo=ZONE) if self.cooling else datetime(YEAR, 1, 1, tzinfo=ZONE)
        self.counted = self.first + timedelta(days=LEARNING)
        self.end = self.counted + timedelta(days=days)
        self.shift, self.days = shift, days
        self.family, self.chance = Family(seed), random.Random(seed)
        first, steps = self.first.timestamp(), (LEARNING + days) * 1440 // STEP
        self.people = [self.family.anybody(first + number * STEP * 60.0) for number in range(steps)]
        self.journeys = told_of(self.people, STEP)
        self.home = HomeClimate(ZONE, Outlook(31.2, 121.3), Presence(ZONE))
        self.room = self.home.add("flat", Limits(modes=(self.mode,), step=0.1))
        self.room.taste = Taste(tolerance=TOLERANCE - shift)
        self.on, self.point, self.watts = False, self.target, 0.0
        self.was: tuple[bool, bool, bool] | None = None
        self.energy = self.discomfort = 0.0
        self.heat = self.warmth = self.moved = 0.0
        self.changes = self.step = self.here = 0
        self.hands: dict[bool, int] = {}
        self.said: Counter[str] = Counter()
        self.handles: dict[str, int] | None = None

    def begin(self, state: Any) -> None:
        """Sets the thermostat for the step that begins."""
        exchange = self.api.exchange
        if not exchange.api_data_fully_ready(state) or exchange.warmup_flag(state):
            return
        if self.handles is None:
            self.handles = {
                name: exchange.get_actuator_handle(state, "Schedule:Constant", "Schedule Value", name)
                for name in ("CoolPoint", "HeatPoint", "Runs", "Gains")
            }
            for name, variable, key in (
                ("air", "Zone Mean Air Temperature", "Flat"),
                ("cold", "Zone Ideal Loads Supply Air Total Cooling Rate", "Unit"),
                ("warm", "Zone Ideal Loads Supply Air Total Heating Rate", "Unit"),
                ("out", "Site Outdoor Air Drybulb Temperature", "Environment"),
            ):
                self.handles[name] = exchange.get_variable_handle(state, variable, key)
            assert min(self.handles.values()) >= 0, self.handles
        t = self.first.timestamp() + self.step * STEP * 60.0
        air = exchange.get_variable_value(state, self.handles["air"])
        outdoor = exchange.get_variable_value(state, self.handles["out"])
        here = self.people[self.step]
        if self.step:
            self._decide(t, round(air + self.chance.gauss(0, 0.04), 1), round(outdoor, 1), here)
        gains = sum(one.heat for one in self.family.emissions(t).values())
        set_value = exchange.set_actuator_value
        set_value(state, self.handles["Runs"], 1.0 if self.on else 0.0)
        set_value(state, self.handles["Gains"], gains)
        set_value(state, self.handles["CoolPoint"], self.point if self.on and self.cooling else 60.0)
        set_value(state, self.handles["HeatPoint"], self.point if self.on and not self.cooling else -60.0)

    def system(self, state: Any) -> None:
        """EnergyPlus divides a step where much happens: the heat of its parts is added."""
        if self.handles is None or self.api.exchange.warmup_flag(state):
            return
        rate = self.api.exchange.get_variable_value(state, self.handles["cold" if self.cooling else "warm"])
        self.moved += rate * self.api.exchange.system_time_step(state)

    def done(self, state: Any) -> None:
        """Counts the step that ended."""
        if self.handles is None or self.api.exchange.warmup_flag(state):
            return
        t = self.first.timestamp() + self.step * STEP * 60.0
        self.step += 1
        value = self.api.exchange.get_variable_value
        air, outdoor = value(state, self.handles["air"]), value(state, self.handles["out"])
        heat, self.moved = self.moved * 60.0 / STEP, 0.0
        full = UNIT.cooling if self.cooling else UNIT.heating
        self.watts = 0.0
        if self.on:
            part = max(heat / full, 1e-6)
            duty = min(1.0, part / UNIT.least)  # below its least it cycles
            power = heat / efficiency(
                UNIT, -max(part, UNIT.least) if self.cooling else max(part, UNIT.least), air, outdoor
            )
            self.watts = power + 26.0 * duty + 8.0 * (1.0 - duty)
        if self.counted.timestamp() <= t < self.end.timestamp():
            self.energy += self.watts * STEP / 60_000.0
            self.heat += heat * STEP / 60_000.0
            over = air - self.target if self.cooling else self.target - air
            self.here += self.people[self.step - 1]
            self.warmth += (air - self.target) * self.people[self.step - 1]
            if self.people[self.step - 1]:
                self.discomfort += max(0.0, over - TOLERANCE, -over - PAST) * STEP / 60.0

    def _decide(self, t: float, air: float, outdoor: float, here: bool) -> None:
        before = (self.on, self.point)
        edge = self.target + (TOLERANCE - self.shift) * (1 if self.cooling else -1)
        away, coming = self.journeys[self.step]
        if self.policy == "always on":
            self.on, self.point = not away, edge
        elif self.policy == "thermostat":
            self.on, self.point = here or coming, edge
        else:
            self._learning(t, air, outdoor, here)
        if t >= self.counted.timestamp():
            self.changes += before != (self.on, self.point)

    def _learning(self, t: float, air: float, outdoor: float, here: bool) -> None:
        away, coming = self.journeys[self.step]
        came = (here, away, coming) != self.was
        if came or t % 900 < 60:
            self.home.presence.told(t, home=here)
            if coming and not (self.was and self.was[2]):
                self.home.presence.coming(t)
            self.was = (here, away, coming)
        self.home.told(
            "flat", Reading(t, air, outdoor, Unit(self.on, self.mode, self.point, round(self.watts)))
        )
        local = datetime.fromtimestamp(t, ZONE)
        free = local.weekday() >= 5
        if (local.hour, local.minute) == (19, 0) and self.hands.get(free, 0) < 2:
            self.hands[free] = self.hands.get(free, 0) + 1
            self.room.hand(t, self.mode, self.target)
        day = self.step // 288
        if self.step % 288 == 36 and day >= 4 and (self.room.track.known is None or day % 7 == 0):
            self.room.track.fit()
        if came or t % 900 < 60:
            decision = self.home.decide(t, "flat", away=away)
            self.said[f"{decision.by} {decision.reasons[0].code}"] += 1
            setting = decision.setting
            self.on, self.point = setting.on, setting.set_point


def main() -> None:
    weather, place, season, policy, shift, days, seed = sys.argv[1:8]
    api = EnergyPlusAPI()
    run = Run(api, season, policy, float(shift), int(days), int(seed))
    last = run.end - timedelta(days=1)
    text = IDF.format(m0=run.first.month, d0=run.first.day, m1=last.month, d1=last.day, year=YEAR)
    model = Path(place) / "flat.idf"
    model.write_text(text, encoding="utf-8")
    state = api.state_manager.new_state()
    api.runtime.callback_begin_zone_timestep_after_init_heat_balance(state, run.begin)
    api.runtime.callback_end_system_timestep_after_hvac_reporting(state, run.system)
    api.runtime.callback_end_zone_timestep_after_zone_reporting(state, run.done)
    api.runtime.set_console_output_status(state, False)
    code = api.runtime.run_energyplus(state, ["-w", weather, "-d", str(Path(place) / "out"), str(model)])
    if code:
        errors = Path(place) / "out" / "eplusout.err"
        sys.exit(errors.read_text(encoding="utf-8")[-3000:] if errors.exists() else f"exit {code}")
    known = run.room.track.known
    print(
        json.dumps(
            {"energy": run.energy, "discomfort": run.discomfort, "changes": run.changes / run.days, "steps": run.step,
             "heat": run.heat, "mean": run.warmth / max(run.here, 1), "home": run.here / (288 * run.days),
             "error": known.error if known else 0.0, "naive": known.naive if known else 0.0, "said": run.said}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
