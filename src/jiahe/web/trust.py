"""The secure address over HTTP: what it is, "secure only", and the help to install the home's certificate.

Owns those handlers, and who is sent from the open door to the secure one; never the door itself.
"""

from __future__ import annotations

import plistlib
import uuid
from collections.abc import Mapping
from ipaddress import ip_address

from aiohttp import hdrs, web

from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.web.answer import Refused, json_answer
from jiahe.web.auth import split_host
from jiahe.web.call import Call
from jiahe.web.secure import SecureDoorDoor, SecureState
from jiahe.web.site import HELP, passkey_site
from jiahe.web.trust_page import Shown, language_of, trust_page
from jiahe.web.trust_words import LANGUAGES

CLOSED = "This hub has no secure address at the moment."
OPEN_PATHS = ("/trust", "/api/health", "/api/secure")
"""What is answered over the open door even where the home is open to the secure one only: how to get there."""
HSTS_SECONDS = 180 * 86_400
HTTPS = 443
"""Only where the secure door has its own port is a browser told to use nothing else (RFC 6797): it would keep every other
port's number and knock with TLS at the open door.
"""


async def get_secure(call: Call) -> web.StreamResponse:
    """Where the secure address is, and whether this browser is there; a stranger must know it to get in."""
    return json_answer(_body(call, _state(call)))


async def put_secure(call: Call) -> web.StreamResponse:
    """Whether everybody is sent to the secure address; switched on only by somebody who is there."""
    door = _door(call)
    if call.body["only"] and not call.request.secure:
        words = "Open the secure address and switch it on there: then it is sure that your device trusts it."
        raise Refused(409, "not_there", words, more={"address": door.state().url or None, "help": HELP})
    await door.set_only(call.body["only"])
    what = "secure_only_on" if call.body["only"] else "secure_only_off"
    call.doors.record_security(what, call.principal.name, {"address": call.address})
    return json_answer(_body(call, door.state()))


async def get_page(call: Call) -> web.StreamResponse:
    """The help, for this visitor's language and device."""
    state = _state(call)
    if not state.fingerprint:
        raise Refused(404, "no_secure_address", CLOSED)
    headers, known = call.request.headers, call.query.get("lang", "")
    shown = Shown(
        known if known in LANGUAGES else language_of(headers.get(hdrs.ACCEPT_LANGUAGE, "")),
        headers.get(hdrs.USER_AGENT, ""),
        _name(_der(call)),
        state.fingerprint,
        state.url,
        call.request.secure,
    )
    return web.Response(text=trust_page(shown), content_type="text/html", charset="utf-8")


async def get_certificate(call: Call) -> web.StreamResponse:
    """The home's certificate (DER), as every system but Apple's takes it."""
    return web.Response(
        body=_der(call),
        content_type="application/x-x509-ca-cert",
        headers={hdrs.CONTENT_DISPOSITION: 'attachment; filename="jiahe-ca.crt"'},
    )


async def get_profile(call: Call) -> web.StreamResponse:
    """The same as Apple's profile (Apple, Configuration Profile Reference: com.apple.security.root)."""
    der = _der(call)
    name, identity = _name(der), uuid.uuid5(uuid.NAMESPACE_OID, der.hex())
    certificate = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"local.jiahe.{identity}.root",
        "PayloadUUID": str(uuid.uuid5(identity, "root")),
        "PayloadDisplayName": name,
        "PayloadCertificateFileName": "jiahe-ca.crt",
        "PayloadContent": der,
    }
    profile = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"local.jiahe.{identity}",
        "PayloadUUID": str(identity),
        "PayloadDisplayName": name,
        "PayloadDescription": "The certificate of this home alone; it speaks for local names and addresses only.",
        "PayloadContent": [certificate],
    }
    return web.Response(
        body=plistlib.dumps(profile),
        content_type="application/x-apple-aspen-config",
        headers={hdrs.CONTENT_DISPOSITION: 'attachment; filename="jiahe.mobileconfig"'},
    )


def sent_on(request: web.Request, door: SecureDoorDoor | None) -> web.Response | None:
    """The answer to a request at the open door of a home that is open to the secure one only; None where it is let in.

    Raises Refused where it would change something: a browser would not take its secret along to the other door.
    """
    if door is None or request.secure or _from_here(request):
        return None
    state = door.state()
    path = request.rel_url.raw_path
    if (
        not state.only
        or not state.port
        or any(path == one or path.startswith(f"{one}/") for one in OPEN_PATHS)
    ):
        return None
    host, _ = split_host(request.headers.get(hdrs.HOST, ""))
    shown = f"[{host}]" if ":" in host else host
    port = "" if state.port == HTTPS else f":{state.port}"
    url = f"https://{shown}{port}"
    if request.method not in {"GET", "HEAD"} or path.startswith("/api/"):
        words = say("secure_address", url=url)
        raise Refused(403, "secure_only", words, more={"address": url, "help": HELP})
    return web.Response(status=307, headers={hdrs.LOCATION: url + request.rel_url.raw_path_qs})


def strict(request: web.Request, door: SecureDoorDoor | None) -> Mapping[str, str]:
    """The header that keeps a browser at the secure door, where that is wanted and would work."""
    if door is None or not request.secure:
        return {}
    state = door.state()
    if not state.only or state.port != HTTPS:
        return {}
    return {"Strict-Transport-Security": f"max-age={HSTS_SECONDS}"}


def _from_here(request: web.Request) -> bool:
    """Whether this machine itself asks: its command line goes on working."""
    try:
        return ip_address((request.remote or "").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _body(call: Call, state: SecureState) -> dict[str, object]:
    return {
        "address": state.url or None,
        "here": call.request.secure,
        "passkeys": passkey_site(call.request) is not None,
        "host": state.host,
        "announced": state.announced,
        "fingerprint": state.fingerprint or None,
        "only": state.only,
        "help": HELP,
        "trouble": state.trouble if call.signed is not None else "",
        **(told(state.trouble) if call.signed is not None else {}),
    }


def _state(call: Call) -> SecureState:
    return SecureState() if call.doors.secure is None else call.doors.secure.state()


def _door(call: Call) -> SecureDoorDoor:
    if call.doors.secure is None:
        raise Refused(404, "no_secure_address", CLOSED)
    return call.doors.secure


def _der(call: Call) -> bytes:
    der = _door(call).authority()
    if der is None:
        raise Refused(404, "no_secure_address", CLOSED)
    return der


def _name(der: bytes) -> str:
    """What systems call the certificate: its common name."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject = x509.load_der_x509_certificate(der).subject
    return str(subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
