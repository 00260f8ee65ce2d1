"""A person of this home as kept. Owns the card and how it is written down; never a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jiahe.home.grants import grant_body, grants_from
from jiahe.home.permission import Grant, Principal, Rights, Role, Via


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name. `password` is a hash, "" where they have none; times in epoch seconds.

    `joined_at` is None until somebody came in by the invitation. `key` is the name as it is compared.
    """

    id: str
    name: str
    role: Role
    password: str = field(default="", repr=False)
    grants: tuple[Grant, ...] = ()
    until: float | None = None
    joined_at: float | None = 0.0
    by: str = ""
    """Who let them in, by id, where that was no owner: their key is worth no more than its giver's."""
    rights: Rights = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", Rights(self.role, self.grants))

    @property
    def key(self) -> str:
        return self.name.casefold()

    def principal(self, via: Via) -> Principal:
        """This person, who came in by this way."""
        return Principal(self.id, self.name, self.role, via, self.until, self.rights)

    def over(self, now: float) -> bool:
        """Whether their end has passed."""
        return (self.until is not None and now >= self.until) or self.rights.over(now)

    def state(self, now: float) -> str:
        """invited, active or expired."""
        if self.over(now):
            return "expired"
        return "invited" if self.joined_at is None else "active"

    def body(self) -> dict[str, Any]:
        """As it is kept."""
        body: dict[str, Any] = {"name": self.name, "role": self.role.value, "password": self.password}
        if self.grants:
            body["grants"] = [grant_body(grant) for grant in self.grants]
        if self.until is not None:
            body["until"] = self.until
        if self.by:
            body["by"] = self.by
        return body | {"joined_at": self.joined_at}


def person_from(id_: str, body: Mapping[str, Any]) -> Person:
    """What `body` made. A card of before there were roles is an owner who joined."""
    role = Role(body["role"])
    return Person(
        id_,
        body["name"],
        role,
        body["password"],
        grants_from(body.get("grants", ()), role),
        body.get("until"),
        body.get("joined_at", 0.0),
        str(body.get("by", "")),
    )
