"""What a property of a MIoT-Spec instance holds: its datatype, its bounds, its definition. Pure; never reads an instance.

Wrong shapes raise SpecError, TypeError, ValueError or LookupError; the reader says where.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog import miot_names as names
from jiahe.catalog.datatype import Datatype
from jiahe.model.definition import Kind, PropertyDef
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import Word

_INTEGERS = {"uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"}
_KINDS = {"bool": Kind.BOOL, "int": Kind.INT, "float": Kind.FLOAT, "enum": Kind.ENUM, "text": Kind.TEXT}


def datatype_of(entry: Mapping[str, Any], file: str, key: str) -> Datatype:
    """How the value travels; `file` and `key` are for the SpecError."""
    value_list, kind = entry.get("value-list"), entry.get("format")
    if value_list and kind != "bool":
        choices: dict[str, Any] = {}
        for item in value_list:
            if not isinstance(item["value"], int | float | str):
                raise SpecError("a value is a number or a text", file=file, key=key)
            if item["value"] in choices.values():
                continue  # said twice
            word = names.choice(str(item.get("description") or ""), item["value"])
            choices[word if word not in choices else f"{word}_{item['value']}"] = item["value"]
        return Datatype("enum", choices=MappingProxyType(choices))
    if kind == "bool":
        return Datatype("bool")
    if kind in _INTEGERS:
        return Datatype("int")
    if kind == "float":
        return Datatype("float")
    if kind in ("string", "hex"):
        return Datatype("text")
    raise SpecError(f"{kind!r:.60} is no format of MIoT-Spec-V2", file=file, key=f"{key}.format")


def levels_of(word: Word | None, entry: Mapping[str, Any]) -> Datatype | None:
    """A list of "Level1, Level2, …" for a word that counts levels is a whole number with bounds."""
    items = entry.get("value-list")
    if (
        not items
        or word is None
        or not isinstance(word.definition, PropertyDef)
        or word.definition.kind is not Kind.INT
    ):
        return None
    counted = all(
        re.fullmatch(rf"(level)?[ _-]?{item['value']}", str(item.get("description")).lower())
        for item in items
    )
    return Datatype("int") if counted else None


def definition_of(
    name: str, component: str, word: Word | None, entry: Mapping[str, Any], datatype: Datatype, readable: bool,
    writable: bool, title: str,
) -> PropertyDef:  # fmt: skip
    """The property as the house speaks of it; `word` is ours for it, `title` the maker\'s name."""
    known = word.definition if word and isinstance(word.definition, PropertyDef) else None
    low, high, step = _bounds(entry, datatype)
    unit, remark = names.unit(entry.get("unit"))
    numeric = datatype.name in ("int", "float")
    return PropertyDef(
        name=name,
        kind=_KINDS[datatype.name],
        unit=(unit or (known.unit if known else "")) if numeric else "",
        low=low,
        high=high,
        step=step,
        choices=tuple(datatype.choices),
        readable=readable,
        writable=writable,
        trait=known.trait if known else "vendor",
        component=component,
        labels=known.labels
        if known
        else names.labels(entry.get("description"), title, remark if numeric else ""),
    )


def _bounds(entry: Mapping[str, Any], datatype: Datatype) -> tuple[float | None, float | None, float | None]:
    """Lowest, highest and step; none of them where the published range says nothing, as [0, 0, 0] does."""
    if datatype.name not in ("int", "float"):
        return None, None, None
    if entry.get("value-list"):
        codes = [item["value"] for item in entry["value-list"]]
        return min(codes), max(codes), 1
    low, high, step = (*(entry.get("value-range") or ()), None, None, None)[:3]
    for bound in (low, high, step):
        if bound is not None and (
            isinstance(bound, bool) or not isinstance(bound, int | float) or not abs(bound) < 1e300
        ):
            raise TypeError(f"{bound!r:.40} bounds nothing")
    if step is not None and (step <= 0 or (high is not None and low is not None and high <= low)):
        return None, None, None
    return low, high, step
