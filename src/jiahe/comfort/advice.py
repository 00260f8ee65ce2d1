"""What a person could do about a room's air, for what no appliance here does: open or close the window, dry, moisten, change a filter.
Pure; owns the bounds and when something is said. Advice is never an order, and nobody is woken by it.

Every subject has a bound that begins it and another that ends it (a reading at the edge says nothing twice), has to last before it is
said, and is said at most once in four hours and room (a filter once a day). Bounds and their sources:

* CO2: 1,000 ppm for 10 min, ends under 800. UBA/IRK guide (Bundesgesundheitsblatt 51, 2008, 1358-1369): up to 1,000 ppm is harmless,
  above it air the room; GB/T 18883-2022: 1,000 ppm in the mean of an hour.
* Dry: under 35 % for 30 min, ends over 40: between the least of winter with heating (30 %) and of summer with cooling (40 %) in
  GB/T 18883-2022. Damp: over 65 % for 30 min, ends under 60: ASHRAE 62.1-2016 (at most 65 %); EN 16798-1:2019 dries from 60 % in
  its category II and from 70 % in III.
* Mould: 80 % at the coldest wall for 30 min, ends under 75 (DIN 4108-2:2013: 80 % at the surface, temperature factor 0.7).
* Dust: air from outside only where it is at least 10 µg/m³ and a third cleaner than the room's; the window is better closed where
  it is as much dirtier. That is above twice the error of a cheap sensor, so that it is no guess. Outdoor air that is
  reckoned and not measured says nothing of a window to be closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from jiahe.comfort.reason import Reason, reason

CO2_FROM, CO2_TO, CO2_LASTS = 1000.0, 800.0, 600.0
DRY_FROM, DRY_TO, DAMP_FROM, DAMP_TO, HUMID_LASTS = 35.0, 40.0, 65.0, 60.0, 1800.0
MOULD_FROM, MOULD_TO = 80.0, 75.0
COLDEST = 0.7
"""Temperature factor of the coldest place of a wall (DIN 4108-2): its surface is outdoors plus so much of what is between."""
BETTER, BETTER_BY = 1.33, 10.0
DUSTY_FROM, DUSTY_TO, DUST_LASTS = 35.0, 25.0, 900.0
"""µg/m³ in the room from which airing is worth a word: China's daily grade I (GB 3095-2012)."""
FILTER_LEAST = 0.1
AGAIN, FILTER_AGAIN = 4 * 3600.0, 24 * 3600.0
OUTDOOR_CO2 = 430.0
"""ppm: NOAA Global Monitoring Laboratory, annual mean of 2025, and some for a city."""
AIRING = 5.0
"""Air changes an hour with a window wide open, the middle of what is measured (1 to 10; UBA's guide above)."""
DRYING = 10
"""Minutes of a window wide open in which the room's air is changed about once."""
SHORT = 3
"""Minutes for which a window is opened to dirty air: CO2 halves, and the dust is cleaned again within the hour."""


@dataclass(frozen=True, slots=True)
class Air:
    """A room as advice sees it; None for what nobody tells. `pm2_5` and `outdoor` in µg/m³ (`reckoned`: not measured), `humidity` and `wet`
    (outdoors) in %, `temperature` and `cold` (outdoors) in Cel, `filter` 0 … 1; `open` the window; `night`: somebody is in bed here, or it is late."""

    at: float
    night: bool
    co2: float | None = None
    humidity: float | None = None
    temperature: float | None = None
    cold: float | None = None
    pm2_5: float | None = None
    outdoor: float | None = None
    reckoned: bool = False
    open: bool | None = None
    dryer: bool = False
    filter: float | None = None
    filter_days: float | None = None
    wet: float | None = None


@dataclass(slots=True)
class Advisor:
    """One room's. `holds` has since when each subject holds, `said` when it was said last."""

    holds: dict[str, float] = field(default_factory=dict)
    said: dict[str, float] = field(default_factory=dict)
    now: tuple[Reason, ...] = ()
    """What holds now, whether it was just said or not: for the phone."""

    def look(self, air: Air) -> list[Reason]:
        """What is to be said now. Never at night, and nothing twice within its time."""
        shown, new = [], []
        for subject, lasts, again, why in self._subjects(air):
            if air.at - self.holds[subject] < lasts:
                continue
            shown.append(why)
            last = self.said.get(subject)
            # A clock that was set back must not silence advice for ever.
            if not air.night and (last is None or not 0 <= air.at - last < again):
                self.said[subject] = air.at
                new.append(why)
        self.now = tuple(shown)
        return new

    def _subjects(self, air: Air) -> Iterator[tuple[str, float, float, Reason]]:
        humid, co2, open_ = air.humidity, air.co2, air.open is True
        if self._held("co2", air, co2, CO2_FROM, CO2_TO) and co2 is not None and not open_:
            yield "co2", CO2_LASTS, AGAIN, self._stuffy(air, co2)
        if self._held("dry", air, humid, DRY_FROM, DRY_TO) and humid is not None:
            yield "dry", HUMID_LASTS, AGAIN, reason("advice.dry", humidity=round(humid))
        surface = wall_humidity(air)
        mould = self._held("mould", air, surface, MOULD_FROM, MOULD_TO)
        damp = self._held("damp", air, humid, DAMP_FROM, DAMP_TO)
        if mould and surface is not None:
            yield "mould", HUMID_LASTS, AGAIN, reason("advice.mould", surface=round(surface))
        elif damp and humid is not None:
            yield "damp", HUMID_LASTS, AGAIN, self._damp(air, humid)
        yield from self._dust(air, open_=open_)
        left = air.filter
        if self._held("filter", air, left, FILTER_LEAST, FILTER_LEAST + 0.02) and left is not None:
            days = air.filter_days
            percent = round(100 * left)
            why = (
                reason("advice.filter_days", percent=percent, days=max(0, round(days)))
                if days is not None and left > 0
                else reason("advice.filter", percent=percent)
            )
            yield "filter", 0.0, FILTER_AGAIN, why

    def _dust(self, air: Air, *, open_: bool) -> Iterator[tuple[str, float, float, Reason]]:
        inside, outside = air.pm2_5, air.outdoor
        better = inside is not None and outside is not None and cleaner(outside, inside)
        worse = inside is not None and outside is not None and cleaner(inside, outside) and not air.reckoned
        dusty = self._held("dusty", air, inside if better and not open_ else None, DUSTY_FROM, DUSTY_TO)
        if dusty and inside is not None and outside is not None:
            yield (
                "dusty",
                DUST_LASTS,
                AGAIN,
                reason("advice.air", indoor=round(inside), outdoor=round(outside)),
            )
        if self._held("close", air, outside if worse and open_ else None, DUSTY_FROM, DUSTY_TO):
            assert outside is not None
            assert inside is not None
            yield (
                "close",
                DUST_LASTS,
                AGAIN,
                reason("advice.close", indoor=round(inside), outdoor=round(outside)),
            )

    def _held(self, subject: str, air: Air, value: float | None, begins: float, ends: float) -> bool:
        """Whether a subject holds, by the bound that begins it or, once it does, by the one that ends it."""
        rising = ends < begins
        bound = ends if subject in self.holds else begins
        if value is None or not math.isfinite(value) or (value <= bound if rising else value >= bound):
            self.holds.pop(subject, None)
            return False
        if not self.holds.get(subject, air.at) <= air.at:
            self.holds[subject] = air.at  # the clock was set back
        self.holds.setdefault(subject, air.at)
        return True

    def _damp(self, air: Air, humid: float) -> Reason:
        if drier_outside(air) and air.open is not True:
            return reason("advice.open_humid", humidity=round(humid), minutes=DRYING)
        return reason("advice.damp_dry" if air.dryer else "advice.damp", humidity=round(humid))

    def _stuffy(self, air: Air, co2: float) -> Reason:
        dirty = air.outdoor is not None and not air.reckoned and cleaner(air.pm2_5 or 0.0, air.outdoor)
        if dirty and air.outdoor is not None:
            return reason(
                "advice.stuffy_dirty_outside", co2=round(co2), outdoor=round(air.outdoor), minutes=SHORT
            )
        known = air.outdoor is not None and not air.reckoned
        return reason("advice.open" if known else "advice.open_unknown", co2=round(co2), minutes=airing(co2))

    def to_json(self) -> dict[str, Any]:
        """For `of_json`: what was said is not said again after a restart."""
        return {"holds": dict(self.holds), "said": dict(self.said)}

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; KeyError, TypeError or ValueError where it is none."""
        holds, said = (
            {str(name): float(at) for name, at in body[part].items()} for part in ("holds", "said")
        )
        return cls(holds, said)


def cleaner(this: float, that: float) -> bool:
    """Whether one air (µg/m³) is surely cleaner than another."""
    return that - this >= BETTER_BY and that >= BETTER * this


def airing(co2: float) -> int:
    """Minutes with the window wide open until the room is at `CO2_TO`, to the next five, 5 … 30."""
    over = max(co2 - OUTDOOR_CO2, 1.0) / (CO2_TO - OUTDOOR_CO2)
    minutes = math.log(max(over, 1.0)) / AIRING * 60
    return int(min(30, max(5, 5 * math.ceil(minutes / 5))))


def drier_outside(air: Air) -> bool:
    """Whether the outdoor air holds surely less water: as measured or, where nobody does, less than the room's even if it were raining."""
    if air.humidity is None or air.temperature is None or air.cold is None:
        return False
    wet = 1.0 if air.wet is None else air.wet / 100
    return wet * _saturated(air.cold) <= 0.9 * air.humidity / 100 * _saturated(air.temperature)


def wall_humidity(air: Air) -> float | None:
    """Relative humidity in % at the coldest wall; None where something of it is not known.

    Saturation by Magnus' formula (Sonntag, Zeitschrift für Meteorologie 70, 1990, 340-344), good from -45 to 60 Cel.
    """
    if air.humidity is None or air.temperature is None or air.cold is None or air.cold >= air.temperature:
        return None
    wall = air.cold + COLDEST * (air.temperature - air.cold)
    return min(100.0, air.humidity * _saturated(air.temperature) / _saturated(wall))


def _saturated(temperature: float) -> float:
    bounded = min(60.0, max(-45.0, temperature))
    return 6.112 * math.exp(17.62 * bounded / (243.12 + bounded))
