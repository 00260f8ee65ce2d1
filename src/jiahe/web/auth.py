"""Who asks, and from where.

Owns cookies, bearer tokens, the checks of Host and Origin, and the headers of every answer.

Never decides what somebody may do (`home.permission`), and never sees a password.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from ipaddress import ip_address

from aiohttp import hdrs, web

from jiahe.home.credentials import Signed
from jiahe.home.people import People
from jiahe.web.answer import Refused

COOKIE_LIFE = 400 * 86_400
"""Seconds, the longest a browser keeps a cookie; the 90 idle days of the session itself decide."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# The app is built with its styles inline at run time (Svelte transitions); scripts come as files, and as the one whose hash
# the page's own answer names.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
CSP = "Content-Security-Policy"


def policy_with(hashes: Sequence[str]) -> str:
    """The same for a page with these inline scripts (`sha256-…`, of CSP level 2): any other does not run."""
    named = "".join(f" '{one}'" for one in hashes)
    return f"{POLICY}; script-src 'self'{named}" if hashes else POLICY


async def who(request: web.Request, people: People) -> Signed | None:
    """Who sent this request; None for a stranger. A bearer token goes before a cookie, right or wrong."""
    header = request.headers.get(hdrs.AUTHORIZATION)
    if header is not None:
        scheme, _, secret = header.partition(" ")
        return await people.by_token(secret.strip()) if scheme.lower() == "bearer" else None
    secret = request.cookies.get(cookie_name(request), "")
    return await people.by_session(secret) if secret else None


def shows_credential(request: web.Request) -> bool:
    """Whether the request claims to be somebody (so that a stranger's refusal is worth a record)."""
    return hdrs.AUTHORIZATION in request.headers or cookie_name(request) in request.cookies


def sign_in(request: web.Request, answer: web.StreamResponse, secret: str, known: str = "") -> None:
    """Sets the cookie, and the one by which this browser is known from then on.

    SameSite=Strict also for the link from a QR code: the page it leads to needs no cookie, and what the page
    then asks for is same-site. Not `Secure` over plain HTTP, where a browser would drop it.
    """
    cookies = {cookie_name(request): secret, **({known_name(request): known} if known else {})}
    for name, value in cookies.items():
        answer.set_cookie(
            name,
            value,
            max_age=COOKIE_LIFE,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )


def sign_out(request: web.Request, answer: web.StreamResponse) -> None:
    """Takes the cookie back."""
    answer.del_cookie(cookie_name(request), path="/", httponly=True, samesite="Strict", secure=request.secure)


def cookie_name(request: web.Request) -> str:
    """By port: cookies know none, and a demo beside a real home must not sign each other out.

    At the secure door with the prefix that keeps the open door, or a machine with a name below ours, from setting it
    (RFC 6265bis, 4.1.3.2).
    """
    _, port = split_host(request.headers.get(hdrs.HOST, ""))
    return f"__Host-jiahe_{port or '443'}" if request.secure else f"jiahe_{port or '80'}"


def known_name(request: web.Request) -> str:
    """The cookie that tells a browser by which somebody signed in before; it signs nobody in."""
    return f"{cookie_name(request)}_known"


def known_browser(request: web.Request) -> str:
    """What this browser was given at its last sign-in, or ""."""
    return request.cookies.get(known_name(request), "")


def check_host(request: web.Request, names: frozenset[str]) -> None:
    """Refuses names that could be a stranger's (DNS rebinding): ours are addresses, localhost, *.local
    and `names`.
    """
    host, _ = split_host(request.headers.get(hdrs.HOST, ""))
    if host == "localhost" or host.endswith(".local") or host in names or _is_address(host):
        return
    raise Refused(
        421,
        "unknown_host",
        "This hub is not known by that name. Open it by its address, or add the name to its configuration.",
    )


def check_origin(request: web.Request) -> None:
    """Refuses what a page of another origin sends.

    Every browser says Origin or Sec-Fetch-Site with a request that changes something and with a WebSocket; a
    request with neither comes from a program, which has no foreign page's intentions.
    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None:
        own = origin.partition("://")[2].lower() == request.headers.get(hdrs.HOST, "").lower()
    else:
        own = request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}
    if not own:
        raise Refused(403, "foreign_origin", "A page of another site sent this request: it was not done.")


async def harden(request: web.Request, answer: web.StreamResponse) -> None:
    """The headers that every answer has, as aiohttp asks for them."""
    harden_headers(answer.headers)


def harden_headers(headers: MutableMapping[str, str]) -> None:
    """The headers that every answer has."""
    if CSP not in headers:
        headers[CSP] = POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers[hdrs.SERVER] = "jiahe"
    if hdrs.CACHE_CONTROL not in headers:
        headers[hdrs.CACHE_CONTROL] = "no-store"


def split_host(header: str) -> tuple[str, str]:
    """Name and port of a Host header; the name in lower case, an IPv6 address without its brackets."""
    text = header.strip().lower()
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = text.partition(":")
    return host.removesuffix("."), port


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
