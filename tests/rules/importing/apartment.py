"""The devices that imported automations meet, and a folder of Home Assistant's files to import from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any
from zoneinfo import ZoneInfo

from jiahe.model.definition import ActionDef, EventDef, Kind, Profile, PropertyDef, Value
from jiahe.model.happening import PropertyRef
from jiahe.rules.case import World, shown
from jiahe.rules.importing.automation import Imported, import_folder
from jiahe.rules.importing.entity import Entities
from jiahe.rules.importing.source import parsed
from jiahe.rules.load import parse_rule
from jiahe.rules.sun import Location

ZONE = ZoneInfo("Europe/Berlin")
HERE = Location(52.5, 13.4)


def _all(*definitions: PropertyDef) -> dict[str, PropertyDef]:
    return {one.path: one for one in definitions}


POWER = PropertyDef("power", Kind.BOOL, writable=True)
HOME: Mapping[str, Profile] = {
    "entry-door": Profile(
        "contact", _all(PropertyDef("open", Kind.BOOL), PropertyDef("battery", Kind.INT, "%"))
    ),
    "pantry-door": Profile("contact", _all(PropertyDef("contact", Kind.BOOL, trait="contact"))),
    "pantry-light": Profile(
        "light", _all(POWER, PropertyDef("light_level", Kind.INT, "%", 1, 100, writable=True))
    ),
    "bathroom-exhaust-fan": Profile(
        "fan",
        _all(
            POWER,
            PropertyDef("humidity", Kind.FLOAT, "%"),
            PropertyDef("fan_level", Kind.INT, "", 0, 4, 1, writable=True),
        ),
    ),
    "smart-speaker": Profile(
        "speaker",
        _all(POWER, PropertyDef("volume", Kind.INT, "%", 0, 100, writable=True)),
        {"play": ActionDef("play", (PropertyDef("medium", Kind.TEXT), PropertyDef("kind", Kind.TEXT)))},
    ),
    "vacuum-cleaner": Profile(
        "vacuum",
        _all(PropertyDef("status", Kind.ENUM, choices=("cleaning", "docked", "paused"))),
        {"pause": ActionDef("pause"), "stop": ActionDef("stop"), "start": ActionDef("start")},
    ),
    "phone": Profile("sensor", _all(PropertyDef("calling", Kind.BOOL))),
    "ac": Profile(
        "room_air_conditioner",
        _all(
            POWER,
            PropertyDef("mode", Kind.ENUM, choices=("cool", "heat", "fan only"), writable=True),
            PropertyDef("target_temperature", Kind.FLOAT, "Cel", 16, 30, 0.5, writable=True),
            PropertyDef("temperature", Kind.FLOAT, "Cel"),
        ),
    ),
    "button": Profile("button", {}, {}, {"pressed": EventDef("pressed")}),
}


def folder(path: Path, **files: str) -> Path:
    """A folder with these files; `packages__door` is packages/door.yaml."""
    for name, text in files.items():
        file = path / f"{name.replace('__', '/')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), "utf-8")
    return path


def imported(path: Path, mapping: str = "", **more: Any) -> Imported:
    given = parsed(dedent(mapping), "map.yaml") if mapping else None
    return import_folder(path, Entities(HOME, {"ac": "Bedroom AC"}, given), **more)


def one(path: Path, automation: str, mapping: str = "") -> Imported:
    """The import of a single automation."""
    return imported(folder(path, automations=automation), mapping)


def world(result: Imported, at: str = "2026-01-05 12:00") -> World:
    rules = [parse_rule(text, name) for name, text in result.rules.items()]
    made = World(rules, HOME, ZONE, HERE, at=at)
    assert not made.engine.faults, made.engine.faults
    return made


def say(home: World, name: str, value: Value) -> list[str]:
    """One report, and the orders that it brings."""
    device, _, path = name.partition(".")
    before = len(home.orders)
    home.report({PropertyRef(device, path): value})
    return [shown(order) for order in home.orders[before:]]


def wait(home: World, seconds: float) -> list[str]:
    before = len(home.orders)
    home.wait(seconds)
    return [shown(order) for order in home.orders[before:]]
