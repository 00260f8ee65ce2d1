"""What one person wants to hear, where, and when not. Owns the settings and their check; pure.

A body that a person sent is checked whole: OutOfDefinition names the key and what it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Any

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.notice.topic import TOPICS, Topic

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Channels:
    """Where notices of one topic go: into the list of the app, and as a push to this person's phones."""

    app: bool
    push: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the home's own clock in which a phone stays dark; over midnight where the end is not after the start."""

    start: time
    end: time

    def until(self, now: float, zone: tzinfo) -> float | None:
        """Epoch seconds at which the quiet hours that hold now end; None outside of them.

        Reckoned by the wall clock of `zone`, so a night in which the clocks change ends at the same time of day.
        """
        local = datetime.fromtimestamp(now, zone)
        if self.start == self.end:
            return None
        for back in (1, 0):
            day = local.date() - timedelta(days=back)
            begins = datetime.combine(day, self.start, zone)
            last = day if self.end > self.start else day + timedelta(days=1)
            ends = datetime.combine(last, self.end, zone)
            if begins.timestamp() <= now < ends.timestamp():
                return ends.timestamp()
        return None


def _usual() -> Mapping[Topic, Channels]:
    return MappingProxyType({topic: Channels(True, row.push) for topic, row in TOPICS.items()})


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's choice. Who never chose has this."""

    topics: Mapping[Topic, Channels] = field(default_factory=_usual)
    quiet: Quiet | None = Quiet(time(22), time(7))
    language: str = "en"

    def body(self) -> dict[str, Any]:
        """As JSON, for the app and for the disk."""
        quiet = self.quiet and {"from": f"{self.quiet.start:%H:%M}", "to": f"{self.quiet.end:%H:%M}"}
        topics = {topic.value: {"app": it.app, "push": it.push} for topic, it in self.topics.items()}
        return {"topics": topics, "quiet": quiet, "language": self.language}


def preferences_of(body: Mapping[str, Any] | None, before: Preferences | None = None) -> Preferences:
    """Settings from JSON; what is left out stays as it was before. OutOfDefinition where something is wrong."""
    before = before or Preferences()
    if body is None:
        return before
    unknown = body.keys() - {"topics", "quiet", "language"}
    if unknown:
        raise OutOfDefinition(sorted(unknown)[0][:60], say("no_setting"))
    topics = dict(before.topics)
    told = body.get("topics", {})
    if not isinstance(told, Mapping):
        raise OutOfDefinition("topics", say("topics_object"))
    for name, channels in told.items():
        topic = _topic(name)
        topics[topic] = _channels(f"topics.{topic.value}", channels, topics[topic])
    quiet = _quiet(body["quiet"]) if "quiet" in body else before.quiet
    language = body.get("language", before.language)
    if language not in LANGUAGES:
        raise OutOfDefinition("language", say("language_form"), list(LANGUAGES))
    return Preferences(MappingProxyType(topics), quiet, language)


def _topic(name: object) -> Topic:
    try:
        return Topic(str(name))
    except ValueError:
        raise OutOfDefinition("topics", say("no_topic", name=repr(str(name)[:60])), list(Topic)) from None


def _channels(key: str, told: object, before: Channels) -> Channels:
    if not isinstance(told, Mapping) or told.keys() - {"app", "push"}:
        raise OutOfDefinition(key, say("channels_object"))
    app, push = told.get("app", before.app), told.get("push", before.push)
    if not isinstance(app, bool) or not isinstance(push, bool):
        raise OutOfDefinition(key, say("channels_truth"))
    return Channels(app, push)


def _quiet(told: object) -> Quiet | None:
    if told is None:
        return None
    if not isinstance(told, Mapping) or told.keys() != {"from", "to"}:
        raise OutOfDefinition("quiet", say("quiet_form"))
    return Quiet(_time("quiet.from", told["from"]), _time("quiet.to", told["to"]))


def _time(key: str, told: object) -> time:
    text = told if isinstance(told, str) else ""
    hour, colon, minute = text.partition(":")
    plain = (
        colon
        and len(hour) == 2
        and len(minute) == 2
        and (hour + minute).isascii()
        and (hour + minute).isdigit()
    )
    if not plain or int(hour) > 23 or int(minute) > 59:
        raise OutOfDefinition(key, say("day_time"))
    return time(int(hour), int(minute))
