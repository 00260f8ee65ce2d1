"""What stands beside a line on a chart, and the bars of electricity. Owns those handlers and how a span is cut into the
home's own hours, days and months; never how either is read off the journal.

Both show what history shows: a part of a device that is not seen has no mark and no bar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from aiohttp import web

from jiahe.model.definition import MAIN, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Record, RecordKind
from jiahe.web.answer import json_answer
from jiahe.web.call import Call
from jiahe.web.doors import StretchDoor
from jiahe.web.sight import Sight

DAY = 86_400.0
LONGEST = 400 * DAY
"""Seconds of one answer about marks: a year's chart and a little."""
MOST_LINES = 64
"""Counters of one answer: each is read by itself; a home with more of them asks for a device."""
MOST_STRETCHES = 800
"""Hours of a month are 744."""
DEFAULT_SPAN = {"hour": DAY, "day": 30 * DAY, "month": 365 * DAY}
KWH = {"kW.h": 1.0, "W.h": 1e-3, "J": 1 / 3.6e6, "kJ": 1 / 3600, "MJ": 1 / 3.6}
"""What one unit of a counter is in kWh, by UCUM code."""
WATTS = {"W": 1.0, "kW": 1e3, "mW": 1e-3}
COUNTER, POWER = "energy", "electric_power"


async def get_marks(call: Call) -> web.StreamResponse:
    """Commands to a device, and runs of rules that looked at it."""
    query, doors, sight = call.query, call.doors, call.sight
    device, path = query["device"], query.get("property", "")
    if device not in doors.home.devices or not sight.sees(device, path):
        if device in doors.home.devices and path:
            sight.profile(sight.device(device)).property(path)
        if not sight.trusted:  # a device that left keeps its past, for those from whom nothing is hidden
            raise UnknownName(f"there is no device {device[:60]!r} in this home")
    start, end = _span(call, DAY, LONGEST)
    records, whole = await doors.history.marks(device, start, end)
    if device not in doors.home.devices and not records:
        sight.device(device)
    marks = list(_marks(sight, device, path, records))
    return json_answer({"device": device, "from": start, "to": end, "marks": marks, "whole": whole})


def _span(call: Call, usual: float, longest: float) -> tuple[float, float]:
    end = call.query.get("to", call.doors.clock.now())
    start = call.query.get("from", end - usual)
    if not 0 < end - start <= longest:
        raise OutOfDefinition("from", f"must be earlier than `to`, by {longest / DAY:g} days at most", end)
    return start, end


def _marks(sight: Sight, device: str, path: str, records: Sequence[Record]) -> Iterator[dict[str, Any]]:
    ends = {str(one.body.get("command")): one.body for one in records if one.kind is RecordKind.OUTCOME}
    decided = {_cause_id(one.body): one for one in records if one.kind is RecordKind.COMFORT}
    for record in records:
        if record.kind in (RecordKind.OUTCOME, RecordKind.COMFORT):
            continue
        body = sight.record(record)
        if body is None:
            continue
        if record.kind is RecordKind.COMMAND:
            mark = _command(record, body, ends.get(str(body.get("id")), {}))
            why = decided.get(_cause_id(record.body))
            told = sight.record(why) if why is not None else None
            yield (
                mark
                if told is None
                else {**mark, "about": told.get("about", ""), "reasons": told.get("reasons", [])}
            )
        elif not path or _saw(body, f"{device}.{path}"):
            yield {
                "at": record.at, "kind": "rule", "record": record.seq, "rule": str(body.get("rule")),
                "by": {"kind": "rule", "source": str(body.get("rule"))},
            }  # fmt: skip


def _cause_id(body: Mapping[str, Any]) -> str:
    cause = body.get("cause")
    return str(cause.get("id", "")) if isinstance(cause, Mapping) else ""


def _command(record: Record, body: Mapping[str, Any], end: Mapping[str, Any]) -> dict[str, Any]:
    cause = body.get("cause")
    cause = cause if isinstance(cause, Mapping) else {}
    target = {key: body[key] for key in ("property", "action", "value") if body.get(key) is not None}
    return {
        "at": record.at, "kind": "command", "record": record.seq, **target,
        "status": str(end.get("status", "waiting")),
        "by": {"kind": str(cause.get("kind", "system")), "source": str(cause.get("source", ""))},
    }  # fmt: skip


def _saw(body: Mapping[str, Any], name: str) -> bool:
    trigger = body.get("trigger")
    saw = trigger.get("saw") if isinstance(trigger, Mapping) else None
    return isinstance(saw, Mapping) and name in saw


# ---- electricity -------------------------------------------------------------------------------------------------


async def get_energy(call: Call) -> web.StreamResponse:
    """kWh of every device that tells it, by hour, day or month of the home's own time."""
    query, sight = call.query, call.sight
    step = query.get("by", "day")
    if step not in DEFAULT_SPAN:
        raise OutOfDefinition("by", "takes hour, day or month", "hour, day, month")
    start, end = _span(call, DEFAULT_SPAN[step], 100 * 366 * DAY)
    bounds = stretches(start, end, step, call.doors.zone())
    only = query.get("device")
    devices = (
        [sight.device(only)] if only else [d for d in call.doors.home.devices.values() if sight.sees(d.id)]
    )
    rows: list[dict[str, Any]] = []
    lines = 0
    for device in devices:
        for counter, power in meters(sight.profile(device)):
            lines += 1
            if lines <= MOST_LINES:
                rows.append({"device": device.id, **await _metered(call, device.id, counter, power, bounds)})
    return json_answer({"by": step, "bounds": bounds, "rows": rows, "whole": lines <= MOST_LINES})


async def _metered(
    call: Call, device: str, counter: PropertyDef | None, power: PropertyDef | None, bounds: Sequence[float]
) -> dict[str, Any]:
    """The counter's word; the integral of power where there is no counter, or it never said anything in this span."""
    energy = call.doors.history.energy
    if counter is not None:
        found = await energy(device, counter.path, bounds, counter=True, factor=KWH[counter.unit])
        if power is None or any(one.kwh is not None for one in found):
            return _row(counter, "counter", found)
    if power is None:
        raise AssertionError("a meter counts or tells its power")
    return _row(
        power, "power", await energy(device, power.path, bounds, counter=False, factor=WATTS[power.unit])
    )


def _row(definition: PropertyDef, source: str, found: Sequence[StretchDoor]) -> dict[str, Any]:
    return {
        "property": definition.path,
        "source": source,
        "stretches": [
            {
                "kwh": None if one.kwh is None else round(one.kwh, 5), "covered": round(one.covered, 4),
                "estimated": one.estimated, "reset": one.reset,
            }
            for one in found
        ],
    }  # fmt: skip


def meters(profile: Profile) -> list[tuple[PropertyDef | None, PropertyDef | None]]:
    """The counter and the power of the device itself; of its parts only where it has neither, or they would count twice."""
    found: dict[str, list[PropertyDef | None]] = {}
    for row in profile.properties.values():
        if row.name == COUNTER and row.unit in KWH:
            found.setdefault(row.component, [None, None])[0] = row
        elif row.name == POWER and row.unit in WATTS:
            found.setdefault(row.component, [None, None])[1] = row
    if MAIN in found:
        found = {MAIN: found[MAIN]}
    return [(counter, power) for counter, power in found.values()]


def stretches(start: float, end: float, step: str, zone: tzinfo) -> list[float]:
    """Bounds (epoch seconds) of the hours, days or months of this zone that [start, end) lies in. OutOfDefinition for too many."""
    at = datetime.fromtimestamp(start, zone).replace(minute=0, second=0, microsecond=0, fold=0)
    if step != "hour":
        at = at.replace(hour=0)
    if step == "month":
        at = at.replace(day=1)
    bounds = [_within(at, start, zone) if step == "hour" else at.timestamp()]
    while bounds[-1] < end:
        if len(bounds) > MOST_STRETCHES:
            raise OutOfDefinition(
                "from", f"at most {MOST_STRETCHES} hours, days or months at once", MOST_STRETCHES
            )
        if step == "hour":
            bounds.append(bounds[-1] + 3600)
            continue
        # by the calendar, not by seconds: a day on which clocks are set has 23 hours or 25
        at = at + timedelta(days=1) if step == "day" else (at + timedelta(days=32)).replace(day=1)
        bounds.append(at.timestamp())
    return bounds


def _within(at: datetime, start: float, zone: tzinfo) -> float:
    """The hour's beginning; where clocks are set back it comes twice, and the later one may be meant."""
    begun = at.timestamp()
    return begun + (start - begun) // 3600 * 3600
