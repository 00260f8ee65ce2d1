"""Grants as JSON. Owns what a grant may say and how it is written down; never decides by one. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from jiahe.home.roles import Grant, Hours, Role, Verb
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

MOST_GRANTS = 50
"""Of one person or token: more is a role, and nobody looks through it."""
MOST_NAMES = 200
"""In one list of a grant: the devices of a large home."""
NAME_CHARACTERS = 64
LATEST = 1e11
"""Epoch seconds: beyond it is no date."""

_LISTS = ("rooms", "devices", "kinds", "traits", "makers")
_KEYS = frozenset({"verbs", *_LISTS, "hours", "until"})
_GIVEN = (Verb.SEE, Verb.OPERATE, Verb.CONFIGURE, Verb.SHARE)
_TOKENS = (Role.AGENT, Role.SERVICE)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def grants_from(bodies: object, role: Role) -> tuple[Grant, ...]:
    """The grants of a person or token with this role; OutOfDefinition names what is wrong."""
    if not isinstance(bodies, Sequence) or isinstance(bodies, str):
        raise OutOfDefinition("grants", say("grants_list"), "array")
    if len(bodies) > MOST_GRANTS:
        raise OutOfDefinition("grants", say("grants_most", most=MOST_GRANTS), MOST_GRANTS)
    found = tuple(_grant(body) for body in bodies)
    if role is Role.SERVICE and any(grant.makers is None and grant.devices is None for grant in found):
        raise OutOfDefinition("grants.makers", say("service_makers"))
    for grant in found:
        _check_share(grant, role)
    return found


def _check_share(grant: Grant, role: Role) -> None:
    """To share is given over whole rooms, at all hours, and to people: a guest of theirs has a key of those rooms."""
    if Verb.SHARE not in grant.verbs:
        return
    if role in _TOKENS:
        raise OutOfDefinition("grants.verbs", say("no_token_shares"), [verb.value for verb in _GIVEN[:3]])
    others = (grant.devices, grant.kinds, grant.traits, grant.makers, grant.hours)
    if not grant.rooms or any(one is not None for one in others):
        raise OutOfDefinition("grants.rooms", say("share_rooms"))


def grant_body(grant: Grant) -> dict[str, Any]:
    """The grant as JSON."""
    body: dict[str, Any] = {"verbs": [verb.value for verb in _GIVEN if verb in grant.verbs]}
    for name in _LISTS:
        names = getattr(grant, name)
        if names is not None:
            body[name] = sorted(names)
    if grant.hours is not None:
        hours = grant.hours
        body["hours"] = {"days": sorted(hours.days), "from": _clock(hours.start), "to": _clock(hours.end)}
    if grant.until is not None:
        body["until"] = grant.until
    return body


def until_from(value: object, name: str = "until") -> float | None:
    """An end in epoch seconds; None (no end) for null and 0."""
    if value is None or value == 0:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LATEST:
        raise OutOfDefinition(name, say("epoch"), LATEST)
    return float(value)


def without(grant: Grant, **gone: str) -> Grant:
    """The grant without a room or device that left the home (`rooms=` or `devices=` its id): what comes later under
    that id is not what was meant.
    """
    named = {name: getattr(grant, name) for name in gone}
    changes = {name: names - {gone[name]} for name, names in named.items() if names and gone[name] in names}
    return replace(grant, **changes) if changes else grant


def _grant(body: object) -> Grant:
    if not isinstance(body, Mapping):
        raise OutOfDefinition("grants", say("grant_object"), "object")
    for key in body:
        if key not in _KEYS:
            raise OutOfDefinition(
                "grants", say("grant_key", name=repr(str(key)[:60]), known=", ".join(sorted(_KEYS)))
            )
    rooms, devices, kinds, traits, makers = (_names(name, body.get(name)) for name in _LISTS)
    hours = _hours(body["hours"]) if body.get("hours") is not None else None
    until = until_from(body.get("until"), "grants.until")
    return Grant(_verbs(body.get("verbs")), rooms, devices, kinds, traits, makers, hours, until)


def _verbs(value: object) -> frozenset[Verb]:
    known = [verb.value for verb in _GIVEN]
    words = _strings(value)
    if not words or not all(word in known for word in words):
        raise OutOfDefinition("grants.verbs", say("grant_verbs", known=", ".join(known)), list(known))
    return frozenset({Verb.SEE, *(Verb(word) for word in words)})  # who operates must see what it does


def _names(name: str, value: object) -> frozenset[str] | None:
    if value is None:
        return None
    words = _strings(value)
    if (
        words is None
        or len(words) > MOST_NAMES
        or any(not 0 < len(word) <= NAME_CHARACTERS for word in words)
    ):
        raise OutOfDefinition(f"grants.{name}", say("grant_names", most=MOST_NAMES), MOST_NAMES)
    return frozenset(words)


def _strings(value: object) -> list[str] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    words = [word for word in value if isinstance(word, str)]
    return words if len(words) == len(value) else None


def _hours(body: object) -> Hours:
    if not isinstance(body, Mapping) or set(body) != {"days", "from", "to"}:
        raise OutOfDefinition("grants.hours", say("grant_hours"))
    days = body["days"]
    whole = isinstance(days, Sequence) and not isinstance(days, str) and len(days) <= 7  # a week
    if not whole or not days or not all(type(day) is int and 0 <= day <= 6 for day in days):
        raise OutOfDefinition("grants.hours.days", say("grant_days"), 6)
    return Hours(frozenset(days), _minute(body["from"], "from"), _minute(body["to"], "to"))


def _minute(value: object, name: str) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise OutOfDefinition(f"grants.hours.{name}", say("day_time"), "HH:MM")
    return int(found[1]) * 60 + int(found[2])


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


Known = Callable[[str], bool]


def check_names(grants: Sequence[Grant], known: Mapping[str, Known]) -> None:
    """OutOfDefinition where a grant names what the home has not got. `known` asks by the name of the list."""
    for grant in grants:
        for name, is_known in known.items():
            for one in sorted(getattr(grant, name) or ()):
                if not is_known(one):
                    raise OutOfDefinition(
                        f"grants.{name}", say("grant_gone", kind=name.removesuffix("s"), name=repr(one[:60]))
                    )
