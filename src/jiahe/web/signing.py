"""Signing in and out.

Owns the handlers that strangers may call; never says which part of a login was wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from aiohttp import hdrs, web

from jiahe.home.credentials import THIS_MACHINE
from jiahe.home.people import LINK_LIFE, Entered
from jiahe.home.permission import PEOPLE, THE_HOME, Verb, Via
from jiahe.home.throttle import Throttled
from jiahe.model.errors import AuthError
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.web.answer import Refused, empty_answer, json_answer, retry_after
from jiahe.web.auth import known_browser, sign_in, sign_out
from jiahe.web.call import Call
from jiahe.web.sharing import rooms_of


async def get_session(call: Call) -> web.StreamResponse:
    """Who this browser is, and what a stranger must know to sign in."""
    people, signed = call.doors.people, call.signed
    person = None
    if signed is not None:
        principal = signed.principal
        person = {
            "id": principal.id,
            "name": principal.name,
            "role": principal.role.value,
            "until": principal.ends,
            "may": _may(call),
        }
    return json_answer(
        {
            "signed_in": signed is not None,
            "person": person,
            "owner_exists": people.owner_exists,
            "demo": people.demo,
            "home": call.doors.home.home_name if signed is not None else None,
            "new_password": signed is not None and people.may_set_password(signed),
        }
    )


def _may(call: Call) -> dict[str, Any]:
    """What a page may offer at all; each device says for itself."""
    sight = call.sight
    operate = sight.may(Verb.OPERATE, THE_HOME) or any(
        sight.operates_any(device) for device in call.doors.home.devices
    )
    return {
        "see": sight.may(Verb.SEE, THE_HOME),
        "configure": sight.may(Verb.CONFIGURE, THE_HOME),
        "share": sight.may(Verb.SHARE, PEOPLE),
        "share_rooms": rooms_of(call),
        "operate": operate,
    }


async def post_session(call: Call) -> web.StreamResponse:
    """Sign in by name and password."""
    people, body = call.doors.people, call.body
    known = known_browser(call.request)
    going = people.login(body["name"], body["password"], call.address, label(call), known)
    return signed_in(call, await entering(call, going, "login"), empty_answer())


async def delete_session(call: Call) -> web.StreamResponse:
    """Sign out; a stranger is out already."""
    if call.signed is not None:
        await call.doors.people.leave(call.signed)
        call.doors.record_security("logout", call.signed.principal.name, {"address": call.address})
    answer = empty_answer()
    sign_out(call.request, answer)
    return answer


async def get_claim(call: Call) -> web.StreamResponse:
    """Whether a one-time link is worth opening, before somebody fills in its form; does not use it up."""
    return json_answer({"state": call.doors.people.claim_state(call.path("code"), call.address)})


async def post_link(call: Call) -> web.StreamResponse:
    """A one-time link that signs the owner in; from this machine's own command line also for a lost password."""
    principal = call.principal
    local = principal.via is Via.TOKEN and principal.name == THIS_MACHINE
    if principal.via is Via.TOKEN and not local:
        raise Refused(403, "not_allowed", say("no_links"))
    try:
        code = call.doors.people.new_link(may_set_password=local, person=principal.id)
    except AuthError as error:
        raise Refused(409, "no_owner", spoken(error)) from None
    call.doors.record_security("link_created", principal.name, {"address": call.address})
    return json_answer({"code": code, "seconds": LINK_LIFE}, 201)


async def post_password(call: Call) -> web.StreamResponse:
    """One's own new password: with the old one, or just after a one-time link."""
    people, body, signed = call.doors.people, call.body, call.signed
    if signed is None:
        raise AssertionError("the table lets no stranger in here")
    try:
        await people.change_password(signed, body.get("old", ""), body["new"], call.address)
    except Throttled:
        call.service.note_refusal("password_refused", signed.principal.name, say("refused_wait"))
        raise
    except AuthError as error:
        call.service.note_refusal("password_refused", signed.principal.name, say("refused_wrong"))
        raise Refused(403, "wrong", spoken(error), property_name="old") from None
    call.doors.record_security("password_changed", signed.principal.name, {"address": call.address})
    return empty_answer()


async def post_claim(call: Call) -> web.StreamResponse:
    """Make the owner with the code of the one-time link, and sign in."""
    people, body = call.doors.people, call.body
    claiming = people.claim(body["code"], body["name"], body["password"], call.address, label(call))
    entered = await entering(call, claiming, "owner_created")
    return signed_in(call, entered, empty_answer())


async def enter(call: Call) -> web.StreamResponse:
    """The demo's link, or a sign-in link: to the app in either case, which says in words why it did not let in."""
    try:
        coming = call.doors.people.enter(call.path("code"), call.address, label(call))
        entered = await entering(call, coming, "login")
    except Throttled as error:
        return _to(f"/link/wait/{retry_after(error)}")
    except Refused:
        return _to("/" if call.signed is not None else "/link/over")
    return signed_in(call, entered, _to("/"))


async def entering(call: Call, way: Awaitable[Entered], what: str) -> Entered:
    """Goes this way in and writes down how it ended.

    What was typed is not written down: it may be a password.
    """
    try:
        entered = await way
    except Throttled as error:
        call.service.note_refusal("login_refused", call.address, say("refused_wait"))
        raise error
    except AuthError as error:
        call.service.note_refusal("login_refused", call.address, say("refused_wrong"))
        raise Refused(401, "wrong", spoken(error)) from None
    principal = entered.signed.principal
    call.doors.record_security(what, principal.name, {"address": call.address, "via": principal.via.value})
    return entered


def signed_in(call: Call, entered: Entered, answer: web.Response) -> web.Response:
    """The answer, with the cookies of whoever came in."""
    sign_in(call.request, answer, entered.secret, entered.known)
    return answer


def _to(path: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: path})


def label(call: Call) -> str:
    """What a browser calls itself."""
    return call.request.headers.get(hdrs.USER_AGENT, "")
