"""What stands beside a line on a chart, and the bars of electricity. Owns those handlers and how a span is cut into the
home's own hours, days and months; never how either is read off the journal.

Both show what history shows: a part of a device that is not seen has no mark and no bar.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from aiohttp import web

from jiahe.model.definition import MAIN, Profile, PropertyDef
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.happening import Record, RecordKind
from jiahe.model.reasons import say
from jiahe.web.answer import json_answer
from jiahe.web.call import Call
from jiahe.web.charging import Priced, cuts, merged, prices_of, tiers_since
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
            raise UnknownName(say("gone_device", name=repr(device[:60])))
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
        raise OutOfDefinition("from", say("span_days", most=f"{longest / DAY:g}"), end)
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
    """kWh of every device that tells it, by hour, day or month of the home's own time, and what they cost."""
    query, sight = call.query, call.sight
    step = query.get("by", "day")
    if step not in DEFAULT_SPAN:
        raise OutOfDefinition("by", say("one_of", names="hour, day, month"), "hour, day, month")
    start, end = _span(call, DEFAULT_SPAN[step], 100 * 366 * DAY)
    zone, tariff = call.doors.zone(), None if call.doors.tariffs is None else call.doors.tariffs.chosen
    bounds = stretches(start, end, step, zone)
    fine, since = cuts(bounds, tariff, zone), tiers_since(tariff, zone, bounds[0])
    only = query.get("device")
    if only:
        sight.device(only)
    tiered = tariff is not None and any(piece.limits for piece in tariff.pieces)
    found: list[_Metered] = []
    used, lines = 0.0, 0
    for device in call.doors.home.devices.values():
        # a tier is of all that was used, whichever device is asked about
        if not sight.sees(device.id) or (only and device.id != only and not tiered):
            continue
        for counter, power in meters(sight.profile(device)):
            lines += 1
            if lines <= MOST_LINES:
                one = await _metered(call, device.id, counter, power, fine)
                found.append(one)
                used += 0.0 if since is None else await _used(call, one, [since, bounds[0]])
    prices = prices_of(tariff, zone, fine, [one.found for one in found], used)
    now = call.doors.clock.now()
    rows = [
        {"device": one.device, "property": one.definition.path, "source": one.source,
         "stretches": [_stretch(part) for part in merged(one.found, fine, bounds, prices, now)]}
        for one in found
        if not only or one.device == only
    ]  # fmt: skip
    return json_answer({
        "by": step, "bounds": bounds, "rows": rows, "whole": lines <= MOST_LINES,
        "currency": "" if tariff is None else tariff.currency, "tiers": tiered,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Metered:
    device: str
    definition: PropertyDef
    source: str
    found: Sequence[StretchDoor]


async def _metered(
    call: Call, device: str, counter: PropertyDef | None, power: PropertyDef | None, bounds: Sequence[float]
) -> _Metered:
    """The counter's word; the integral of power where there is no counter, or it never said anything in this span."""
    if counter is not None:
        found = await _read(call, device, counter, "counter", bounds)
        if power is None or any(one.kwh is not None for one in found):
            return _Metered(device, counter, "counter", found)
    if power is None:
        raise AssertionError("a meter counts or tells its power")
    return _Metered(device, power, "power", await _read(call, device, power, "power", bounds))


async def _read(
    call: Call, device: str, row: PropertyDef, source: str, bounds: Sequence[float]
) -> list[StretchDoor]:
    """In pieces of so many stretches as history answers at once."""
    counts = source == "counter"
    factor = KWH[row.unit] if counts else WATTS[row.unit]
    found: list[StretchDoor] = []
    for first in range(0, len(bounds) - 1, MOST_STRETCHES):
        part = bounds[first : first + MOST_STRETCHES + 1]
        found += await call.doors.history.energy(device, row.path, part, counter=counts, factor=factor)
    return found


async def _used(call: Call, one: _Metered, bounds: Sequence[float]) -> float:
    (found,) = await _read(call, one.device, one.definition, one.source, bounds)
    return found.kwh or 0.0


def _stretch(one: Priced) -> dict[str, Any]:
    return {
        "kwh": None if one.kwh is None else round(one.kwh, 5), "covered": round(one.covered, 4),
        "estimated": one.estimated, "reset": one.reset, "cost": None if one.cost is None else round(one.cost, 5),
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
            raise OutOfDefinition("from", say("stretches", most=MOST_STRETCHES), MOST_STRETCHES)
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
