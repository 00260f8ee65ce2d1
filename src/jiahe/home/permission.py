"""Who may do what: one pure question, asked at every door.

Owns the rule; never a session, a clock or a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Verb(StrEnum):
    """What somebody can want of a resource."""

    SEE = "see"
    OPERATE = "operate"
    CONFIGURE = "configure"
    SHARE = "share"


class Role(StrEnum):
    """What a person is in this home. A role that `GRANTS` does not list may do nothing."""

    OWNER = "owner"


class Via(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  # a word, not a secret
    DEMO = "demo"
    LINK = "link"  # a session begun by a one-time sign-in link


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who proved who they are. `name` is what causes and records call them."""

    id: str
    name: str
    role: Role
    via: Via


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no; `reason` is a sentence for a person, empty when yes. True in a condition when allowed."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


GRANTS: Mapping[Role, frozenset[Verb]] = MappingProxyType({Role.OWNER: frozenset(Verb)})
"""What each role may do with everything in the home."""

YES = Decision(True)
NOBODY = Decision(False, "Sign in first: nothing in this home is open to strangers.")


def allowed(principal: Principal | None, verb: Verb, resource: str) -> Decision:
    """Whether `principal` may do `verb` with `resource` (a device's or a room's id, or "home")."""
    if principal is None:
        return NOBODY
    if verb in GRANTS.get(principal.role, frozenset()):
        return YES
    return Decision(False, f"{principal.name} may not {verb.value} {resource}: ask the owner of this home.")
