"""Which values a property is tried with, and what its raw value must look like on the wire. Pure; speaks to nobody."""

from __future__ import annotations

import math
from collections.abc import Iterator

from jiahe.catalog.datatype import Datatype
from jiahe.catalog.product import PointRow
from jiahe.model.definition import Kind, PropertyDef, Value
from jiahe.wire.talk import Raw

MOST_CHOICES = 64
"""Choices tried of one property: the longest published list has 60."""
TEXTS = ("", "a", "Jiahe 家和")


def inside(definition: PropertyDef) -> list[Value]:
    """Both ends, one step inside each, and the middle; every choice; both truths."""
    if definition.kind is Kind.BOOL:
        return [True, False]
    if definition.kind is Kind.ENUM:
        return list(definition.choices[:MOST_CHOICES])
    if definition.kind is Kind.TEXT:
        return list(TEXTS)
    low, high = definition.low, definition.high
    step = definition.step or 1.0
    if low is None or high is None:
        start = low if low is not None else (high - 100 * step if high is not None else 0.0)
        wanted = [start, start + step, start + 100 * step]
    else:
        middle = low + step * math.floor((high - low) / step / 2)
        last = low + step * math.floor((high - low) / step + 1e-9)
        wanted = [low, last, low + step, last - step, middle]
    kept: list[Value] = []
    for number in wanted:
        value = round(number) if definition.kind is Kind.INT else round(float(number), 6)
        if value not in kept and (low is None or value >= low) and (high is None or value <= high):
            kept.append(value)
    return kept


def outside(row: PointRow) -> Iterator[tuple[str, Raw]]:
    """Raw values that this property must not take, each with its name."""
    definition, datatype = row.definition, row.datatype
    step = definition.step or 1.0
    if definition.kind is Kind.BOOL:
        yield "a text", "maybe"
    elif definition.kind is Kind.ENUM and not datatype.other:
        yield "a code that no choice has", unknown_code(datatype)
    elif definition.kind in (Kind.INT, Kind.FLOAT):
        if definition.low is not None:
            yield "one step below the lowest", datatype.encode(_number(definition, definition.low - step))
        if definition.high is not None:
            yield "one step above the highest", datatype.encode(_number(definition, definition.high + step))
        yield "a text", "much"


def _number(definition: PropertyDef, value: float) -> int | float:
    return round(value) if definition.kind is Kind.INT else round(value, 6)


def unknown_code(datatype: Datatype) -> Raw:
    """A raw value that none of the choices has, of the type that they have."""
    codes = [raw for raw in datatype.choices.values() if isinstance(raw, int) and not isinstance(raw, bool)]
    if len(codes) == len(datatype.choices):
        return max(codes, default=0) + 1
    return "no-such-choice"


def ill_typed(row: PointRow, raw: Raw) -> str:
    """Why this raw value is not of the type that the file says, "" where it is."""
    name, datatype = row.datatype.name, row.datatype
    shown = f"{raw!r:.40} ({type(raw).__name__})"
    if raw is None:
        return "is null: a property always has a value"
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if name == "bool" and not isinstance(raw, bool):
        return f"is {shown}, not true or false"
    if name == "bit" and not (number and raw in (0, 1)):
        return f"is {shown}, not 0 or 1"
    if name == "int" and not (number and (isinstance(raw, int) or datatype.scale != 1)):
        return f"is {shown}, not a whole number"
    if name == "float" and not number:
        return f"is {shown}, not a number"
    if name == "enum" and not datatype.other:
        known = [(type(code), code) for code in datatype.choices.values()]
        if (type(raw), raw) not in known:
            return f"is {shown}, which none of its choices has"
    if name in ("text", "on_off") and not isinstance(raw, str):
        return f"is {shown}, not a text"
    return ""


def same(wished: Value, told: object) -> bool:
    """Whether the device tells what was wished, to the precision of a 32-bit float."""
    if isinstance(wished, float) and isinstance(told, int | float) and not isinstance(told, bool):
        return math.isclose(wished, told, rel_tol=1e-6, abs_tol=1e-6)
    return type(wished) is type(told) and wished == told
