"""The few shapes of which JSON Schemas (2020-12) are made. Owns these builders; never a schema of an answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
FREE: Schema = {"type": "object"}
EPOCH: Schema = {"type": "number", "description": "Epoch seconds."}


def object_of(
    shape: Mapping[str, Schema] = MappingProxyType({}),
    *,
    optional: tuple[str, ...] = (),
    more: bool = False,
    **keys: Schema,
) -> Schema:
    """An object with exactly these keys (a trailing underscore is for Python's own words)."""
    properties = {**shape, **{key.removesuffix("_"): schema for key, schema in keys.items()}}
    required = [key for key in properties if key not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": more}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """A schema of this table by its name."""
    return {"$ref": f"#/components/schemas/{name}"}
