"""The tree of an expression: what the parser saw, before anything is known about devices. Owns these shapes only."""

from __future__ import annotations

from dataclasses import dataclass

from jiahe.model.happening import PropertyRef


@dataclass(frozen=True, slots=True)
class Number:
    """`unit` is as written, "" where there is none. `at` counts characters from the start of the expression."""

    at: int
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    at: int
    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word: `on`, `mode`, `night`, or a choice of a property; what it means depends on what it stands beside."""

    at: int
    value: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in seconds after midnight."""

    at: int
    second: int


@dataclass(frozen=True, slots=True)
class Reference:
    at: int
    ref: PropertyRef


@dataclass(frozen=True, slots=True)
class Not:
    at: int
    operand: Tree


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or`."""

    at: int
    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Compare:
    """== != < <= > >="""

    at: int
    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Among:
    """`x in [a, b]`."""

    at: int
    operand: Tree
    choices: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`x between low and high`, both included; of times and days it may go over the end (22:00 and 06:00)."""

    at: int
    operand: Tree
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True)
class Negate:
    at: int
    operand: Tree


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """+ - * /"""

    at: int
    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Call:
    at: int
    function: str
    arguments: tuple[Tree, ...]


Tree = (
    Number
    | Text
    | Word
    | Clock
    | Reference
    | Not
    | Logic
    | Compare
    | Among
    | Between
    | Negate
    | Arithmetic
    | Call
)
