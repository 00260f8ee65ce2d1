"""The bands of this family and how each wants to be unlocked. Owns the table; never a byte of a conversation.

Facts: the published findings of the Gadgetbridge project (names, flags, who may choose a key), in our own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Generation:
    """One model. `names` are what it calls itself over the air, in lower case.

    `flag` is the second byte of its authentication messages, `crypt` is set in the first byte of all but pairing.
    `own_key`: it takes a key of our choosing, confirmed by a tap; the others' exists only after pairing in the maker's
    app.
    """

    model: str
    names: tuple[str, ...]
    flag: int
    crypt: int
    own_key: bool


GENERATIONS: Mapping[str, Generation] = MappingProxyType(
    {
        row.model: row
        for row in (
            Generation("mi-band-2", ("mi band 2",), 0x08, 0x00, own_key=True),
            Generation("mi-band-3", ("mi band 3", "xiaomi band 3"), 0x00, 0x00, own_key=True),
            Generation("mi-band-4", ("mi smart band 4",), 0x00, 0x80, own_key=False),
            Generation("mi-band-5", ("mi smart band 5", "mi band 5"), 0x00, 0x80, own_key=False),
        )
    }
)
"""Bands 1 (another protocol) and 6 and later (another again, with a key agreement) are not of this family."""

OLDEST = GENERATIONS["mi-band-2"]


def generation_of(facts: Mapping[str, Any]) -> Generation:
    """The generation whose model stands in these facts; the oldest where none does."""
    model = facts.get("model")
    return GENERATIONS.get(model, OLDEST) if isinstance(model, str) else OLDEST


def named(name: str) -> Generation | None:
    """The generation that calls itself so."""
    wanted = name.strip().lower()
    return next((row for row in GENERATIONS.values() if wanted in row.names), None)
