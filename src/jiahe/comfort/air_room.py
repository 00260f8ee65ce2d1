"""One room's clean air: how its purifier shall stand by what was seen (`air_seen.py`). Pure.

Owns the pace (a plan lasts a quarter of an hour, unless something happens) and the hand's two hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, Self

from jiahe.comfort.air_ahead import Scene, stages
from jiahe.comfort.air_plan import AirStep, AirWish, Level, fallback, plan
from jiahe.comfort.air_price import AirPrice
from jiahe.comfort.air_seen import AirSeen
from jiahe.comfort.air_ways import SPEEDS, Way, Ways
from jiahe.comfort.outfit import RoomOutfit
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.step import Note, Order, Step, View, flag
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef

PATHS = frozenset({"power", "mode", "fan_mode", *SPEEDS})
"""What a hand sets of a purifier."""
QUARTER, SOON = 900.0, 300.0
"""Seconds that a plan lasts, and at least lasts where only the air changed."""
HAND = 2 * 3600.0
"""Seconds that a person's hand holds: as short as climate's, for the air of an evening is another one after it."""
SETTLES = 10.0
"""Seconds in which power, mode and speed changed one after another are one hand."""
WORSE, WORSE_BY = 1.3, 8.0
"""Times and µg/m³ by which the air has to be worse or better than when it was planned, for a new plan at once."""
LOOKS = 300.0
"""Seconds for which a purifier that was off runs quietly so that its own sensor breathes."""


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
class RoomAir(AirSeen):
    """One room with what is decided in it."""

    zone: tzinfo = UTC
    wish: AirWish = field(default_factory=AirWish)
    price: AirPrice = field(default_factory=AirPrice)
    """Found from what is breathed here; it takes the place of the wish's own while a plan is made."""
    hold: Hold | None = None
    lent: dict[str, Value] | None = None
    """What stood before the night made it quiet, where clean air is off; None while nothing is lent."""
    decision: AirDecision | None = None
    again: float = 0.0
    touched: tuple[float, str] | None = None
    ordered_at: float = 0.0
    _wanted: dict[str, Value] = field(default_factory=dict)
    _known: tuple[bool, bool, bool | None, bool, str] | None = None
    """What the last decision was made upon, beside the air."""
    _looked: float = 0.0
    _waited: bool = False

    # ---- hands

    def waits(self) -> bool:
        """Whether a hand is not whole yet: nothing is set against it before it can hold. One look at most, for an appliance that
        changes something by itself all the time would never be thought over."""
        self._waited = self.touched is not None and not self._waited
        return self._waited

    def touch(self, at: float, view: View, scene: Scene) -> Reason | None:
        """Turns what others set into a hold once it is whole, and ends one that is over; what is to be said of a new one."""
        if self.hold is not None and not self.hold.at - HAND <= at < self.hold.until:
            self.hold, self.again = None, 0.0
        if self.touched is None or at - self.touched[0] < SETTLES:
            return None
        (when, who), self.touched = self.touched, None
        on = flag(view(PropertyRef(self.purifier, "power")))
        if on is None or self._stands(view, self._wanted):
            return None
        self.hold = Hold(when, when + HAND, who, on, scene.quiet)
        # From here on it stands as a hand set it: what was ordered before says nothing of the next hand.
        self.lent, self.again, self._wanted = None, 0.0, {}
        return self._of_hand(self.hold)

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
        known = (scene.quiet, away, scene.home, self.open(view, place), "" if fault is None else fault.code)
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

    def untouched(self) -> None:
        """Nothing is steered here, so that no hand has to be kept from anything."""
        self.hold = self.touched = self.lent = None

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
        if self.open(view, place):
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

    def _plan(self, now: float, scene: Scene, running: Level | None) -> AirStep:
        levels = self.ways.levels
        if not self.trusted:
            return fallback(levels, now, scene.there >= 0.25, scene.quiet, running, self.wish)
        ahead = stages(scene, self.zone, self.outdoor, self.usual)
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
            **self.seen_json(), "hold": None if self.hold is None else asdict(self.hold), "lent": self.lent, "wanted": self._wanted,
            "price": self.price.as_json(),
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo, ways: Ways) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        room = cls(str(body["purifier"]), ways, zone=zone)
        room.seen_of(body)
        room.hold = None if body["hold"] is None else Hold(**body["hold"])
        room.lent = None if body["lent"] is None else dict(body["lent"])
        room._wanted = dict(body["wanted"])
        if "price" in body:  # a memory from before prices were found begins with the first one
            room.price = AirPrice.from_json(body["price"])
        return room


def _code(decision: AirDecision) -> tuple[str, str]:
    return decision.by, decision.reasons[0].code


def _value(view: View, device: str, path: str) -> Value:
    seen = view(PropertyRef(device, path))
    return None if seen is None else seen.value
