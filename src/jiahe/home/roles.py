"""The words of permission, and the roles as data: what comes with each, and what nobody gets but by name.

Owns these tables; never a decision (`permission.py` decides).

Grants only ever add. What narrows is in them (rooms, devices, kinds, traits, makers, hours, an end), and two things are
in nobody's grant but by name: what tells about a body (a wristband), and what can hurt (an oven, a lock).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Verb(StrEnum):
    """What somebody can want of a resource."""

    SEE = "see"
    OPERATE = "operate"
    CONFIGURE = "configure"
    SHARE = "share"


class Role(StrEnum):
    """What somebody is in this home; `DEFAULTS` says what comes with it."""

    OWNER = "owner"
    ADULT = "adult"
    CHILD = "child"
    GUEST = "guest"
    AGENT = "agent"  # a script or an assistant, by its token
    SERVICE = "service"  # a maker's service, by its token: the devices of its maker


class Via(StrEnum):
    """How somebody proved who they are."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105  # a word, not a secret
    DEMO = "demo"
    LINK = "link"  # a session begun by a one-time sign-in link
    KEY = "key"  # a session begun by an invitation: a guest's key
    PASSKEY = "passkey"


class About(StrEnum):
    """What a resource is."""

    DEVICE = "device"
    ROOM = "room"
    HOME = "home"  # its name, its mode, and what stands in no other row
    RULES = "rules"  # rules and scenes
    SYSTEM = "system"  # the hub's own life, its figures, the demo's faults
    PEOPLE = "people"
    SECURITY = "security"  # the diary of sign-ins and refusals, tokens
    VAULT = "vault"  # keys of devices


UNKNOWN = "?"
"""The trait of a property that the device has not got (any more): nobody knows what it told."""


class Resource(NamedTuple):
    """What is asked for. Of a device all fields are given; `trait` "" means the device as a whole, `kind` "" one that left.
    `traits`: of a whole device those of its parts; None where they are not known, of one that may come.
    """

    about: About
    device: str = ""
    room: str = ""
    kind: str = ""
    trait: str = ""
    maker: str = ""
    traits: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """How a sentence calls it."""
        return self.device or self.room or ("the home" if self.about is About.HOME else self.about.value)


THE_HOME, RULES, SYSTEM = Resource(About.HOME), Resource(About.RULES), Resource(About.SYSTEM)
PEOPLE, SECURITY, VAULT = Resource(About.PEOPLE), Resource(About.SECURITY), Resource(About.VAULT)


class Moment(NamedTuple):
    """A time as grants look at it: epoch seconds, and in the home's zone the day of the week (Monday 0) and the minute."""

    epoch: float
    weekday: int
    minute: int


def moment(epoch: float, zone: tzinfo) -> Moment:
    """This time in the home's zone."""
    local = datetime.fromtimestamp(epoch, zone)
    return Moment(epoch, local.weekday(), local.hour * 60 + local.minute)


@dataclass(frozen=True, slots=True)
class Hours:
    """Local minutes of the day from `start` up to `end`, on windows that begin on one of `days` (Monday 0).

    `end` at or before `start` is on the next day: 22:00 to 06:00 on Friday is open early on Saturday.
    """

    days: frozenset[int]
    start: int
    end: int

    def open(self, at: Moment) -> bool:
        """Whether this is within."""
        if self.start < self.end:
            return at.weekday in self.days and self.start <= at.minute < self.end
        if at.minute >= self.start:
            return at.weekday in self.days
        return at.minute < self.end and (at.weekday - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class Grant:
    """Verbs over resources. A field that is None does not narrow. `until` is in epoch seconds, and excluded.

    `about` None means: devices and rooms where anything narrows, else the home, its rules and the system too.
    """

    verbs: frozenset[Verb]
    rooms: frozenset[str] | None = None
    devices: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    traits: frozenset[str] | None = None
    makers: frozenset[str] | None = None
    hours: Hours | None = None
    until: float | None = None
    about: frozenset[About] | None = None

    @property
    def narrow(self) -> bool:
        """Whether it names rooms, devices, kinds, traits or makers."""
        named = (self.rooms, self.devices, self.kinds, self.traits, self.makers)
        return any(field is not None for field in named)

    def active(self, at: Moment) -> bool:
        """Whether it holds at this time."""
        return (self.until is None or at.epoch < self.until) and (self.hours is None or self.hours.open(at))


BROAD = frozenset({About.DEVICE, About.ROOM, About.HOME, About.RULES, About.SYSTEM})
NARROW = frozenset({About.DEVICE, About.ROOM})

CHILDRENS_KINDS = frozenset(
    {"light", "fan", "air_purifier", "fresh_air", "humidifier", "dehumidifier", "room_air_conditioner",
     "window_covering", "robot_vacuum", "speaker", "wristband"}
)  # fmt: skip
"""What a child operates without asking. A wristband is in here for the child whose grant names it."""

PRIVATE_KINDS, PRIVATE_TRAITS = frozenset({"wristband", ""}), frozenset({"wristband", UNKNOWN})
"""What tells about somebody's body, or cannot be known not to: seen by owners and adults, and where a grant names the
device.
"""
HAZARDS = frozenset(
    {
        "door_lock",
        "garage_door",
        "gas_valve",
        "oven",
        "cook_surface",
        "heater",
        "bath_heater",
        "electric_blanket",
    }
)
"""What can burn, or let somebody in: operated by owners and adults, and where a grant names the device or its kind."""
GUARDED_TRAITS = frozenset({"child_lock", "camera"})
"""Operated by owners and adults, and where a grant names the device: a child's lock is not the child's."""
SECOND_FACTOR_KINDS = frozenset({"door_lock", "garage_door", "gas_valve", "oven", "cook_surface"})
"""Operated only with a second factor that was proved lately, by persons who have set one up."""
ALL_VERBS = frozenset(Verb)
SEE_ONLY = frozenset({Verb.SEE})
USE = frozenset({Verb.SEE, Verb.OPERATE})
RUN = frozenset({Verb.SEE, Verb.OPERATE, Verb.CONFIGURE})

DEFAULTS: Mapping[Role, tuple[Grant, ...]] = MappingProxyType(
    {
        Role.OWNER: (Grant(ALL_VERBS, about=frozenset(About)),),
        Role.ADULT: (Grant(RUN, about=BROAD),),
        Role.CHILD: (
            Grant(SEE_ONLY, about=frozenset({About.DEVICE, About.ROOM, About.HOME, About.RULES})),
            Grant(USE, kinds=CHILDRENS_KINDS),
        ),
        Role.GUEST: (),
        Role.AGENT: (),
        Role.SERVICE: (),
    }
)
"""What comes with each role."""
TRUSTED = frozenset({Role.OWNER, Role.ADULT})
"""Roles for which private things and hazards need no name."""
