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
from typing import Any

from jiahe.comfort.activity import Minute, Scale, cole_kripke, sadeh
from jiahe.comfort.band_trust import BandTrust
from jiahe.comfort.reason import Reason, reason
from jiahe.comfort.sleep_habit import Habit, night_of

WINDOW = 11
"""Minutes kept of counts: what Sadeh looks at."""
LEAST, MOST = 1e-4, 0.995
"""Bounds of the probability: whoever is sure cannot change their mind within minutes."""
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
    """Numbers of the filter; the defaults were chosen on every other wearer of bench/comfort_sleep.py, judged on the rest."""

    still: float = 0.12
    """Log-likelihood of asleep against awake of a minute without movement: people awake in bed lie still too."""
    moved: float = 1.6
    """The same of a minute with full movement, against sleep."""
    pulse: float = 0.10
    """The most that a pulse says in a minute."""
    falls: float = 0.05
    """Chance to fall asleep in a minute, at the height of the habit."""
    falls_ever: float = 0.0005
    """The same at any other hour."""
    wakes: float = 0.003
    """Chance to wake in a minute: some three wakings a night."""
    asleep: float = 0.9
    asleep_for: int = 10
    """Minutes over `asleep` before somebody is called asleep (the project's own definition)."""
    quiet_for: int = 10
    """Still minutes in the hours of going to bed that are called quiet."""
    awake: float = 0.5


@dataclass(frozen=True, slots=True)
class Sleep:
    """What is said of a minute. `since`: begin of the stage; `still_since`: of the stillness before it (epoch seconds)."""

    stage: Stage
    since: float
    probability: float
    reason: Reason
    still_since: float | None = None


DEFAULT_BED, DEFAULT_SPREAD = 690.0, 130.0
"""Minutes after noon and spread of going to sleep where no habit is known yet: 23:30, give or take two hours."""
QUIET_SPREADS, LATEST = 2.0, 600.0
"""In bed by habit: from two spreads before the usual time to ten hours after it (minutes)."""
INTERRUPTED = 5_400.0
"""Seconds up that do not end a night: a child, a bathroom, an hour awake in bed."""
PULSES_OF_A_NIGHT = 45
"""Minutes asleep with a pulse that tell whose it is."""
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
        self.tuning = tuning if tuning is not None else Tuning()
        self._counts: list[float] = []
        self._p = 0.01
        self._above = 0
        self._moves = 0
        self._still_since: float | None = None
        self._last: float | None = None
        self._began: float | None = None
        self._ended: float | None = None
        self._night_pulses: list[float] = []
        self._asleep_pulses: list[float] = []
        self._awake_pulses: list[float] = []
        self._said = Sleep(Stage.UNKNOWN, 0.0, self._p, reason("sleep.no_band"))

    @property
    def said(self) -> Sleep:
        """What was said last."""
        return self._said

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
        counts = float(minute.counts or 0.0)
        self.scale.learn(day, counts)
        self._counts = [*self._counts, counts * self.scale.factor][-WINDOW:]
        if counts > 0:
            self._still_since = None
        elif self._still_since is None:
            self._still_since = minute.at
        self._moves = ((self._moves << 1) | (counts > 0)) & 0b111
        middle, spread = self._bed(day)
        for _ in range(missed + 1):  # at most `band_trust.SILENT` minutes: more are a silence
            self._p = self._step(self._p, clock, middle, spread)
        odds = self._p / (1 - self._p) * math.exp(self._evidence(minute))
        self._p = min(MOST, max(LEAST, odds / (1 + odds)))
        self._above = self._above + 1 if self._p > self.tuning.asleep else 0
        self._learn_pulse(minute)
        return self._stage(minute, clock, middle, spread)

    # ---- the filter ---------------------------------------------------------------------------------------------------

    def _bed(self, day: int) -> tuple[float, float]:
        usual = self.habit.bedtime(day)
        return (DEFAULT_BED, DEFAULT_SPREAD) if usual is None else (usual.middle, usual.spread)

    def _step(self, p: float, clock: float, middle: float, spread: float) -> float:
        near = math.exp(-0.5 * ((clock - middle) / spread) ** 2) if clock < middle else 1.0
        late = max(0.0, 1.0 - max(0.0, clock - middle) / 720)  # a night that began late is still a night until about noon
        falls = self.tuning.falls_ever + self.tuning.falls * near * late
        return p * (1 - self.tuning.wakes) + (1 - p) * falls

    def _evidence(self, minute: Minute) -> float:
        """Log-likelihood ratio of this minute, asleep over awake; bounded."""
        tuning, last = self.tuning, len(self._counts) - 1
        index = cole_kripke(self._counts, last)
        by_cole = tuning.still if index <= 0 else max(-tuning.moved, tuning.still * (1 - 2 * index))
        score = sadeh(self._counts, last)
        by_sadeh = max(-tuning.moved, tuning.still * score / 7.6) if score > 0 else max(-tuning.moved, score / 4)
        return (by_cole + by_sadeh) / 2 + self._pulse_evidence(minute.heart_rate)

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

    def _stage(self, minute: Minute, clock: float, middle: float, spread: float) -> Sleep:
        at, still = minute.at, self._still(minute.at)
        if self._said.stage is Stage.ASLEEP:
            stranger = self._whose_night(at)
            if stranger is not None:
                return self._unknown(at, stranger)
            woke = self._woke(minute)
            if woke is None:
                return self._say(Stage.ASLEEP, at, self._said.reason)
            self._ended, self._above = at, 0
            return self._say(Stage.AWAKE, at, woke)
        self._end_night(at)
        if self._above >= self.tuning.asleep_for:
            self._began, self._ended = at if self._began is None else self._began, None
            return self._say(
                Stage.ASLEEP, at, reason("sleep.asleep", still=still, percent=round(100 * self._p))
            )
        in_bed = middle - QUIET_SPREADS * spread < clock < middle + LATEST
        if in_bed and still >= self.tuning.quiet_for:
            return self._say(Stage.QUIET, at, reason("sleep.quiet", still=still))
        if self._said.stage is Stage.AWAKE:
            return self._say(Stage.AWAKE, at, self._said.reason)
        return self._say(Stage.AWAKE, at, reason("sleep.awake"))

    def _woke(self, minute: Minute) -> Reason | None:
        """Why a sleeper is awake: walking, two of three minutes with movement, or the filter itself."""
        if minute.steps is not None and minute.steps >= WALKING:
            return reason("sleep.walks", steps=minute.steps)
        if self._moves.bit_count() >= 2 and self._p < self.tuning.asleep:
            return reason("sleep.moves", minutes=self._moves.bit_count())
        if self._p < self.tuning.awake:
            return reason("sleep.woke", percent=round(100 * self._p))
        return None

    def _still(self, at: float) -> int:
        return 0 if self._still_since is None else round((at - self._still_since) / 60) + 1

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
        if self.habit.learn(self._began, self._ended, self.zone) and len(self._night_pulses) > PULSES_OF_A_NIGHT:
            self.trust.night(_median(self._night_pulses))
        self._forget_night()

    def _forget_night(self) -> None:
        self._began, self._ended, self._night_pulses = None, None, []

    def _unknown(self, at: float, why: Reason) -> Sleep:
        self._p, self._above, self._moves, self._still_since = 0.01, 0, 0, None
        self._counts = []
        self._forget_night()
        return self._say(Stage.UNKNOWN, at, why)

    def _say(self, stage: Stage, at: float, why: Reason) -> Sleep:
        before = self._said
        since = before.since if stage is before.stage else at
        self._said = Sleep(stage, since, self._p, why, self._still_since)
        return self._said


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
