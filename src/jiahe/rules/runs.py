"""Runs of rules: how they begin, take their steps, wait and end. Owns the modes single, restart, queued, parallel and
every bound on what one run may do; decides nothing about triggers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jiahe.model.definition import Value
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import Actor, Cause, PropertyRef, Status
from jiahe.rules.bind import BoundRule
from jiahe.rules.expression import Bound
from jiahe.rules.memory import Memory, Run, Waiting
from jiahe.rules.moment import Order, OrderKind, RuleEnded
from jiahe.rules.program import (
    Begin,
    Confirmed,
    Enter,
    Give,
    Halt,
    Instruction,
    Jump,
    Pause,
    Round,
    Tell,
    Unless,
    Until,
)
from jiahe.rules.rule import Ending, Mode
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight, Unknowable
from jiahe.rules.turn import Turn

MOST_RUNS = 1_000
"""Runs under way in one home: each is remembered on disk, and more than one a rule is rare."""
MOST_INSTRUCTIONS = 2_000
"""Instructions one run may take without waiting: the longest rule has 200 steps; more is a circle."""
MOST_ORDERS = 100
"""Commands one run may give without waiting: a device's line takes 32."""
SETTLE = 150.0
"""Seconds until an outcome that never came counts as failed; a command lives 120 at most."""
MOST_FAILURES = 5
"""Reasons remembered of one run."""

SightOf = Callable[[BoundRule, Turn], Sight]
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Runs:
    """All runs under way."""

    def __init__(
        self,
        memory: Memory,
        rules: Mapping[str, BoundRule],
        sight: SightOf,
        alarm: Callable[[float, str], None],
    ) -> None:
        self._memory, self._rules, self._sight, self._alarm = memory, rules, sight, alarm
        self.by_ref: dict[PropertyRef, dict[str, None]] = {}
        """Runs that wait for a condition about this property."""
        self.by_mode: dict[str, None] = {}
        self.by_order: dict[str, str] = {}
        self._active: dict[str, dict[str, None]] = {}
        self._watched: dict[str, frozenset[PropertyRef]] = {}
        for run in memory.runs.values():
            self._enlist(run)

    def active(self, rule: str) -> list[str]:
        """Ids of runs that still have steps to take."""
        return list(self._active.get(rule, ()))

    # ---- begin -----------------------------------------------------------------------------------------------

    def begin(self, bound: BoundRule, turn: Turn, entry: dict[str, Any], cause_id: str, trigger: int) -> None:
        """Starts a run as the rule's mode allows; fills in `entry` and puts it into the trace."""
        rule, active = bound.rule, self._active.get(bound.rule.id, {})
        if rule.mode is Mode.RESTART:
            for run_id in list(active):
                self.end(self._memory.runs[run_id], turn, Ending.STOPPED, "it was started anew")
        elif active and rule.mode is Mode.SINGLE:
            turn.entries.append(entry | {"what": "not", "why": say("why_single")})
            return
        elif active and rule.mode is Mode.QUEUED:
            line = self._memory.lines.setdefault(rule.id, [])
            if len(line) >= rule.at_most:
                turn.entries.append(entry | {"what": "not", "why": say("why_queued", most=rule.at_most)})
            else:
                line.append(Waiting(cause_id, trigger))
                turn.entries.append(entry | {"what": "queued"})
            return
        elif len(active) >= rule.at_most:
            turn.entries.append(entry | {"what": "not", "why": say("why_parallel", most=rule.at_most)})
            return
        if len(self._memory.runs) >= MOST_RUNS:
            turn.entries.append(entry | {"what": "not", "why": say("why_full", most=MOST_RUNS)})
            return
        run = self._new(bound, turn, cause_id)
        entry |= {"what": "ran", "run": run.id}
        self._memory.ran[bound.rule.id] = turn.now
        turn.entries.append(entry)
        self._advance(run, bound, turn, entry)

    def _new(self, bound: BoundRule, turn: Turn, cause_id: str) -> Run:
        number, stamp = int(turn.now * 1000), ""
        while number:
            number, digit = divmod(number, 36)
            stamp = _DIGITS[digit] + stamp
        run_id, count = f"{bound.rule.id}#{stamp}", 1
        while run_id in self._memory.runs:
            count += 1
            run_id = f"{bound.rule.id}#{stamp}-{count}"
        run = Run(run_id, bound.rule.id, turn.now, cause_id)
        self._memory.runs[run_id] = run
        self._active.setdefault(run.rule, {})[run_id] = None
        return run

    # ---- going on --------------------------------------------------------------------------------------------

    def time_came(self, run: Run, turn: Turn) -> None:
        """The run's own deadline is over."""
        bound = self._rules[run.rule]
        if run.settling:
            self._fail(run, "an outcome never came")
            self.end(run, turn, Ending.FAILED)
            return
        at = bound.program[run.pc]
        if run.awaits:
            run.last_confirmed, run.awaits = False, ""
            self._fail(run, "an outcome never came")
            self._resume(run, turn, "too_late")
        elif isinstance(at, Until):
            run.pc += 1
            self._resume(run, turn, "too_late")
        else:
            run.pc += 1
            self._resume(run, turn, "time")

    def look(self, run: Run, turn: Turn) -> None:
        """Something that the run waits for may have changed."""
        bound = self._rules[run.rule]
        at = bound.program[run.pc]
        if not isinstance(at, Until):
            return
        judgement = at.condition.judge(self._sight(bound, turn))
        if judgement.result:
            run.pc = at.then
            self._resume(run, turn, "condition", judgement.row)

    def outcome(self, order: str, status: Status, reason: str, turn: Turn) -> None:
        """An order ended."""
        run_id = self.by_order.pop(order, None)
        run = self._memory.runs.get(run_id) if run_id else None
        if run is None:
            return
        run.open.pop(order, None)
        good = status in (Status.CONFIRMED, Status.SUPERSEDED)
        if not good:
            self._fail(run, f"{order.rpartition('.')[2]}: {status.value}{f' ({reason})' if reason else ''}")
        if order == run.last_order:
            run.last_confirmed = status is Status.CONFIRMED
        if run.awaits == order:
            run.awaits = ""
            self._resume(run, turn, "outcome")
        elif run.settling and not run.open:
            self.end(run, turn, Ending.FAILED if run.failures else Ending.DONE)

    def _resume(self, run: Run, turn: Turn, because: str, row: Mapping[str, Any] | None = None) -> None:
        bound = self._rules[run.rule]
        self._dismiss(run)
        entry: dict[str, Any] = {
            "at": turn.now, "rule": run.rule, "version": bound.rule.version, "what": "went_on", "run": run.id,
            "because": because,
        }  # fmt: skip
        if row is not None:
            entry["condition"] = row
        turn.entries.append(entry)
        self._advance(run, bound, turn, entry)

    def _advance(self, run: Run, bound: BoundRule, turn: Turn, entry: dict[str, Any]) -> None:
        steps: list[dict[str, Any]] = []
        entry["steps"] = steps
        given = run.orders
        for _ in range(MOST_INSTRUCTIONS):
            if run.pc >= len(bound.program):
                self._steps_done(run, turn, entry)
                return
            instruction = bound.program[run.pc]
            if isinstance(instruction, Halt):
                steps.append({"line": instruction.line, "step": "stop"})
                self._close(run, turn, entry, Ending.STOPPED, instruction.reason)
                return
            if not self._step(run, bound, turn, instruction, steps):
                self._enlist(run)
                entry["waiting"] = self._waits(run, instruction)
                return
            if run.orders - given > MOST_ORDERS:
                self._close(run, turn, entry, Ending.STOPPED,
                            f"more than {MOST_ORDERS} commands at once: put a `wait` into the repeat")  # fmt: skip
                return
        self._close(run, turn, entry, Ending.STOPPED,
                    f"more than {MOST_INSTRUCTIONS} steps without waiting: put a `wait` into the repeat")  # fmt: skip

    def _steps_done(self, run: Run, turn: Turn, entry: dict[str, Any]) -> None:
        if not run.open:
            self._close(run, turn, entry, Ending.FAILED if run.failures else Ending.DONE)
            return
        run.settling, run.until = True, turn.now + SETTLE
        self._active.get(run.rule, {}).pop(run.id, None)
        self._enlist(run)
        entry["waiting"] = {"for": "outcomes"}
        self._next_in_line(run.rule, turn)

    def _waits(self, run: Run, instruction: Instruction) -> dict[str, Any]:
        waiting: dict[str, Any] = {"line": instruction.line}
        match instruction:
            case Until(condition=condition):
                waiting["for"] = condition.text
            case Confirmed():
                waiting["for"] = f"the outcome of {run.awaits}"
            case _:
                waiting["for"] = "time"
        return waiting | {"until": run.until}

    # ---- one instruction -------------------------------------------------------------------------------------

    def _step(
        self, run: Run, bound: BoundRule, turn: Turn, at: Instruction, steps: list[dict[str, Any]]
    ) -> bool:
        """Takes one instruction; False where the run now waits."""
        match at:
            case Give():
                steps.append(self._give(run, bound, turn, at))
            case Enter():
                turn.enter(at.mode)
                order = self._order(run, turn, OrderKind.MODE, at.line, value=at.mode.value, scene=at.scene)
                steps.append({"line": at.line, "step": "mode", "to": at.mode.value, "order": order.id})
            case Tell():
                text = self._text(bound, turn, at.parts)
                texts = {language: self._text(bound, turn, parts) for language, parts in at.others.items()}
                order = self._order(run, turn, OrderKind.NOTIFY, at.line, who=at.who, text=text, texts=texts)
                steps.append(
                    {"line": at.line, "step": "notify", "who": at.who, "text": text, "order": order.id}
                )
            case Pause(seconds=seconds):
                run.until = turn.now + seconds
                return False
            case Until():
                judgement = at.condition.judge(self._sight(bound, turn))
                if not judgement.result:
                    run.until = turn.now + at.at_most
                    return False
                steps.append({"step": "wait until", **judgement.row})
                run.pc = at.then
                return True
            case Confirmed():
                if run.last_confirmed is None:
                    run.awaits, run.until = run.last_order, turn.now + SETTLE
                    return False
                if run.last_confirmed:
                    run.pc = at.then
                    return True
            case Unless():
                judgement = at.condition.judge(self._sight(bound, turn))
                steps.append({"step": "if", **judgement.row})
                if not judgement.result:
                    run.pc = at.to
                    return True
            case Jump(to=to):
                run.pc = to
                return True
            case Begin(slot=slot):
                run.counters[slot] = 0
            case Round():
                return self._round(run, bound, turn, at, steps)
            case Halt():
                pass  # dealt with by `_advance`
        run.pc += 1
        return True

    def _round(self, run: Run, bound: BoundRule, turn: Turn, at: Round, steps: list[dict[str, Any]]) -> bool:
        count = run.counters.get(at.slot, 0)
        if count < at.at_most and at.condition is not None:
            judgement = at.condition.judge(self._sight(bound, turn))
            steps.append({"step": "while", **judgement.row})
            count = count if judgement.result else at.at_most
        run.counters[at.slot] = count + 1
        run.pc = run.pc + 1 if count < at.at_most else at.out
        return True

    def _give(self, run: Run, bound: BoundRule, turn: Turn, at: Give) -> dict[str, Any]:
        name = f"{at.target.device}.{at.target.path}"
        row: dict[str, Any] = {
            "line": at.line,
            "step": "set" if at.arguments is None else "do",
            "target": name,
        }
        sight = self._sight(bound, turn)
        value: Value = None
        arguments: tuple[Value, ...] | None = None
        try:
            if at.arguments is None:
                assert at.value is not None, "a Give has a value or arguments"
                value = at.value(sight)
            else:
                arguments = tuple(compute(sight) for compute in at.arguments)
        except (Unknowable, OutOfDefinition, TypeError) as error:
            why = str(error) if not isinstance(error, TypeError) else "a value is of the wrong type"
            self._fail(run, f"{name}: {why}")
            run.last_order, run.last_confirmed = "", False
            return row | {"why": why, "saw": dict(sight.seen)}
        kind = OrderKind.SET if arguments is None else OrderKind.DO
        order = self._order(
            run, turn, kind, at.line, target=at.target, value=value, arguments=arguments, scene=at.scene
        )
        run.open[order.id] = None
        run.last_order, run.last_confirmed = order.id, None
        self.by_order[order.id] = run.id
        row |= {"to": value} if arguments is None else {"with": list(arguments)}
        if sight.seen:
            row["saw"] = dict(sight.seen)
        return row | {"order": order.id} | ({"scene": at.scene} if at.scene else {})

    def _order(self, run: Run, turn: Turn, kind: OrderKind, line: int, **more: Any) -> Order:
        run.orders += 1
        order = Order(
            f"{run.id}.{run.orders}", run.rule, run.id, kind, line, parent=run.began_by or None, **more
        )
        turn.orders.append(order)
        return order

    def _text(self, bound: BoundRule, turn: Turn, parts: Iterable[str | Bound]) -> str:
        """The text with its values; one that is not known is a question mark, an old one is still told."""
        sight = self._sight(bound, turn)
        sight.uses_stale = True
        return "".join(part if isinstance(part, str) else _shown(part, sight) for part in parts)

    # ---- end -------------------------------------------------------------------------------------------------

    def end(self, run: Run, turn: Turn, ending: Ending, why: str = "") -> None:
        """Ends a run that takes no step now."""
        bound = self._rules.get(run.rule)
        entry: dict[str, Any] = {
            "at": turn.now, "rule": run.rule, "version": bound.rule.version if bound else "", "what": "ended",
            "run": run.id,
        }  # fmt: skip
        turn.entries.append(entry)
        self._close(run, turn, entry, ending, why)

    def _close(self, run: Run, turn: Turn, entry: dict[str, Any], ending: Ending, why: str = "") -> None:
        entry["ending"] = ending.value
        reasons = [why] if why else []
        if reasons or run.failures:
            entry["why"] = "; ".join([*reasons, *run.failures])
        self._dismiss(run)
        for order in run.open:
            self.by_order.pop(order, None)
        self._memory.runs.pop(run.id, None)
        self._active.get(run.rule, {}).pop(run.id, None)
        turn.follow(
            RuleEnded(run.rule, ending.value, Cause(run.id, Actor.RULE, run.rule, run.began_by or None))
        )
        self._next_in_line(run.rule, turn)

    def _next_in_line(self, rule: str, turn: Turn) -> None:
        line = self._memory.lines.get(rule)
        bound = self._rules.get(rule)
        if not line or bound is None or self._active.get(rule):
            return
        waiting = line.pop(0)
        entry = {
            "at": turn.now,
            "rule": rule,
            "version": bound.rule.version,
            "trigger": {"number": waiting.trigger, "kind": "queued"},
        }
        self.begin(bound, turn, entry, waiting.began_by, waiting.trigger)

    def drop(self, run: Run) -> None:
        """Forgets a run whose rule is another now."""
        self._dismiss(run)
        self._memory.runs.pop(run.id, None)
        self._active.get(run.rule, {}).pop(run.id, None)

    def _fail(self, run: Run, reason: str) -> None:
        if len(run.failures) < MOST_FAILURES:
            run.failures.append(reason[:200])

    # ---- who waits for what ----------------------------------------------------------------------------------

    def _enlist(self, run: Run) -> None:
        bound = self._rules.get(run.rule)
        if bound is None:
            return
        if not run.settling:
            self._active.setdefault(run.rule, {})[run.id] = None
        if run.until is not None:
            self._alarm(run.until, run.id)
        for order in run.open:
            self.by_order[order] = run.id
        at = bound.program[run.pc] if run.pc < len(bound.program) else None
        if isinstance(at, Until) and not run.settling:
            self._watched[run.id] = at.condition.refs
            for ref in at.condition.refs:
                self.by_ref.setdefault(ref, {})[run.id] = None
            if "mode" in at.condition.words:
                self.by_mode[run.id] = None

    def _dismiss(self, run: Run) -> None:
        """The run waits for nothing now."""
        run.until = None
        self.by_mode.pop(run.id, None)
        for ref in self._watched.pop(run.id, ()):
            waiting = self.by_ref[ref]
            waiting.pop(run.id, None)
            if not waiting:
                del self.by_ref[ref]


def _shown(part: Bound, sight: Sight) -> str:
    try:
        value = part.function(sight)
    except (Unknowable, TypeError):
        return "?"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        number = f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        unit = _UNITS.get(part.type.unit.code, part.type.unit.code)
        return f"{number} {unit}".strip() if unit != "%" else f"{number}%"
    return str(value)


_UNITS = {"Cel": "°C", "[degF]": "°F", "ug/m3": "µg/m³", "kW.h": "kWh", "[ppm]": "ppm", "[ppb]": "ppb"}
"""UCUM codes as people write them."""
