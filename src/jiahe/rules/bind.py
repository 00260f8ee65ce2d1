"""A rule meets the devices of a home: names, types, units and bounds are checked and everything is made ready to run.

`bind_rule(rule, definitions, scenes, rules) -> BoundRule`, or Faults with all that does not fit. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from jiahe.model.definition import Profile
from jiahe.model.happening import PropertyRef
from jiahe.rules.expression import Bound, bind, profile_of, property_of, type_of
from jiahe.rules.judge import Condition
from jiahe.rules.program import Assembler, Program
from jiahe.rules.reader import Faults, near
from jiahe.rules.rule import AtSun, Becomes, Changes, Expression, Happens, Rule, RuleEnds, Trigger
from jiahe.rules.scene import NO_SCENES, Scene
from jiahe.rules.sentences import say
from jiahe.rules.syntax import Fault


@dataclass(frozen=True, slots=True)
class BoundTrigger:
    """A trigger made ready. `refs` are the properties it listens to; `mode` whether it listens to the home's mode."""

    index: int
    trigger: Trigger
    condition: Condition | None = None
    to: Bound | None = None
    of: Bound | None = None
    refs: frozenset[PropertyRef] = frozenset()
    mode: bool = False


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A rule made ready for one home."""

    rule: Rule
    triggers: tuple[BoundTrigger, ...]
    condition: Condition | None
    program: Program


def bind_rule(
    rule: Rule,
    definitions: Mapping[str, Profile],
    scenes: Mapping[str, Scene] = NO_SCENES,
    rules: Collection[str] | None = None,
    *,
    has_location: bool = True,
) -> BoundRule:
    """Checks the rule against devices (profiles by id), scenes and the ids of the other rules (None: not looked at)."""
    assembler = Assembler(definitions, scenes)
    triggers = [_trigger(assembler, index, one, rules, has_location) for index, one in enumerate(rule.when)]
    condition = assembler.condition(rule.condition) if rule.condition else None
    program = assembler.program(rule.then)
    if assembler.faults:
        raise Faults(sorted(assembler.faults, key=lambda one: (one.line, int(one.key or 0))))
    return BoundRule(rule, tuple(one for one in triggers if one), condition, program)


def bind_scene(scene: Scene, definitions: Mapping[str, Profile]) -> Program:
    """The orders of a scene by itself, or Faults."""
    assembler = Assembler(definitions, {scene.id: scene})
    program = assembler.program(scene.steps)
    if assembler.faults:
        raise Faults(assembler.faults)
    return program


def _trigger(
    assembler: Assembler, index: int, trigger: Trigger, rules: Collection[str] | None, has_location: bool
) -> BoundTrigger | None:
    match trigger:
        case Becomes():
            return _becomes(assembler, index, trigger)
        case Changes():
            return _changes(assembler, index, trigger)
        case Happens():
            return _happens(assembler, index, trigger)
        case RuleEnds() if rules is not None and trigger.rule not in rules:
            assembler.wrong(trigger.place, say("no_rule", rule=trigger.rule, near=near(trigger.rule, rules)))
        case AtSun() if not has_location:
            assembler.wrong(trigger.place, say("no_place"))
    return BoundTrigger(index, trigger)


def _becomes(assembler: Assembler, index: int, trigger: Becomes) -> BoundTrigger | None:
    condition = assembler.condition(trigger.condition)
    if condition is None:
        return None
    if condition.timely:
        assembler.wrong(
            trigger.condition.place,
            say("becomes_times"),
        )
    mode = "mode" in condition.words
    if not condition.refs and not mode:
        assembler.wrong(trigger.condition.place, say("becomes_fixed"))
    return BoundTrigger(index, trigger, condition, refs=condition.refs, mode=mode)


def _changes(assembler: Assembler, index: int, trigger: Changes) -> BoundTrigger | None:
    try:
        definition = property_of(trigger.ref, assembler.definitions)
    except Fault as error:
        assembler.wrong(trigger.place, error.message)
        return None
    wanted = type_of(definition, f"{trigger.ref.device}.{trigger.ref.path}")

    def literal(expression: Expression | None) -> Bound | None:
        if expression is None:
            return None
        try:
            bound = bind(expression.tree, assembler.definitions, wanted)
        except Fault as error:
            assembler.wrong(expression.place, error)
            return None
        if not bound.is_constant:
            assembler.wrong(expression.place, say("fixed_value"))
        return bound

    return BoundTrigger(
        index, trigger, None, literal(trigger.to), literal(trigger.of), frozenset({trigger.ref})
    )


def _happens(assembler: Assembler, index: int, trigger: Happens) -> BoundTrigger | None:
    ref = PropertyRef(trigger.device, trigger.event)
    try:
        events = profile_of(ref, assembler.definitions).events
    except Fault as error:
        assembler.wrong(trigger.place, error.message)
        return None
    if trigger.event not in events:
        assembler.wrong(
            trigger.place,
            say(
                "no_event",
                device=trigger.device,
                event=trigger.event,
                more=near(trigger.event, events) if events else say("near_none"),
            ),
        )
    return BoundTrigger(index, trigger)
