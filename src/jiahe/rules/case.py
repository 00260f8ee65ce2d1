"""Tests that travel with a rule: given / when / then, run on the pure engine in a time of their own.

Owns what a case means. Devices in a case obey at once (or answer as `commands:` says), and what they were told shows in
their values, so that a rule that triggers itself does so here too. A case passes when exactly the expected orders were
given, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from jiahe.model.definition import Profile, Value
from jiahe.model.errors import JiaheError, OutOfDefinition
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality, Status
from jiahe.model.said import spoken
from jiahe.rules.calendar import parse_local
from jiahe.rules.engine import Engine, bind_all
from jiahe.rules.expression import bind, property_of, type_of
from jiahe.rules.moment import (
    Change,
    Decision,
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
    Seen,
    Table,
    TimePassed,
)
from jiahe.rules.program import Assembler, Enter, Give, Halt, Tell
from jiahe.rules.rule import Case, Do, Expression, HomeMode, Rule
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight
from jiahe.rules.sun import Location
from jiahe.rules.syntax import Fault

MOST_WAKES = 10_000
"""Alarms looked after within one `after`: a case of a day with `every: 15 s` has 5,760."""
SOMEBODY = Cause("test", Actor.SYSTEM, "test")


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`why` says what was expected and what came instead; `trace` is the engine's own account."""

    name: str
    line: int
    passed: bool
    why: str = ""
    got: tuple[str, ...] = ()
    trace: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


def run_cases(
    rule: Rule,
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None = None,
    scenes: Mapping[str, Scene] = NO_SCENES,
) -> list[CaseResult]:
    """Every case of a rule's file; a rule that does not fit its home fails each with the reason."""
    return [_run(rule, case, definitions, zone, location, scenes) for case in rule.tests]


def _run(
    rule: Rule,
    case: Case,
    definitions: Mapping[str, Profile],
    zone: tzinfo,
    location: Location | None,
    scenes: Mapping[str, Scene],
) -> CaseResult:
    try:
        world = World(
            [rule], definitions, zone, location, scenes, at=case.at, mode=case.mode, answers=case.commands
        )
        if rule.id in world.engine.faults and rule.enabled:
            raise world.engine.faults[rule.id]
        expected = _expected(case, definitions, scenes)
        world.given({ref: _value(ref, written, definitions) for ref, written in case.given.items()})
        for one in case.when:
            _do(world, one, definitions)
    except JiaheError as error:
        return CaseResult(case.name, case.place.line, False, spoken(error))
    got = tuple(shown(order) for order in world.orders)
    passed = got == expected
    why = "" if passed else _difference(expected, got, world.trace)
    return CaseResult(case.name, case.place.line, passed, why, got, tuple(world.trace))


class World:
    """A home in which devices obey: what a case, or anybody else who wants to try rules, plays in."""

    def __init__(
        self,
        rules: list[Rule],
        definitions: Mapping[str, Profile],
        zone: tzinfo,
        location: Location | None = None,
        scenes: Mapping[str, Scene] = NO_SCENES,
        *,
        at: str | float = 0.0,
        mode: HomeMode = HomeMode.HOME,
        answers: str = "confirmed",
    ) -> None:
        bound = bind_all(rules, definitions, scenes, location is not None, alone=True)
        self.engine = Engine((), definitions, zone, location, scenes, bound=bound)
        try:
            self.now = at if isinstance(at, int | float) else parse_local(at, self.engine.calendar)
        except ValueError:
            raise OutOfDefinition("at", say("test_date", at=at)) from None
        self.view = Table(mode)
        self.answer = Status(answers)
        self.orders: list[Order] = []
        self.trace: list[Mapping[str, Any]] = []
        self._until = self.now
        self.tell(TimePassed())

    def given(self, values: Mapping[PropertyRef, Value]) -> None:
        """How things are before anything happens: triggers nothing."""
        self.report(values)

    def report(self, values: Mapping[PropertyRef, Value]) -> None:
        """One report of these values; None is a value that is not known (any more)."""
        changes: list[Change] = []
        for ref, value in values.items():
            old: Seen | None = self.view.readings.get(ref)
            known = value is not None
            kept = value if known or old is None else old.value
            quality = Quality.GOOD if known else Quality.UNKNOWN if kept is None else Quality.STALE
            new = Reading(kept, quality, self.now if known or old is None else old.observed_at)
            self.view.readings[ref] = new
            if old is None or (old.value, old.quality) != (new.value, new.quality):
                changes.append(Change(ref, old, new))
        if changes:
            self.tell(Report(tuple(changes), SOMEBODY))

    def tell(self, happening: Happening) -> None:
        """Something happens; orders are obeyed, and what that sets off happens too."""
        waiting: list[Happening] = [happening]
        while waiting:
            decision = self.engine.decide(self.view, waiting.pop(0), self.now)
            waiting += self._obey(decision)

    def _obey(self, decision: Decision) -> list[Happening]:
        self.trace += decision.trace
        self.orders += decision.commands
        follow: list[Happening] = []
        for order in decision.commands:
            cause = Cause(order.run, Actor.RULE, order.rule, order.parent)
            if order.kind is OrderKind.MODE:
                mode = HomeMode(str(order.value))
                if mode is not self.view.mode:
                    was, self.view.mode = self.view.mode, mode
                    follow.append(ModeChanged(mode, cause, was))
            elif order.kind in (OrderKind.SET, OrderKind.DO):
                if order.kind is OrderKind.SET and order.target and self.answer is Status.CONFIRMED:
                    old = self.view.readings.get(order.target)
                    new = Reading(order.value, Quality.GOOD, self.now)
                    self.view.readings[order.target] = new
                    if old is None or old.value != new.value or old.quality is not Quality.GOOD:
                        follow.append(Report((Change(order.target, old, new),), cause))
                follow.append(OrderEnded(order.id, self.answer, ""))
        return follow

    def wait(self, seconds: float) -> None:
        """Time passes, and every alarm in it is kept."""
        end = self.now + seconds
        for _ in range(MOST_WAKES):
            due = self.engine.decide(self.view, TimePassed(), self.now)
            for happening in self._obey(due):
                self.tell(happening)
            if due.wake_at is None or due.wake_at > end:
                break
            self.now = max(self.now, due.wake_at)
        else:
            raise OutOfDefinition("after", say("test_alarms", most=MOST_WAKES))
        self.now = end
        self.tell(TimePassed())


def _do(world: World, one: Do, definitions: Mapping[str, Profile]) -> None:
    if one.values is not None:
        world.report({ref: _value(ref, written, definitions) for ref, written in one.values.items()})
    elif one.event is not None:
        device, event, arguments = one.event
        world.tell(EventHappened(device, event, arguments, SOMEBODY))
    elif one.mode is not None:
        was, world.view.mode = world.view.mode, one.mode
        world.tell(ModeChanged(one.mode, SOMEBODY, was))
    elif one.ended is not None:
        world.tell(RuleEnded(one.ended[0], one.ended[1].value, SOMEBODY))
    elif one.started:
        world.tell(HubStarted(SOMEBODY))
    elif one.after is not None:
        world.wait(one.after)


def _value(ref: PropertyRef, written: Expression | None, definitions: Mapping[str, Profile]) -> Value:
    """A value of a case, in the property's own unit."""
    if written is None:
        return None
    try:
        definition = property_of(ref, definitions)
        if written.text in definition.choices:
            return written.text
        bound = bind(written.tree, definitions, type_of(definition, f"{ref.device}.{ref.path}"))
    except Fault as error:
        raise OutOfDefinition(f"line {written.place.line}", error.message) from None
    if not bound.is_constant:
        raise OutOfDefinition(f"line {written.place.line}", say("test_fixed"))
    nowhere: Sight = None  # type: ignore[assignment]  # constants look at nothing
    return bound.function(nowhere)


def _expected(case: Case, definitions: Mapping[str, Profile], scenes: Mapping[str, Scene]) -> tuple[str, ...]:
    """The orders that the case names, shown as those that come."""
    assembler = Assembler(definitions, scenes)
    program = assembler.program(case.then)
    if assembler.faults:
        raise assembler.faults[0]
    nowhere: Sight = None  # type: ignore[assignment]  # only constants are looked at
    found: list[str] = []
    for at in program:
        match at:
            case Give(value=compute, arguments=None) if compute is not None and not at.refs:
                found.append(shown(Order("", "", "", OrderKind.SET, at.line, at.target, compute(nowhere))))
            case Give(arguments=tuple() as computes) if not at.refs:
                arguments = tuple(compute(nowhere) for compute in computes)
                found.append(shown(Order("", "", "", OrderKind.DO, at.line, at.target, None, arguments)))
            case Enter(mode=mode):
                found.append(shown(Order("", "", "", OrderKind.MODE, at.line, value=mode.value)))
            case Tell(who=who, parts=parts):
                text = "".join(part if isinstance(part, str) else "" for part in parts)
                found.append(shown(Order("", "", "", OrderKind.NOTIFY, at.line, who=who, text=text)))
            case Halt():
                pass
            case _:
                raise OutOfDefinition(
                    f"line {at.line}",
                    say("test_orders"),
                )
    return tuple(found)


def shown(order: Order) -> str:
    """An order in one line, as a person reads it."""
    name = f"{order.target.device}.{order.target.path}" if order.target else ""
    match order.kind:
        case OrderKind.SET:
            value = order.value
            if isinstance(value, bool):
                return say("order_set", name=name, value=say("value_on") if value else say("value_off"))
            return say(
                "order_set", name=name, value=f"{value:g}" if isinstance(value, int | float) else value
            )
        case OrderKind.DO if order.arguments:
            return say("order_do_with", name=name, arguments=str(list(order.arguments)))
        case OrderKind.DO:
            return say("order_do", name=name)
        case OrderKind.MODE:
            return say("order_mode", mode=say(f"mode_{order.value}"))
    whom = say(f"whom_{order.who}") if order.who in ("owner", "everyone") else order.who
    return say("order_notify", whom=whom, text=order.text)


def _difference(expected: tuple[str, ...], got: tuple[str, ...], trace: list[Mapping[str, Any]]) -> str:
    wanted, came = (orders or (say("order_none"),) for orders in (expected, got))
    reasons = [
        entry["why"] for entry in trace if entry["what"] in ("not", "missed", "paused") and "why" in entry
    ]
    if reasons and not got:
        return say("test_expected_why", wanted=wanted, came=came, because=reasons[-1])
    return say("test_expected", wanted=wanted, came=came)
