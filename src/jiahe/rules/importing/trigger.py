"""Triggers of Home Assistant as triggers of ours: plain data, one or more for each. Owns their words.

Source of the meanings: Home Assistant's documentation, "Automation triggers".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jiahe.rules.importing.condition import (
    Scope,
    bounds,
    clock,
    duration,
    only,
    seconds,
    span,
    template,
    thing_of,
    things,
    weekdays,
    words,
)
from jiahe.rules.importing.source import Node, Unsupported

Trigger = dict[str, Any]
PLAIN = ("platform", "trigger", "id", "alias", "enabled")
DAY = 86_400
MOST_TIMES = 48
"""Times of day that one time_pattern may become."""


def triggers(scope: Scope, node: Node) -> list[Trigger]:
    """What starts a rule where this trigger started the automation."""
    if node.kind != "map":
        raise Unsupported(node.place, f"the trigger {node.shown}")
    kind = node.get("trigger", "platform")
    name = kind.text if kind else ""
    if name not in _KINDS:
        raise Unsupported(node.place, f"the trigger `{name or node.shown}`")
    return _KINDS[name](scope, node)


def _lasting(scope: Scope, node: Node) -> Trigger:
    lasting = node.get("for")
    if lasting is None or (lasting.kind == "scalar" and seconds(scope, lasting) == 0):
        return {}
    return {"for": duration(scope, lasting)}


def _state(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a state trigger", *PLAIN, "entity_id", "from", "to", "for", "attribute")
    part = node.get("attribute")
    part_name = part.text if part else "state"
    found: list[Trigger] = []
    for thing in things(scope, node.get("entity_id"), node.place):
        if part_name == "state" and thing.entity.startswith("climate."):
            raise Unsupported(
                node.place, "a state trigger of a climate entity (its state is two properties here)"
            )
        name, _ = thing.part(part_name, node.place)
        tos, froms = ([*one.each()] if (one := node.get(key)) else [None] for key in ("to", "from"))
        for to in tos:
            for of in froms:
                row: Trigger = {"change": name}
                if of is not None:
                    row["from"] = thing.literal(of.text, of.place, part_name)
                if to is not None:
                    row["to"] = thing.literal(to.text, to.place, part_name)
                found.append(row | _lasting(scope, node))
    return found


def _numeric_state(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a numeric_state trigger", *PLAIN, "entity_id", "above", "below", "for", "attribute")
    return [
        {"becomes": bounds(scope, node, thing)} | _lasting(scope, node)
        for thing in things(scope, node.get("entity_id"), node.place)
    ]


def _template(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a template trigger", *PLAIN, "value_template", "for")
    inner = node.get("value_template")
    found = template(scope, inner) if inner else False
    if isinstance(found, bool):
        raise Unsupported(node.place, "a template trigger that never changes")
    return [{"becomes": found} | _lasting(scope, node)]


def _time(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a time trigger", *PLAIN, "at", "weekday")
    days = weekdays(words(node.get("weekday")))
    at = node.get("at")
    if at is None:
        raise Unsupported(node.place, "a time trigger without `at`")
    return [{"time": clock(one)} | ({"days": days} if days else {}) for one in at.each()]


def _time_pattern(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a time_pattern trigger", *PLAIN, "hours", "minutes", "seconds")
    steps: dict[str, tuple[str, int]] = {}
    given = [key for key in ("hours", "minutes", "seconds") if node.get(key)]
    for key in given:
        text = node.keys[key].text
        number = text.removeprefix("/")
        if text != "*" and not (number.isascii() and number.isdigit() and len(number) <= 4):
            raise Unsupported(node.keys[key].place, f"the pattern {node.keys[key].shown}")
        kind = "*" if text == "*" else "/" if text.startswith("/") else "="
        steps[key] = (kind, 0 if text == "*" else int(number))
    if not steps:
        raise Unsupported(node.place, "a time_pattern without a pattern")
    rows = _moments(steps)
    period = _period(rows)
    if period is not None:
        return [{"every": span(period)}]
    if len(rows) > MOST_TIMES or not rows:
        raise Unsupported(node.place, f"a time_pattern of {len(rows)} times that are not evenly spaced")
    return [{"time": f"{one // 3600:02}:{one // 60 % 60:02}:{one % 60:02}"} for one in rows]


def _moments(steps: Mapping[str, tuple[str, int]]) -> list[int]:
    """Seconds of a day at which a pattern matches; a unit smaller than the smallest given is 0."""
    chosen: list[list[int]] = []
    smallest = max(("hours", "minutes", "seconds").index(key) for key in steps)
    for place, (key, size) in enumerate((("hours", 24), ("minutes", 60), ("seconds", 60))):
        kind, number = steps.get(key, ("*", 0) if place < smallest else ("=", 0))
        if kind == "*":
            chosen.append(list(range(size)))
        elif kind == "/":
            chosen.append([one for one in range(size) if number and one % number == 0])
        else:
            chosen.append([number] if number < size else [])
    return [
        (hour * 60 + minute) * 60 + second
        for hour in chosen[0]
        for minute in chosen[1]
        for second in chosen[2]
    ]


def _period(rows: list[int]) -> int | None:
    """Seconds between the moments, where they are spaced evenly from midnight on."""
    if len(rows) < 2 or rows[0] != 0 or DAY % rows[1] or rows[1] < 5:
        return None
    return rows[1] if rows == list(range(0, DAY, rows[1])) else None


def _sun(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a sun trigger", *PLAIN, "event", "offset")
    event, offset = node.get("event"), node.get("offset")
    if event is None or event.text not in ("sunrise", "sunset"):
        raise Unsupported(node.place, f"the sun event {event.shown if event else ''}")
    moved = seconds(scope, offset) if offset else 0
    row: Trigger = {"sun": event.text}
    if moved:
        row["offset"] = ("-" if moved < 0 else "") + span(abs(moved))
    return [row]


def _homeassistant(scope: Scope, node: Node) -> list[Trigger]:
    only(node, "a homeassistant trigger", *PLAIN, "event")
    event = node.get("event")
    if event is None or event.text != "start":
        raise Unsupported(node.place, f"homeassistant `{event.shown if event else ''}` (only start)")
    return [{"hub": "started"}]


def _event(scope: Scope, node: Node) -> list[Trigger]:
    kinds, data = words(node.get("event_type")), node.get("event_data")
    found: list[Trigger] = []
    for kind in kinds:
        mapped = scope.entities.word("events", kind.text)
        if mapped is None or data is not None:
            which = ", ".join(f"{key}: {one.shown}" for key, one in data.keys.items()) if data else ""
            raise Unsupported(kind.place, f"the event `{kind.shown}` {which}".strip() + " (events: of the map can name a "
                              "device.event for a type without data)")  # fmt: skip
        found.append({"event": mapped})
    return found


def _device(scope: Scope, node: Node) -> list[Trigger]:
    kind, entity, device = node.get("type"), node.get("entity_id"), node.get("device_id")
    name = f"{device.text if device else ''} {kind.text if kind else ''}".strip()
    mapped = scope.entities.word("events", name)
    if mapped is not None:
        return [{"event": mapped}]
    states = {"turned_on": "on", "turned_off": "off", "opened": "on", "not_opened": "off", "motion": "on",
              "no_motion": "off", "occupied": "on", "not_occupied": "off"}  # fmt: skip
    if kind is None or entity is None or kind.text not in states:
        raise Unsupported(node.place, f"the device trigger `{name}`")
    thing = thing_of(scope, entity)
    path, _ = thing.part("state", node.place)
    return [{"change": path, "to": thing.literal(states[kind.text], node.place)} | _lasting(scope, node)]


_KINDS: Mapping[str, Callable[[Scope, Node], list[Trigger]]] = MappingProxyType(
    {
        "state": _state,
        "numeric_state": _numeric_state,
        "template": _template,
        "time": _time,
        "time_pattern": _time_pattern,
        "sun": _sun,
        "homeassistant": _homeassistant,
        "event": _event,
        "device": _device,
    }
)
