"""Product files (TOML) into Products. Owns the file's grammar and its error messages.

Never opens a connection and never guesses: what a file does not say is an error with file and key.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from jiahe.catalog.datatype import DATATYPES, Datatype
from jiahe.catalog.product import (
    DEFAULT_CADENCE,
    LOCAL_GRADES,
    PRODUCT_ID,
    ActionRow,
    EventRow,
    Local,
    PointRow,
    Product,
)
from jiahe.catalog.where import toml_line
from jiahe.model.definition import MAIN, ActionDef, EventDef, Kind, PropertyDef
from jiahe.model.errors import SpecError
from jiahe.model.vocabulary import ACTIONS, DEVICE_KINDS, VOCABULARY

_TEXT, _NUMBER, _TABLE, _ROWS = "a text", "a number", "a table", "an array of tables"
_TRUTH = "true or false"
_Shapes = Mapping[str, str]
_TOP: _Shapes = {
    "id": _TEXT, "maker": _TEXT, "family": _TEXT, "kind": _TEXT, "names": _TABLE, "source": _TEXT,
    "fingerprint": _TABLE, "facts": _TABLE, "quirk": _TEXT, "cadence": _NUMBER,
    "points": _ROWS, "actions": _ROWS, "events": _ROWS, "local": _TABLE, "shop": _TABLE,
}  # fmt: skip
_POINT: _Shapes = {
    "property": _TEXT, "component": _TEXT, "point": _TEXT, "report": _TEXT, "write": _TEXT, "datatype": _TEXT,
    "scale": _NUMBER, "choices": _TABLE, "low": _NUMBER, "high": _NUMBER, "step": _NUMBER, "cadence": _NUMBER,
    "requires": _TEXT, "unit": _TEXT, "labels": _TABLE, "trait": _TEXT, "other": _TEXT,
    "polled": _TRUTH,
}  # fmt: skip
_ACTION: _Shapes = {"action": _TEXT, "point": _TEXT, "arguments": _ROWS, "labels": _TABLE, "component": _TEXT}
_LOCAL: _Shapes = {"grade": _TEXT, "why": _TEXT}
_SHOP: _Shapes = {"url": _TEXT, "gtin": _TEXT}
_EVENT: _Shapes = {"event": _TEXT, "point": _TEXT, "labels": _TABLE, "component": _TEXT}
_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[!#-;=?-Z_a-z~%\[\]]*)?", re.ASCII)
_KIND_OF = {
    "bool": Kind.BOOL,
    "bit": Kind.BOOL,
    "on_off": Kind.BOOL,
    "int": Kind.INT,
    "float": Kind.FLOAT,
    "enum": Kind.ENUM,
    "text": Kind.TEXT,
}


def read_product(text: str, file: str) -> Product:
    """The product that this file describes; SpecError names file, line and key."""
    try:
        return product_of(read_table(text, file), file)
    except SpecError as error:
        if error.line or not error.key:
            raise
        line = toml_line(text, error.key)
        raise SpecError(error.message, file=file, line=line, key=error.key) from error


def read_table(text: str, file: str) -> dict[str, Any]:
    """The TOML of a product file as it stands; SpecError names file and line."""
    if long := _LONG_NUMBER.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise SpecError("holds a number that is too long", file=file, line=line)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = re.fullmatch(r"(?s)(.*) \(at line (\d+), column \d+\)", str(error))
        if said is None:
            raise SpecError(str(error), file=file) from error
        raise SpecError(said[1], file=file, line=int(said[2])) from error
    except RecursionError as error:
        raise SpecError("is nested too deep for a product file", file=file) from error


_LONG_NUMBER = re.compile(r"\b(?:0[xob][\da-fA-F_]{500}|\d[\d_]{499})")
"""Longer ones have no float, and Python writes none of more than 4300 digits."""


def product_of(top: Mapping[str, Any], file: str) -> Product:
    """The product that this table describes; SpecError names file and key."""
    _only(top, _TOP, file, "")
    for key in ("id", "maker", "family", "kind", "names", "source", "points"):
        if not top.get(key):
            raise SpecError("is missing", file=file, key=key)
    _shapes(top, _TOP, file, "")
    if not PRODUCT_ID.fullmatch(top["id"]):
        raise SpecError(f"{top['id']!r:.60} is no id: letters, digits, dots and dashes", file=file, key="id")
    if top["kind"] not in DEVICE_KINDS:
        raise SpecError(f"{top['kind']!r} is none of {', '.join(DEVICE_KINDS)}", file=file, key="kind")
    _labels(top["names"], file, "names")
    cadence = top.get("cadence", DEFAULT_CADENCE)
    if not cadence > 0:
        raise SpecError("takes seconds above 0", file=file, key="cadence")
    rows = tuple(
        _point_row({"cadence": cadence, **row}, file, f"points[{n}]") for n, row in enumerate(top["points"])
    )
    _no_doubles([row.definition.path for row in rows], file, "points")
    actions = tuple(_action_row(row, file, f"actions[{n}]") for n, row in enumerate(top.get("actions", ())))
    _no_doubles([row.definition.path for row in actions], file, "actions")
    events = tuple(_event_row(row, file, f"events[{n}]") for n, row in enumerate(top.get("events", ())))
    _no_doubles([row.definition.path for row in events], file, "events")
    return Product(
        id=top["id"],
        maker=top["maker"],
        family=top["family"],
        kind=top["kind"],
        names=MappingProxyType(dict(top["names"])),
        rows=rows,
        actions=actions,
        events=events,
        fingerprint=MappingProxyType(dict(top.get("fingerprint", {}))),
        facts=MappingProxyType(dict(top.get("facts", {}))),
        quirk=top.get("quirk", ""),
        source=top["source"],
        local=_local(top.get("local"), file),
        shop=_shop(top.get("shop", {}), file),
    )


def _local(table: Mapping[str, Any] | None, file: str) -> Local | None:
    if table is None:
        return None
    _only(table, _LOCAL, file, "local")
    _shapes(table, _LOCAL, file, "local")
    if table.get("grade") not in LOCAL_GRADES:
        shown = repr(table.get("grade"))[:40]
        raise SpecError(f"{shown} is none of {', '.join(LOCAL_GRADES)}", file=file, key="local.grade")
    if not table.get("why", "").strip():
        raise SpecError("is missing: say why, in a sentence", file=file, key="local.why")
    return Local(table["grade"], table["why"])


def _shop(table: Mapping[str, Any], file: str) -> Mapping[str, str]:
    _only(table, _SHOP, file, "shop")
    _shapes(table, _SHOP, file, "shop")
    if "url" in table and not _URL.fullmatch(table["url"]):
        raise SpecError("takes an address that begins with https://", file=file, key="shop.url")
    if "gtin" in table and not _gtin(table["gtin"]):
        raise SpecError(
            "takes 8, 12, 13 or 14 digits, the last one their check digit", file=file, key="shop.gtin"
        )
    return MappingProxyType(dict(table))


def _gtin(text: str) -> bool:
    """Whether it is a number of GS1 with a right check digit."""
    if not text.isascii() or not text.isdigit() or len(text) not in (8, 12, 13, 14):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0


def _point_row(row: Mapping[str, Any], file: str, key: str) -> PointRow:
    _only(row, _POINT, file, key)
    _shapes(row, _POINT, file, key)
    report, write = row.get("report", row.get("point")), row.get("write")
    if report is None and write is None:
        raise SpecError("says neither where it is reported nor where it is written", file=file, key=key)
    if not row["cadence"] > 0:
        raise SpecError("takes seconds above 0", file=file, key=f"{key}.cadence")
    datatype = _datatype(row, file, key)
    return PointRow(
        definition=_property(
            row, datatype, readable=report is not None, writable=write is not None, file=file, key=key
        ),
        report=report,
        write=write,
        datatype=datatype,
        cadence=float(row["cadence"]),
        requires=row.get("requires", ""),
        polled=row.get("polled", True),
    )


def _datatype(row: Mapping[str, Any], file: str, key: str) -> Datatype:
    name = row.get("datatype")
    if name not in DATATYPES:
        raise SpecError(f"{name!r} is none of {', '.join(DATATYPES)}", file=file, key=f"{key}.datatype")
    choices = row.get("choices", {})
    if (name == "enum") != bool(choices):
        raise SpecError("an enum has choices (word = raw), nothing else has", file=file, key=f"{key}.choices")
    if not all(isinstance(raw, bool | int | float | str) for raw in choices.values()):
        raise SpecError("a word stands for a bool, a number or a text", file=file, key=f"{key}.choices")
    if len({(type(raw), raw) for raw in choices.values()}) != len(choices):
        raise SpecError("two words for one raw value", file=file, key=f"{key}.choices")
    other = row.get("other", "")
    if other and (name != "enum" or other in choices):
        raise SpecError("is an enum's word for any raw value without one", file=file, key=f"{key}.other")
    scale = float(row.get("scale", 1.0))
    if not 0 < scale < math.inf:
        raise SpecError("takes a number above 0", file=file, key=f"{key}.scale")
    return Datatype(name, scale, MappingProxyType(dict(choices)), other)


def _property(
    row: Mapping[str, Any], datatype: Datatype, *, readable: bool, writable: bool, file: str, key: str
) -> PropertyDef:
    name = row.get("property")
    if not isinstance(name, str) or not name.isidentifier():
        raise SpecError(f"{name!r} is not a name", file=file, key=f"{key}.property")
    word = VOCABULARY.get(name)
    known = word.definition if word and isinstance(word.definition, PropertyDef) else None
    labels = row.get("labels", known.labels if known else None)
    if labels is None:
        raise SpecError("a property outside the vocabulary needs labels", file=file, key=f"{key}.labels")
    _labels(labels, file, f"{key}.labels")
    low = row.get("low", known.low if known else None)
    high = row.get("high", known.high if known else None)
    step = row.get("step", known.step if known else None)
    if low is not None and high is not None and not low < high:
        raise SpecError(f"low {low} is not below high {high}", file=file, key=f"{key}.low")
    if step is not None and not step > 0:
        raise SpecError("takes a number above 0", file=file, key=f"{key}.step")
    component = row.get("component", MAIN)
    if not component.isidentifier():
        raise SpecError(f"{component!r} is not a name", file=file, key=f"{key}.component")
    return PropertyDef(
        name=name,
        kind=_KIND_OF[datatype.name],
        unit=row.get("unit", known.unit if known else ""),
        low=low,
        high=high,
        step=step,
        choices=tuple(datatype.choices),
        readable=readable,
        writable=writable,
        trait=known.trait if known else row.get("trait", "vendor"),
        component=component,
        labels=MappingProxyType(dict(labels)),
    )


def _action_row(row: Mapping[str, Any], file: str, key: str) -> ActionRow:
    _only(row, _ACTION, file, key)
    _shapes(row, _ACTION, file, key)
    name = row.get("action", "")
    word = ACTIONS.get(name)
    labels = row.get("labels", word.definition.labels if word else None)
    if not name.isidentifier() or labels is None or "point" not in row:
        raise SpecError(
            "an action needs a name, a point and (outside the vocabulary) labels", file=file, key=key
        )
    arguments: list[tuple[str, Datatype]] = []
    definitions: list[PropertyDef] = []
    _labels(labels, file, f"{key}.labels")
    for n, argument in enumerate(row.get("arguments", ())):
        _only(argument, _POINT, file, f"{key}.arguments[{n}]")
        _shapes(argument, _POINT, file, f"{key}.arguments[{n}]")
        if "point" not in argument:
            raise SpecError("is missing", file=file, key=f"{key}.arguments[{n}].point")
        datatype = _datatype(argument, file, f"{key}.arguments[{n}]")
        definitions.append(
            _property(
                argument, datatype, readable=False, writable=True, file=file, key=f"{key}.arguments[{n}]"
            )
        )
        arguments.append((argument["point"], datatype))
    trait = word.definition.trait if word else "vendor"
    definition = ActionDef(
        name, tuple(definitions), trait, row.get("component", MAIN), MappingProxyType(dict(labels))
    )
    return ActionRow(definition, row["point"], tuple(arguments))


def _event_row(row: Mapping[str, Any], file: str, key: str) -> EventRow:
    _only(row, _EVENT, file, key)
    _shapes(row, _EVENT, file, key)
    if not row.get("event", "").isidentifier() or "point" not in row or "labels" not in row:
        raise SpecError("an event needs a name, a point and labels", file=file, key=key)
    _labels(row["labels"], file, f"{key}.labels")
    labels = MappingProxyType(dict(row["labels"]))
    return EventRow(EventDef(row["event"], component=row.get("component", MAIN), labels=labels), row["point"])


def _labels(table: Mapping[str, Any], file: str, key: str) -> None:
    for language in ("en", "zh"):
        if not isinstance(table.get(language), str) or not table[language]:
            raise SpecError("is missing", file=file, key=f"{key}.{language}")


_ENDLESS = 1e300
"""No bound, scale or cadence is beyond; a longer whole number has no float."""


def _shapes(table: Mapping[str, Any], shapes: _Shapes, file: str, key: str) -> None:
    for name, value in table.items():
        if shapes[name] == _TEXT:
            fits = isinstance(value, str)
        elif shapes[name] == _NUMBER:
            fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _ENDLESS
        elif shapes[name] == _TRUTH:
            fits = isinstance(value, bool)
        elif shapes[name] == _TABLE:
            fits = isinstance(value, Mapping)
        else:
            fits = isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)
        if not fits:
            raise SpecError(
                f"takes {shapes[name]}, not {value!r:.60}", file=file, key=f"{key}.{name}".lstrip(".")
            )


def _only(table: Mapping[str, Any], allowed: _Shapes, file: str, key: str) -> None:
    for found in table:
        if found not in allowed:
            raise SpecError(
                f"is not a key here; there are {', '.join(sorted(allowed))}",
                file=file,
                key=f"{key}.{found}".lstrip("."),
            )


def _no_doubles(paths: list[str], file: str, key: str) -> None:
    seen: set[str] = set()
    for number, path in enumerate(paths):
        if path in seen:
            raise SpecError(f"{path} stands twice", file=file, key=f"{key}[{number}]")
        seen.add(path)
