"""What a request may hold: fields with types and bounds.

Owns the check and its JSON Schema; never a meaning. Pure.

A small table of our own: it names the key and the bound in a sentence, costs nothing to import, and the
OpenAPI document is made from the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say
from jiahe.model.said import Said
from jiahe.web.answer import Refused

DEPTH_LIMIT = 16
"""Levels of JSON: nothing here needs more than three."""

Type = Literal["string", "number", "integer", "boolean", "scalar", "array", "object"]

_WORDS: Mapping[str, Said] = {
    "string": say("kind_string"),
    "number": say("kind_number"),
    "integer": say("kind_integer"),
    "boolean": say("kind_boolean"),
    "scalar": say("kind_scalar"),
    "array": say("kind_array"),
    "object": say("kind_object"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One key.

    `low` and `high` bound a number's value, a text's characters or a list's length (items are `items`).
    """

    type: Type
    about: str = ""
    required: bool = False
    low: float | None = None
    high: float | None = None
    items: Type = "scalar"

    def check(self, key: str, value: object) -> Any:
        """The value, or OutOfDefinition naming the key and what it takes."""
        if not _is(value, self.type):
            raise OutOfDefinition(key, say("takes_kind", kind=_WORDS[self.type]), self.type)
        if isinstance(value, str | list):
            self._within(key, len(value), "characters" if isinstance(value, str) else "items")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._within(key, value, "")
        if isinstance(value, list):
            for item in value:
                if not _is(item, self.items):
                    raise OutOfDefinition(key, say("takes_items", kind=_WORDS[self.items]), self.items)
        return value

    def _within(self, key: str, size: float, what: str) -> None:
        unit = f"_{what}" if what else ""
        if self.low is not None and size < self.low:
            raise OutOfDefinition(key, say(f"least{unit}", bound=f"{self.low:g}"), self.low)
        if self.high is not None and size > self.high:
            raise OutOfDefinition(key, say(f"most{unit}", bound=f"{self.high:g}"), self.high)

    def schema(self) -> dict[str, Any]:
        """The same rule as JSON Schema."""
        schema: dict[str, Any] = {"type": self.type}
        if self.type == "scalar":
            schema["type"] = ["string", "number", "boolean", "null"]
        if self.type == "array":
            schema["items"] = Field(self.items).schema()
        if self.about:
            schema["description"] = self.about
        lowest, highest = _SCHEMA_BOUNDS.get(self.type, ("minimum", "maximum"))
        if self.low is not None:
            schema[lowest] = self.low if self.type == "number" else int(self.low)
        if self.high is not None:
            schema[highest] = self.high if self.type == "number" else int(self.high)
        return schema


Fields = Mapping[str, Field]

_SCHEMA_BOUNDS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def body_schema(fields: Fields, open_: bool = False) -> dict[str, Any]:
    """JSON Schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {key: field.schema() for key, field in fields.items()},
        "required": [key for key, field in fields.items() if field.required],
        "additionalProperties": open_,
    }


def read_body(data: bytes, fields: Fields, open_: bool = False) -> dict[str, Any]:
    """The JSON object in these bytes. `open_` admits keys that are not in the table (of scalars or objects).

    Raises Refused (not JSON, not an object, too deep) or OutOfDefinition naming the key.
    """
    try:
        body = orjson.loads(data or b"null")
    except ValueError as error:
        raise Refused(400, "not_json", f"The body of this request is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise Refused(400, "not_an_object", "The body of this request must be a JSON object.")
    if _deeper_than(body, DEPTH_LIMIT):
        words = f"The body of this request is nested deeper than {DEPTH_LIMIT} levels."
        raise Refused(400, "too_deep", words, bound=DEPTH_LIMIT)
    return _read(body, fields, "key", open_)


def read_query(query: Mapping[str, str], fields: Fields) -> dict[str, Any]:
    """The parameters of a query in their own types; the same errors."""
    typed = {key: _typed(text, fields.get(key)) for key, text in query.items()}
    return _read(typed, fields, "parameter")


def _read(given: Mapping[str, Any], fields: Fields, what: str, open_: bool = False) -> dict[str, Any]:
    taken: dict[str, Any] = {}
    for key, value in given.items():
        field = fields.get(key)
        if field is None and not open_:
            known = ", ".join(fields) or "none"
            raise OutOfDefinition(key[:60], say(f"unknown_{what}", known=known), list(fields))
        taken[key] = field.check(key, value) if field else value
    for key, field in fields.items():
        if field.required and key not in given:
            raise OutOfDefinition(key, say("is_missing", kind=_WORDS[field.type]), field.type)
    return taken


def _typed(text: str, field: Field | None) -> object:
    if field is None or field.type == "string":
        return text
    try:
        return int(text) if field.type == "integer" else float(text)
    except ValueError:
        return text  # the check says what it takes


def _is(value: object, type_: Type) -> bool:
    match type_:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case "scalar":
            return value is None or isinstance(value, str | bool | int | float)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)


def _deeper_than(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    items = value.values() if isinstance(value, dict) else value
    return any(_deeper_than(item, levels - 1) for item in items)
