"""A YAML text as a tree of nodes that know their line and column. Owns what of YAML is taken, and its bounds.

YAML 1.2 (so that `on` and `no` are words). Not taken: anchors and aliases (a bomb needs them, a rule does not),
tags, several documents, the same key twice. Never builds anything but lists, maps and scalars, and never recurses
over foreign input: events come from ruamel.yaml's parser one after the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from jiahe.model.definition import Value
from jiahe.rules.rule import Place
from jiahe.rules.sentences import say

LARGEST = 64 * 1024
"""Bytes of one file: the longest rule a person wrote by hand has a tenth of it."""
DEEPEST = 32
"""Lists and maps within each other; a `choose` in a `repeat` in a `choose` has 12."""
MOST_NODES = 5_000
"""Values in one file."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?")
_NUMBER_DIGITS = 18  # more are no number that a device knows, and take long to turn into one


class Malformed(Exception):
    """The text is not YAML as we take it; nothing more of it can be read."""

    def __init__(self, place: Place, message: str) -> None:
        self.place, self.message = place, message
        super().__init__(message)


@dataclass(slots=True)
class Node:
    """A scalar (`value`, with `text` as written), a list (`items`) or a map (`keys`, each with its own node).

    `start` and `end` are characters of the file; a list or map in block style ends with what it holds last.
    """

    place: Place
    kind: str  # "scalar", "list" or "map"
    value: Value = None
    text: str = ""
    quoted: bool = False
    start: int = 0
    end: int = 0
    flow: bool = False  # in brackets
    items: list[Node] = field(default_factory=list)
    keys: dict[str, tuple[Node, Node]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What stands here, short, for a message."""
        if self.kind == "scalar":
            text = self.text if len(self.text) <= 40 else self.text[:39] + "…"
            return f"`{text}`" if text else say("shown_nothing")
        return say(f"shown_{self.kind}")

    def plain(self) -> Any:
        """As bool, number, text, None, list and dict."""
        if self.kind == "list":
            return [item.plain() for item in self.items]
        if self.kind == "map":
            return {key: value.plain() for key, (_, value) in self.keys.items()}
        return self.value


def read(text: str, file: str) -> Node:
    """The tree of a text; Malformed with a place and a reason."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    start = Place(file, 1, 1)
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        raise Malformed(start, say("file_large", largest=LARGEST // 1024))
    try:
        return _build(YAML(typ="safe", pure=True).parse(text), file)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else start
        raise Malformed(place, say("no_yaml", why=error.problem or error.context)) from None
    except YAMLError as error:
        raise Malformed(start, say("no_yaml", why=str(error).splitlines()[0][:200])) from None


def _build(events: Any, file: str) -> Node:
    builder = _Builder(file)
    for event in events:
        builder.take(event)
    if builder.root is None:
        raise Malformed(Place(file, 1, 1), say("file_empty"))
    return builder.root


class _Builder:
    """Puts one event after the other where it belongs."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[Node] = []
        self._key: list[Node | None] = []  # for each open node: the key that waits for its value
        self._count = 0
        self.root: Node | None = None

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        mark = event.start_mark
        place = Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file, 1, 1)
        if kind == "DocumentStartEvent" and self.root is not None:
            raise Malformed(place, say("one_rule"))
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise Malformed(place, say("anchors"))
        if kind == "ScalarEvent":
            self._put(_scalar(event, place))
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            _no_tag(event, place)
            node = Node(place, "list" if kind == "SequenceStartEvent" else "map")
            node.start, node.flow = mark.index, bool(event.flow_style)
            self._put(node)
            if len(self._open) >= DEEPEST:
                raise Malformed(place, say("too_deep", deepest=DEEPEST))
            self._open.append(node)
            self._key.append(None)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            node = self._open.pop()
            self._key.pop()
            node.end = event.end_mark.index if node.flow else _last(node)

    def _put(self, node: Node) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            raise Malformed(node.place, say("too_many_values", most_nodes=MOST_NODES))
        if not self._open:
            self.root = node
            return
        parent, key = self._open[-1], self._key[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif key is not None:
            parent.keys[key.text] = (key, node)
            self._key[-1] = None
        elif node.kind != "scalar":
            raise Malformed(node.place, say("key_word"))
        elif node.text in parent.keys:
            raise Malformed(node.place, say("twice", text=node.text, line=parent.keys[node.text][0].place.line))  # fmt: skip
        else:
            self._key[-1] = node


def _no_tag(event: Any, place: Place) -> None:
    if event.tag is not None:
        raise Malformed(place, say("tags", text=str(event.tag)[:30]))


def _scalar(event: Any, place: Place) -> Node:
    text = str(event.value)
    quoted = event.style is not None
    if event.implicit == (False, False) or (event.tag is not None):
        _no_tag(event, place)
    start, end = event.start_mark.index, event.end_mark.index
    return Node(place, "scalar", text if quoted else _resolved(text), text, quoted, start, end)


def _last(node: Node) -> int:
    """Where the last thing within a list or map in block style ends."""
    inner = node.items[-1:] or [value for _, value in node.keys.values()][-1:]
    return inner[0].end if inner else node.start


def _resolved(text: str) -> Value:
    """YAML 1.2 core schema."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if len(text) <= _NUMBER_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text
