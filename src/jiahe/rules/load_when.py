"""The words of `when:`. Owns how each trigger is written; pure. `load.py` reads the rest of a rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

from jiahe.model.definition import Value
from jiahe.rules.document import Node
from jiahe.rules.reader import Reader, near
from jiahe.rules.rule import (
    AtSun,
    AtTime,
    Becomes,
    Changes,
    Days,
    Ending,
    Every,
    Happens,
    HomeMode,
    HubStarts,
    ModeBecomes,
    Place,
    RuleEnds,
    SunEvent,
    Trigger,
)
from jiahe.rules.sentences import say

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = MappingProxyType({"workdays": (0, 1, 2, 3, 4), "weekend": (5, 6), "every day": tuple(range(7))})
"""Words for several weekdays."""
DAY = 86_400
SHORTEST_PERIOD = 5.0
"""Seconds of `every`: faster is polling, which the devices' own reports make needless."""
LONGEST_CATCH_UP = 86_400.0
"""Seconds a missed time may be late: after a day it comes again by itself."""

_DAYS = ("days", "month days", "months", "dates")
_DATE = re.compile(r"(\d{1,2})-(\d{1,2})")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

KEYS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "becomes": ("becomes", "for"),
        "change": ("change", "to", "from", "for"),
        "time": ("time", "catch up", *_DAYS),
        "sun": ("sun", "offset", "catch up", *_DAYS),
        "every": ("every",),
        "event": ("event", "with"),
        "rule": ("rule", "ended"),
        "mode": ("mode",),
        "hub": ("hub",),
    }
)
"""The first word of each trigger, and all words it may have."""


def triggers(reader: Reader, node: Node | None, place: Place) -> tuple[Trigger, ...]:
    """All of `when:`; what is wrong is in the reader's faults."""
    if node is None:
        reader.wrong(place, say("rule_when"))
        return ()
    found = [trigger(reader, item) for item in reader.items(node, "`when`")]
    if not found:
        reader.wrong(node.place, say("when_empty"))
    return tuple(one for one in found if one is not None)


def trigger(reader: Reader, node: Node) -> Trigger | None:
    """One trigger, told by the word that it has."""
    if not reader.map(node, say("a_trigger")):
        return None
    for word, keys in KEYS.items():
        if word in node.keys:
            reader.only(node, f"`{word}`", keys)
            return _READERS[word](reader, node, node.keys[word][1])
    written = next(iter(node.keys), "")
    reader.wrong(node.place, say("no_trigger", written=written, near=near(written, KEYS)))
    return None


def _get(node: Node, key: str) -> Node | None:
    pair = node.keys.get(key)
    return pair[1] if pair else None


def _becomes(reader: Reader, node: Node, value: Node) -> Trigger | None:
    condition = reader.expression(value)
    lasting = reader.duration(_get(node, "for"), "`for`")
    return Becomes(node.place, condition, lasting) if condition else None


def _change(reader: Reader, node: Node, value: Node) -> Trigger | None:
    ref = reader.reference(value, "`change`")
    to, of = _get(node, "to"), _get(node, "from")
    wanted = reader.literal(to, "`to`") if to else None
    before = reader.literal(of, "`from`") if of else None
    lasting = reader.duration(_get(node, "for"), "`for`")
    return Changes(node.place, ref, wanted, before, lasting) if ref else None


def _catch_up(reader: Reader, node: Node) -> float:
    seconds = reader.duration(_get(node, "catch up"), "`catch up`", 300.0)
    if seconds > LONGEST_CATCH_UP:
        reader.wrong(node.keys["catch up"][1].place, say("catch_up"))
    return seconds


def _time(reader: Reader, node: Node, value: Node) -> Trigger | None:
    return AtTime(node.place, reader.time_of_day(value), days(reader, node), _catch_up(reader, node))


def _sun(reader: Reader, node: Node, value: Node) -> Trigger | None:
    event = reader.choice(value, "`sun`", SunEvent, SunEvent.SUNSET)
    offset = reader.duration(_get(node, "offset"), "`offset`", negative=True)
    if abs(offset) > DAY / 2:
        reader.wrong(node.keys["offset"][1].place, say("offset"))
    return AtSun(node.place, event, offset, days(reader, node), _catch_up(reader, node))


def _every(reader: Reader, node: Node, value: Node) -> Trigger | None:
    before = len(reader.faults)
    period = reader.duration(value, "`every`")
    if len(reader.faults) > before:
        return None
    if period < SHORTEST_PERIOD or DAY % period:
        reader.wrong(
            value.place,
            say("every"),
        )
        return None
    return Every(node.place, period)


def _event(reader: Reader, node: Node, value: Node) -> Trigger | None:
    ref = reader.reference(value, "`event`")
    arguments = with_arguments(reader, _get(node, "with"))
    return Happens(node.place, ref.device, ref.path, arguments) if ref else None


def with_arguments(reader: Reader, node: Node | None) -> MappingProxyType[str, Value]:
    """`with: {name: value}`: scalars only."""
    found: dict[str, Value] = {}
    if node is not None and reader.map(node, "`with`"):
        for key, (_, value) in node.keys.items():
            if value.kind != "scalar":
                reader.wrong(value.place, say("single_value", key=key, shown=value.shown))
            found[key] = (
                {"on": True, "off": False}.get(value.text, value.value) if not value.quoted else value.value
            )
    return MappingProxyType(found)


def _rule(reader: Reader, node: Node, value: Node) -> Trigger | None:
    name = reader.text(value, "`rule`", longest=64)
    ended = _get(node, "ended")
    ending = reader.choice(ended, "`ended`", Ending, Ending.DONE) if ended else None
    return RuleEnds(node.place, name, ending) if name else None


def _mode(reader: Reader, node: Node, value: Node) -> Trigger | None:
    if value.text == "any":
        return ModeBecomes(node.place, None)
    return ModeBecomes(node.place, reader.choice(value, "`mode`", HomeMode, HomeMode.HOME))


def _hub(reader: Reader, node: Node, value: Node) -> Trigger | None:
    if value.text != "started":
        reader.wrong(value.place, say("hub_started", shown=value.shown))
    return HubStarts(node.place)


_READERS: MappingProxyType[str, Callable[[Reader, Node, Node], Trigger | None]] = MappingProxyType(
    {
        "becomes": _becomes,
        "change": _change,
        "time": _time,
        "sun": _sun,
        "every": _every,
        "event": _event,
        "rule": _rule,
        "mode": _mode,
        "hub": _hub,
    }
)


# ---- days of the calendar --------------------------------------------------------------------------------------


def days(reader: Reader, node: Node) -> Days:
    """`days:`, `month days:`, `months:` and `dates:` of a trigger; each narrows the others."""
    return Days(
        _weekdays(reader, _get(node, "days")),
        _numbers(reader, _get(node, "month days"), say("a_day_of_the_month"), 31, {"last": -1}),
        _numbers(reader, _get(node, "months"), say("a_month"), 12, {}),
        _dates(reader, _get(node, "dates")),
    )


def _each(reader: Reader, node: Node | None, what: str) -> list[Node]:
    if node is None:
        return []
    items = [node] if node.kind == "scalar" else reader.items(node, what)
    if not items:
        reader.wrong(node.place, say("never_comes", what=what))
    return items


def _weekdays(reader: Reader, node: Node | None) -> tuple[int, ...]:
    found: set[int] = set()
    for item in _each(reader, node, "`days`"):
        word = item.text.lower()
        if word in GROUPS:
            found.update(GROUPS[word])
        elif word in WEEKDAYS or word in LONG_WEEKDAYS:
            found.add(WEEKDAYS.index(word[:3]))
        else:
            reader.wrong(item.place, say("day_word", names=", ".join((*WEEKDAYS, *GROUPS)), shown=item.shown))
    return tuple(sorted(found))


def _numbers(
    reader: Reader, node: Node | None, what: str, high: int, words: dict[str, int]
) -> tuple[int, ...]:
    found: set[int] = set()
    for item in _each(reader, node, what):
        if item.text in words:
            found.add(words[item.text])
        else:
            found.add(reader.whole(item, what, 1, high, 1))
    return tuple(sorted(found))


def _dates(reader: Reader, node: Node | None) -> tuple[tuple[int, int], ...]:
    found: set[tuple[int, int]] = set()
    for item in _each(reader, node, "`dates`"):
        match = _DATE.fullmatch(item.text)
        month, day = (int(match[1]), int(match[2])) if match else (0, 0)
        if 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH[month - 1]:
            found.add((month, day))
        else:
            reader.wrong(item.place, say("date", shown=item.shown))
    return tuple(sorted(found))
