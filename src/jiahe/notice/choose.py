"""Who hears of a happening, where and when. Owns the decision and its bounds; pure: now is an argument.

`choose` says it for everybody; a `Pace` remembers for one person what was sent lately.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

from jiahe.notice.happening import Happening, Text, Words
from jiahe.notice.preference import Preferences
from jiahe.notice.topic import TOPICS

HOUR = 3600.0
PUSHES_AN_HOUR = 6
"""Pushes to one person before they become one summary: more is noise, and a phone that buzzes all day is switched off."""
URGENT_AN_HOUR = 20
"""Urgent ones: smoke in several rooms gets through, a detector that flaps does not ring all night."""


class Push(StrEnum):
    """What becomes of the push."""

    NOW = "now"
    LATER = "later"  # quiet hours, or enough for this hour: part of the next summary
    NO = "no"


class Pace:
    """What one person was pushed in the last hour, and what is held back for a summary."""

    def __init__(self) -> None:
        self._usual: deque[float] = deque(maxlen=PUSHES_AN_HOUR)
        self._urgent: deque[float] = deque(maxlen=URGENT_AN_HOUR)
        self._last: dict[str, float] = {}
        self.held = 0
        """Pushes held back since the last summary."""
        self.due = 0.0
        """Epoch seconds at which the summary of them is sent."""

    def again(self, key: str, now: float, within: float) -> bool:
        """Whether the same thing was told within so many seconds."""
        return 0.0 <= now - self._last.get(key, -within) < within

    def room_at(self, now: float, urgent: bool) -> float:
        """When there is room for one more push: now, or later (epoch seconds)."""
        line = self._urgent if urgent else self._usual
        # a clock that was set back makes the old times lie in the future: they do not count
        if len(line) < (line.maxlen or 0) or not now - HOUR < line[0] <= now:
            return now
        return line[0] + HOUR

    def told(self, key: str, now: float, kept: int = 500) -> None:
        """This was told now; at most `kept` keys are remembered."""
        self._last.pop(key, None)
        self._last[key] = now
        while len(self._last) > kept:
            del self._last[next(iter(self._last))]

    def pushed(self, now: float, urgent: bool) -> None:
        """A push was sent now."""
        (self._urgent if urgent else self._usual).append(now)

    def hold(self, until: float) -> None:
        """A push waits for the summary at `until`; one that is due sooner stays due."""
        self.due = until if self.held == 0 else min(self.due, until)
        self.held += 1

    def take_held(self) -> int:
        """How many are summed up now; none is held any more."""
        held, self.held, self.due = self.held, 0, 0.0
        return held


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who could be told. `may` asks the home's permission: whether they may hear of this happening."""

    id: str
    names: frozenset[str]
    """What a rule's `notify` may call them: their name, "owner" …; compared without case."""
    preferences: Preferences
    pace: Pace
    may: Callable[[Happening], bool] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One person's share. `counts`: the same was told lately, so it is counted there and not told again."""

    person: str
    happening: Happening
    app: bool
    push: Push
    counts: bool = False
    due: float = 0.0
    """Where the push comes later: when (epoch seconds)."""


EVERYBODY = frozenset({"", "everybody", "everyone", "all", "home"})
NOBODYS = EVERYBODY | {"owner", "adult", "child", "guest"}
"""Names by which nobody is meant for being called so: a guest named "owner" must not hear what is for the owner."""


def choose(recipients: Iterable[Recipient], happening: Happening, now: float, zone: tzinfo) -> list[Delivery]:
    """What each person gets; nobody gets what they may not see or did not choose. Changes nothing: `note` does.

    A name that nobody has means everybody, so that a rule written for somebody who left is still heard.
    """
    everyone = list(recipients)
    wanted = happening.to.strip().casefold()
    named = [one for one in everyone if wanted in one.names]
    if wanted in EVERYBODY or not named:
        named = everyone
    found = (_for_one(one, happening, now, zone) for one in named)
    return [delivery for delivery in found if delivery is not None]


def _for_one(one: Recipient, happening: Happening, now: float, zone: tzinfo) -> Delivery | None:
    channels = one.preferences.topics[happening.topic]
    if not (channels.app or channels.push) or not one.may(happening):
        return None
    if one.pace.again(happening.key, now, TOPICS[happening.topic].again):
        return Delivery(one.id, happening, channels.app, Push.NO, counts=True)
    if not channels.push or now - happening.at > TOPICS[happening.topic].life:
        return Delivery(one.id, happening, channels.app, Push.NO)
    urgent = happening.breaks_through
    quiet = None if urgent or one.preferences.quiet is None else one.preferences.quiet.until(now, zone)
    due = max(quiet or now, one.pace.room_at(now, urgent))
    if due > now:
        return Delivery(one.id, happening, channels.app, Push.LATER, due=due)
    return Delivery(one.id, happening, channels.app, Push.NOW)


def note(delivery: Delivery, pace: Pace, now: float) -> None:
    """Writes a delivery into the person's pace, once it is on its way."""
    if not delivery.counts:
        pace.told(delivery.happening.key, now)
    if delivery.push is Push.NOW:
        pace.pushed(now, delivery.happening.breaks_through)
    elif delivery.push is Push.LATER:
        pace.hold(delivery.due)


def summary(count: int) -> Words:
    """The one push for all that was held back."""
    return {
        "en": Text("One notice waits for you" if count == 1 else f"{count} notices wait for you"),
        "zh": Text(f"有 {count} 条通知等您查看"),
    }


def due_summaries(paces: Mapping[str, Pace], now: float) -> list[tuple[str, int]]:
    """Whose summary is sent now, and of how many; they are taken out of the paces."""
    return [(id_, pace.take_held()) for id_, pace in paces.items() if pace.held and pace.due <= now]
