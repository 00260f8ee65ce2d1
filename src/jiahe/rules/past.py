"""From the journal's records back to what happened. Owns how records become happenings; never decides.

Pure: records are an argument, read by whoever has the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jiahe.model.happening import Actor, Cause, PropertyRef, Quality, Record, RecordKind
from jiahe.rules.bind import BoundRule
from jiahe.rules.moment import Reading
from jiahe.rules.rule import HomeMode, RuleEnds


class Told(NamedTuple):
    """One report of a device, as the journal has it: neighbouring updates with the same cause."""

    at: float
    readings: Mapping[PropertyRef, Reading]
    cause: Cause


class ModeTold(NamedTuple):
    at: float
    mode: HomeMode
    cause: Cause


ONE_REPORT = 1.0
"""Seconds between two updates of one report at most; history that was simulated shares one cause over a day."""
Past = Told | ModeTold | Record
"""A Record is anything else, as it stands there."""


def cause_of(body: Mapping[str, Any]) -> Cause:
    """The cause of a record; one that has none is the hub's own."""
    found = body.get("cause")
    try:
        return Cause(str(found["id"]), Actor(found["kind"]), str(found["source"]), found.get("parent"))  # type: ignore[index,union-attr]
    except (TypeError, KeyError, ValueError, AttributeError):
        return Cause("", Actor.SYSTEM, "hub")


def happenings(records: Iterable[Record], wanted: frozenset[PropertyRef] | None = None) -> Iterator[Past]:
    """Reports put together again, all else in its order. `wanted` None is every property."""
    readings: dict[PropertyRef, Reading] = {}
    cause, at = Cause("", Actor.SYSTEM, ""), 0.0
    for record in records:
        if record.kind is RecordKind.UPDATE:
            found = _update(record)
            if found is None or (wanted is not None and found[0] not in wanted):
                continue
            ref, reading, raw_cause = found
            another = raw_cause.get("id") != cause.id or ref in readings or abs(record.at - at) > ONE_REPORT
            if readings and another:
                yield Told(at, readings, cause)
                readings = {}
            if not readings:
                cause, at = cause_of(record.body), record.at
            readings[ref] = reading
            at = max(at, record.at)
            continue
        if readings:
            yield Told(at, readings, cause)
            readings = {}
        mode = _mode(record)
        yield record if mode is None else mode
    if readings:
        yield Told(at, readings, cause)


def _update(record: Record) -> tuple[PropertyRef, Reading, Mapping[str, Any]] | None:
    """None for what is no update of ours, whoever wrote it."""
    body = record.body
    try:
        reading = Reading(body["value"], Quality(body["quality"]), float(body["observed_at"]))
        cause: Mapping[str, Any] = body["cause"]
        return PropertyRef(body["device"], body["property"]), reading, cause
    except (LookupError, TypeError, ValueError):
        return None


def _mode(record: Record) -> ModeTold | None:
    if record.kind is not RecordKind.HOME or record.body.get("what") != "mode_changed":
        return None
    try:
        return ModeTold(record.at, HomeMode(record.body["mode"]), cause_of(record.body))
    except (LookupError, ValueError):
        return None


def refs_of(bound: BoundRule) -> frozenset[PropertyRef]:
    """Every property that a rule looks at, anywhere, or sets."""
    found: set[PropertyRef] = set(bound.condition.refs if bound.condition else ())
    for trigger in bound.triggers:
        found |= trigger.refs
    for instruction in bound.program:
        for name in instruction.__slots__:
            part = getattr(instruction, name)
            if isinstance(part, PropertyRef):
                found.add(part)
            for one in _within(part):
                refs = getattr(one, "refs", None)
                found |= refs if isinstance(refs, frozenset) else set()
        own = getattr(instruction, "refs", None)
        found |= own if isinstance(own, frozenset) else set()
    return frozenset(found)


def _within(part: object) -> Iterable[object]:
    """What a part of an instruction is made of: a text in several languages of what each of them says."""
    if isinstance(part, Mapping):
        return [one for parts in part.values() for one in parts]
    return part if isinstance(part, tuple) and not isinstance(part, PropertyRef) else (part,)


def devices_of(bound: BoundRule) -> frozenset[str]:
    """The devices whose records a replay of this rule needs."""
    events = {trigger.trigger.device for trigger in bound.triggers if hasattr(trigger.trigger, "device")}
    return frozenset({ref.device for ref in refs_of(bound)} | events)


def other_rules(bound: BoundRule) -> frozenset[str]:
    """The rules whose ends start this one."""
    return frozenset(one.trigger.rule for one in bound.triggers if isinstance(one.trigger, RuleEnds))
