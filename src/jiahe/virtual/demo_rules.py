"""The rules that the demo home begins with: a dozen that a family would want, each with its own tests.

Owns where their files are; reads no rule. From the first run on the files are the home's own.
"""

from __future__ import annotations

from importlib.resources import files


def demo_rules() -> dict[str, str]:
    """The text of every rule's file, by id. Blocking: call it from a thread."""
    folder = files("jiahe.virtual") / "rules"
    return {
        path.name.removesuffix(".yaml"): path.read_text("utf-8")
        for path in sorted(folder.iterdir(), key=lambda one: one.name)
        if path.name.endswith(".yaml")
    }
