"""The people who sleep here, and what a bedroom does for it: bands to stages, stages to orders. Pure.

Owns one sleep watch a person and what was changed for somebody's sleep, so that it can be given back; the temperature is
the climate's, told by `night`, and the purifier clean air's. A person's hand on a light ends what was done there: it is not given
back then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from jiahe.comfort import sleep_curve
from jiahe.comfort.activity import Minute, Scale
from jiahe.comfort.band_trust import BandTrust, shared_bands
from jiahe.comfort.climate_seen import Wish
from jiahe.comfort.outfit import DIMMED, Outfit, RoomOutfit
from jiahe.comfort.reason import Reason
from jiahe.comfort.sleep import SleepWatch, Stage
from jiahe.comfort.sleep_curve import Way
from jiahe.comfort.step import Note, Order, Step, View, flag, number, word
from jiahe.comfort.wishes import Sleeper, Wishes
from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef

FRESH = 150.0
"""Seconds: a minute's value told longer ago belongs to another minute."""
FIRST_SCALE_FINE, FIRST_SCALE_STEPS = 8.0, 20.0
"""Actigraph counts of one unit of movement (0-255: a brisk minute is about 100) and of one step, until its wearer's own days
have told."""
CHARGING = "charging"
"""A band on its charger is on nobody's wrist."""
STIRS = 20 * 60.0
"""Seconds awake within a night that are no getting up: for them the room of somebody else who sleeps stays as it is."""
REFUSALS, REFUSED_FOR = 3, 24 * 3600.0
"""Refusals in a row after which a day passes before it is asked again; an offline device is back by then, a model does not change."""
MORNING = 3600.0
"""Seconds before the usual waking from which whoever is awake is thought to be up."""
AHEAD, PIECE = 12 * 3600.0, 1800.0
"""Seconds of the curve that are told to the climate, and how finely: it rises by its step once an hour."""


MISSING_AGAIN = 7
"""Nights after which it is told again that there were none: whoever sleeps without a band knows it."""


@dataclass(slots=True)
class _Watched:
    """One person's band."""

    band: str
    watch: SleepWatch
    fine: bool
    steps: float | None = None
    stage: Stage = Stage.UNKNOWN
    missing: int = 0
    """Nights without a band that were told of last."""


@dataclass(slots=True)
class Bedtime:
    """`lent`: what was changed for sleep, by room, with the value before it."""

    zone: tzinfo
    people: dict[str, _Watched] = field(default_factory=dict)
    lent: dict[PropertyRef, tuple[str, Value]] = field(default_factory=dict)
    refused: dict[PropertyRef, tuple[int, float]] = field(default_factory=dict)
    """What was refused how often in a row, and when last."""
    _shared: frozenset[str] = frozenset()
    _kept: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, wishes: Wishes, outfit: Outfit) -> list[Note]:
        """These people with these bands from now on. Whoever changed the band begins with a new scale, and keeps the habit."""
        shared = shared_bands({one.id: one.band for one in wishes.people})
        bands = [one.band for one in wishes.people]
        self._shared = frozenset(band for band in bands if bands.count(band) > 1)
        for one in wishes.people:
            known = self.people.get(one.id)
            if known is None or known.band != one.band:
                self.people[one.id] = self._watched(one, outfit, known)
        for gone in self.people.keys() - {one.id for one in wishes.people}:
            del self.people[gone]
        return [Note("fault", "home", (why,)) for why in shared]

    def _watched(self, one: Sleeper, outfit: Outfit, known: _Watched | None) -> _Watched:
        fine = PropertyRef(one.band, "movement") in outfit.definitions
        kept = self._kept.get(one.id)
        if known is None and kept is not None and kept["band"] == one.band:
            watch = SleepWatch.from_json(kept["watch"], self.zone)
            return _Watched(one.band, watch, fine, kept["steps"], Stage(kept["stage"]))
        habit = known.watch.habit if known is not None else None
        scale = Scale(FIRST_SCALE_FINE if fine else FIRST_SCALE_STEPS)
        return _Watched(one.band, SleepWatch(self.zone, scale, BandTrust(fine=fine), habit), fine)

    # ---- a minute ----------------------------------------------------------------------------------------------------

    def minute(self, at: float, view: View, wishes: Wishes, outfit: Outfit) -> Step:
        """One more minute of everybody, and what their rooms do for it."""
        step = Step()
        before = {one.id: self.people[one.id].stage for one in wishes.people}
        for one in wishes.people:
            self._look(at, view, self.people[one.id])
        for one in wishes.people:
            watched = self.people[one.id]
            if watched.stage is not before[one.id] and not _idle(before[one.id], watched):
                step.notes.append(Note("sleep", one.id, (_named(watched.watch.said.reason, one.name),)))
            missing = _missing(at, watched)
            if missing is not None:
                step.notes.append(Note("sleep", one.id, (_named(missing, one.name),)))
        for room in outfit.rooms.values():
            here = [one for one in wishes.people if one.bedroom == room.room]
            if here and wishes.room(room.room).sleep:
                step.orders += [
                    one for one in self._room(view, room, here, outfit) if not self._left_alone(at, one.ref)
                ]
        return step

    def ended(self, at: float, order: Order, *, done: bool) -> None:
        """How an order ended. What is refused again and again (a model that takes no wristband's word) is not asked every minute."""
        if done:
            self.refused.pop(order.ref, None)
        else:
            self.refused[order.ref] = (self.refused.get(order.ref, (0, at))[0] + 1, at)

    def _left_alone(self, at: float, ref: PropertyRef) -> bool:
        times, last = self.refused.get(ref, (0, 0.0))
        return times >= REFUSALS and 0 <= at - last < REFUSED_FOR

    def _look(self, at: float, view: View, watched: _Watched) -> None:
        if watched.band in self._shared:
            watched.stage = Stage.UNKNOWN
            return
        told = self._minute_of(at, view, watched)
        said = watched.watch.silence(at) if told is None else watched.watch.minute(told)
        watched.stage = said.stage

    def _minute_of(self, at: float, view: View, watched: _Watched) -> Minute | None:
        steps_seen = view(PropertyRef(watched.band, "steps"))
        steps_now, made = number(steps_seen), None
        if steps_now is not None:
            made = (
                None if watched.steps is None or steps_now < watched.steps else int(steps_now - watched.steps)
            )
            watched.steps = steps_now
        moved_seen = view(PropertyRef(watched.band, "movement"))
        moved = number(moved_seen)
        if watched.fine and (moved is None or moved_seen is None or at - moved_seen.observed_at > FRESH):
            return None
        pulse_seen = view(PropertyRef(watched.band, "heart_rate"))
        pulse = number(pulse_seen)
        fresh = pulse is not None and pulse_seen is not None and at - pulse_seen.observed_at <= FRESH
        counts = moved if watched.fine else None if made is None else float(made)
        if counts is None:
            return None
        worn = flag(view(PropertyRef(watched.band, "worn")))
        if word(view(PropertyRef(watched.band, "charging"))) == CHARGING:
            worn = False
        return Minute(at, counts, made, int(pulse) if fresh and pulse is not None else None, worn)

    # ---- a bedroom -----------------------------------------------------------------------------------------------------

    def stage_of(self, people: Sequence[Sleeper]) -> Stage:
        """The room's: asleep as soon as one is, quiet where one is and nobody sleeps."""
        stages = {self.people[one.id].stage for one in people}
        return next((one for one in (Stage.ASLEEP, Stage.QUIET, Stage.AWAKE) if one in stages), Stage.UNKNOWN)

    def sleepers(self, room: str, wishes: Wishes, at: float) -> list[sleep_curve.Sleeper]:
        """Everybody of a bedroom as its curve sees them. Whose band is not believed, or not heard, is not taken for awake in there;
        whoever only stirs beside a sleeper counts as asleep."""
        here = [one for one in wishes.people if one.bedroom == room]
        sleeps = any(self.people[one.id].stage is Stage.ASLEEP for one in here)
        found = []
        for one in here:
            stage, watch = self.people[one.id].stage, self.people[one.id].watch
            if stage is Stage.UNKNOWN:
                continue
            stirs = sleeps and at - watch.said.since < STIRS
            asleep = watch.night_since if stage is Stage.ASLEEP or stirs else None
            waking = watch.habit.waking_after(asleep, self.zone) if asleep is not None else None
            found.append(sleep_curve.Sleeper(one.name, one.curve, asleep, waking))
        return found

    def stirs(self, at: float, person: str) -> bool:
        """Whether somebody is awake for some minutes of a night that is not near its usual end: they mean to sleep on."""
        one = self.people[person]
        if (
            one.stage is not Stage.AWAKE
            or one.watch.night_since is None
            or at - one.watch.said.since >= STIRS
        ):
            return False
        wakes = one.watch.habit.waking_after(one.watch.night_since, self.zone)
        return wakes is None or at < wakes - MORNING

    def night(self, room: str, way: Way, wishes: Wishes, at: float) -> tuple[list[Wish], tuple[Reason, ...]]:
        """What the climate of this bedroom shall hold for the sleepers in it, piece by piece, and why it does now."""
        people = self.sleepers(room, wishes, at)
        now = sleep_curve.bedroom(people, way, at)
        if now is None:
            return [], ()
        pieces = []
        for number_ in range(int(AHEAD / PIECE)):
            start = at if number_ == 0 else at - at % PIECE + number_ * PIECE
            end = at - at % PIECE + (number_ + 1) * PIECE
            point = sleep_curve.bedroom(people, way, start)
            if point is not None:
                pieces.append(Wish(start, end, point.target, "sleep_curve"))
        return pieces, now.reasons

    def _room(self, view: View, room: RoomOutfit, here: Sequence[Sleeper], outfit: Outfit) -> list[Order]:
        stage, orders = self.stage_of(here), []
        why = next(
            (
                _named(self.people[one.id].watch.said.reason, one.name)
                for one in here
                if self.people[one.id].stage is stage
            ),
            None,
        )
        reasons = (why,) if why is not None else ()
        asleep = stage is Stage.ASLEEP
        for name, bit in sleep_curve.unit_bits(room.bits, asleep=asleep).items():
            told = PropertyRef(room.conditioner, name)
            if flag(view(told)) is not None and flag(view(told)) is not bit:
                orders.append(Order(told, bit, "sleep", room.room, reasons))
        if stage in (Stage.QUIET, Stage.ASLEEP):
            # Steps alone call an evening on the sofa sleep four times a week: nobody is left in the dark upon them.
            sure = any(self.people[one.id].stage is Stage.ASLEEP and self.people[one.id].fine for one in here)
            for ref, value in self._dim(view, room, outfit, asleep=sure).items():
                self.lent.setdefault(ref, (room.room, _value(view, ref)))
                orders.append(Order(ref, value, "sleep", room.room, reasons))
        elif stage is Stage.AWAKE:
            orders += self._give_back(view, room, reasons)
        return orders

    def _dim(self, view: View, room: RoomOutfit, outfit: Outfit, *, asleep: bool) -> dict[PropertyRef, Value]:
        """Lights down in bed and off surely asleep; only what is not so yet, and nothing that is off."""
        found: dict[PropertyRef, Value] = {}
        for light in room.lights:
            power, dim = PropertyRef(light, "power"), PropertyRef(light, "light_level")
            if flag(view(power)) is not True or power in self.lent:
                continue
            level = number(view(dim))
            if asleep:
                found[power] = False
            elif level is not None and level > DIMMED and dim not in self.lent and dim in outfit.definitions:
                found[dim] = outfit.definitions[dim].check(DIMMED)
        return found

    def _give_back(self, view: View, room: RoomOutfit, reasons: tuple[Reason, ...]) -> list[Order]:
        """What was before, at once; but no lamp is lit over somebody who woke: whoever gets up switches it on."""
        orders = []
        for ref, (where, value) in tuple(self.lent.items()):
            if where != room.room:
                continue
            del self.lent[ref]
            lamp = ref.device in room.lights
            dark = lamp and (ref.path == "power" or flag(view(PropertyRef(ref.device, "power"))) is not True)
            if value is not None and not dark and _value(view, ref) != value:
                orders.append(Order(ref, value, "sleep", room.room, reasons))
        return orders

    def by_hand(self, ref: PropertyRef) -> None:
        """Somebody set this: what was before is no longer given back."""
        self.lent.pop(ref, None)

    # ---- what is kept ----------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """For `of_json`."""
        return {
            "people": {
                name: {"band": one.band, "steps": one.steps, "stage": one.stage.value, "watch": one.watch.as_json()}
                for name, one in self.people.items()
            },
            "lent": [[ref.device, ref.path, room, value] for ref, (room, value) in self.lent.items()],
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: Mapping[str, Any], zone: tzinfo) -> Bedtime:
        """The inverse of `to_json`; people come back with `fit`. ValueError, KeyError or TypeError where it is none."""
        lent = {PropertyRef(device, path): (room, value) for device, path, room, value in body["lent"]}
        return cls(zone, lent=lent, _kept=body["people"])


def _value(view: View, ref: PropertyRef) -> Value:
    seen = view(ref)
    return None if seen is None else seen.value


def _missing(at: float, watched: _Watched) -> Reason | None:
    """That nights are missing, when it begins and once a week then."""
    why = watched.watch.nights_missing(at)
    nights = 0 if why is None else int(why.figures["nights"])
    if why is None or (watched.missing and 0 <= nights - watched.missing < MISSING_AGAIN):
        watched.missing = watched.missing if nights else 0
        return None
    watched.missing = nights
    return why


def _idle(before: Stage, now: _Watched) -> bool:
    """Whether this is no news of sleep: a band that is heard again, by somebody who is up."""
    return (
        before is Stage.UNKNOWN and now.stage is Stage.AWAKE and now.watch.said.reason.code == "sleep.awake"
    )


def _named(why: Reason, who: str) -> Reason:
    """The same with whose sleep it is: a diary tells of people, not of ids."""
    return Reason(why.code, {**why.figures, "who": who})
