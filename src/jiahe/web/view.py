"""The home as one viewer's phone sees it. Owns the JSON of a home and a device; never changes anything, never decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jiahe.home.permission import Verb
from jiahe.home.registry import Room
from jiahe.model.definition import ActionDef, PropertyDef
from jiahe.model.device import Device
from jiahe.model.happening import Cause, PropertyRef, Reach
from jiahe.model.said import told
from jiahe.model.vocabulary import DEVICE_KINDS
from jiahe.web.doors import Doors, Reading
from jiahe.web.sight import Sight


@dataclass(frozen=True, slots=True)
class _Card:
    """What never changes of a device."""

    device: Device
    body: dict[str, Any]
    properties: list[tuple[PropertyRef, dict[str, Any]]]
    actions: list[tuple[str, dict[str, Any]]]


class View:
    """Makes the JSON. What never changes of a device is made once for its card."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._cards: dict[str, _Card] = {}

    async def home(self, sight: Sight) -> dict[str, Any]:
        """Everything that this viewer sees at this moment.

        What it shows is on disk when this returns; `cursor` is the last record in it.
        """
        doors = self._doors
        cursor = doors.journal.last_seq
        body = {
            "home": {"id": doors.home.home_id, "name": doors.home.home_name},
            "cursor": cursor,
            "now": doors.clock.now(),
            "rooms": [self._room(room) for room in doors.home.rooms.values() if sight.sees_room(room.id)],
            "devices": self._devices(
                [one for one in doors.home.devices.values() if sight.sees(one.id)], sight
            ),
        }
        await doors.journal.committed(cursor)
        return body

    async def device(self, device: Device, sight: Sight) -> dict[str, Any]:
        """One device, as in `home`, and on disk as well."""
        cursor = self._doors.journal.last_seq
        (body,) = self._devices([device], sight)
        await self._doors.journal.committed(cursor)
        return body

    def _devices(self, devices: list[Device], sight: Sight) -> list[dict[str, Any]]:
        readings, waiting = self._doors.store.snapshot(), self._doors.store.waiting
        bodies, outdoors = [], self._doors.outdoors()
        for device in devices:
            card, parts = self._card(device), sight.parts(device.id)
            may = sight.verbs(device.id)
            properties = []
            for ref, definition in card.properties:
                if not sight.sees(*ref):
                    continue
                reading = readings.get(ref)
                known = _NEVER_SAID if reading is None else _known(reading, sight)
                operable = definition["writable"] and sight.may(Verb.OPERATE, parts[ref.path])
                properties.append({**definition, **known, "waiting": waiting(ref), "operable": operable})
            actions = [
                {**body, "operable": sight.may(Verb.OPERATE, parts[path])}
                for path, body in card.actions
                if sight.sees(device.id, path)
            ]
            shown = card.body if Verb.CONFIGURE.value in may else {**card.body, **_NOWHERE}
            availability = self._availability(device)
            bodies.append(
                {
                    **shown,
                    **({"outdoors": True} if device.id == outdoors else {}),
                    "may": may,
                    "availability": availability,
                    "properties": properties,
                    "actions": actions,
                }
            )
        return bodies

    def _availability(self, device: Device) -> dict[str, Any]:
        trouble = self._doors.home.trouble(device.id)
        if trouble:
            return {
                "state": Reach.OFFLINE.value,
                "since": device.adopted_at,
                "reason": trouble,
                **told(trouble),
            }
        now = self._doors.store.availability(device.id)
        return {"state": now.state.value, "since": now.since, "reason": now.reason, **told(now.reason)}

    def _room(self, room: Room) -> dict[str, Any]:
        return {**room_body(room), **self._names(room.name)}

    def _names(self, name: str) -> dict[str, Any]:
        names = self._doors.names_of(name)
        return {"names": dict(names)} if names else {}

    def _card(self, device: Device) -> _Card:
        kept = self._cards.get(device.id)
        if kept is not None and kept.device is device:
            return kept
        for gone in self._cards.keys() - self._doors.home.devices.keys():
            del self._cards[gone]
        kind = DEVICE_KINDS.get(device.profile.name)
        body = {
            "id": device.id,
            "name": device.name,
            **self._names(device.name),
            "address": device.address,
            "hardware_id": device.hardware_id,
            "kind": device.profile.name,
            "kind_labels": {"en": kind.en, "zh": kind.zh} if kind else {},
            "maker": self._doors.maker_of(device.product),
            "product": device.product,
            "family": device.family,
            **({"local": dict(local)} if (local := self._doors.local_of(device)) else {}),
            "room": device.area,
        }
        properties = [
            (PropertyRef(device.id, path), _property(row)) for path, row in device.profile.properties.items()
        ]
        actions = [(path, _action(row)) for path, row in device.profile.actions.items()]
        made = self._cards[device.id] = _Card(device, body, properties, actions)
        return made


_NOWHERE = {"address": "", "hardware_id": ""}
"""Where a device is on the network is for those who may configure it."""
_NEVER_SAID: dict[str, Any] = {
    "value": None,
    "raw": None,
    "quality": "unknown",
    "observed_at": None,
    "cause": None,
}


def _known(reading: Reading, sight: Sight) -> dict[str, Any]:
    return {
        "value": reading.value,
        "raw": reading.raw,
        "quality": reading.quality.value,
        "observed_at": reading.observed_at,
        "cause": sight.cause(cause_body(reading.cause)),
    }


def room_body(room: Room) -> dict[str, Any]:
    """A room as JSON."""
    return {"id": room.id, "name": room.name}


def cause_body(cause: Cause) -> dict[str, Any]:
    """A cause as JSON, as in the journal."""
    body = {"id": cause.id, "kind": cause.kind.value, "source": cause.source}
    if cause.parent is not None:
        body["parent"] = cause.parent
    return body


def _property(row: PropertyDef) -> dict[str, Any]:
    return {
        "path": row.path,
        "component": row.component,
        "name": row.name,
        "trait": row.trait,
        "labels": dict(row.labels),
        "kind": row.kind.value,
        "unit": row.unit,
        "low": row.low,
        "high": row.high,
        "step": row.step,
        "choices": list(row.choices),
        "readable": row.readable,
        "writable": row.writable,
    }


def _action(row: ActionDef) -> dict[str, Any]:
    return {
        "path": row.path,
        "trait": row.trait,
        "labels": dict(row.labels),
        "arguments": [_property(argument) for argument in row.arguments],
    }
