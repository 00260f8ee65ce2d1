"""Who may do what: one pure question, asked at every door.

Owns the decision; never a session, a clock or a document (`at` is an argument), and no words (`roles.py` has them).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.home.roles import (
    BROAD,
    DEFAULTS,
    GUARDED_TRAITS,
    HAZARDS,
    NARROW,
    PEOPLE,
    PRIVATE_KINDS,
    PRIVATE_TRAITS,
    RULES,
    SECOND_FACTOR_KINDS,
    SECURITY,
    SYSTEM,
    THE_HOME,
    TRUSTED,
    UNKNOWN,
    VAULT,
    About,
    Grant,
    Hours,
    Moment,
    Resource,
    Role,
    Verb,
    Via,
    moment,
)
from jiahe.model.reasons import say

__all__ = [
    "NOBODY",
    "PEOPLE",
    "RULES",
    "SECURITY",
    "SYSTEM",
    "THE_HOME",
    "UNKNOWN",
    "VAULT",
    "About",
    "Decision",
    "Grant",
    "Hours",
    "Moment",
    "Principal",
    "Resource",
    "Rights",
    "Role",
    "Verb",
    "Via",
    "allowed",
    "moment",
    "needs_second_factor",
    "opens",
]

MEMO_LIMIT = 20_000
"""Answers kept for one set of grants: 200 devices with 20 traits and 3 verbs are 12,000."""


class Rights:
    """A role's and some grants' answers, compiled: what does not depend on the time is looked at once."""

    __slots__ = ("_all", "_key", "_memo", "grants", "role", "timed")

    def __init__(self, role: Role, grants: Iterable[Grant] = ()) -> None:
        self.role, self.grants = role, tuple(grants)
        self._all = tuple((grant, _bare(grant)) for grant in (*DEFAULTS[role], *self.grants))
        self.timed = any(grant.hours or grant.until is not None for grant in self.grants)
        """Whether the answers change by themselves."""
        self._memo: dict[tuple[Verb, Resource], tuple[Grant, ...] | None] = {}
        self._key: Hashable = None

    def granting(self, verb: Verb, resource: Resource) -> tuple[Grant, ...] | None:
        """The grants that say so at some times; None where one says so at all times."""
        try:
            return self._memo[verb, resource]
        except KeyError:
            pass
        if len(self._memo) >= MEMO_LIMIT:
            self._memo.clear()
        found = tuple(grant for grant, _ in self._all if _covers(grant, self.role, verb, resource))
        always = any(grant.hours is None and grant.until is None for grant in found)
        answer = self._memo[verb, resource] = None if always else found
        return answer

    def key(self, at: Moment) -> Hashable:
        """Who has an equal key sees, and may do, the same at this time."""
        if not self.timed and self._key is not None:
            return self._key
        self._key = (self.role, frozenset(bare for grant, bare in self._all if grant.active(at)))
        return self._key

    def over(self, now: float) -> bool:
        """Whether nothing is left for ever (epoch seconds): no rights by the role itself, and every grant is past its end."""
        if DEFAULTS[self.role] or not self.grants:
            return False
        return all(grant.until is not None and now >= grant.until for grant in self.grants)

    @property
    def ends(self) -> float | None:
        """Epoch seconds from which nothing is left for ever; None where that is at no known time."""
        if DEFAULTS[self.role] or not self.grants:
            return None
        ends = [grant.until for grant in self.grants if grant.until is not None]
        return max(ends) if len(ends) == len(self.grants) else None


def _covers(grant: Grant, role: Role, verb: Verb, resource: Resource) -> bool:
    """Whether this grant says so, at the times when it holds."""
    if verb not in grant.verbs or resource.about not in _abouts(grant, role):
        return False
    if resource.about is About.ROOM:
        others = (grant.devices, grant.kinds, grant.traits, grant.makers)
        return _within(grant.rooms, resource.room) and all(one is None for one in others)
    if resource.about is not About.DEVICE:
        return True
    where = (
        _within(grant.devices, resource.device)
        and _within(grant.rooms, resource.room)
        and _within(grant.kinds, resource.kind)
        and _within(grant.makers, resource.maker)
    )
    return where and _trait(grant, verb, resource) and (role in TRUSTED or _named(grant, verb, resource))


def _abouts(grant: Grant, role: Role) -> frozenset[About]:
    if grant.about is not None:
        return grant.about
    return NARROW if grant.narrow or role is Role.SERVICE else BROAD


def _within(names: frozenset[str] | None, name: str) -> bool:
    return names is None or name in names


def _trait(grant: Grant, verb: Verb, resource: Resource) -> bool:
    """A device as a whole is seen and operated by who may do so with a part, and configured by who may with all."""
    if resource.trait or verb is Verb.CONFIGURE:
        return _within(grant.traits, resource.trait)
    return grant.traits is None or resource.traits is None or not grant.traits.isdisjoint(resource.traits)


def _named(grant: Grant, verb: Verb, resource: Resource) -> bool:
    """Whether it names what must be named, for those who are not trusted with everything."""
    if grant.devices is not None and resource.device in grant.devices:
        return True
    if resource.kind in PRIVATE_KINDS or resource.trait in PRIVATE_TRAITS:
        return False
    if verb is Verb.SEE:
        return True
    if resource.trait in GUARDED_TRAITS:
        return False
    return resource.kind not in HAZARDS or (grant.kinds is not None and resource.kind in grant.kinds)


def _bare(grant: Grant) -> Grant:
    """The grant without its times."""
    return Grant(
        grant.verbs, grant.rooms, grant.devices, grant.kinds, grant.traits, grant.makers, about=grant.about
    )


ROLE_RIGHTS: Mapping[Role, Rights] = MappingProxyType({role: Rights(role) for role in Role})


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who proved who they are. `name` is what causes and records call them; `until` is the end of all their
    rights (epoch seconds).
    """

    id: str
    name: str
    role: Role
    via: Via
    until: float | None = None
    rights: Rights = field(default=ROLE_RIGHTS[Role.GUEST], compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.rights.role is not self.role:
            object.__setattr__(self, "rights", ROLE_RIGHTS[self.role])

    def expired(self, now: float) -> bool:
        """Whether this is nobody any more, at this time (epoch seconds)."""
        return (self.until is not None and now >= self.until) or self.rights.over(now)

    @property
    def ends(self) -> float | None:
        """Epoch seconds from which this is nobody any more; None where that is at no known time."""
        return min((end for end in (self.until, self.rights.ends) if end is not None), default=None)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no; `reason` is a sentence for a person, empty when yes. True in a condition when allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)
NOBODY = Decision(False, say("sign_in"))


def allowed(principal: Principal | None, verb: Verb, resource: Resource, at: Moment) -> Decision:
    """Whether `principal` may do `verb` with `resource` at this time."""
    if principal is None:
        return NOBODY
    if principal.until is not None and at.epoch >= principal.until:
        return Decision(False, say("key_ended", who=principal.name))
    grants = principal.rights.granting(verb, resource)
    if grants is None:
        return YES
    for grant in grants:
        if grant.active(at):
            return YES
    return Decision(False, _refusal(principal, verb, resource, grants, at))


def needs_second_factor(resource: Resource) -> bool:
    """Whether operating this takes a second factor of those who have one."""
    return resource.about is About.DEVICE and resource.kind in SECOND_FACTOR_KINDS


def opens(rights: Rights, devices: Iterable[Resource]) -> bool:
    """Whether these rights operate, at any time, what takes a second factor: one of `devices`, or one that comes later."""
    if rights.role in TRUSTED:
        return True
    named = (grant.kinds or frozenset() for grant in rights.grants if Verb.OPERATE in grant.verbs)
    return any(kinds & SECOND_FACTOR_KINDS for kinds in named) or any(
        needs_second_factor(one) and rights.granting(Verb.OPERATE, one) != () for one in devices
    )


def _refusal(
    principal: Principal, verb: Verb, resource: Resource, grants: tuple[Grant, ...], at: Moment
) -> str:
    figures = {"who": principal.name, "verb": say(f"verb_{verb.value}"), "what": resource.label}
    later = any(grant.until is None or at.epoch < grant.until for grant in grants)
    return say("may_not_now" if later else "may_not", **figures)
