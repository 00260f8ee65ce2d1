"""What a property, an action, an event and a profile are. Owns the check of a value; never holds a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from jiahe.model.errors import OutOfDefinition, UnknownName
from jiahe.model.reasons import say

Value = bool | int | float | str | None
"""What a property can hold: a JSON scalar. None only together with quality `unknown`."""

MAIN = "main"
"""The component whose name is left out of a property's path."""

LARGEST_NUMBER = 1e306
"""Beyond it the arithmetic of steps leaves the floats; no device measures anything of that size."""
LARGEST_WHOLE = 2**53
"""Beyond it a whole number is not the same to every reader of JSON."""

UNIT_SIGNS = MappingProxyType(
    {"Cel": "°C", "[degF]": "°F", "ug/m3": "µg/m³", "mg/m3": "mg/m³", "m3/h": "m³/h", "kW.h": "kWh", "W.h": "Wh",
     "/min": "rpm", "[ppm]": "ppm", "deg": "°", "lx": "lux"}
)  # fmt: skip
"""How UCUM codes are written for people, where the code itself is not."""

TEXT_LIMIT = 4096
"""Longest text value in characters: longer is a device (or a person) gone wild, and every record is kept for ever."""


class Kind(StrEnum):
    """The datatype of a value as a person sees it; how it travels is the catalog's matter."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    ENUM = "enum"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """One property of a component. `unit` is a UCUM code ("Cel", "%", "ug/m3"), "" where there is none.

    `low`, `high` and `step` are in `unit`; `choices` are the words of an ENUM. `labels` maps a language tag
    ("en", "zh") to the name that a person reads.
    """

    name: str
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    readable: bool = True
    writable: bool = False
    trait: str = "vendor"
    component: str = MAIN
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def path(self) -> str:
        """`component.name`, with `main.` left out."""
        return self.name if self.component == MAIN else f"{self.component}.{self.name}"

    def check(self, value: object) -> Value:
        """The value in this property's own type, or OutOfDefinition saying which bound it breaks."""
        if self.kind is Kind.BOOL:
            if not isinstance(value, bool):
                raise OutOfDefinition(self.path, say("takes_truth", value=_shown(value)), "bool")
            return value
        if self.kind is Kind.ENUM:
            if not isinstance(value, str) or value not in self.choices:
                allowed = ", ".join(self.choices)
                raise OutOfDefinition(
                    self.path, say("takes_one_of", names=allowed, value=_shown(value)), list(self.choices)
                )
            return value
        if self.kind is Kind.TEXT:
            if not isinstance(value, str) or len(value) > TEXT_LIMIT or not _encodable(value):
                raise OutOfDefinition(self.path, say("takes_text", most=TEXT_LIMIT), TEXT_LIMIT)
            return value
        return self._check_number(value)

    def _check_number(self, value: object) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST_NUMBER:
            raise OutOfDefinition(self.path, say("takes_number", value=_shown(value)), self.kind.value)
        unit = f" {UNIT_SIGNS.get(self.unit, self.unit)}" if self.unit else ""
        if self.low is not None and value < self.low:
            raise OutOfDefinition(
                self.path, say("below", value=f"{value:g}", bound=f"{self.low:g}{unit}"), self.low
            )
        if self.high is not None and value > self.high:
            raise OutOfDefinition(
                self.path, say("above", value=f"{value:g}", bound=f"{self.high:g}{unit}"), self.high
            )
        if self.step:
            steps = (value - (self.low or 0.0)) / self.step
            if abs(steps - round(steps)) > 1e-6:
                raise OutOfDefinition(
                    self.path, say("off_step", value=f"{value:g}", step=f"{self.step:g}{unit}"), self.step
                )
        if self.kind is Kind.INT:
            if value != int(value) or abs(value) > LARGEST_WHOLE:
                raise OutOfDefinition(self.path, say("takes_whole", value=_shown(value)), "int")
            return int(value)
        return float(value)


@dataclass(frozen=True, slots=True)
class ActionDef:
    """Something a device does once when told, with its arguments in order."""

    name: str
    arguments: tuple[PropertyDef, ...] = ()
    trait: str = "vendor"
    component: str = MAIN
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def path(self) -> str:
        """`component.name`, with `main.` left out."""
        return self.name if self.component == MAIN else f"{self.component}.{self.name}"


@dataclass(frozen=True, slots=True)
class EventDef:
    """Something that happens at a device and has no lasting value."""

    name: str
    trait: str = "vendor"
    component: str = MAIN
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def path(self) -> str:
        """`component.name`, with `main.` left out."""
        return self.name if self.component == MAIN else f"{self.component}.{self.name}"


@dataclass(frozen=True, slots=True)
class Profile:
    """All that a device offers, keyed by path. `name` is the kind of device (`model.vocabulary.DEVICE_KINDS`)."""

    name: str
    properties: Mapping[str, PropertyDef]
    actions: Mapping[str, ActionDef] = field(default_factory=lambda: MappingProxyType({}))
    events: Mapping[str, EventDef] = field(default_factory=lambda: MappingProxyType({}))

    def property(self, path: str) -> PropertyDef:
        """The definition at this path, or UnknownName listing what there is."""
        found = self.properties.get(path)
        if found is None:
            known = ", ".join(sorted(self.properties))
            raise UnknownName(say("gone_property_of", name=_shown(path), known=known))
        return found

    def action(self, path: str) -> ActionDef:
        """The definition at this path, or UnknownName listing what there is."""
        found = self.actions.get(path)
        if found is None:
            known = ", ".join(sorted(self.actions)) or "none"
            raise UnknownName(say("gone_action_of", name=_shown(path), known=known))
        return found


def _encodable(text: str) -> bool:
    """Whether it is a text at all: half a surrogate pair has no bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: object) -> str:
    """A foreign value as it may stand in a message: short, whatever it is."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
