"""The whole of comfort as one function of time and of the home: a minute in, orders and notes out. Pure.

Owns the order in which its parts are asked and who of them may act (`wishes`): bands, then climate, then air. The hub's runner
and the demo's simulated week drive the same object. A person's hand is told by `changed`, the end of an order by `ended`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from jiahe.comfort.advising import Advising
from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.air_plan import MOST_STAGES
from jiahe.comfort.bedtime import Bedtime
from jiahe.comfort.clean_air import CleanAir
from jiahe.comfort.climate import RoomClimate
from jiahe.comfort.climate_plan import QUARTERS
from jiahe.comfort.climate_seen import Decision, Reading, Unit, Wish
from jiahe.comfort.climate_told import Gone, emptied, told
from jiahe.comfort.forecast import Outlook
from jiahe.comfort.hand import LEAST, Hold
from jiahe.comfort.home_climate import HomeClimate
from jiahe.comfort.outdoors import outside
from jiahe.comfort.outfit import MODES, Outfit, RoomOutfit
from jiahe.comfort.presence import Presence
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.schedule import USUAL
from jiahe.comfort.sleep import Stage
from jiahe.comfort.sleep_curve import Way
from jiahe.comfort.sleep_diary import Now, SleepDiary
from jiahe.comfort.step import Note, Order, Reached, Step, View, flag, number, word
from jiahe.comfort.thermal_model import Mode
from jiahe.comfort.wishes import Wishes
from jiahe.model.happening import Actor, Cause, PropertyRef

STEERED = ("power", "mode", "target_temperature")
WAYS = {Mode.COOL: Way.COOL, Mode.HEAT: Way.HEAT}
HAND_SETTLES = 10.0
"""Seconds in which power, mode and set point changed one after another are one hand."""
FIT_HOUR = 4
"""O'clock, when a room's model is fitted: nobody waits for it, and the day before is whole."""
AWAY = frozenset({"away", "holiday"})
SAID = frozenset({"sleep_curve", "no_model", "bad_model"})
"""What needs no saying beside the sleep curve's own reason: that it is followed, and that nothing else was planned."""
LINGERS = 900.0
"""Seconds for which somebody is thought to be in a room after its sensor saw them: who reads sits still."""
UNSEEN, DAY = 3 * 3600.0, (8, 22)
"""Seconds without anybody seen in any room after which a home without bands is empty, and the hours in which that is believed."""
Prices = Callable[[float, int], Sequence[float] | None]
"""What a kWh costs in so many quarters of an hour from then on; None where nobody knows."""


@dataclass(slots=True)
class Director:
    """One home's comfort. `wishes` and `outfit` are set by `fit`; `bedtime` and `climate` hold what was learned."""

    zone: tzinfo
    latitude: float
    longitude: float
    wishes: Wishes = field(default_factory=Wishes)
    outfit: Outfit = field(default_factory=lambda: Outfit({}, (), (), {}))
    bedtime: Bedtime = field(init=False)
    climate: HomeClimate = field(init=False)
    air: CleanAir = field(init=False)
    advising: Advising = field(init=False)
    decided: dict[str, Decision] = field(default_factory=dict)
    """The last decision of each room's climate."""
    faults: tuple[Note, ...] = ()
    prices: Prices = lambda _at, _count: None
    _again: dict[str, float] = field(default_factory=dict)
    _hands: dict[str, tuple[float, str, frozenset[str]]] = field(default_factory=dict)
    _waited: set[str] = field(default_factory=set)
    """By room: when somebody set the unit last, who, and what of it."""
    _seen: dict[str, float] = field(default_factory=dict)
    """When a room's own sensor last saw somebody."""
    _diary: SleepDiary = field(default_factory=SleepDiary)
    _fitted: int = 0
    _asleep: set[str] = field(default_factory=set)
    """Bedrooms that follow a sleep curve now."""
    _home: bool | None = None
    _away: bool = False
    _gone: Gone | None = None
    """Since when nobody is home, and who says so; None while somebody is, or where the home's mode says it."""
    _kept: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bedtime, self.air = Bedtime(self.zone), CleanAir(self.zone)
        self.advising = Advising(self.zone)
        self.climate = HomeClimate(self.zone, Outlook(self.latitude, self.longitude), Presence(self.zone))

    def fit(self, wishes: Wishes, outfit: Outfit) -> None:
        """These wishes and this home from now on. What was learned of a room stays while it has a unit."""
        self.wishes, self.outfit = wishes, outfit
        units = {name: room.limits for name, room in outfit.rooms.items() if room.conditioner}
        if self._kept:
            self.climate = HomeClimate.of_json(dict(self._kept), self.zone, units)
            self._kept = {}
        for name, limits in units.items():
            known = self.climate.add(name, limits)
            known.taste, known.schedule.usual = wishes.taste, _usual(wishes, name)
        for gone in self.climate.rooms.keys() - units.keys():
            del self.climate.rooms[gone]
            self.decided.pop(gone, None)
        self.air.fit(outfit)
        self.faults = tuple(self.bedtime.fit(wishes, outfit))
        self._again.clear()

    # ---- what is told ----------------------------------------------------------------------------------------------------

    def changed(self, at: float, ref: PropertyRef, cause: Cause) -> None:
        """A device reports something new. What others than comfort set is a hand, and is waited for until it is whole."""
        if cause.kind is Actor.COMFORT or cause.kind is Actor.SYSTEM:
            return
        self.bedtime.by_hand(ref)
        self.air.changed(at, ref, cause)
        room = self.outfit.room_of(ref.device)
        if room is not None and ref.path in STEERED and self.outfit.rooms[room].conditioner == ref.device:
            before = self._hands.get(room, (0.0, "", frozenset()))[2]
            who = "" if cause.kind is Actor.DEVICE else cause.source
            self._hands[room] = (at, who, before | {ref.path})

    def think(self, room: str) -> None:
        """This room is thought over at the next look."""
        self._again.pop(room, None)
        self.air.think(room)

    def forget(self, room: str) -> None:
        """What was learned of this room's climate and of its air goes."""
        self.air.forget(room)
        if room in self.climate.rooms:
            del self.climate.rooms[room]
            self.decided.pop(room, None)
            self.fit(self.wishes, self.outfit)

    def ended(self, at: float, order: Order, *, done: bool) -> None:
        """How an order ended: a unit that refuses is a fault after some times."""
        room = self.climate.rooms.get(order.room)
        if room is not None and order.feature == "climate":
            room.watch.commanded(at, done=done)
        if order.feature == "sleep":
            self.bedtime.ended(at, order, done=done)
        self.air.ended(at, order, done=done)

    # ---- a minute ----------------------------------------------------------------------------------------------------------

    def minute(self, at: float, view: View, reached: Reached, mode: str) -> Step:
        """One look at everything. `mode` is the home's (home, away, night, holiday)."""
        self._presence(at, view, reached, mode)
        step = self.bedtime.minute(at, view, self.wishes, self.outfit)
        out = {one.id for one in self.wishes.people if not reached(one.band)}
        # Who goes out takes the band along: that it is silent then is no news.
        step.notes = [
            one for one in step.notes if one.about not in out or one.reasons[0].code != "sleep.band_silent"
        ]
        if any(note.what == "sleep" for note in step.notes):
            self._again.clear()  # somebody fell asleep or woke: every room is thought over at once
        for room in self.outfit.rooms.values():
            if room.conditioner:
                step.add(self._room(at, view, room, away=mode in AWAY))
        scenes = {name: self._scene(at, view, room) for name, room in self.outfit.rooms.items()}
        dust = outside(at, view, self.outfit).pm2_5
        step.add(self.air.minute(at, view, self.wishes, self.outfit, scenes, away=mode in AWAY, outdoor=dust))
        step.notes += self.advising.minute(at, view, self.outfit, self.air.rooms, scenes)
        # A curve that goes on is nobody's waking.
        moved = {one.room for one in step.orders if not _follows_curve(one)}
        step.notes = self._diary.minute(at, step.notes, self._nights(), moved)
        return step

    def _nights(self) -> dict[str, Now]:
        """Everybody's night, as their diary wants to know it."""
        found = {}
        for one in self.wishes.people:
            known = self.bedtime.people[one.id]
            found[one.id] = Now(known.stage, known.watch.night_since is not None, one.bedroom)
        return found

    def fits_due(self, at: float, local_hour: int) -> list[Callable[[], object]]:
        """Fits of room models to be run in a thread, once a day after `FIT_HOUR`."""
        day = int(at // 86400)
        if day == self._fitted or local_hour < FIT_HOUR:
            return []
        self._fitted = day
        return [room.track.fit for room in self.climate.rooms.values()]

    def _presence(self, at: float, view: View, reached: Reached, mode: str) -> None:
        """Who is home by bands in reach and by what rooms see. Rooms alone say "nobody" only by day: sleepers are not seen either."""
        bands = [one.band for one in self.wishes.people]
        seen = [self._occupied(at, view, room) for room in self.outfit.rooms.values()]
        home: bool | None = None
        gone: Gone | None = None
        if mode in AWAY:
            home = False
        elif bands:
            home = any(reached(band) for band in bands) or True in seen
            known = self._gone is not None and self._gone.bands
            gone = self._gone if known else Gone(True, self._last_heard(at, view, bands))
        elif any(one is not None for one in seen):
            last = max(self._seen.values(), default=at)
            day = DAY[0] <= datetime.fromtimestamp(at, self.zone).hour < DAY[1]
            home = True if at - last < UNSEEN else False if day else self._home
            gone = Gone(False, last)
        if home is not None:
            self.climate.presence.told(at, home=home)
            if self._away and mode not in AWAY and not home:
                self.climate.presence.coming(at)  # who ends a journey from afar is on the way
            if home is not self._home or self._away is not (mode in AWAY):
                self._again.clear()
        self._home, self._away = home, mode in AWAY
        self._gone = gone if home is False else None

    def _last_heard(self, at: float, view: View, bands: list[str]) -> float:
        """When the last of these bands said something; `at` where none is known to have."""
        found = [view(ref) for ref in self.outfit.definitions if ref.device in bands]
        return max(
            (one.observed_at for one in found if one is not None and one.observed_at <= at), default=at
        )

    def absence(self) -> tuple[str, float | None]:
        """Who says that nobody is home, and since when (epoch seconds): the home's "mode", "bands" out of reach, or "rooms" that see
        nobody; "" where somebody is, or nobody knows."""
        if self._home is not False:
            return "", None
        if self._gone is None:
            return "mode", None
        return ("bands" if self._gone.bands else "rooms"), self._gone.since

    def _scene(self, at: float, view: View, room: RoomOutfit) -> Scene:
        """Who is in a room, as its purifier's plan wants to know."""
        sleepers = [one for one in self.wishes.people if one.bedroom == room.room]
        stage = self.bedtime.stage_of(sleepers)
        return Scene(
            at,
            self.climate.presence.home,
            self._occupied(at, view, room),
            stage in (Stage.QUIET, Stage.ASLEEP),
            stage is Stage.ASLEEP,
            stage is Stage.AWAKE,
            lambda: self.climate.presence.chances(at, MOST_STAGES),
            [self.bedtime.people[one.id].watch.habit for one in sleepers],
            bool(sleepers),
            any(self.bedtime.stirs(at, one.id) for one in sleepers),
        )

    def _occupied(self, at: float, view: View, room: RoomOutfit) -> bool | None:
        """Whether a room's own sensors see somebody, or did a while ago; None where none of them tells."""
        told = [flag(view(ref)) for ref in room.readings.get("occupied", ())]
        if True in told:
            self._seen[room.room] = at
        if all(one is None for one in told):
            return None
        return 0 <= at - self._seen.get(room.room, -LINGERS - 1) <= LINGERS

    # ---- climate -------------------------------------------------------------------------------------------------------------

    def _room(self, at: float, view: View, room: RoomOutfit, *, away: bool) -> Step:
        climate, step = self.climate.rooms[room.room], Step()
        self.climate.told(room.room, self._reading(at, view, room))
        learned = self._hand(at, view, room, climate)
        if learned is not None:
            step.notes.append(Note("learned", room.room, (learned,)))
        if not self.wishes.room(room.room).climate:
            self.decided.pop(room.room, None)
            return step
        if self._waits(room.room):
            return step
        if at < self._again.get(room.room, 0.0):
            return step
        wishes: list[Wish] = []
        why: tuple[Reason, ...] = ()
        if self.wishes.room(room.room).sleep:
            wishes, why = self.bedtime.night(room.room, WAYS[climate.mode], self.wishes, at)
            climate.hold = self._slept_on(at, room.room, climate.hold)
            if bool(wishes) is not (room.room in self._asleep):
                self._asleep ^= {room.room}
                climate.unbind()
        decision = self.climate.decide(
            at, room.room, prices=self.prices(at, QUARTERS), wishes=wishes, away=away
        )
        before = self.decided.get(room.room)
        self._again[room.room] = min(decision.again, at + 900.0)
        reasons = decision.reasons
        if why and decision.setting.on and decision.by in ("plan", "thermostat"):
            reasons = (*why, *(one for one in reasons if one.code not in SAID))
        reasons = emptied(at, told(decision, reasons), self._gone)
        decision = replace(decision, reasons=reasons)
        self.decided[room.room] = decision
        if decision.act:
            step.orders += self._orders(view, room, decision, reasons)
        if step.orders or before is None or _gist(before) != _gist(decision):
            step.notes.append(Note("climate", room.room, reasons))
        return step

    def _waits(self, room: str) -> bool:
        """Whether a hand is not whole yet: nothing is set against it before it can hold. One look at most, for a unit that
        changes something by itself all the time would never be thought over."""
        waits = room in self._hands and room not in self._waited
        (self._waited.add if waits else self._waited.discard)(room)
        return waits

    def _slept_on(self, at: float, room: str, hold: Hold | None) -> Hold | None:
        """Who set a temperature and then fell asleep wanted it for the evening: it holds its two hours, and then the night's curve goes
        on. What is set in the night, or switched off, holds as ever."""
        asleep = [
            one.asleep_since for one in self.bedtime.sleepers(room, self.wishes, at) if one.asleep_since
        ]
        if hold is None or hold.target is None or hold.until is None or not asleep or hold.at > min(asleep):
            return hold
        return replace(hold, until=min(hold.until, hold.at + LEAST))

    def _orders(
        self, view: View, room: RoomOutfit, decision: Decision, reasons: tuple[Reason, ...]
    ) -> list[Order]:
        if decision.by == "hand":
            return []  # a person set it: it stands as they set it
        setting, unit = decision.setting, room.conditioner
        wanted: list[tuple[str, bool | str | float]] = [("power", setting.on)]
        if setting.on:
            wanted += [("mode", MODES[setting.mode]), ("target_temperature", setting.set_point)]
        is_on = flag(view(PropertyRef(unit, "power")))
        orders = []
        for path, value in wanted:
            ref = PropertyRef(unit, path)
            seen = view(ref)
            stands = seen is not None and seen.value == value
            if not stands and not (path == "power" and is_on is value):
                checked = self.outfit.definitions[ref].check(value)
                orders.append(Order(ref, checked, "climate", room.room, reasons))
        return orders

    def _hand(self, at: float, view: View, room: RoomOutfit, climate: RoomClimate) -> Reason | None:
        when, who, touched = self._hands.get(room.room, (0.0, "", frozenset()))
        if not when or at - when < HAND_SETTLES:
            return None
        del self._hands[room.room]
        on = flag(view(PropertyRef(room.conditioner, "power")))
        said = word(view(PropertyRef(room.conditioner, "mode")))
        way = next((one for one, name in MODES.items() if name == said), None)
        target = number(view(PropertyRef(room.conditioner, "target_temperature")))
        if on is None or (on and (way is None or target is None)):
            return None  # dry, fan only: nothing to learn a temperature from; the hand stands until it is changed
        mode = way or climate.mode
        if on or "power" in touched:
            learned = climate.hand(when, mode, target if on else None, who=who)
        elif target is None or "target_temperature" not in touched:
            return None  # nobody switched it off: it was off, and still is
        else:
            learned = climate.wish(when, mode, target, who=who)
        self._again.pop(room.room, None)
        if learned is None:
            return None
        point = learned.point
        minute, days = (
            f"{point.minute // 60:02d}:{point.minute % 60:02d}",
            "weekend" if point.free else "workday",
        )
        if learned.what == "forgotten":
            return reason("forgotten", minute=minute, days=days)
        if point.target is None:
            return reason("learned_off", minute=minute, days=days)
        return reason("learned", target=point.target, minute=minute, days=days)

    def _reading(self, at: float, view: View, room: RoomOutfit) -> Reading:
        unit = room.conditioner
        on = flag(view(PropertyRef(unit, "power")))
        said = word(view(PropertyRef(unit, "mode")))
        way = next((one for one, name in MODES.items() if name == said), None)
        standing = (
            None if on is None else Unit(
                on, way, number(view(PropertyRef(unit, "target_temperature"))),
                number(view(PropertyRef(unit, "electric_power"))),
            )
        )  # fmt: skip
        outdoor = outside(at, view, self.outfit).temperature
        others = [
            one for other in self.outfit.rooms.values()
            if other.room != room.room and (one := self.air_of(view, other)) is not None
        ]  # fmt: skip
        closed = [flag(view(ref)) for ref in room.readings.get("contact", ())]
        opened = True if False in closed else None if not closed or None in closed else False
        beside = sum(others) / len(others) if others else None
        return Reading(at, self.air_of(view, room), outdoor, standing, None, beside, opened)

    def air_of(self, view: View, room: RoomOutfit) -> float | None:
        """The room's temperature by its best sensor that is believed now."""
        return next(
            (one for ref in room.readings.get("temperature", ()) if (one := number(view(ref))) is not None),
            None,
        )

    # ---- what is kept ------------------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """For `of_json`: what was learned, not what is wanted."""
        return {
            "bedtime": self.bedtime.to_json(), "climate": self.climate.to_json(), "air": self.air.to_json(),
            "advice": self.advising.to_json(), "fitted": self._fitted,
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo, latitude: float, longitude: float) -> Director:
        """The inverse of `to_json`, alive after `fit`; ValueError, KeyError or TypeError where it is none."""
        found = cls(zone, latitude, longitude)
        found.bedtime = Bedtime.of_json(body["bedtime"], zone)
        found.air = CleanAir.of_json(body.get("air", {}), zone)
        found.advising = Advising.of_json(body.get("advice", {}), zone)
        found._kept, found._fitted = body["climate"], int(body["fitted"])
        return found


def _usual(wishes: Wishes, room: str) -> dict[Mode, float]:
    """What is wanted in a room where nothing was learned: what its sleepers said they want, in the middle of them."""
    here = [one.curve for one in wishes.people if one.bedroom == room]
    if not here:
        return dict(USUAL)
    return {
        mode: round(2.0 * sum(one.begin(way) for one in here) / len(here)) / 2.0 for mode, way in WAYS.items()
    }


def _follows_curve(order: Order) -> bool:
    return bool(order.reasons) and order.reasons[0].code.startswith("curve.")


def _gist(decision: Decision) -> tuple[object, ...]:
    """What of a decision is news: another reason or another temperature, not the next quarter's chance or hour."""
    first = next(iter(decision.reasons), None)
    return (
        (decision.setting, first.code, first.figures.get("target"))
        if first is not None
        else (decision.setting,)
    )
