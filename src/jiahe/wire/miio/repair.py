"""JSON as devices really write it. Owns the repairs of malformed payloads; never guesses at a value.

Each repair is one that firmware was seen to need (collected in python-miio's protocol code and its issues): text
after a NUL, doubled commas, `00` for 0, a key with nothing behind its colon. Only what stands outside of strings
is touched.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

# A string first, so that nothing inside one is repaired; a string that never ends is taken to the end (linear time).
_WILD = re.compile(
    rb'"(?:[^"\\]|\\.)*+(?:"|\Z)'
    rb"|,(?:\s*+,)++"
    rb"|:\s*+(?P<zeros>00++)(?=\s*+[,}\]])"
    rb"|:(?=\s*+[,}])",
    re.DOTALL,
)


def loads(body: bytes) -> Any:
    """The value of a payload, repaired where it must be; ValueError where it is no JSON even then.

    Nesting deeper than 1024 and numbers outside of a double are refused by the parser.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        text, _, _ = body.partition(b"\x00")
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return orjson.loads(_WILD.sub(_mended, text))


def _mended(found: re.Match[bytes]) -> bytes:
    piece = found[0]
    if piece.startswith(b'"'):
        return piece
    if piece.startswith(b","):
        return b","
    return b":0" if found["zeros"] else b":null"
