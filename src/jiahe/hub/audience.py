"""Who can be told of something, and what they may hear. Owns how a happening becomes a question to the permission.

`home.permission.allowed` decides, for this person at this moment; this file only names the resource.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import partial

from jiahe.home.people import DEMO_OWNER, People
from jiahe.home.permission import (
    RULES,
    SECURITY,
    SYSTEM,
    THE_HOME,
    Principal,
    Resource,
    Verb,
    Via,
    allowed,
    moment,
)
from jiahe.home.registry import Registry
from jiahe.home.resource import Resources
from jiahe.hub.automation import Automation
from jiahe.hub.noticing import Around, Member
from jiahe.model.clock import Clock
from jiahe.notice.choose import NOBODYS
from jiahe.notice.happening import Happening
from jiahe.notice.topic import TOPICS, Topic
from jiahe.notice.watch import Look
from jiahe.rules.rule import HomeMode

AT_HOME = frozenset({HomeMode.HOME, HomeMode.NIGHT})
"""Modes in which somebody breathes the air."""
CARRIED = "wristband"
"""The kind of device that goes out with its wearer."""
_ABOUT: Mapping[Topic, Resource] = {
    Topic.RULE: RULES,
    Topic.RULE_FAILED: RULES,
    Topic.SECURITY: SECURITY,
    Topic.POWER: SYSTEM,
}


class Audience:
    """The people of this home, as noticing asks for them."""

    def __init__(self, clock: Clock, people: People, registry: Registry, automation: Automation) -> None:
        self._clock, self._people, self._registry, self._automation = clock, people, registry, automation
        self._resources = Resources(lambda: registry.devices)
        self.names_of: Callable[[str], Mapping[str, str]] = lambda _: {}
        """A name of the demo's own in every language; empty for every other name."""
        self.outdoor: Callable[[], str] = lambda: ""
        """The id of the device that people say stands outdoors; "" for none."""

    def around(self) -> Around:
        """All that noticing asks of the hub."""
        look = Look(
            self._device_names, self._rule_names, self._somebody_home, self._is_carried,
            lambda device: device == self.outdoor(),
        )  # fmt: skip
        return Around(self.members, self.living, self.zone, look, os.urandom)

    def zone(self) -> tzinfo:
        """The home's own."""
        return self._automation.place.zone

    def members(self) -> list[Member]:
        """Everybody whose rights have not ended."""
        now = self._clock.now()
        here = [one.principal(Via.SESSION) for one in self._people.household.people.values()]
        here = [one for one in here if not one.expired(now)] + ([DEMO_OWNER] if self._people.demo else [])
        return [Member(one.id, one.name, one.role.value, partial(self._may, one)) for one in here]

    def living(self, person: str, session: str) -> bool:
        """Whether this session of a person still holds."""
        return any(card.key == session for card in self._people.sessions(person))

    def _may(self, person: Principal, happening: Happening) -> bool:
        at = moment(self._clock.now(), self.zone())
        to = happening.to.strip().casefold()
        if happening.topic is Topic.RULE and to not in NOBODYS and to == person.name.casefold():
            return True  # whoever wrote the rule chose to tell this person
        return bool(allowed(person, Verb(TOPICS[happening.topic].need.value), self._about(happening), at))

    def _about(self, happening: Happening) -> Resource:
        if not happening.device:
            return _ABOUT.get(happening.topic, THE_HOME)
        if happening.part:
            return self._resources.part(happening.device, happening.part)
        return self._resources.device(happening.device)

    def _device_names(self, id_: str) -> Mapping[str, str] | None:
        device = self._registry.devices.get(id_)
        return None if device is None else {**self.names_of(device.name), "": device.name}

    def _rule_names(self, id_: str) -> Mapping[str, str]:
        rule = self._automation.library.rules.get(id_)
        return {**(rule.names if rule else {}), "": id_}

    def _is_carried(self, id_: str) -> bool:
        device = self._registry.devices.get(id_)
        return device is not None and device.profile.name == CARRIED

    def _somebody_home(self) -> bool:
        return self._automation.runner.mode in AT_HOME
