"""What a product is: its points and what they mean. Pure data; never a device, never a value.

A product is a file (TOML, or a MIoT-Spec-V2 instance); it gives the driver, the phone card and the virtual device.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from jiahe.catalog.datatype import Datatype
from jiahe.model.definition import ActionDef, EventDef, Profile, PropertyDef
from jiahe.wire.talk import Point

PRODUCT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,79}", re.ASCII)
"""An id can be a file's name and a part of a URL; it is never a path."""
DEFAULT_CADENCE = 10.0
"""Seconds between two reads of a property: people look at a phone for about that long before they doubt it."""


LOCAL_GRADES = ("offline", "sometimes", "unknown")
"""Works without internet; needs the internet now and then; cannot be known."""


@dataclass(frozen=True, slots=True)
class Local:
    """What a maker says of his product without internet: one of LOCAL_GRADES, and why (a sentence for a person)."""

    grade: str
    why: str
    code: str = ""
    """The name of this sentence where it is one of ours, so that whoever shows it says it in its reader's language."""


@dataclass(frozen=True, slots=True)
class PointRow:
    """One property: where it is reported, where it is written, how it travels, how often it is read (seconds).

    `requires` names a capability without which a unit of this product has not got the property. `polled` is false for
    what a device only tells of its own accord: it is not asked for, unless a unit turns out to answer.
    """

    definition: PropertyDef
    report: Point | None
    write: Point | None
    datatype: Datatype
    cadence: float = DEFAULT_CADENCE
    requires: str = ""
    polled: bool = True


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action: where it is called, and for each argument its point and datatype, in order."""

    definition: ActionDef
    point: Point
    arguments: tuple[tuple[Point, Datatype], ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: where it comes from."""

    definition: EventDef
    point: Point


@dataclass(frozen=True)
class Product:
    """A product of a maker. `id` is `maker model` as the field writes it ("zhimi.airpurifier.mb4").

    `fingerprint` holds what tells the product on the network (miIO: model; Midea: type). `facts` are what the
    family's session must know beforehand. `source` cites the frame or specification behind the file.
    """

    id: str
    maker: str
    family: str
    kind: str
    names: Mapping[str, str]
    rows: tuple[PointRow, ...]
    actions: tuple[ActionRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    fingerprint: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    quirk: str = ""
    source: str = ""
    local: Local | None = None
    shop: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where it is sold: `url` (https), `gtin` (8 to 14 digits), both optional."""

    @cached_property
    def profile(self) -> Profile:
        """What the product offers, as the house speaks of it."""
        return Profile(
            self.kind,
            MappingProxyType({row.definition.path: row.definition for row in self.rows}),
            MappingProxyType({row.definition.path: row.definition for row in self.actions}),
            MappingProxyType({row.definition.path: row.definition for row in self.events}),
        )

    def fitted(self, capabilities: Mapping[str, Any]) -> Product:
        """This product as one unit of it is: rows whose capability the unit denies are left out.

        A capability that the unit does not mention counts as there: silence is not a denial.
        """
        rows = tuple(row for row in self.rows if not row.requires or capabilities.get(row.requires, True))
        return self if len(rows) == len(self.rows) else replace(self, rows=rows)
