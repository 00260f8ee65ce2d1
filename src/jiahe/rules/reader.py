"""Takes values out of a document's nodes, and collects what is wrong with them. Owns the sentences about small things
(a duration, a choice, a name); the words of the language are in `load.py`, `triggers.py` and `steps.py`. Pure.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import TypeVar

from jiahe.model.errors import SpecError
from jiahe.model.happening import PropertyRef
from jiahe.rules import syntax, units
from jiahe.rules.document import Malformed, Node, read
from jiahe.rules.rule import Expression, Place, Template
from jiahe.rules.sentences import say
from jiahe.rules.tree import Clock, Reference, Text

Choice = TypeVar("Choice", bound=str)

LONGEST_WAIT = 31 * 86400.0
"""Seconds: what is further away than a month is a date, not a wait."""


class Faults(SpecError):
    """One or more faults of one file; the text is the first, `faults` are all, in the order of the file."""

    def __init__(self, faults: list[SpecError]) -> None:
        self.faults = tuple(faults)
        first = faults[0]
        super().__init__(first.message, file=first.file, line=first.line, key=first.key)


def fault(place: Place, message: str) -> SpecError:
    """A SpecError at this place; its `key` is the column."""
    return SpecError(message, file=place.file, line=place.line, key=str(place.column))


class Reader:
    """What reading a file needs everywhere: collects faults, knows how to take words out of maps."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[SpecError] = []

    def wrong(self, place: Place, message: str) -> None:
        self.faults.append(fault(place, message))

    def map(self, node: Node, what: str) -> bool:
        if node.kind != "map":
            self.wrong(node.place, say("is_map", what=what, shown=node.shown))
        return node.kind == "map"

    def items(self, node: Node | None, what: str) -> list[Node]:
        """The items of a list; a single map counts as a list of one."""
        if node is None:
            return []
        if node.kind == "map":
            return [node]
        if node.kind != "list":
            self.wrong(node.place, say("is_list", what=what, shown=node.shown))
        return node.items

    def only(self, node: Node, what: str, allowed: Iterable[str]) -> None:
        """Every key is one of these."""
        known = list(allowed)
        for key, (place, _) in node.keys.items():
            if key not in known:
                self.wrong(place.place, say("no_key", what=what, key=key, near=near(key, known)))

    def text(self, node: Node | None, what: str, *, longest: int = 500) -> str:
        if node is None:
            return ""
        if node.kind != "scalar" or not node.text or len(node.text) > longest:
            self.wrong(node.place, say("is_text", what=what, longest=longest, shown=node.shown))
            return ""
        return node.text

    def told(self, node: Node | None, what: str, *, longest: int = 500) -> str:
        """A text for people; of a map of languages the English one, or the first."""
        if node is None or node.kind != "map" or not node.keys:
            return self.text(node, what, longest=longest)
        texts = {key: self.text(value, what, longest=longest) for key, (_, value) in node.keys.items()}
        return texts.get("en") or next(iter(texts.values()))

    def flag(self, node: Node | None, what: str, default: bool) -> bool:
        if node is None:
            return default
        if node.text in ("yes", "on"):
            return True
        if node.text in ("no", "off"):
            return False
        if not isinstance(node.value, bool):
            self.wrong(node.place, say("is_truth", what=what, shown=node.shown))
            return default
        return node.value

    def whole(self, node: Node | None, what: str, low: int, high: int, default: int) -> int:
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not low <= node.value <= high:
            self.wrong(node.place, say("is_whole", what=what, low=low, high=high, shown=node.shown))
            return default
        return node.value

    def choice(self, node: Node | None, what: str, kind: Callable[[str], Choice], default: Choice) -> Choice:
        """A member of a StrEnum."""
        if node is None:
            return default
        try:
            return kind(node.text if node.kind == "scalar" else "")
        except ValueError:
            known = [str(one) for one in kind]  # type: ignore[attr-defined]  # a StrEnum's class
            self.wrong(
                node.place,
                say(
                    "is_one_of",
                    what=what,
                    names=", ".join(known),
                    shown=node.shown,
                    near=near(node.text, known),
                ),
            )
            return default

    def names(self, node: Node | None) -> MappingProxyType[str, str]:
        """A text, or a map of languages to texts."""
        if node is None:
            return MappingProxyType({})
        if node.kind == "map":
            return MappingProxyType(
                {key: self.text(value, say("a_name"), longest=200) for key, (_, value) in node.keys.items()}
            )
        return MappingProxyType({"en": self.text(node, say("a_name"), longest=200)})

    def duration(
        self, node: Node | None, what: str, default: float = 0.0, *, negative: bool = False
    ) -> float:
        """Seconds of "10 min" or "1 h 30 min"; with a minus before it where `negative`."""
        if node is None:
            return default
        example = "`30 s`, `10 min` or `1 h 30 min`"
        text = node.text.strip() if node.kind == "scalar" else ""
        sign = -1.0 if negative and text.startswith("-") else 1.0
        total, words = 0.0, text.lstrip("-+ ") if negative else text
        try:
            tokens = syntax.numbers(words)
        except syntax.Fault:
            tokens = []
        for number in tokens:
            unit = units.find(number.unit)
            if unit is None or unit.dimension != "time":
                tokens = []
                break
            total += number.value * unit.factor
        if not tokens or total > LONGEST_WAIT:
            self.wrong(node.place, say("is_duration", what=what, example=example, shown=node.shown))
            return default
        return sign * total

    def time_of_day(self, node: Node) -> int:
        """Seconds after midnight; YAML 1.2 leaves 22:30 a text."""
        tree = self.expression(node, quiet=True)
        if tree is not None and isinstance(tree.tree, Clock):
            return tree.tree.second
        self.wrong(node.place, say("is_time", shown=node.shown))
        return 0

    def expression(self, node: Node | None, *, quiet: bool = False) -> Expression | None:
        """A parsed expression; None (with a fault told, unless quiet) where it is none."""
        if node is None:
            return None
        if node.kind != "scalar" or node.text == "":
            if not quiet:
                self.wrong(node.place, say("is_expression", shown=node.shown))
            return None
        try:
            return Expression(node.text, inside(node.place, 0, node.quoted), syntax.parse(node.text))
        except syntax.Fault as error:
            if not quiet:
                self.wrong(inside(node.place, error.at, node.quoted), error.message)
            return None

    def reference(self, node: Node, what: str) -> PropertyRef | None:
        """`device.property` or `device.component.property`."""
        tree = self.expression(node, quiet=True)
        if tree is None or not isinstance(tree.tree, Reference):
            self.wrong(node.place, say("is_property", what=what, shown=node.shown))
            return None
        return tree.tree.ref

    def literal(self, node: Node, what: str) -> Expression | None:
        """A value to set or to compare with: any scalar; a text that is no expression is a text."""
        if node.kind != "scalar" or node.text == "":
            self.wrong(node.place, say("is_value", what=what, shown=node.shown))
            return None
        return value_of(node)

    def template(self, node: Node | None, what: str) -> Template:
        """A text with `{expressions}` in it, or a map of languages to such; `{{` is a bracket."""
        if node is not None and node.kind == "map" and node.keys:
            others = {key: self.template(value, what) for key, (_, value) in node.keys.items()}
            first = others.get("en") or next(iter(others.values()))
            return Template(first.text, first.parts, MappingProxyType(others))
        text = self.text(node, what)
        parts: list[str | Expression] = []
        assert node is not None or not text
        rest, at = text, 0
        while rest and node is not None:
            head, bracket, tail = rest.replace("{{", "\0\0").partition("{")
            if head:
                parts.append(head.replace("\0\0", "{").replace("}}", "}"))
            if not bracket:
                break
            inner, closing, _ = tail.replace("\0\0", "{{").partition("}")
            at += len(head) + 1
            if not closing:
                self.wrong(inside(node.place, at - 1, node.quoted), say("brace"))
                break
            try:
                place = inside(node.place, at, node.quoted)
                parts.append(Expression(inner, place, syntax.parse(inner)))
            except syntax.Fault as error:
                self.wrong(inside(node.place, at + error.at, node.quoted), error.message)
            at += len(inner) + 1
            rest = text[at:]
        return Template(text, tuple(parts))


def value_of(node: Node) -> Expression:
    """A scalar as an expression; a text that does not parse as one (`fan only`) stands for itself."""
    place = inside(node.place, 0, node.quoted)
    try:
        return Expression(node.text, place, syntax.parse(node.text))
    except syntax.Fault:
        return Expression(node.text, place, Text(0, node.text))


def inside(place: Place, at: int, quoted: bool) -> Place:
    """The place of a character of a scalar; of a text over several lines this is its first line."""
    return Place(place.file, place.line, place.column + at + (1 if quoted else 0))


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` or what there is."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return say("near", word=close[0])
    return say("near_all", names=", ".join(names)) if len(names) <= 20 else ""


def version_of(text: str) -> str:
    """What tells two texts of a rule apart: 12 hex digits of a hash."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def opened(text: str, file: str) -> Node:
    """The document, or Faults with the one fault that stopped it."""
    try:
        return read(text, file)
    except Malformed as error:
        raise Faults([fault(error.place, error.message)]) from None
