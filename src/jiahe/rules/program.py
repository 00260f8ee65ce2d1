"""The steps of a rule as a flat list of instructions, so that a waiting run is one number that survives a restart.

Owns the translation and the check of every step against the devices; executes nothing (`run.py` does).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.model.definition import ActionDef, Kind, Profile, PropertyDef, Value
from jiahe.model.errors import OutOfDefinition, SpecError
from jiahe.model.happening import PropertyRef
from jiahe.rules.expression import Bound, Type, bind, profile_of, property_of, type_of
from jiahe.rules.judge import Condition, condition
from jiahe.rules.reader import fault, near
from jiahe.rules.rule import (
    ApplyScene,
    Choose,
    DoAction,
    Expression,
    HomeMode,
    Notify,
    Place,
    Repeat,
    SetMode,
    SetValue,
    Step,
    Stop,
    Template,
    Wait,
    WaitUntil,
)
from jiahe.rules.scene import Scene
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight
from jiahe.rules.syntax import Fault
from jiahe.rules.tree import Reference

Compute = Callable[[Sight], Value]
"""Gives a value that its definition admits; Unknowable or OutOfDefinition says why there is none now."""


@dataclass(frozen=True, slots=True)
class Give:
    """Order a value to be set (`arguments` None) or an action to be done."""

    line: int
    target: PropertyRef
    value: Compute | None
    arguments: tuple[Compute, ...] | None = None
    scene: str = ""
    refs: frozenset[PropertyRef] = frozenset()


@dataclass(frozen=True, slots=True)
class Enter:
    """Order the home's mode."""

    line: int
    mode: HomeMode
    scene: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    line: int
    who: str
    parts: tuple[str | Bound, ...]
    others: Mapping[str, tuple[str | Bound, ...]]
    """The same by language, where the rule says it in several."""


@dataclass(frozen=True, slots=True)
class Pause:
    line: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for the condition; on to `then`, or to the next instruction when it took too long."""

    line: int
    condition: Condition
    at_most: float
    then: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Wait for the outcome of the last order; on to `then` if confirmed, else to the next instruction."""

    line: int
    then: int


@dataclass(frozen=True, slots=True)
class Unless:
    """On to `to` unless the condition is true."""

    line: int
    condition: Condition
    to: int


@dataclass(frozen=True, slots=True)
class Jump:
    line: int
    to: int


@dataclass(frozen=True, slots=True)
class Begin:
    """Set the counter of a loop to nothing."""

    line: int
    slot: int


@dataclass(frozen=True, slots=True)
class Round:
    """One more round, or on to `out` when there have been enough or the condition is not true (any more)."""

    line: int
    slot: int
    at_most: int
    condition: Condition | None
    out: int


@dataclass(frozen=True, slots=True)
class Halt:
    line: int
    reason: str


Instruction = Give | Enter | Tell | Pause | Until | Confirmed | Unless | Jump | Begin | Round | Halt
Program = tuple[Instruction, ...]


class Assembler:
    """Checks and translates; what is wrong is in `faults`."""

    def __init__(self, definitions: Mapping[str, Profile], scenes: Mapping[str, Scene]) -> None:
        self.definitions, self.scenes = definitions, scenes
        self.faults: list[SpecError] = []
        self._code: list[Any] = []
        self._slots = 0

    def wrong(self, place: Place, error: Fault | str) -> None:
        if isinstance(error, Fault):
            self.faults.append(fault(Place(place.file, place.line, place.column + error.at), error.message))
        else:
            self.faults.append(fault(place, error))

    def condition(self, expression: Expression) -> Condition | None:
        try:
            return condition(expression, self.definitions)
        except Fault as error:
            self.wrong(expression.place, error)
            return None

    def program(self, steps: tuple[Step, ...]) -> Program:
        """The instructions of these steps."""
        self._code, self._slots = [], 0
        self._steps(steps)
        return tuple(self._code)

    # ---- steps -----------------------------------------------------------------------------------------------

    def _emit(self, instruction: Instruction) -> int:
        self._code.append(instruction)
        return len(self._code) - 1

    def _hole(self) -> int:
        """A place for an instruction whose target is not known yet."""
        self._code.append(None)
        return len(self._code) - 1

    def _steps(self, steps: tuple[Step, ...], scene: str = "") -> None:
        for step in steps:
            self._step(step, scene)

    def _step(self, step: Step, scene: str) -> None:
        line = step.place.line
        match step:
            case SetValue() | DoAction():
                give = self.give(step, scene)
                if give is not None:
                    self._emit(give)
                if step.otherwise is not None:
                    self._with_otherwise(lambda end: Confirmed(line, end), step.otherwise)
            case ApplyScene(scene=name):
                found = self.scenes.get(name)
                if found is None:
                    self.wrong(step.place, say("no_scene", name=name, near=near(name, self.scenes)))
                else:
                    self._scene(found, line)
            case SetMode(mode=mode):
                self._emit(Enter(line, mode, scene))
            case Notify():
                others = {language: self._template(one) for language, one in step.text.others.items()}
                self._emit(Tell(line, step.who, self._template(step.text), others))
            case Wait(seconds=seconds):
                self._emit(Pause(line, seconds))
            case WaitUntil():
                self._wait_until(step)
            case Choose():
                self._choose(step)
            case Repeat():
                self._repeat(step)
            case Stop(reason=reason):
                self._emit(Halt(line, reason))

    def _with_otherwise(self, make: Callable[[int], Instruction], otherwise: tuple[Step, ...]) -> None:
        hole = self._hole()
        self._steps(otherwise)
        self._code[hole] = make(len(self._code))

    def _scene(self, scene: Scene, line: int) -> None:
        """A scene's faults are its own file's; its lines are those of the step that applies it."""
        for one in scene.steps:
            if isinstance(one, SetMode):
                self._emit(Enter(line, one.mode, scene.id))
            elif isinstance(one, SetValue | DoAction):
                give = self.give(one, scene.id, line)
                if give is not None:
                    self._emit(give)

    def _wait_until(self, step: WaitUntil) -> None:
        found = self.condition(step.condition)
        if found is None:
            self._steps(step.otherwise)
            return
        if found.timely:
            self.wrong(
                step.condition.place,
                say("wait_until"),
            )
        self._with_otherwise(lambda end: Until(step.place.line, found, step.at_most, end), step.otherwise)

    def _choose(self, step: Choose) -> None:
        ends: list[int] = []
        for branch in step.branches:
            found = self.condition(branch.condition) if branch.condition else None
            hole = self._hole() if found else None
            self._steps(branch.steps)
            ends.append(self._hole())
            if found and hole is not None:
                self._code[hole] = Unless(branch.place.line, found, len(self._code))
        for end in ends:
            self._code[end] = Jump(step.place.line, len(self._code))

    def _repeat(self, step: Repeat) -> None:
        line, slot = step.place.line, self._slots
        self._slots += 1
        found = self.condition(step.condition) if step.condition else None
        self._emit(Begin(line, slot))
        hole = self._hole()
        self._steps(step.steps)
        self._emit(Jump(line, hole))
        self._code[hole] = Round(line, slot, step.at_most, found, len(self._code))

    def _template(self, template: Template) -> tuple[str | Bound, ...]:
        parts: list[str | Bound] = []
        for part in template.parts:
            if isinstance(part, str):
                parts.append(part)
                continue
            try:
                parts.append(bind(part.tree, self.definitions))
            except Fault as error:
                self.wrong(part.place, error)
        return tuple(parts)

    # ---- values ----------------------------------------------------------------------------------------------

    def give(self, step: SetValue | DoAction, scene: str = "", line: int = 0) -> Give | None:
        """The order of one step; None with a fault told where it does not fit the device."""
        place, ref = step.place, step.ref
        try:
            if isinstance(step, SetValue):
                definition = property_of(ref, self.definitions)
                if not definition.writable:
                    self.wrong(place, say("only_read", device=ref.device, path=ref.path))
                    return None
                value, refs = self._value(definition, step.to, f"{ref.device}.{ref.path}")
                return Give(line or place.line, ref, value, None, scene, refs) if value else None
            return self._action(step, self._action_of(step), scene, line)
        except Fault as error:
            self.wrong(place, error.message)
            return None

    def _action_of(self, step: DoAction) -> ActionDef:
        actions = profile_of(step.ref, self.definitions).actions
        found = actions.get(step.ref.path)
        if found is None:
            raise Fault(
                0,
                say(
                    "no_action", device=step.ref.device, path=step.ref.path, near=near(step.ref.path, actions)
                ),
            )
        return found

    def _action(self, step: DoAction, action: ActionDef, scene: str, line: int) -> Give | None:
        wanted = action.arguments
        if len(wanted) != len(step.arguments):
            names = ", ".join(one.name for one in wanted) or "none"
            self.wrong(
                step.place,
                say(
                    "arguments",
                    path=step.ref.path,
                    count=len(wanted),
                    names=names,
                    count2=len(step.arguments),
                ),
            )
            return None
        computes: list[Compute] = []
        refs: frozenset[PropertyRef] = frozenset()
        for definition, given in zip(wanted, step.arguments, strict=True):
            compute, read = self._value(definition, given, definition.name)
            refs |= read
            if compute:
                computes.append(compute)
        if len(computes) != len(wanted):
            return None
        return Give(line or step.place.line, step.ref, None, tuple(computes), scene, refs)

    def _names_a_device(self, written: Expression) -> bool:
        """A text such as `chime.mp3` looks like a property: it is one where there is a device of that name."""
        return isinstance(written.tree, Reference) and written.tree.ref.device in self.definitions

    def _value(
        self, definition: PropertyDef, written: Expression, name: str
    ) -> tuple[Compute | None, frozenset[PropertyRef]]:
        """What computes a value that fits a definition; a constant is checked here and now."""
        wanted = type_of(definition, name)
        literal = (
            written.text in definition.choices
            if definition.kind is Kind.ENUM
            else (definition.kind is Kind.TEXT and not self._names_a_device(written))
        )
        try:
            if literal:
                return _fixed(definition.check(written.text)), frozenset()
            bound = bind(written.tree, self.definitions, wanted)
            if not bound.is_constant:
                return _computed(definition, bound, wanted), bound.refs
            return _fixed(definition.check(bound.function(None))), frozenset()  # type: ignore[arg-type]  # looks at nothing
        except Fault as error:
            self.wrong(written.place, error)
        except OutOfDefinition as error:
            self.wrong(written.place, str(error))
        return None, frozenset()


def _fixed(value: Value) -> Compute:
    return lambda sight: value


def _computed(definition: PropertyDef, bound: Bound, wanted: Type) -> Compute:
    def compute(sight: Sight) -> Value:
        value = bound.function(sight)
        if wanted.kind == "number" and isinstance(value, int | float):
            value = _on_step(definition, value)
        return definition.check(value)

    return compute


def _on_step(definition: PropertyDef, value: float) -> float:
    """A computed number goes to the nearest step that the device knows; its bounds are not softened."""
    step = definition.step or (1.0 if definition.kind is Kind.INT else 0.0)
    if not step:
        return value
    base = definition.low or 0.0
    return round(base + round((value - base) / step) * step, 9)
