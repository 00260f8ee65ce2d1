"""Expressions, from text to tree: an own lexer and a small recursive parser. Nothing is ever evaluated here.

Owns the grammar and its bounds; knows no device. A fault carries the character at which it stands and says what
would be right.

    or      := and ("or" and)*
    and     := not ("and" not)*
    not     := "not" not | compare
    compare := sum (("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "[" sum, … "]"
             | ["not"] "between" sum "and" sum)?
    sum     := term (("+" | "-") term)*          term := unary (("*" | "/") unary)*
    unary   := "-" unary | atom
    atom    := number [unit] | "text" | HH:MM[:SS] | device.property | function "(" or, … ")" | word | "(" or ")"
"""

from __future__ import annotations

import re
from typing import NamedTuple

from jiahe.model.happening import PropertyRef
from jiahe.rules import units
from jiahe.rules.sentences import say
from jiahe.rules.tree import (
    Among,
    Arithmetic,
    Between,
    Call,
    Clock,
    Compare,
    Logic,
    Negate,
    Not,
    Number,
    Reference,
    Text,
    Tree,
    Word,
)

LONGEST = 1_000
"""Characters: longer is a program, and belongs into several rules."""
MOST_TOKENS = 300
"""A long sum is a deep tree; this many keep it far from Python's own limit."""
DEEPEST = 24
"""Brackets within brackets: what nobody can read, and far from Python's own limit."""

KEYWORDS = frozenset({"and", "or", "not", "in", "between"})

_TOKEN = re.compile(
    r"""(?P<blank>\s+)
  | (?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?![\w:]))
  | (?P<reference>[a-z0-9][a-z0-9-]*(?:\.[^\W\d]\w*)+)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<operator>==|!=|<=|>=|<|>|=|\+|-|\*|/|\(|\)|\[|\]|,)
  | (?P<word>[^\W\d]\w*)
""",
    re.VERBOSE,
)
_UNIT = re.compile(r"\s*(?P<unit>%|\[[A-Za-z]+\]|/min|[°℃℉]?[A-Za-zµμ°℃℉][\w³./]*|°)")


class Fault(Exception):
    """What is wrong with an expression, and at which character (from 0)."""

    def __init__(self, at: int, message: str) -> None:
        self.at, self.message = at, message
        super().__init__(message)


class Token(NamedTuple):
    kind: str
    text: str
    at: int
    unit: str = ""


def parse(text: str) -> Tree:
    """The tree of an expression, or Fault."""
    if len(text) > LONGEST:
        raise Fault(0, say("expression_long", longest=LONGEST, count=len(text)))
    tokens = lexed(text)
    if len(tokens) > MOST_TOKENS:
        raise Fault(tokens[MOST_TOKENS].at, say("expression_words", most_tokens=MOST_TOKENS))
    parser = _Parser(tokens, len(text))
    tree = parser.disjunction()
    parser.end()
    return tree


def numbers(text: str) -> list[Number]:
    """The numbers with units of a text such as "1 h 30 min"; Fault where there is anything else, or nothing."""
    found = [
        Number(token.at, float(token.text), token.unit) for token in lexed(text) if token.kind == "number"
    ]
    if not found or len(found) != len(lexed(text)):
        raise Fault(0, say("numbers_units"))
    return found


def lexed(text: str) -> list[Token]:
    """Words and signs with their places; Fault where a character has no meaning."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Fault(at, say("sign_meaningless", text=text[at], advice=_advice(text, at)))
        kind, word = match.lastgroup or "", match.group()
        start, at = at, match.end()
        if kind == "number":
            unit = _UNIT.match(text, at)
            if unit and unit["unit"] not in KEYWORDS:
                _known_unit(unit)
                tokens.append(Token(kind, word, start, unit["unit"]))
                at = unit.end()
                continue
        if kind != "blank":
            tokens.append(Token(kind, word, start))
    return tokens


def _known_unit(match: re.Match[str]) -> None:
    if units.find(match["unit"]) is None:
        usual = "s, min, h, d, Cel, %, ug/m3, [ppm], W, kW.h, lx"
        raise Fault(match.start("unit"), say("no_unit_usual", unit=match["unit"], usual=usual))


def _advice(text: str, at: int) -> str:
    if text[at] in "&|":
        return say("advice_and_or")
    if text[at] == "!":
        return say("advice_not")
    if text[at] in "\"'":
        return say("advice_end")
    return ""


class _Parser:
    def __init__(self, tokens: list[Token], length: int) -> None:
        self._tokens, self._next, self._length, self._depth = tokens, 0, length, 0

    # ---- tokens --------------------------------------------------------------------------------------------

    def _peek(self, ahead: int = 0) -> Token:
        where = self._next + ahead
        return self._tokens[where] if where < len(self._tokens) else Token("end", "the end", self._length)

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _accept(self, *texts: str) -> Token | None:
        token = self._peek()
        if token.kind in ("operator", "word") and token.text in texts:
            return self._take()
        return None

    def _expect(self, text: str, why: str) -> None:
        if self._accept(text) is None:
            token = self._peek()
            raise Fault(token.at, say("expected", text=text, why=why, shown=_shown(token)))

    def end(self) -> None:
        token = self._peek()
        if token.kind == "end":
            return
        if token.text == "=":
            raise Fault(token.at, say("equals"))
        raise Fault(token.at, say("left_over", shown=_shown(token)))

    # ---- grammar -------------------------------------------------------------------------------------------

    def disjunction(self) -> Tree:
        tree = self._conjunction()
        while token := self._accept("or"):
            tree = Logic(token.at, "or", tree, self._conjunction())
        return tree

    def _conjunction(self) -> Tree:
        tree = self._negation()
        while token := self._accept("and"):
            tree = Logic(token.at, "and", tree, self._negation())
        return tree

    def _negation(self) -> Tree:
        if token := self._accept("not"):
            self._deeper(token)
            tree = Not(token.at, self._negation())
            self._depth -= 1
            return tree
        return self._comparison()

    def _comparison(self) -> Tree:
        left = self._sum()
        if token := self._accept("==", "!=", "<", "<=", ">", ">="):
            right = self._sum()
            if again := self._accept("==", "!=", "<", "<=", ">", ">="):
                raise Fault(again.at, say("one_comparison"))
            return Compare(token.at, token.text, left, right)
        negated = (
            self._peek() if self._peek().text == "not" and self._peek(1).text in ("in", "between") else None
        )
        if negated is not None:
            self._take()
        tree: Tree = left
        if token := self._accept("in"):
            tree = Among(token.at, left, self._choices())
        elif token := self._accept("between"):
            low = self._sum()
            self._expect("and", "between the lower and the upper bound")
            tree = Between(token.at, left, low, self._sum())
        return tree if negated is None else Not(negated.at, tree)

    def _choices(self) -> tuple[Tree, ...]:
        self._expect("[", "with the choices, as in `in [mon, tue]`")
        choices = [self._sum()]
        while self._accept(","):
            choices.append(self._sum())
        self._expect("]", "after the choices")
        return tuple(choices)

    def _sum(self) -> Tree:
        tree = self._term()
        while token := self._accept("+", "-"):
            tree = Arithmetic(token.at, token.text, tree, self._term())
        return tree

    def _term(self) -> Tree:
        tree = self._unary()
        while token := self._accept("*", "/"):
            tree = Arithmetic(token.at, token.text, tree, self._unary())
        return tree

    def _unary(self) -> Tree:
        if token := self._accept("-"):
            self._deeper(token)
            tree = Negate(token.at, self._unary())
            self._depth -= 1
            return tree
        return self._atom()

    def _atom(self) -> Tree:
        token = self._take()
        match token.kind:
            case "number":
                return Number(token.at, float(token.text), token.unit)
            case "text":
                return Text(token.at, token.text[1:-1])
            case "clock":
                return Clock(token.at, _second(token))
            case "reference":
                device, _, path = token.text.partition(".")
                return Reference(token.at, PropertyRef(device, path.removeprefix("main.")))
            case "word" if token.text not in KEYWORDS:
                return self._call(token) if self._peek().text == "(" else Word(token.at, token.text)
            case "operator" if token.text == "(":
                self._deeper(token)
                tree = self.disjunction()
                self._expect(")", "to close the bracket")
                self._depth -= 1
                return tree
        raise Fault(token.at, say("expected_value", shown=_shown(token)))

    def _call(self, name: Token) -> Tree:
        self._deeper(name)
        self._take()
        arguments: list[Tree] = []
        if self._accept(")") is None:
            arguments.append(self.disjunction())
            while self._accept(","):
                arguments.append(self.disjunction())
            self._expect(")", f"after the arguments of {name.text}")
        self._depth -= 1
        return Call(name.at, name.text, tuple(arguments))

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Fault(token.at, say("brackets_deep", deepest=DEEPEST))


def _second(token: Token) -> int:
    hour, minute, *rest = (int(part) for part in token.text.split(":"))
    second = rest[0] if rest else 0
    if hour > 23 or minute > 59 or second > 59:
        raise Fault(token.at, say("no_time", text=token.text))
    return (hour * 60 + minute) * 60 + second


def _shown(token: Token) -> str:
    return token.text if token.kind == "end" else f"`{token.text}`"
