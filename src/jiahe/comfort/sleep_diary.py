"""What of somebody's night is written down: falling asleep, wakings that lasted or did something, and the last one. Pure.

Owns the choice of lines and nothing else: the stage itself (what the app shows, what the room does) is `bedtime.py`'s. A sleeper
stirs some eight times a night; three lines for each are no diary. Times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from jiahe.comfort.sleep import Stage
from jiahe.comfort.step import Note

LASTS = 15 * 60.0
"""Seconds awake within a night from which it is told."""
STAGES = frozenset({"sleep.awake", "sleep.quiet", "sleep.asleep", "sleep.walks", "sleep.moves", "sleep.woke"})
"""Codes of a change of stage; every other one (a band that is not believed, nights without one) is told as it is."""


@dataclass(frozen=True, slots=True)
class Now:
    """Somebody's `stage`, whether it is within a night, and their bedroom."""

    stage: Stage
    night: bool
    bedroom: str


@dataclass(slots=True)
class SleepDiary:
    """One home's; at most one line waits for each person. After a restart a line may stand twice, none is lost but a waiting one."""

    told: dict[str, Stage] = field(default_factory=dict)
    """What was written last of whom."""
    waiting: dict[str, tuple[float, Note]] = field(default_factory=dict)
    """A waking that has neither lasted nor done anything yet."""

    def minute(
        self, at: float, notes: Iterable[Note], people: Mapping[str, Now], moved: Collection[str]
    ) -> list[Note]:
        """Of these notes the ones to be written now, in their order, and before them what waited and is worth it now.

        `moved`: rooms in which something is ordered in this minute.
        """
        found: list[Note] = []
        for person in self.told.keys() | self.waiting.keys():
            if person not in people:
                self.told.pop(person, None)
                self.waiting.pop(person, None)
        for note in notes:
            now = people.get(note.about)
            if note.what != "sleep" or now is None or note.reasons[0].code not in STAGES:
                found.append(note)
            elif not now.night:
                self.told[note.about] = now.stage
                found.append(note)
            else:
                found += self._of_night(at, note, now)
        return [*self._lasted(at, people, moved), *found]

    def _of_night(self, at: float, note: Note, now: Now) -> list[Note]:
        if now.stage is Stage.ASLEEP:
            self.waiting.pop(note.about, None)
            if self.told.get(note.about) is Stage.ASLEEP:
                return []
            self.told[note.about] = Stage.ASLEEP
            return [note]
        if now.stage is Stage.AWAKE and self.told.get(note.about) is not Stage.AWAKE:
            self.waiting.setdefault(note.about, (at, note))
        return []  # lying still within a night is on the way back to sleep

    def _lasted(self, at: float, people: Mapping[str, Now], moved: Collection[str]) -> list[Note]:
        found = []
        for person, (since, note) in tuple(self.waiting.items()):
            now = people[person]
            if (
                now.bedroom in moved
                or now.stage is Stage.UNKNOWN
                or not now.night
                or not 0 <= at - since < LASTS
            ):
                del self.waiting[person]
                self.told[person] = Stage.AWAKE
                found.append(note)
        return found
