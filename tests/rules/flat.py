"""A flat for the tests of rules: a purifier, an air conditioner, a door, a button, a lamp that needs no driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from jiahe.model.definition import ActionDef, EventDef, Kind, Profile, PropertyDef, Value
from jiahe.model.happening import Actor, Cause, PropertyRef
from jiahe.rules.case import World
from jiahe.rules.load import parse_rule
from jiahe.rules.scene import Scene, parse_scene
from jiahe.rules.sun import Location

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
BEIJING = Location(39.9, 116.4)
ME = Cause("c1", Actor.PERSON, "Mei")


def _all(*definitions: PropertyDef) -> dict[str, PropertyDef]:
    return {one.path: one for one in definitions}


FLAT: Mapping[str, Profile] = {
    "purifier": Profile(
        "air_purifier",
        _all(
            PropertyDef("power", Kind.BOOL, writable=True),
            PropertyDef("mode", Kind.ENUM, choices=("auto", "sleep", "fan only"), writable=True),
            PropertyDef("level", Kind.INT, low=0, high=14, step=1, writable=True),
            PropertyDef("pm2_5", Kind.INT, "ug/m3", low=0),
            PropertyDef("filter_life", Kind.INT, "%"),
        ),
        {
            "reset_filter": ActionDef("reset_filter"),
            "run": ActionDef("run", (PropertyDef("minutes", Kind.INT, "min", low=1, high=60),)),
        },
    ),
    "bedroom-ac": Profile(
        "room_air_conditioner",
        _all(
            PropertyDef("power", Kind.BOOL, writable=True),
            PropertyDef("target_temperature", Kind.FLOAT, "Cel", low=16, high=30, step=0.5, writable=True),
            PropertyDef("temperature", Kind.FLOAT, "Cel"),
            PropertyDef("outdoor_temperature", Kind.FLOAT, "Cel"),
            PropertyDef("humidity", Kind.FLOAT, "%"),
            PropertyDef("note", Kind.TEXT, writable=True),
        ),
    ),
    "door": Profile("contact", _all(PropertyDef("open", Kind.BOOL)), {}, {"rung": EventDef("rung")}),
    "button": Profile("button", {}, {}, {"pressed": EventDef("pressed")}),
    "lamp": Profile(
        "light", _all(PropertyDef("power", Kind.BOOL, writable=True)), {"toggle": ActionDef("toggle")}
    ),
}
GOOD_NIGHT: Scene = parse_scene(
    "name: Good night\nset:\n  lamp.power: off\n  purifier.mode: sleep\nmode: night\n", "good-night"
)
SCENES = {"good-night": GOOD_NIGHT}


def ref(name: str) -> PropertyRef:
    device, _, path = name.partition(".")
    return PropertyRef(device, path)


def world(*texts: str, at: str | float = "2026-01-05 12:00", zone: ZoneInfo = SHANGHAI, **more: Any) -> World:
    """A world with rules named r0, r1 …; every rule must fit."""
    rules = [parse_rule(text, f"r{number}") for number, text in enumerate(texts)]
    made = World(rules, FLAT, zone, BEIJING, SCENES, at=at, **more)
    assert not made.engine.faults, made.engine.faults
    return made


def tell(one: World, **values: Value) -> None:
    """One report; `purifier__power=True` names purifier.power, `bedroom_ac__…` the air conditioner."""
    one.report(
        {
            ref(name.replace("bedroom_ac", "bedroom-ac").replace("__", ".")): value
            for name, value in values.items()
        }
    )


def lines(one: World) -> list[str]:
    from jiahe.rules.case import shown

    return [shown(order) for order in one.orders]


def verdicts(one: World) -> list[str]:
    return [entry["what"] for entry in one.trace]
