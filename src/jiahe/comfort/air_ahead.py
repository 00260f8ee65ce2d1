"""Who will breathe a room's air and when, for the purifier's plan: what is known now, fading into what is usual. Pure.

Owns the join of presence (the home's chances), of sleep (stages and habits of its sleepers) and of a room's own sensor into
stages of a quarter of an hour. Says nothing of anybody whom nobody measures: a room without a sensor is taken as a part of the home.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from jiahe.comfort.air_plan import MOST_STAGES, STAGE, Stage
from jiahe.comfort.sleep_habit import Habit, night_of

STAYS = 8.0
"""Stages (two hours) after which who is in a room now tells a third of it."""
FADES = 48.0
"""Stages (twelve hours) after which the outdoor air of now tells a third of it: weather changes over half a day."""
BY_DAY = 0.3
"""Chance that a bedroom without a sensor has somebody in it while people are home and up."""
UNKNOWN_NIGHT = 8 * 3600.0
"""Seconds that somebody sleeps of whom no habit is known yet."""
ASLEEP_THERE = 0.95
"""Chance that a sleeper is in their room at their usual hours, where nothing says that they are away."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A room now. `home`: somebody is home, None where nobody tells; `seen`: the room's own sensor, None without one; `quiet`: somebody
    is in bed or asleep there, `awake` that its sleepers are known to be up; `chances` of the home by quarters from now; `habits` of its
    sleepers."""

    at: float
    home: bool | None
    seen: bool | None
    quiet: bool
    asleep: bool
    awake: bool
    chances: Callable[[], Sequence[float]]
    habits: Sequence[Habit]
    bedroom: bool
    stirs: bool = False
    """A sleeper is awake for some minutes within the night: no purifier becomes loud for that."""

    @property
    def there(self) -> float:
        """The chance that somebody is in the room now."""
        if self.quiet:
            return 1.0
        if self.home is False:
            return 0.0
        if self.seen is not None:
            return 1.0 if self.seen else 0.0
        return BY_DAY if self.bedroom and self.home else 1.0


def stages(scene: Scene, zone: tzinfo, outdoor: float, usual: float) -> list[Stage]:
    """The quarters of an hour from now; `outdoor` now and `usual` in µg/m³."""
    nights = _nights(scene, zone)
    found, chances = [Stage(outdoor, scene.there, scene.quiet)], scene.chances()
    for ahead in range(1, min(MOST_STAGES, max(len(chances), 1))):
        at = scene.at + ahead * STAGE * 3600
        asleep = any(start <= at < end for start, end in nights)
        chance = chances[ahead]
        there = chance * (BY_DAY if scene.bedroom else 1.0)
        if asleep:
            there = max(there, ASLEEP_THERE * chance)
        stays = math.exp(-ahead / STAYS)
        now = scene.there if chance > 0 else 0.0
        found.append(
            Stage(
                usual + (outdoor - usual) * math.exp(-ahead / FADES),
                max(there, 1.0 if asleep and scene.asleep else there + (now - there) * stays),
                asleep,
            )
        )
    return found


def _nights(scene: Scene, zone: tzinfo) -> list[tuple[float, float]]:
    """When somebody is expected to sleep here, from the night that is or comes to the next, in epoch seconds."""
    found = []
    if scene.quiet:
        wakes = [one for habit in scene.habits if (one := habit.waking_after(scene.at, zone)) is not None]
        found.append((scene.at, max(wakes, default=scene.at + UNKNOWN_NIGHT)))
    day, _ = night_of(scene.at, zone)
    for habit in scene.habits:
        for night in (day, day + 1):
            bed, waking = habit.bedtime(night), habit.waking(night)
            if bed is not None and waking is not None:
                noon = datetime.combine(date.fromordinal(night), time(12), zone)
                found.append(
                    (
                        (noon + timedelta(minutes=bed.middle)).timestamp(),
                        (noon + timedelta(minutes=waking.middle)).timestamp(),
                    )
                )
    return found
