"""The learning climate of one room: what is known, who decides, and one setting with its reason. Pure.

Owns the order of those who decide: frost, then a fault, then a person's hand, then the plan, then the schedule on the
unit's own thermostat; and the pace at which the unit is changed. Never sends anything and reads no clock: times are
arguments (epoch seconds), its state is JSON. `home_climate.py` holds the rooms of a home together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import tzinfo
from typing import Any, Self

from jiahe.comfort.climate_plan import LIKELY, QUARTERS, Expected, Wanted, plan, rests
from jiahe.comfort.climate_seen import FROST, Decision, Limits, Reading, Setting, Taste, Unit, Wish, safe
from jiahe.comfort.climate_track import Track
from jiahe.comfort.climate_watch import IDLE_WATTS, Watch
from jiahe.comfort.forecast import Weather
from jiahe.comfort.hand import Hold, by_hand, wished
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.schedule import Learned, Schedule
from jiahe.comfort.swing import Swing
from jiahe.comfort.thermal_model import Mode, Outside

QUARTER = 900.0
DWELL = 900.0
"""Seconds that a unit stays on or off before a plan switches it back: a compressor wants some minutes (EN 14511 cycles, makers'
protection: 3 to 10), and a plan is made anew every quarter. Waiting 25 or 45 min was tried on the seeds of design: it spares the
compressor nothing, whose own thermostat starts it several times as often, and costs comfort or energy."""
CHANGES = 4
"""Settings within an hour; a hand, frost and faults are not counted."""
KEEP = 0.75
"""Steps by which a wish must differ from what is set before it is changed."""
LEAD = 3
"""Quarters ahead that the schedule alone starts, where no model tells how long it takes."""
NEEDLESS, PAST = 0.5, 4.0
"""K past what is wanted from which a unit on its own thermostat is not switched on, and from which one that is on is switched off:
before that it rests by itself, and the next degree finds it ready."""
PLANLESS = frozenset({"no_reading", "no_weather", "no_model", "bad_model", "no_solution"})
"""Codes of why there is no plan: said last, after what is done and why."""
COLD = -5.0
"""Outdoor Cel at which a room without a sensor is kept from freezing all the same."""
WARM_SEASON, COLD_SEASON = 20.0, 15.0
"""Mean outdoor Cel of the last days above which there is only cooling, below which only heating; between, what lacks."""


@dataclass(slots=True)
class RoomClimate:
    """One room with one unit."""

    zone: tzinfo
    limits: Limits = field(default_factory=Limits)
    taste: Taste = field(default_factory=Taste)
    schedule: Schedule = field(init=False)
    track: Track = field(init=False)
    watch: Watch = field(default_factory=Watch)
    hold: Hold | None = None
    enabled: bool = True
    last: Setting | None = None
    mode: Mode = Mode.COOL
    air: float | None = None
    outdoor: float | None = None
    unit: Unit | None = None
    changes: list[float] = field(default_factory=list)
    switched: float | None = None
    stays: float = DWELL
    """Seconds from `switched` on in which it is not switched back."""
    swing: Swing = field(default_factory=Swing)
    _held: float | None = None
    """The temperature (Cel, of the room's sensor) that a plan in force holds for somebody who is home."""

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.zone)
        self.track = Track(self.limits)

    # ---- what it is told

    def told(self, seen: Reading, home: float, sun: float) -> None:
        """A reading; `home` is whether somebody is home (0 .. 1), `sun` what to expect where nobody measures it."""
        air = self.watch.told(seen)
        before = self.track.rows[-1].air if self.track.rows else None
        ended = self.track.told(seen, air, home, sun)
        self.unit = seen.unit
        if seen.outdoor is not None:
            self.outdoor = seen.outdoor
        if air is not None:
            self.air = air
        if not ended:
            return
        row, model = self.track.rows[-1], self.track.model
        holds = self._held if self.hold is None or not self.hold.ran else None
        self.swing.told(None if holds is None or row.air is None else self.mode.sign * (holds - row.air))
        if row.air is not None and before is not None:
            self.track.rest(seen.unit, row.air, row.air - before)
        if model is not None and self.track.last_error is not None and row.air is not None:
            apart = row.around.outdoor - row.air
            self.watch.leak(seen.at, self.track.last_error, QUARTER / 3600, apart, model.outside)

    def hand(
        self, at: float, mode: Mode, target: float | None, *, who: str = "", until_told: bool = False
    ) -> Learned | None:
        """A person set the unit (None: switched it off): it holds from now; what was learned of it, if anything."""
        learned = self.schedule.adjusted(at, mode, target)
        self.hold = by_hand(
            at, mode, target, self.schedule.next_point(at, mode), who=who, until_told=until_told
        )
        self.mode = mode
        self.last = Setting(target is not None, mode, target if target is not None else self._usual(mode, at))
        self.switched = None
        return learned

    def wish(self, at: float, mode: Mode, target: float, *, who: str = "") -> Learned | None:
        """A person changed the set point of a unit that is off: it is wanted for when it runs, and nothing is switched."""
        if self.hold is not None and self.hold.ran and self.hold.target is None and self.hold.holds(at):
            return None  # they switched it off: that holds
        learned = self.schedule.adjusted(at, mode, target)
        self.hold = wished(at, mode, target, self.schedule.next_point(at, mode), who=who)
        self.last = Setting(False, mode, target)
        return learned

    def unbind(self) -> None:
        """Something that matters more than switching seldom: somebody fell asleep or woke."""
        self.stays = 0.0

    def release(self) -> None:
        """The person takes the hand off: the plan goes on at once."""
        self.hold, self.switched = None, None

    # ---- what it says

    def decide(
        self,
        at: float,
        chances: Sequence[float],
        weather: Sequence[Weather] | None,
        *,
        prices: Sequence[float] | None = None,
        wishes: Sequence[Wish] = (),
        away: bool = False,
        season: float | None = None,
    ) -> Decision:
        """The setting from `at` on. All sequences are quarters of an hour from the one that holds `at`, `QUARTERS` of
        them or more; `season` is the mean outdoor temperature of the last days."""
        self.mode = self._season(at, season)
        faults = self.watch.faults(at)
        codes = {one.code for one in faults}
        blind = bool(codes & set(self.watch.sensor_codes)) or self.air is None
        frost = self._frost(blind=blind)
        if frost is not None:
            return self._say(at, frost[0], (frost[1], *faults), by="fault", urgent=True)
        if "unit_refuses" in codes and self.last is not None:
            return Decision(self.last, tuple(faults), self.watch.refused_at + 1800.0, act=False, by="fault")
        if self.hold is not None and not self.hold.holds(at):
            self.hold = None
        if self.hold is not None and self.hold.ran:
            return self._by_hand(at, self.hold, faults)
        if "window_open" in codes:
            off = Setting(False, self.mode, self._usual(self.mode, at))
            return self._say(at, off, tuple(faults), by="fault", urgent=True)
        ahead = self._ahead(at, chances, weather, prices, wishes, away=away)
        wanted, why_not = None, reason("no_reading" if self.air is None else "no_weather")
        if ahead is not None and not blind and "no_effect" not in codes:
            wanted, why_not = self._planned(ahead)
        if wanted is None:
            whys = (*faults, why_not) if not faults or ahead is None else tuple(faults)
            self._held = None
            return self._by_schedule(at, chances, wishes, whys, away=away)
        self._held = wanted.holds
        why = self._told_wish(at, wishes) if wanted.on and chances[0] >= LIKELY else None
        first = reason("away") if away and not wanted.on else why or wanted.why
        setting = Setting(wanted.on, self.mode, wanted.set_point)
        setting, first = self._kept_warm(setting, first)
        return replace(self._say(at, setting, (*faults, first), by="plan"), planned=wanted.expected)

    def time_to(
        self, at: float, target: float, weather: Sequence[Weather]
    ) -> tuple[float, float, float] | None:
        """Seconds until the room would reach `target` at full load: early, usual, late; None where it never would or is not known."""
        known, state = self.track.known, self.track.state
        if known is None or state is None:
            return None
        mode = Mode.COOL if state.air > target else Mode.HEAT
        around = [Outside(one.outdoor, one.sun) for one in weather]
        hours = known.model.time_to(state, target, around, mode, QUARTER / 3600)
        if hours is None:
            return None
        return hours * 3600 / known.faster, hours * 3600, hours * 3600 * known.slower

    # ---- what is kept

    def to_json(self) -> dict[str, Any]:
        """For `of_json`: everything that outlasts a restart."""
        return {
            "schedule": self.schedule.to_json(), "track": self.track.to_json(), "watch": self.watch.to_json(),
            "hold": None if self.hold is None else self.hold.to_json(), "enabled": self.enabled, "mode": self.mode.value,
            "last": None if self.last is None else asdict(self.last), "taste": asdict(self.taste), "swing": self.swing.to_json(),
        }  # fmt: skip

    @classmethod
    def of_json(cls, body: dict[str, Any], zone: tzinfo, limits: Limits) -> Self:
        """The inverse of `to_json`; ValueError, KeyError or TypeError where it is none."""
        room = cls(zone, limits, Taste(**body["taste"]))
        room.schedule = Schedule.of_json(body["schedule"], zone)
        room.track = Track.of_json(body["track"], limits)
        room.watch = Watch.of_json(body["watch"])
        room.hold = None if body["hold"] is None else Hold.of_json(body["hold"])
        room.swing = Swing.of_json(body.get("swing", {}))
        room.enabled, room.mode = bool(body["enabled"]), Mode(body["mode"])
        last = body["last"]
        room.last = (
            None if last is None else Setting(bool(last["on"]), Mode(last["mode"]), float(last["set_point"]))
        )
        return room

    # ---- inside

    def _season(self, at: float, season: float | None) -> Mode:
        allowed = self.limits.modes
        if len(allowed) == 1:
            return allowed[0]
        if season is not None and season >= WARM_SEASON:
            return Mode.COOL
        if season is not None and season <= COLD_SEASON:
            return Mode.HEAT
        if self.air is None or self.watch.faults(at):
            return self.mode
        if self.air > (self._usual(Mode.COOL, at)) + 1.0:
            return Mode.COOL
        return Mode.HEAT if self.air < self._usual(Mode.HEAT, at) - 1.0 else self.mode

    def _usual(self, mode: Mode, at: float) -> float:
        """What is wanted, or was before it was switched off."""
        target = self.schedule.target_at(at, mode)
        if target is not None:
            return target
        known = [one.target for one in self.schedule.points if one.mode is mode and one.target is not None]
        return known[-1] if known else (26.0 if mode is Mode.COOL else 20.0)

    def _frost(self, *, blind: bool) -> tuple[Setting, Reason] | None:
        if Mode.HEAT not in self.limits.modes:
            return None
        setting = Setting(True, Mode.HEAT, max(self.limits.low, FROST + 3.0))
        if not blind and self.air is not None and self.air < FROST:
            return setting, reason("frost", value=round(self.air, 1))
        idle = self.last is None or not self.last.on
        if blind and idle and self.outdoor is not None and self.outdoor < COLD:
            return setting, reason("frost", value=round(self.outdoor, 1))
        return None

    def _by_hand(self, at: float, hold: Hold, faults: Sequence[Reason]) -> Decision:
        target = hold.target if hold.target is not None else self._usual(hold.mode, at)
        setting = Setting(hold.target is not None, hold.mode, target)
        if hold.until is None:
            why = reason("hand_forever")
        elif hold.target is None:
            why = reason("hand_off", until=hold.until)
        elif hold.who:
            why = reason("hand", who=hold.who, target=target, until=hold.until)
        else:
            why = reason("hand_device", target=target, until=hold.until)
        return self._say(at, setting, (why, *faults), by="hand", urgent=True)

    def _planned(self, ahead: Sequence[Expected]) -> tuple[Wanted | None, Reason]:
        if self.track.known is None or self.track.state is None:
            return None, reason("no_model", days=len(self.track.rows) // 96)
        if not self.track.trusted():
            return None, reason("bad_model")
        taste = replace(self.taste, tolerance=self.taste.tolerance - self.swing.margin)
        wanted = plan(self.track, self.mode, taste, ahead)
        if wanted is None or not wanted.on or self.air is None or not self._idles():
            return wanted, reason("no_solution")
        if rests(self.track, self.mode, self.air, wanted.set_point, ahead[0]):
            wanted = replace(wanted, on=False, why=reason("coast", until=ahead[0].at + QUARTER))
        return wanted, reason("no_solution")

    def _idles(self) -> bool:
        """Whether the compressor stands still, as far as the unit tells."""
        return self.unit is not None and (
            not self.unit.on or (self.unit.watts is not None and self.unit.watts < IDLE_WATTS)
        )

    def _by_schedule(
        self,
        at: float,
        chances: Sequence[float],
        wishes: Sequence[Wish],
        why: tuple[Reason, ...],
        *,
        away: bool,
    ) -> Decision:
        """The unit's own thermostat at what is wanted, while somebody is home or soon will be."""
        target = self._wanted(at, wishes)
        soon = max(chances[1 : LEAD + 1], default=0.0) > LIKELY  # just as likely as not: nothing is known
        home = not away and (chances[0] >= LIKELY or soon)
        setting = Setting(
            home and target is not None,
            self.mode,
            target if target is not None else self._usual(self.mode, at),
        )
        if setting.on:
            if self._rests(at, setting):
                setting, why = replace(setting, on=False), (reason("mild"), *why)
            setting, _ = self._kept_warm(setting, why[-1])
            return self._say(at, setting, why, by="thermostat")
        off = reason("scheduled_off" if home else "away" if away else "empty_long")
        setting, first = self._kept_warm(setting, off)
        faults = tuple(one for one in why if one.code not in PLANLESS)
        return self._say(at, setting, (*faults, first, *why[len(faults) :]), by="thermostat")

    def _rests(self, at: float, setting: Setting) -> bool:
        """Whether a room whose air is known is past what is wanted anyhow: no unit is switched on to cool 20 Cel to 26."""
        if self.air is None or any(one.code in self.watch.sensor_codes for one in self.watch.faults(at)):
            return False
        past = self.mode.sign * (self.air - setting.set_point)
        return past > (PAST if self.last is not None and self.last.on else NEEDLESS)

    def _kept_warm(self, setting: Setting, why: Reason) -> tuple[Setting, Reason]:
        """An empty home is not let down below `idle` in winter."""
        if self.mode is not Mode.HEAT or setting.on or self.air is None or self.air >= self.taste.idle:
            return setting, why
        return Setting(True, Mode.HEAT, self.taste.idle), reason("hold", target=self.taste.idle)

    def _wished(self, at: float) -> float | None:
        """What a hand on the set point asked for while the unit was off."""
        hold = self.hold
        return (
            None
            if hold is None or hold.ran or hold.mode is not self.mode or not hold.holds(at)
            else hold.target
        )

    def _wanted(self, at: float, wishes: Sequence[Wish]) -> float | None:
        wish = next((one for one in wishes if one.start <= at < one.end), None)
        usual = wish.target if wish is not None else self.schedule.target_at(at, self.mode)
        asked = self._wished(at)
        return usual if usual is None or asked is None else asked

    def _told_wish(self, at: float, wishes: Sequence[Wish]) -> Reason | None:
        asked = self._wished(at)
        if asked is not None:
            return reason("wish", target=round(asked, 1))
        wish = next((one for one in wishes if one.start <= at < one.end), None)
        return None if wish is None else reason(wish.why, target=round(wish.target, 1))

    def _ahead(
        self,
        at: float,
        chances: Sequence[float],
        weather: Sequence[Weather] | None,
        prices: Sequence[float] | None,
        wishes: Sequence[Wish],
        *,
        away: bool,
    ) -> list[Expected] | None:
        if weather is None or len(weather) < QUARTERS or len(chances) < QUARTERS:
            return None
        beside = self.track.rows[-1].around.beside if self.track.rows else None
        found = []
        for index in range(QUARTERS):
            when = at + index * QUARTER
            one = weather[index]
            price = prices[index] if prices is not None else 1.0
            chance = 0.0 if away else chances[index]
            found.append(
                Expected(when, one.outdoor, one.sun, chance, self._wanted(when, wishes), price, beside)
            )
        return found

    def _say(
        self, at: float, wanted: Setting, reasons: tuple[Reason, ...], *, by: str, urgent: bool = False
    ) -> Decision:
        """The decision at the pace that the unit bears: what changes too often stays as it is, and says so."""
        setting = safe(wanted, self.limits)
        again = at - at % QUARTER + QUARTER
        asked = wanted.set_point if wanted.mode is setting.mode else setting.set_point
        if wanted.on and abs(asked - setting.set_point) > self.limits.step:
            reasons = (*reasons, reason("unsafe", asked=round(asked, 1), target=setting.set_point))
        last = None if self.last is None else safe(self.last, self.limits)  # a hand may have set what is not
        if last is not None and not urgent:
            if (
                last.on is setting.on
                and last.mode is setting.mode
                and abs(last.set_point - asked) < KEEP * self.limits.step
            ):
                setting = last
            waits = self._waits(at, last, setting)
            if waits is not None:
                why = reason("stays_on" if last.on else "stays_off", until=waits)
                reasons, setting = (*self.watch.faults(at), why), last
            elif setting != last and not self._may(at, last, setting):
                reasons, setting = (*reasons, reason("steady", count=len(self.changes))), last
        if not setting.on and last is not None and not last.on:
            setting = replace(setting, set_point=last.set_point, mode=last.mode)
        changed = setting != last
        if changed:
            self.changes = [*self._recent(at), at]
            if last is None or last.on is not setting.on:
                self.switched, self.stays = at, DWELL
        self.last = setting
        return Decision(setting, reasons, again, changed or not self._stands(setting), by)

    def _waits(self, at: float, last: Setting, setting: Setting) -> float | None:
        """Until when (epoch seconds) it is too soon to switch from `last` to `setting`; None where it is not."""
        if (last.on is setting.on and last.mode is setting.mode) or self.switched is None:
            return None
        end = self.switched + self.stays
        return end if self.switched <= at < end else None

    def _may(self, at: float, last: Setting, setting: Setting) -> bool:
        self.changes = self._recent(at)
        return last.on is not setting.on or last.mode is not setting.mode or len(self.changes) < CHANGES

    def _recent(self, at: float) -> list[float]:
        return [one for one in self.changes if 0 <= at - one < 3600.0]

    def _stands(self, setting: Setting) -> bool:
        """Whether the unit reports what was decided."""
        unit = self.unit
        if unit is None:
            return True
        if not setting.on or not unit.on:
            return unit.on is setting.on
        return (
            unit.mode is setting.mode
            and unit.set_point is not None
            and abs(unit.set_point - setting.set_point) < 0.05
        )
