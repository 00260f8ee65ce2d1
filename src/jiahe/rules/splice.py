"""A file changed in place: only the characters of what is changed are others. Owns those cuts.

Every other character of the file stays, comments, blank lines, order, quotes and all. After each change the text is
read again and must be exactly the data that was wanted, else the change is refused: a program never damages a file.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from jiahe.model.errors import OutOfDefinition
from jiahe.rules.document import Malformed, Node, read
from jiahe.rules.sentences import say
from jiahe.rules.yaml_text import after_colon, block, inline, quoted, scalar

Path = tuple[str | int, ...]
MOST_EDITS = 50
"""Changes of one call: each reads the file again, in about 2 ms for a long rule."""
ORDER = (
    "name", "about", "enabled", "mode", "at most", "when", "if", "set", "do", "then", "uses stale values", "tests",
)  # fmt: skip
"""Where a key that is new at the top of a file is put."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`set` a value (a new key is added), `insert` before a number of a list, `remove`, or `move` within a list to the
    number `value`. A path's numbers count from 0; a map that stands for a list of one counts as one."""

    op: str
    path: Path
    value: Any = None


def spliced(text: str, edits: Sequence[Edit]) -> str:
    """The text after these edits, one after the other. OutOfDefinition names the edit that cannot be made."""
    if len(edits) > MOST_EDITS:
        raise OutOfDefinition("edits", say("edits_most", most=MOST_EDITS), MOST_EDITS)
    for edit in edits:
        text = _one(text, edit)
    return text


def _one(text: str, edit: Edit) -> str:
    shown = ".".join(str(step) for step in edit.path) or "the whole file"
    making = _MAKERS.get(edit.op)
    if making is None or not edit.path:
        raise OutOfDefinition("op", say("edit_op", op=edit.op[:20]))
    root = read(text, "edited")
    try:
        wanted = _applied(root.plain(), edit)
        fresh = making(_File(text, root), edit)
        found = read(fresh, "edited").plain()
    except (KeyError, IndexError, TypeError, AttributeError):
        raise OutOfDefinition("path", say("edit_gone", shown=shown)) from None
    except Malformed as error:
        _refuse(shown, error)
    if not same(found, wanted):
        _refuse(shown, None)
    return fresh


def _refuse(shown: str, error: Malformed | None) -> NoReturn:
    raise OutOfDefinition("path", say("edit_hand", shown=shown)) from error


def same(one: Any, other: Any) -> bool:
    """Equal, in type, number and order of keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


# ---- the same on data, to compare with ---------------------------------------------------------------------------


def _applied(data: Any, edit: Edit) -> Any:
    *above, last = edit.path
    holder: Any = {"": data}
    key: Any = ""
    for step in above:
        holder, key = holder[key], step
    if edit.op == "insert" and isinstance(last, int):
        found = holder[key] if not isinstance(holder, dict) or key in holder else []
        items = [found] if isinstance(found, dict) else found
        if not 0 <= last <= len(items):
            raise IndexError(last)
        holder[key] = [*items[:last], _plain(edit.value), *items[last:]]
        return data
    inner = holder[key]
    if isinstance(last, int) and not (isinstance(inner, list) and 0 <= last < len(inner)):
        raise IndexError(last)
    if edit.op == "set":
        inner[last] = _plain(edit.value)
    elif edit.op == "remove":
        del inner[last]
    elif edit.op == "move":
        if not isinstance(edit.value, int) or not 0 <= edit.value < len(inner):
            raise IndexError(edit.value)
        inner.insert(edit.value, inner.pop(last))
    else:
        raise TypeError(edit.op)
    return data


def _plain(value: Any) -> Any:
    """As reading it again gives it: numbers without a fraction are whole."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


# ---- the same on text --------------------------------------------------------------------------------------------


class _File:
    """A text with its tree. Positions are characters."""

    def __init__(self, text: str, root: Node) -> None:
        self.text, self.root = text, root
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def at(self, path: Sequence[str | int]) -> Node:
        node = self.root
        for step in path:
            node = node.items[step] if isinstance(step, int) else node.keys[step][1]
        return node

    def cut(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new.replace("\n", self.newline) + self.text[end:]

    def end(self, node: Node) -> int:
        """Where it ends; the empty lines behind a block of text are not its own."""
        return len(self.text[: node.end].rstrip("\r\n"))

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Before the line's end."""
        found = self.text.find("\n", at)
        found = len(self.text) if found < 0 else found
        return found - 1 if found and self.text[found - 1 : found] == "\r" and found > at else found

    def column(self, at: int) -> int:
        return at - self.line_start(at)

    def alone(self, at: int) -> bool:
        """Nothing but blanks stands before it on its line."""
        return self.text[self.line_start(at) : at].strip() == ""

    def dash(self, held: Node, number: int) -> int:
        """Where the dash of an item of a list in block style stands."""
        column, at = self.column(held.start), held.items[number].start
        while True:
            begun = self.line_start(at)
            if self.text[begun + column : begun + column + 1] == "-" and begun + column < max(
                at, begun + column + 1
            ):
                return begun + column
            at = begun - 1


def _set(file: _File, edit: Edit) -> str:
    *above, last = edit.path
    holder = file.at(above)
    if isinstance(last, str) and last not in holder.keys:
        return _add_key(file, holder, last, edit.value, top=not above)
    node = file.at(edit.path)
    new = edit.value
    if node.kind == "scalar" and not isinstance(new, Mapping | list):
        return file.cut(node.start, file.end(node), _inked(file, node, new))
    if holder.flow or (node.flow and (node.items or node.keys)):
        return file.cut(node.start, file.end(node), inline(new))
    if isinstance(last, int):
        return file.cut(node.start, file.end(node), block(new, file.column(node.start)))
    key = holder.keys[last][0]
    colon = file.text.index(":", key.end) + 1
    column = file.column(key.start)
    if node.kind == "scalar" or node.flow:
        return file.cut(colon, file.end(node), after_colon(new, column))
    ending, begun = (
        file.end(node),
        file.line_start(node.start),
    )  # what was in block style begins on a line of its own
    rest = file.text[ending:]
    between = file.text[colon:begun].rstrip("\r\n")
    head = file.text[:colon] + after_colon(new, column).replace("\n", file.newline)
    return head + between + rest if "\n" not in after_colon(new, column) else head + rest


def _inked(file: _File, node: Node, value: Any) -> str:
    """A new scalar in the quotes of the old one."""
    mark = file.text[node.start : node.start + 1]
    if isinstance(value, str) and mark in ("'", '"'):
        return quoted(value, mark)
    written = scalar(value)
    return (
        f" {written}" if node.start == node.end and file.text[node.start - 1 : node.start] == ":" else written
    )


def _add_key(file: _File, holder: Node, key: str, value: Any, *, top: bool) -> str:
    if holder.kind != "map":
        raise TypeError(key)
    if holder.flow:
        comma = ", " if holder.keys else ""
        at = len(file.text[: holder.end - 1].rstrip()) if holder.keys else holder.end - 1
        return file.cut(at, at, f"{comma}{scalar(key)}: {inline(value)}")
    names = list(holder.keys)
    before = names[-1]
    if top and key in ORDER:
        earlier = [name for name in names if name in ORDER and ORDER.index(name) < ORDER.index(key)]
        if not earlier:
            first = holder.keys[names[0]][0].start
            return file.cut(first, first, f"{scalar(key)}:{after_colon(value, 0)}\n")
        before = earlier[-1]
    column = file.column(holder.start)
    after = file.line_end(file.end(holder.keys[before][1]))
    return file.cut(after, after, f"\n{' ' * column}{scalar(key)}:{after_colon(value, column)}")


def _insert(file: _File, edit: Edit) -> str:
    *above, number = edit.path
    assert isinstance(number, int)
    if above and isinstance(above[-1], str) and above[-1] not in file.at(above[:-1]).keys:
        return _set(file, Edit("set", tuple(above), [edit.value]))
    held = file.at(above)
    if held.kind == "map":
        return _listed(file, held, number, edit.value)
    if held.flow or not held.items:
        if not held.items and not file.root.flow and not _within_brackets(file, above[:-1]):
            return _set(file, Edit("set", tuple(above), [edit.value]))
        if number < len(held.items):
            at = held.items[number].start
            return file.cut(at, at, inline(edit.value) + ", ")
        at = held.items[-1].end if held.items else held.end - 1
        return file.cut(at, at, (", " if held.items else "") + inline(edit.value))
    column = file.column(held.start)
    item = "- " + block(edit.value, column + 2)
    if number == 0:
        at = file.dash(held, 0)
        return file.cut(at, at, f"{item}\n{' ' * column}")
    at = file.line_end(file.end(held.items[number - 1]))
    return file.cut(at, at, f"\n{' ' * column}{item}")


def _within_brackets(file: _File, path: Sequence[str | int]) -> bool:
    return any(file.at(path[:depth]).flow for depth in range(len(path) + 1))


def _listed(file: _File, held: Node, number: int, value: Any) -> str:
    """A map that stands for a list of one becomes a list of two."""
    start, end = held.start, file.end(held)
    if held.flow:
        pair = [file.text[start:end], inline(value)]
        return file.cut(start, end, f"[{', '.join(pair if number else reversed(pair))}]")
    column = file.column(start)
    own = file.text[start : file.line_end(end)].replace("\n", "\n  ")
    pair = [f"- {own}", f"- {block(value, column + 2)}"]
    joint = "\n" + " " * column
    fresh = joint.join(pair if number else reversed(pair)).replace("\r\n", "\n")
    return file.cut(start, file.line_end(end), fresh)


def _remove(file: _File, edit: Edit) -> str:
    *above, last = edit.path
    held = file.at(above)
    if isinstance(last, int):
        return _remove_item(file, held, last, above)
    names = list(held.keys)
    number = names.index(last)
    spans = [(held.keys[name][0].start, file.end(held.keys[name][1])) for name in names]
    if len(names) == 1:
        raise Malformed(held.place, say("edit_empty"))
    if held.flow:
        return _remove_between(file, spans, number)
    start, end = spans[number]
    if number + 1 < len(names) and not file.alone(start):
        return file.cut(start, spans[number + 1][0], "")
    return _without_lines(file, start, end)


def _remove_item(file: _File, held: Node, number: int, above: Sequence[str | int]) -> str:
    if len(held.items) == 1:
        return _set(file, Edit("set", tuple(above), []))
    if held.flow:
        return _remove_between(file, [(one.start, one.end) for one in held.items], number)
    dash = file.dash(held, number)
    if not file.alone(dash):
        return file.cut(dash, file.dash(held, number + 1), "")
    return _without_lines(file, dash, file.end(held.items[number]))


def _remove_between(file: _File, spans: Sequence[tuple[int, int]], number: int) -> str:
    """One of several in brackets, with one comma."""
    if number + 1 < len(spans):
        return file.cut(spans[number][0], spans[number + 1][0], "")
    return file.cut(spans[number - 1][1] if number else spans[number][0], spans[number][1], "")


def _without_lines(file: _File, start: int, end: int) -> str:
    begun, ended = file.line_start(start), file.line_end(end)
    if ended < len(file.text):
        ended = file.text.index("\n", ended) + 1
    elif begun:
        begun = len(file.text[:begun].rstrip("\r\n"))  # it was the last line and had no end
    return file.cut(begun, ended, "")


def _move(file: _File, edit: Edit) -> str:
    *above, number = edit.path
    held, to = file.at(above), edit.value
    assert isinstance(number, int)
    if held.flow:
        texts = [file.text[one.start : one.end] for one in held.items]
        texts.insert(to, texts.pop(number))
        text = file.text
        for one, new in reversed(list(zip(held.items, texts, strict=True))):
            text = text[: one.start] + new + text[one.end :]
        return text
    if not file.alone(file.dash(held, 0)):
        raise Malformed(held.place, say("edit_first"))
    bounds = [file.line_start(file.dash(held, 0))]
    for one in held.items:
        ended = file.line_end(file.end(one))
        bounds.append(ended if ended == len(file.text) else file.text.index("\n", ended) + 1)
    pieces = [file.text[low:high] for low, high in itertools.pairwise(bounds)]
    open_end = not pieces[-1].endswith("\n")
    if open_end:
        pieces[-1] += file.newline
    pieces.insert(to, pieces.pop(number))
    if open_end:
        pieces[-1] = pieces[-1].rstrip("\r\n")
    return file.text[: bounds[0]] + "".join(pieces) + file.text[bounds[-1] :]


_MAKERS: Mapping[str, Callable[[_File, Edit], str]] = {
    "set": _set,
    "insert": _insert,
    "remove": _remove,
    "move": _move,
}
