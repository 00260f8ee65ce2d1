"""What one viewer sees: devices, values, rules and records, at one moment.

Owns how the one question (`home.permission.allowed`) is put for each thing that an answer shows, and what is left out of
it; never a thing itself. What somebody may not see is spoken of as what never was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from jiahe.home.permission import (
    PEOPLE,
    RULES,
    SECURITY,
    SYSTEM,
    THE_HOME,
    Decision,
    Moment,
    Principal,
    Resource,
    Verb,
    Via,
    allowed,
)
from jiahe.home.resource import Resources, room
from jiahe.home.roles import PRIVATE_KINDS, PRIVATE_TRAITS, TRUSTED
from jiahe.model.definition import Profile
from jiahe.model.device import Device
from jiahe.model.errors import UnknownName
from jiahe.model.happening import Actor, Cause, PropertyRef, Record, RecordKind, Status
from jiahe.model.reasons import say


class Touched(NamedTuple):
    """What a rule or scene looks at (or sets), and what it sets. No path means a device, no device the home's mode."""

    seen: frozenset[PropertyRef]
    set: frozenset[PropertyRef]


Touches = Callable[[str, str], Touched | None]
"""Of a rule or scene ("rules" or "scenes", its id); None where nobody knows (it is faulty, or gone)."""
TouchesText = Callable[[str, str, str], Touched | None]
_PATHS = ("property", "action", "event")


class Named(Protocol):
    """A home's cards by id."""

    @property
    def devices(self) -> Mapping[str, Device]: ...


class Sight:
    """One viewer at one moment. Viewers with an equal `key` see the same."""

    def __init__(
        self, principal: Principal, at: Moment, resources: Resources, home: Named, touches: Touches
    ) -> None:
        self.principal, self.at = principal, at
        self._resources, self._home, self._touches = resources, home, touches
        self.trusted = principal.role in TRUSTED and not principal.expired(at.epoch)
        """Whether nothing of the home itself is hidden (people, keys and the diary of sign-ins may be)."""
        self.security = self.may(Verb.SEE, SECURITY)
        self._rules: dict[tuple[str, str], bool] = {}

    @property
    def key(self) -> object:
        """Equal for those who see and may do the same now. Who is told of no other person is still told of themselves."""
        key = self.principal.rights.key(self.at)
        return key if self.trusted or self.may(Verb.SEE, THE_HOME) else (key, self._own)

    @property
    def _own(self) -> str:
        """What records call this viewer's own doing; empty for a program, whose acts are nobody's."""
        return "" if self.principal.via is Via.TOKEN else self.principal.name

    # ---- the question ------------------------------------------------------------------------------------------

    def ask(self, verb: Verb, resource: Resource) -> Decision:
        """The decision itself, with its sentence."""
        return allowed(self.principal, verb, resource, self.at)

    def may(self, verb: Verb, resource: Resource) -> bool:
        return allowed(self.principal, verb, resource, self.at).allowed

    def sees(self, device: str, path: str = "") -> bool:
        """A device, or what is at this path of it. None of either where the device is not in the home, but for the
        trusted.
        """
        return self.trusted or self.may(Verb.SEE, self.resource(device, path))

    def sees_whole(self, device: str) -> bool:
        """Whether nothing of a device is hidden but what tells about a body."""
        if self.trusted or not self.sees(device):
            return self.trusted
        parts = self._resources.parts(device).values()
        named = self.resource(device).kind in PRIVATE_KINDS
        return all(self.may(Verb.SEE, one) or (one.trait in PRIVATE_TRAITS and not named) for one in parts)

    def resource(self, device: str, path: str = "") -> Resource:
        """What stands there, as permission knows it."""
        return self._resources.part(device, path) if path else self._resources.device(device)

    def parts(self, device: str) -> Mapping[str, Resource]:
        """Every property, action and event of a device, by path."""
        return self._resources.parts(device)

    def operates_any(self, device: str) -> bool:
        """Whether any part of this device may be operated."""
        if self.trusted:
            return True
        return any(self.may(Verb.OPERATE, part) for part in self._resources.parts(device).values())

    def verbs(self, device: str) -> list[str]:
        """What may be done with a device that is seen; "operate" where any part of it may be."""
        whole = self._resources.device(device)
        found = [Verb.SEE]
        if self.operates_any(device):
            found.append(Verb.OPERATE)
        if self.may(Verb.CONFIGURE, whole):
            found.append(Verb.CONFIGURE)
        return [verb.value for verb in found]

    def sees_room(self, id_: str) -> bool:
        """A room is seen by who may see it, or a device in it."""
        if self.trusted or self.may(Verb.SEE, room(id_)):
            return True
        return any(device.area == id_ and self.sees(device.id) for device in self._home.devices.values())

    # ---- in the words of what is not there ----------------------------------------------------------------------

    def device(self, id_: str) -> Device:
        """The card of a device that is seen; UnknownName, in the words for one that never was."""
        found = self._home.devices.get(id_)
        if found is None or not self.sees(id_):
            raise UnknownName(say("gone_device", name=repr(id_[:60])))
        return found

    def profile(self, device: Device) -> Profile:
        """What is seen of a device's definitions; the whole of it for the trusted."""
        if self.trusted:
            return device.profile
        whole = device.profile
        return Profile(
            whole.name,
            {path: row for path, row in whole.properties.items() if self.sees(device.id, path)},
            {path: row for path, row in whole.actions.items() if self.sees(device.id, path)},
            {path: row for path, row in whole.events.items() if self.sees(device.id, path)},
        )

    # ---- rules and scenes ----------------------------------------------------------------------------------------

    def rule(self, name: str) -> bool:
        """A rule is seen by who may see rules, and all that it looks at or sets."""
        return self._touched("rules", name, Verb.SEE) and self.may(Verb.SEE, RULES)

    def scene(self, name: str) -> bool:
        """A scene is seen by who may operate all of it, too."""
        if self._touched("scenes", name, Verb.SEE) and self.may(Verb.SEE, RULES):
            return True
        return self.plays(name)

    def plays(self, name: str) -> bool:
        """Whether everything that a scene looks at and sets may be operated."""
        return self._touched("scenes", name, Verb.OPERATE)

    def covers(self, refs: Iterable[PropertyRef], verb: Verb) -> bool:
        """Whether all of these may be seen, operated …"""
        return self.trusted or all(self.may(verb, self.target(ref)) for ref in refs)

    def target(self, ref: PropertyRef) -> Resource:
        """What a rule names: a part of a device, or (with no path) the device; the home's mode has no device."""
        return self.resource(ref.device, ref.path) if ref.device else THE_HOME

    def _touched(self, folder: str, name: str, verb: Verb) -> bool:
        if self.trusted:
            return True
        kept = self._rules.get((f"{folder}/{name}", verb))
        if kept is None:
            touched = self._touches(folder, name)
            kept = touched is not None and bool(touched.seen) and self.covers(touched.seen, verb)
            if len(self._rules) < _MOST_RULES:
                self._rules[f"{folder}/{name}", verb] = kept
        return kept

    # ---- records -------------------------------------------------------------------------------------------------

    def record(self, record: Record) -> Mapping[str, Any] | None:
        """A record's body as this viewer reads it; None where it is not for them."""
        body = record.body
        if record.kind is RecordKind.SECURITY:
            return body if self.security else None
        if self.trusted:
            return body
        if not self._told(record.kind, body):
            return None
        return self._without_names(body)

    def _told(self, kind: RecordKind, body: Mapping[str, Any]) -> bool:
        if kind is RecordKind.AVAILABILITY:
            return self.sees(str(body.get("device")))
        if kind in _OF_DEVICES:
            path = next((str(body[key]) for key in _PATHS if body.get(key)), "?")
            return self.sees(str(body.get("device")), path)
        if kind is RecordKind.HOME:
            return self._home_told(body)
        if kind is RecordKind.RULE:
            if body.get("what") == "notify":
                return False  # who is told what is between them
            if "scene" in body:
                return self.scene(str(body["scene"]))
            return self.rule(str(body.get("rule")))
        return kind is RecordKind.SYSTEM and "device" not in body and self.may(Verb.SEE, SYSTEM)

    def _home_told(self, body: Mapping[str, Any]) -> bool:
        what = str(body.get("what"))
        if "device" in body:
            return self.sees(str(body["device"]))
        if what.startswith("room_"):
            return self.sees_room(str(body.get("room")))
        if what == "rule_saved":
            return self.rule(str(body.get("rule")))
        if what == "scene_saved":
            return self.scene(str(body.get("scene")))
        return what == "mode_changed" and self.may(Verb.SEE, THE_HOME)

    def _without_names(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        cause = body.get("cause")
        if not isinstance(cause, Mapping):
            return body
        shown = self.cause(cause)
        if shown == cause:
            return body
        fresh = {**body, "cause": shown}
        if body.get("status") == Status.REFUSED.value and shown["source"] != cause.get("source"):
            fresh["reason"] = ""  # a refusal says who was refused
            fresh.pop("says", None)
        return fresh

    def cause(self, cause: Mapping[str, Any]) -> dict[str, Any]:
        """A cause as JSON, without what this viewer may not know of."""
        if self.trusted:
            return dict(cause)
        kind, source = str(cause.get("kind")), str(cause.get("source", ""))
        shown = {
            "id": cause.get("id"),
            "kind": kind,
            "source": source if self.knows_source(kind, source) else "",
        }
        if "parent" in cause and self.may(Verb.SEE, THE_HOME):
            shown["parent"] = cause["parent"]
        return shown

    def knows(self, cause: Cause) -> bool:
        """Whether this viewer may know who it was."""
        return cause.who == self.principal.id or self.knows_source(cause.kind, cause.source)

    def knows_source(self, kind: str, source: str) -> bool:
        """The same of a cause in a record."""
        if self.trusted:
            return True
        if kind == Actor.DEVICE:
            return self.sees(source)
        if kind == Actor.RULE:
            return self.rule(source)
        if kind == Actor.PERSON:
            return self.may(Verb.SEE, THE_HOME) or self.may(Verb.SEE, PEOPLE) or source in ("", self._own)
        return kind == Actor.SYSTEM or self.may(Verb.SEE, THE_HOME)


_OF_DEVICES = frozenset({RecordKind.UPDATE, RecordKind.EVENT, RecordKind.COMMAND, RecordKind.OUTCOME})
_MOST_RULES = 2_000
"""Answers about rules kept for one sight: it lives for seconds."""
