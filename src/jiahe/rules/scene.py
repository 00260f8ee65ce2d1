"""Scenes: several values set with one tap. Owns how a scene is written and what it means; sends nothing. Pure.

name: {en: Good night, zh: 晚安}
set:
  bedroom-ac.mode: cool
  living-purifier.power: off
do: [kettle.stop]
mode: night
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jiahe.model.happening import PropertyRef
from jiahe.rules.document import Node
from jiahe.rules.load import RULE_ID
from jiahe.rules.load_then import step
from jiahe.rules.reader import Faults, Reader, opened, version_of
from jiahe.rules.rule import DoAction, HomeMode, Place, SetMode, SetValue, Step
from jiahe.rules.sentences import say

KEYS = ("name", "set", "do", "mode")
MOST_SETTINGS = 100


@dataclass(frozen=True, slots=True)
class Scene:
    """`steps` are sets, actions and at most one mode, in order."""

    id: str
    place: Place
    names: Mapping[str, str]
    steps: tuple[Step, ...]
    version: str = ""


NO_SCENES: Mapping[str, Scene] = MappingProxyType({})


def parse_scene(text: str, scene_id: str, file: str = "") -> Scene:
    """The scene; raises Faults with every fault of the file."""
    reader = Reader(file or f"{scene_id}.yaml")
    start = Place(reader.file, 1, 1)
    if not RULE_ID.fullmatch(scene_id):
        reader.wrong(start, say("scene_file_name"))
    root = opened(text, reader.file)
    if not reader.map(root, say("a_scene")):
        raise Faults(reader.faults)
    reader.only(root, say("a_scene"), KEYS)
    found: list[Step] = []
    if "set" in root.keys and reader.map(root.keys["set"][1], "`set`"):
        for key, value in root.keys["set"][1].keys.values():
            ref = reader.reference(key, "a value's name")
            to = reader.literal(value, f"`{key.text}`")
            if ref and to:
                found.append(SetValue(key.place, ref, to))
    if "do" in root.keys:
        for item in reader.items(root.keys["do"][1], "`do`"):
            one = step(reader, item) if item.kind == "map" else _action(reader, item)
            if isinstance(one, DoAction):
                found.append(one)
            elif one is not None:
                reader.wrong(item.place, say("scene_only"))
    if "mode" in root.keys:
        key, value = root.keys["mode"]
        found.append(SetMode(key.place, reader.choice(value, "`mode`", HomeMode, HomeMode.HOME)))
    if not found and not reader.faults:
        reader.wrong(start, say("scene_set"))
    if len(found) > MOST_SETTINGS:
        reader.wrong(found[MOST_SETTINGS].place, say("scene_many", most_settings=MOST_SETTINGS))
    if reader.faults:
        raise Faults(reader.faults)
    names = reader.names(root.keys["name"][1]) if "name" in root.keys else MappingProxyType({})
    return Scene(scene_id, start, names, tuple(found), version_of(text))


def _action(reader: Reader, node: Node) -> DoAction | None:
    ref: PropertyRef | None = reader.reference(node, "`do`")
    return DoAction(node.place, ref) if ref else None
