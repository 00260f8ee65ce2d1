"""Expressions get their types: a tree and the devices' definitions make a checked function. No eval, ever.

Owns types and units; what is compared fits together or is a fault at load, with the character where it stands. While
it runs, `and` and `or` know three answers (true, false, not knowable): `a and b` is false as soon as one is false.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jiahe.model.definition import Kind, Profile, PropertyDef, Value
from jiahe.model.happening import PropertyRef, Quality
from jiahe.rules import functions, units
from jiahe.rules.rule import HomeMode
from jiahe.rules.sentences import say
from jiahe.rules.sight import WEEKDAYS, Sight, Unknowable
from jiahe.rules.syntax import Fault
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

Function = Callable[[Sight], Value]


class Type(NamedTuple):
    """`kind` is bool, number, text, word (one of `choices`) or time (seconds after midnight).

    `free` is a number written without a unit: it takes the unit of what it stands beside. `difference` is how far two
    values lie apart: 3 Cel between two temperatures is not the temperature 3 Cel. `name` is for messages.
    """

    kind: str
    unit: units.Unit = units.UNITS[""]
    choices: tuple[str, ...] = ()
    free: bool = False
    difference: bool = False
    name: str = ""
    ordered: bool = False

    def __str__(self) -> str:
        if self.kind == "number":
            return f"a number in {self.unit.code}" if self.unit.code else "a number"
        known = {"bool": "true or false", "text": "a text", "time": "a time of day"}
        return known.get(self.kind, f"one of {', '.join(self.choices)}")


BOOL, TEXT, TIME = Type("bool"), Type("text"), Type("time")
SECONDS = Type("number", units.UNITS["s"], difference=True)
WEEKDAY = Type("word", choices=WEEKDAYS, name="weekday", ordered=True)
QUALITY = Type("word", choices=tuple(Quality), name="quality")

BUILTINS: Mapping[str, tuple[Type, Function]] = {
    "time": (TIME, Sight.time),
    "weekday": (WEEKDAY, Sight.weekday),
    "month": (Type("number", ordered=True, name="month"), Sight.month),
    "day": (Type("number", name="day"), Sight.day),
    "mode": (Type("word", choices=tuple(HomeMode), name="mode"), Sight.mode),
    "sun": (Type("word", choices=("up", "down"), name="sun"), Sight.sun),
    "sun_elevation": (Type("number", units.UNITS["deg"]), Sight.elevation),
}
"""Words with a meaning of their own."""
TIMELY = frozenset({"time", "weekday", "month", "day", "sun", "sun_elevation"})
"""Those of them that change by time alone."""
TRUTHS: Mapping[str, bool] = {
    "true": True,
    "on": True,
    "yes": True,
    "false": False,
    "off": False,
    "no": False,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
FUNCTIONS = ("known", "quality", "unchanged", "fallback", "min", "max", "average", "abs", "round")


@dataclass(frozen=True, slots=True)
class Bound:
    """A checked expression. `refs` are the properties it reads, `words` the built-in words and functions it uses.

    `constant` is its value where it reads nothing.
    """

    type: Type
    function: Function
    refs: frozenset[PropertyRef]
    words: frozenset[str]
    is_constant: bool

    @property
    def timely(self) -> bool:
        """Whether time alone can change its answer."""
        return bool(self.words & TIMELY) or "unchanged" in self.words


def bind(tree: Tree, definitions: Mapping[str, Profile], wanted: Type | None = None) -> Bound:
    """Checks a tree against what there is; Fault (with its character) for what does not fit.

    `wanted` is the type of the place where it stands: numbers come out in its unit, and a bare word is one of its
    choices.
    """
    binder = _Binder(definitions)
    piece = binder.bind(tree, wanted)
    if wanted is BOOL:
        binder.true_or_false(piece, tree)
    elif wanted is not None:
        piece = binder.fit(piece, wanted, tree.at)
    constant = not binder.refs and not binder.words
    return Bound(piece.type, piece.function, frozenset(binder.refs), frozenset(binder.words), constant)


def type_of(definition: PropertyDef, name: str) -> Type:
    """The type of a property."""
    match definition.kind:
        case Kind.BOOL:
            return Type("bool", name=name)
        case Kind.ENUM:
            return Type("word", choices=definition.choices, name=name)
        case Kind.TEXT:
            return Type("text", name=name)
    return Type("number", units.of(definition.unit), name=name)


class _Piece(NamedTuple):
    type: Type
    function: Function


@dataclass(slots=True)
class _Binder:
    definitions: Mapping[str, Profile]
    refs: set[PropertyRef] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def bind(self, tree: Tree, wanted: Type | None = None) -> _Piece:
        match tree:
            case Number():
                return self._number(tree)
            case Text():
                return self._text(tree, wanted)
            case Word():
                return self._word(tree, wanted)
            case Clock():
                return _Piece(TIME, _constant(tree.second))
            case Reference():
                return self._reference(tree)
            case Not():
                return _Piece(BOOL, functions.negation(self._truth(tree.operand)))
            case Logic():
                both = self._truth(tree.left), self._truth(tree.right)
                return _Piece(
                    BOOL, functions.both(*both) if tree.operator == "and" else functions.either(*both)
                )
            case Compare():
                return self._compare(tree)
            case Among():
                return self._among(tree)
            case Between():
                return self._between(tree)
            case Negate():
                piece = self.bind(tree.operand, wanted)
                self._needs_number(piece, tree.operand)
                return _Piece(piece.type, functions.minus(piece.function))
            case Arithmetic():
                return self._arithmetic(tree, wanted)
            case Call():
                return self._call(tree, wanted)

    # ---- atoms -----------------------------------------------------------------------------------------------

    def _number(self, tree: Number) -> _Piece:
        unit = units.find(tree.unit)
        if unit is None:
            raise Fault(tree.at, say("no_unit", unit=tree.unit))
        value = int(tree.value) if tree.value.is_integer() else tree.value
        return _Piece(Type("number", unit, free=not tree.unit), _constant(value))

    def _text(self, tree: Text, wanted: Type | None) -> _Piece:
        if wanted is not None and wanted.kind == "word":
            return self._chosen(tree.at, tree.value, wanted)
        return _Piece(TEXT, _constant(tree.value))

    def _word(self, tree: Word, wanted: Type | None) -> _Piece:
        word = tree.value
        if wanted is not None and wanted.kind == "word" and (word in wanted.choices or word not in BUILTINS):
            return self._chosen(tree.at, word, wanted)
        if word in TRUTHS and (wanted is None or wanted.kind == "bool"):
            return _Piece(BOOL, _constant(TRUTHS[word]))
        if word in BUILTINS:
            self.words.add(word)
            return _Piece(*BUILTINS[word])
        if wanted is not None and wanted.kind == "text":
            return _Piece(TEXT, _constant(word))
        hint = _near(word, (*BUILTINS, *FUNCTIONS, "true", "false", "on", "off"))
        raise Fault(tree.at, say("word_meaningless", word=word, hint=hint))

    def _chosen(self, at: int, word: str, wanted: Type) -> _Piece:
        if word not in wanted.choices:
            name = wanted.name or "this"
            raise Fault(
                at,
                say(
                    "word_choice",
                    name=name,
                    names=", ".join(wanted.choices),
                    word=word,
                    near=_near(word, wanted.choices),
                ),
            )
        return _Piece(wanted, _constant(word))

    def _reference(self, tree: Reference) -> _Piece:
        definition = self.property(tree)
        if not definition.readable and not definition.writable:
            raise Fault(tree.at, say("not_readable", device=tree.ref.device, path=tree.ref.path))
        self.refs.add(tree.ref)
        ref = tree.ref
        return _Piece(type_of(definition, f"{ref.device}.{ref.path}"), lambda sight: sight.read(ref))

    def property(self, tree: Reference) -> PropertyDef:
        """The definition behind a reference, or Fault with what there is."""
        return property_of(tree.ref, self.definitions, tree.at)

    # ---- comparisons -----------------------------------------------------------------------------------------

    def _truth(self, tree: Tree) -> Function:
        piece = self.bind(tree, BOOL)
        self.true_or_false(piece, tree)
        return piece.function

    def true_or_false(self, piece: _Piece, tree: Tree) -> None:
        """Fault unless this is an answer."""
        if piece.type.kind != "bool":
            raise Fault(tree.at, say("not_truth", type=piece.type))

    def _pair(self, left: Tree, right: Tree) -> tuple[_Piece, _Piece]:
        """Two sides, each knowing what the other is."""
        if isinstance(left, Word | Text) and not _has_meaning(left):
            second = self.bind(right)
            return self.bind(left, second.type), second
        first = self.bind(left)
        return first, self.bind(right, first.type)

    def _compare(self, tree: Compare) -> _Piece:
        left, right = self._pair(tree.left, tree.right)
        left, right = self._matched(left, right, tree.at)
        if tree.operator not in ("==", "!=") and left.type.kind not in ("number", "time"):
            raise Fault(tree.at, say("operator_type", operator=tree.operator, type=left.type))
        return _Piece(BOOL, functions.compare(_COMPARISONS[tree.operator], left.function, right.function))

    def _among(self, tree: Among) -> _Piece:
        operand = self.bind(tree.operand)
        choices = [
            self.fit(self.bind(choice, operand.type), operand.type, choice.at) for choice in tree.choices
        ]
        return _Piece(BOOL, functions.among(operand.function, [choice.function for choice in choices]))

    def _between(self, tree: Between) -> _Piece:
        operand = self.bind(tree.operand)
        low, high = (
            self.fit(self.bind(side, operand.type), operand.type, side.at) for side in (tree.low, tree.high)
        )
        if operand.type.ordered and operand.type.kind == "word":
            order = operand.type.choices.index
            return _Piece(BOOL, functions.within_circle(operand.function, low.function, high.function, order))
        if operand.type.kind == "time" or operand.type.ordered:
            return _Piece(BOOL, functions.within_circle(operand.function, low.function, high.function, None))
        if operand.type.kind != "number":
            raise Fault(tree.at, say("between_type", type=operand.type))
        if isinstance(tree.low, Number) and isinstance(tree.high, Number) and _upside_down(low, high):
            raise Fault(tree.low.at, say("between_empty"))
        return _Piece(BOOL, functions.within(operand.function, low.function, high.function))

    def _matched(self, left: _Piece, right: _Piece, at: int) -> tuple[_Piece, _Piece]:
        """Both in one type and unit; the side that was written with its own unit gives way."""
        if left.type.kind == "number" and left.type.free and right.type.kind == "number":
            return self.fit(left, right.type, at), right
        return left, self.fit(right, left.type, at)

    def fit(self, piece: _Piece, wanted: Type, at: int) -> _Piece:
        """The piece in the wanted type's unit, or Fault."""
        have = piece.type
        if wanted.kind == "number" and have.kind == "number":
            return self._converted(piece, wanted, at)
        if wanted.kind == have.kind == "word" and set(have.choices) & set(wanted.choices):
            return piece
        if {wanted.kind, have.kind} == {"word", "text"} or (wanted.kind == have.kind != "word"):
            return piece
        raise Fault(at, say("not_comparable", wanted=_named(wanted), have=_named(have)))

    def _converted(self, piece: _Piece, wanted: Type, at: int) -> _Piece:
        have = piece.type
        if have.free or have.unit == wanted.unit:
            return _Piece(wanted, piece.function)
        if have.unit.dimension != wanted.unit.dimension:
            raise Fault(at, say("not_comparable", wanted=_named(wanted), have=_named(have)))
        return _Piece(wanted, functions.converted(piece.function, have.unit, wanted.unit, wanted.difference))

    # ---- arithmetic ------------------------------------------------------------------------------------------

    def _needs_number(self, piece: _Piece, tree: Tree) -> None:
        if piece.type.kind != "number":
            raise Fault(tree.at, say("only_numbers", type=piece.type))

    def _arithmetic(self, tree: Arithmetic, wanted: Type | None) -> _Piece:
        hint = wanted if wanted is not None and wanted.kind == "number" else None
        left, right = self.bind(tree.left, hint), self.bind(tree.right, hint)
        self._needs_number(left, tree.left)
        self._needs_number(right, tree.right)
        if tree.operator in "*/":
            return self._scaled(tree, left, right)
        if left.type.free and not right.type.free:
            left = self.fit(left, right.type, tree.at)
        elif not right.type.free and right.type.unit != left.type.unit:
            # What is added to or taken from a temperature in another unit is a difference.
            target = left.type._replace(difference=True) if _is_literal(tree.right) else left.type
            right = self.fit(right, target, tree.at)
        apart = tree.operator == "-" and not (_is_literal(tree.right) or right.type.difference)
        kind = left.type._replace(
            difference=left.type.difference or (apart and not left.type.free), name="", ordered=False,
            free=left.type.free and right.type.free,
        )  # fmt: skip
        return _Piece(kind, functions.arithmetic(tree.operator, left.function, right.function))

    def _scaled(self, tree: Arithmetic, left: _Piece, right: _Piece) -> _Piece:
        function = functions.arithmetic(tree.operator, left.function, right.function)
        if not right.type.unit.code:
            return _Piece(left.type._replace(name="", free=left.type.free and right.type.free), function)
        if not left.type.unit.code and tree.operator == "*":
            return _Piece(right.type._replace(name=""), function)
        if tree.operator == "/" and left.type.unit.dimension == right.type.unit.dimension:
            right = self.fit(right, left.type, tree.at)
            return _Piece(Type("number"), functions.arithmetic("/", left.function, right.function))
        raise Fault(tree.at, say("one_unit", type=left.type, type2=right.type))

    # ---- functions -------------------------------------------------------------------------------------------

    def _call(self, tree: Call, wanted: Type | None) -> _Piece:
        name, arguments = tree.function, tree.arguments
        if name not in FUNCTIONS:
            raise Fault(
                tree.at,
                say("no_function", name=name, names=", ".join(FUNCTIONS), near=_near(name, FUNCTIONS)),
            )
        self.words.add(name)
        if name in ("known", "quality", "unchanged"):
            ref = self._referred(tree)
            kinds = {"known": BOOL, "quality": QUALITY, "unchanged": SECONDS}
            return _Piece(kinds[name], functions.ABOUT[name](ref))
        if name == "fallback":
            if len(arguments) != 2:
                raise Fault(tree.at, say("fallback_two"))
            first = self.bind(arguments[0], wanted)
            second = self.fit(self.bind(arguments[1], first.type), first.type, arguments[1].at)
            return _Piece(first.type, functions.fallback(first.function, second.function))
        if name in ("abs", "round") and len(arguments) != 1:
            raise Fault(tree.at, say("one_argument", name=name))
        if not arguments:
            raise Fault(tree.at, say("some_argument", name=name))
        pieces = [self.bind(argument, wanted) for argument in arguments]
        for piece, argument in zip(pieces, arguments, strict=True):
            self._needs_number(piece, argument)
        lead = next((piece.type for piece in pieces if not piece.type.free), pieces[0].type)
        fitted = [
            self.fit(piece, lead, argument.at) for piece, argument in zip(pieces, arguments, strict=True)
        ]
        kind = lead._replace(name="", ordered=False)
        return _Piece(kind, functions.over(name, [piece.function for piece in fitted]))

    def _referred(self, tree: Call) -> PropertyRef:
        if len(tree.arguments) != 1 or not isinstance(tree.arguments[0], Reference):
            raise Fault(tree.at, say("argument_property", function=tree.function))
        self.property(tree.arguments[0])
        self.refs.add(tree.arguments[0].ref)
        return tree.arguments[0].ref


def property_of(ref: PropertyRef, definitions: Mapping[str, Profile], at: int = 0) -> PropertyDef:
    """The definition of a property, or Fault with what there is."""
    found = profile_of(ref, definitions, at).properties.get(ref.path)
    if found is None:
        names = definitions[ref.device].properties
        raise Fault(
            at,
            say("no_property", device=ref.device, path=ref.path, near=_near(ref.path, names) or _list(names)),
        )
    return found


def profile_of(ref: PropertyRef, definitions: Mapping[str, Profile], at: int = 0) -> Profile:
    """The profile of a device, or Fault with the devices there are."""
    profile = definitions.get(ref.device)
    if profile is None:
        raise Fault(
            at,
            say("no_device", device=ref.device, near=_near(ref.device, definitions) or _list(definitions)),
        )
    return profile


def _has_meaning(tree: Word | Text) -> bool:
    return isinstance(tree, Word) and tree.value in BUILTINS


def _is_literal(tree: Tree) -> bool:
    return isinstance(tree, Number) or (isinstance(tree, Negate) and _is_literal(tree.operand))


def _upside_down(low: _Piece, high: _Piece) -> bool:
    nowhere: Sight = None  # type: ignore[assignment]  # constants look at nothing
    return low.function(nowhere) > high.function(nowhere)  # type: ignore[operator]  # both are numbers


def _constant(value: Value) -> Function:
    return lambda sight: value


def _named(kind: Type) -> str:
    return f"{kind.name} ({kind})" if kind.name else str(kind)


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return say("near_word", word=close[0]) if close else ""


def _list(known: Iterable[str]) -> str:
    names = sorted(known)
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return say("near_there", names=shown) if names else ""


__all__ = ["BOOL", "Bound", "Fault", "Type", "Unknowable", "bind", "profile_of", "property_of", "type_of"]
