"""Conditions of Home Assistant as expressions of ours, and the small words that triggers and actions share. Owns both.

Source of the meanings: Home Assistant's documentation, "Conditions".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from jiahe.rules.importing.entity import Entities, Thing
from jiahe.rules.importing.logic import Condition, both, either, negated
from jiahe.rules.importing.source import Node, Unsupported
from jiahe.rules.importing.template import DAYS, Reader, is_template
from jiahe.rules.rule import Place

MOST_SECONDS = 30 * 86_400.0
"""Seconds of a wait: what is longer is a date."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SPAN = re.compile(r"(-?)(\d{1,4}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_UNITS = MappingProxyType(
    {"milliseconds": 0.001, "seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
)
_PLAIN = ("condition", "alias", "enabled")


@dataclass(slots=True)
class Scope:
    """What one automation's parts may know: its devices, the trigger that is looked at, its constants.

    `notes` are what will be otherwise than it was, by place.
    """

    entities: Entities
    trigger: str | None = None
    variables: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    notes: dict[tuple[Place, str], None] = field(default_factory=dict)
    asked: list[bool] = field(default_factory=list)  # whether trigger ids were looked at

    @property
    def reader(self) -> Reader:
        return Reader(self.entities, self.trigger, self.variables)

    def note(self, place: Place, text: str) -> None:
        self.notes[(place, text)] = None

    def knowing(self, variables: Mapping[str, bool | int | float | str]) -> Scope:
        return replace(self, variables={**self.variables, **variables})


# ---- words that are everywhere ----------------------------------------------------------------------------------


def only(node: Node, what: str, *names: str) -> None:
    """Every key is one that is understood: what is not read is not silently left out."""
    for key, value in node.keys.items():
        if key not in names:
            raise Unsupported(value.place, f"`{key}` of {what}")


def enabled(node: Node) -> bool:
    """Whether a part is switched on; a template there is Unsupported."""
    switch = node.get("enabled") if node.kind == "map" else None
    if switch is None:
        return True
    if is_template(switch.text):
        raise Unsupported(switch.place, f"the template {switch.shown} in `enabled`")
    return switch.text.lower() not in ("false", "no", "off")


def words(node: Node | None) -> list[Node]:
    """A list of words; "a, b" is two of them."""
    if node is None:
        return []
    found: list[Node] = []
    for item in node.each():
        if item.kind != "scalar" or item.tag:
            raise Unsupported(item.place, f"{item.tag or item.shown} where a word is expected")
        found += [Node(item.place, "scalar", one.strip(), quoted=True) for one in item.text.split(",")]
    return found


def things(scope: Scope, node: Node | None, place: Place) -> list[Thing]:
    """The entities that stand here."""
    found = words(node)
    if not found:
        raise Unsupported(place, "no entity_id")
    for one in found:
        if is_template(one.text):
            raise Unsupported(one.place, f"the template {one.shown} in place of an entity")
    return [scope.entities.find(one.text, one.place) for one in found]


def seconds(scope: Scope, node: Node) -> float:
    """A duration: seconds, HH:MM:SS, or a map of units."""
    if node.kind == "map":
        only(node, "a duration", *_UNITS)
        total = sum(number(scope, one) * _UNITS[key] for key, one in node.keys.items() if not one.empty)
    elif match := _SPAN.fullmatch(node.text):
        hours, minutes, rest = int(match[2]), int(match[3]), int(match[4] or 0)
        total = (hours * 3600 + minutes * 60 + rest) * (-1 if match[1] else 1)
    else:
        total = number(scope, node)
    if abs(total) > MOST_SECONDS:
        raise Unsupported(node.place, f"a duration of more than 30 days ({node.shown})")
    return float(total)


def duration(scope: Scope, node: Node) -> str:
    """A duration as our rules write it."""
    total = seconds(scope, node)
    if total < 0:
        raise Unsupported(node.place, f"a negative duration ({node.shown})")
    return span(total)


def span(total: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if total and total % size == 0:
            return f"{total / size:.10g} {unit}"
    return f"{total:.10g} s"


def number(scope: Scope, node: Node) -> float:
    """A constant number."""
    value: object = scope.reader.value(node.text, node.place) if is_template(node.text) else node.text
    try:
        found = float(value if not isinstance(value, bool) else "")  # type: ignore[arg-type]  # its text tells
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Unsupported(node.place, f"{node.shown} where a number is expected")
    return found


def clock(node: Node) -> str:
    """A time of day as our rules write it."""
    match = _CLOCK.fullmatch(node.text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        raise Unsupported(node.place, f"the time {node.shown} (only a time of day such as 22:30:00)")
    return f"{int(match[1]):02}:{match[2]}" + (f":{match[3]}" if match[3] and match[3] != "00" else "")


def bounds(scope: Scope, node: Node, thing: Thing) -> str:
    """`above` and `below` of a numeric_state."""
    part = node.get("attribute")
    name, definition = thing.part(part.text if part else "state", node.place)
    if definition.kind.value not in ("int", "float"):
        raise Unsupported(node.place, f"{thing.entity}: {name} is no number")
    found = []
    for key, sign in (("above", ">"), ("below", "<")):
        edge = node.get(key)
        if edge is None:
            continue
        if "." in edge.text and edge.text[:1].isalpha():
            other, _ = scope.entities.find(edge.text, edge.place).part("state", edge.place)
            found.append(f"{name} {sign} {other}")
        else:
            found.append(f"{name} {sign} {thing.number(number(scope, edge))}")
    if not found:
        raise Unsupported(node.place, "a numeric_state without above or below")
    return " and ".join(found)


# ---- conditions --------------------------------------------------------------------------------------------------


def conditions(scope: Scope, node: Node | None) -> Condition:
    """All conditions of a list; True where there are none."""
    return both([condition(scope, one) for one in node.each()]) if node else True


def condition(scope: Scope, node: Node) -> Condition:
    """One condition. Unsupported names what has no counterpart."""
    if node.kind == "scalar":
        if node.tag or not is_template(node.text):
            raise Unsupported(node.place, f"the condition {node.tag} {node.shown}")
        return template(scope, node)
    if not enabled(node):
        return True
    for word in ("and", "or", "not"):
        if word in node.keys and "condition" not in node.keys:
            return _GROUPS[word]([condition(scope, one) for one in node.keys[word].each()])
    kind = node.get("condition")
    name = kind.text if kind else ""
    if name in _GROUPS:
        inner = node.get("conditions")
        return _GROUPS[name]([condition(scope, one) for one in inner.each()] if inner else [])
    if name not in _KINDS:
        raise Unsupported(node.place, f"the condition `{name or node.shown}`")
    return _KINDS[name](scope, node)


def template(scope: Scope, node: Node) -> Condition:
    """A template that answers; whether it looks at the trigger is remembered."""
    if "trigger" in node.text:
        scope.asked.append(True)
    return scope.reader.condition(node.text, node.place)


def _state(scope: Scope, node: Node) -> Condition:
    only(node, "a state condition", *_PLAIN, "entity_id", "state", "attribute", "for", "match")
    wanted = node.get("state")
    if wanted is None:
        raise Unsupported(node.place, "a state condition without a state")
    part = node.get("attribute")
    part_name = part.text if part else "state"
    found = []
    for thing in things(scope, node.get("entity_id"), node.place):
        same = either([thing.equal(one.text, one.place, part_name) for one in wanted.each()])
        if lasting := node.get("for"):
            name, _ = thing.part(part_name, node.place)
            same = both([same, f"unchanged({name}) >= {duration(scope, lasting)}"])
        found.append(same)
    match = node.get("match")
    return either(found) if match and match.text == "any" else both(found)


def _numeric_state(scope: Scope, node: Node) -> Condition:
    only(node, "a numeric_state condition", *_PLAIN, "entity_id", "attribute", "above", "below")
    return both([bounds(scope, node, one) for one in things(scope, node.get("entity_id"), node.place)])


def _time(scope: Scope, node: Node) -> Condition:
    only(node, "a time condition", *_PLAIN, "after", "before", "weekday")
    after, before, days = node.get("after"), node.get("before"), words(node.get("weekday"))
    found: list[Condition] = []
    if after and before:
        parts = [f"time >= {clock(after)}", f"time < {clock(before)}"]
        over = clock(after) >= clock(before)
        found.append(either([*parts]) if over else both([*parts]))
    elif after or before:
        found.append(f"time >= {clock(after)}" if after else f"time < {clock(before)}" if before else True)
    if days:
        found.append(f"weekday in [{', '.join(weekdays(days))}]")
    return both(found)


def weekdays(nodes: list[Node]) -> list[str]:
    """Days of the week; Home Assistant writes them as we do."""
    for one in nodes:
        if one.text not in DAYS:
            raise Unsupported(one.place, f"the weekday {one.shown}")
    return [one.text for one in nodes]


def _sun(scope: Scope, node: Node) -> Condition:
    only(node, "a sun condition", *_PLAIN, "after", "before")
    after, before = node.get("after"), node.get("before")
    pair = (after.text if after else "", before.text if before else "")
    # Home Assistant reckons within the calendar day: after sunset ends at midnight, before sunrise begins there.
    known = {
        ("sunset", "sunrise"): "sun == down", ("sunrise", "sunset"): "sun == up",
        ("sunset", ""): "sun == down and time >= 12:00", ("", "sunrise"): "sun == down and time < 12:00",
        ("sunrise", ""): "sun == up or time >= 12:00", ("", "sunset"): "sun == up or time < 12:00",
    }  # fmt: skip
    if pair not in known:
        raise Unsupported(node.place, f"a sun condition after `{pair[0]}` before `{pair[1]}`")
    return known[pair]


def _template(scope: Scope, node: Node) -> Condition:
    only(node, "a template condition", *_PLAIN, "value_template")
    inner = node.get("value_template")
    if inner is None:
        raise Unsupported(node.place, "a template condition without value_template")
    return template(scope, inner)


def _trigger(scope: Scope, node: Node) -> Condition:
    only(node, "a trigger condition", *_PLAIN, "id")
    scope.asked.append(True)
    return scope.trigger in [one.text for one in words(node.get("id"))]


def _device(scope: Scope, node: Node) -> Condition:
    kind, entity = node.get("type"), node.get("entity_id")
    states = {"is_on": "on", "is_off": "off", "is_open": "on", "is_not_open": "off"}
    if kind is None or entity is None or kind.text not in states:
        raise Unsupported(node.place, f"the device condition `{kind.text if kind else ''}`")
    return thing_of(scope, entity).equal(states[kind.text], node.place)


def thing_of(scope: Scope, node: Node) -> Thing:
    """The entity of a device automation: by its name, or by its registry number where the map has it."""
    return scope.entities.find(node.text, node.place)


_GROUPS: Mapping[str, Callable[[list[Condition]], Condition]] = MappingProxyType(
    {"and": both, "or": either, "not": lambda parts: negated(either(parts))}
)
_KINDS: Mapping[str, Callable[[Scope, Node], Condition]] = MappingProxyType(
    {
        "state": _state,
        "numeric_state": _numeric_state,
        "time": _time,
        "sun": _sun,
        "template": _template,
        "trigger": _trigger,
        "device": _device,
    }
)
