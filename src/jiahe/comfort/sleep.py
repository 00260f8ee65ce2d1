"""Is this person asleep? One band's minutes in, a stage and its reasons out. Owns the filter; pure, moves no appliance.

Two hidden states (awake, asleep) and a forward filter over minutes. Evidence of a minute is the mean of what Cole-Kripke and
Sadeh make of it and a pulse that is only ever a hint (a hard threshold on the pulse did harm); each is bounded, so that no
single minute decides. How likely somebody falls asleep in a minute follows their own habit.

Stages: `quiet` (still, in bed by habit: everything done for it can be undone unnoticed), `asleep` (p over 0.9 for ten minutes),
`awake` at once when somebody moves as the waking do, `unknown` where the band cannot be believed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

from jiahe.comfort.activity import Minute, Scale, cole_kripke, sadeh
from jiahe.comfort.band_trust import BandTrust
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.sleep_habit import Habit, night_of

WINDOW = 11
"""Minutes kept of counts: what Sadeh looks at."""
FEWEST_PULSES = 120
"""Minutes asleep and awake-still with a pulse before the pulse says anything."""
MOST_PULSES = 600


class Stage(StrEnum):
    AWAKE = "awake"
    QUIET = "quiet"
    ASLEEP = "asleep"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Tuning:
    """Numbers of the filter, chosen on wearers that bench/comfort_sleep.py does not judge."""

    still: tuple[float, float] = (0.15, 0.9)
    """Bounds of the log-likelihood ratio of a minute without movement: people awake in bed lie still too."""
    moved: float = 2.0
    """The most that a minute of movement says against sleep."""
    stirs: float = 2.3
    sleeps_on: float = 0.4
    woke: float = 3.0
    woke_late: float = 0.7
    """Waking: what a minute of full movement adds, a still one takes away, and the sum that is a waking: by night, and around
    the usual waking, where a false one costs nothing and a late one is felt."""
    pulse: float = 0.3
    """The most that a pulse says in a minute."""
    rises: float = 1.5
    """The most that a rising pulse adds to a waking in a minute, around the usual waking only: dreams raise it at night too."""
    forgets: float = 0.01
    """Share of what is known that a minute later no longer counts."""
    most: float = 6.0
    """The most that stillness can say, however long: whoever reads on a sofa is still for hours."""
    least: float = 1.0
    """And movement, however much: whoever walked to bed can be asleep a quarter of an hour later."""
    early: float = 1.6
    """Spreads before the usual bedtime at which the hour begins to speak for sleep."""
    hour: float = 3.0
    """Log-odds: the most that the hour says for sleep,"""
    hour_against: float = 4.0
    """and against it."""
    asleep: float = 0.9
    asleep_for: int = 10
    """Minutes over `asleep` before somebody is called asleep (the project's own definition)."""
    quiet_for: int = 10
    """Still minutes in the hours of going to bed that are called quiet."""
    awake: float = 0.5
    sofa: float = 5_400.0
    """Seconds: of a band that tells steps alone, a shorter sleep before a waking is an evening on the sofa and not learned. Longer
    than that people sleep before they get up for a moment: whoever does so every night keeps their bedtime."""
    late: float = 0.0
    """Spreads before the usual waking at which the hour begins to speak against falling asleep."""


FINE = Tuning()
"""A band that counts movement: its sleepers turn over visibly, and its people awake hardly keep still."""
COARSE = Tuning(still=(0.15, 0.3), most=3.0, early=0.0, hour=2.0, hour_against=6.0, woke_late=2.0, late=0.5)
"""A band that tells steps alone: an hour on a sofa looks like sleep, so the hour of the day decides more."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """What is said of a minute. `since`: begin of the stage; `still_since`: of the stillness before it (epoch seconds)."""

    stage: Stage
    since: float
    probability: float
    reason: Reason
    still_since: float | None = None


class Hours(NamedTuple):
    """The hours of somebody's sleep: usual bedtime and waking (minutes after noon) and their spreads (minutes)."""

    bed: float
    bed_spread: float
    wake: float
    wake_spread: float


DEFAULT_HOURS = Hours(690.0, 90.0, 1_200.0, 90.0)
"""Where no habit is known yet: 23:30 to 8:00, give or take one and a half hours."""
LOGISTIC = 0.55
"""Scale of a logistic curve over its standard deviation (the square root of three over pi)."""
QUIET_SPREADS = 2.0
"""In bed by habit begins so many spreads before the usual bedtime."""
ENDS = frozenset({"sleep.band_silent", "sleep.band_off"})
"""Who is up and then takes the band out of the house, or off, has slept: most workdays leave no `INTERRUPTED` at home."""
INTERRUPTED = 5_400.0
"""Seconds up that do not end a night: a child, a bathroom, an hour awake in bed."""
MISSING_NIGHTS = 3
PULSES_OF_A_NIGHT = 45
"""Minutes asleep with a pulse that tell whose it is."""
ASLEEP_MOVES = 0.04
"""Share of a sleeper's minutes with movement."""
DAYTIME = 90.0
DAY_RATE = 1 / 3_000
"""How fast the share of moving minutes by day is learned: four days; day is an hour and a half off the usual night."""
TURNS = 200.0
"""Actigraph counts of a minute in which somebody turns over wholly: half of it is a twitch."""
RISE_OF, RISE_OVER = 3, 30
"""Minutes whose mean pulse is held against the median of the sleep before them."""
RISE_FROM, RISE_TO = 2.0, 5.0
"""1/min: a rise that begins to say waking, and one that says all it can. Single minutes vary by 2; getting awake is about 5."""
WALKING = 20
"""Steps in a minute that only somebody who is up makes."""


class SleepWatch:
    """One person and their band. Told every minute (`minute`), or asked when none came (`silence`)."""

    def __init__(
        self,
        zone: tzinfo,
        scale: Scale,
        trust: BandTrust,
        habit: Habit | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.zone, self.scale, self.trust = zone, scale, trust
        self.habit = habit if habit is not None else Habit()
        self.tuning = tuning if tuning is not None else FINE if trust.fine else COARSE
        self._counts: list[float] = []
        self._p = 0.01
        self._known = 0.0
        self._above = 0
        self._stirred = 0.0
        self._day_moves = 0.3
        self._still_since: float | None = None
        self._last: float | None = None
        self._began: float | None = None
        self._called: float | None = None
        self._ended: float | None = None
        self._night_pulses: list[float] = []
        self._asleep_pulses: list[float] = []
        self._awake_pulses: list[float] = []
        self._said = Sleep(Stage.UNKNOWN, 0.0, self._p, reason("sleep.no_band"))

    @property
    def said(self) -> Sleep:
        """What was said last."""
        return self._said

    @property
    def night_since(self) -> float | None:
        """When this night was first called asleep (epoch seconds), through short wakings; None by day. A sleep curve counts
        from it, and not from the stillness before: the room was at the sleeper's own set point until then."""
        return self._called

    def nights_missing(self, now: float) -> Reason | None:
        """Said from the third night without one: the habit holds, and is the one from before."""
        nights = self.habit.nights
        missing = night_of(now, self.zone)[0] - 1 - nights[-1].day if nights else 0
        return reason("sleep.nights_missing", nights=missing) if missing >= MISSING_NIGHTS else None

    def silence(self, now: float) -> Sleep:
        """No minute came: after `band_trust.SILENT` minutes nothing is known any more."""
        against = self.trust.silent(now)
        return self._said if against is None else self._unknown(now, against)

    def minute(self, minute: Minute) -> Sleep:
        """One more minute. A minute that was told before, or half a one, changes nothing."""
        if self._last is not None and self._last - 90 < minute.at <= self._last:
            return self._said
        against = self.trust.minute(minute)
        missed = 0 if self._last is None else max(0, round((minute.at - self._last) / 60) - 1)
        self._last = minute.at
        if against is not None:
            return self._unknown(minute.at, against)
        if minute.counts is None or not math.isfinite(minute.counts) or minute.counts < 0:
            return self._unknown(minute.at, reason("sleep.band_senseless"))
        return self._believed(minute, missed)

    def _believed(self, minute: Minute, missed: int) -> Sleep:
        day, clock = night_of(minute.at, self.zone)
        hours = self._hours(day)
        counts = float(minute.counts or 0.0)
        self.scale.learn(day, counts)
        self._counts = [*self._counts, counts * self.scale.factor][-WINDOW:]
        if counts > 0:
            self._still_since = None
        elif self._still_since is None:
            self._still_since = minute.at
        if clock < hours.bed - DAYTIME or clock > hours.wake + DAYTIME:
            self._day_moves += ((counts > 0) - self._day_moves) * DAY_RATE
        kept = self._known * (1 - self.tuning.forgets) ** (missed + 1)
        self._known = min(self.tuning.most, max(-self.tuning.least, kept + self._evidence(minute)))
        self._p = 1 / (1 + math.exp(-self._known - self._by_hour(clock, hours)))
        self._above = self._above + 1 if self._p > self.tuning.asleep else 0
        self._learn_pulse(minute)
        return self._stage(minute, clock, hours)

    # ---- the filter ---------------------------------------------------------------------------------------------------

    def _hours(self, day: int) -> Hours:
        bed, waking = self.habit.bedtime(day), self.habit.waking(day)
        if bed is None or waking is None:
            return DEFAULT_HOURS
        return Hours(bed.middle, bed.spread, waking.middle, waking.spread)

    def _by_hour(self, clock: float, hours: Hours) -> float:
        """Log-odds of being asleep at this minute after noon, before anything is known of the night.

        Two logistic curves, one up around the usual bedtime, one down around the usual waking; whoever is called asleep
        already is not woken by the clock.
        """
        rises = ((clock - hours.bed) / hours.bed_spread + self.tuning.early) / LOGISTIC
        falls = ((hours.wake - clock) / hours.wake_spread - self.tuning.late) / LOGISTIC
        if self._said.stage is Stage.ASLEEP:
            falls = self.tuning.hour
        return max(-self.tuning.hour_against, min(self.tuning.hour, rises, falls))

    def _evidence(self, minute: Minute) -> float:
        """Log-likelihood ratio of this minute, asleep over awake; bounded."""
        still, pulse = self._still_says(), self._pulse_evidence(minute.heart_rate)
        if not any(self._counts):
            return still + pulse
        last = len(self._counts) - 1
        by_cole = still * (1 - 2 * cole_kripke(self._counts, last))
        score = sadeh(self._counts, last)
        by_sadeh = still * score / 7.6 if score > 0 else score / 4
        return max(-self.tuning.moved, (by_cole + by_sadeh) / 2) + pulse

    def _still_says(self) -> float:
        """What a still minute says: the more this wearer moves by day, the more; within `still`'s bounds."""
        low, high = self.tuning.still
        return min(high, max(low, math.log((1 - ASLEEP_MOVES) / (1 - self._day_moves))))

    def _waking(self, minute: Minute, *, morning: bool) -> float:
        """What a minute says for waking (Page's cumulative sum, Biometrika 41, 1954, wants these): a turn in sleep is small."""
        share = min(1.0, self._counts[-1] / TURNS)
        says = self.tuning.stirs * share - (self.tuning.sleeps_on if share == 0 else 0.0)
        if morning and minute.heart_rate:
            says += self.tuning.rises * self._rise()
        return says - self._pulse_evidence(minute.heart_rate)

    def _rise(self) -> float:
        """0 ... 1: how far the last minutes' pulse is over that of the half hour of sleep before them."""
        before, last = self._asleep_pulses[-RISE_OVER - RISE_OF : -RISE_OF], self._asleep_pulses[-RISE_OF:]
        if len(before) < RISE_OVER:
            return 0.0
        over = sum(last) / RISE_OF - _median(before)
        return min(1.0, max(0.0, (over - RISE_FROM) / (RISE_TO - RISE_FROM)))

    def _pulse_evidence(self, pulse: int | None) -> float:
        if not pulse or min(len(self._asleep_pulses), len(self._awake_pulses)) < FEWEST_PULSES:
            return 0.0
        asleep, awake = _median(self._asleep_pulses), _median(self._awake_pulses)
        if awake - asleep < 3:  # a difference smaller than the sensor's own error says nothing
            return 0.0
        place = ((asleep + awake) / 2 - pulse) / (awake - asleep)
        return self.tuning.pulse * max(-1.0, min(1.0, 2 * place))

    def _learn_pulse(self, minute: Minute) -> None:
        pulse = minute.heart_rate
        if not pulse:
            return
        if self._said.stage is Stage.ASLEEP and self._p > 0.95:
            self._asleep_pulses = [*self._asleep_pulses, float(pulse)][-MOST_PULSES:]
            self._night_pulses = [*self._night_pulses, float(pulse)][-MOST_PULSES:]
        elif self._p < 0.05 and not minute.counts:
            self._awake_pulses = [*self._awake_pulses, float(pulse)][-MOST_PULSES:]

    # ---- the stage ----------------------------------------------------------------------------------------------------

    def _stage(self, minute: Minute, clock: float, hours: Hours) -> Sleep:
        at, still = minute.at, self._still(minute.at)
        if self._said.stage is Stage.ASLEEP:
            stranger = self._whose_night(at)
            if stranger is not None:
                return self._unknown(at, stranger)
            woke = self._woke(minute, clock, hours)
            if woke is None:
                return self._say(Stage.ASLEEP, at, self._said.reason)
            self._ended, self._above, self._stirred = at, 0, 0.0
            self._known = min(self._known, 0.0)
            return self._say(Stage.AWAKE, at, woke)
        self._end_night(at)
        if self._above >= self.tuning.asleep_for:
            # Learned is the stillness before, not our own delay: a habit that follows its own delay runs away.
            lay_down = min(at - 60.0 * self.tuning.asleep_for, self._still_since or at)
            if self._began is None or self._was_sofa():
                self._began = lay_down
            self._called = at if self._called is None else self._called
            self._ended = None
            return self._say(
                Stage.ASLEEP, at, reason("sleep.asleep", still=still, percent=round(100 * self._p))
            )
        in_bed = hours.bed - QUIET_SPREADS * hours.bed_spread < clock < hours.wake
        if in_bed and still >= self.tuning.quiet_for:
            return self._say(Stage.QUIET, at, reason("sleep.quiet", still=still))
        if self._said.stage is Stage.AWAKE:
            return self._say(Stage.AWAKE, at, self._said.reason)
        return self._say(Stage.AWAKE, at, reason("sleep.awake"))

    def _woke(self, minute: Minute, clock: float, hours: Hours) -> Reason | None:
        """Why a sleeper is awake: walking, movement that is more than turning over, or the filter itself."""
        if minute.steps is not None and minute.steps >= WALKING:
            return reason("sleep.walks", steps=minute.steps)
        morning = clock >= hours.wake - hours.wake_spread
        self._stirred = max(0.0, self._stirred + self._waking(minute, morning=morning))
        if self._stirred >= (self.tuning.woke_late if morning else self.tuning.woke):
            return reason("sleep.moves")
        if self._p < self.tuning.awake:
            return reason("sleep.woke", percent=round(100 * self._p))
        return None

    def _still(self, at: float) -> int:
        return 0 if self._still_since is None else round((at - self._still_since) / 60) + 1

    def _was_sofa(self) -> bool:
        """Whether what was called sleep before this waking is not learned as the night's beginning: steps alone cannot tell
        an evening on the sofa from sleep, and a habit that believed the sofa would call it sleep every evening."""
        if self.trust.fine or self._called is None or self._ended is None:
            return False
        return self._ended - self._called < self.tuning.sofa

    def _whose_night(self, at: float) -> Reason | None:
        """Asked once a night, when there are enough minutes with a pulse."""
        if len(self._night_pulses) != PULSES_OF_A_NIGHT:
            return None
        self._night_pulses.append(_median(self._night_pulses))
        return self.trust.suspect(_median(self._night_pulses), at)

    def _end_night(self, at: float) -> None:
        """A sleeper who has been up for `INTERRUPTED` will not sleep on: the night is over and is learned."""
        if self._began is None or self._ended is None or at - self._ended < INTERRUPTED:
            return
        self._learn_night()
        self._forget_night()

    def _learn_night(self) -> None:
        """The night that ended when its sleeper woke, if one did."""
        if self._began is None or self._ended is None:
            return
        if (
            self.habit.learn(self._began, self._ended, self.zone)
            and len(self._night_pulses) > PULSES_OF_A_NIGHT
        ):
            self.trust.night(_median(self._night_pulses))

    def _forget_night(self) -> None:
        self._began, self._called, self._ended, self._night_pulses = None, None, None, []

    def _unknown(self, at: float, why: Reason) -> Sleep:
        self._p, self._known, self._above, self._still_since = 0.01, 0.0, 0, None
        self._counts = []
        if why.code in ENDS:
            self._learn_night()
        self._forget_night()
        return self._say(Stage.UNKNOWN, at, why)

    def _say(self, stage: Stage, at: float, why: Reason) -> Sleep:
        before = self._said
        since = before.since if stage is before.stage else at
        self._said = Sleep(stage, since, self._p, why, self._still_since)
        return self._said

    # ---- what is kept over a restart ----------------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """What was learned and where the night stands; `from_json` goes on as if nothing had happened."""
        said = self._said
        return {
            "scale": self.scale.as_json(),
            "trust": self.trust.as_json(),
            "habit": self.habit.as_json(),
            "counts": list(self._counts),
            "known": self._known,
            "probability": self._p,
            "above": self._above,
            "stirred": self._stirred,
            "day_moves": self._day_moves,
            "still_since": self._still_since,
            "last": self._last,
            "began": self._began,
            "called": self._called,
            "ended": self._ended,
            "pulses": [list(self._night_pulses), list(self._asleep_pulses), list(self._awake_pulses)],
            "said": [said.stage.value, said.since, said.probability, said.reason.as_json(), said.still_since],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], zone: tzinfo, tuning: Tuning | None = None) -> SleepWatch:
        watch = cls(
            zone,
            Scale.from_json(kept["scale"]),
            BandTrust.from_json(kept["trust"]),
            Habit.from_json(kept["habit"]),
            tuning,
        )
        watch._counts = [float(value) for value in kept["counts"]][-WINDOW:]
        watch._known, watch._p = float(kept["known"]), float(kept["probability"])
        watch._above, watch._stirred = int(kept["above"]), float(kept["stirred"])
        watch._day_moves = float(kept["day_moves"])
        watch._still_since, watch._last = kept["still_since"], kept["last"]
        watch._began, watch._ended = kept["began"], kept["ended"]
        watch._called = kept.get("called", watch._began)  # kept by an older one without it
        watch._night_pulses, watch._asleep_pulses, watch._awake_pulses = (
            [float(value) for value in pulses][-MOST_PULSES:] for pulses in kept["pulses"]
        )
        stage, since, probability, why, still_since = kept["said"]
        watch._said = Sleep(
            Stage(stage), since, probability, reason(why["code"], **why["figures"]), still_since
        )
        return watch


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
