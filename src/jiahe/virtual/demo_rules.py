"""The rules and scenes that the demo home begins with: what a family would want, each rule with its own tests.

Owns where their files are; reads none. From the first run on the files are the home's own.
"""

from __future__ import annotations

from importlib.resources import files


def demo_rules() -> dict[str, str]:
    """The text of every rule's file, by id. Blocking: call it from a thread."""
    return _texts("rules")


def demo_scenes() -> dict[str, str]:
    """The text of every scene's file, by id. Blocking: call it from a thread."""
    return _texts("scenes")


def _texts(folder: str) -> dict[str, str]:
    place = files("jiahe.virtual") / folder
    return {
        path.name.removesuffix(".yaml"): path.read_text("utf-8")
        for path in sorted(place.iterdir(), key=lambda one: one.name)
        if path.name.endswith(".yaml")
    }
