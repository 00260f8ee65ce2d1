"""What a room's own devices tell of its air: dust that may be believed, how the room was learned by it, and its filter. Pure.

Owns the readings and what is learned of them; decides nothing. Where nobody measures the outdoor air now, it is reckoned from how much
more or less comes in than the room's model expects of `usual`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.comfort.air_model import AirFit
from jiahe.comfort.air_plan import SURE
from jiahe.comfort.air_watch import AirWatch
from jiahe.comfort.air_ways import CLEAN_AIR, Ways
from jiahe.comfort.filter_life import FilterLife
from jiahe.comfort.outfit import RoomOutfit
from jiahe.comfort.step import View, flag, number
from jiahe.model.happening import PropertyRef

LEARNS = 600.0
"""Seconds of a step that is learned from: a cheap sensor's noise is small against what happens in them."""
GAP = 300.0
"""Seconds without a look after which a step is begun anew."""
USUAL = 35.0
"""µg/m³ outdoors where nobody ever measured them: GB 3095-2012's yearly grade II; only its product with what comes in matters."""
WEEK, DAY = 7 * 86_400.0, 86_400.0
"""Seconds of measured air that the usual is a mean of, and those of `USUAL` that it begins with."""
OUTDOOR_MOST = 500.0
SUDDEN = 30.0
"""µg/m³ and once the last: a rise of so much counts half, one of five times that hardly, for it is a pan and not the weather."""
BACK = 0.003
"""Share by which a step brings it back to the usual: two days. Only its product with what comes in is seen, so both could drift."""
FOLLOWS = 0.15
"""Share by which one step of ten minutes moves the reckoned outdoor air: an hour to follow it."""
BRIEF = 600.0
"""Seconds for which the last reading stands in for one that is missing: a lost packet is no news of the air."""
REPLACED = 20.0
"""Percent by which the appliance's own count of its filter has to rise to be a new filter."""


@dataclass(slots=True)
class AirSeen:
    """One room with a purifier. Times are epoch seconds, dust in µg/m³."""

    purifier: str
    ways: Ways
    fit: AirFit = field(default_factory=AirFit)
    filter: FilterLife = field(default_factory=lambda: FilterLife(CLEAN_AIR))
    watch: AirWatch = field(default_factory=AirWatch)
    pm2_5: float | None = None
    outdoor: float = USUAL
    """As measured or, where `measured` says no, as reckoned: from what was measured last, or from `USUAL`."""
    measured: bool = False
    usual: float = USUAL
    """What the outdoor air comes back to: the mean of what was measured lately."""
    told_left: float | None = None
    """The appliance's own count of its filter in percent."""
    overruled: float | None = None
    """What that count was when somebody said that there is a new filter; None where it is believed."""
    _at: float = 0.0
    _passed: float = 0.0
    """Seconds since the look before the last one; 0 after a gap."""
    _believed: float = 0.0
    _met: float = 0.0
    """Seconds of outdoor air that were measured, up to `WEEK`."""
    _step: tuple[float, float, float, float] | None = None
    """A step that is being learned: its begin, the dust then, the seconds run at full clean air since, and outdoor air times seconds."""

    @property
    def trusted(self) -> bool:
        """Whether the room is known well enough to plan."""
        return self.fit.confidence >= SURE

    @property
    def filter_left(self) -> float:
        """Share of the filter's life, 1 … 0: by the dust it caught or by the appliance's own count, whichever is less."""
        told = 1.0 if self.told_left is None or self.overruled is not None else self.told_left / 100
        return max(0.0, min(self.filter.left, told))

    def reads(self, at: float, view: View, place: RoomOutfit, outdoor: float | None = None) -> float | None:
        """A look at the room; the dust where it may be believed. Learns and counts the filter by it. `outdoor` as measured now."""
        share = self.ways.share(view, self.purifier)
        refs = place.readings.get("pm2_5", ())
        seen = next((one for ref in refs if (one := number(view(ref))) is not None), None)
        pm2_5 = self.watch.told(at, seen, running=share is not None and share > 0)
        fault = self.watch.sensor(at)
        if fault is not None:
            pm2_5 = None
        passed = at - self._at if 0 < at - self._at <= GAP else 0.0
        self._meets(outdoor, passed)
        if pm2_5 is not None and share is not None:
            self.filter.run(share, pm2_5, passed)
        self._learn(at, pm2_5, share, passed, open_=self.open(view, place))
        self._filter_told(number(view(PropertyRef(self.purifier, "filter_life"))))
        if pm2_5 is not None:
            self._believed = at
        elif fault is None and self.pm2_5 is not None and 0 <= at - self._believed < BRIEF:
            pm2_5 = self.pm2_5
        self.pm2_5, self._at, self._passed = pm2_5, at, passed
        return pm2_5

    def _meets(self, outdoor: float | None, passed: float) -> None:
        """The outdoor air as measured, where it is: what is reckoned when it is not any more begins there."""
        self.measured = outdoor is not None
        if outdoor is None:
            return
        self.outdoor = min(max(outdoor, 0.0), OUTDOOR_MOST)
        self._met = min(self._met + passed, WEEK - DAY)
        self.usual += (self.outdoor - self.usual) * passed / (self._met + DAY)

    def _learn(
        self, at: float, pm2_5: float | None, share: float | None, passed: float, *, open_: bool
    ) -> None:
        if pm2_5 is None or share is None or open_ or not passed:
            self._step = None if pm2_5 is None or open_ else (at, pm2_5, 0.0, 0.0)
            return
        if self._step is None:
            self._step = (at, pm2_5, 0.0, 0.0)
            return
        began, before, ran, met = self._step
        ran, met = ran + share * passed, met + self.outdoor * passed
        if at - began < LEARNS:
            self._step = (began, before, ran, met)
            return
        hours, mean = (at - began) / 3600, ran / (at - began)
        model, was = self.fit.model, met / (at - began)
        middle, change = (before + pm2_5) / 2, (pm2_5 - before) / hours
        if model.inflow > 0.02 and not self.measured:
            enters = change + (model.loss + model.cleaning * mean) * middle - model.source
            seems = min(max(enters / model.inflow, 0.0), OUTDOOR_MOST)
            over = max(0.0, seems - self.outdoor) / (self.outdoor + SUDDEN)
            self.outdoor += (seems - self.outdoor) * FOLLOWS / (1 + over * over) + (
                self.usual - self.outdoor
            ) * BACK
        # Learned against what was reckoned before this step: the same step's own would confirm itself, and a constant cannot be
        # told from people's dust, so that nothing would seem to come in (bench/comfort_air.py, blind).
        self.fit.learn(before, pm2_5, was, min(1.0, mean), hours)
        self._step = (at, pm2_5, 0.0, 0.0)

    def _filter_told(self, left: float | None) -> None:
        if left is None:
            return
        if self.told_left is None and self.filter.since == 0:
            self.filter.caught = self.filter.capacity * (1 - min(max(left, 0.0), 100.0) / 100)
        elif self.told_left is not None and left - self.told_left >= REPLACED and left >= 90:
            self.filter.replaced()
            self.overruled = None
        self.told_left = left

    def new_filter(self) -> None:
        """Somebody says that there is a new one: until the appliance is told too, its own count is that of the old one."""
        self.filter.replaced()
        self.overruled = self.told_left

    def open(self, view: View, place: RoomOutfit) -> bool:
        """Whether a contact tells of an open window or door."""
        return any(flag(view(ref)) is False for ref in place.readings.get("contact", ()))

    # ---- what is kept

    def seen_json(self) -> dict[str, Any]:
        """For `seen_of`."""
        return {
            "purifier": self.purifier, "fit": self.fit.as_json(), "filter": self.filter.as_json(), "watch": self.watch.to_json(),
            "outdoor": self.outdoor, "told_left": self.told_left, "overruled": self.overruled,
            "usual": self.usual, "met": self._met,
        }  # fmt: skip

    def seen_of(self, body: Mapping[str, Any]) -> None:
        """Takes back what `seen_json` gave; ValueError, KeyError or TypeError where it is none."""
        self.fit, self.filter = AirFit.from_json(body["fit"]), FilterLife.from_json(body["filter"])
        self.watch, self.outdoor = AirWatch.of_json(body["watch"]), float(body["outdoor"])
        self.usual, self._met = float(body.get("usual", USUAL)), float(body.get("met", 0.0))
        self.told_left = None if body["told_left"] is None else float(body["told_left"])
        overruled = body.get("overruled")
        self.overruled = None if overruled is None else float(overruled)
