"""When a value trigger fires: edges of conditions, changes of values, and `for`. Owns that law; starts nothing.

The law. A condition must have been known false and become known true; what is stale or unknown is neither, and keeps
what was known before. The first word after a start only says how things are. `for` counts from the edge and goes on
through gaps (a stale value, a restart of the hub), but fires only at a moment when the condition is known to be true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from jiahe.model.definition import Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules.bind import BoundRule, BoundTrigger
from jiahe.rules.memory import Edge, Memory, TriggerKey
from jiahe.rules.moment import Change, Seen
from jiahe.rules.rule import Becomes, Changes
from jiahe.rules.sight import Sight
from jiahe.rules.turn import Before, Turn

KNOWN = frozenset({Quality.GOOD, Quality.ASSUMED})


class Moved(NamedTuple):
    """A change with what was last known: the value before it, and whether it is another one now."""

    change: Change
    had: bool
    before: Value
    changed: bool


@dataclass(frozen=True, slots=True)
class Listener:
    """One value trigger of one rule."""

    key: TriggerKey
    rule: BoundRule
    trigger: BoundTrigger


class Edges:
    """Watches value triggers; says which fire, with the row of what was seen."""

    def __init__(
        self,
        memory: Memory,
        sight: Callable[[BoundRule, Turn], Sight],
        alarm: Callable[[float, TriggerKey], None],
        calm: Callable[[TriggerKey], None],
    ) -> None:
        self._memory, self._sight, self._alarm, self._calm = memory, sight, alarm, calm

    def moved(self, change: Change, now: float) -> Moved:
        """Takes a change into memory."""
        ref, old, new = change
        values = self._memory.values
        known = values.get(ref)
        if known is not None:
            had, before = True, known[0]
        else:
            had = old is not None and old.quality is not Quality.UNKNOWN
            before = old.value if old is not None and had else None
        is_known = new.quality in KNOWN
        changed = is_known and had and not _same(before, new.value)
        if is_known and (known is None or changed):
            values[ref] = (new.value, now if changed else new.observed_at)
        return Moved(change, had, before, changed)

    # ---- conditions ------------------------------------------------------------------------------------------

    def condition(self, listener: Listener, turn: Turn, before: Before) -> dict[str, list[Value]] | None:
        """What was seen if the trigger fires now, else None."""
        trigger = listener.trigger.trigger
        assert listener.trigger.condition is not None
        assert isinstance(trigger, Becomes)
        condition = listener.trigger.condition
        sight = self._sight(listener.rule, turn)
        truth = condition.truth(sight)
        if truth is None:
            return None
        edge = self._memory.edges.get(listener.key)
        if edge is None:
            edge = self._memory.edges[listener.key] = Edge()
        was = edge.truth
        if was is None:
            earlier = self._sight(listener.rule, turn)
            earlier.view = before
            was = condition.truth(earlier)
        edge.truth = truth
        return self._judged(listener, edge, truth and was is False, truth, trigger.lasting, turn, sight)

    def _judged(
        self,
        listener: Listener,
        edge: Edge,
        rose: bool,
        truth: bool,
        lasting: float,
        turn: Turn,
        sight: Sight,
    ) -> dict[str, list[Value]] | None:
        if not truth:
            if edge.since is not None:
                edge.since = None
                self._calm(listener.key)
            return None
        if rose:
            if not lasting:
                return sight.seen
            edge.since = turn.now
            self._alarm(turn.now + lasting, listener.key)
            return None
        if edge.since is not None and turn.now >= edge.since + lasting:
            edge.since = None  # its moment came in a gap
            self._calm(listener.key)
            return sight.seen
        return None

    # ---- changes ---------------------------------------------------------------------------------------------

    def change(self, listener: Listener, moved: Moved, turn: Turn) -> dict[str, list[Value]] | None:
        """What was seen if the trigger fires now, else None."""
        trigger = listener.trigger.trigger
        assert isinstance(trigger, Changes)
        new = moved.change.new
        name = f"{trigger.ref.device}.{trigger.ref.path}"
        seen: dict[str, list[Value]] = {name: [new.value, new.quality.value]}
        edge = self._memory.edges.get(listener.key)
        if not moved.changed:
            if (
                edge is not None
                and edge.since is not None
                and new.quality in KNOWN
                and turn.now >= edge.since + trigger.lasting
            ):
                edge.since = None
                self._calm(listener.key)
                return seen
            return None
        if edge is not None and edge.since is not None:
            edge.since = None
            self._calm(listener.key)
        if not (_fits(listener.trigger.of, moved.before) and _fits(listener.trigger.to, new.value)):
            return None
        seen[f"before({name})"] = [moved.before, Quality.GOOD.value]
        if not trigger.lasting:
            return seen
        if edge is None:
            edge = self._memory.edges[listener.key] = Edge()
        edge.since = turn.now
        self._alarm(turn.now + trigger.lasting, listener.key)
        return None

    # ---- time ------------------------------------------------------------------------------------------------

    def lasted(self, listener: Listener, turn: Turn) -> dict[str, list[Value]] | None:
        """`for` is over: what was seen if the trigger fires, else None (it waits for a value that is known)."""
        edge = self._memory.edges.get(listener.key)
        if edge is None or edge.since is None:
            return None
        sight = self._sight(listener.rule, turn)
        trigger = listener.trigger.trigger
        if isinstance(trigger, Changes):
            reading: Seen | None = sight.look(trigger.ref)
            truth: bool | None = True if reading is not None and reading.quality in KNOWN else None
        else:
            assert listener.trigger.condition is not None
            truth = listener.trigger.condition.truth(sight)
        if truth is None:
            return None
        edge.since = None
        return sight.seen if truth else None


def _same(one: Value, other: Value) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _fits(wanted: object, value: Value) -> bool:
    """Whether a value is the one a trigger names; no name fits all."""
    if wanted is None:
        return True
    function = wanted.function  # type: ignore[attr-defined]  # a Bound constant
    return _same(function(None), value)


def before_of(turn: Turn, changes: tuple[Change, ...]) -> Before:
    """The view as it was before a report."""
    old: Mapping[PropertyRef, Seen | None] = {change.ref: change.old for change in changes}
    return Before(turn.view, old)
