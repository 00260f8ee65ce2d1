"""How one value travels: each datatype is a row with decode beside encode. Pure; never knows a family or a product."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from jiahe.model.definition import TEXT_LIMIT, Value
from jiahe.wire.talk import Raw

EXACT = 2**53
"""Numbers beyond it are not exact in a double, which is what JSON peers and phones compute with."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: no UTF-8 can hold it, so no journal and no answer could."""


class Unreadable(ValueError):
    """A raw value that has no meaning in this datatype."""


@dataclass(frozen=True, slots=True)
class Datatype:
    """One way to travel. `decode` raises Unreadable; `encode` expects a value that its definition has checked.

    `scale`: value = raw * scale. `choices`: word -> raw. `other` is the word for a number that has none: it can be
    reported but not written (a fan between two named speeds).
    """

    name: str
    scale: float = 1.0
    choices: Mapping[str, Raw] = field(default_factory=lambda: MappingProxyType({}))
    other: str = ""

    def decode(self, raw: Raw) -> Value:
        return _ROWS[self.name][0](self, raw)

    def encode(self, value: Value) -> Raw:
        return _ROWS[self.name][1](self, value)


def _decode_bool(_: Datatype, raw: Raw) -> Value:
    if isinstance(raw, bool):
        return raw
    if raw in (0, 1):  # firmware that writes 0 and 1 for a bool is common
        return bool(raw)
    if raw in ("on", "off"):  # legacy miIO
        return raw == "on"
    raise Unreadable(raw)


def _number(raw: Raw) -> int | float:
    # The comparison is false for NaN and right for integers too big for a float, which math.isfinite chokes on.
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= EXACT:
        raise Unreadable(raw)
    return raw


def _decode_int(kind: Datatype, raw: Raw) -> Value:
    value = _scaled(kind, _number(raw))
    if value != int(value):
        raise Unreadable(raw)
    return int(value)


def _decode_float(kind: Datatype, raw: Raw) -> Value:
    return float(_scaled(kind, _number(raw)))


def _scaled(kind: Datatype, raw: int | float) -> int | float:
    """Rounded after scaling: 70 * 0.1 is 7, whatever binary fractions make of it."""
    return raw if kind.scale == 1 and isinstance(raw, int) else round(raw * kind.scale, 6)


def _decode_enum(kind: Datatype, raw: Raw) -> Value:
    for word, code in kind.choices.items():
        if code == raw and isinstance(code, bool) == isinstance(raw, bool):
            return word
    if not kind.other:
        raise Unreadable(raw)
    _number(raw)
    return kind.other


def _decode_text(_: Datatype, raw: Raw) -> Value:
    if not isinstance(raw, str) or len(raw) > TEXT_LIMIT or _LONE_SURROGATE.search(raw):
        raise Unreadable(raw)
    return raw


def _encode_scaled(kind: Datatype, value: Value) -> Raw:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    if kind.scale == 1 and isinstance(value, int):
        return value
    raw = round(value / kind.scale, 6)
    return int(raw) if raw == int(raw) else raw


def _encode_float(kind: Datatype, value: Value) -> Raw:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return round(value / kind.scale, 6)


def _encode_enum(kind: Datatype, value: Value) -> Raw:
    return kind.choices[str(value)]


def _encode_same(_: Datatype, value: Value) -> Raw:
    return value


_Row = tuple[Callable[[Datatype, Raw], Value], Callable[[Datatype, Value], Raw]]

_ROWS: Mapping[str, _Row] = MappingProxyType(
    {
        "bool": (_decode_bool, _encode_same),
        "bit": (_decode_bool, lambda _, value: int(bool(value))),
        "on_off": (_decode_bool, lambda _, value: "on" if value else "off"),
        "int": (_decode_int, _encode_scaled),
        "float": (_decode_float, _encode_float),
        "enum": (_decode_enum, _encode_enum),
        "text": (_decode_text, _encode_same),
    }
)

DATATYPES = tuple(_ROWS)
