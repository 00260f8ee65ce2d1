"""What may be a name and what may be an id. Owns their rules; never decides what they name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from jiahe.model.errors import OutOfDefinition
from jiahe.model.reasons import say

NAME_LIMIT = 80
"""Characters: more does not fit a phone's line twice over."""

SLUG_LIMIT = 40
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""Ids stand in URLs, file names and metrics: nothing in them ever needs quoting."""

# Characters that change the direction of what follows, so that a name would lie about its neighbours (UAX
# #9).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_name(text: str, what: str = "name") -> str:
    """The name as it is kept: NFC, no blanks around it, 1 to 80 characters; OutOfDefinition says what is
    wrong.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not name:
        raise OutOfDefinition(what, say("name_empty"), 1)
    if len(name) > NAME_LIMIT:
        raise OutOfDefinition(what, say("name_long", most=NAME_LIMIT, count=len(name)), NAME_LIMIT)
    for character in name:
        if character in _BIDI:
            raise OutOfDefinition(what, say("name_turns"), f"U+{ord(character):04X}")
        if unicodedata.category(character) in _FORBIDDEN:
            raise OutOfDefinition(what, say("name_control"), f"U+{ord(character):04X}")
    return name


def check_slug(text: str, what: str = "id") -> str:
    """An id that a person chose, or OutOfDefinition."""
    if not SLUG.fullmatch(text):
        raise OutOfDefinition(
            what,
            say("id_form"),
            SLUG.pattern,
        )
    return text


def make_slug(name: str, fallback: str, taken: Container[str]) -> str:
    """A free id made from a name; from `fallback` where nothing Latin is left of it (空调 gives "room-air-
    conditioner").

    A name that is only partly Latin keeps that part if it has a letter ("客厅 AC" gives "ac").
    """
    base = _latin(name)
    if not any(character.isalpha() for character in base):
        base = _latin(fallback) or "thing"
    if base not in taken:
        return base
    number = 2
    while (slug := f"{base[: SLUG_LIMIT - len(str(number)) - 1].rstrip('-')}-{number}") in taken:
        number += 1
    return slug


def _latin(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LIMIT].rstrip("-")
