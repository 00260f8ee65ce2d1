"""Who stands behind a command, and whether they may: the last look before it goes to a device.

Owns how a cause becomes a principal and for whom each rule acts; `home.permission.allowed` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from jiahe.home.credentials import TOKEN_ID
from jiahe.home.keep import Documents
from jiahe.home.people import People
from jiahe.home.permission import Grant, Principal, Rights, Role, Verb, Via, allowed, moment
from jiahe.home.resource import Resources
from jiahe.home.roles import USE
from jiahe.model.clock import Clock
from jiahe.model.happening import Actor, Cause, PropertyRef
from jiahe.model.reasons import say

HOME = "home"
"""In `who` of a cause: the home itself, by what its owner keeps in its files."""
THE_HOME_ITSELF = Principal(HOME, "the home", Role.OWNER, Via.TOKEN)

COMFORT_KINDS = frozenset(
    {"room_air_conditioner", "air_purifier", "fresh_air", "fan", "humidifier", "dehumidifier", "thermostat",
     "window_covering", "light"}
)  # fmt: skip
"""What comfort may touch where no person stands behind it: nothing that can burn."""
COMFORT = Principal(
    "comfort", "comfort", Role.AGENT, Via.TOKEN, None, Rights(Role.AGENT, (Grant(USE, kinds=COMFORT_KINDS),))
)
OWNERS = "rule_owner"


class RuleOwners:
    """For whom each rule acts: the id of who saved it last, "" for the home's owner. Made by `await RuleOwners.open(…)`."""

    def __init__(self, documents: Documents, people: People) -> None:
        self._documents, self._people = documents, people
        self._owners: dict[str, str] = {}

    @classmethod
    async def open(cls, documents: Documents, people: People) -> RuleOwners:
        """All from disk."""
        self = cls(documents, people)
        self._owners = {rule: str(body["who"]) for rule, body in (await documents.all(OWNERS)).items()}
        return self

    def of(self, rule: str) -> str:
        """The id of a person or token, or ""."""
        return self._owners.get(rule, "")

    def rules_of(self, who: str) -> list[str]:
        """The rules that act for them."""
        return sorted(rule for rule, owner in self._owners.items() if owner == who)

    async def took(self, what: str, details: Mapping[str, Any], cause: Cause) -> None:
        """Told of a rule that is about to be saved ("rule_saved") or was removed ("rule_removed")."""
        rule = str(details.get("rule"))
        if what == "rule_removed":
            self._owners.pop(rule, None)
            await self._documents.delete(OWNERS, rule)
        elif what == "rule_saved":
            who = self.lasting(cause.who)
            await self._documents.put(OWNERS, rule, {"who": who})
            self._owners[rule] = who

    def lasting(self, who: str) -> str:
        """For whom it is done when that outlasts a token: "" for the home's owner. A token with the owner's rights is the owner's hand: the command line's own is another at every start."""
        principal = self._people.principal(who) if who.startswith(TOKEN_ID) else None
        return "" if who == HOME or (principal and principal.role is Role.OWNER) else who


class Permit:
    """`state.dispatch.Permit`: empty where allowed, else the sentence of the refusal."""

    def __init__(
        self,
        clock: Clock,
        people: People,
        resources: Resources,
        owners: RuleOwners,
        has_rule: Callable[[str], bool],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._clock, self._people, self._resources = clock, people, resources
        self._owners, self._has_rule, self._zone = owners, has_rule, zone

    def __call__(self, cause: Cause, target: PropertyRef) -> str:
        if cause.kind is Actor.RULE:
            return self._rule(cause.source, target)
        if cause.kind is Actor.SYSTEM:
            return self._ask(THE_HOME_ITSELF, target)
        if cause.kind is Actor.COMFORT and not cause.who:
            return self._ask(COMFORT, target)
        if cause.kind in (Actor.PERSON, Actor.AGENT, Actor.COMFORT):
            principal = self.principal(cause.who)
            if principal is None:
                return say("nobody_here", who=cause.source)
            return self._ask(principal, target)
        return say("kind_may_not", kind=cause.kind.value)

    def principal(self, who: str) -> Principal | None:
        """For whom something is done; None where there is nobody (any more)."""
        return THE_HOME_ITSELF if who == HOME else self._people.principal(who)

    def _rule(self, rule: str, target: PropertyRef) -> str:
        """A rule may what the one may for whom it acts, now."""
        if not self._has_rule(rule):
            return say("rule_gone", rule=rule)
        principal = self.principal(self._owners.of(rule) or HOME)
        if principal is None:
            return say("rule_of_nobody", rule=rule)
        refusal = self._ask(principal, target)
        return say("rule_acts_for", rule=rule, who=principal.name, why=refusal) if refusal else ""

    def _ask(self, principal: Principal, target: PropertyRef) -> str:
        at = moment(self._clock.now(), self._zone())
        return allowed(principal, Verb.OPERATE, self._resources.part(target.device, target.path), at).reason
