"""What a rule is once it is read: plain frozen data, every part with its place in the file.

Owns the shape of rules; knows no device, no time and no file format. `load.py` makes rules from YAML, `bind.py`
checks them against the devices of a home, `engine.py` runs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef
from jiahe.rules.tree import Tree


class Place(NamedTuple):
    """Where something stands; line and column count from 1. `file` is the file's name without its folders."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Mode(StrEnum):
    """What happens when a rule is triggered while it still runs."""

    SINGLE = "single"  # the new trigger is left alone
    RESTART = "restart"  # the old run ends, a new one begins
    QUEUED = "queued"  # the new run waits for the old one
    PARALLEL = "parallel"  # both run


class HomeMode(StrEnum):
    """What the home is set to."""

    HOME = "home"
    AWAY = "away"
    NIGHT = "night"
    HOLIDAY = "holiday"


class SunEvent(StrEnum):
    """Moments of the sun's day: upper limb at the horizon, 6 degrees under it (civil), and its highest point."""

    SUNRISE = "sunrise"
    SUNSET = "sunset"
    DAWN = "dawn"
    DUSK = "dusk"
    NOON = "noon"


class Ending(StrEnum):
    """How a run of a rule ended."""

    DONE = "done"  # every step was taken and no command of it came to nothing
    FAILED = "failed"  # a command was refused, failed or timed out, or a step could not be taken
    STOPPED = "stopped"  # by a `stop` step, by a newer run of a restarting rule, or by a bound


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or a computed value: its text as written, and what the parser made of it."""

    text: str
    place: Place
    tree: Tree = field(compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A text with values in it: pieces of text and expressions in turn."""

    text: str
    parts: tuple[str | Expression, ...]
    others: Mapping[str, Template] = field(default_factory=dict)
    """By language, where it is written in several."""


# ---- when ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Becomes:
    """The condition was known false and is now true (and stays so for `lasting` seconds)."""

    place: Place
    condition: Expression
    lasting: float = 0.0


@dataclass(frozen=True, slots=True)
class Changes:
    """A value is another than the last one known; with `to` and `of` (from) only where they are these."""

    place: Place
    ref: PropertyRef
    to: Expression | None = None
    of: Expression | None = None
    lasting: float = 0.0


@dataclass(frozen=True, slots=True)
class Days:
    """Which days of the calendar; empty means every. Weekdays 0 (Monday) to 6; `month_days` 1 to 31, -1 the last;
    `dates` are (month, day)."""

    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    dates: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AtTime:
    """A time of day, seconds after local midnight as the clock on the wall shows it. `catch_up` is how many seconds
    late it still runs after a sleep or restart."""

    place: Place
    second: int
    days: Days = Days()
    catch_up: float = 300.0


@dataclass(frozen=True, slots=True)
class AtSun:
    """A moment of the sun, moved by `offset` seconds."""

    place: Place
    event: SunEvent
    offset: float = 0.0
    days: Days = Days()
    catch_up: float = 300.0


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, each `period` seconds counted from local midnight."""

    place: Place
    period: float


@dataclass(frozen=True, slots=True)
class Happens:
    """An event of a device (`button.pressed`), with these arguments where they are named."""

    place: Place
    device: str
    event: str
    arguments: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RuleEnds:
    """Another rule's run ended so; None for any end."""

    place: Place
    rule: str
    ending: Ending | None = None


@dataclass(frozen=True, slots=True)
class ModeBecomes:
    """The home is set to this mode; None for any change of it."""

    place: Place
    mode: HomeMode | None


@dataclass(frozen=True, slots=True)
class HubStarts:
    """The hub started (devices may not have spoken yet)."""

    place: Place


Trigger = Becomes | Changes | AtTime | AtSun | Every | Happens | RuleEnds | ModeBecomes | HubStarts


# ---- then ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetValue:
    """Set a property. With `otherwise` the run waits for the outcome and takes those steps where it is not confirmed."""

    place: Place
    ref: PropertyRef
    to: Expression
    otherwise: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class DoAction:
    """Call an action with its arguments in order."""

    place: Place
    ref: PropertyRef
    arguments: tuple[Expression, ...] = ()
    otherwise: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class ApplyScene:
    place: Place
    scene: str


@dataclass(frozen=True, slots=True)
class SetMode:
    place: Place
    mode: HomeMode


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell somebody: `who` is a person's name or "owner" or "everybody"."""

    place: Place
    who: str
    text: Template


@dataclass(frozen=True, slots=True)
class Wait:
    place: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Wait until the condition is true, for at most so many seconds; then `otherwise`."""

    place: Place
    condition: Expression
    at_most: float
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """One `if … then` of a choose; `condition` None is its else."""

    place: Place
    condition: Expression | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """The first branch whose condition holds."""

    place: Place
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`times`, or while the condition holds, but at most `at_most` rounds."""

    place: Place
    at_most: int
    condition: Expression | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    place: Place
    reason: str


Step = SetValue | DoAction | ApplyScene | SetMode | Notify | Wait | WaitUntil | Choose | Repeat | Stop


# ---- tests that travel with a rule -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Do:
    """One thing a test makes happen: exactly one of the fields is set. `values` are expressions by property."""

    place: Place
    values: Mapping[PropertyRef, Expression | None] | None = None
    event: tuple[str, str, Mapping[str, Value]] | None = None
    mode: HomeMode | None = None
    ended: tuple[str, Ending] | None = None
    started: bool = False
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Given these values, when this happens, then exactly these steps are taken, in this order.

    `at` is a local time "YYYY-MM-DD HH:MM[:SS]". `commands` is how devices answer: confirmed, refused, failed,
    timed_out. A value None in `given` is one that is not known.
    """

    place: Place
    name: str
    at: str
    mode: HomeMode
    given: Mapping[PropertyRef, Expression | None]
    when: tuple[Do, ...]
    then: tuple[Step, ...]
    commands: str = "confirmed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as its file says. `id` is the file's name without ending; `version` is a hash of its text."""

    id: str
    place: Place
    names: Mapping[str, str]
    when: tuple[Trigger, ...]
    condition: Expression | None
    then: tuple[Step, ...]
    about: str = ""
    enabled: bool = True
    mode: Mode = Mode.SINGLE
    at_most: int = 1
    uses_stale: bool = False
    tests: tuple[Case, ...] = ()
    version: str = ""
