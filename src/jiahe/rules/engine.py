"""The engine of rules: `decide(view, happening, now) -> Decision`. Pure: time, values and what happened are arguments.

Owns who listens to what, the times of day, and the order in which things are looked at (by rule id, then by the
trigger's place in its file), so that the same happenings give the same decisions, always. Everything it remembers is
in `Memory`, and goes to JSON and back (`dump`, `Engine.load`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any

from jiahe.model.definition import Profile
from jiahe.model.happening import Actor, Cause, PropertyRef
from jiahe.model.said import spoken
from jiahe.rules.bind import BoundRule, BoundTrigger, bind_rule
from jiahe.rules.calendar import Calendar
from jiahe.rules.edges import Edges, Listener, Moved, before_of
from jiahe.rules.memory import Memory, TriggerKey
from jiahe.rules.moment import (
    Called,
    Decision,
    EventHappened,
    Happening,
    HubStarted,
    ModeChanged,
    OrderEnded,
    Report,
    RuleEnded,
    TimePassed,
    View,
)
from jiahe.rules.reader import Faults
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Ending,
    Every,
    Happens,
    HubStarts,
    ModeBecomes,
    Rule,
    RuleEnds,
)
from jiahe.rules.runs import Runs
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight
from jiahe.rules.sun import Location
from jiahe.rules.timers import Timers
from jiahe.rules.trace import trigger_row
from jiahe.rules.turn import MOST_FOLLOW_UPS, Before, Turn

MOST_STARTS, WINDOW = 50, 10.0
"""Triggers of one rule in so many seconds: five a second for ten seconds is no home, it is a circle."""
PAUSE = 600.0
"""Seconds a rule that was triggered too often is left alone."""
SET_BACK = 1.0
"""Seconds: a clock that goes back by less is being corrected, not set."""

TimerKey = tuple[str, str, int]
"""("run", run id, 0), ("for", rule, trigger) or ("time", rule, trigger)."""


BoundAll = tuple[dict[str, BoundRule], dict[str, Faults]]
"""Rules that run and rules that do not fit, by id."""


def bind_all(
    rules: Iterable[Rule],
    definitions: Mapping[str, Profile],
    scenes: Mapping[str, Scene] = NO_SCENES,
    has_location: bool = True,
    *,
    alone: bool = False,
) -> BoundAll:
    """Checks every rule that is on: slow for thousands of rules, and pure, so it may be done in a thread.

    `alone`: these are not all rules of the home, so a rule that they name may well be there.
    """
    ordered = sorted(rules, key=lambda one: one.id)
    names = None if alone else {rule.id for rule in ordered}
    fitting: dict[str, BoundRule] = {}
    faulty: dict[str, Faults] = {}
    for rule in ordered:
        if rule.enabled:
            try:
                fitting[rule.id] = bind_rule(rule, definitions, scenes, names, has_location=has_location)
            except Faults as faults:
                faulty[rule.id] = faults
    return fitting, faulty


MOST_RAN = 10_000
"""Rules whose last run is remembered, those that are off among them: as many as files are read."""


class Engine:
    """The rules of one home. `faults` holds, by rule id, why a rule does not run; the others do."""

    def __init__(
        self,
        rules: Iterable[Rule],
        definitions: Mapping[str, Profile],
        zone: tzinfo,
        location: Location | None = None,
        scenes: Mapping[str, Scene] = NO_SCENES,
        memory: Memory | None = None,
        bound: BoundAll | None = None,
    ) -> None:
        self.calendar = Calendar(zone, location)
        self.memory = memory or Memory()
        self.rules, self.faults = bound or bind_all(rules, definitions, scenes, location is not None)
        self._timers: Timers[TimerKey] = Timers()
        self._begun = False
        self._stopped_runs = self._reconcile()
        self._edges = Edges(
            self.memory,
            self._sight,
            lambda at, key: self._timers.set(("for", *key), at),
            lambda key: self._timers.clear(("for", *key)),
        )
        self._runs = Runs(
            self.memory, self.rules, self._sight, lambda at, run: self._timers.set(("run", run, 0), at)
        )
        self._by_ref: dict[PropertyRef, list[Listener]] = {}
        self._by_mode: list[Listener] = []
        self._by_event: dict[tuple[str, str], list[Listener]] = {}
        self._by_rule: dict[str, list[Listener]] = {}
        self._on_mode: list[Listener] = []
        self._on_start: list[Listener] = []
        self._by_time: dict[TriggerKey, Listener] = {}
        self._listeners: dict[TriggerKey, Listener] = {}
        for rule in self.rules.values():
            for trigger in rule.triggers:
                self._index(Listener((rule.rule.id, trigger.index), rule, trigger))
        self._quiet = Decision()

    @classmethod
    def load(
        cls,
        rules: Iterable[Rule],
        definitions: Mapping[str, Profile],
        zone: tzinfo,
        location: Location | None,
        scenes: Mapping[str, Scene],
        dumped: Mapping[str, Any],
    ) -> Engine:
        """An engine that goes on where `dump` was made; what belongs to rules that changed since begins anew."""
        return cls(rules, definitions, zone, location, scenes, Memory.load(dumped))

    def dump(self) -> dict[str, Any]:
        """All that a restart must not lose, as JSON data."""
        return self.memory.dump()

    def listens_to(self, ref: PropertyRef) -> bool:
        """Whether any rule or waiting run would look at a change of this property."""
        return ref in self._by_ref or ref in self._runs.by_ref

    @property
    def refs(self) -> Iterable[PropertyRef]:
        """The properties that triggers listen to; waiting runs may listen to more."""
        return self._by_ref.keys()

    @property
    def paused(self) -> Mapping[str, float]:
        """Rules that were triggered too often, with the time at which they are taken back."""
        return self.memory.paused

    # ---- getting ready -----------------------------------------------------------------------------------------

    def _reconcile(self) -> list[tuple[str, str]]:
        """Drops from memory what belongs to rules that are gone or another now; the runs that ended by it."""
        stopped: list[tuple[str, str]] = []
        current = {rule_id: bound.rule.version for rule_id, bound in self.rules.items()}
        mentioned = {*self.memory.versions, *(run.rule for run in self.memory.runs.values())}
        for rule_id in sorted(mentioned):
            if self.memory.versions.get(rule_id) != current.get(rule_id):
                stopped += [(rule_id, run.id) for run in self.memory.forget(rule_id)]
        for key in [key for key in self.memory.came if key[0] not in current]:
            del self.memory.came[key]
        while len(self.memory.ran) > MOST_RAN:
            del self.memory.ran[min(self.memory.ran, key=self.memory.ran.__getitem__)]
        self._known_before = set(self.memory.versions)
        self.memory.versions = current
        return stopped

    def _index(self, listener: Listener) -> None:
        self._listeners[listener.key] = listener
        match listener.trigger.trigger:
            case Becomes() | Changes():
                for ref in listener.trigger.refs:
                    self._by_ref.setdefault(ref, []).append(listener)
                if listener.trigger.mode:
                    self._by_mode.append(listener)
            case Happens(device=device, event=event):
                self._by_event.setdefault((device, event), []).append(listener)
            case RuleEnds(rule=rule):
                self._by_rule.setdefault(rule, []).append(listener)
            case ModeBecomes():
                self._on_mode.append(listener)
            case HubStarts():
                self._on_start.append(listener)
            case AtTime() | AtSun() | Every():
                self._by_time[listener.key] = listener

    def _begin(self, was: float, turn: Turn) -> None:
        """The first decision: every alarm is set, from where the last hub left off."""
        self._begun, now = True, turn.now
        for (rule_id, number), listener in self._by_time.items():
            start = was if rule_id in self._known_before else now
            self._schedule(listener, max(start, self.memory.came.get((rule_id, number), start)))
        for key, edge in self.memory.edges.items():
            found = self._listeners.get(key)
            if found is not None and edge.since is not None:
                trigger = found.trigger.trigger
                assert isinstance(trigger, Becomes | Changes)
                self._timers.set(("for", *key), edge.since + trigger.lasting)
        for rule_id, run_id in self._stopped_runs:
            turn.entries.append(
                {"at": now, "rule": rule_id, "what": "ended", "run": run_id, "ending": Ending.STOPPED.value,
                 "why": "the rule was changed or taken away while it waited"}
            )  # fmt: skip
        self._stopped_runs = []

    def _schedule(self, listener: Listener, after: float) -> None:
        trigger = listener.trigger.trigger
        assert isinstance(trigger, AtTime | AtSun | Every)
        moment = self.calendar.next(trigger, after)
        if moment is not None:
            self._timers.set(("time", *listener.key), moment)

    # ---- deciding ------------------------------------------------------------------------------------------------

    def decide(self, view: View, happening: Happening, now: float) -> Decision:
        """What the rules want now that this happened. `view` shows the home after it; never raises for its content."""
        if self._begun and now >= self.memory.now and isinstance(happening, Report):
            by_ref, waits = self._by_ref, self._runs.by_ref
            if not any(change.ref in by_ref or change.ref in waits for change in happening.changes):
                due = self._timers.next
                if due is None or due > now:
                    self.memory.now = now
                    return self._silence(due)
        left_off = self.memory.now
        turn = Turn(view, self._told_time(now))
        if not self._begun:
            self._begin(left_off or now, turn)
        self._pass_time(turn)
        self._handle(happening, turn)
        while turn.follow_ups:
            self._handle(turn.follow_ups.popleft(), turn)
        if turn.dropped:
            turn.entries.append({"at": turn.now, "rule": "", "what": "paused", "why":
                                 say("why_dropped", most=MOST_FOLLOW_UPS)})  # fmt: skip
        if not turn.orders and not turn.entries:
            return self._silence(self._timers.next)
        return Decision(tuple(turn.orders), self._timers.next, tuple(turn.entries))

    def _silence(self, due: float | None) -> Decision:
        if self._quiet.wake_at != due:
            self._quiet = Decision(wake_at=due)
        return self._quiet

    def _told_time(self, now: float) -> float:
        """Takes the time; a clock that was set back moves what lasts, and is told to the alarms."""
        memory = self.memory
        back = memory.now - now
        if memory.now and back > SET_BACK:
            memory.shift(back)
            self._timers.rebuild(lambda key, at: at if key[0] == "time" else at - back)
            memory.now = now
            for listener in self._by_time.values():
                again = isinstance(listener.trigger.trigger, Every)
                after = now if again else max(now, memory.came.get(listener.key, now))
                self._schedule(listener, after)
        elif back > 0:
            return memory.now
        memory.now = now
        return now

    def _pass_time(self, turn: Turn) -> None:
        for at, key in self._timers.take(turn.now, lambda one: (one[1], one[2])):
            kind, name, number = key
            if kind == "run":
                run = self.memory.runs.get(name)
                if run is not None and run.until == at:
                    self._runs.time_came(run, turn)
                continue
            listener = self._listeners[name, number]
            if kind == "for":
                seen = self._edges.lasted(listener, turn)
                if seen is not None:
                    self._fire(listener, None, turn, saw=dict(seen))
            else:
                self._time(listener, at, turn)

    def _time(self, listener: Listener, at: float, turn: Turn) -> None:
        """A time of day came, maybe while nobody was there: then the last one counts, once, and not too late."""
        trigger = listener.trigger.trigger
        assert isinstance(trigger, AtTime | AtSun | Every)
        missed = turn.now - at >= 1.0  # no trigger comes twice in a second
        moment = (self.calendar.last(trigger, at, turn.now) or at) if missed else at
        catch_up = trigger.period if isinstance(trigger, Every) else trigger.catch_up
        late = turn.now - moment
        self.memory.came[listener.key] = moment
        self._schedule(listener, max(turn.now, moment))
        lateness = round(late, 3) if late > 1.0 else None
        if late > catch_up:
            row = trigger_row(listener.key[1], trigger, None, due=moment, late=lateness)
            why = say("why_late", seconds=f"{late:.0f}", most=f"{catch_up:g}")
            turn.entries.append(
                self._entry(listener.rule, turn) | {"what": "missed", "trigger": row, "why": why}
            )
        else:
            self._fire(listener, None, turn, due=moment, late=lateness)

    # ---- what happened -------------------------------------------------------------------------------------------

    def _handle(self, happening: Happening, turn: Turn) -> None:
        match happening:
            case Report():
                self._report(happening, turn)
            case OrderEnded():
                self._runs.outcome(happening.order, happening.status, happening.reason, turn)
            case EventHappened():
                for listener in self._by_event.get((happening.device, happening.event), ()):
                    if _argued(listener.trigger, happening.arguments):
                        self._fire(
                            listener, happening.cause, turn, arguments=dict(happening.arguments) or None
                        )
            case RuleEnded():
                for listener in self._by_rule.get(happening.rule, ()):
                    wanted = listener.trigger.trigger
                    assert isinstance(wanted, RuleEnds)
                    if wanted.ending is None or wanted.ending.value == happening.ending:
                        self._fire(listener, happening.cause, turn, ending=happening.ending)
            case ModeChanged():
                self._mode(happening, turn)
            case HubStarted():
                for listener in self._on_start:
                    self._fire(listener, happening.cause, turn)
            case Called():
                self._called(happening, turn)
            case TimePassed():
                pass

    def _report(self, report: Report, turn: Turn) -> None:
        moved: dict[PropertyRef, Moved] = {}
        listeners: dict[TriggerKey, Listener] = {}
        runs: dict[str, None] = {}
        for change in report.changes:
            found = self._by_ref.get(change.ref)
            waiting = self._runs.by_ref.get(change.ref)
            if found or waiting:
                moved[change.ref] = self._edges.moved(change, turn.now)
            for listener in found or ():
                listeners[listener.key] = listener
            runs.update(waiting or {})
        before = before_of(turn, report.changes)
        for key in sorted(listeners):
            listener = listeners[key]
            trigger = listener.trigger.trigger
            if isinstance(trigger, Changes):
                seen = self._edges.change(listener, moved[trigger.ref], turn)
            else:
                seen = self._edges.condition(listener, turn, before)
            if seen is not None:
                self._fire(listener, report.cause, turn, saw=dict(seen))
        self._look(runs, turn)

    def _look(self, runs: Mapping[str, None], turn: Turn) -> None:
        for run_id in sorted(runs):
            run = self.memory.runs.get(run_id)
            if run is not None:
                self._runs.look(run, turn)

    def _mode(self, happening: ModeChanged, turn: Turn) -> None:
        for listener in self._on_mode:
            wanted = listener.trigger.trigger
            assert isinstance(wanted, ModeBecomes)
            if wanted.mode in (None, happening.mode):
                self._fire(listener, happening.cause, turn, saw={"mode": [happening.mode.value, "good"]})
        before = Before(turn.view, {}, happening.was)
        for listener in self._by_mode:
            seen = self._edges.condition(listener, turn, before)
            if seen is not None:
                self._fire(listener, happening.cause, turn, saw=dict(seen))
        self._look(dict(self._runs.by_mode), turn)

    def _called(self, happening: Called, turn: Turn) -> None:
        bound = self.rules.get(happening.rule)
        if bound is None:
            faults = self.faults.get(happening.rule)
            why = say("why_fault", fault=spoken(faults)) if faults else say("why_off")
            turn.entries.append({"at": turn.now, "rule": happening.rule, "what": "not", "why": why})
            return
        entry = self._entry(bound, turn) | {"trigger": trigger_row(-1, None, happening.cause)}
        self._start(bound, turn, entry, happening.cause.id, -1, checked=happening.checked)

    # ---- a trigger fired -----------------------------------------------------------------------------------------

    def _fire(self, listener: Listener, cause: Cause | None, turn: Turn, **more: Any) -> None:
        """Counts the trigger, asks the condition, and starts the run."""
        bound, now = listener.rule, turn.now
        rule_id = bound.rule.id
        if rule_id in self.memory.paused and not self._taken_back(rule_id, now):
            return
        starts = self.memory.starts.setdefault(rule_id, [])
        starts.append(now)
        if starts[0] <= now - WINDOW:
            self.memory.starts[rule_id] = starts = [at for at in starts if at > now - WINDOW]
        number, trigger = listener.key[1], listener.trigger.trigger
        entry = self._entry(bound, turn) | {"trigger": trigger_row(number, trigger, cause, **more)}
        if len(starts) > MOST_STARTS:
            self._pause(bound, turn, entry)
            return
        self._start(bound, turn, entry, cause.id if cause else "", number, checked=True)

    def _start(
        self,
        bound: BoundRule,
        turn: Turn,
        entry: dict[str, Any],
        cause_id: str,
        number: int,
        *,
        checked: bool,
    ) -> None:
        if checked and bound.condition is not None:
            judgement = bound.condition.judge(self._sight(bound, turn))
            entry["condition"] = judgement.row
            if not judgement.result:
                turn.entries.append(entry | {"what": "not", "why": _why_not(judgement.row)})
                return
        self._runs.begin(bound, turn, entry, cause_id, number)

    def _pause(self, bound: BoundRule, turn: Turn, entry: dict[str, Any]) -> None:
        rule_id = bound.rule.id
        self.memory.paused[rule_id] = turn.now + PAUSE
        self.memory.starts.pop(rule_id, None)
        self.memory.lines.pop(rule_id, None)
        why = say("why_paused", most=MOST_STARTS, window=f"{WINDOW:g}", pause=f"{PAUSE / 60:g}")
        turn.entries.append(entry | {"what": "paused", "why": why, "until": turn.now + PAUSE})
        for run_id in self._runs.active(rule_id):
            self._runs.end(self.memory.runs[run_id], turn, Ending.STOPPED, "it was triggered too often")

    def _taken_back(self, rule_id: str, now: float) -> bool:
        if now < self.memory.paused[rule_id]:
            return False
        del self.memory.paused[rule_id]
        return True

    def resume(self, rule_id: str) -> None:
        """A person takes a paused rule back."""
        self.memory.paused.pop(rule_id, None)

    def _entry(self, bound: BoundRule, turn: Turn) -> dict[str, Any]:
        return {"at": turn.now, "rule": bound.rule.id, "version": bound.rule.version}

    def _sight(self, bound: BoundRule, turn: Turn) -> Sight:
        return Sight(turn.view, turn.now, self.calendar, self._changed_at, bound.rule.uses_stale)

    def _changed_at(self, ref: PropertyRef) -> float | None:
        known = self.memory.values.get(ref)
        return known[1] if known else None


def _why_not(row: Mapping[str, Any]) -> str:
    """One sentence about the part that failed, with the values of that moment."""
    part = row.get("failed", row["text"])
    if row["result"] is None:
        return say("why_unknown", part=part, why=row.get("why") or say("why_missing"))
    saw = [
        say("saw_was", name=name, value=_word(pair[0])) for name, pair in row["saw"].items() if name in part
    ]
    return say("why_not_saw", part=part, saw=saw) if saw else say("why_not", part=part)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return say("value_on") if value else say("value_off")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _argued(trigger: BoundTrigger, arguments: Mapping[str, Any]) -> bool:
    wanted = trigger.trigger
    assert isinstance(wanted, Happens)
    return all(name in arguments and arguments[name] == value for name, value in wanted.arguments.items())


SYSTEM = Cause("hub", Actor.SYSTEM, "hub")
"""A cause for those who have none to give."""
