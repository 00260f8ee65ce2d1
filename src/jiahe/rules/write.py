"""A rule's file changed by a program, with a person's comments, order and quotes kept. Owns nothing but that edit."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from jiahe.model.errors import OutOfDefinition
from jiahe.rules.document import read
from jiahe.rules.sentences import say

Path = Sequence[str | int]
"""Where something stands: keys of maps and numbers in lists, such as ("then", 0, "to")."""
WIDTH = 110


def edited(text: str, changes: Mapping[tuple[str | int, ...], Any]) -> str:
    """The text with these values replaced (None takes the key away; a list's end plus one appends).

    The text must be one that `document.read` takes. OutOfDefinition where a path leads nowhere. A value is plain data:
    text, number, bool, list, dict. The result is to be read again before it is used.
    """
    read(text, "edited")
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(text)
    for path, value in changes.items():
        _set(tree, path, value)
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def written(data: Mapping[str, Any]) -> str:
    """A new file from plain data, in the order of its keys."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump(dict(data), out)
    return out.getvalue()


def _set(tree: Any, path: Path, value: Any) -> None:
    if not path:
        raise OutOfDefinition("path", say("edit_whole"))
    *above, last = path
    try:
        for step in above:
            tree = tree[step]
        if value is None:
            del tree[last]
        elif isinstance(tree, list) and last == len(tree):
            tree.append(value)
        else:
            tree[last] = value
    except (KeyError, IndexError, TypeError):
        shown = ".".join(str(step) for step in path)
        raise OutOfDefinition("path", say("edit_gone", shown=shown)) from None
