"""A sentence that knows which one it is: English for the command line and the log, a code and figures for whoever shows it
in its reader's language. Owns the shape and how a sentence is filled in; never a table of sentences.

The same templates are filled in by the phone app (`app/src/lib/said.svelte.ts`), so only plain `{name}` is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

Sentences = Mapping[str, Mapping[str, str]]
"""Code to language ("en", "zh") to template."""
_PLACE = re.compile(r"\{(\w+)\}")
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)), "�")
"""What steers a terminal has no business in a figure, which somebody else wrote."""


Figure = str | tuple[str, ...]
BETWEEN: Mapping[str, str] = MappingProxyType({"en": "; ", "zh": "；"})
"""What stands between the parts of a figure that is a list."""


class Said(str):
    """The sentence in English; `code` and `figures` are what it was made of. A figure may be `Said` itself, or a list."""

    __slots__ = ("code", "figures")
    code: str
    figures: Mapping[str, Figure]

    def as_json(self) -> dict[str, Any]:
        """Code and figures."""
        return {
            "code": self.code,
            "figures": {name: _as_json(one) for name, one in self.figures.items()},
        }


def say(sentences: Sentences, code: str, **figures: object) -> Said:
    """This sentence of the table, filled in. KeyError for a code that it has not got."""
    known = {name: _figure(one) for name, one in figures.items()}
    text = _PLACE.sub(lambda found: _in_english(known.get(found[1], found[0])), sentences[code]["en"])
    said = Said(text)
    said.code, said.figures = code, known
    return said


def spoken(error: BaseException) -> str:
    """What an error was raised with: the sentence itself, which `str(error)` would make a plain text of."""
    message = getattr(error, "message", error.args[0] if error.args else "")
    return message if isinstance(message, str) else str(error)


def told(message: object) -> dict[str, Any]:
    """`{"says": code and figures}` of a sentence that knows which it is; nothing of any other."""
    return {"says": message.as_json()} if isinstance(message, Said) else {}


DEEPEST = 4
"""Sentences within each other: deeper than anything a hub says."""


def retold(says: object, sentences: Sentences, language: str, depth: int = 0) -> str:
    """What `told` wrote into a body, in this language; "" where it is no sentence of this table."""
    if not isinstance(says, Mapping) or depth > DEEPEST:
        return ""
    figures, template = says.get("figures"), sentences.get(str(says.get("code")), {}).get(language, "")
    known = figures if isinstance(figures, Mapping) else {}

    def fill(place: re.Match[str]) -> str:
        one = known.get(place[1], place[0])
        return BETWEEN[language].join(map(tell, one)) if isinstance(one, list | tuple) else tell(one)

    def tell(one: object) -> str:
        return retold(one, sentences, language, depth + 1) if isinstance(one, Mapping) else str(one)

    return _PLACE.sub(fill, template)


def table(*rows: tuple[str, str, str]) -> Sentences:
    """Rows of code, English and Chinese. ValueError where a code stands twice, or both do not name the same figures."""
    found: dict[str, Mapping[str, str]] = {}
    for code, en, zh in rows:
        if code in found or set(_PLACE.findall(en)) != set(_PLACE.findall(zh)):
            raise ValueError(f"the sentence {code!r} stands twice, or its languages name other figures")
        found[code] = MappingProxyType({"en": en, "zh": zh})
    return MappingProxyType(found)


def _figure(one: object) -> Figure:
    if isinstance(one, list | tuple):
        return tuple(part if isinstance(part, Said) else _plain(part) for part in one)
    return one if isinstance(one, Said) else _plain(one)


def _in_english(one: Figure) -> str:
    return one if isinstance(one, str) else BETWEEN["en"].join(one)


def _as_json(one: Figure) -> Any:
    if isinstance(one, tuple):
        return [_as_json(part) for part in one]
    return one.as_json() if isinstance(one, Said) else one


def _plain(figure: object) -> str:
    return str(figure).translate(_CONTROL)
