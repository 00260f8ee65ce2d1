"""Passkeys over HTTP: adding, listing and removing one's own, signing in, and confirming that it is oneself.

Owns those handlers; what is a good answer of an authenticator is decided in `home.passkeys`.
"""

from __future__ import annotations

import re
from typing import Any

from aiohttp import hdrs, web

from jiahe.home.credentials import Signed
from jiahe.home.passkeys import Backwards, Passkey, Passkeys
from jiahe.home.people import Entered
from jiahe.home.permission import Principal, Role, Via
from jiahe.home.throttle import neighbourhood
from jiahe.model.errors import AuthError
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.auth import known_browser
from jiahe.web.call import Call
from jiahe.web.signing import entering, label, signed_in
from jiahe.web.site import passkey_site, required_site

NO_PASSKEYS = "This hub keeps no passkeys."
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Windows", "Windows"),
    ("Linux", "Linux"),
)
"""What a User-Agent holds, and what a person calls such a machine; the first that fits."""


def own(call: Call) -> Signed:
    """Who asks, as a person: a token has no passkeys and no second factor."""
    signed = call.signed
    if signed is None or signed.principal.via is Via.TOKEN:
        raise Refused(409, "no_person", "This is for people who are signed in, not for tokens.")
    return signed


def require_proof(call: Call) -> Signed:
    """Who asks; Refused (403 `second_factor`) where they have a second factor and did not prove it lately."""
    signed = own(call)
    if call.doors.asks_second_factor(signed.principal.id, signed.key):
        call.service.note_refusal("refused", signed.principal.name, say("refused_factor"))
        raise Refused(403, "second_factor", "Confirm that it is you: this takes your second factor.")
    return signed


async def get_passkeys(call: Call) -> web.StreamResponse:
    """One's own, and whether this browser could have one here."""
    signed, passkeys = own(call), _passkeys(call)
    site = passkey_site(call.request)
    here = site.host if site is not None else ""
    rows = [_card(passkey, here) for passkey in passkeys.of(signed.principal.id)]
    return json_answer({"passkeys": rows, "possible": site is not None})


async def post_passkey_options(call: Call) -> web.StreamResponse:
    """What the browser is asked to make a passkey."""
    passkeys, principal = _passkeys(call), _keeper(call)
    site = required_site(call.request, _secure(call))
    home = call.doors.home.home_name or "Jiahe"
    return json_answer(await passkeys.begin_adding(principal.id, principal.name, home, site))


async def post_passkey(call: Call) -> web.StreamResponse:
    """Keeps the passkey that the browser made."""
    passkeys, principal = _passkeys(call), _keeper(call)
    site = required_site(call.request, _secure(call))
    name = call.body.get("name", "") or _machine(call)
    try:
        made = await passkeys.add(principal.id, call.body["passkey"], name, site)
    except AuthError as error:
        call.service.note_refusal("passkey_refused", principal.name, say("refused_elsewhere"))
        raise Refused(403, "wrong", spoken(error)) from None
    call.doors.record_security("passkey_added", principal.name, {"passkey": made.name, **_from(call)})
    return json_answer(_card(made, site.host), 201)


async def delete_passkey(call: Call) -> web.StreamResponse:
    """One's own passkey is worth nothing from now on."""
    passkeys, principal = _passkeys(call), require_proof(call).principal
    gone = await passkeys.remove(principal.id, call.path())
    call.doors.record_security("passkey_removed", principal.name, {"passkey": gone.name, **_from(call)})
    return empty_answer()


async def post_passkey_challenge(call: Call) -> web.StreamResponse:
    """What the browser is asked: to let a stranger in, or to confirm that it is whoever is signed in."""
    passkeys = _passkeys(call)
    site = required_site(call.request, _secure(call))
    signed = call.signed
    if signed is None or signed.principal.via is Via.TOKEN:
        return json_answer(await passkeys.begin_entering(site, neighbourhood(call.address)))
    return json_answer(await passkeys.begin_confirming(signed.principal.id, signed.key, site))


async def post_passkey_session(call: Call) -> web.StreamResponse:
    """Sign in by a passkey. It stands for two factors, so the session is confirmed as well."""
    entered = await entering(call, _enter(call), "login")
    if call.doors.second_factors is not None:
        call.doors.second_factors.confirm(entered.signed.key)
    return signed_in(call, entered, empty_answer())


async def confirmed_by_passkey(call: Call, signed: Signed) -> None:
    """Whoever is signed in confirmed it by a passkey of theirs; AuthError where not."""
    site = required_site(call.request, _secure(call))
    try:
        await _passkeys(call).confirmed(signed.principal.id, signed.key, call.body["passkey"], site)
    except Backwards:
        _note_copy(call)
        raise


def _keeper(call: Call) -> Principal:
    """Who may have a new passkey."""
    principal = require_proof(call).principal
    if principal.role is Role.GUEST:
        raise Refused(403, "not_allowed", say("passkey_guest"))
    return principal


async def _enter(call: Call) -> Entered:
    site = required_site(call.request, _secure(call))
    try:
        passkey = await _passkeys(call).entered(call.body["passkey"], site)
    except Backwards:
        _note_copy(call)
        raise
    people = call.doors.people
    return await people.enter_as(passkey.person, Via.PASSKEY, label(call), known_browser(call.request))


def _note_copy(call: Call) -> None:
    call.service.note_refusal("passkey_refused", call.address, say("refused_copied"))


def _passkeys(call: Call) -> Passkeys:
    if call.doors.passkeys is None:
        raise Refused(404, "no_passkeys", NO_PASSKEYS)
    return call.doors.passkeys


def _secure(call: Call) -> Any:
    return None if call.doors.secure is None else call.doors.secure.state()


def _from(call: Call) -> dict[str, str]:
    return {"address": call.address}


def _machine(call: Call) -> str:
    """How a person would call the machine that asks, from its own words."""
    said = call.request.headers.get(hdrs.USER_AGENT, "")
    return next((name for part, name in _MACHINES if re.search(part, said)), "")


def _card(passkey: Passkey, here: str) -> dict[str, Any]:
    return {
        "id": passkey.id,
        "name": passkey.name,
        "site": passkey.site,
        "here": passkey.site == here,
        "synced": passkey.synced,
        "created_at": passkey.created_at,
        "used_at": passkey.used_at,
    }
