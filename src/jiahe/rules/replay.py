"""A set of rules over the home's own past, with the same engine: what they would have done beside what happened.

Owns how the past goes into the engine and what an order of the replay changes in it. Pure. The same records give the
same result, always. What nobody can know is named in `not_modelled`, never assumed in silence:

- an order that really was given (same rule, target and value within `WITHIN`) has its real outcome and effect;
- any other is taken to be confirmed `ANSWER` seconds later, and its target keeps the value until the journal has
  another word about it; what that does to measured readings is modelled (`effect.py`, with its error) or not modelled;
- what the rules' real runs did to the home and the replay did not order is left out of the past in turn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Any

from jiahe.model.definition import Profile, Value
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality, Record, RecordKind, Status
from jiahe.model.said import spoken
from jiahe.rules.case import shown
from jiahe.rules.effect import SWITCH, Course, Fitter, modelled
from jiahe.rules.engine import SYSTEM, Engine, bind_all
from jiahe.rules.moment import (
    Called,
    Change,
    EventHappened,
    Happening,
    HubStarted,
    ModeChanged,
    Order,
    OrderEnded,
    OrderKind,
    Reading,
    Report,
    RuleEnded,
    Table,
    TimePassed,
)
from jiahe.rules.past import ModeTold, Told, cause_of, happenings, refs_of
from jiahe.rules.replayed import HAPPENED, NOT_MODELLED, SIMULATED, WITHIN, Ran, Really, Replay, Sent
from jiahe.rules.rule import HomeMode, Rule
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.sentences import say
from jiahe.rules.sun import Location
from jiahe.rules.trace import trace_hash

ANSWER = WITHIN
"""Seconds until an order that was never given is taken to be carried out: until then its real twin may turn up."""
MOST_ALARMS = 1_000_000
"""Alarms of one replay: `every: 5 s` has 518,400 in thirty days."""
MOST_KEPT = 20_000
"""Entries of the trace, runs and orders that are kept each, about 30 MB; all of them are in the hash."""
MOST_AT_ONCE = 10_000
"""Happenings that one happening may set off."""


def replay(  # noqa: PLR0913  # a home in its parts, as Engine takes it
    records: Iterable[Record],
    rules: Iterable[Rule],
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None = None,
    scenes: Mapping[str, Scene] = NO_SCENES,
    start: float = 0.0,
    end: float = float("inf"),
    mode: HomeMode = HomeMode.HOME,
) -> Replay:
    """Plays `rules` (whether they are on or not) from `start` to `end`.

    Records before `start` only say how things were. `mode` is the home's before the first record. A rule that does not
    fit the home is in `faults`, and the others are played.
    """
    played = _Replayer(rules, definitions, zone, location, scenes, mode, start, end)
    for past in happenings(records, played.wanted):
        at = past.at
        if at > end:
            break
        if at < start:
            played.remember(past)
        else:
            played.take(past)
        if not played.complete:
            break
    return played.finish()


@dataclass(slots=True)
class _Pending:
    """An order whose real twin may still turn up."""

    order: Order
    at: float
    number: int


@dataclass(slots=True)
class _Real:
    """A command of the journal that an order stands beside."""

    order: str


Key = tuple[str, str, str, str, str]


@dataclass(slots=True)
class _Replayer:
    given: Iterable[Rule]
    definitions: Mapping[str, Profile]
    zone: tzinfo
    location: Location | None
    scenes: Mapping[str, Scene]
    mode: HomeMode
    start: float
    end: float
    complete: bool = True
    wanted: frozenset[PropertyRef] = frozenset()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    engine: Engine = field(init=False)
    view: Table = field(init=False)
    course: Course = field(init=False)
    now: float = 0.0
    wake_at: float | None = None
    begun: bool = False
    away: bool = False
    alarms: int = 0
    count: int = 0
    pending: list[_Pending] = field(default_factory=list)
    commands: dict[str, _Real] = field(default_factory=dict)
    twins: set[str] = field(default_factory=set)
    unclaimed: list[tuple[Key, float, str]] = field(default_factory=list)
    runs: list[Ran] = field(default_factory=list)
    real_runs: list[Really] = field(default_factory=list)
    orders: list[Sent] = field(default_factory=list)
    instead: list[Really] = field(default_factory=list)
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    unsure: dict[str, float] = field(default_factory=dict)
    trace: list[Mapping[str, Any]] = field(default_factory=list)
    digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def __post_init__(self) -> None:
        on = [replace(rule, enabled=True) for rule in self.given]
        self.rules = {rule.id: rule for rule in on}
        bound = bind_all(on, self.definitions, self.scenes, self.location is not None, alone=True)
        self.engine = Engine((), self.definitions, self.zone, self.location, self.scenes, bound=bound)
        self.wanted = frozenset().union(*(refs_of(one) for one in self.engine.rules.values()))
        self.view = Table(self.mode)
        self.course = Course(Fitter(modelled(self.wanted, self.definitions)))
        self.now = self.start

    # ---- the past --------------------------------------------------------------------------------------------

    def remember(self, past: Told | ModeTold | Record) -> None:
        """How things were before the start."""
        if isinstance(past, Told):
            self._learn(past)
            self.view.readings.update(past.readings)
        elif isinstance(past, ModeTold):
            self.view.mode = past.mode

    def take(self, past: Told | ModeTold | Record) -> None:
        """One thing that happened."""
        self._begin()
        if not self.away:  # else no alarm came; the engine is told of the time when the hub is back
            self._pass(past.at)
        if isinstance(past, Record) and past.kind is RecordKind.SYSTEM:
            self.away = past.body.get("what") == "stopped" or (
                self.away and past.body.get("what") != "started"
            )
        self.now = max(self.now, past.at)
        self.count += 1
        if isinstance(past, Told):
            self._told(past)
        elif isinstance(past, ModeTold):
            self._mode_told(past)
        else:
            self._record(past)

    def finish(self) -> Replay:
        """The time up to the end passes; then everything is put side by side."""
        self._begin()
        if self.complete and not self.away and self.end != float("inf"):
            self._pass(self.end)
        for one in tuple(self.pending):
            self._simulate(one)
        self.instead += [
            Really(at, key[0], run, " ".join(key[1:]).strip()) for key, at, run in self.unclaimed
        ]
        runs = self._beside()
        for sent in self.orders:
            self.digest.update(f"{sent.at:.3f} {sent.rule} {sent.text} {sent.effect}\n".encode())
        return Replay(
            start=self.start,
            end=self.end if self.end != float("inf") else self.now,
            versions={rule.id: rule.version for rule in self.rules.values()},
            faults={name: spoken(fault) for name, fault in self.engine.faults.items()},
            runs=tuple(runs),
            orders=tuple(self.orders),
            instead=tuple(sorted(self.instead, key=lambda one: (one.at, one.rule, one.text))),
            reasons=self.reasons,
            not_modelled=self.unsure,
            modelled=self.course.errors,
            trace_hash=self.digest.hexdigest(),
            happenings=self.count,
            complete=self.complete,
            trace=tuple(self.trace),
        )

    def _begin(self) -> None:
        if not self.begun:
            self.begun = True
            self._tell(TimePassed())

    def _learn(self, told: Told) -> None:
        """What the models are fitted on is what really was, and only up to the moment at which they are used."""
        known = {ref: one.value for ref, one in told.readings.items() if one.quality is Quality.GOOD}
        self.course.fitter.see(told.at, known)

    def _diverge(self, device: str) -> None:
        self.course.diverge(device, self.now, {ref: one.value for ref, one in self.view.readings.items()})
        self._doubt()

    def _told(self, told: Told) -> None:
        self._learn(told)
        if self._others(told.cause):
            for ref in told.readings:
                if ref.path == SWITCH:
                    self._diverge(ref.device)
            self._doubt()
            return
        changes = []
        for ref, reading in told.readings.items():
            if self.course.follows(ref):
                power = self.view.readings.get(PropertyRef(ref.device, SWITCH))
                value = self.course.reading(ref, told.at, reading.value, power.value if power else None)
                reading = reading._replace(value=value)  # noqa: PLW2901
            old = self.view.readings.get(ref)
            self.view.readings[ref] = reading
            changes.append(Change(ref, old, reading))
        self._tell(Report(tuple(changes), told.cause))

    def _mode_told(self, told: ModeTold) -> None:
        if told.cause.kind is Actor.RULE and told.cause.source in self.rules:
            key = (told.cause.source, OrderKind.MODE.value, "", "", told.mode.value)
            if not self._claim(key, "", told.cause):
                return
        if told.mode is not self.view.mode:
            was, self.view.mode = self.view.mode, told.mode
            self._tell(ModeChanged(told.mode, told.cause, was))

    def _others(self, cause: Cause) -> bool:
        """Whether a real run of these rules did this, and the replay did not."""
        return cause.kind is Actor.RULE and cause.source in self.rules and cause.id not in self.twins

    def _record(self, record: Record) -> None:
        body, cause = record.body, cause_of(record.body)
        ours = cause.kind is Actor.RULE and cause.source in self.rules
        match record.kind:
            case RecordKind.EVENT:
                arguments = body.get("arguments")
                known = arguments if isinstance(arguments, Mapping) else {}
                self._tell(EventHappened(str(body.get("device")), str(body.get("event")), known, cause))
            case RecordKind.COMMAND if ours:
                self._claim(_key_of(cause.source, body), str(body.get("id")), cause)
            case RecordKind.OUTCOME if ours:
                real = self.commands.pop(str(body.get("command")), None)
                if real is not None:
                    self._tell(OrderEnded(real.order, _status(body), str(body.get("reason", ""))))
            case RecordKind.RULE:
                self._rule_record(record)
            case RecordKind.SYSTEM if body.get("what") == "started":
                self._tell(HubStarted(SYSTEM))

    def _rule_record(self, record: Record) -> None:
        body = record.body
        rule, what, run = str(body.get("rule", "")), body.get("what"), str(body.get("run", ""))
        trigger = body.get("trigger")
        if rule in self.rules:
            if what == "ran":
                self.real_runs.append(Really(record.at, rule, run, "ran"))
            elif what == "notify":
                self._claim((rule, OrderKind.NOTIFY.value, str(body.get("who")), "", str(body.get("text"))), "",
                            cause_of(body))  # fmt: skip
            if (
                isinstance(trigger, Mapping)
                and trigger.get("kind") == "called"
                and what in ("ran", "not", "queued")
            ):
                self._tell(Called(rule, cause_of(trigger), "condition" in body))
        elif body.get("ending") and rule:
            self._tell(RuleEnded(rule, str(body["ending"]), Cause(run, Actor.RULE, rule)))

    def _claim(self, key: Key, command: str, cause: Cause) -> bool:
        """A rule really gave an order: the replay's own of the same words, if there is one."""
        for one in self.pending:
            if _key(one.order) == key:
                self.pending.remove(one)
                self.twins.add(cause.id)
                self.orders[one.number] = replace(self.orders[one.number], effect=HAPPENED)
                if command:
                    self.commands[command] = _Real(one.order.id)
                return True
        self.unclaimed.append((key, self.now, cause.id))
        return False

    # ---- the engine ------------------------------------------------------------------------------------------

    def _pass(self, to: float) -> None:
        """Time goes by: alarms come, and orders without a twin are carried out."""
        while True:
            due = self.pending[0].at + ANSWER if self.pending else None
            if self.wake_at is not None and self.wake_at <= to and (due is None or self.wake_at <= due):
                self.alarms += 1
                if self.alarms > MOST_ALARMS:
                    self.complete = False
                    return
                self.now = max(self.now, self.wake_at)
                self._tell(TimePassed())
            elif due is not None and due <= to:
                self.now = max(self.now, due)
                self._simulate(self.pending.pop(0))
            else:
                return

    def _tell(self, happening: Happening) -> None:
        waiting = [happening]
        for _ in range(MOST_AT_ONCE):
            if not waiting:
                return
            decision = self.engine.decide(self.view, waiting.pop(0), self.now)
            self.wake_at = decision.wake_at
            for entry in decision.trace:
                self._entry(entry)
            for order in decision.commands:
                self._order(order)
        self.complete = False

    def _entry(self, entry: Mapping[str, Any]) -> None:
        self.digest.update(trace_hash((entry,)).encode())
        if len(self.trace) < MOST_KEPT:
            self.trace.append(entry)
        what, rule = entry["what"], entry["rule"]
        if what == "ran" and len(self.runs) < MOST_KEPT:
            trigger = entry.get("trigger", {})
            text = f"{trigger.get('kind', '')} {trigger.get('text', '')}".strip()
            self.runs.append(Ran(entry["at"], rule, entry["run"], text))
        elif what in ("not", "missed", "paused"):
            why = _reason(entry)
            found = self.reasons.setdefault(rule, {})
            found[why] = found.get(why, 0) + 1

    def _order(self, order: Order) -> None:
        if len(self.orders) >= MOST_KEPT:
            self.complete = False
            return
        key, number = _key(order), len(self.orders)
        self.orders.append(Sent(self.now, order.rule, order.run, shown(order), order.line, SIMULATED))
        self.pending.append(_Pending(order, self.now, number))
        for real in self.unclaimed:  # the journal has the command a moment before its report is complete
            if real[0] == key and abs(real[1] - self.now) <= 0.5:
                self.unclaimed.remove(real)
                self.pending.pop()
                self.twins.add(real[2])
                self.orders[number] = replace(self.orders[number], effect=HAPPENED)
                self._tell(OrderEnded(order.id, Status.CONFIRMED, ""))
                return

    def _simulate(self, one: _Pending) -> None:
        """An order that never was given: its target obeys, and what follows from that is doubtful from here on."""
        order = one.order
        cause = Cause(order.run, Actor.RULE, order.rule, order.parent)
        if order.kind is OrderKind.MODE:
            mode = HomeMode(str(order.value))
            if mode is not self.view.mode:
                was, self.view.mode = self.view.mode, mode
                self._tell(ModeChanged(mode, cause, was))
            return
        if order.kind is OrderKind.NOTIFY or order.target is None:
            return
        if order.kind is OrderKind.SET and order.target.path == SWITCH:
            self._diverge(order.target.device)
        self._doubt()
        if order.kind is OrderKind.SET:
            old = self.view.readings.get(order.target)
            new = Reading(order.value, Quality.GOOD, self.now)
            self.view.readings[order.target] = new
            if old is None or old.value != new.value:
                self._tell(Report((Change(order.target, old, new),), cause))
        else:
            self.orders[one.number] = replace(self.orders[one.number], effect=NOT_MODELLED)
        self._tell(OrderEnded(order.id, Status.CONFIRMED, ""))

    def _doubt(self) -> None:
        """From now on the home is another than it was: measured readings that the rules look at may be others."""
        for ref in sorted(self.wanted):
            profile = self.definitions.get(ref.device)
            definition = profile.properties.get(ref.path) if profile else None
            if definition is not None and not definition.writable and not self.course.follows(ref):
                self.unsure.setdefault(f"{ref.device}.{ref.path}", self.now)

    def _beside(self) -> list[Ran]:
        """Each run with the real one it stands beside; real ones without are in `instead`."""
        left: dict[str, list[Really]] = {}
        for real in self.real_runs:
            left.setdefault(real.rule, []).append(real)
        runs: list[Ran] = []
        for run in self.runs:
            line = left.get(run.rule, [])
            while line and line[0].at < run.at - WITHIN:
                self.instead.append(line.pop(0))
            runs.append(
                replace(run, really=line.pop(0).run) if line and line[0].at <= run.at + WITHIN else run
            )
        for line in left.values():
            self.instead += line
        return runs


def _reason(entry: Mapping[str, Any]) -> str:
    """Why a rule did not run, in words that are the same each time."""
    if entry["what"] == "missed":
        return say("why_away")
    if entry["what"] == "paused":
        return say("why_often")
    condition = entry.get("condition") or {}
    if "failed" not in condition:
        found: str = entry.get("why", "")
        return found
    failed = str(condition["failed"])
    return say("why_unknowable", text=failed) if condition.get("result", False) is None else failed


def _key(order: Order) -> Key:
    device, path = order.target or ("", "")
    if order.kind is OrderKind.NOTIFY:
        return (order.rule, order.kind.value, order.who, "", order.text)
    value: object = list(order.arguments or ()) if order.kind is OrderKind.DO else order.value
    return (order.rule, order.kind.value, device, path, _said(value))


def _key_of(rule: str, body: Mapping[str, Any]) -> Key:
    device = str(body.get("device"))
    if "action" in body:
        return (rule, OrderKind.DO.value, device, str(body["action"]), _said(body.get("arguments")))
    return (rule, OrderKind.SET.value, device, str(body.get("property")), _said(body.get("value")))


def _said(value: Value | object) -> str:
    """A value as text: 1 and 1.0 are the same, 1 and on are not."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return f"{value:g}"
    return ", ".join(map(_said, value)) if isinstance(value, list) else str(value)


def _status(body: Mapping[str, Any]) -> Status:
    try:
        return Status(str(body.get("status")))
    except ValueError:
        return Status.FAILED
