"""Home Assistant's YAML files as trees whose nodes know file and line. Owns what is read, its tags and its bounds.

Reads only below the given folder: `!include` and its family may not lead out of it, links are not followed. Knows no
automation. Source of the tags' meaning: Home Assistant's documentation, "Splitting up the configuration".
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiahe.rules.rule import Place

LARGEST = 2 * 1024 * 1024
"""Bytes of one file: 1,000 automations as the app of Home Assistant writes them have half of it."""
MOST_FILES = 500
"""Files read in one import."""
MOST_NODES = 200_000
"""Values of one import, aliases counted as often as they are used: a YAML bomb ends here."""
DEEPEST = 40
"""Lists and maps within each other, and files within files."""
MERGE = "<<"
INCLUDES = ("!include", "!include_dir_list", "!include_dir_merge_list", "!include_dir_named",
            "!include_dir_merge_named")  # fmt: skip


class Unsupported(Exception):
    """A construct that has no counterpart here, and where it stands."""

    def __init__(self, place: Place, what: str) -> None:
        self.place, self.what = place, what
        super().__init__(f"{place.file}:{place.line}: {what}")


@dataclass(slots=True)
class Node:
    """A scalar (`text`, with its `tag`), a list (`items`) or a map (`keys`)."""

    place: Place
    kind: str  # "scalar", "list" or "map"
    text: str = ""
    tag: str = ""
    quoted: bool = False
    items: list[Node] = field(default_factory=list)
    keys: dict[str, Node] = field(default_factory=dict)
    size: int = 1

    @property
    def empty(self) -> bool:
        """Nothing stands here: no value, or null."""
        return self.kind == "scalar" and not self.quoted and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def shown(self) -> str:
        """What stands here, short, for a message."""
        if self.kind != "scalar":
            return f"a {self.kind}"
        return self.text if len(self.text) <= 120 else self.text[:119] + "…"

    def get(self, *names: str) -> Node | None:
        """The value of the first of these keys that is there."""
        for name in names:
            if name in self.keys and not self.keys[name].empty:
                return self.keys[name]
        return None

    def each(self) -> list[Node]:
        """The items of a list; a single value is a list of one."""
        return self.items if self.kind == "list" else [] if self.empty else [self]


class Folder:
    """The files below one folder, read once each; counts what they hold."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._left, self._files = MOST_NODES, 0

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def read(self, path: Path, depth: int = 0) -> Node:
        """A file's tree with its includes in place; Unsupported says what is wrong and where."""
        start = Place(self._inside(path, Place(path.name, 1, 1)), 1, 1)
        self._files += 1
        if self._files > MOST_FILES or depth > DEEPEST:
            raise Unsupported(start, f"more than {MOST_FILES} files, or files that include each other")
        text = _text(path, start)
        tree = _parsed(text, start, self._left)
        self._left -= tree.size
        return self._filled(tree, path, depth)

    def files(self, folder: str) -> list[Path]:
        """The YAML files of a folder and of those in it, in the order of their names; hidden ones are left out."""
        top = self.root / folder
        found: list[Path] = []
        for here, folders, files in os.walk(top):  # links to folders are not followed
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            found += [Path(here) / one for one in sorted(files) if one.endswith((".yaml", ".yml"))]
            if len(found) > MOST_FILES:
                break
        return [one for one in found[:MOST_FILES] if not one.name.startswith(".")]

    def _inside(self, path: Path, place: Place) -> str:
        try:
            return path.resolve().relative_to(self.root).as_posix()
        except RecursionError:
            raise
        except (ValueError, OSError, RuntimeError):  # RuntimeError: links in a circle
            raise Unsupported(place, f"{path.name} is not below the imported folder") from None

    def _filled(self, node: Node, path: Path, depth: int) -> Node:
        """The includes of a tree replaced by what they name."""
        if node.tag in INCLUDES:
            return self._include(node, path, depth)
        for number, item in enumerate(node.items):
            node.items[number] = self._filled(item, path, depth)
        for key, value in node.keys.items():
            node.keys[key] = self._filled(value, path, depth)
        return node

    def _include(self, node: Node, path: Path, depth: int) -> Node:
        target = path.parent / node.text
        self._inside(target, node.place)
        if node.tag == "!include":
            return self.read(target, depth + 1)
        read = [
            (one.stem, self.read(one, depth + 1))
            for one in self.files(target.resolve().relative_to(self.root).as_posix())
        ]
        match node.tag:
            case "!include_dir_list":
                return Node(node.place, "list", items=[one for _, one in read])
            case "!include_dir_named":
                return Node(node.place, "map", keys=dict(read))
            case "!include_dir_merge_list":
                return Node(node.place, "list", items=[item for _, one in read for item in one.each()])
        merged: dict[str, Node] = {}
        for _, one in read:
            merged |= one.keys
        return Node(node.place, "map", keys=merged)


def _text(path: Path, start: Place) -> str:
    if path.is_symlink() or not path.is_file():
        raise Unsupported(start, "there is no such file; links are not followed")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unsupported(start, f"a file has at most {LARGEST // 1024} kB")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unsupported(start, "the file is not UTF-8") from None
    except OSError as error:
        raise Unsupported(start, f"the file cannot be read: {error.strerror}") from None


def parsed(text: str, file: str) -> Node:
    """The tree of a text that includes nothing (a mapping file)."""
    start = Place(file, 1, 1)
    return _parsed(text, start, MOST_NODES)


def _parsed(text: str, start: Place, most: int) -> Node:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    builder = _Builder(start, most)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(start.file, mark.line + 1, mark.column + 1) if mark else start
        raise Unsupported(place, f"this is not YAML: {error.problem or error.context}") from None
    except YAMLError as error:
        raise Unsupported(start, f"this is not YAML: {str(error).splitlines()[0][:200]}") from None
    return builder.root or Node(start, "scalar")


class _Builder:
    """Puts one event of the parser after the other where it belongs; never recurses over foreign input."""

    def __init__(self, start: Place, most: int) -> None:
        self._start, self._most, self._count = start, most, 0
        self._open: list[tuple[Node, Node | None, str]] = []  # node, the key that waits, anchor
        self._anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self._kinds: dict[str, Callable[[Any, Place], None]] = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "SequenceStartEvent": self._begin,
            "MappingStartEvent": self._begin,
            "SequenceEndEvent": self._end,
            "MappingEndEvent": self._end,
        }

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        mark = event.start_mark
        place = Place(self._start.file, mark.line + 1, mark.column + 1) if mark else self._start
        if kind == "DocumentStartEvent" and self.root is not None:
            raise Unsupported(place, "a second document in one file")
        if kind in self._kinds:
            self._kinds[kind](event, place)

    def _scalar(self, event: Any, place: Place) -> None:
        node = Node(place, "scalar", str(event.value), _tag(event), event.style is not None)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._put(node)

    def _alias(self, event: Any, place: Place) -> None:
        found = self._anchors.get(event.anchor)
        if found is None:
            raise Unsupported(place, f"*{str(event.anchor)[:40]} names nothing that is complete")
        self._count += found.size - 1
        self._put(found)

    def _begin(self, event: Any, place: Place) -> None:
        if len(self._open) >= DEEPEST:
            raise Unsupported(place, f"lists and maps go at most {DEEPEST} deep")
        node = Node(place, "list" if type(event).__name__.startswith("Seq") else "map", tag=_tag(event))
        self._open.append((node, None, event.anchor or ""))

    def _end(self, event: Any, place: Place) -> None:
        node, _, anchor = self._open.pop()
        if anchor:
            self._anchors[anchor] = node
        self._put(node)

    def _put(self, node: Node) -> None:
        self._count += 1
        if self._count > self._most:
            raise Unsupported(node.place, f"more than {MOST_NODES} values (aliases count each time)")
        if not self._open:
            self.root = node
            self.root.size = self._count
            return
        parent, key, anchor = self._open[-1]
        parent.size += node.size
        if parent.kind == "list":
            parent.items.append(node)
        elif key is None:
            if node.kind != "scalar":
                raise Unsupported(node.place, "a key that is no word")
            self._open[-1] = (parent, node, anchor)
        else:
            self._open[-1] = (parent, None, anchor)
            if key.text == MERGE and not key.quoted:
                for one in node.each():
                    parent.keys |= {
                        name: value for name, value in one.keys.items() if name not in parent.keys
                    }
            else:
                parent.keys[key.text] = node


def _tag(event: Any) -> str:
    tag = str(event.tag or "")
    return tag if tag.startswith("!") and len(tag) > 1 else ""
