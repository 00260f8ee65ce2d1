"""A Product as the text of a product file (TOML). Pure; owns the layout of the file, its grammar is the catalog's.

What the vocabulary says of a property by itself is left out, so that a file reads as a maker would have written it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jiahe.catalog.datatype import Datatype
from jiahe.catalog.product import DEFAULT_CADENCE, ActionRow, EventRow, PointRow, Product
from jiahe.model.definition import MAIN, ActionDef, PropertyDef
from jiahe.model.vocabulary import ACTIONS, VOCABULARY

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def product_text(product: Product, opening: str = "") -> str:
    """The whole file; `opening` is its first comment."""
    parts = [f"# {line}\n" for line in opening.splitlines()]
    parts += [f"{key} = {_value(getattr(product, key))}\n" for key in ("id", "maker", "family", "kind")]
    parts.append(f"names = {_value(product.names)}\n")
    parts.append(f"source = {_value(product.source)}\n")
    if product.quirk:
        parts.append(f"quirk = {_value(product.quirk)}\n")
    if product.local is not None:
        parts.append(f"local = {_value({'grade': product.local.grade, 'why': product.local.why})}\n")
    if product.shop:
        parts.append(f"shop = {_value(product.shop)}\n")
    for name in ("fingerprint", "facts"):
        table: Mapping[str, Any] = getattr(product, name)
        if table:
            parts.append(f"\n[{name}]\n" + _lines(table.items()))
    parts += [_point(row) for row in product.rows]
    parts += [_action(row) for row in product.actions]
    parts += [_event(row) for row in product.events]
    return "".join(parts)


def _point(row: PointRow) -> str:
    lines: dict[str, Any] = {"property": row.definition.name}
    lines |= {"component": row.definition.component} if row.definition.component != MAIN else {}
    lines |= {"report": row.report} if row.report is not None else {}
    lines |= {"write": row.write} if row.write is not None else {}
    lines |= _typed(row.definition, row.datatype)
    lines |= {"cadence": row.cadence} if row.cadence != DEFAULT_CADENCE else {}
    lines |= {"polled": False} if not row.polled else {}
    lines |= {"requires": row.requires} if row.requires else {}
    return "\n[[points]]\n" + _lines(lines.items())


def _typed(definition: PropertyDef, datatype: Datatype) -> dict[str, Any]:
    """Datatype, bounds, unit, trait and labels, as far as the vocabulary does not say them."""
    word = VOCABULARY.get(definition.name)
    known = word.definition if word and isinstance(word.definition, PropertyDef) else None
    lines: dict[str, Any] = {"datatype": datatype.name}
    lines |= {"scale": datatype.scale} if datatype.scale != 1 else {}
    lines |= {"choices": dict(datatype.choices)} if datatype.choices else {}
    lines |= {"other": datatype.other} if datatype.other else {}
    for bound in ("low", "high", "step"):
        value = getattr(definition, bound)
        if value is not None and (known is None or getattr(known, bound) != value):
            lines[bound] = value
    if definition.unit != (known.unit if known else ""):
        lines["unit"] = definition.unit
    if known is None and definition.trait != "vendor":
        lines["trait"] = definition.trait
    if known is None or dict(known.labels) != dict(definition.labels):
        lines["labels"] = dict(definition.labels)
    return lines


def _action(row: ActionRow) -> str:
    definition = row.definition
    lines: dict[str, Any] = {"action": definition.name, "point": row.point}
    lines |= {"component": definition.component} if definition.component != MAIN else {}
    word = ACTIONS.get(definition.name)
    known = word.definition if word and isinstance(word.definition, ActionDef) else None
    if known is None or dict(known.labels) != dict(definition.labels):
        lines["labels"] = dict(definition.labels)
    text = "\n[[actions]]\n" + _lines(lines.items())
    for argument, (point, datatype) in zip(definition.arguments, row.arguments, strict=True):
        rest = {"property": argument.name, "point": point, **_typed(argument, datatype)}
        text += "[[actions.arguments]]\n" + _lines(rest.items())
    return text


def _event(row: EventRow) -> str:
    lines: dict[str, Any] = {"event": row.definition.name, "point": row.point}
    lines |= {"component": row.definition.component} if row.definition.component != MAIN else {}
    return "\n[[events]]\n" + _lines([*lines.items(), ("labels", dict(row.definition.labels))])


def _lines(pairs: Iterable[tuple[str, Any]]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in pairs)


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return '"' + "".join(map(_escaped, str(value))) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
