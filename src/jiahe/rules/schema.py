"""The JSON Schema of a rule file, for editors: `rule_schema()`. Made from the same tables that the loader reads.

Owns the shape only: what a word means, units and devices are checked by `load.py` and `bind.py`. JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jiahe.rules import load, load_then, load_when
from jiahe.rules.rule import Ending, HomeMode, Mode, SunEvent

ID = "https://jiahe.example/schema/rule.json"

_VALUE: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_TEXTS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}
"""In one language, or a map of languages to texts."""
_DURATION: Mapping[str, Any] = {"type": "string", "description": "such as 30 s, 10 min, 1 h 30 min"}
_EXPRESSION: Mapping[str, Any] = {
    "type": ["string", "boolean"],
    "description": "such as living-purifier.pm2_5 > 75 ug/m3 and mode == home",
}
_PROPERTY: Mapping[str, Any] = {"type": "string", "pattern": r"^[a-z0-9][a-z0-9-]*(\.[^\W\d]\w*)+$"}
_STEPS: Mapping[str, Any] = {"$ref": "#/$defs/steps"}


def _one_or_many(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


_WEEKDAYS = _one_or_many({"enum": [*load_when.WEEKDAYS, *load_when.LONG_WEEKDAYS, *load_when.GROUPS]})

_WORDS: Mapping[str, Mapping[str, Any]] = {
    "becomes": _EXPRESSION,
    "for": _DURATION,
    "change": _PROPERTY,
    "from": _VALUE,
    "to": _VALUE,
    "time": {"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$"},
    "catch up": _DURATION,
    "days": _WEEKDAYS,
    "month days": _one_or_many({"anyOf": [{"type": "integer", "minimum": 1, "maximum": 31}, {"const": "last"}]}),
    "months": _one_or_many({"type": "integer", "minimum": 1, "maximum": 12}),
    "dates": _one_or_many({"type": "string", "pattern": r"^\d{1,2}-\d{1,2}$"}),
    "sun": {"enum": list(SunEvent)},
    "offset": {"type": "string"},
    "every": _DURATION,
    "event": _PROPERTY,
    "rule": _TEXT,
    "ended": {"enum": list(Ending)},
    "hub": {"const": "started"},
    "set": _PROPERTY,
    "otherwise": _STEPS,
    "do": _PROPERTY,
    "scene": _TEXT,
    "notify": _TEXT,
    "text": _TEXTS,
    "wait until": _EXPRESSION,
    "for at most": _DURATION,
    "wait": _DURATION,
    "if": _EXPRESSION,
    "then": _STEPS,
    "else": _STEPS,
    "stop": _TEXT,
    "choose": {
        "type": "array",
        "minItems": 1,
        "items": {
            "anyOf": [
                {"type": "object", "properties": {"if": _EXPRESSION, "then": _STEPS}, "required": ["if", "then"],
                 "additionalProperties": False},
                {"type": "object", "properties": {"else": _STEPS}, "required": ["else"], "additionalProperties": False},
            ]
        },
    },
    "repeat": {
        "type": "object",
        "properties": {
            "times": {"type": "integer", "minimum": 1, "maximum": load_then.MOST_ROUNDS},
            "while": _EXPRESSION,
            "at most": {"type": "integer", "minimum": 1, "maximum": load_then.MOST_ROUNDS},
            "steps": _STEPS,
        },
        "required": ["steps"],
        "oneOf": [{"required": ["times"]}, {"required": ["while"]}],
        "additionalProperties": False,
    },
}  # fmt: skip
"""What stands behind each word; `mode` and `with` are others in a trigger than in a step."""
_NEEDED = {"set": ("to",), "notify": ("text",), "if": ("then",)}


def _worded(
    table: Mapping[str, tuple[str, ...]], special: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """One object for each first word, with the words it may have."""
    return [
        {
            "type": "object",
            "properties": {word: special.get(word) or _WORDS[word] for word in words},
            "required": [first, *_NEEDED.get(first, ())],
            "additionalProperties": False,
        }
        for first, words in table.items()
    ]


def rule_schema() -> dict[str, Any]:
    """The schema of one rule file."""
    triggers = _worded(
        load_when.KEYS,
        {"mode": {"enum": [*HomeMode, "any"]}, "with": {"type": "object", "additionalProperties": _VALUE}},
    )
    steps = _worded(
        load_then.KEYS,
        {"mode": {"enum": list(HomeMode)}, "with": {"anyOf": [_VALUE, {"type": "array", "items": _VALUE}]}},
    )
    properties = {
        "name": _TEXTS,
        "about": _TEXTS,
        "enabled": {"type": ["boolean", "string"]},
        "mode": {"enum": list(Mode)},
        "at most": {"type": "integer", "minimum": 1, "maximum": load.MOST_AT_ONCE},
        "when": _list_of("trigger", load.MOST_TRIGGERS),
        "if": _EXPRESSION,
        "then": _STEPS,
        "uses stale values": {"type": ["boolean", "string"]},
        "tests": {"type": "array", "items": {"$ref": "#/$defs/case"}, "maxItems": load.MOST_TESTS},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "A rule of a home",
        **_object(properties, load.KEYS, ("when", "then")),
        "$defs": {
            "trigger": {"anyOf": triggers},
            "steps": _list_of("step", load_then.MOST_STEPS),
            "step": {"anyOf": [*steps, {"const": "stop"}]},
            "case": _case(),
        },
    }


def _object(properties: Mapping[str, Any], keys: Iterable[str], required: Iterable[str]) -> dict[str, Any]:
    assert set(properties) == set(keys), "the schema and the loader know the same words"
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _list_of(name: str, most: int) -> dict[str, Any]:
    item = {"$ref": f"#/$defs/{name}"}
    return {
        "anyOf": [{"type": "array", "items": item, "maxItems": most}, {"type": "object", "allOf": [item]}]
    }


def _case() -> dict[str, Any]:
    doing = {"type": "object"}
    properties = {
        "name": _TEXTS,
        "at": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$"},
        "mode": {"enum": list(HomeMode)},
        "given": {"type": "object", "propertyNames": _PROPERTY, "additionalProperties": _VALUE},
        "when": {"anyOf": [doing, {"type": "array", "items": doing}]},
        "after": _DURATION,
        "then": {"anyOf": [{"const": "nothing"}, _STEPS]},
        "commands": {"enum": list(load.OUTCOMES)},
    }
    return _object(properties, load.CASE_KEYS, ("then",))
