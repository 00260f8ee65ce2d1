"""One room's clean air: what its sensor says, what is known of it, and how its purifier shall stand. Pure.

Owns the pace (a plan lasts a quarter of an hour, unless something happens), the hand's two hours, and the room's dust while nobody
tells the outdoor air: it is then reckoned from how much more or less comes in than the room's model expects of `USUAL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import tzinfo
from typing import Any, Self

from jiahe.comfort.air_ahead import Scene, stages
from jiahe.comfort.air_model import AirFit
from jiahe.comfort.air_plan import SURE, AirStep, AirWish, Level, fallback, plan
from jiahe.comfort.air_price import AirPrice
from jiahe.comfort.air_watch import AirWatch
from jiahe.comfort.air_ways import CLEAN_AIR, SPEEDS, Way, Ways
from jiahe.comfort.filter_life import FilterLife
from jiahe.comfort.outfit import RoomOutfit
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.step import Note, Order, Step, View, flag, number
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef

PATHS = frozenset({"power", "mode", "fan_mode", *SPEEDS})
"""What a hand sets of a purifier."""
QUARTER, SOON = 900.0, 300.0
"""Seconds that a plan lasts, and at least lasts where only the air changed."""
LEARNS = 600.0
"""Seconds of a step that is learned from: a cheap sensor's noise is small against what happens in them."""
GAP = 300.0
"""Seconds without a look after which a step is begun anew."""
HAND = 2 * 3600.0
"""Seconds that a person's hand holds: as short as climate's, for the air of an evening is another one after it."""
SETTLES = 10.0
"""Seconds in which power, mode and speed changed one after another are one hand."""
USUAL = 35.0
"""µg/m³ outdoors where nobody tells them: GB 3095-2012's yearly grade II; only its product with what comes in matters."""
OUTDOOR_MOST = 500.0
FOLLOWS = 0.15
"""Share by which one step of ten minutes moves the reckoned outdoor air: an hour to follow it."""
WORSE, WORSE_BY = 1.3, 8.0
"""Times and µg/m³ by which the air has to be worse or better than when it was planned, for a new plan at once."""
LOOKS = 300.0
"""Seconds for which a purifier that was off runs quietly so that its own sensor breathes."""
BRIEF = 600.0
"""Seconds for which the last reading stands in for one that is missing: a lost packet is no news of the air."""
REPLACED = 20.0
"""Percent by which the appliance's own count of its filter has to rise to be a new filter."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A person's hand: until when (epoch seconds), whose ("" at the appliance), and whether somebody was in bed then."""

    at: float
    until: float
    who: str
    on: bool
    night: bool


@dataclass(frozen=True, slots=True)
class AirDecision:
    """How the purifier shall stand and why. `by`: hand, fault, plan or threshold; `level` None where it stays as a hand set it."""

    at: float
    level: Level | None
    reasons: tuple[Reason, ...]
    by: str
    pm2_5: float | None


@dataclass(slots=True)
class RoomAir:
    """One room. Times are epoch seconds, dust in µg/m³."""

    zone: tzinfo
    purifier: str
    ways: Ways
    fit: AirFit = field(default_factory=AirFit)
    filter: FilterLife = field(default_factory=lambda: FilterLife(CLEAN_AIR))
    watch: AirWatch = field(default_factory=AirWatch)
    wish: AirWish = field(default_factory=AirWish)
    price: AirPrice = field(default_factory=AirPrice)
    """Found from what is breathed here; it takes the place of the wish's own while a plan is made."""
    hold: Hold | None = None
    lent: dict[str, Value] | None = None
    """What stood before the night made it quiet, where clean air is off; None while nothing is lent."""
    decision: AirDecision | None = None
    pm2_5: float | None = None
    outdoor: float = USUAL
    """As reckoned; `USUAL` until something was learned."""
    told_left: float | None = None
    """The appliance's own count of its filter in percent."""
    overruled: float | None = None
    """What that count was when somebody said that there is a new filter; None where it is believed."""
    again: float = 0.0
    touched: tuple[float, str] | None = None
    ordered_at: float = 0.0
    _wanted: dict[str, Value] = field(default_factory=dict)
    _known: tuple[bool, bool, bool | None, bool, str] | None = None
    """What the last decision was made upon, beside the air."""
    _looked: float = 0.0
    _at: float = 0.0
    _passed: float = 0.0
    """Seconds since the look before the last one; 0 after a gap."""
    _believed: float = 0.0
    _step: tuple[float, float, float] | None = None
    """A step that is being learned: its begin, the dust then, and the seconds run at full clean air since."""

    # ---- what it sees

    def reads(self, at: float, view: View, place: RoomOutfit) -> float | None:
        """A look at the room; the dust where it may be believed. Learns and counts the filter by it."""
        share = self.ways.share(view, self.purifier)
        refs = place.readings.get("pm2_5", ())
        seen = next((one for ref in refs if (one := number(view(ref))) is not None), None)
        pm2_5 = self.watch.told(at, seen, running=share is not None and share > 0)
        fault = self.watch.sensor(at)
        if fault is not None:
            pm2_5 = None
        passed = at - self._at if 0 < at - self._at <= GAP else 0.0
        if pm2_5 is not None and share is not None:
            self.filter.run(share, pm2_5, passed)
        self._learn(at, pm2_5, share, passed, open_=self._open(view, place))
        self._filter_told(number(view(PropertyRef(self.purifier, "filter_life"))))
        if pm2_5 is not None:
            self._believed = at
        elif fault is None and self.pm2_5 is not None and 0 <= at - self._believed < BRIEF:
            pm2_5 = self.pm2_5
        self.pm2_5, self._at, self._passed = pm2_5, at, passed
        return pm2_5

    def _learn(
        self, at: float, pm2_5: float | None, share: float | None, passed: float, *, open_: bool
    ) -> None:
        if pm2_5 is None or share is None or open_ or not passed:
            self._step = None if pm2_5 is None or open_ else (at, pm2_5, 0.0)
            return
        if self._step is None:
            self._step = (at, pm2_5, 0.0)
            return
        began, before, ran = self._step
        ran += share * passed
        if at - began < LEARNS:
            self._step = (began, before, ran)
            return
        hours, mean = (at - began) / 3600, ran / (at - began)
        model = self.fit.model
        middle, change = (before + pm2_5) / 2, (pm2_5 - before) / hours
        if model.inflow > 0.02:
            enters = change + (model.loss + model.cleaning * mean) * middle - model.source
            seems = min(max(enters / model.inflow, 0.0), OUTDOOR_MOST)
            self.outdoor += (seems - self.outdoor) * FOLLOWS
        # Learned against the usual and not against what was just reckoned from the same step: that would confirm itself.
        self.fit.learn(before, pm2_5, USUAL, min(1.0, mean), hours)
        self._step = (at, pm2_5, 0.0)

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

    def _open(self, view: View, place: RoomOutfit) -> bool:
        return any(flag(view(ref)) is False for ref in place.readings.get("contact", ()))

    # ---- hands

    def touch(self, at: float, view: View, scene: Scene, step: Step, name: str) -> None:
        """Turns what others set into a hold once it is whole, and ends one that is over; both are noted."""
        if self.hold is not None and not self.hold.at - HAND <= at < self.hold.until:
            self.hold, self.again = None, 0.0
        if self.touched is None or at - self.touched[0] < SETTLES:
            return
        (when, who), self.touched = self.touched, None
        on = flag(view(PropertyRef(self.purifier, "power")))
        if on is None or self._stands(view, self._wanted):
            return
        self.hold = Hold(when, when + HAND, who, on, scene.quiet)
        # From here on it stands as a hand set it: what was ordered before says nothing of the next hand.
        self.lent, self.again, self._wanted = None, 0.0, {}
        step.notes.append(Note("air", name, (self._of_hand(self.hold),)))

    def _of_hand(self, hold: Hold) -> Reason:
        if hold.who:
            return reason("air.hand" if hold.on else "air.hand_off", who=hold.who, until=hold.until)
        return reason("air.hand_device" if hold.on else "air.hand_device_off", until=hold.until)

    # ---- a minute of clean air

    def cleans(
        self,
        at: float,
        view: View,
        name: str,
        now: float | None,
        scene: Scene,
        place: RoomOutfit,
        *,
        away: bool,
    ) -> Step:
        """How the purifier shall stand now, as orders and a note where that is new."""
        step, before = Step(), self.decision
        if now is not None:
            self.price.breathed(now, scene.there * self._passed / 3600)
        fault = self.watch.refused(at) or self.watch.sensor(at)
        known = (scene.quiet, away, scene.home, self._open(view, place), "" if fault is None else fault.code)
        if known != self._known or self._changed(at, now):
            self.again = 0.0
        self._known = known
        if at >= self.again or before is None:
            self.decision = self._decide(at, view, now, scene, place, away=away)
            self.again = at - at % QUARTER + QUARTER
        decision = self.decision
        if decision is None:
            return step
        if decision.level is not None and self.watch.refused(at) is None:
            step.orders += self._orders(at, view, name, self.ways.of(decision.level), decision.reasons, "air")
        if step.orders or before is None or _code(before) != _code(decision):
            step.notes.append(Note("air", name, decision.reasons))
        return step

    def rests(self) -> None:
        """Clean air is off here: nothing is decided, what is learned stays."""
        self.decision, self._known = None, None

    def _changed(self, at: float, now: float | None) -> bool:
        last = self.decision
        if last is None:
            return True
        if (now is None) is not (last.pm2_5 is None):
            return True
        if now is None or last.pm2_5 is None or at - last.at < SOON:
            return False
        high, low = max(now, last.pm2_5), min(now, last.pm2_5)
        return high > low * WORSE and high - low > WORSE_BY

    def _decide(
        self, at: float, view: View, now: float | None, scene: Scene, place: RoomOutfit, *, away: bool
    ) -> AirDecision:
        """Who decides, in the order of the module's law."""
        refused = self.watch.refused(at)
        if refused is not None:
            return AirDecision(at, None, (refused,), "fault", now)
        hold = self.hold
        if hold is not None and scene.quiet and not hold.night and hold.on and self._loud(view):
            self.hold = hold = None  # it was set before bed: what is loud ends with the day
        if hold is not None:
            return AirDecision(at, None, (self._of_hand(hold),), "hand", now)
        levels, running = self.ways.levels, self.ways.standing(view, self.purifier)
        if self._open(view, place):
            return AirDecision(at, levels[0], (reason("air.window_open"),), "fault", now)
        if away and now is None:
            return AirDecision(at, levels[0], (reason("air.away"),), "fault", now)
        fault = self.watch.sensor(at)
        if now is None:
            step = fallback(levels, None, scene.there >= 0.5, True, running, self.wish)
            return AirDecision(at, step.level, (fault,) if fault else step.reasons, "fault", now)
        looks = self._look(at, view, place)
        if looks is not None:
            return looks
        step = self._plan(now, scene, running)
        by = "plan" if self.trusted else "threshold"
        return AirDecision(at, step.level, step.reasons, by, now)

    @property
    def trusted(self) -> bool:
        """Whether the room is known well enough to plan."""
        return self.fit.confidence >= SURE

    @property
    def filter_left(self) -> float:
        """Share of the filter's life, 1 … 0: by the dust it caught or by the appliance's own count, whichever is less."""
        told = 1.0 if self.told_left is None or self.overruled is not None else self.told_left / 100
        return max(0.0, min(self.filter.left, told))

    def _plan(self, now: float, scene: Scene, running: Level | None) -> AirStep:
        levels = self.ways.levels
        if not self.trusted:
            return fallback(levels, now, scene.there >= 0.25, scene.quiet, running, self.wish)
        ahead = stages(scene, self.zone, self.outdoor, USUAL)
        wish = replace(self.wish, price=self.price.now)
        return plan(self.fit.model, levels, ahead, now, running, wish)

    def _look(self, at: float, view: View, place: RoomOutfit) -> AirDecision | None:
        """Many purifiers measure only while they run: one that was off for an hour and says the same is let breathe."""
        refs = place.readings.get("pm2_5", ())
        if not refs or refs[0].device != self.purifier:
            return None
        if self.watch.rests(at):
            self._looked = at
        if not 0 <= at - self._looked < LOOKS:
            return None
        working = [one for one in self.ways.levels if 0 < one.noise <= self.wish.noise]
        if not working:
            return None
        self.again = at
        return AirDecision(at, working[0], (reason("air.looks"),), "threshold", self.pm2_5)

    # ---- a night without clean air

    def hushes(self, at: float, view: View, name: str, scene: Scene) -> Step:
        """Makes a purifier that runs quiet for who is in bed, and gives back what was when they are up."""
        step = Step()
        if self.hold is not None:
            return step
        quiet = next((one for one in self.ways.ways if 0 < one.level.noise <= self.wish.noise), None)
        if scene.quiet:
            if (
                quiet is None
                or flag(view(PropertyRef(self.purifier, "power"))) is not True
                or not self._loud(view)
            ):
                return step
            if self.lent is None:
                self.lent = {path: _value(view, self.purifier, path) for path, _ in quiet.values}
            why = (reason("air.hushed", noise=round(quiet.level.noise)),)
            step.orders += self._orders(at, view, name, quiet, why, "sleep")
        elif scene.awake and self.lent is not None:
            lent, self.lent = self.lent, None
            if flag(view(PropertyRef(self.purifier, "power"))) is True:
                way = Way(
                    self.ways.levels[-1],
                    tuple((path, value) for path, value in lent.items() if value is not None),
                )
                step.orders += self._orders(at, view, name, way, (reason("air.given_back"),), "sleep")
        return step

    def _loud(self, view: View) -> bool:
        """Whether it may be heard beside a sleeper: over the bound, or set in a way of which nobody knows."""
        level = self.ways.standing(view, self.purifier)
        return level is None or level.noise > self.wish.noise

    # ---- orders

    def _orders(
        self, at: float, view: View, name: str, way: Way, reasons: tuple[Reason, ...], feature: str
    ) -> list[Order]:
        on = way.level.share > 0
        self._wanted = {"power": on, **(dict(way.values) if on else {})}
        found = []
        for path, value in self._wanted.items():
            ref = PropertyRef(self.purifier, path)
            if _value(view, self.purifier, path) != value:
                found.append(Order(ref, value, feature, name, reasons))
        if found:
            self.ordered_at = at
        return found

    def _stands(self, view: View, wanted: Mapping[str, Value]) -> bool:
        return bool(wanted) and all(
            _value(view, self.purifier, path) == value for path, value in wanted.items()
        )

    # ---- what is kept

    def to_json(self) -> dict[str, Any]:
        """For `of_json`: everything that outlasts a restart."""
        return {
            "purifier": self.purifier, "fit": self.fit.as_json(), "filter": self.filter.as_json(), "watch": self.watch.to_json(),
            "hold": None if self.hold is None else asdict(self.hold), "lent": self.lent, "outdoor": self.outdoor,
            "told_left": self.told_left, "overruled": self.overruled, "wanted": self._wanted, "price": self.price.as_json(),
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo, ways: Ways) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        room = cls(zone, str(body["purifier"]), ways)
        room.fit, room.filter = AirFit.from_json(body["fit"]), FilterLife.from_json(body["filter"])
        room.watch = AirWatch.of_json(body["watch"])
        room.hold = None if body["hold"] is None else Hold(**body["hold"])
        room.lent = None if body["lent"] is None else dict(body["lent"])
        room.outdoor = float(body["outdoor"])
        room.told_left = None if body["told_left"] is None else float(body["told_left"])
        overruled = body.get("overruled")
        room.overruled = None if overruled is None else float(overruled)
        room._wanted = dict(body["wanted"])
        if "price" in body:  # a memory from before prices were found begins with the first one
            room.price = AirPrice.from_json(body["price"])
        return room


def _code(decision: AirDecision) -> tuple[str, str]:
    return decision.by, decision.reasons[0].code


def _value(view: View, device: str, path: str) -> Value:
    seen = view(PropertyRef(device, path))
    return None if seen is None else seen.value
