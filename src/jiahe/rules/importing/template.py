"""A small, safe part of Jinja as an expression of ours. Owns which templates are understood; nothing is ever evaluated.

Understood: `{{ … }}` around states(), states.x.y.state, is_state(), state_attr(), is_state_attr(), `| float(0)`, `| int`,
now().hour, now().weekday(), trigger.id, numbers, texts, comparisons, `in [ ]`, and / or / not, + - * /. Anything else is
Unsupported with the template's own text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jiahe.rules.importing.entity import Entities, Thing
from jiahe.rules.importing.logic import Condition, both, either, negated
from jiahe.rules.importing.source import Unsupported
from jiahe.rules.rule import Place

LONGEST = 1_000
"""Characters of a template that is looked at; our own expressions have as many."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WHOLE = re.compile(r"\s*\{\{-?(?P<inner>(?:(?!\}\}|\{\{|\{%).)*?)-?\}\}\s*", re.DOTALL)
_FILTER = re.compile(r"""'[^']*'|"[^"]*"|\|""")
_SIGNS: Mapping[type[ast.cmpop], str] = MappingProxyType(
    {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
)
_TURNED = MappingProxyType({"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="})
_REFUSALS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
_ARITHMETIC: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
)


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text or "{#" in text


@dataclass(frozen=True, slots=True)
class State:
    """The raw text of a state or attribute: what states() gives."""

    thing: Thing
    part: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the templates of one automation as one of its triggers sees them."""

    entities: Entities
    trigger: str | None
    variables: Mapping[str, bool | int | float | str]

    def condition(self, text: str, place: Place) -> Condition:
        """What a template answers: an expression, or True or False where that is known already."""
        return _Piece(self, text, place).truth(self._tree(text, place))

    def value(self, text: str, place: Place) -> str | int | float | bool:
        """What a template gives: a constant, or the text of an expression."""
        found = _Piece(self, text, place).value(self._tree(text, place))
        if isinstance(found, State):
            return found.thing.part(found.part, place)[0]
        return found.text if isinstance(found, Written) else found

    def _tree(self, text: str, place: Place) -> ast.expr:
        whole = _WHOLE.fullmatch(text)
        if whole is None or len(text) > LONGEST or "**" in text or "\\" in text or "#" in text:
            raise Unsupported(place, f"the template {_short(text)}")
        # Jinja's filters bind tighter than any operator, as ** does in Python and | does not.
        inner = _FILTER.sub(lambda one: "**" if one[0] == "|" else one[0], " ".join(whole["inner"].split()))
        try:
            return ast.parse(inner, mode="eval").body
        except _REFUSALS:
            raise Unsupported(place, f"the template {_short(text)}") from None


@dataclass(frozen=True, slots=True)
class Written:
    """An expression of ours (no constant)."""

    text: str


Value = State | Written | str | int | float | bool


@dataclass(frozen=True, slots=True)
class _Piece:
    reader: Reader
    text: str
    place: Place

    def refused(self, why: str = "") -> Unsupported:
        return Unsupported(self.place, f"the template {_short(self.text)}" + (f" ({why})" if why else ""))

    # ---- answers ---------------------------------------------------------------------------------------------

    def truth(self, tree: ast.expr) -> Condition:
        match tree:
            case ast.BoolOp(op=ast.And(), values=values):
                return both([self.truth(one) for one in values])
            case ast.BoolOp(op=ast.Or(), values=values):
                return either([self.truth(one) for one in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negated(self.truth(operand))
            case ast.Constant(value=bool(value)):
                return value
            case ast.Name(id="true" | "false" as word):
                return word == "true"
            case ast.Name(id=name) if isinstance(self.reader.variables.get(name), bool):
                return bool(self.reader.variables[name])
            case ast.Call(func=ast.Name(id="is_state"), args=[entity, word]):
                return self._equal(self._thing(entity), "state", word)
            case ast.Call(func=ast.Name(id="is_state_attr"), args=[entity, attribute, word]):
                return self._equal(self._thing(entity), self._word(attribute), word)
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._compare(left, sign, right)
        raise self.refused()

    def _equal(self, thing: Thing, part: str, tree: ast.expr) -> Condition:
        words = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
        return either([thing.equal(self._word(one), self.place, part) for one in words])

    def _compare(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Condition:
        if isinstance(sign, ast.In | ast.NotIn):
            if not isinstance(right, ast.List | ast.Tuple):
                raise self.refused()
            found = either([self._compare(left, ast.Eq(), one) for one in right.elts])
            return negated(found) if isinstance(sign, ast.NotIn) else found
        if type(sign) not in _SIGNS:
            raise self.refused()
        word = _SIGNS[type(sign)]
        if _is_now(right):
            left, right, word = right, left, _TURNED[word]
        if _is_now(left):
            return self._now(left, word, right)
        return self._pair(self.value(left), word, self.value(right))

    def _pair(self, left: Value, sign: str, right: Value) -> Condition:
        if isinstance(left, str) and isinstance(right, State):
            left, right = right, left
        if isinstance(left, State) and isinstance(right, str):
            if sign not in ("==", "!="):
                raise self.refused("a state is a text; turn it into a number with | float(0)")
            found: Condition = left.thing.equal(right, self.place, left.part)
            return found if sign == "==" else negated(found)
        if isinstance(left, str | int | float) and isinstance(right, str | int | float):
            if sign not in ("==", "!=") or isinstance(left, str) is not isinstance(right, str):
                raise self.refused()
            return (left == right) is (sign == "==")
        return f"{self._shown(left)} {sign} {self._shown(right)}"

    def _shown(self, value: Value) -> str:
        match value:
            case State(thing, part):
                name, definition = thing.part(part, self.place)
                if definition.kind.value not in ("int", "float"):
                    raise self.refused(f"{name} is no number")
                return name
            case Written(text):
                return text
            case bool() | str():
                raise self.refused()
        return f"{value:.10g}"

    def _now(self, left: ast.expr, sign: str, right: ast.expr) -> Condition:
        number = self.value(right)
        if isinstance(number, bool) or not isinstance(number, int):
            raise self.refused()
        if isinstance(left, ast.Attribute):
            return self._hour(sign, number)
        first = 1 if isinstance(left, ast.Call) and _last(left) == "isoweekday" else 0
        if sign in ("==", "!=") and first <= number < first + 7:
            return f"weekday {sign} {DAYS[number - first]}"
        chosen = [day for place, day in enumerate(DAYS, first) if _holds(place, sign, number)]
        return f"weekday in [{', '.join(chosen)}]" if chosen else False

    @staticmethod
    def _hour(sign: str, hour: int) -> Condition:
        hours = [one for one in range(24) if _holds(one, sign, hour)]
        if len(hours) in (0, 24):
            return bool(hours)
        if sign in ("==", "!="):
            found = f"time between {hour:02}:00 and {hour:02}:59:59"
            return found if sign == "==" else negated(found)
        return f"time >= {hours[0]:02}:00" if hours[-1] == 23 else f"time < {hours[-1] + 1:02}:00"

    # ---- values ----------------------------------------------------------------------------------------------

    def value(self, tree: ast.expr) -> Value:
        match tree:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return -value
            case ast.Name(id=name) if name in self.reader.variables:
                return self.reader.variables[name]
            case ast.Attribute(value=ast.Name(id="trigger"), attr="id") if self.reader.trigger is not None:
                return self.reader.trigger
            case ast.Attribute(attr="state"):
                return State(self._dotted(tree), "state")
            case ast.Call(func=ast.Name(id="states"), args=[entity]):
                return State(self._thing(entity), "state")
            case ast.Call(func=ast.Name(id="state_attr"), args=[entity, attribute]):
                return State(self._thing(entity), self._word(attribute))
            case ast.Call(func=ast.Name(id="float" | "int"), args=[operand, *default]):
                return self._number(self.value(operand), default)
            case ast.BinOp(op=ast.Pow()):
                return self._filtered(tree)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
                sides = self._shown(self.value(left)), self._shown(self.value(right))
                return Written(f"({sides[0]} {_ARITHMETIC[type(operator)]} {sides[1]})")
        raise self.refused()

    def _filtered(self, tree: ast.expr) -> Value:
        """`x | float(0) | int`, which stands here as x ** (float(0) ** int)."""
        filters: list[ast.expr] = []
        while isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
            filters.append(tree.left)
            tree = tree.right
        first, *others = [*filters, tree]
        found = self.value(first)
        for one in others:
            match one:
                case ast.Name(id="float" | "int"):
                    found = self._number(found, [])
                case ast.Call(func=ast.Name(id="float" | "int"), args=default, keywords=[]):
                    found = self._number(found, default)
                case _:
                    raise self.refused()
        return found

    def _number(self, inner: Value, default: list[ast.expr]) -> Value:
        if isinstance(inner, int | float | Written) and not isinstance(inner, bool):
            return inner
        if isinstance(inner, str):
            try:
                return float(inner)
            except ValueError:
                raise self.refused() from None
        name = self._shown(inner)
        if not default:
            return Written(name)
        instead = self.value(default[0])
        if isinstance(instead, bool) or not isinstance(instead, int | float):
            raise self.refused()
        return Written(f"fallback({name}, {instead:.10g})")

    # ---- names -----------------------------------------------------------------------------------------------

    def _word(self, tree: ast.expr) -> str:
        found = self.value(tree)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise self.refused()
        return str(found)

    def _thing(self, tree: ast.expr) -> Thing:
        return self.reader.entities.find(self._word(tree), self.place)

    def _dotted(self, tree: ast.expr) -> Thing:
        match tree:
            case ast.Attribute(
                value=ast.Attribute(
                    value=ast.Attribute(value=ast.Name(id="states"), attr=domain), attr=object_id
                )
            ):
                return self.reader.entities.find(f"{domain}.{object_id}", self.place)
        raise self.refused()


def _is_now(tree: ast.expr) -> bool:
    match tree:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="now"), args=[]), attr="hour"):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="now"), args=[])), args=[]):
            return _last(tree) in ("weekday", "isoweekday")
    return False


def _last(tree: ast.Call) -> str:
    return tree.func.attr if isinstance(tree.func, ast.Attribute) else ""


def _holds(value: int, sign: str, other: int) -> bool:
    return {
        "==": value == other, "!=": value != other, "<": value < other, "<=": value <= other, ">": value > other,
        ">=": value >= other,
    }[sign]  # fmt: skip


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 200 else text[:199] + "…"
