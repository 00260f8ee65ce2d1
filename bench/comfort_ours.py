"""The learning climate in the benchmark's flat: what a hub would tell it, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

from comfort_flat import ROOM, TOLERANCE, ZONE, Policy, Season, View

from jiahe.comfort.climate_seen import Decision, Limits, Reading, Taste, Unit
from jiahe.comfort.forecast import Outlook, Told
from jiahe.comfort.home_climate import HomeClimate
from jiahe.comfort.presence import Presence
from jiahe.comfort.thermal_model import Mode
from jiahe.virtual.dwelling import Dwelling
from jiahe.virtual.inverter import Setting

FIT_EVERY = 7 * 1440
"""Minutes between two fits once the first is believed; the hub does it daily."""


class Ours:
    """The policy; `log` keeps what was decided, for a look."""

    def __init__(
        self,
        what: Season,
        shift: float,
        *,
        worth: float = 0.8,
        step: float = 0.1,
        forecast: float | None = None,
    ) -> None:
        self.forecast = forecast
        self.told: Told | None = None
        self.mode = Mode.COOL if what.cooling else Mode.HEAT
        self.what = what
        self.home = HomeClimate(ZONE, Outlook(what.latitude, what.longitude), Presence(ZONE))
        self.room = self.home.add(ROOM, Limits(low=16.0, high=30.0, step=step, modes=(self.mode,)))
        self.worth = worth
        self.aim(shift)
        self.was: tuple[bool, bool, bool] | None = None
        self.setting = Setting()
        self.last_seen: Reading | None = None
        self.decision: Decision | None = None
        self.log: list[tuple[float, Decision, float]] = []
        self.wanted: set[tuple[bool, int]] = set()

    def aim(self, shift: float) -> None:
        """So many K further into comfort from now on."""
        self.room.taste = Taste(tolerance=TOLERANCE - shift, worth=self.worth)

    def unit(self, step: float, forecast: float | None) -> None:
        """From now on the unit takes steps of so many K, and a forecast is wrong by as much in the end (K), or not there."""
        self.room.limits = replace(self.room.limits, step=step)
        self.forecast = forecast

    def __call__(self, view: View, flat: Dwelling, index: int) -> Setting:
        unit = Unit(view.setting.on, self.mode, view.setting.set_point, view.watts)
        came = (view.home, view.away, view.coming) != self.was
        if came or view.t % 900 < 60:
            self.home.presence.told(view.t, home=view.home)
            if view.coming and not (self.was and self.was[2]):
                self.home.presence.coming(view.t)
            self.was = (view.home, view.away, view.coming)
        self.last_seen = Reading(view.t, view.air, view.outdoor, unit)
        self.home.told(ROOM, self.last_seen)
        self._hand(view, index)
        if index and index % 1440 == 180 and (index >= 4 * 1440):
            due = self.room.track.known is None or index % FIT_EVERY == 180 or not self.room.track.trusted()
            if due:
                self.room.track.fit()
        if came or view.t % 900 < 60:
            self.decision = self.home.decide(view.t, ROOM, forecast=self._forecast(index), away=view.away)
            setting = self.decision.setting
            self.setting = Setting(on=setting.on, mode=setting.mode.value, set_point=setting.set_point)
            self.log.append((view.t, self.decision, view.air))
        return self.setting

    def _forecast(self, index: int) -> Told | None:
        """What a weather service would say: the truth of each hour ahead, wrong by what its age makes it."""
        if self.forecast is None:
            return None
        if index % 360 == 0 or self.told is None:
            chance, wrong, rows = random.Random(f"{self.what.seed}/forecast/{index}"), 0.0, []
            cloudy = 1.0
            for hour in range(31):
                at = min(index + hour * 60, len(self.what.minutes) - 1)
                one = self.what.minutes[at]
                rows.append(
                    (
                        one.t + (index + hour * 60 - at) * 60,
                        one.outdoor.temperature + wrong,
                        one.outdoor.solar / 1000.0 * cloudy,
                    )
                )
                wrong = 0.93 * wrong + self.forecast * 0.37 * chance.gauss(0.0, 1.0)
                cloudy = min(max(cloudy + 0.08 * self.forecast * chance.gauss(0.0, 1.0), 0.4), 1.6)
            self.told = Told(rows)
        return self.told

    def _hand(self, view: View, index: int) -> None:
        """In the first two weeks the household sets what it wants, on the first two evenings of each class of day."""
        minute = index % 1440
        if minute == 19 * 60 and index < 14 * 1440:
            from datetime import datetime

            free = datetime.fromtimestamp(view.t, ZONE).weekday() >= 5
            if sum(one[0] is free for one in self.wanted) < 2:
                self.wanted.add((free, index))
                self.room.hand(view.t, self.mode, self.what.target)


def ours(what: Season, shift: float) -> Policy:
    return Ours(what, shift)
