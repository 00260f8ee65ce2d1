"""The second factor over HTTP: switching it on and off, and confirming that it is oneself.

Owns those handlers; codes are judged in `home.second_factor`, which devices ask for them in `home.permission`.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from jiahe.home.credentials import Signed
from jiahe.home.permission import PEOPLE, Verb
from jiahe.home.second_factor import SecondFactors
from jiahe.home.throttle import Throttled
from jiahe.model.errors import AuthError, OutOfDefinition
from jiahe.model.reasons import say
from jiahe.model.said import spoken
from jiahe.web.answer import Refused, empty_answer, json_answer
from jiahe.web.call import Call
from jiahe.web.passkeys import confirmed_by_passkey, own, require_proof
from jiahe.web.site import passkey_site

NO_FACTOR = "This hub keeps no second factors."


async def get_second_factor(call: Call) -> web.StreamResponse:
    """Whether one's own is on, what can prove it here, and until when it was proved."""
    return json_answer(_state(call, own(call)))


async def post_app(call: Call) -> web.StreamResponse:
    """A secret for an authenticator app; it counts once it was proved."""
    factors, signed = _factors(call), own(call)
    home = call.doors.home.home_name
    begun = factors.begin(signed.principal.id, signed.principal.name, home)
    return json_answer({"secret": begun.secret, "uri": begun.uri, "rows": qr_rows(begun.uri)}, 201)


async def put_app(call: Call) -> web.StreamResponse:
    """The app shows the right code: it counts from now on. The recovery codes are seen this once."""
    factors, signed = _factors(call), own(call)
    try:
        codes = await factors.switch_on(signed.principal.id, call.body["code"])
    except AuthError as error:
        raise _refused(call, signed, "second_factor_refused", error) from None
    factors.confirm(signed.key)
    call.doors.record_security("second_factor_on", signed.principal.name, {"address": call.address})
    return json_answer({**_state(call, signed), "codes": codes})


async def post_recovery(call: Call) -> web.StreamResponse:
    """New recovery codes in place of the old ones."""
    factors, signed = _factors(call), require_proof(call)
    try:
        codes = await factors.renew_codes(signed.principal.id)
    except AuthError as error:
        raise Refused(409, "not_on", spoken(error)) from None
    call.doors.record_security("recovery_codes_made", signed.principal.name, {"address": call.address})
    return json_answer({**_state(call, signed), "codes": codes}, 201)


async def delete_second_factor(call: Call) -> web.StreamResponse:
    """Switches one's own off; it takes a proof, or the link of somebody who lost everything."""
    factors, signed = _factors(call), own(call)
    if not call.doors.people.may_set_password(signed):  # who opened the machine's own link is believed
        require_proof(call)
    await factors.forget(signed.principal.id)
    call.doors.record_security("second_factor_off", signed.principal.name, {"address": call.address})
    return empty_answer()


async def delete_persons_second_factor(call: Call) -> web.StreamResponse:
    """Switches somebody's off who lost the app and the recovery codes; the owner's own factor is asked for that."""
    factors, signed = _factors(call), require_proof(call)
    call.require(Verb.SHARE, PEOPLE)
    person = call.doors.people.household.person(call.path())
    if person.id == signed.principal.id:
        raise Refused(409, "own", "Switch your own off under your account.")
    await factors.forget(person.id)
    details = {"person": person.name, "address": call.address}
    call.doors.record_security("second_factor_off", signed.principal.name, details)
    return empty_answer()


async def post_confirm(call: Call) -> web.StreamResponse:
    """Confirms for five minutes that it is oneself: by a code, or by a passkey."""
    factors, signed = _factors(call), own(call)
    body = call.body
    if ("code" in body) == ("passkey" in body):
        raise OutOfDefinition("code", say("factor_code"))
    how = "passkey"
    try:
        if "passkey" in body:
            await confirmed_by_passkey(call, signed)
        else:
            how = await factors.prove(signed.principal.id, body["code"])
    except AuthError as error:
        raise _refused(call, signed, "confirm_refused", error) from None
    factors.confirm(signed.key)
    details = {"address": call.address, "how": how}
    call.doors.record_security("confirmed", signed.principal.name, details)
    return json_answer(_state(call, signed))


def _refused(call: Call, signed: Signed, what: str, error: AuthError) -> Exception:
    """The refusal, written down; a wait is answered as such."""
    if isinstance(error, Throttled):
        call.service.note_refusal(what, signed.principal.name, say("refused_wait"))
        return error
    call.service.note_refusal(what, signed.principal.name, say("refused_wrong"))
    return Refused(403, "wrong", spoken(error), property_name="code")


def _factors(call: Call) -> SecondFactors:
    if call.doors.second_factors is None:
        raise Refused(404, "no_second_factor", NO_FACTOR)
    return call.doors.second_factors


def _state(call: Call, signed: Signed) -> dict[str, Any]:
    factors, person = _factors(call), signed.principal.id
    site, passkeys = passkey_site(call.request), call.doors.passkeys
    usable = 0
    if passkeys is not None and site is not None:
        usable = sum(passkey.site == site.host for passkey in passkeys.of(person))
    return {
        "on": factors.is_on(person),
        "since": factors.since(person),
        "recovery_left": factors.recovery_left(person),
        "passkeys_here": usable,
        "confirmed_until": factors.confirmed_until(signed.key),
    }


def qr_rows(text: str) -> list[str]:
    """A QR code's modules, row by row ("1" is dark), without its quiet zone: the page draws it."""
    import segno  # a fiftieth of a second that only this needs

    code = segno.make(text, error="m", micro=False)
    return ["".join("1" if module else "0" for module in row) for row in code.matrix]
