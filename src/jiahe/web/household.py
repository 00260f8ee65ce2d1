"""The people of the home over HTTP: who is here, invitations, sessions and tokens. Owns those handlers.

The table asks whether somebody may look after tokens; `sharing.py` after which people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from jiahe.home.credentials import THIS_MACHINE, TokenCard, digest
from jiahe.home.grants import check_names, grant_body, grants_from, until_from
from jiahe.home.household import INVITATION_LIFE, ROLES, person_body
from jiahe.home.keep import Taken
from jiahe.home.permission import PEOPLE, Grant, Role, Verb, Via
from jiahe.home.person import Person
from jiahe.home.throttle import Throttled
from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, VOCABULARY
from jiahe.web.answer import empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.handing import links
from jiahe.web.second_factor import qr_rows
from jiahe.web.sharing import Sharing, cut_off, require_proof
from jiahe.web.signing import entering, label, signed_in

TOKEN_ROLES = (Role.AGENT, Role.SERVICE)
TRAITS = frozenset(word.definition.trait for word in (*VOCABULARY.values(), *ACTIONS.values())) | {"vendor"}


# ---- people --------------------------------------------------------------------------------------------------


async def get_people(call: Call) -> web.StreamResponse:
    """Everybody, in the order of their coming; for who may share a room, the guests that they let in."""
    return json_answer({"people": [_person(call, person) for person in Sharing(call).people()]})


async def post_person(call: Call) -> web.StreamResponse:
    """Somebody new, with the one-time invitation to hand over."""
    body, household, sharing = call.body, call.doors.people.household, Sharing(call)
    role = _role(body["role"], ROLES)
    grants, until = _grants(call, body.get("grants", []), role), until_from(body.get("until"))
    sharing.check(role, grants, until)
    require_proof(call, role, grants)
    sharing.check_room()
    person = await household.add(body["name"], role, grants=grants, until=until, by=sharing.by)
    await sharing.settle(person)
    code = await household.invite(person.id)
    _note(call, "person_invited", {"person": person.name, "role": role.value})
    return json_answer({"person": _person(call, person), **_invitation(call, code)}, 201)


async def patch_person(call: Call) -> web.StreamResponse:
    """Another name, role, grants or end, from this moment on."""
    body, household, sharing = call.body, call.doors.people.household, Sharing(call)
    if not body:
        raise OutOfDefinition("name", say("change_something", names="`name`, `role`, `grants`, `until`"))
    old = sharing.person(call.path())
    role = _role(body["role"], ROLES) if "role" in body else None
    grants = _grants(call, body["grants"], role or old.role) if "grants" in body else None
    until = until_from(body["until"]) if "until" in body else ""
    has = (
        role or old.role,
        old.grants if grants is None else grants,
        old.until if isinstance(until, str) else until,
    )
    sharing.check(*has)
    if role is not None or grants is not None:
        require_proof(call, *has[:2])
    by = sharing.giver_of(old, *has)
    person = await household.change(
        old.id, name=body.get("name"), role=role, grants=grants, until=until, by=by
    )
    await sharing.settle(person)
    _note(call, "person_changed", {"person": person.name, "role": person.role.value, "changed": sorted(body)})
    for guest in await cut_off(call, person.principal(Via.SESSION), person.id):
        _note(call, "person_removed", {"person": guest.name, **_as_guest_of(person)})
    return json_answer(_person(call, person))


async def delete_person(call: Call) -> web.StreamResponse:
    """They are nobody from this moment on; the rules that acted for them are named."""
    person = await call.doors.people.household.remove(Sharing(call).person(call.path()).id)
    rules = sorted(call.doors.rules_of(person.id))
    _note(call, "person_removed", {"person": person.name})
    for guest in await cut_off(call, None, person.id):
        _note(call, "person_removed", {"person": guest.name, **_as_guest_of(person)})
    return json_answer({"rules": rules})


async def post_invitation(call: Call) -> web.StreamResponse:
    """A new one-time link for somebody: a new phone, a lost password."""
    household, sharing = call.doors.people.household, Sharing(call)
    person = sharing.person(call.path())
    sharing.check(person.role, person.grants, person.until)  # the link is worth what they have
    require_proof(call, person.role, person.grants)
    code = await household.invite(person.id)
    _note(call, "invitation_created", {"person": person.name})
    return json_answer(_invitation(call, code), 201)


# ---- joining -------------------------------------------------------------------------------------------------


async def get_join(call: Call) -> web.StreamResponse:
    """Whether an invitation is worth opening, and for whom it is; does not use it up."""
    try:
        state = call.doors.people.join_state(call.path("code"), call.address)
    except Throttled:
        call.service.note_refusal("join_refused", call.address, say("refused_wait"))
        raise
    body: dict[str, Any] = {"state": state.state, "needs_password": state.needs_password}
    if state.person is not None:
        body |= {
            "home": call.doors.home.home_name,
            "name": state.person.name,
            "role": state.person.role.value,
        }
    return json_answer(body)


async def post_join(call: Call) -> web.StreamResponse:
    """Come in by an invitation, once."""
    body = call.body
    joining = call.doors.people.join(body["code"], body.get("password", ""), call.address, label(call))
    return signed_in(call, await entering(call, joining, "joined"), empty_answer())


# ---- sessions ------------------------------------------------------------------------------------------------


async def get_sessions(call: Call) -> web.StreamResponse:
    """The browsers that are signed in as whoever asks, or (for who may share) as somebody else."""
    people, whose = call.doors.people, _whose(call)
    rows = [
        {
            "id": card.id,
            "label": card.label,
            "created_at": card.created_at,
            "last_used_at": people.used_at(card),
            "current": call.signed is not None and card.key == call.signed.key,
            "via": Via.SESSION.value if card.via is Via.LINK else card.via.value,
        }
        for card in people.sessions(whose)
    ]
    return json_answer({"sessions": rows})


async def end_session(call: Call) -> web.StreamResponse:
    """That browser is signed out, at once."""
    whose = _whose(call)
    if not await call.doors.people.revoke_session(whose, call.path()):
        raise UnknownName(say("gone_session"))
    _note(call, "session_ended", {"session": call.path()})
    return empty_answer()


def _whose(call: Call) -> str:
    """Whose sessions are meant: one's own need no right."""
    own: str = call.principal.id
    person: str = call.query.get("person", own)
    if person != own:
        call.require(Verb.SHARE, PEOPLE)
        call.doors.people.household.person(person)
    return person


# ---- tokens --------------------------------------------------------------------------------------------------


async def get_tokens(call: Call) -> web.StreamResponse:
    """Every token but the command line's own, oldest first."""
    cards = [card for card in await call.doors.people.tokens() if card.name != THIS_MACHINE]
    return json_answer({"tokens": [_token(card) for card in cards]})


async def post_token(call: Call) -> web.StreamResponse:
    """A token for an agent or a maker's service."""
    body = call.body
    role = _role(body["role"], TOKEN_ROLES)
    if body["name"].strip() == THIS_MACHINE:
        raise Taken(say("own_name", name=repr(THIS_MACHINE)))
    grants, until = _grants(call, body["grants"], role), until_from(body.get("until"))
    require_proof(call, role, grants)
    secret = await call.doors.people.create_token(body["name"], role, grants, until)
    _note(call, "token_created", {"token": body["name"].strip(), "role": role.value})
    return json_answer({"id": digest(secret)[:16], "token": secret, "rows": qr_rows(secret)}, 201)


async def delete_token(call: Call) -> web.StreamResponse:
    """The token is worth nothing from this moment on."""
    id_ = call.path()
    if not any(card.id == id_ for card in await call.doors.people.tokens()):
        raise UnknownName(say("gone_token"))
    card = await call.doors.people.revoke_token(id_)
    _note(call, "token_revoked", {"token": card.name})
    return empty_answer()


# ---- bodies --------------------------------------------------------------------------------------------------


def _invitation(call: Call, code: str) -> dict[str, Any]:
    """The link to hand over, with its QR code, at each address that leads here; the best one also by itself."""
    found = links(call, f"/join/{code}")
    best = {"link": found[0]["link"], "rows": found[0]["rows"]}
    return {"code": code, "seconds": INVITATION_LIFE, **best, "links": found}


def _person(call: Call, person: Person) -> dict[str, Any]:
    people, now = call.doors.people, call.doors.clock.now()
    sessions = people.sessions(person.id)
    return {
        **person_body(person, now),
        "by": _giver(call, person),
        "last_seen": max((people.used_at(card) for card in sessions), default=None),
        "sessions": len(sessions),
        "passkeys": call.doors.passkeys_of(person.id),
        "second_factor": call.doors.has_second_factor(person.id),
    }


def _giver(call: Call, person: Person) -> str | None:
    """The name of who let a guest in, where that was no owner."""
    giver = call.doors.people.household.people.get(person.by) if person.by else None
    return giver.name if giver is not None else None


def _token(card: TokenCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": card.name,
        "role": card.role.value,
        "grants": [grant_body(grant) for grant in card.grants],
        "until": card.until,
        "created_at": card.created_at,
    }


def _role(word: str, known: tuple[Role, ...]) -> Role:
    names = [role.value for role in known]
    if word not in names:
        raise OutOfDefinition("role", say("one_of", names=", ".join(names)), names)
    return Role(word)


def _grants(call: Call, bodies: object, role: Role) -> tuple[Grant, ...]:
    grants, home = grants_from(bodies, role), call.doors.home
    sight = call.sight  # what somebody who shares rooms does not see is in no home of theirs
    known: Mapping[str, Any] = {
        "rooms": lambda id_: id_ in home.rooms and sight.sees_room(id_),
        "devices": lambda id_: id_ in home.devices and sight.sees(id_),
        "kinds": DEVICE_KINDS.__contains__,
        "traits": TRAITS.__contains__,
    }
    check_names(grants, known)
    return grants


def _as_guest_of(person: Person) -> dict[str, Any]:
    """Why somebody is gone who was let in by this person."""
    reason = say("guest_of", who=person.name)
    return {"reason": reason, **told(reason)}


def _note(call: Call, what: str, details: Mapping[str, Any]) -> None:
    call.doors.record_security(what, call.principal.name, {**details, "address": call.address})
