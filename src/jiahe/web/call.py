"""One request on its way to its handler. Owns the order of the checks; never what a handler does.

Host, then who, then origin, then permission, then the shape of the query and of the body: whoever may not ask
learns nothing about what could be asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web

from jiahe.home.credentials import Signed
from jiahe.home.permission import (
    NOBODY,
    PEOPLE,
    RULES,
    SECURITY,
    SYSTEM,
    THE_HOME,
    VAULT,
    About,
    Principal,
    Resource,
    Role,
    Verb,
    Via,
    moment,
    needs_second_factor,
)
from jiahe.home.resource import Resources, room
from jiahe.home.throttle import Allowance
from jiahe.model.errors import UnknownName
from jiahe.model.happening import Actor, Cause
from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.web.answer import Refused
from jiahe.web.auth import SAFE_METHODS, check_origin, shows_credential, who
from jiahe.web.doors import Doors
from jiahe.web.guest import Guest
from jiahe.web.shape import Fields, read_body, read_query
from jiahe.web.sight import Sight
from jiahe.web.view import View

if TYPE_CHECKING:
    from jiahe.web.stream import Streams

BODY_LIMIT = 64 * 1024
"""Bytes of a request's body: the largest real one (adopting a device) has some hundred."""
BODY_SECONDS = 10.0
"""Within which a body must have arrived."""

REFUSED_LIMIT = 500
"""Names and addresses whose refusals are counted apart."""

Handler = Callable[["Call"], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table: what is asked how, who may, what it takes, what it answers.

    `verb` None is open to strangers. With `about` the permission for `verb` is asked here, for the device or room of the
    path's `id` or for that part of the home; with None somebody must be signed in, and the handler asks for each thing
    that it touches. `answers` maps a status to the name of a schema ("" has no body). `open_body` admits keys that are
    not in `body`.
    """

    method: str
    path: str
    summary: str
    verb: Verb | None
    handler: Handler
    answers: Mapping[int, str]
    query: Fields = field(default_factory=dict)
    body: Fields | None = None
    open_body: bool = False
    about: About | None = About.HOME


@dataclass(slots=True)
class Service:
    """What all calls of one app share."""

    doors: Doors
    view: View
    streams: Streams
    resources: Resources
    counts: dict[int, int] = field(default_factory=dict)
    searching: asyncio.Lock = field(default_factory=asyncio.Lock)
    replaying: asyncio.Lock = field(default_factory=asyncio.Lock)
    # nobody must be able to fill the journal with refusals, which is kept for ever, nor hide another's among their own
    refusals: dict[str, Allowance] = field(default_factory=dict)
    all_refusals: Allowance = field(default_factory=lambda: Allowance(burst=120, each_second=0.2))

    def sight(self, principal: Principal) -> Sight:
        """What somebody sees and may do at this moment."""
        doors = self.doors
        at = moment(doors.clock.now(), doors.zone())
        return Sight(principal, at, self.resources, doors.home, doors.touches)

    def note_refusal(self, what: str, address: str, reason: str) -> None:
        """Writes down that somebody (a name, or an address) was turned away, if they, and all, were not too often lately."""
        now = self.doors.clock.monotonic()
        own = self.refusals.pop(address, None) or Allowance(burst=30, each_second=0.1)
        self.refusals[address] = own  # the one that was refused last stands last
        if len(self.refusals) > REFUSED_LIMIT:
            del self.refusals[next(iter(self.refusals))]
        if own.take(now) and self.all_refusals.take(now):
            self.doors.record_security(what, address, {"reason": reason, **told(reason)})


@dataclass(slots=True)
class Call:
    """A request that passed every check: its query and body are in their own types."""

    request: web.Request
    service: Service
    signed: Signed | None
    query: dict[str, Any]
    body: dict[str, Any]
    sight_then: Sight | None = None

    @property
    def doors(self) -> Doors:
        return self.service.doors

    @property
    def principal(self) -> Principal:
        """Who asks; only for routes that need somebody."""
        if self.signed is None:
            raise Refused(401, "sign_in", say("sign_in"))
        return self.signed.principal

    @property
    def sight(self) -> Sight:
        """What whoever asks sees and may do, as of the moment when the request came."""
        if self.sight_then is None:
            self.sight_then = self.service.sight(self.principal)
        return self.sight_then

    def require(self, verb: Verb, resource: Resource) -> None:
        """Refused (403), and a line in the diary, where whoever asks may not do this with something that they see."""
        refuse(self.service, self.sight, verb, resource)

    def require_second_factor(self, resources: Iterable[Resource]) -> None:
        """Refused (403 `second_factor`) where one of these takes a second factor, whoever asks has one, and it was not
        proved lately. A token is no person: its grants say what it may.
        """
        if any(map(needs_second_factor, resources)):
            self.require_proof()

    def require_proof(self) -> None:
        """The same for whatever is as dangerous as these."""
        signed = self.signed
        if signed is None or signed.principal.via is Via.TOKEN:
            return
        if self.doors.asks_second_factor(signed.principal.id, signed.key):
            self.service.note_refusal("refused", signed.principal.name, say("refused_factor"))
            words = "Confirm that it is you: this takes your second factor."
            raise Refused(403, "second_factor", words)

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.remote or "unknown"

    def path(self, name: str = "id") -> str:
        """A parameter of the path."""
        return self.request.match_info[name]

    def cause(self) -> Cause:
        """A new cause: this person (or whose token it is), now."""
        principal = self.principal
        kind = Actor.AGENT if principal.role in (Role.AGENT, Role.SERVICE) else Actor.PERSON
        return Cause(self.doors.new_id(), kind, principal.name, who=principal.id)


async def take(route: Route, service: Service, request: web.Request) -> web.StreamResponse:
    """Every check in its order, then the handler."""
    signed = await who(request, service.doors.people)
    if signed is not None and isinstance(request.protocol, Guest):
        request.protocol.signed_in = True
    bearer = "Authorization" in request.headers
    if route.method not in SAFE_METHODS and not bearer:
        check_origin(request)
    sight = _asked(route, service, request, signed)
    query = read_query(_once(request), route.query)
    body: dict[str, Any] = {}
    if route.body is not None:
        data = await _bytes(request)
        if signed is not None:  # a body may take seconds, and a key may end meanwhile
            signed = await service.doors.people.renewed(signed)
            sight = _asked(route, service, request, signed)
        body = read_body(data, route.body, route.open_body)
    return await route.handler(Call(request, service, signed, query, body, sight))


def _asked(route: Route, service: Service, request: web.Request, signed: Signed | None) -> Sight | None:
    """What whoever asks sees now, if they may ask at all; None at a row that is open to strangers."""
    if route.verb is None:
        return None
    if signed is None:
        if shows_credential(request):
            service.note_refusal("credential_refused", request.remote or "unknown", say("refused_unknown"))
        raise Refused(401, "sign_in", NOBODY.reason)
    sight = service.sight(signed.principal)
    if route.about is not None:
        _admit(service, sight, route.verb, route.about, request.match_info.get("id", ""))
    return sight


_PARTS = {
    About.HOME: THE_HOME,
    About.RULES: RULES,
    About.SYSTEM: SYSTEM,
    About.PEOPLE: PEOPLE,
    About.SECURITY: SECURITY,
    About.VAULT: VAULT,
}


def _admit(service: Service, sight: Sight, verb: Verb, about: About, id_: str) -> None:
    """The permission of a row of the table. What is not seen is not there; what is seen but not allowed is refused."""
    if about is About.DEVICE:
        device = sight.device(id_)
        refuse(service, sight, verb, sight.resource(device.id))
    elif about is About.ROOM:
        if id_ not in service.doors.home.rooms or not sight.sees_room(id_):
            raise UnknownName(say("gone_room", name=repr(id_[:60])))
        refuse(service, sight, verb, room(id_))
    else:
        refuse(service, sight, verb, _PARTS[about])


def refuse(service: Service, sight: Sight, verb: Verb, resource: Resource) -> None:
    """Refused (403) and written down, unless it is allowed."""
    decision = sight.ask(verb, resource)
    if not decision:
        service.note_refusal("refused", sight.principal.name, decision.reason)
        raise Refused(403, "not_allowed", decision.reason)


def _once(request: web.Request) -> dict[str, str]:
    query: dict[str, str] = {}
    for key, value in request.query.items():
        if key in query:
            raise Refused(400, "twice", f"The parameter {key[:60]} stands twice.", property_name=key[:60])
        query[key] = value
    return query


async def _bytes(request: web.Request) -> bytes:
    words = f"The body of a request has at most {BODY_LIMIT} bytes."
    too_large = Refused(413, "too_large", words, bound=BODY_LIMIT)
    if hdrs.CONTENT_ENCODING in request.headers:
        raise Refused(415, "encoded", "The body of a request is taken as it is, without a Content-Encoding.")
    if (request.content_length or 0) > BODY_LIMIT:
        raise too_large
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large from None
    except web.RequestPayloadError:
        raise Refused(400, "http", "The body of this request is cut off or not as its headers say.") from None
    except TimeoutError:
        raise Refused(408, "too_slow", f"The body did not arrive within {BODY_SECONDS:g} seconds.") from None
