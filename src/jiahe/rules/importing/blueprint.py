"""Blueprints with their inputs put in. Owns what a blueprint is; `!input` is replaced by what was chosen.

Source of the meanings: Home Assistant's documentation, "Blueprint schema".
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jiahe.rules.importing.source import Folder, Node, Unsupported

BLUEPRINTS = "blueprints/automation"
DEEPEST = 45


def filled(automation: Node, folder: Folder) -> Node:
    """The automation itself, or the one that its blueprint makes of its inputs."""
    use = automation.get("use_blueprint")
    if use is None:
        return automation
    path, given = use.get("path"), use.get("input")
    if path is None:
        raise Unsupported(use.place, "use_blueprint without a path")
    blueprint = folder.read(_file(folder, path))
    head = blueprint.get("blueprint")
    if head is None:
        raise Unsupported(blueprint.place, "this is no blueprint")
    chosen = _inputs(head, given, use)
    keys = {key: _replaced(one, chosen) for key, one in blueprint.keys.items() if key != "blueprint"}
    own = {key: one for key, one in automation.keys.items() if key != "use_blueprint"}
    return Node(automation.place, "map", keys=keys | own)


def _file(folder: Folder, path: Node) -> Path:
    for place in (folder.root / BLUEPRINTS / path.text, folder.root / path.text):
        if place.is_file():
            return place
    raise Unsupported(path.place, f"the blueprint {path.shown} is not in the imported folder")


def _inputs(head: Node, given: Node | None, use: Node) -> dict[str, Node]:
    """The value of every input; sections of inputs are looked into."""
    chosen: dict[str, Node] = {}
    declared: dict[str, Node] = {}
    block = head.get("input")
    for name, one in block.keys.items() if block else ():
        inner: Node | None = one.keys.get("input") if one.kind == "map" else None
        declared |= inner.keys if inner is not None else {name: one}
    values: dict[str, Node] = given.keys if given else {}
    for name, value in values.items():
        if name not in declared:
            raise Unsupported(
                value.place, f"the blueprint has no input {name!r}; it has {', '.join(declared)}"
            )
    for name, one in declared.items():
        default = one.keys.get("default") if one.kind == "map" else None
        picked = values.get(name, default)
        if picked is None:
            raise Unsupported(use.place, f"the blueprint's input {name!r} has no value")
        chosen[name] = picked
    return chosen


def _replaced(node: Node, chosen: dict[str, Node], depth: int = 0) -> Node:
    """A copy with the inputs in their places; a value keeps the place in which it was chosen."""
    if depth > DEEPEST:
        raise Unsupported(node.place, f"lists and maps go at most {DEEPEST} deep")
    if node.tag == "!input":
        if node.text not in chosen:
            raise Unsupported(node.place, f"!input {node.shown} is not among the blueprint's inputs")
        return chosen[node.text]
    if node.kind == "list":
        return replace(node, items=[_replaced(one, chosen, depth + 1) for one in node.items])
    return replace(node, keys={key: _replaced(one, chosen, depth + 1) for key, one in node.keys.items()})
