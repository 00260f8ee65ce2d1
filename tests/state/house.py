"""A house of two devices for the tests of the doors: a journal in a list, one profile, ids that count."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.machines.virtual_time import Clock

from jiahe.model.definition import ActionDef, Kind, Profile, PropertyDef
from jiahe.model.errors import StoreError
from jiahe.model.happening import Actor, Cause, PropertyRef, PropertyUpdate, Quality, Record, RecordKind
from jiahe.state.intake import Intake
from jiahe.state.store import Store

PROFILE = Profile(
    "generic",
    {
        "power": PropertyDef("power", Kind.BOOL, writable=True),
        "level": PropertyDef("level", Kind.INT, low=0, high=1000, step=1, writable=True),
        "temperature": PropertyDef("temperature", Kind.FLOAT, "Cel"),
    },
    {
        "clean": ActionDef("clean", (PropertyDef("minutes", Kind.INT, low=1, high=60),)),
        "toggle": ActionDef("toggle"),
    },
)
DEVICES = ("lamp", "fan")
POWER, LEVEL, TEMPERATURE, TOGGLE, CLEAN = (
    PropertyRef("lamp", path) for path in ("power", "level", "temperature", "toggle", "clean")
)
ME = Cause("c-me", Actor.PERSON, "Mei")
ITSELF = Cause("c-lamp", Actor.DEVICE, "lamp")


def profile_of(device: str) -> Profile | None:
    return PROFILE if device in DEVICES else None


@dataclass
class Book:
    """A journal in a list; `broken` makes it refuse."""

    records: list[Record] = field(default_factory=list)
    broken: bool = False

    def append(self, at: float, kind: RecordKind, body: Mapping[str, Any], *, urgent: bool = False) -> Record:
        if self.broken:
            raise StoreError("the disk is full")
        record = Record(len(self.records) + 1, at, kind, dict(body))
        self.records.append(record)
        return record

    def of(self, kind: RecordKind) -> list[Record]:
        return [record for record in self.records if record.kind is kind]


class House:
    """Store, journal and intake on a clock of virtual time."""

    def __init__(self) -> None:
        self.clock, self.store, self.book = Clock(), Store(), Book()
        self._ids = itertools.count(1)
        self.intake = Intake(self.clock, self.store, self.book, profile_of, self.new_id)

    def new_id(self) -> str:
        return f"id{next(self._ids)}"

    def update(
        self,
        value: Any,
        ref: PropertyRef = TEMPERATURE,
        quality: Quality = Quality.GOOD,
        raw: Any = None,
        cause: Cause = ITSELF,
    ) -> PropertyUpdate:
        return PropertyUpdate(ref, value, quality, self.clock.now(), cause, value if raw is None else raw)
