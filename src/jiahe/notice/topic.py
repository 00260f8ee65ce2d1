"""What a person can be told of. Owns the table of topics; never what happened and never who hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Topic(StrEnum):
    """One switch of a person's settings."""

    SAFETY = "safety"  # smoke, water on the floor
    RULE = "rule"  # what a rule was written to tell
    RULE_FAILED = "rule_failed"  # a rule did not come to its end, or was triggered too often
    DEVICE = "device"  # out of reach for long, or its key is refused
    CARE = "care"  # filter, brush, battery, tank
    AIR = "air"  # bad air while somebody is home
    SECURITY = "security"  # sign-ins and refusals
    POWER = "power"  # the hub began again without having been stopped
    COMFORT = "comfort"  # what comfort wants to say


class Need(StrEnum):
    """What somebody must be allowed before they hear of it; the words are those of the home's permission."""

    SEE = "see"
    CONFIGURE = "configure"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """`push`: whether it goes to a phone's lock screen unless a person says otherwise. `again` is in seconds: the
    same thing is not told twice within it."""

    need: Need
    push: bool
    again: float
    life: float
    """Seconds after which a push that did not get through is not worth delivering any more."""
    urgent: bool = False


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

TOPICS: Mapping[Topic, TopicRow] = MappingProxyType(
    {
        Topic.SAFETY: TopicRow(Need.SEE, True, 5 * MINUTE, 4 * HOUR, urgent=True),
        Topic.RULE: TopicRow(Need.SEE, True, MINUTE, 4 * HOUR),
        Topic.RULE_FAILED: TopicRow(Need.CONFIGURE, False, HOUR, DAY),
        Topic.DEVICE: TopicRow(Need.SEE, True, HOUR, DAY),
        Topic.CARE: TopicRow(Need.SEE, True, 7 * DAY, DAY),
        Topic.AIR: TopicRow(Need.SEE, True, 2 * HOUR, HOUR),
        Topic.SECURITY: TopicRow(Need.SHARE, True, 10 * MINUTE, DAY),
        Topic.POWER: TopicRow(Need.SEE, False, 10 * MINUTE, DAY),
        Topic.COMFORT: TopicRow(Need.SEE, False, HOUR, HOUR),
    }
)
"""Bounds of repetition: what flaps (a device at the edge of the Wi-Fi, a filter at 5 %) is one notice, counted."""
