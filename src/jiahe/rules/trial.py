"""Rules tried over the home's past, and in a home of their own: what they would have done, with its moment.

Owns how records become happenings for a check; `replay.py` is the exact account for people, with what really happened
beside it. Here every order is obeyed at once and stays until the journal says otherwise. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from jiahe.model.definition import Profile, Value
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import PropertyRef, Record, RecordKind
from jiahe.rules.case import SOMEBODY, World
from jiahe.rules.moment import Called, Decision, EventHappened, Happening, ModeChanged, Order
from jiahe.rules.rule import HomeMode, Rule
from jiahe.rules.scene import Scene
from jiahe.rules.sun import Location


@dataclass(frozen=True, slots=True)
class Sent:
    """An order that a rule would have given, and when (epoch seconds)."""

    at: float
    order: Order


@dataclass(slots=True)
class Trial:
    """What came of it. `values` is what the journal says of every property: how often it changed and its extremes."""

    sent: list[Sent] = field(default_factory=list)
    trace: list[Mapping[str, Any]] = field(default_factory=list)
    values: dict[PropertyRef, Told] = field(default_factory=dict)
    start: float = 0.0
    end: float = 0.0

    def runs(self, rule: str) -> list[float]:
        """When a rule would have run."""
        return [entry["at"] for entry in self.trace if entry["what"] == "ran" and entry["rule"] == rule]

    def paused(self) -> list[Mapping[str, Any]]:
        """Where the engine stepped in."""
        return [entry for entry in self.trace if entry["what"] == "paused"]


@dataclass(slots=True)
class Told:
    """What the journal has of one property: different values, and the extremes of numbers."""

    values: set[Value] = field(default_factory=set)
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, value: Value) -> None:
        if len(self.values) < 50:  # two are enough to know that it moves
            self.values.add(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.low, self.high = min(self.low, value), max(self.high, value)


class _Home(World):
    """A World that keeps the moment of every order."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.sent: list[Sent] = []
        super().__init__(*given, **more)

    def _obey(self, decision: Decision) -> list[Happening]:
        self.sent += [Sent(self.now, order) for order in decision.commands]
        return super()._obey(decision)


def over_the_past(
    records: Iterable[Record],
    rules: list[Rule],
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None,
    scenes: Mapping[str, Scene],
    start: float = 0.0,
) -> Trial:
    """The rules over these records (in their order); records that are not ours are left out. Those before `start` (epoch
    seconds) say how things were then."""
    trial = Trial()
    home: _Home | None = None
    for record in records:
        if home is None:
            trial.start = max(start, record.at)
            home = _Home(rules, definitions, zone, location, scenes, at=trial.start)
        if record.at > home.now:
            _wait(home, record.at - home.now)
        _take(record, home, trial)
    if home is not None:
        trial.end = home.now
        trial.sent, trial.trace = home.sent, home.trace
    return trial


def _wait(home: _Home, seconds: float) -> None:
    try:
        home.wait(seconds)
    except OutOfDefinition:  # more alarms than a case may have: the gap is as long as the hub was away
        home.now += seconds


def _take(record: Record, home: _Home, trial: Trial) -> None:
    body = record.body
    try:
        if record.kind is RecordKind.UPDATE:
            ref = PropertyRef(str(body["device"]), str(body["property"]))
            value = body["value"] if body.get("quality", "good") in ("good", "assumed") else None
            if value is not None:
                trial.values.setdefault(ref, Told()).add(value)
            home.report({ref: value})
        elif record.kind is RecordKind.EVENT:
            home.tell(
                EventHappened(str(body["device"]), str(body["event"]), body.get("arguments") or {}, SOMEBODY)
            )
        elif record.kind is RecordKind.HOME and body.get("what") == "mode_changed":
            mode = HomeMode(str(body["mode"]))
            if mode is not home.view.mode:
                was, home.view.mode = home.view.mode, mode
                home.tell(ModeChanged(mode, SOMEBODY, was))
    except (LookupError, TypeError, ValueError):
        return


def set_off(
    rule: str,
    rules: list[Rule],
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None,
    scenes: Mapping[str, Scene],
    given: Mapping[PropertyRef, Value],
    seconds: float,
) -> Trial:
    """Somebody starts `rule` in a home where these values hold, and so much time passes."""
    home = _Home(rules, definitions, zone, location, scenes, at="2026-01-05 12:00")
    home.given(given)
    home.sent, home.trace = [], []
    home.tell(Called(rule, SOMEBODY))
    _wait(home, seconds)
    return Trial(home.sent, home.trace, {}, home.now - seconds, home.now)
