"""Conditions, and how one is judged: true, false or not knowable, with what was seen and the first part that failed.

Owns the split of a condition at its outer `and`s, so that "why not" names one part and not the whole sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from jiahe.model.definition import Profile
from jiahe.model.happening import PropertyRef
from jiahe.model.said import spoken
from jiahe.rules.expression import BOOL, Bound, bind
from jiahe.rules.rule import Expression
from jiahe.rules.sentences import say
from jiahe.rules.sight import Sight, Unknowable
from jiahe.rules.tree import Logic, Tree


class Judgement(NamedTuple):
    """`result` None is not knowable. `row` is the plain data for a trace."""

    result: bool | None
    row: dict[str, Any]


class Part(NamedTuple):
    """One part of a condition, with its own text."""

    text: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: all parts must be true."""

    text: str
    line: int
    parts: tuple[Part, ...]
    refs: frozenset[PropertyRef]
    words: frozenset[str]
    timely: bool

    def truth(self, sight: Sight) -> bool | None:
        """Only the answer: what is asked at every change. None where it is not knowable."""
        answer: bool | None = True
        for part in self.parts:
            try:
                if not part.bound.function(sight):
                    return False
            except (Unknowable, TypeError):
                answer = None
        return answer

    def judge(self, sight: Sight) -> Judgement:
        """The answer with its reasons: first false part, else first that is not knowable."""
        failed: str | None = None
        why = ""
        result: bool | None = True
        for part in self.parts:
            try:
                if not part.bound.function(sight):
                    failed, why, result = part.text, "", False
                    break
            except Unknowable as reason:
                if result is True:
                    failed, why, result = part.text, spoken(reason), None
            except TypeError:  # a device's value of another type than its definition says
                if result is True:
                    failed, why, result = part.text, say("why_type"), None
        row: dict[str, Any] = {
            "line": self.line,
            "text": self.text,
            "result": result,
            "saw": dict(sight.seen),
        }
        if failed is not None:
            row["failed"] = failed
        if why:
            row["why"] = why
        return Judgement(result, row)


def condition(expression: Expression, definitions: Mapping[str, Profile]) -> Condition:
    """Checks an expression as a condition; syntax.Fault where it does not fit."""
    parts = tuple(
        Part(text, bind(tree, definitions, BOOL)) for text, tree in _parts(expression.text, expression.tree)
    )
    return Condition(
        expression.text,
        expression.place.line,
        parts,
        frozenset().union(*(part.bound.refs for part in parts)),
        frozenset().union(*(part.bound.words for part in parts)),
        any(part.bound.timely for part in parts),
    )


def _parts(text: str, tree: Tree) -> list[tuple[str, Tree]]:
    """The operands of the outer `and`s with their texts; positions in trees count from the whole text's start."""
    cuts: list[tuple[int, Tree]] = []
    while isinstance(tree, Logic) and tree.operator == "and":
        cuts.append((tree.at, tree.right))
        tree = tree.left
    pieces: list[tuple[str, Tree]] = []
    end = len(text)
    for at, right in cuts:
        pieces.append((text[at + 3 : end].strip(), right))
        end = at
    pieces.append((text[:end].strip(), tree))
    if any(piece.count("(") != piece.count(")") for piece, _ in pieces):
        return [(text.strip(), _whole(cuts, tree))]  # the cut went through a bracket
    return pieces[::-1]


def _whole(cuts: list[tuple[int, Tree]], tree: Tree) -> Tree:
    for at, right in reversed(cuts):
        tree = Logic(at, "and", tree, right)
    return tree
