"""Whether a band's minutes can be believed: is it worn, by its owner, and does its clock run. Owns the verdict; pure.

It never says that somebody sleeps. A band that cannot be believed is no reason to touch anything: the sleep watch goes to
`unknown` and comfort falls back to what it does for a home without bands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from jiahe.comfort.activity import Minute
from jiahe.comfort.reason import Reason, reason

MINUTE = 60.0
SILENT = 15
"""Minutes without a word after which nothing is known: a band that is asked every minute misses some, not fifteen."""
NO_PULSE = 20
"""Minutes without a pulse and without a movement: optical sensors lose a pulse for minutes, hardly for twenty while still."""
NO_MOVE = 240
"""Minutes without the least movement: sleepers turn over several times an hour; steps alone can be absent a whole night,
so a band that counts only steps is held for left behind after `NO_STEP` minutes."""
NO_STEP = 840
GAPS, GAPS_MISSED = 20, 3
"""A band that finds a pulse every so often by itself, and misses it this many times in a row while nothing moves, lies somewhere.
How often is learned from so many pulses; the largest gap but one is the usual one, for a band out of reach is no habit."""
JUMP_BACK = 90.0
"""Seconds that a minute may come before the last one: a minute told twice is none; a clock set back is."""
NIGHTS_KNOWN = 5
"""Nights after which a pulse is somebody's own."""
PULSE_APART, PULSE_SPREADS = 8.0, 4.0
"""A night's median pulse that lies this far (1/min, and spreads) from the wearer's usual one is another wearer's: resting
pulse varies within a person by about 3/min from night to night (Quer et al., PLOS ONE 15(2), 2020: median weekly change 3/min)."""
LEAST_SPREAD = 1.5
STRANGE_FOR = 43_200.0
"""Seconds that a stranger's night is not believed: until its morning, not the next evening."""
STRANGERS = 3
MOST_PULSES = 28


class BandTrust:
    """One band in the hands of one person: told every minute, it says what speaks against believing it.

    `fine`: its counts show the movements of a sleeper (intensity); False where steps are all it has.
    """

    def __init__(self, *, fine: bool) -> None:
        self.fine = fine
        self._last: float | None = None
        self._still = 0
        self._pulseless = 0
        self._gap = 0
        self._gaps: list[int] = []
        self._pulses: list[float] = []
        self._strangers = 0
        self._stranger: Reason | None = None
        self._strange_until = 0.0

    def minute(self, minute: Minute) -> Reason | None:
        """What speaks against this minute, or None. Raises ValueError for a time that is no number."""
        if not math.isfinite(minute.at):
            raise ValueError("a band's minute needs its time in epoch seconds")
        last, self._last = self._last, minute.at
        if last is not None and minute.at < last - JUMP_BACK:
            self._still = self._pulseless = 0
            return reason("sleep.clock_back", minutes=(last - minute.at) / MINUTE)
        gap = 0 if last is None else round((minute.at - last) / MINUTE) - 1
        if gap >= SILENT:
            self._still = self._pulseless = 0
            return reason("sleep.band_silent", minutes=gap)
        return self._off(minute) or self._by_another(minute.at)

    def silent(self, now: float) -> Reason | None:
        """What is said where no minute has come for a while."""
        if self._last is None:
            return reason("sleep.no_band")
        minutes = int((now - self._last) // MINUTE)
        return reason("sleep.band_silent", minutes=minutes) if minutes >= SILENT else None

    def whose(self, pulse: float) -> Reason | None:
        """Whether a sleeper's median pulse (1/min) is another's than this person's; None too while that is not known."""
        if len(self._pulses) < NIGHTS_KNOWN:
            return None
        usual = _median(self._pulses)
        spread = max(LEAST_SPREAD, 1.4826 * _median([abs(value - usual) for value in self._pulses]))
        if abs(pulse - usual) <= max(PULSE_APART, PULSE_SPREADS * spread):
            return None
        return reason("sleep.another_wearer", pulse=pulse, usual=usual)

    def suspect(self, pulse: float, at: float) -> Reason | None:
        """A sleeper's median pulse, while they sleep: a stranger's means that nothing is believed for `STRANGE_FOR`.

        `STRANGERS` strange nights in a row are taken for the owner's new pulse: a fever passes, a band given away stays.
        """
        strange = self.whose(pulse)
        if strange is None:
            self._strangers = 0
            return None
        self._strangers += 1
        if self._strangers >= STRANGERS:
            self._pulses, self._strangers = [], 0
            return None
        self._stranger, self._strange_until = strange, at + STRANGE_FOR
        return strange

    def night(self, pulse: float) -> None:
        """A believed night of the owner ended with this median pulse."""
        self._pulses = [*self._pulses, float(pulse)][-MOST_PULSES:]

    def _by_another(self, at: float) -> Reason | None:
        if self._stranger is not None and at >= self._strange_until:
            self._stranger = None
        return self._stranger

    def _off(self, minute: Minute) -> Reason | None:
        """Whether the band lies somewhere: its own word first, then a pulse that is gone, then no movement at all."""
        if minute.worn is False:
            return reason("sleep.band_off")
        moves = bool(minute.counts) or bool(minute.steps)
        pulse = bool(minute.heart_rate)
        self._still = 0 if moves or pulse else self._still + 1
        self._gap += 1
        if pulse:
            self._gaps, self._gap = [*self._gaps, self._gap][-GAPS:], 0
        if moves or pulse:
            self._pulseless = 0
        elif minute.heart_rate == 0:  # looked and found none; None is a minute in which it did not look
            self._pulseless += 1
        if minute.worn is not True and self._pulseless >= NO_PULSE:
            return reason("sleep.band_no_pulse", minutes=self._pulseless)
        if minute.worn is not True and self.fine and self._still >= self._missed_pulses():
            return reason("sleep.band_no_pulse", minutes=self._still)
        if self._still >= (NO_MOVE if self.fine else NO_STEP):
            return reason("sleep.band_still", minutes=self._still)
        return None

    def _missed_pulses(self) -> float:
        """Minutes without movement and pulse that are no sleeper's, by how often this band finds one; endless while not known."""
        if len(self._gaps) < GAPS:
            return math.inf
        return NO_PULSE + GAPS_MISSED * sorted(self._gaps)[-2]

    def as_json(self) -> dict[str, Any]:
        return {
            "fine": self.fine,
            "gaps": [self._gap, *self._gaps],
            "last": self._last,
            "still": self._still,
            "pulseless": self._pulseless,
            "pulses": list(self._pulses),
            "strangers": self._strangers,
            "stranger": None if self._stranger is None else dict(self._stranger.figures),
            "strange_until": self._strange_until,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> BandTrust:
        trust = cls(fine=bool(kept["fine"]))
        trust._last = None if kept["last"] is None else float(kept["last"])
        trust._still, trust._pulseless = int(kept["still"]), int(kept["pulseless"])
        trust._pulses = [float(value) for value in kept["pulses"]][-MOST_PULSES:]
        trust._strangers = int(kept["strangers"])
        # Kept by an older one without them: learned anew.
        trust._gap, *trust._gaps = (int(value) for value in kept.get("gaps", [0]))
        if kept["stranger"] is not None:
            trust._stranger = reason("sleep.another_wearer", **kept["stranger"])
            trust._strange_until = float(kept["strange_until"])
        return trust


def shared_bands(wearers: Mapping[str, str]) -> list[Reason]:
    """People (person to band) who were given the same band: none of them is believed, since nobody knows who wears it."""
    people: dict[str, list[str]] = {}
    for person, band in wearers.items():
        people.setdefault(band, []).append(person)
    return [
        reason("sleep.shared_band", band=band, people=", ".join(sorted(names)))
        for band, names in sorted(people.items())
        if len(names) > 1
    ]


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
