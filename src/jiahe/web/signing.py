"""Signing in and out.

Owns the handlers that strangers may call; never says which part of a login was wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable

from aiohttp import hdrs, web

from jiahe.home.people import Entered
from jiahe.home.throttle import Throttled
from jiahe.model.errors import AuthError
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.auth import sign_in, sign_out
from jiahe.web.call import Call
from jiahe.web.static import sentence_page


async def get_session(call: Call) -> web.StreamResponse:
    """Who this browser is, and what a stranger must know to sign in."""
    people, signed = call.doors.people, call.signed
    person = None
    if signed is not None:
        principal = signed.principal
        person = {"id": principal.id, "name": principal.name, "role": principal.role.value}
    return json_answer(
        {
            "signed_in": signed is not None,
            "person": person,
            "owner_exists": people.owner_exists,
            "demo": people.demo,
            "home": call.doors.home.home_name if signed is not None else None,
        }
    )


async def post_session(call: Call) -> web.StreamResponse:
    """Sign in by name and password."""
    people, body = call.doors.people, call.body
    going = people.login(body["name"], body["password"], call.address, _label(call))
    return _signed_in(call, await _entering(call, going, "login"), empty_answer())


async def delete_session(call: Call) -> web.StreamResponse:
    """Sign out; a stranger is out already."""
    if call.signed is not None:
        await call.doors.people.leave(call.signed)
        call.doors.record_security("logout", call.signed.principal.name, {"address": call.address})
    answer = empty_answer()
    sign_out(call.request, answer)
    return answer


async def post_claim(call: Call) -> web.StreamResponse:
    """Make the owner with the code of the one-time link, and sign in."""
    people, body = call.doors.people, call.body
    claiming = people.claim(body["code"], body["name"], body["password"], call.address, _label(call))
    entered = await _entering(call, claiming, "owner_created")
    return _signed_in(call, entered, empty_answer())


async def enter(call: Call) -> web.StreamResponse:
    """The demo's link: a page for a person in either case."""
    try:
        entering = call.doors.people.enter(call.path("code"), call.address, _label(call))
        entered = await _entering(call, entering, "login")
    except (Refused, Throttled) as error:
        return sentence_page(str(error), status=429 if isinstance(error, Throttled) else 401)
    return _signed_in(call, entered, web.Response(status=303, headers={hdrs.LOCATION: "/"}))


async def _entering(call: Call, way: Awaitable[Entered], what: str) -> Entered:
    """Goes this way in and writes down how it ended.

    What was typed is not written down: it may be a password.
    """
    try:
        entered = await way
    except Throttled as error:
        call.service.note_refusal("login_refused", call.address, "too many attempts")
        raise error
    except AuthError as error:
        call.service.note_refusal("login_refused", call.address, "wrong")
        raise Refused(401, "wrong", str(error)) from None
    principal = entered.signed.principal
    call.doors.record_security(what, principal.name, {"address": call.address, "via": principal.via.value})
    return entered


def _signed_in(call: Call, entered: Entered, answer: web.Response) -> web.Response:
    sign_in(call.request, answer, entered.secret)
    return answer


def _label(call: Call) -> str:
    return call.request.headers.get(hdrs.USER_AGENT, "")
