"""Keys that are handed on: whoever has `share` over a room lets guests into it, and gives no more than they have.

Owns that question; never a person, a document or a clock. Pure. A right that is bound to hours is not handed on, and what
ends for the giver ends for the guest no later.
"""

from __future__ import annotations

from collections.abc import Iterable

from jiahe.home.permission import Principal, Rights, Role
from jiahe.home.resource import room
from jiahe.home.roles import HAZARDS, About, Grant, Resource, Verb
from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

HANDED = frozenset({Verb.SEE, Verb.OPERATE})
"""What a guest can be given by somebody who is no owner."""
MOST_HANDED = 20
"""Guests of one giver at a time: a large party; a home has 200 people at most."""


def shared_rooms(giver: Principal, rooms: Iterable[str], now: float) -> list[str]:
    """Of these rooms, those into which this person may let guests at this time (epoch seconds)."""
    return [] if giver.expired(now) else [one for one in rooms if holds(giver, Verb.SHARE, room(one), now)]


def holds(giver: Principal, verb: Verb, resource: Resource, until: float | None) -> bool:
    """Whether somebody has this right at every hour up to `until` (None: without end)."""
    if not _as_long(giver.until, until):
        return False
    grants = giver.rights.granting(verb, resource)
    return grants is None or any(one.hours is None and _as_long(one.until, until) for one in grants)


def check_handed(
    giver: Principal, grants: Iterable[Grant], until: float | None, devices: Iterable[Resource]
) -> None:
    """OutOfDefinition where a guest with these grants would have anything that the giver has not. `devices`: every part
    of every device of the home; `until`: the guest's own end.
    """
    home = tuple(devices)
    for grant in grants:
        end = min((one for one in (until, grant.until) if one is not None), default=None)
        _check_rooms(giver, grant, end)
        guest = Rights(
            Role.GUEST, (Grant(grant.verbs, grant.rooms, grant.devices, grant.kinds, grant.traits),)
        )
        for verb in sorted(grant.verbs):
            for resource in (*home, *_to_come(grant, home)):
                if guest.granting(verb, resource) != () and not holds(giver, verb, resource, end):
                    raise OutOfDefinition(
                        "grants", say("hand_more", verb=say(f"verb_{verb.value}"), what=resource.label)
                    )


def _check_rooms(giver: Principal, grant: Grant, end: float | None) -> None:
    if grant.makers is not None or not grant.verbs <= HANDED:
        raise OutOfDefinition("grants.verbs", say("hand_verbs"))
    if not grant.rooms:
        raise OutOfDefinition("grants.rooms", say("hand_rooms"))
    for name in sorted(grant.rooms):
        for verb in sorted({Verb.SHARE, *grant.verbs}):
            if not holds(giver, verb, room(name), end):
                raise OutOfDefinition("grants.rooms", say("hand_room", name=name[:60]))


def _to_come(grant: Grant, home: Iterable[Resource]) -> Iterable[Resource]:
    """What may come into these rooms later: devices that hurt, where their kind is named, and the very devices that are."""
    rooms = grant.rooms or ()
    for kind in (grant.kinds or frozenset()) & HAZARDS:
        for name in rooms:
            yield Resource(About.DEVICE, "?", name, kind)
    for one in home:
        if one.device in (grant.devices or ()):
            yield from (one._replace(room=name) for name in rooms)


def _as_long(end: float | None, until: float | None) -> bool:
    return end is None or (until is not None and until <= end)
