"""A rule's or scene's file as a tree of cards, for who builds it without text. Owns that shape; changes nothing.

Every card has the `path` at which an edit finds it (`splice.py`). What a builder has no card for (a word it does not
know, a computed value, a condition with brackets) is there as the text it is, so that nothing is lost and all is shown.
Pure. The shape, as JSON data:

    rule   {names, about, enabled, mode, at_most, stale, when: list, if: condition|null, then: list, tests: [{name, line}],
            unknown: [{key, text}]}
    scene  {names, settings: [{path, ref, value, text}], do: [{path, text}], mode: text|null, unknown}
    list   {path, single, cards}             `single`: a map that stands for a list of one, `path` is the card's own
    card   {path, line, kind, known, text, fields: {word: value}, conditions: {word: condition}, lists: {word: list},
            branches: [{path, line, if: condition|null, then: list}]}
    condition  {text, join: "and"|"or"|"", terms: [term]}
    term   {text, left, op, value, high, among}     of a term that is no plain comparison `left` is ""
    value  {text, kind: number|word|text|time|reference, number, unit}
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from jiahe.rules import load, scene, syntax
from jiahe.rules.document import Malformed, Node, read
from jiahe.rules.load_then import KEYS as STEPS
from jiahe.rules.load_when import KEYS as TRIGGERS

Path = tuple[str | int, ...]
LONGEST_TEXT = 2_000
"""Characters of a piece that is only shown."""

_CONDITIONS = {"becomes", "wait until", "if", "while"}
_LISTS = {"then", "else", "otherwise", "steps"}
_COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}


def rule_form(text: str) -> dict[str, Any] | None:
    """The tree of a rule's file; None where the text is no map of YAML."""
    root = _root(text)
    if root is None:
        return None
    take = _Taker(text)
    get = {key: pair[1] for key, pair in root.keys.items()}.get
    return {
        "names": _names(get("name")),
        "about": _names(get("about")) or "",
        "enabled": _plain(get("enabled"), True) not in (False, "no", "off"),
        "mode": _plain(get("mode"), "single"),
        "at_most": _plain(get("at most"), None),
        "stale": _plain(get("uses stale values"), False) in (True, "yes", "on"),
        "when": take.list(get("when"), ("when",), TRIGGERS),
        "if": _condition(get("if")),
        "then": take.list(get("then"), ("then",), STEPS),
        "tests": _tests(get("tests")),
        "unknown": take.unknown(root, load.KEYS),
    }


def scene_form(text: str) -> dict[str, Any] | None:
    """The tree of a scene's file; None where the text is no map of YAML."""
    root = _root(text)
    if root is None:
        return None
    take = _Taker(text)
    get = {key: pair[1] for key, pair in root.keys.items()}.get
    values, doing = get("set"), get("do")
    items = [] if doing is None else [doing] if doing.kind != "list" else doing.items
    return {
        "names": _names(get("name")),
        "settings": [
            {"path": ["set", key], "ref": key, "value": node.plain(), "text": take.text(node)}
            for key, (_, node) in (values.keys if values is not None else {}).items()
        ],
        "do": [
            {
                "path": ["do", number] if doing is not None and doing.kind == "list" else ["do"],
                "text": take.text(one),
            }
            for number, one in enumerate(items)
        ],
        "mode": None if get("mode") is None else _shown(get("mode")),
        "unknown": take.unknown(root, scene.KEYS),
    }


def _root(text: str) -> Node | None:
    try:
        root = read(text, "form")
    except Malformed:
        return None
    return root if root.kind == "map" else None


class _Taker:
    """Takes cards out of one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self, node: Node) -> str:
        """As it is written, without the indentation of where it stands."""
        begun = self._text.rfind("\n", 0, node.start) + 1
        lead = " " * (node.start - begun)
        return textwrap.dedent(lead + self._text[node.start : node.end]).strip()[:LONGEST_TEXT]

    def unknown(self, root: Node, known: Sequence[str]) -> list[dict[str, str]]:
        return [
            {"key": key, "text": self.text(node)} for key, (_, node) in root.keys.items() if key not in known
        ]

    def list(self, node: Node | None, path: Path, words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        if node is None:
            return {"path": [*path], "single": False, "cards": []}
        if node.kind == "list":
            cards = [self.card(item, (*path, number), words) for number, item in enumerate(node.items)]
            return {"path": [*path], "single": False, "cards": cards}
        return {"path": [*path], "single": True, "cards": [self.card(node, path, words)]}

    def card(self, node: Node, path: Path, words: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        card: dict[str, Any] = {
            "path": [*path], "line": node.place.line, "kind": "", "known": False, "text": self.text(node),
            "fields": {}, "conditions": {}, "lists": {}, "branches": [],
        }  # fmt: skip
        if node.kind == "scalar" and node.text == "stop" and words is STEPS:
            return {**card, "kind": "stop", "known": True}
        if node.kind != "map":
            return card
        kind = next((word for word in words if word in node.keys), "")
        card["kind"] = kind
        card["known"] = kind != "" and all(key in words[kind] for key in node.keys)
        for key, (_, value) in node.keys.items():
            self._put(card, key, value, (*path, key))
        return card

    def _put(self, card: dict[str, Any], key: str, value: Node, path: Path) -> None:
        if key == "choose":
            items = [value] if value.kind == "map" else value.items
            card["branches"] = [
                self._branch(one, path if value.kind == "map" else (*path, number))
                for number, one in enumerate(items)
            ]
        elif key == "repeat" and value.kind == "map":
            for inner, (_, one) in value.keys.items():
                self._put(card, inner, one, (*path, inner))
        elif key in _LISTS:
            card["lists"][key] = self.list(value, path, STEPS)
        elif key in _CONDITIONS:
            card["conditions"][key] = _condition(value)
        elif key in ("with", "text") and value.kind == "map":
            card["fields"][key] = value.plain()
        elif value.kind == "scalar" or all(one.kind == "scalar" for one in value.items):
            card["fields"][key] = _written(value)
        else:
            card["known"] = False

    def _branch(self, node: Node, path: Path) -> dict[str, Any]:
        pair = {key: one[1] for key, one in node.keys.items()}
        word = "else" if "else" in pair else "then"
        return {
            "path": [*path],
            "line": node.place.line,
            "if": _condition(pair.get("if")),
            "then": self.list(pair.get(word), (*path, word), STEPS),
        }


def _written(node: Node) -> Any:
    return [_written(one) for one in node.items] if node.kind == "list" else node.value


def _plain(node: Node | None, default: Any) -> Any:
    return default if node is None or node.kind != "scalar" else node.value


def _shown(node: Node | None) -> str:
    return node.text if node is not None and node.kind == "scalar" else ""


def _names(node: Node | None) -> Any:
    """A text, or texts by language."""
    if node is None:
        return {}
    return (
        node.text if node.kind == "scalar" else {key: _shown(value) for key, (_, value) in node.keys.items()}
    )


def _tests(node: Node | None) -> list[dict[str, Any]]:
    items = [] if node is None else [node] if node.kind == "map" else node.items
    return [
        {
            "name": _names(one.keys["name"][1]) if "name" in one.keys else f"test {number}",
            "line": one.place.line,
        }
        for number, one in enumerate(items, 1)
    ]


# ---- conditions --------------------------------------------------------------------------------------------------


def _condition(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    if node.kind != "scalar":
        return {"text": "", "join": "", "terms": []}
    return condition_form(node.text.strip())


def condition_form(text: str) -> dict[str, Any]:
    """An expression cut at its `and`s, or at its `or`s, into comparisons."""
    try:
        tokens = [(one.kind, one.text, one.at, one.unit) for one in syntax.lexed(text)]
        syntax.parse(text)
    except syntax.Fault:
        return {"text": text, "join": "", "terms": [_opaque(text)]}
    bounds: dict[str, list[int]] = {"and": [], "or": []}
    depth, between = 0, 0
    for kind, word, at, _ in tokens:
        if kind == "operator" and word in "([":
            depth += 1
        elif kind == "operator" and word in ")]":
            depth -= 1
        elif depth == 0 and kind == "word" and word == "between":
            between += 1
        elif depth == 0 and kind == "word" and word == "and" and between:
            between -= 1
        elif depth == 0 and kind == "word" and word in bounds:
            bounds[word].append(at)
    join = "or" if bounds["or"] else "and" if bounds["and"] else ""
    pieces, begun = [], 0
    for at in bounds.get(join, ()):
        pieces.append(text[begun:at])
        begun = at + len(join)
    pieces.append(text[begun:])
    return {"text": text, "join": join, "terms": [_term(piece.strip()) for piece in pieces]}


def _opaque(text: str) -> dict[str, Any]:
    return {"text": text, "left": "", "op": "", "value": None, "high": None, "among": []}


def _term(text: str) -> dict[str, Any]:
    """One comparison of a value with what is written beside it; anything else is its text."""
    tokens = syntax.lexed(text)
    if len(tokens) < 3 or tokens[0].kind not in ("reference", "word") or tokens[1].text == "(":
        return _opaque(text)
    left, rest = tokens[0].text, tokens[1:]
    inverted = rest[0].text == "not"
    op, rest = (rest[1].text if inverted else rest[0].text), rest[2 if inverted else 1 :]
    term = {**_opaque(text), "left": left, "op": f"not {op}" if inverted else op}
    if op in _COMPARISONS and not inverted:
        value = _value(text, rest)
        return {**term, "value": value} if value else _opaque(text)
    if op == "between":
        cut = next((at for at, one in enumerate(rest) if one.text == "and" and one.kind == "word"), len(rest))
        low, high = _value(text, rest[:cut]), _value(text, rest[cut + 1 :])
        return {**term, "value": low, "high": high} if low and high else _opaque(text)
    if op == "in" and rest and rest[0].text == "[":
        among = [_value(text, [one]) for one in rest[1:-1] if one.text != ","]
        return (
            {**term, "among": among}
            if among and all(among) and len(rest) == 2 * len(among) + 1
            else _opaque(text)
        )
    return _opaque(text)


def _value(text: str, tokens: Sequence[Any]) -> dict[str, Any] | None:
    """A value as it is written: a number with its unit, a word, a quoted text, a time, another property."""
    if not tokens or len(tokens) > 2 or (len(tokens) == 2 and tokens[0].text != "-"):
        return None
    one, minus = tokens[-1], len(tokens) == 2
    kinds = {"number": "number", "word": "word", "text": "text", "clock": "time", "reference": "reference"}
    if one.kind not in kinds or (minus and one.kind != "number"):
        return None
    row: dict[str, Any] = {"text": one.text, "kind": kinds[one.kind], "number": None, "unit": one.unit}
    if one.kind == "number":
        row["number"] = -float(one.text) if minus else float(one.text)
        row["text"] = f"{'-' if minus else ''}{one.text}" + (f" {one.unit}" if one.unit else "")
    return row
