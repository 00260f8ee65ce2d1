"""Which devices can wait for cheaper electricity, and how long what they do takes. Owns that reading of a device's definitions
and of its past; never plans or starts anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jiahe.catalog.product import Product
from jiahe.comfort.shift import Load, Seen, learned, runs_of
from jiahe.history.fold import History
from jiahe.history.query import Row
from jiahe.model.definition import Profile, Value
from jiahe.model.device import Device
from jiahe.model.errors import OutOfDefinition
from jiahe.model.happening import PropertyRef, Quality, Reach
from jiahe.model.reasons import say
from jiahe.state.store import Store
from jiahe.web.charting import KWH, WATTS, meters
from jiahe.wire.midea.allowed import why_not

PROGRAMMES = frozenset({"dishwasher", "laundry_washer", "laundry_dryer", "rice_cooker"})
"""Kinds that are started with an action and end by themselves, and leave nothing hot to an empty home."""
WINDOWS = frozenset({"water_heater", "outlet"})
"""Kinds that are switched on for a time, and off again."""
AT_WORK = frozenset({"running", "cooking", "working"})
START, POWER = "start", "power"
PAST = 14 * 86_400.0
"""Seconds of the past that lengths of programmes are learned from."""
POINTS = 5_000
"""Rows of an answer of history: four minutes each over `PAST`."""
MEASURED = 8
"""Past runs whose electricity is read."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a device is started later: an action's path, or a property's that is set (and set back)."""

    path: str
    action: bool
    programmes: tuple[str, ...] = ()


def way_of(device: Device) -> Way | None:
    """None for what cannot wait, or takes no order to start."""
    profile = device.profile
    if profile.name in PROGRAMMES and START in profile.actions:
        for row in profile.actions[START].arguments:
            if row.name == "programme":
                return Way(START, True, tuple(row.choices))
        return Way(START, True)
    if profile.name in WINDOWS and POWER in profile.properties and profile.properties[POWER].writable:
        return Way(POWER, False)
    return None


def takes(product: Product, device: Device, path: str) -> bool:
    """Whether this unit is known to take the order at all: some families are only told what their model is known to take."""
    if "takes" not in product.facts:
        return True
    points = [row.point for row in product.actions if row.definition.path == path]
    points += [row.write for row in product.rows if row.definition.path == path and row.write is not None]
    return why_not({**product.facts, **device.facts}, "", [str(one) for one in points]) is None


def checked_arguments(profile: Profile, given: Sequence[Value]) -> tuple[Value, ...]:
    """The start's arguments in its definition's terms; OutOfDefinition."""
    wanted = profile.action(START).arguments
    if len(given) != len(wanted):
        names = ", ".join(one.name for one in wanted) or "none"
        raise OutOfDefinition(
            "arguments", say("takes_arguments", count=len(wanted), names=names, given=len(given)), len(wanted)
        )
    return tuple(one.check(value) for one, value in zip(wanted, given, strict=True))


def programme_of(profile: Profile, arguments: Sequence[Value] | None) -> str:
    """The programme among a start's arguments; "" where there is none."""
    if arguments is None:
        return ""
    names = [one.name for one in profile.action(START).arguments]
    return next((str(value) for name, value in zip(names, arguments, strict=True) if name == "programme"), "")


def seen_of(store: Store, device: Device, path: str) -> Seen:
    """The device as it is now; only what it said itself and lately counts."""

    def value(name: str) -> Value:
        found = store.get(PropertyRef(device.id, name)) if name in device.profile.properties else None
        return found.value if found is not None and found.quality is Quality.GOOD else None

    online = store.availability(device.id).state is Reach.ONLINE
    if path == POWER:
        is_on = value(POWER)
        return Seen(online, None, is_on if isinstance(is_on, bool) else None)
    door, running, status = value("door_open"), value("running"), value("status")
    works = running if isinstance(running, bool) else None
    if works is None and isinstance(status, str):
        works = status in AT_WORK
    return Seen(online, door if isinstance(door, bool) else None, works)


async def load_of(history: History, device: Device, programme: str, now: float) -> Load | None:
    """How long it takes and how much: of its own past where that is known, else the usual of its kind; None for neither."""
    profile = device.profile
    if profile.name not in PROGRAMMES:
        return learned(profile.name, [])
    runs = await _runs(history, device, programme, now)
    found: list[tuple[float, float | None]] = []
    for low, high in runs[-MEASURED:]:
        found.append(((high - low) / 60.0, await _kwh(history, device, low, high)))
    return learned(profile.name, found)


async def _runs(history: History, device: Device, programme: str, now: float) -> list[tuple[float, float]]:
    """Past runs, of this programme where one is named and the device tells which it does."""
    path = "running" if "running" in device.profile.properties else "status"
    if path not in device.profile.properties:
        return []
    series = await history.query(device.id, path, now - PAST, now, POINTS)
    rows = [_turn(row, series.step) for row in series.rows]
    rows += [(start, None) for start, end in series.gaps if end - start > series.step]
    runs = runs_of(sorted(rows, key=lambda one: one[0]), now)
    if not programme or "programme" not in device.profile.properties:
        return runs
    told = (await history.query(device.id, "programme", now - PAST, now, POINTS)).rows
    return [(low, high) for low, high in runs if _at(told, low + 60.0) == programme]


def _turn(row: Row, step: float) -> tuple[float, bool | None]:
    """Whether it works at the end of a row's stretch, and since when within it: its mean tells."""
    at, low, mean, high, last = row
    if last is None or isinstance(last, str):
        return at, None if last is None else last in AT_WORK
    works, share = bool(last), mean or 0.0
    return at + step * ((1.0 - share if works else share) if low != high else 0.0), works


def _at(rows: Sequence[Row], at: float) -> object:
    """The last word of a line before `at`."""
    last: object = None
    for row in rows:
        if row[0] > at:
            break
        last = row[4]
    return last


async def _kwh(history: History, device: Device, low: float, high: float) -> float | None:
    """What its own meter says of a run; None where it has none, or did not say."""
    for counter, power in meters(device.profile):
        row = counter or power
        if row is None:
            continue
        factor = KWH[row.unit] if counter else WATTS[row.unit]
        (found,) = await history.energy(
            device.id, row.path, [low, high], counter=bool(counter), factor=factor
        )
        if found.kwh is not None and not found.reset:
            return found.kwh
    return None
