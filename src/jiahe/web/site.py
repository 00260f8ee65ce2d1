"""Where the browser of a request is, as passkeys see it. Owns which places can have passkeys; never a passkey."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import hdrs, web

from jiahe.home.passkeys import Site
from jiahe.model.reasons import say
from jiahe.web.answer import Refused
from jiahe.web.auth import split_host
from jiahe.web.secure import SecureState

HELP = "/trust"


def passkey_site(request: web.Request) -> Site | None:
    """The site of this request; None where its browser can have no passkeys (WebAuthn Level 3, 5.1.3 and 13.4.9: a name,
    not an address, over TLS or on this machine itself).
    """
    header = request.headers.get(hdrs.HOST, "").strip().lower()
    host, _ = split_host(header)
    try:
        ip_address(host)
    except ValueError:
        secure = request.secure or host == "localhost"
        scheme = "https" if request.secure else "http"
        return Site(host, f"{scheme}://{header}") if secure and host else None
    return None


def required_site(request: web.Request, secure: SecureState | None) -> Site:
    """The site of this request. Refused in words, with the address that can have passkeys, where it can have none."""
    site = passkey_site(request)
    if site is None:
        url = secure.url if secure is not None else ""
        words = say("passkeys_where", url=url, help=HELP) if url else say("passkeys_nowhere")
        raise Refused(409, "no_passkeys_here", words, more={"address": url or None, "help": HELP})
    return site
